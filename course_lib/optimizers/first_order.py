"""Optimisers: from a gradient to a step. Each updates the flat parameter vector in place.

All have ``step(theta, grad)``. Hyper-parameters such as ``lr`` are checked whenever they are set, and read at every
step, so a schedule may set them between steps. What an optimiser remembers is in ``state``, a dict of arrays made at
the first step: copy it to save a run, assign it to resume one bit for bit. With layers frozen or at rates of their own,
``step_parts`` keeps one such dict for each layer. The Adam family is in ``adam.py``.
"""

from dataclasses import dataclass, field
from math import inf

import numpy as np

from course_lib._arguments.arrays import as_float, in_place, same_shape
from course_lib._arguments.numbers import BELOW_ONE, NOT_NEGATIVE, Interval, integer
from course_lib._arguments.objects import choice
from course_lib.kernels.decorators import kernel
from course_lib.kernels.memory import keep_freed_memory

# The ranges of the hyper-parameters of all optimisers. float32 holds no normal number below 1.2e-38: an eps that it
# rounds to zero would divide by zero where all gradients were zero.
LIMITS = {
    "lr": NOT_NEGATIVE,
    "weight_decay": NOT_NEGATIVE,
    "momentum": BELOW_ONE,
    "rho": BELOW_ONE,
    "beta1": BELOW_ONE,
    "beta2": BELOW_ONE,
    "eps": Interval(1.2e-38, inf, open_high=True),
}


@dataclass
class Optimizer:
    """What all optimisers share: the state, and checks of the arguments.

    ``step(theta, grad)`` raises TypeError or ValueError unless ``theta`` (P,) is a contiguous float32 or float64 vector
    that can be written, and ``grad`` has its shape. A hyper-parameter that is not a number, or out of its range, raises
    them as soon as it is set.
    """

    state: dict[str, np.ndarray] = field(default_factory=dict, init=False, repr=False)

    def __setattr__(self, name, value):
        if name in LIMITS:
            value = LIMITS[name](value, name=name)
        super().__setattr__(name, value)

    def step_parts(self, theta: np.ndarray, grad: np.ndarray, parts) -> None:
        """Update only ``parts`` of ``theta`` (P,), each at ``part.lr_scale`` times the rate.

        Every part has a state of its own, and counts its steps from when it was first trained. The rest of ``theta``
        does not move, neither by momentum nor by decay. ``parts`` are those of ``Sequential.trainable_parts``.

        Raises
        ------
        ValueError
            When this optimiser has stepped on the whole of ``theta`` before, or a part lies beyond its end.
        """
        if self.state and not self.steps_on_parts:
            raise ValueError("this optimiser has trained all layers as one: make a new one after freezing some")
        grad = _like(theta, grad)
        states, lr = self.state, self.lr
        try:
            for part in parts:
                if part.where.stop > theta.size:
                    raise ValueError(f"a part ends at {part.where.stop}, and theta at {theta.size}: of two networks?")
                self.state = states.setdefault(str(part.where.start), {})
                self.lr = lr * part.lr_scale
                self.step(theta[part.where], grad[part.where])
        finally:
            self.state, self.lr = states, lr

    @property
    def steps_on_parts(self) -> bool:
        """Whether ``state`` holds one state for each part."""
        return isinstance(next(iter(self.state.values()), None), dict)  # all of them are, or none

    def _vectors(self, theta, grad, *names):
        """``grad`` and the state arrays ``names``, zero at first, all with the shape and dtype of ``theta``."""
        keep_freed_memory()
        vectors = [_like(theta, grad)]
        for name in names:
            value = self.state.get(name)
            if value is None and self.steps_on_parts:
                raise ValueError("this optimiser has trained parts of theta: make a new one to train all as one")
            value = np.zeros_like(theta) if value is None else as_float(value, name=name)
            if value.shape != theta.shape or value.dtype != theta.dtype:
                raise ValueError(
                    f"state {name!r} is {value.dtype} {value.shape}, theta {theta.dtype} {theta.shape}: "
                    "make a new optimiser"
                )
            self.state[name] = value
            vectors.append(value)
        return vectors

    def _count(self) -> int:
        """The number of this step, from 1; kept in the state as ``t``."""
        t = integer(self.state.get("t", 0), 0, name="t") + 1
        self.state["t"] = np.asarray(t)
        return t


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
        (g,) = self._vectors(theta, grad)
        _sgd(theta, g, self.lr)


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
        choice(self.convention, ("classic", "ema"), name="convention")

    def step(self, theta: np.ndarray, grad: np.ndarray) -> None:
        """Update ``theta`` (P,) in place from ``grad`` (P,)."""
        g, v = self._vectors(theta, grad, "v")
        if self.convention == "classic":
            _momentum(theta, g, v, self.lr, self.momentum)
        else:
            _momentum_ema(theta, g, v, self.lr, self.momentum, 1 - self.momentum)


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
        g, v = self._vectors(theta, grad, "v")
        _nesterov(theta, g, v, self.lr, self.momentum)


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
        g, g2_sum = self._vectors(theta, grad, "g2_sum")
        _adagrad(theta, g, g2_sum, self.lr, self.eps)


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
        g, v = self._vectors(theta, grad, "v")
        _rmsprop(theta, g, v, self.lr, self.rho, 1 - self.rho, self.eps)


