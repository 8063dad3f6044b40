"""What an activation function does to normally distributed inputs, and to the gradient on its way back."""

from dataclasses import dataclass

import numpy as np

from course_lib.units.vanishing_gradients.experiments.slopes import SATURATION, shape_named


@dataclass(frozen=True)
class ActivationPortrait:
    """What ``portray`` computed for inputs z ~ N(mean, std**2).

    Attributes
    ----------
    parameter : float, the alpha or beta that was used; 0 for a function that has none
    z, value, slope, density : (n,) arrays for plotting: input, f(z), f'(z), and the density of the inputs
    output_edges, output_share : (b + 1,) and (b,) arrays, histogram of f(z); the outer bins take what lies beyond
    output_mean, output_std : float, of f(z); a mean of 0 is called zero-centred
    slope_mean_square : float, mean of f'(z)**2, which multiplies the gradient's mean square on its way back
    saturated : float in [0, 1], the share of inputs whose slope is below 1 % of the largest slope
    dead : float in [0, 1], the share of inputs whose slope is exactly zero
    """

    activation: str
    parameter: float
    mean: float
    std: float
    z: np.ndarray
    value: np.ndarray
    slope: np.ndarray
    density: np.ndarray
    output_edges: np.ndarray
    output_share: np.ndarray
    output_mean: float
    output_std: float
    slope_mean_square: float
    saturated: float
    dead: float


def portray(activation="sigmoid", mean=0.0, std=1.0, parameter=None) -> ActivationPortrait:
    """Describe an activation function under normally distributed inputs.

    Parameters
    ----------
    activation : str, a name in ``slopes.SHAPES``
    mean, std : float, of the inputs; std is positive
    parameter : float or None, the alpha or beta of the function; None takes its usual value

    Returns
    -------
    ActivationPortrait

    Raises
    ------
    ValueError
        When the name is unknown, or ``std`` is not positive.
    """
    shape = shape_named(activation)
    if not std > 0:
        raise ValueError(f"std must be positive, got {std}")
    # The expectations are integrals against the normal density. A sum over equal steps out to 8 standard deviations
    # is exact to rounding for smooth integrands, and to the step times the density, 1e-3, at a jump.
    t = np.linspace(-8.0, 8.0, 6400)
    weight = np.exp(-0.5 * t * t)
    weight /= weight.sum()
    inputs = mean + std * t
    value, slope = shape.value(inputs, parameter), shape.slope(inputs, parameter)
    output_mean = weight @ value
    edges = np.linspace(-3.0, 5.0, 65)
    share, _ = np.histogram(np.clip(value, edges[0], edges[-1]), bins=edges, weights=weight)
    z = np.linspace(-6.0, 6.0, 601)
    return ActivationPortrait(
        activation=activation,
        parameter=shape.default if parameter is None else parameter,
        mean=mean,
        std=std,
        z=z,
        value=shape.value(z, parameter),
        slope=shape.slope(z, parameter),
        density=np.exp(-0.5 * ((z - mean) / std) ** 2) / (std * np.sqrt(2 * np.pi)),
        output_edges=edges,
        output_share=share,
        output_mean=float(output_mean),
        output_std=float(np.sqrt(weight @ (value - output_mean) ** 2)),
        slope_mean_square=float(weight @ slope**2),
        saturated=float(weight @ (np.abs(slope) < SATURATION * shape.largest_slope(parameter))),
        dead=float(weight @ (slope == 0)),
    )
