"""The ravine of two features of unequal scales: the path of gradient descent, and the loss over the steps."""

import numpy as np

from course_lib.figures import style
from course_lib.figures.picture import Picture
from course_lib.figures.style import BLUE, GREY, RED, TEXT, VERMILION, number
from course_lib.units.normalization.experiments.zigzag import LIMIT, REACHED

LEVELS = (0.1, 0.25, 0.5, 0.75, 1.0)  # of the contours, in units of the first loss, under a root
ANGLES = np.linspace(0, 2 * np.pi, 121)
LOSSES = (1e-4, 10.0)
CURED = {
    "none": "as they are",
    "centre": "centred",
    "standardise": "standardised",
    "whiten": "whitened",
}


class ZigzagPicture(Picture):
    """Two panels of a ``Zigzag``: contours of the loss with the path of the first sample, in equal scales; and the loss
    over the steps, median and range of five samples."""

    def build(self):
        self.figure, (plane, losses) = style.new_figure([1.15, 1])
        self._plane, self._curve = plane, losses
        style.label(plane, "The path, in equal scales", "first weight, from the minimum", "second weight")
        (self._contours,) = plane.plot([], [], color=GREY, linewidth=1)
        (self._path,) = plane.plot(
            [], [], color=BLUE, linewidth=0.9, marker="o", markersize=2.5, label="gradient descent"
        )
        (self._start,) = plane.plot([], [], color=VERMILION, marker="s", markersize=7, linestyle="none", label="start")
        plane.plot([0], [0], color=TEXT, marker="+", markersize=10, linestyle="none", label="minimum")
        style.label(losses, "Five samples", "step", "loss, in units of the first")
        style.logarithmic_y(losses)
        losses.set_ylim(LOSSES)
        losses.axhline(REACHED, color=RED, linewidth=1.4, linestyle=":", label="a hundredth left")
        self._range = losses.fill_between([], [], color=BLUE, alpha=0.25, linewidth=0)
        (self._losses,) = losses.plot([], [], color=BLUE, linewidth=1.6, label="median")
        style.legend(plane)
        style.legend(losses)
        self._title = style.heading(self.figure)
        self.changing = [self._contours, self._path, self._start, self._range, self._losses, self._title]

    def draw(self, result):
        values, vectors = np.linalg.eigh(result.hessian)
        ring = np.sqrt(2) * vectors / np.sqrt(values) @ np.stack([np.cos(ANGLES), np.sin(ANGLES)])
        gap = np.full((2, 1), np.nan)
        self._contours.set_data(np.hstack([np.hstack([level * ring, gap]) for level in LEVELS]))
        _, _, width, height = self._plane.get_position().bounds
        inches = self.figure.get_size_inches()
        flat = (height * inches[1]) / (width * inches[0])
        half = next((each for each in (2, 4, 8, 16) if np.all(np.abs(ring).max(axis=1) <= (each, each * flat))), 32)
        self._plane.set(xlim=(-half, half), ylim=(-half * flat, half * flat))
        within = np.abs(result.path).max(axis=1) < 3 * half
        path = result.path[: LIMIT + 1 if within.all() else int(within.argmin()) + 1]
        self._path.set_data(path.T)
        self._start.set_data(path[:1].T)
        end = next((each for each in (20, 50, 200) if each > 1.2 * result.steps.max()), LIMIT)
        steps = np.arange(end + 1)
        losses = np.clip(result.losses[:, : end + 1], LOSSES[0] / 10, LOSSES[1] * 10)
        losses = np.where(np.isfinite(result.losses[:, : end + 1]), losses, LOSSES[1] * 10)
        self._range.set_data(steps, losses.min(axis=0), losses.max(axis=0))
        self._losses.set_data(steps, np.median(losses, axis=0))
        self._curve.set_xlim(0, 1.06 * end)  # room for half of the last number
        self._title.set_text(heading(result))

    @staticmethod
    def describe(result):
        return (
            f"{heading(result)}. The condition number is {_between(result.condition)} in five samples, and the largest "
            f"stable rate {_between(result.stable_rate)}. At {result.rate:g} of it, {reached(result)}"
        )


def heading(result) -> str:
    """The features of a ``Zigzag`` in one line."""
    means = f"means {result.mean:g} × spread" if result.mean else "means 0"
    how = CURED[result.cure]
    return f"Features of spread 1 and {result.spread:g}, {means}, correlation {result.correlation:g}; {how}"


def reached(result) -> str:
    """How many steps it takes to a hundredth of the first loss, as the end of a sentence."""
    fewest, most = result.steps.min(), result.steps.max()
    if result.rate > 1:
        return "gradient descent diverges."
    if fewest == LIMIT:
        return f"more than a hundredth of the first loss is left after {LIMIT} steps."
    steps = f"{fewest}" if fewest == most else f"{fewest} to {most}"
    until = " or more" if most == LIMIT else ""
    return f"a hundredth of the first loss is left after {steps}{until} {'step' if most == 1 else 'steps'}."


def _between(values) -> str:
    low, high = number(values.min()), number(values.max())
    return low if low == high else f"{low} to {high}"
