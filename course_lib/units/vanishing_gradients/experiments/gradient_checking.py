"""What a gradient check finds, what it does not mean, and what it costs."""

from dataclasses import dataclass

import numpy as np

from course_lib.analysis.gradient_check import numeric_grad, rel_error
from course_lib.functions.activations import relu, relu_backward, tanh
from course_lib.functions.losses import softmax_xent
from course_lib.initialization import glorot_normal
from course_lib.optimizers.first_order import SGD
from course_lib.training.loop import backprop, fit
from course_lib.units.shared.small_nets import Elementwise, affine_layers, network_of

SIZES = [5, 8, 7, 3]
STEP = 1e-5


@dataclass(frozen=True)
class CheckOutcome:
    """Relative errors of a correct and of faulty backward passes, and of a correct one next to a kink.

    ``equal`` is the share of the correct gradient's entries that equal the numerical ones to the last bit;
    ``bug`` the smallest error over the four faulty passes, ``found`` how many of them have an error above 0.01.
    """

    correct: float
    equal: float
    bug: float
    found: int
    kink: float


def check_outcomes(seed) -> CheckOutcome:
    """Check a small tanh network, four faulty copies of it, and a ReLU within one step of its kink."""
    correct, numeric = gradients(seed)
    bugs = [gradients(seed, derivative=d)[0] for d in (lambda z: np.ones_like(z), lambda z: 1 - z**2)]
    bugs += [correct * 16, _without_biases(seed, correct)]
    errors = [rel_error(bug, numeric) for bug in bugs]
    return CheckOutcome(
        rel_error(correct, numeric),
        float(np.mean(correct == numeric)),
        min(errors),
        sum(error > 0.01 for error in errors),
        _error_beside_kink(seed),
    )


def gradients(seed, derivative=lambda z: 1 - tanh(z) ** 2):
    """Backpropagated and numerical gradient (P,) of the loss of a 5-8-7-3 network on 16 samples."""
    network, x, y, _ = _problem(seed, derivative)
    backprop(network, x, y)
    backpropagated = network.grad.copy()
    return backpropagated, numeric_grad(_loss_of(network, x, y), network.theta.copy(), STEP)


def _problem(seed, derivative=lambda z: 1 - tanh(z) ** 2):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(16, SIZES[0])), rng.integers(0, SIZES[-1], 16)
    network = network_of(SIZES, lambda: Elementwise(tanh, derivative), initializer=glorot_normal, rng=rng)
    return network, x, y, rng


def _loss_of(network, x, y):
    def loss(theta):
        saved = network.theta.copy()
        network.theta[...] = theta
        value = softmax_xent(network.forward(x), y)[0]
        network.theta[...] = saved
        return value

    return loss


def _without_biases(seed, gradient):
    network = _problem(seed)[0]
    network.grad[...] = gradient
    for layer in affine_layers(network):
        layer.grads["b"][...] = 0
    return network.grad.copy()


def _error_beside_kink(seed):
    z = np.array([np.random.default_rng(seed).uniform(0.1, 0.5) * STEP])
    return rel_error(relu_backward(np.ones(1), z), numeric_grad(lambda v: float(relu(v)[0]), z, STEP))


@dataclass(frozen=True)
class CheckedTraining:
    """Training with a gradient check after every epoch, against training without.

    ``difference`` is the largest difference between the parameters at the end, ``moved`` the largest distance that
    training moved one; ``forward_passes`` is what one check costs.
    """

    difference: float
    moved: float
    forward_passes: int


def training_with_checks(seed) -> CheckedTraining:
    """Three epochs on the same data in the same order."""
    ends, calls = [], 0

    def check(run):
        nonlocal calls
        if not run.epoch_ended:
            return
        loss = _loss_of(run.network, x, y)

        def counted(theta):
            nonlocal calls
            calls += 1
            return loss(theta)

        numeric_grad(counted, run.network.theta.copy(), STEP)

    for callbacks in ((), (check,)):
        network, x, y, rng = _problem(seed)
        start = network.theta.copy()
        fit(network, x, y, rng=rng, optimizer=SGD(0.5), epochs=3, batch_size=4, callbacks=callbacks)
        ends.append(network.theta.copy())
    return CheckedTraining(float(np.abs(ends[0] - ends[1]).max()), float(np.abs(ends[0] - start).max()), calls // 3)
