"""Milliseconds in the kernel from a moved slider to new image bytes, per widget: `python benchmarks/widgets.py`."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time
from functools import partial

import numpy as np

from course_lib.units.initialization import widgets as initialization
from course_lib.units.normalization import widgets as normalization
from course_lib.units.regularization import widgets as regularization
from course_lib.units.vanishing_gradients import widgets

REPEATS = 40


def timed(action):
    """Milliseconds of an action: on the clock, and of this thread's processor time, which neighbours disturb less."""
    clock, processor = time.perf_counter(), time.thread_time()
    action()
    return 1000 * (time.perf_counter() - clock), 1000 * (time.thread_time() - processor)


def moves(explorer, control, values):
    """Times (REPEATS, 2) of setting ``control`` to the values in turn, after one round to warm up."""
    slider, times = getattr(explorer.controls, control), []
    for i in range(-len(values), REPEATS):
        before = explorer.image.value
        value = values[i % len(values)]
        elapsed = timed(partial(setattr, slider, "value", value))
        if explorer.image.value == before:
            raise RuntimeError(f"{control} = {value!r} did not change the picture")
        if i >= 0:
            times.append(elapsed)
    return np.array(times)


def report(name, times):
    clock, processor = times.T
    print(f"{name:40}{np.median(clock):10.1f}{np.percentile(clock, 90):8.1f}{np.median(processor):12.1f}")


def main():
    signal, activation = widgets.signal_explorer(predict=False), widgets.activation_explorer(predict=False)
    check, play = widgets.gradient_check_explorer(predict=False), widgets.playground(predict=False)
    deep, trained = widgets.signal_explorer(depth=50, predict=False), widgets.playground(steps=500, predict=False)
    scale, phase = initialization.scale_explorer(predict=False), initialization.phase_explorer(predict=False)
    symmetry = initialization.symmetry_explorer(noise=0.01, predict=False)
    zigzag, depth_gain = normalization.zigzag_explorer(predict=False), normalization.depth_gain_explorer(predict=False)
    batch, sharing = normalization.batch_explorer(predict=False), normalization.sharing_explorer(predict=False)
    capacity, paths = regularization.capacity_explorer(predict=False), regularization.paths_explorer(predict=False)
    dropout, unsure = regularization.dropout_explorer(predict=False), regularization.uncertainty_explorer(predict=False)
    adversarial = regularization.adversarial_explorer(predict=False)
    cases = [
        ("signal_explorer, depth 18 to 24", signal, "depth", [18, 20, 22, 24, 21, 19]),
        ("signal_explorer, gain at depth 20", signal, "gain", [0.9, 1.0, 1.1, 1.2]),
        ("signal_explorer, all depths", signal, "depth", [2, 50, 10, 40, 20, 30]),
        ("signal_explorer, gain at depth 50", deep, "gain", [0.9, 1.0, 1.1, 1.2]),
        ("activation_explorer, std", activation, "std", [0.5, 1.0, 1.5, 2.5, 3.0]),
        ("gradient_check_explorer, h", check, "h", [1e-3, 1e-5, 1e-7]),
        ("gradient_check_explorer, seed", check, "seed", list(range(1, 12))),
        ("playground, width (starts over)", play, "width", [8, 12, 16]),
        ("scale_explorer, gain", scale, "gain", [1.0, 1.2, 1.4]),
        ("scale_explorer, depth 22 to 28", scale, "depth", [22, 24, 26, 28]),
        ("phase_explorer, weight variance", phase, "weight_variance", [1.5, 2.0, 2.5]),
        ("phase_explorer, seed", phase, "seed", [1, 2, 3]),
        ("symmetry_explorer, start", symmetry, "start", [0.05, 0.1, 0.15]),
        ("zigzag_explorer, spread", zigzag, "spread", [2.0, 3.0, 5.0]),
        ("depth_gain_explorer, gain", depth_gain, "gain", [1.5, 2.0, 2.5]),
        ("depth_gain_explorer, seed", depth_gain, "seed", list(range(1, 12))),
        ("batch_explorer, image", batch, "image", [1, 2, 3]),
        ("sharing_explorer, images", sharing, "n", [3, 5, 6]),
        ("capacity_explorer, wrong labels", capacity, "wrong", [0.25, 0.3, 0.35]),
        ("capacity_explorer, images", capacity, "images", [50, 150, 100]),
        ("paths_explorer, strength", paths, "strength", [0.01, 1.0, 10.0]),
        ("dropout_explorer, drop rate", dropout, "p_drop", [0.2, 0.3, 0.4]),
        ("uncertainty_explorer, degrees", unsure, "degrees", [60, 70, 80]),
        ("adversarial_explorer, eps", adversarial, "eps", [0.12, 0.14, 0.16]),
    ]
    print(f"{'what moves':40}{'median ms':>10}{'p90':>8}{'processor':>12}")
    for name, explorer, control, values in cases:
        report(name, moves(explorer, control, values))
    report("playground, one frame of the film", np.array([timed(trained.show_next_frame) for _ in range(REPEATS)]))


if __name__ == "__main__":
    main()
