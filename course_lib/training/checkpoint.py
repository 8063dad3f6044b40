"""Checkpoints: all that a training run needs to go on as if it had never stopped.

After every epoch one file takes the place of the last in a single step, so that a crash leaves the old one or the
new one, and never half of one. It holds the parameters, the running statistics, the optimiser's state, the states of
all random generators, the history, and the state of callbacks such as early stopping.
"""

import json
from dataclasses import asdict, fields, is_dataclass

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from course_lib.files import place_for, write_atomically
from course_lib.training.history import History, Run


class Checkpoint:
    """Keeps a run in the file ``path``.

    Parameters
    ----------
    path : path of the file; safetensors, with everything that is not an array as JSON next to them
    run : the run at its start
    settings : further numbers that must be the same when the run goes on

    Raises
    ------
    TypeError, FileNotFoundError, IsADirectoryError
        When ``path`` is not a path, its folder does not exist, or it is a folder itself.
    """

    def __init__(self, path, run: Run, **settings):
        self.path = place_for(path)
        self.settings = settings | {
            "layers": [_describe(leaf) for leaf in run.network.leaves()],
            "optimizer": type(run.optimizer).__name__,
            "hyper-parameters": _settings_of(run.optimizer),
            "callbacks": [type(callback).__name__ for callback in _remembering(run)],
        }

    def save(self, run: Run) -> None:
        """Write the file, between two epochs."""
        content = {"settings": self.settings, "run": _snapshot(run)}
        tensors: dict[str, np.ndarray] = {}
        rest = json.dumps(_take_out(content, "", tensors), default=lambda scalar: scalar.item())
        write_atomically(self.path, save(tensors, metadata={"run": rest}))

    def resume(self, run: Run) -> None:
        """Bring ``run`` to where the file left it; nothing happens when there is no file.

        Raises
        ------
        ValueError
            When the file is damaged, or was made with other settings; the message says what to do.
        """
        if not self.path.exists():
            return
        try:
            content = _read(self.path)
        except (SafetensorError, ValueError, KeyError) as error:
            raise ValueError(
                f"{self.path} is not a checkpoint, or is damaged ({error}): delete it to start over"
            ) from None
        for name, now in json.loads(json.dumps(self.settings)).items():
            then = content["settings"].get(name)
            if then != now:
                raise ValueError(
                    f"{self.path} was made with {name} {then}, and now it is {now}: "
                    "delete the file to start over, or give another path"
                )
        _restore(run, content["run"])


def _read(path):
    data = path.read_bytes()
    # the file starts with the length of its header, a little-endian integer of 8 bytes (format of safetensors)
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return _put_back(json.loads(header["__metadata__"]["run"]), load(data))


def _snapshot(run):
    return {
        "network": run.network.state(),
        "optimizer": {"settings": _settings_of(run.optimizer), "state": run.optimizer.state},
        "generators": [generator.bit_generator.state for generator in _generators(run)],
        "layers": [[leaf.frozen, leaf.lr_scale] for leaf in run.network.leaves()],
        "callbacks": [_changing_fields(callback) for callback in _remembering(run)],
        "history": asdict(run.history),
        "epoch": run.epoch,
        "step": run.step,
        "stop": run.stop,
    }


def _restore(run, saved):
    run.network.restore(saved["network"])
    run.optimizer.state = saved["optimizer"]["state"]
    for name, value in saved["optimizer"]["settings"].items():
        setattr(run.optimizer, name, value)
    for generator, state in zip(_generators(run), saved["generators"], strict=True):
        generator.bit_generator.state = state
    for leaf, (frozen, lr_scale) in zip(run.network.leaves(), saved["layers"], strict=True):
        leaf.frozen, leaf.lr_scale = frozen, lr_scale
    for callback, values in zip(_remembering(run), saved["callbacks"], strict=True):
        for name, value in values.items():
            setattr(callback, name, value)
    run.history = History(**saved["history"])
    run.epoch, run.step, run.stop = saved["epoch"], saved["step"], saved["stop"]


def _describe(leaf):
    shapes = {key: list(value.shape) for key, value in leaf.params.items()}
    return f"{type(leaf).__name__} {shapes}" if shapes else type(leaf).__name__


def _settings_of(optimizer):
    return {f.name: getattr(optimizer, f.name) for f in fields(optimizer) if f.init}


def _remembering(run):
    """The callbacks with a state: dataclasses, such as early stopping."""
    return [callback for callback in run.callbacks if is_dataclass(callback)]


def _changing_fields(callback):
    """The fields of a dataclass that its caller does not set: what it has learnt since."""
    return {f.name: getattr(callback, f.name) for f in fields(callback) if not f.init}


def _generators(run):
    """The generators of the run: that of the order of samples, and those of layers such as dropout."""
    return [run.rng, *(leaf.rng for leaf in run.network.leaves() if hasattr(leaf, "rng"))]


def _take_out(tree, name, tensors):
    """``tree`` with a reference in the place of each array; the arrays go into ``tensors``."""
    if isinstance(tree, np.ndarray):
        tensors[name] = tree
        return {"tensor": name}
    if isinstance(tree, dict):
        return {key: _take_out(value, f"{name}/{key}", tensors) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_take_out(value, f"{name}/{i}", tensors) for i, value in enumerate(tree)]
    return tree


def _put_back(tree, tensors):
    if isinstance(tree, dict):
        if set(tree) == {"tensor"}:
            return tensors[tree["tensor"]]
        return {key: _put_back(value, tensors) for key, value in tree.items()}
    return [_put_back(value, tensors) for value in tree] if isinstance(tree, list) else tree
