"""The training loop: shuffle, forward, loss, backward, clip, update; with a history and callbacks."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from course_lib.clipping import clip_by_global_norm, global_norm
from course_lib.losses import softmax_xent
from course_lib.network import Sequential
from course_lib.optimizers import SGD


@dataclass
class History:
    """What happened during training: one entry per step, and one per epoch.

    ``loss`` and ``gradient_norm`` (before clipping) have one entry per step; ``train_loss``, ``train_accuracy``,
    ``test_loss`` and ``test_accuracy`` one per epoch (the last two stay empty without test data).
    """

    loss: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)
    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    test_loss: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)

    @property
    def diverged(self) -> bool:
        return bool(self.loss) and not np.isfinite(self.loss[-1])


@dataclass
class Run:
    """The state that callbacks see. Setting ``stop`` ends the training after the current step."""

    network: Sequential
    history: History
    epoch: int = 0
    step: int = 0
    epoch_ended: bool = False
    stop: bool = False


Callback = Callable[[Run], None]


def minibatches(n, batch_size, *, rng) -> Iterator[np.ndarray]:
    """The indices 0 .. n - 1 in random order, in batches; the last one may be smaller."""
    order = rng.permutation(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


def backprop(network: Sequential, x, y, loss=softmax_xent) -> float:
    """Forward and backward pass of one batch; fills ``network.grad`` and returns the loss."""
    value, dout = loss(network.forward(x), y)
    network.backward(dout)
    return value


def evaluate(network: Sequential, x, y, loss=softmax_xent) -> tuple[float, float]:
    """Loss and accuracy over all of ``x`` (N, D), ``y`` (N,)."""
    logits = network.forward(x)
    return loss(logits, y)[0], float(np.mean(logits.argmax(axis=1) == y))


def fit(
    network: Sequential,
    x,
    y,
    *,
    rng,
    optimizer=None,
    epochs=10,
    batch_size=32,
    max_norm=None,
    test=None,
    loss=softmax_xent,
    callbacks: Sequence[Callback] = (),
) -> History:
    """Train ``network`` in place.

    Parameters
    ----------
    x : (N, D) array
    y : (N,) array of integer labels
    rng : numpy.random.Generator, for the order of the samples
    optimizer : an object with ``step(theta, grad)``; gradient descent with rate 0.1 by default
    max_norm : float; the global gradient norm above which the gradient is scaled down, or None
    test : tuple (x, y) that is evaluated after every epoch, or None
    callbacks : functions of a ``Run``, called after every step and, with ``epoch_ended``, after every epoch

    Returns
    -------
    History
        Training stops early when the loss is no longer finite.
    """
    optimizer = optimizer or SGD(lr=0.1)
    x, y = np.asarray(x), np.asarray(y)
    run = Run(network, History())
    for run.epoch in range(epochs):
        for batch in minibatches(len(x), batch_size, rng=rng):
            _training_step(run, x[batch], y[batch], optimizer, max_norm, loss)
            _call(callbacks, run, epoch_ended=False)
            if run.stop or run.history.diverged:
                return run.history
        _record_epoch(run, x, y, test, loss)
        _call(callbacks, run, epoch_ended=True)
        if run.stop:
            break
    return run.history


def _training_step(run, x, y, optimizer, max_norm, loss):
    network = run.network
    run.history.loss.append(backprop(network, x, y, loss))
    if max_norm is None:
        gradient, norm = network.grad, global_norm([network.grad])
    else:
        (gradient,), norm = clip_by_global_norm([network.grad], max_norm)
    run.history.gradient_norm.append(norm)
    optimizer.step(network.theta, gradient)
    run.step += 1


def _record_epoch(run, x, y, test, loss):
    for name, data in (("train", (x, y)), ("test", test)):
        if data is not None:
            value, accuracy = evaluate(run.network, *data, loss)
            getattr(run.history, f"{name}_loss").append(value)
            getattr(run.history, f"{name}_accuracy").append(accuracy)


def _call(callbacks, run, *, epoch_ended):
    run.epoch_ended = epoch_ended
    for callback in callbacks:
        callback(run)
