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
    output_mean: float
    output_std: float
    slope_mean_square: float
    saturated: float
    dead: float


@dataclass(frozen=True)
class Comparison:
    """Several activation functions under the same inputs, as ``compare`` portrays them.

    Attributes
    ----------
    first : ActivationPortrait, of the function that is looked at
    others : tuple of ActivationPortrait
    """

    first: ActivationPortrait
    others: tuple[ActivationPortrait, ...]


def compare(activation="sigmoid", mean=0.0, std=1.0, parameter=None, others=()) -> Comparison:
    """Portray an activation function beside others, which take the usual values of their alpha and beta.

    Parameters
    ----------
    activation, mean, std, parameter
        See ``portray``.
    others : tuple of str, names in ``slopes.SHAPES``; ``activation`` itself may be among them, and is left out
    """
    rest = tuple(portray(name, mean, std) for name in others if name != activation)
    return Comparison(portray(activation, mean, std, parameter), rest)


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
        output_mean=float(output_mean),
        output_std=float(np.sqrt(weight @ (value - output_mean) ** 2)),
        slope_mean_square=float(weight @ slope**2),
        saturated=float(weight @ (np.abs(slope) < SATURATION * shape.largest_slope(parameter))),
        dead=float(weight @ (slope == 0)),
    )
