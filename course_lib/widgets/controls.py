"""Labelled controls that refuse an initial value out of their range instead of bending it."""

import ipywidgets

WIDE = {"flex": "1 1 330px", "width": "auto", "max_width": "480px"}
STYLE = {"description_width": "112px"}


def whole(label, value, low, high, step=1):
    """A slider for an int in [low, high]."""
    _check(label, value, low, high)
    return ipywidgets.IntSlider(value, low, high, step, description=label, layout=WIDE, style=STYLE)


def real(label, value, low, high, step):
    """A slider for a float in [low, high]."""
    _check(label, value, low, high)
    return ipywidgets.FloatSlider(value, min=low, max=high, step=step, description=label, layout=WIDE, style=STYLE)


def power(label, value, low, high, step, readout_format=".2g"):
    """A slider for a positive float from 10**low to 10**high, even on a logarithmic scale."""
    _check(label, value, 10.0**low, 10.0**high)
    return ipywidgets.FloatLogSlider(
        value, min=low, max=high, step=step, description=label, readout_format=readout_format, layout=WIDE, style=STYLE
    )


def choice(label, value, options):
    """A drop-down list of names."""
    options = list(options)
    if value not in options:
        raise ValueError(f"{label.lower()} must be one of {', '.join(map(str, options))}, got {value!r}")
    return ipywidgets.Dropdown(options=options, value=value, description=label, layout=WIDE, style=STYLE)


def several(label, values, options):
    """A list of names of which any number may be chosen."""
    options, values = list(options), tuple(values)
    if not set(values) <= set(options):
        raise ValueError(f"{label.lower()} must be some of {', '.join(options)}, got {values!r}")
    return ipywidgets.SelectMultiple(
        options=options, value=values, rows=len(options), description=label, layout=WIDE, style=STYLE
    )


def flag(label, value):
    """A check box."""
    return ipywidgets.Checkbox(value=bool(value), description=label, layout=WIDE, style=STYLE)


def seed(value):
    """The seed of all random numbers, a number to type or to step with the arrow keys."""
    _check("Seed", value, 0, 9999)
    return ipywidgets.BoundedIntText(value, min=0, max=9999, description="Seed", layout=WIDE, style=STYLE)


def value_of(control):
    """The value of a control; floats as a person would write them, as front ends return 2.0000000000000004 for 2."""
    if isinstance(control, ipywidgets.FloatLogSlider):
        return float(f"{control.value:.6g}")
    if isinstance(control, ipywidgets.FloatSlider):
        return round(control.value, 6) + 0.0  # the sum turns -0.0 into 0.0
    return control.value


def _check(label, value, low, high):
    # a little slack: 10.0**-0.5 and 0.31622776 are the same value
    if not low * (1 - 1e-9) <= value <= high * (1 + 1e-9):
        raise ValueError(f"{label.lower()} must lie in [{low:g}, {high:g}], got {value!r}")
