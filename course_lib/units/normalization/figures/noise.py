"""Learning, and how far distributions shift, with noise after batch norm; after Santurkar et al. (2018), figure 2."""

import numpy as np

from course_lib.figures.picture import Shown, show
from course_lib.figures.style import number
from course_lib.units.normalization.experiments.noisy_norm import ARMS, NoisyNorm
from course_lib.units.shared.figures.seeds import Panel, over_seeds


def noisy_norm_figure(result: NoisyNorm) -> Shown:
    """The accuracy over the steps, and for every layer the shift of what its sigmoids get from step to step."""
    hidden = result.shift.shape[-1]
    shown = over_seeds(
        Panel(
            dict(zip(ARMS, result.accuracy, strict=True)),
            f"{hidden} sigmoid layers, {len(result.seeds)} seeds",
            "step",
            "right on the test digits",
            at=result.steps,
        ),
        Panel(
            dict(zip(ARMS, result.shift, strict=True)),
            "What the sigmoids get, in one step",
            "layer, from the input",
            "shift of mean and spread",
            log=True,
        ),
    )
    return show(shown.figure, f"{shown.alt} {_relative(result)}")


def _relative(result):
    said = ", ".join(
        f"{number(np.median(shift, axis=0).min())} to {number(np.median(shift, axis=0).max())} ({arm})"
        for arm, shift in zip(ARMS, result.relative_shift, strict=True)
    )
    return f"In standard deviations of a unit, the shift in one step is, over the layers, {said}."
