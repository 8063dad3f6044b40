"""Optimisers: from a gradient to a step. Each updates the flat parameter vector in place.

All have ``step(theta, grad)``. Hyper-parameters such as ``lr`` are read at every step, so a schedule may set them
between steps. What an optimiser remembers lies in ``state``, a dict of arrays made at the first step: copy it to
save a run, assign it to resume one bit for bit. With layers frozen or at rates of their own, ``step_parts`` keeps one
such dict for each layer. The Adam family is in ``adam.py``.
"""

from dataclasses import dataclass, field

import numpy as np

from course_lib._numba import kernel


@dataclass
class Optimizer:
    """What all optimisers share: the state, and checks of the arguments."""

    state: dict[str, np.ndarray] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self):
        for name in ("momentum", "rho", "beta1", "beta2"):
            value = getattr(self, name, 0.0)
            if not 0 <= value < 1:
                raise ValueError(f"{name} must lie in [0, 1), got {value}")

    def step_parts(self, theta: np.ndarray, grad: np.ndarray, parts) -> None:
        """Update only ``parts`` of ``theta`` (P,), each at ``part.lr_scale`` times the rate.

        Every part has a state of its own, and counts its steps from when it was first trained. The rest of ``theta``
        does not move, neither by momentum nor by decay. ``parts`` are those of ``Sequential.trainable_parts``.

        Raises
        ------
        ValueError
            When this optimiser has stepped on the whole of ``theta`` before.
        """
        if self.state and not self.steps_on_parts:
            raise ValueError("this optimiser has trained all layers as one: make a new one after freezing some")
        states, lr = self.state, self.lr
        try:
            for part in parts:
                self.state = states.setdefault(str(part.where.start), {})
                self.lr = lr * part.lr_scale
                self.step(theta[part.where], grad[part.where])
        finally:
            self.state, self.lr = states, lr

    @property
    def steps_on_parts(self) -> bool:
        """Whether ``state`` holds one state for each part."""
        return any(isinstance(value, dict) for value in self.state.values())

    def _vectors(self, theta, grad, *names):
        """The state arrays ``names``, zero at first. Kernels do not check bounds, so the shapes are checked here."""
        if grad.shape != theta.shape:
            raise ValueError(f"grad must have the shape of theta, {theta.shape}, got {grad.shape}")
        for name in names:
            if name not in self.state:
                self.state[name] = np.zeros_like(theta)
            elif self.state[name].shape != theta.shape:
                raise ValueError(
                    f"state {name!r} has shape {self.state[name].shape}, theta {theta.shape}: make a new optimiser"
                )
        return [self.state[name] for name in names]

    def _count(self) -> int:
        """The number of this step, from 1; kept in the state as ``t``."""
        self.state["t"] = np.asarray(self.state.get("t", 0) + 1)
        return int(self.state["t"])


@dataclass
class SGD(Optimizer):
    """Gradient descent: theta -= lr * grad.

    Parameters
    ----------
    lr : float, the learning rate
    """

    lr: float

    def step(self, theta: np.ndarray, grad: np.ndarray) -> None:
        """Update ``theta`` (P,) in place from ``grad`` (P,)."""
        self._vectors(theta, grad)
        _sgd(theta, grad, theta.dtype.type(self.lr))


@dataclass
class Momentum(Optimizer):
    """Gradient descent with momentum (the heavy ball).

    ====================  ===============================  ===================
    ``convention``        velocity                         step
    ====================  ===============================  ===================
    ``"classic"``         v = momentum v - lr g            theta += v
    ``"ema"``             v = momentum v + (1-momentum) g  theta -= lr v
    ====================  ===============================  ===================

    At a constant rate, ``"ema"`` equals ``"classic"`` with the rate lr (1 - momentum). ``"classic"`` is Keras's.
    PyTorch has v = momentum v + g, theta -= lr v: the same as ``"classic"`` while lr is constant, but a change of lr
    acts at once on the whole velocity. Its ``dampening=momentum`` is ``"ema"``, except that its first v is g.

    Parameters
    ----------
    lr : float, the learning rate
    momentum : float in [0, 1)
    convention : "classic" or "ema"

    State: ``v`` (P,), the velocity.

    References
    ----------
    Polyak 1964, equation 9; Sutskever et al. 2013, equations 1 and 2 (classic).
    """

    lr: float
    momentum: float = 0.9
    convention: str = "classic"

    def __post_init__(self):
        super().__post_init__()
        if self.convention not in ("classic", "ema"):
            raise ValueError(f"convention must be 'classic' or 'ema', got {self.convention!r}")

    def step(self, theta: np.ndarray, grad: np.ndarray) -> None:
        """Update ``theta`` (P,) in place from ``grad`` (P,)."""
        (v,) = self._vectors(theta, grad, "v")
        if self.convention == "classic":
            _momentum(theta, grad, v, *floats(self.lr, self.momentum))
        else:
            _momentum_ema(theta, grad, v, *floats(self.lr, self.momentum, 1 - self.momentum))


