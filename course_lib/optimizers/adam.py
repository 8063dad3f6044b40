"""The Adam family: a step along the mean gradient, divided by a measure of its size, coordinate by coordinate.

m and v start at zero; dividing them by 1 - beta**t, with t from 1, makes up for it (Kingma and Ba 2015, section 3).
"""

from dataclasses import dataclass

import numpy as np

from course_lib._arguments.numbers import NOT_NEGATIVE
from course_lib.kernels.decorators import kernel
from course_lib.optimizers.first_order import Optimizer, flush


@dataclass
class Adam(Optimizer):
    """Adam: theta -= lr * m_hat / (sqrt(v_hat) + eps).

    m = beta1 m + (1-beta1) g, v = beta2 v + (1-beta2) g**2, m_hat = m / (1-beta1**t), v_hat = v / (1-beta2**t).
    PyTorch: the same, eps 1e-8. Keras: eps 1e-7 is added to sqrt(v) before the correction ("epsilon hat" of the paper).

    Parameters
    ----------
    lr : float, the learning rate
    beta1, beta2 : floats in [0, 1), the memory of the mean and of the mean square
    eps : float, positive

    State: ``m``, ``v`` (P,) and ``t`` (), the steps done.

    References
    ----------
    Kingma and Ba 2015, algorithm 1.
    """

    lr: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8

    def step(self, theta: np.ndarray, grad: np.ndarray) -> None:
        """Update ``theta`` (P,) in place from ``grad`` (P,)."""
        self._step(theta, grad, weight_decay=0.0)

    def _step(self, theta, grad, weight_decay):
        g, m, v = self._vectors(theta, grad, "m", "v")
        t = self._count()
        correct1, correct2 = 1 / (1 - self.beta1**t), 1 / (1 - self.beta2**t)
        means = self.beta1, 1 - self.beta1, self.beta2, 1 - self.beta2
        _adam(theta, g, m, v, self.lr, *means, self.eps, correct1, correct2, weight_decay)


@dataclass
class AdamW(Adam):
    """Adam with decoupled weight decay: theta -= lr * (m_hat / (sqrt(v_hat) + eps) + weight_decay * theta).

    The decay stays out of the moments, unlike that of an L2 penalty in the loss, and uses theta from before the step.
    PyTorch and Keras: the same, defaults 0.01 and 0.004. In the paper the decay is multiplied by the schedule's factor,
    not by the rate alpha: the paper's lambda is lr * weight_decay here.

    Parameters
    ----------
    weight_decay : float; every entry of theta decays, biases too
    lr, beta1, beta2, eps : as for Adam

    References
    ----------
    Loshchilov and Hutter 2019, algorithm 2, line 12.
    """

    weight_decay: float = 0.01

    def step(self, theta: np.ndarray, grad: np.ndarray) -> None:
        """Update ``theta`` (P,) in place from ``grad`` (P,)."""
        self._step(theta, grad, self.weight_decay)


@dataclass
class AdaMax(Optimizer):
    """AdaMax: u = max(beta2 u, abs(g)) in the place of sqrt(v), theta -= lr * m_hat / (u + eps).

    u needs no bias correction. The paper has no eps (0 / 0 where all gradients were zero). Keras adds eps 1e-7 as here;
    PyTorch takes max(beta2 u, abs(g) + eps).

    Parameters
    ----------
    lr : float, the learning rate
    beta1, beta2 : floats in [0, 1)
    eps : float, positive

    State: ``m``, ``u`` (P,) and ``t`` (), the steps done.

    References
    ----------
    Kingma and Ba 2015, algorithm 2.
    """

    lr: float = 0.002
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8

    def step(self, theta: np.ndarray, grad: np.ndarray) -> None:
        """Update ``theta`` (P,) in place from ``grad`` (P,)."""
        g, m, u = self._vectors(theta, grad, "m", "u")
        t = self._count()
        correct1 = 1 / (1 - self.beta1**t)
        means = self.beta1, 1 - self.beta1, self.beta2
        _adamax(theta, g, m, u, self.lr, *means, self.eps, correct1)


