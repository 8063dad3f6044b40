"""Activation functions, their slopes, and the normally distributed inputs that meet them."""

import numpy as np

from course_lib.figures import style
from course_lib.figures.picture import Picture, Shown, show
from course_lib.figures.style import BLUE, GREY, ORANGE, RED, SAND, TEXT, VERMILION, number
from course_lib.units.vanishing_gradients.experiments.slopes import SATURATION, SHAPES, shape_named

VALUES, SLOPES = (-2.5, 5), (-0.6, 2.2)  # limits of the panels; the lowest part shows the inputs
DENSITY = 0.15  # of a panel's height, for the tallest density


class ActivationPicture(Picture):
    """Two panels of a ``Comparison``, functions and slopes, and in both the density of the inputs, and where the slope
    of the first function is saturated."""

    def build(self):
        self.figure, self._axes = style.new_figure([1, 1])
        self._styles = _styles()
        self._saturated, self._density, self._lines, self._legend = [], [], [], []
        for ax, limits, title in zip(self._axes, (VALUES, SLOPES), ("Functions f(z)", "Slopes f'(z)"), strict=True):
            style.label(ax, title, "input z", title.split()[1])
            ax.set(xlim=(-6, 6), ylim=limits)
            self._saturated.append(ax.fill_between([], [], color=SAND, alpha=0.45, linewidth=0))
            self._density.append(ax.fill_between([], [], color=GREY, alpha=0.55, linewidth=0))
            self._lines.append({name: ax.plot([], [], **look)[0] for name, look in self._styles.items()})
        left, right = self._axes
        left.plot([], [], color=SAND, linewidth=6, alpha=0.6, label="first function saturated")
        right.plot([], [], color=GREY, linewidth=6, alpha=0.6, label="density of the inputs")
        for ax in self._axes:
            style.legend(ax)
        rows = ({"x": x, "y": y} for x in (-5.0, -2.2) for y in np.linspace(4.5, 1.9, 5))
        for place in rows:
            (key,) = left.plot([], [], linewidth=1.8)
            name = left.text(place["x"], place["y"], "", fontsize=8.5, color=TEXT, va="center")
            self._legend.append((key, name, place))
        self._title = style.heading(self.figure)
        self.changing = [
            *self._saturated,
            *self._density,
            *(line for lines in self._lines for line in lines.values()),
            *(artist for key, name, _ in self._legend for artist in (key, name)),
            self._title,
        ]

    def draw(self, result):
        first = result.first
        flat = np.abs(first.slope) < SATURATION * np.abs(first.slope).max()
        # of the density the shape matters here, not the unit
        height = DENSITY * first.density / max(first.density.max(), 0.4)
        shown = {portrait.activation: portrait for portrait in (first, *result.others)}
        for which, (low, high) in enumerate((VALUES, SLOPES)):
            self._saturated[which].set_data(first.z, low, high, where=flat)
            self._density[which].set_data(first.z, low, low + (high - low) * height)
            for name, line in self._lines[which].items():
                line.set_visible(name in shown)
                if name in shown:
                    line.set_data(shown[name].z, shown[name].slope if which else shown[name].value)
                    line.set_linewidth(2.6 if name == first.activation else 1.4)
        for at, (key, name, place) in enumerate(self._legend):
            chosen = list(shown)[at] if at < len(shown) else None
            name.set_text(chosen or "")
            key.set_data(([place["x"] - 0.8, place["x"] - 0.15], [place["y"]] * 2) if chosen else ([], []))
            if chosen:
                key.set(**{part: self._styles[chosen][part] for part in ("color", "linestyle")})
        self._title.set_text(heading(first))

    @staticmethod
    def describe(result):
        first = result.first
        centred = abs(first.output_mean) < 0.05 * first.output_std
        text = (
            f"{heading(first)}. The outputs have mean {round(first.output_mean, 2) + 0.0:.2f} and standard deviation "
            f"{first.output_std:.2f}: they are {'' if centred else 'not '}zero-centred. "
            f"{first.saturated:.1%} of the inputs meet a saturated slope (below 1 % of the largest), "
            f"{first.dead:.1%} a slope of exactly zero. Each layer multiplies the gradient's mean square by that of "
            f"the slope, {number(first.slope_mean_square)}."
        )
        if not result.others:
            return text
        shares = (f"{o.activation} {o.saturated:.1%} and {number(o.slope_mean_square)}" for o in result.others)
        return f"{text} Of the others, saturated share and mean square of the slope: {'; '.join(shares)}."


def activation_strip(name) -> Shown:
    """An activation function and its derivative, small, to stand beside its formula.

    Parameters
    ----------
    name : str, in ``slopes.SHAPES``

    Raises
    ------
    ValueError
        When there is no such function.
    """
    shape, z = shape_named(name), np.linspace(-4, 4, 401)
    value, slope = shape.value(z), shape.slope(z)
    figure, (ax,) = style.new_figure([1], width=3.4, height=1.9, bottom=0.2, top=0.84)
    ax.plot(z, value, color=BLUE, linewidth=2, label="f(z)")
    ax.plot(z, slope, color=VERMILION, linewidth=1.6, linestyle="--", label="f'(z)")
    for at_zero in (ax.axhline, ax.axvline):
        at_zero(0, color=TEXT, linewidth=0.7)
    style.label(ax, "", "", "")
    ax.set(xlim=(-4, 4), ylim=(-1.9, 3) if value.max() > 1.01 else (-1.15, 1.15), xticks=range(-4, 5, 2))
    style.legend(ax)
    parameter = f" with {shape.parameter} = {shape.default:g}" if shape.parameter else ""
    points = np.array([-4.0, -2.0, 0.0, 2.0, 4.0])
    values, slopes = (", ".join(number(x) for x in of(points)) for of in (shape.value, shape.slope))
    return show(
        figure,
        f"{name}{parameter} and its derivative for z from -4 to 4. At z = -4, -2, 0, 2, 4 the value is {values}, and "
        f"the derivative {slopes}.",
    )


def _styles():
    """A colour and a line for each function."""
    looks = style.distinct_styles(7)
    looks += [{"color": RED, "linestyle": (0, (8, 2, 2, 2))}, {"color": ORANGE, "linestyle": (0, (2, 1))}]
    return {name: {**look, "marker": ""} for name, look in zip(SHAPES, looks, strict=True)}


def heading(portrait) -> str:
    """Function and inputs of an ``ActivationPortrait`` in one line."""
    symbol = shape_named(portrait.activation).parameter
    parameter = f" with {symbol} = {portrait.parameter:g}" if symbol else ""
    return f"{portrait.activation}{parameter}, inputs of mean {portrait.mean:g} and standard deviation {portrait.std:g}"