def _like(theta, grad):
    """``grad`` in the shape and dtype of ``theta``, which a kernel can update in place."""
    theta = in_place(theta, name="theta")
    return same_shape(grad, theta.shape, theta.dtype, name="grad")


@kernel
def flush(x, news, tiny):
    """``x``, or zero where nothing is added to it any more (``news`` is zero) and it is below ``tiny``. Keeps NaN.

    Otherwise a moment whose gradient has gone would fade through the denormal numbers, in thousands of steps, with
    arithmetic that is many times slower. While there are gradients, however small, nothing is cut off.
    """
    return x - x if (news == 0) & (abs(x) < tiny) else x


@kernel
def _sgd(theta, grad, lr):
    lr = theta.dtype.type(lr)
    for i in range(theta.size):
        theta[i] -= lr * grad[i]


# In all kernels below, hyper-parameters arrive in float64 and are rounded once. 1 - beta comes as a number of its own:
# from a rounded beta it would lose digits (1 - 0.999 keeps 5 of them in float32), and the compiler, which may reorder
# sums, would turn beta m + (1 - beta) g into g + beta (m - g), which loses as many.


@kernel
def _momentum(theta, grad, v, lr, momentum):
    T, tiny = theta.dtype.type, np.finfo(theta.dtype).tiny
    lr, momentum = T(lr), T(momentum)
    for i in range(theta.size):
        v[i] = flush(momentum * v[i] - lr * grad[i], lr * grad[i], tiny)
        theta[i] += v[i]


@kernel
def _momentum_ema(theta, grad, v, lr, momentum, one_minus_momentum):
    T, tiny = theta.dtype.type, np.finfo(theta.dtype).tiny
    lr, momentum, one_minus_momentum = T(lr), T(momentum), T(one_minus_momentum)
    for i in range(theta.size):
        v[i] = flush(momentum * v[i] + one_minus_momentum * grad[i], grad[i], tiny)
        theta[i] -= lr * v[i]


@kernel
def _nesterov(theta, grad, v, lr, momentum):
    T, tiny = theta.dtype.type, np.finfo(theta.dtype).tiny
    lr, momentum = T(lr), T(momentum)
    for i in range(theta.size):
        v[i] = flush(momentum * v[i] - lr * grad[i], lr * grad[i], tiny)
        theta[i] += momentum * v[i] - lr * grad[i]


@kernel
def _adagrad(theta, grad, g2_sum, lr, eps):
    T = theta.dtype.type
    lr, eps = T(lr), T(eps)
    for i in range(theta.size):
        g2_sum[i] += grad[i] * grad[i]
        theta[i] -= lr * grad[i] / (np.sqrt(g2_sum[i]) + eps)


@kernel
def _rmsprop(theta, grad, v, lr, rho, one_minus_rho, eps):
    T, tiny = theta.dtype.type, np.finfo(theta.dtype).tiny
    lr, rho, one_minus_rho, eps = T(lr), T(rho), T(one_minus_rho), T(eps)
    for i in range(theta.size):
        v[i] = flush(rho * v[i] + one_minus_rho * grad[i] * grad[i], grad[i], tiny)
        theta[i] -= lr * grad[i] / (np.sqrt(v[i]) + eps)
