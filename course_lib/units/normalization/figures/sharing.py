"""The block of a tensor that shares a mean, and what changes in an output; and the four norms side by side."""

import numpy as np

from course_lib.figures import style
from course_lib.figures.picture import Picture, Shown, show
from course_lib.figures.style import PURPLE, TEXT
from course_lib.units.normalization.experiments.sharing import (
    CHANGES,
    CHANNELS,
    MOST_IMAGES,
    NORMS,
    sharing,
)

PIXELS, FRAME = 12, 2  # of the picture of one channel of one image; 12 can be halved, and divided by 3 and 4
TILE = PIXELS + 2 * FRAME
FIRST, SHARED, OTHER, LINE, PAPER = (0.15,) * 3, (0.24, 0.56, 0.86), (0.87, 0.87, 0.87), (0.6,) * 3, (1.0,) * 3


class SharingPicture(Picture):
    """Two panels of a ``Sharing``: the tensor, a row for each image and a column for each channel, with the entries
    that share a mean with the first; and how far the first image's output goes when something else is changed."""

    def build(self):
        self.figure, (tensor, changes) = style.new_figure([0.6, 1])
        style.label(tensor, "Who shares a mean with ■", "channel", "image")
        self._tensor = _prepare(tensor, MOST_IMAGES)
        tensor.xaxis.tick_top()  # next to the first image, however few there are
        tensor.xaxis.set_label_coords(-0.13, 1.09)
        tensor.yaxis.set_label_coords(-0.14, 0.75)
        # no tick labels, which stay: only images that are there have a number
        tensor.set_yticklabels([])
        number = {"fontsize": 8.5, "color": TEXT, "ha": "right", "va": "center"}
        self._numbers = [tensor.text(-5, y, "", **number) for y in tensor.get_yticks()]
        style.label(changes, "How the output of image 1 changes", "what is changed", "change ÷ size of the output")
        changes.set(xlim=(-0.5, 2.5), xticks=range(len(CHANGES)), xticklabels=CHANGES, ylim=(-0.06, 2.1))
        look = {"color": PURPLE, "linestyle": "none", "marker": "D", "markersize": 7}
        (self._changes,) = changes.plot([], [], label="median of 3 draws", **look)
        (self._draws,) = changes.plot([], [], color=PURPLE, linewidth=2, label="range")
        inside = {"fontsize": 9, "style": "italic", "color": TEXT, "ha": "center", "va": "bottom"}
        self._notes = [changes.text(at, 0, "", **inside) for at in range(len(CHANGES))]
        style.legend(changes)
        self._title = style.heading(self.figure)
        self.changing = [self._tensor, *self._numbers, self._draws, self._changes, *self._notes, self._title]

    def draw(self, result):
        self._tensor.set_data(canvas(result.block, MOST_IMAGES))
        for image, number in enumerate(self._numbers, 1):
            number.set_text(f"{image}" if image <= result.n else "")
        middle = np.median(result.changes, axis=1)
        self._changes.set_data(np.arange(len(CHANGES)), middle)
        gap = np.full(len(CHANGES), np.nan)
        ends = np.stack([result.changes.min(axis=1), result.changes.max(axis=1), gap], axis=1)
        self._draws.set_data(np.repeat(np.arange(len(CHANGES)), 3), ends.ravel())
        for note, height, change in zip(self._notes, middle, CHANGES, strict=True):
            note.set(text=_note(result, change, height), y=0.12)
        self._title.set_text(heading(result))

    @staticmethod
    def describe(result):
        if result.only_zeros:
            return f"{heading(result)}. Every entry is its own mean, so that all of the output is zero."
        said = ", ".join(f"{name}: {_range(change)}" for name, change in zip(CHANGES, result.changes, strict=True))
        return (
            f"{heading(result)}. How far the output of the first image goes, in units of its size, when the other "
            f"images are replaced, when it becomes brighter by 2, when one channel of all images is multiplied by 3: "
            f"{said}."
        )


def heading(result) -> str:
    """The norm of a ``Sharing`` in one line."""
    images = "1 image" if result.n == 1 else f"{result.n} images"
    name = f"group norm, {result.groups} group{'' if result.groups == 1 else 's'}"
    name = name if result.norm == "group" else f"{result.norm} norm"
    means = f"{result.means} means" if result.means > 1 else "1 mean"
    return (
        f"{name[0].upper()}{name[1:]}: {images}, {CHANNELS} channels, {result.side} × {result.side} pixels; {means} of "
        f"{result.entries} {'entry' if result.entries == 1 else 'entries'}"
    )


def sharing_figure(n=4, side=3, groups=2) -> Shown:
    """The four norms side by side, each as the block of a tensor that shares a mean and a variance."""
    results = [sharing(norm, groups, n, side) for norm in NORMS]
    figure, axes = style.new_figure([1] * len(NORMS), height=2.4, bottom=0.22, top=0.71, wspace=0.5)
    style.heading(figure).set_text("Who shares a mean and a variance with ■, a pixel of the first image")
    for ax, result in zip(axes, results, strict=True):
        name = f"Group, {groups} groups" if result.norm == "group" else result.norm.capitalize()
        style.label(ax, name, "channel", "image", legend_rows=0)
        _prepare(ax, n).set_data(canvas(result.block, n))
        ax.xaxis.set_label_coords(0.5, -0.24)
    said = " ".join(
        f"{result.norm.capitalize()} norm: {result.means} means, each over {result.entries} entries."
        for result in results
    )
    return show(
        figure,
        f"A tensor of {n} images, {CHANNELS} channels and {side} × {side} pixels, four times; the entries that share a "
        f"mean and a variance with the first one are marked. {said}",
    )


def _note(result, change, height) -> str:
    if np.isnan(height):
        return "all zero" if result.only_zeros else "no others"
    return "not noticed" if change in result.unnoticed else ""


def canvas(block, rows):
    """The tensor (n, channels, side, side) as one image of ``rows`` rows: dark the first entry, blue what shares its
    mean, grey the others."""
    n, channels, side, _ = block.shape
    colours = np.where(block[..., None], SHARED, OTHER)
    colours[0, 0, 0, 0] = FIRST
    scale = PIXELS // side
    large = np.kron(colours, np.ones((1, 1, scale, scale, 1)))
    image = np.full((rows, channels, TILE, TILE, 3), PAPER)
    image[:n, :, 1:-1, 1:-1] = LINE
    image[:n, :, FRAME:-FRAME, FRAME:-FRAME] = large
    return image.transpose(0, 2, 1, 3, 4).reshape(rows * TILE, channels * TILE, 3)


def _prepare(ax, rows):
    ax.grid(False)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    ax.set(xticks=(np.arange(CHANNELS) + 0.5) * TILE, xticklabels=range(1, CHANNELS + 1))
    ax.set(yticks=(np.arange(rows) + 0.5) * TILE, yticklabels=range(1, rows + 1))
    image = ax.imshow(np.ones((rows * TILE, CHANNELS * TILE, 3)), interpolation="nearest")
    ax.set_anchor("W")
    return image


def _range(values) -> str:
    if np.isnan(values).any():
        return "there are none"
    low, high = f"{values.min():.2f}", f"{values.max():.2f}"
    return low if low == high else f"{low} to {high}"
