"""A digit before and after two steps of one size, what the network makes of it, and errors by the size."""

import numpy as np
from matplotlib.colors import to_rgb

from course_lib.figures import style
from course_lib.figures.picture import Picture
from course_lib.figures.style import BLUE, PURPLE, TEXT, VERMILION
from course_lib.units.regularization.experiments.adversarial_digits import SIZES

STEPS = ("none", "gradient's sign", "random signs")
CLASSES = np.arange(10)
SIDE, ABOVE, BESIDE = 8, 2, 1  # cells of a picture, of the line above it, and between two
NAMES = (("digit", "gradient's sign"), ("after this step", "after random"))
PAPER, INK = 0.93, 0.05  # greys of a pixel that is 0, and 1


class AdversarialPicture(Picture):
    """Three panels of an ``Adversarial``: digit, sign of its gradient (orange up, blue down) and both steps; the
    probabilities of all three; and the error on test digits by the size of the steps, median and range of three
    networks."""

    def build(self):
        self.figure, (digit, seen, error) = style.new_figure([0.85, 1, 1], top=0.72, wspace=0.36)
        style.label(digit, "Every pixel moves by eps", "orange: up, blue: down", "before, and after", legend_rows=0)
        digit.grid(False)
        digit.spines[:].set_visible(False)
        digit.set(xticks=[], yticks=[])
        self._canvas = digit.imshow(np.zeros((2 * (SIDE + ABOVE), 2 * SIDE + BESIDE, 4)), interpolation="nearest")
        digit.set_anchor("W")
        for row, names in enumerate(NAMES):
            for column, name in enumerate(names):
                x, y = column * (SIDE + BESIDE) - 0.5, row * (SIDE + ABOVE) + ABOVE - 0.8
                digit.text(x, y, name, fontsize=8.5, color=TEXT)
        looks = [
            {"color": color, "linestyle": line, "marker": marker}
            for color, line, marker in ((BLUE, "-", "o"), (VERMILION, "--", "s"), (PURPLE, ":", "^"))
        ]
        style.label(seen, "What the network says", "class", "probability", legend_rows=2)
        seen.set(xlim=(-0.6, 9.6), ylim=(-0.03, 1.05), xticks=CLASSES)
        self._seen = [
            seen.plot([], [], label=name, linewidth=1.6, markersize=5, markevery=(1, 3), **look)[0]
            for name, look in zip(STEPS, looks, strict=True)
        ]
        style.label(error, "Errors on test digits", "size of the step, eps", "share that is wrong", legend_rows=2)
        error.set(xlim=(-0.005, SIZES[-1] + 0.005), ylim=(-0.02, 1.03), xticks=(0, 0.1, 0.2, 0.3))
        self._errors = []
        for name, look in zip(STEPS[1:], looks[1:], strict=True):
            band = error.fill_between([], [], color=look["color"], alpha=0.22, linewidth=0)
            self._errors.append((band, error.plot([], [], label=name, markersize=3.5, linewidth=1.4, **look)[0]))
        self._chosen = error.axvline(0, color=TEXT, linewidth=1.2, linestyle="-.")
        for ax in (seen, error):
            style.legend(ax, rows=2)
        self._title = style.heading(self.figure)
        drawn = [artist for pair in self._errors for artist in pair]
        self.changing = [self._canvas, *self._seen, *drawn, self._chosen, self._title]

    def draw(self, result):
        self._canvas.set_data(canvas(result))
        for at, (line, values) in enumerate(zip(self._seen, result.probabilities, strict=True)):
            # a stem for each class, with a gap behind it; only its upper end is marked
            x = CLASSES + 0.22 * (at - 1)
            stems = np.stack([np.zeros(10), values, np.full(10, np.nan)], axis=1)
            line.set_data(np.repeat(x, 3), stems.ravel())
        for (band, line), runs in zip(self._errors, result.error, strict=True):
            band.set_data(SIZES, runs.min(axis=0), runs.max(axis=0))
            line.set_data(SIZES, np.median(runs, axis=0))
        self._chosen.set_xdata([result.eps] * 2)
        self._title.set_text(heading(result))

    @staticmethod
    def describe(result):
        said = [
            f"{name}: {answers[result.label]:.2f} for {result.label}, and most, {answers.max():.2f}, for "
            f"{answers.argmax()}"
            for name, answers in zip(
                ("the digit", "after the gradient's sign", "after random signs"), result.probabilities, strict=True
            )
        ]
        signed, random = np.median(result.error[..., result.column], axis=1)
        return (
            f"{heading(result)}. Probabilities, {'; '.join(said)}. Of 450 test digits, three networks get "
            f"{np.median(result.error[0, :, 0]):.0%} wrong as they are, {signed:.0%} after steps of size "
            f"{SIZES[result.column]:g} along the gradient's sign, and {random:.0%} after random ones (medians)."
        )


def heading(result) -> str:
    """The network and the digit of an ``Adversarial`` in one line."""
    return f"{result.training.capitalize()} training, eps {result.eps:g}, image {result.image}, a {result.label}"


def canvas(result) -> np.ndarray:
    """Digit and sign, and below them the digit after both steps, as one RGBA image that is clear between them."""
    signs = np.full((SIDE, SIDE, 3), PAPER)
    signs[result.sign > 0], signs[result.sign < 0] = to_rgb(VERMILION), to_rgb(BLUE)
    tiles = ((_grey(result.digit), signs), (_grey(result.moved), _grey(result.noisy)))
    image = np.zeros((2 * (SIDE + ABOVE), 2 * SIDE + BESIDE, 4))
    for row, pair in enumerate(tiles):
        for column, tile in enumerate(pair):
            top, left = row * (SIDE + ABOVE) + ABOVE, column * (SIDE + BESIDE)
            image[top : top + SIDE, left : left + SIDE, :3] = tile
            image[top : top + SIDE, left : left + SIDE, 3] = 1.0
    return image


def _grey(pixels):
    return np.repeat((PAPER + (INK - PAPER) * pixels)[..., None], 3, axis=-1)
