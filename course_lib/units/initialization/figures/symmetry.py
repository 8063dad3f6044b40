"""What equal units become: their weights as pictures, how far they are apart, which tensors move."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Patch

from course_lib.figures import style
from course_lib.figures.picture import Picture
from course_lib.figures.style import BLUE, ORANGE, PURPLE, TEXT, decades, number
from course_lib.units.initialization.experiments.symmetry import RECORDED, SHOWN, STILL, UNITS

WEIGHTS = LinearSegmentedColormap.from_list("weights", [BLUE, "#ffffff", ORANGE])
SIDE, FRAME = 8, 1  # pixels of a picture and of the line around it
TILE = SIDE + 2 * FRAME
MOST_HIDDEN, MOST_TENSORS = 3, 8


class SymmetryPicture(Picture):
    """Three panels of a ``SymmetryRun``: the weights into each unit of the first layer after some of the steps, how far
    the units of every hidden layer are apart, and from which step on each tensor moves."""

    def build(self):
        self.figure, self._axes = style.new_figure([1.15, 1, 0.9], wspace=0.4)
        units, apart, moves = self._axes
        style.label(units, "Weights into the first hidden layer", "unit", "after step")
        units.grid(False)
        units.set(
            xticks=(np.arange(UNITS) + 0.5) * TILE,
            xticklabels=range(1, UNITS + 1),
            yticks=(np.arange(len(SHOWN)) + 0.5) * TILE,
            yticklabels=SHOWN,
        )
        units.tick_params(length=0)
        units.spines[:].set_visible(False)
        self._pictures = units.imshow(np.zeros((len(SHOWN) * TILE, UNITS * TILE, 4)), interpolation="nearest")
        units.set_anchor("W")
        style.legend(units, 1.0, handles=[Patch(color=BLUE, label="below 0"), Patch(color=ORANGE, label="above 0")])
        style.label(apart, "Units apart, by hidden layer", "step", "largest difference")
        style.logarithmic_y(apart)
        apart.set_xlim(-5, RECORDED[-1] + 5)
        self._apart = [
            apart.plot([], [], markersize=4, linewidth=1.5, label=f"{at}" if at > 1 else "layer 1", **look)[0]
            for at, look in enumerate(style.distinct_styles(MOST_HIDDEN), 1)
        ]
        inside = {"fontsize": 9, "style": "italic", "color": TEXT}
        self._note = apart.text(0.5, 0.5, "", ha="center", transform=apart.transAxes, **inside)
        self._legends = style.legends(apart, self._apart)
        style.label(moves, "Which tensors move", "from step", "tensor")
        moves.set(xscale="log", xlim=(0.8, 260), xticks=(1, 10, 100), xticklabels=("1", "10", "100"), yticks=[])
        moves.minorticks_off()
        self._moves = [
            moves.plot([], [], color=PURPLE, marker="o", markersize=5, markevery=[0], linewidth=2.2)[0]
            for _ in range(MOST_TENSORS)
        ]
        beside = {"fontsize": 9, "color": TEXT, "va": "center"}
        self._names = [moves.text(0.7, 0, "", ha="right", **beside) for _ in range(MOST_TENSORS)]
        self._ways = [moves.text(0.95, 0, "", va="bottom", fontsize=8.5, color=TEXT) for _ in range(MOST_TENSORS)]
        self._title = style.heading(self.figure)
        self.changing = [
            self._pictures,
            *self._apart,
            *self._legends,
            self._note,
            *self._moves,
            *self._names,
            *self._ways,
            self._title,
        ]

    def draw(self, result):
        _, apart, moves = self._axes
        self._pictures.set_data(canvas(result.pictures))
        for at, line in enumerate(self._apart):
            line.set_data((RECORDED, result.apart[at]) if at < result.hidden else ([], []))
        style.show_one(self._legends, result.hidden - 1)
        copies = not (result.apart > 0).any()
        self._note.set_text("exactly zero:\nall units are copies" if copies else "")
        apart.set_ylim(decades(result.apart, low=-8, high=1))
        n = len(result.tensors)
        moves.set_ylim(n - 0.4, -0.8)
        for at, (line, name, text) in enumerate(zip(self._moves, self._names, self._ways, strict=True)):
            steps = first_moves(result, at) if at < n else []
            line.set_data(steps, [at] * len(steps))
            name.set(y=at, text=f"${result.tensors[at][0]}_{result.tensors[at][1]}$" if at < n else "")
            text.set(y=at - 0.08 * bool(steps), va="bottom" if steps else "center")
            text.set_text(way(result, at) if at < n else "")
        self._title.set_text(heading(result))

    @staticmethod
    def describe(result):
        counts = ", ".join(f"{n} of {UNITS}" for n in result.distinct)
        ends = ", ".join(number(each) for each in result.apart[:, -1])
        return (
            f"{heading(result)}. In {RECORDED[-1]} steps {what_moves(result)}. "
            f"Different units in each hidden layer at the end: {counts}; largest difference: {ends}, from "
            f"{number(result.apart[0, 0])} in the first layer at the start. "
            f"The network gets {result.accuracy:.0%} of its digits right."
        )


def what_moves(result) -> str:
    """The tensors that move, with how far, and those that do not, as the end of a sentence."""
    ways = [f"{name} ({way(result, at)})" for at, name in enumerate(result.tensors) if name in result.moving]
    still = [name for name in result.tensors if name not in result.moving]
    if not still:
        return f"all tensors move: {_listed(ways)}"
    rest = f"{_listed(still)} {'does' if len(still) == 1 else 'do'} not"
    return f"{_listed(ways)} {'moves' if len(ways) == 1 else 'move'}, {rest}" if ways else "no tensor moves"


def first_moves(result, at) -> list[int]:
    """The recorded steps from the first on after which a tensor is no longer where it started."""
    moved = np.flatnonzero(result.moved[at] > STILL)
    return list(RECORDED[moved[0] :]) if moved.size else []


def way(result, at) -> str:
    """How far a tensor has gone at the end, in words."""
    end = result.moved[at, -1]
    return f"by {number(end)}" if end > STILL else "does not move"


def canvas(pictures):
    """The pictures (steps, units, 8, 8) with grey frames, as one image; white is a weight of zero."""
    largest = np.abs(pictures).max()
    scaled = 0.5 + 0.5 * pictures / (largest if largest > 0 else 1)
    steps, units = pictures.shape[:2]
    image = np.full((steps, TILE, units, TILE, 4), (0.75, 0.75, 0.75, 1.0))
    image[:, FRAME:-FRAME, :, FRAME:-FRAME] = WEIGHTS(scaled).transpose(0, 2, 1, 3, 4)
    return image.reshape(steps * TILE, units * TILE, 4)


def heading(result) -> str:
    """The start of a ``SymmetryRun`` in one line."""
    layers = f"{result.hidden} hidden layer" + ("" if result.hidden == 1 else "s")
    noise = f", noise of {number(result.noise)}" if result.noise else ", no noise"
    return f"{layers} of {UNITS} {result.activation} units, all weights {result.start:g}{noise}"


def _listed(names) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
