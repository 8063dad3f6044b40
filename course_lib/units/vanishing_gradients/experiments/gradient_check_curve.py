"""How well a numerical gradient agrees with backpropagation, for every size of the step h."""

from dataclasses import dataclass, replace

import numpy as np

from course_lib.analysis.gradient_check import numeric_grad, rel_error
from course_lib.functions.losses import softmax_xent
from course_lib.initialization import he_normal, lecun_normal
from course_lib.layers.network import mlp
from course_lib.training.loop import backprop
from course_lib.units.shared.digits import sample_digits

STEPS = 10.0 ** np.arange(-1.0, -13.25, -0.5)
DTYPES = {"float64": np.float64, "float32": np.float32}


@dataclass(frozen=True)
class GradientCheckCurve:
    """What ``check_gradient`` measured.

    Attributes
    ----------
    h : (n,) array of steps, from large to small
    central, one_sided : (n,) arrays, the relative error of (f(x + h) - f(x - h)) / 2h and of (f(x + h) - f(x)) / h
    chosen : int, the index of the step that is singled out
    gradient : (n_entries,) array, the gradient by backpropagation in float64 of the entries that were checked
    """

    activation: str
    precision: str
    seed: int
    h: np.ndarray
    central: np.ndarray
    one_sided: np.ndarray
    gradient: np.ndarray
    chosen: int

    @property
    def best_step(self) -> float:
        """The step at which central differences agree best."""
        return float(self.h[np.argmin(self.central)])

    def choose(self, h) -> "GradientCheckCurve":
        """The same curve with the step nearest to ``h`` singled out."""
        return replace(self, chosen=int(np.argmin(np.abs(np.log(self.h / h)))))


def check_gradient(
    activation="tanh", precision="float64", seed=0, h=1e-5, steps=STEPS, n_entries=8
) -> GradientCheckCurve:
    """Compare backpropagation with differences, on the loss of a network of 64-12-10 units on 16 real digits.

    Parameters
    ----------
    activation : str, a name in ``course_lib.functions.ACTIVATIONS``
    precision : "float64" or "float32", in which the loss is computed
    seed : int; weights, digits and the checked entries follow from it
    h : float, the step to single out
    steps : (n,) array of positive floats, the steps to measure
    n_entries : int, how many of the parameters are checked, drawn among those of non-zero gradient

    Returns
    -------
    GradientCheckCurve

    Raises
    ------
    ValueError
        When ``precision`` is unknown, or a step is not positive.
    """
    steps = np.asarray(steps, dtype=np.float64)
    if precision not in DTYPES:
        raise ValueError(f"precision must be one of {', '.join(DTYPES)}, got {precision!r}")
    if not np.all(steps > 0):
        raise ValueError(f"steps must be positive, got {steps.min()}")
    rng = np.random.default_rng(seed)
    x, y = sample_digits(16, rng=rng)
    initializer = he_normal if "relu" in activation else lecun_normal
    network = mlp([64, 12, 10], activation=activation, initializer=initializer, rng=rng, dtype=DTYPES[precision])
    # the exact gradient at the same point, which float32 has rounded
    exact = mlp([64, 12, 10], activation=activation, initializer=initializer, rng=rng)
    exact.theta[:] = network.theta
    backprop(exact, x, y)
    x = x.astype(network.theta.dtype)
    entries = rng.choice(np.flatnonzero(np.abs(exact.grad) > 1e-4), size=n_entries, replace=False)
    start = network.theta[entries].astype(np.float64)

    def loss(values):
        network.theta[entries] = values
        return softmax_xent(network.forward(x), y)[0]

    gradient = exact.grad[entries]
    curve = GradientCheckCurve(
        activation=activation,
        precision=precision,
        seed=seed,
        h=steps,
        central=np.array([rel_error(numeric_grad(loss, start, step), gradient) for step in steps]),
        one_sided=np.array([rel_error(_one_sided(loss, start, step), gradient) for step in steps]),
        gradient=gradient,
        chosen=0,
    )
    return curve.choose(h)


def _one_sided(f, x, h):
    at_x = f(x)
    return np.array([f(x + h * unit) - at_x for unit in np.eye(x.size)]) / h
