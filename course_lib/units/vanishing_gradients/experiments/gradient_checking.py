"""What a gradient check finds, what it does not find, and what it costs."""

from dataclasses import dataclass

import numpy as np

from course_lib.analysis.gradient_check import numeric_grad, rel_error
from course_lib.functions.activations import relu, relu_backward, tanh
from course_lib.functions.losses import softmax_xent
from course_lib.initialization import glorot_normal
from course_lib.optimizers.first_order import SGD
from course_lib.training.loop import backprop, fit
from course_lib.units.shared.small_nets import Elementwise, affine_layers, network_of

FAR = 8.0  # beyond this |z| one faulty derivative is wrong; z has a standard deviation of about 1


@dataclass(frozen=True)
class CheckOutcome:
    """Relative errors of a correct backward pass, of faulty ones, and of a correct one next to a kink.

    ``equal`` is the share of the correct gradient's entries that equal the numerical ones to the last bit; ``gross``
    the smallest error over four gross mistakes; ``decay`` that of a gradient without the weight penalty's part;
    ``unvisited`` that of a derivative that is wrong only where no input falls.
    """

    correct: float
    equal: float
    gross: float
    decay: float
    unvisited: float
    kink: float

    @property
    def found(self) -> int:
        """How many of the six mistakes have an error above 1e-5."""
        return 4 * (self.gross > 1e-5) + (self.decay > 1e-5) + (self.unvisited > 1e-5)


def check_outcomes(seed, *, hidden=(8, 7), n_samples=16, step=1e-5, decay=1e-3, input_std=1.0) -> CheckOutcome:
    """Check a small tanh network with a weight penalty decay / 2 times the squared norm, and faulty copies of it."""
    network, x, y = problem(seed, hidden, n_samples, input_std)
    theta = network.theta.copy()
    numeric = numeric_grad(_loss_of(network, x, y, decay), theta.copy(), step)

    def backpropagated(derivative=lambda z: 1 - tanh(z) ** 2):
        faulty, x, y = problem(seed, hidden, n_samples, input_std, derivative)
        backprop(faulty, x, y)
        return faulty.grad + decay * theta

    correct = backpropagated()
    without_biases = correct.copy()
    without_biases[_biases(network)] = 0
    gross = [
        backpropagated(lambda z: np.ones_like(z)),
        backpropagated(lambda z: 1 - z**2),
        correct * n_samples,
        without_biases,
    ]
    unvisited = backpropagated(lambda z: np.where(np.abs(z) < FAR, 1 - tanh(z) ** 2, 1.0))
    return CheckOutcome(
        rel_error(correct, numeric),
        float(np.mean(correct == numeric)),
        min(rel_error(faulty, numeric) for faulty in gross),
        rel_error(correct - decay * theta, numeric),
        rel_error(unvisited, numeric),
        _error_beside_kink(seed, step),
    )


def problem(seed, hidden, n_samples, input_std, derivative=lambda z: 1 - tanh(z) ** 2):
    """A tanh network with 5 inputs and 3 classes, whose backward pass uses ``derivative``, and its samples."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal(0, input_std, (n_samples, 5)), rng.integers(0, 3, n_samples)
    network = network_of([5, *hidden, 3], lambda: Elementwise(tanh, derivative), initializer=glorot_normal, rng=rng)
    return network, x, y


def _loss_of(network, x, y, decay=0.0):
    def loss(theta):
        saved = network.theta.copy()
        network.theta[...] = theta
        value = softmax_xent(network.forward(x), y)[0] + decay / 2 * float(theta @ theta)
        network.theta[...] = saved
        return value

    return loss


def _biases(network) -> np.ndarray:
    """Which entries of the flat gradient belong to biases."""
    network.grad[...] = 0
    for layer in affine_layers(network):
        layer.grads["b"][...] = 1
    return network.grad == 1


def _error_beside_kink(seed, step):
    z = np.array([np.random.default_rng(seed).uniform(0.1, 0.5) * step])
    return rel_error(relu_backward(np.ones(1), z), numeric_grad(lambda v: float(relu(v)[0]), z, step))


@dataclass(frozen=True)
class CheckedTraining:
    """Training with a gradient check after every epoch, against training without.

    ``difference`` is the largest difference between the parameters at the end, ``moved`` the largest distance that
    training moved one; ``forward_passes`` is what one check costs.
    """

    difference: float
    moved: float
    forward_passes: int


def training_with_checks(seed, *, hidden=(8, 7), rate=0.5, epochs=3, n_samples=16, step=1e-5) -> CheckedTraining:
    """The same data in the same order."""
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

        numeric_grad(counted, run.network.theta.copy(), step)

    for callbacks in ((), (check,)):
        network, x, y = problem(seed, hidden, n_samples, 1.0)
        start, rng = network.theta.copy(), np.random.default_rng(seed)
        fit(network, x, y, rng=rng, optimizer=SGD(rate), epochs=epochs, batch_size=4, callbacks=callbacks)
        ends.append(network.theta.copy())
    return CheckedTraining(
        float(np.abs(ends[0] - ends[1]).max()), float(np.abs(ends[0] - start).max()), calls // epochs
    )