@dataclass
class Nadam(Optimizer):
    """Nadam: Adam with Nesterov's look-ahead, theta -= lr * m_bar / (sqrt(v_hat) + eps).

    With mu_t = beta1 (1 - 0.96**(t psi) / 2): m = mu_t m + (1-mu_t) g, and
    m_bar = mu_(t+1) m / (1 - mu_1 ... mu_(t+1)) + (1-mu_t) g / (1 - mu_1 ... mu_t).
    PyTorch and Keras keep beta1 in the update of m, and use mu_t only in m_bar; psi is 0.004 in PyTorch, 1 in Keras.

    Parameters
    ----------
    lr : float, the learning rate
    beta1, beta2 : floats in [0, 1)
    eps : float, positive
    psi : float, at least 0, how fast mu_t rises from beta1 / 2 to beta1; None for mu_t = beta1 at all times

    State: ``m``, ``v`` (P,), ``t`` (), the steps done, and ``mu_product`` (), the product of all mu_i so far.

    References
    ----------
    Dozat 2016, algorithm 2; its factor nu in the corrected v is left out, as everywhere.
    """

    lr: float = 0.002
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    psi: float | None = 0.004

    def __post_init__(self):
        if self.psi is not None:
            self.psi = NOT_NEGATIVE(self.psi, name="psi")

    def step(self, theta: np.ndarray, grad: np.ndarray) -> None:
        """Update ``theta`` (P,) in place from ``grad`` (P,)."""
        g, m, v = self._vectors(theta, grad, "m", "v")
        t = self._count()
        mu, mu_next = self._mu(t), self._mu(t + 1)
        product = float(self.state.get("mu_product", 1.0)) * mu
        self.state["mu_product"] = np.asarray(product)
        of_m, of_g = mu_next / (1 - product * mu_next), (1 - mu) / (1 - product)
        correct2 = 1 / (1 - self.beta2**t)
        means = mu, 1 - mu, self.beta2, 1 - self.beta2
        _nadam(theta, g, m, v, self.lr, *means, self.eps, of_m, of_g, correct2)

    def _mu(self, t):
        return self.beta1 if self.psi is None else self.beta1 * (1 - 0.5 * 0.96 ** (t * self.psi))


# v and u last as long as m does: as the step's denominator, they must not vanish before it.


@kernel
def _adam(theta, grad, m, v, lr, beta1, one_minus_beta1, beta2, one_minus_beta2, eps, correct1, correct2, weight_decay):
    T, tiny = theta.dtype.type, np.finfo(theta.dtype).tiny
    beta1, one_minus_beta1, beta2, one_minus_beta2 = T(beta1), T(one_minus_beta1), T(beta2), T(one_minus_beta2)
    lr, eps, weight_decay, correct1, correct2 = T(lr), T(eps), T(weight_decay), T(correct1), T(correct2)
    for i in range(theta.size):
        m[i] = flush(beta1 * m[i] + one_minus_beta1 * grad[i], grad[i], tiny)
        v[i] = flush(beta2 * v[i] + one_minus_beta2 * grad[i] * grad[i], m[i], tiny)
        m_hat, v_hat = correct1 * m[i], correct2 * v[i]
        theta[i] -= lr * (m_hat / (np.sqrt(v_hat) + eps) + weight_decay * theta[i])


@kernel
def _adamax(theta, grad, m, u, lr, beta1, one_minus_beta1, beta2, eps, correct1):
    T, tiny = theta.dtype.type, np.finfo(theta.dtype).tiny
    beta1, one_minus_beta1, beta2 = T(beta1), T(one_minus_beta1), T(beta2)
    lr, eps, correct1 = T(lr), T(eps), T(correct1)
    for i in range(theta.size):
        m[i] = flush(beta1 * m[i] + one_minus_beta1 * grad[i], grad[i], tiny)
        u[i] = flush(max(beta2 * u[i], abs(grad[i])), m[i], tiny)
        theta[i] -= lr * correct1 * m[i] / (u[i] + eps)


@kernel
def _nadam(theta, grad, m, v, lr, mu, one_minus_mu, beta2, one_minus_beta2, eps, of_m, of_g, correct2):
    T, tiny = theta.dtype.type, np.finfo(theta.dtype).tiny
    mu, one_minus_mu, beta2, one_minus_beta2 = T(mu), T(one_minus_mu), T(beta2), T(one_minus_beta2)
    lr, eps, of_m, of_g, correct2 = T(lr), T(eps), T(of_m), T(of_g), T(correct2)
    for i in range(theta.size):
        m[i] = flush(mu * m[i] + one_minus_mu * grad[i], grad[i], tiny)
        v[i] = flush(beta2 * v[i] + one_minus_beta2 * grad[i] * grad[i], m[i], tiny)
        theta[i] -= lr * (of_m * m[i] + of_g * grad[i]) / (np.sqrt(correct2 * v[i]) + eps)