@dataclass
class Nesterov(Optimizer):
    """Nesterov's accelerated gradient: the gradient is taken where the velocity is about to lead.

    Sutskever's form is v' = momentum v - lr g(w + momentum v), w' = w + v'. Here ``theta`` is the look-ahead point
    w + momentum v itself, where the gradient is known: theta' = theta + momentum v' - lr g(theta).
    The two are equal while momentum is constant; w = theta - momentum v. Keras does the same; PyTorch too, but with
    lr outside of the velocity, which differs once lr changes.

    Parameters
    ----------
    lr : float, the learning rate
    momentum : float in [0, 1)

    State: ``v`` (P,), the velocity.

    References
    ----------
    Nesterov 1983; Sutskever et al. 2013, equations 3 and 4; Bengio et al. 2013, equation 7, for this form.
    """

    lr: float
    momentum: float = 0.9

    def step(self, theta: np.ndarray, grad: np.ndarray) -> None:
        """Update ``theta`` (P,) in place from ``grad`` (P,), the gradient at ``theta``."""
        (v,) = self._vectors(theta, grad, "v")
        _nesterov(theta, grad, v, *floats(self.lr, self.momentum))


@dataclass
class AdaGrad(Optimizer):
    """AdaGrad: G += g**2, theta -= lr * g / (sqrt(G) + eps). Every coordinate has its own falling rate.

    PyTorch: the same, eps 1e-10. Keras: sqrt(G + eps), eps 1e-7, and G starts at 0.1.

    Parameters
    ----------
    lr : float, the learning rate
    eps : float, positive

    State: ``g2_sum`` (P,), the sum of squared gradients.

    References
    ----------
    Duchi, Hazan and Singer 2011, figure 1 (diagonal matrix, eps as delta).
    """

    lr: float = 0.01
    eps: float = 1e-10

    def step(self, theta: np.ndarray, grad: np.ndarray) -> None:
        """Update ``theta`` (P,) in place from ``grad`` (P,)."""
        (g2_sum,) = self._vectors(theta, grad, "g2_sum")
        _adagrad(theta, grad, g2_sum, *floats(self.lr, self.eps))


@dataclass
class RMSProp(Optimizer):
    """RMSProp: v = rho * v + (1 - rho) * g**2, theta -= lr * g / (sqrt(v) + eps).

    v starts at zero and is not corrected for it, so the first steps are up to 1 / sqrt(1 - rho) times longer.
    PyTorch: the same, with rho (``alpha``) 0.99, eps 1e-8. Keras: sqrt(v + eps), rho 0.9, eps 1e-7.

    Parameters
    ----------
    lr : float, the learning rate
    rho : float in [0, 1), the share of the old mean square that is kept
    eps : float, positive

    State: ``v`` (P,), the running mean of squared gradients.

    References
    ----------
    Tieleman and Hinton 2012, lecture 6.5 (which has no eps).
    """

    lr: float = 0.001
    rho: float = 0.9
    eps: float = 1e-8

    def step(self, theta: np.ndarray, grad: np.ndarray) -> None:
        """Update ``theta`` (P,) in place from ``grad`` (P,)."""
        (v,) = self._vectors(theta, grad, "v")
        _rmsprop(theta, grad, v, *floats(self.lr, self.rho, 1 - self.rho, self.eps))


def floats(*values):
    """The same as Python floats: a kernel compiles anew for every new type of argument."""
    return [float(value) for value in values]


@kernel
def flush(x, tiny):
    """Zero instead of a number below ``tiny``: arithmetic with denormal numbers is many times slower. Keeps NaN."""
    return x - x if abs(x) < tiny else x


@kernel
def _sgd(theta, grad, lr):
    for i in range(theta.size):
        theta[i] -= lr * grad[i]


# In all kernels below, hyper-parameters arrive in float64 and are rounded once. 1 - beta comes as a number of its own,
# ``rest``: from a rounded beta it would lose digits (1 - 0.999 keeps 5 of them in float32), and the compiler, which may
# reorder sums, would turn beta m + (1 - beta) g into g + beta (m - g), which loses as many.


@kernel
def _momentum(theta, grad, v, lr, momentum):
    T = theta.dtype.type
    rate, keep, tiny = T(lr), T(momentum), T(1e-30)
    for i in range(theta.size):
        v[i] = flush(keep * v[i] - rate * grad[i], tiny)
        theta[i] += v[i]


@kernel
def _momentum_ema(theta, grad, v, lr, momentum, rest):
    T = theta.dtype.type
    rate, keep, add, tiny = T(lr), T(momentum), T(rest), T(1e-30)
    for i in range(theta.size):
        v[i] = flush(keep * v[i] + add * grad[i], tiny)
        theta[i] -= rate * v[i]


@kernel
def _nesterov(theta, grad, v, lr, momentum):
    T = theta.dtype.type
    rate, keep, tiny = T(lr), T(momentum), T(1e-30)
    for i in range(theta.size):
        v[i] = flush(keep * v[i] - rate * grad[i], tiny)
        theta[i] += keep * v[i] - rate * grad[i]


@kernel
def _adagrad(theta, grad, g2_sum, lr, eps):
    T = theta.dtype.type
    rate, small, tiny = T(lr), T(eps), T(1e-30)
    for i in range(theta.size):
        g2_sum[i] = flush(g2_sum[i] + grad[i] * grad[i], tiny)
        theta[i] -= rate * grad[i] / (np.sqrt(g2_sum[i]) + small)


@kernel
def _rmsprop(theta, grad, v, lr, rho, rest, eps):
    T = theta.dtype.type
    rate, keep, add, small, tiny = T(lr), T(rho), T(rest), T(eps), T(1e-30)
    for i in range(theta.size):
        v[i] = flush(keep * v[i] + add * grad[i] * grad[i], tiny)
        theta[i] -= rate * grad[i] / (np.sqrt(v[i]) + small)
