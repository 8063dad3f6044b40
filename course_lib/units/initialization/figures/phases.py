"""The plane of order and chaos, the correlation of two inputs on their way, and how deep a network can be."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_lib.figures import style
from course_lib.figures.picture import Picture
from course_lib.figures.style import BLUE, ORANGE, RED, TEXT, number
from course_lib.units.initialization.experiments.order_and_chaos import (
    BIAS_VARIANCES,
    DEEPEST,
    WEIGHT_VARIANCES,
    critical_line,
)

PLANE = (WEIGHT_VARIANCES[0] - 0.1, WEIGHT_VARIANCES[1] + 0.1)
BIASES = (BIAS_VARIANCES[0] - 0.012, BIAS_VARIANCES[1] + 0.012)
DEPTHS = (1.5, 1000)  # of the logarithmic axis


class PhasePicture(Picture):
    """Three panels of an ``OrderAndChaos``: the plane with the critical line and the depths that trained, the
    correlation of two inputs over the layers, and the depths again, beside six times the depth scale."""

    def build(self):
        self.figure, (plane, way, reach) = style.new_figure([1, 1, 1], wspace=0.36)
        self._way = way
        style.label(plane, "Order and chaos", "variance of the weights × fan_in", "variance of the biases")
        style.label(way, "Two inputs on their way", "layer", "correlation")
        style.label(reach, "How deep it can be", "variance of the weights × fan_in", "layers")
        plane.set(xlim=PLANE, ylim=BIASES)
        way.set_ylim(-0.45, 1.05)
        way.xaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
        style.logarithmic_y(reach)
        reach.set(xlim=PLANE, ylim=DEPTHS)
        self._show_phases(plane)
        dot = {"linestyle": "none", "marker": "o", "color": TEXT}
        self._trained = plane.scatter([], [], color=TEXT, zorder=3)
        (of_size,) = plane.plot([], [], markersize=5, label="trained", **dot)
        (self._chosen,) = plane.plot([], [], color=RED, marker="D", markersize=7, linestyle="none", label="chosen")
        self._range = way.fill_between([], [], color=BLUE, alpha=0.25, linewidth=0)
        (self._measured,) = way.plot([], [], color=BLUE, marker="o", markersize=3, linestyle="none", label="5 networks")
        (self._theory,) = way.plot([], [], color=TEXT, linewidth=1.4, label="wide layers")
        (self._reach,) = reach.plot([], [], color=ORANGE, linewidth=1.8, linestyle="--", label="6 × depth scale")
        (self._depths,) = reach.plot([], [], markersize=6, label="trained", **dot)
        self._here = reach.axvline(1, color=RED, linewidth=1.4, linestyle="-.")
        below = {"fontsize": 9, "style": "italic", "color": TEXT, "ha": "right", "transform": reach.transAxes}
        self._note = reach.text(0.97, 0.05, "", **below)
        style.legend(way)
        pairs = (plane, [self._chosen, of_size]), (reach, [self._reach, self._depths])
        self._plane_legends, self._reach_legends = (style.legends(ax, handles) for ax, handles in pairs)
        self._title = style.heading(self.figure)
        self.changing = [
            *self._plane_legends,
            *self._reach_legends,
            self._trained,
            self._chosen,
            self._range,
            self._theory,
            self._measured,
            self._reach,
            self._depths,
            self._here,
            self._note,
            self._title,
        ]

    @staticmethod
    def _show_phases(plane):
        weight, bias = critical_line()
        plane.fill_betweenx(bias, PLANE[0], weight, color=BLUE, alpha=0.18, linewidth=0)
        plane.fill_betweenx(bias, weight, PLANE[1], color=ORANGE, alpha=0.22, linewidth=0)
        plane.plot(weight, bias, color=TEXT, linewidth=1.6)
        words = {"fontsize": 9, "style": "italic", "color": TEXT, "ha": "center"}
        plane.text(1.05, 0.225, "order:\nalike,\ngradients\nvanish", **words)
        plane.text(3.3, 0.225, "chaos:\napart,\ngradients\nexplode", **words)

    def draw(self, result):
        layers = np.arange(result.depth + 1)
        self._chosen.set_data([result.weight_variance], [result.bias_variance])
        self._trained.set_offsets(np.stack([result.trained_weight, result.trained_bias], axis=1))
        self._trained.set_sizes(5 + 2.5 * result.trained_depth)
        self._range.set_data(layers, result.measured.min(axis=0), result.measured.max(axis=0))
        self._measured.set_data(layers, np.median(result.measured, axis=0))
        self._theory.set_data(layers, result.theory)
        self._way.set_xlim(-1, next(end for end in (11, 21, 31, 41, DEEPEST + 1) if end > result.depth))
        self._reach.set_data(result.scale_weight, result.scale_reach)
        here = result.trained_bias == result.bias_variance
        self._depths.set_data(result.trained_weight[here], np.maximum(result.trained_depth[here], DEPTHS[0]))
        style.show_one(self._plane_legends, bool(result.trained_bias.size))
        style.show_one(self._reach_legends, here.any())
        self._here.set_xdata([result.weight_variance] * 2)
        self._note.set_text("" if here.any() else "Measure: train and see")
        self._title.set_text(heading(result))

    @staticmethod
    def describe(result):
        last = result.measured[:, -1]
        layers = "1 wide layer" if result.depth == 1 else f"{result.depth} wide layers"
        in_networks = _between(f"{last.min():z.2f}", f"{last.max():z.2f}")
        return (
            f"{heading(result)}: {phase(result)}. Each layer multiplies the mean square of a gradient by "
            f"{result.chi:.2f}: gradients {_become(result)}. Two inputs of correlation {result.correlation:g} have "
            f"correlation {result.theory[-1]:z.2f} after {layers}, and {in_networks} in five networks of 100 units. "
            f"The distance to the final correlation falls by a factor of e in {_scale(result.depth_scale)}."
            f"{_what_trained(result)}"
        )


def phase(result) -> str:
    """Which side of the critical line a result is on."""
    return "between order and chaos" if _is_critical(result) else "order" if result.chi < 1 else "chaos"


def _become(result) -> str:
    return "keep their size" if _is_critical(result) else "vanish" if result.chi < 1 else "explode"


def _is_critical(result) -> bool:
    return round(result.chi, 2) == 1


def heading(result) -> str:
    """The two variances of an ``OrderAndChaos`` in one line."""
    return f"tanh, weights of variance {result.weight_variance:g} / fan_in, biases of variance {result.bias_variance:g}"


def _what_trained(result) -> str:
    """For each variance of the weights, how deep networks of this variance of the biases could be."""
    here = result.trained_bias == result.bias_variance
    weights, depths = result.trained_weight[here], result.trained_depth[here]
    ranges = [(weight, depths[weights == weight]) for weight in np.unique(weights)]
    listed = ", ".join(f"{_between(found.min(), found.max())} at {weight:g}" for weight, found in ranges)
    return f" Layers with which it trained, by the weights' variance × fan_in: {listed}." if listed else ""


def _between(low, high) -> str:
    return f"{low}" if low == high else f"{low} to {high}"


def _scale(layers) -> str:
    return "more than 100 layers" if layers > 100 else f"{number(layers)} layers"
