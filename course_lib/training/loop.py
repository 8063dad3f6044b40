"""The training loop: shuffle, forward, loss, backward, clip, update; with a history and callbacks."""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext

import numpy as np

from course_lib._arguments.numbers import integer, n_samples
from course_lib._arguments.objects import function, generator, instance
from course_lib.functions.losses import softmax_xent
from course_lib.layers.base import evaluating
from course_lib.layers.network import CHUNK, Sequential
from course_lib.optimizers.clipping import _norm, clip_by_global_norm
from course_lib.optimizers.first_order import SGD
from course_lib.optimizers.schedules import Cycle
from course_lib.training._fit_arguments import labels_of, pair_of, settings
from course_lib.training.checkpoint import Checkpoint
from course_lib.training.history import Callback, History, Run
from course_lib.training.progress import training_bar

LOSS_FORM = "(output, y) -> (mean loss, gradient)"


def minibatches(n, batch_size, *, rng) -> Iterator[np.ndarray]:
    """The indices 0 .. n - 1 in random order, in batches; the last one may be smaller.

    TypeError or ValueError, at the first batch, unless both numbers are integers of at least 1.
    """
    n, batch_size = n_samples(n), integer(batch_size, 1, name="batch_size")
    order = generator(rng).permutation(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


def backprop(network: Sequential, x, y, loss=softmax_xent) -> float:
    """Forward and backward pass of one batch; fills ``network.grad`` and returns the loss.

    Raises
    ------
    TypeError, ValueError
        When ``x`` does not fit the network, or ``y`` the loss, or the loss returns something other than a number and
        its gradient.
    """
    function(loss, name="loss", form=LOSS_FORM)
    value, dout = _loss_and_gradient(loss, network.forward(x), y)
    network.backward(dout)
    return value


def _loss_and_gradient(loss, out, y):
    found = loss(out, y)
    try:
        value, dout = found
        return float(value), dout
    except (TypeError, ValueError):
        kind = type(found).__name__
        raise TypeError(f"the loss must return a number and its gradient, got an object of type {kind}") from None


def evaluate(network: Sequential, x, y, loss=softmax_xent) -> tuple[float, float]:
    """Loss and accuracy over all of ``x`` (N, ...), ``y`` (N, ...), in evaluation mode.

    ``loss`` must be a mean over samples, or over labels where they are integers, one for each row of the output:
    (N,) for (N, C), (N, T) for (N, T, C). The accuracy is then the share of the labels at which the output is largest.
    Negative labels are padding (``softmax_xent(..., ignore=-1)``) and do not count. For other ``y``, and for an output
    of width 1, the accuracy is NaN.

    Raises
    ------
    TypeError, ValueError
        When there are no samples, not as many targets, or they do not fit the network or the loss.
    """
    instance(network, Sequential, name="network")
    x, y = pair_of(x, y)
    total, correct, count = 0.0, 0.0, 0
    with evaluating(network):
        for start in range(0, len(y), CHUNK):
            targets = y[start : start + CHUNK]
            out = network.forward(x[start : start + CHUNK])
            labels = y.dtype.kind in "iu" and out.shape[:-1] == targets.shape and out.shape[-1] > 1
            n = np.count_nonzero(targets >= 0) if labels else len(targets)
            total += _loss_and_gradient(loss, out, targets)[0] * n
            correct += np.count_nonzero(out.argmax(axis=-1) == targets) if labels else np.nan
            count += n
    return float(total / count), float(correct / count)


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
    schedule=None,
    callbacks: Sequence[Callback] = (),
    checkpoint=None,
    progress=False,
) -> History:
    """Train ``network`` in place, and leave it in evaluation mode.

    Frozen layers do not move, and layers with an ``lr_scale`` train at their own rate.

    Parameters
    ----------
    x : (N, ...) array
    y : (N,) array of integer labels, (N, T) for sequences, or whatever ``loss`` compares the output with
    rng : numpy.random.Generator, for the order of the samples
    optimizer : an ``Optimizer``; gradient descent with rate 0.1 by default
    max_norm : float; the global gradient norm above which the gradient is scaled down, or None
    test : tuple (x, y) that is evaluated after every epoch, or None
    loss : function (output, y) -> (mean loss, its gradient with respect to the output)
    schedule : function of the step, from 0, that gives the step's learning rate, or its ``Cycle`` of rate and momentum;
        the momentum goes to ``momentum`` or ``beta1`` of an optimiser that has one
    callbacks : functions of a ``Run``, called after every step and, with ``epoch_ended``, after every epoch
    checkpoint : path of a file that is written after every epoch. Where it exists already, training goes on from
        there as if it had never stopped, bit for bit (``course_lib.training.checkpoint``)
    progress : bool, whether to show a progress bar

    Returns
    -------
    History
        Training stops early when the loss is no longer finite.

    Raises
    ------
    TypeError, ValueError
        When an argument is not as above, the data do not fit the network or the loss, or the schedule does not return a
        rate. Labels for ``softmax_xent`` are checked before training; what only another loss can know is checked when
        it sees them.
    """
    optimizer = SGD(lr=0.1) if optimizer is None else optimizer
    epochs, batch_size, max_norm = settings(network, optimizer, rng, epochs, batch_size, max_norm)
    function(loss, name="loss", form=LOSS_FORM)
    if schedule is not None:
        function(schedule, name="schedule", form="(step) -> rate")
    if not isinstance(callbacks, list | tuple):
        raise TypeError(f"callbacks must be a list, got {type(callbacks).__name__}: type callbacks=[...]")
    callbacks = tuple(function(each, name="a callback", form="(run)") for each in callbacks)
    x, y = pair_of(x, y)
    if test is not None:
        if not isinstance(test, tuple | list) or len(test) != 2:
            raise TypeError(f"test must be a pair (x, y), got an object of type {type(test).__name__}")
        test = pair_of(*test, "x of test", "y of test")
    if loss is softmax_xent:
        shape = network.predict(x[:1]).shape[1:]
        y = labels_of(y, len(x), shape)
        test = test and (test[0], labels_of(test[1], len(test[0]), shape, "y of test"))
    run = Run(network, optimizer, rng, epochs, callbacks)
    keeper = None
    if checkpoint is not None:
        keeper = Checkpoint(checkpoint, run, n_samples=len(x), batch_size=batch_size, max_norm=max_norm)
        keeper.resume(run)
    steps_per_epoch = -(-len(x) // batch_size)
    try:
        with training_bar(run, steps_per_epoch) if progress else nullcontext() as bar:
            run.callbacks += (bar,) if bar else ()
            while run.epoch < epochs and not run.stop:
                network.train()
                _run_epoch(run, x, y, batch_size, max_norm, loss, schedule)
                if run.stop or run.history.diverged:
                    break
                _record_epoch(run, x, y, test, loss)
                _call_back(run, epoch_ended=True)
                run.epoch += 1
                if keeper:
                    keeper.save(run)
    finally:
        network.train(False)
    return run.history


def _run_epoch(run, x, y, batch_size, max_norm, loss, schedule):
    for batch in minibatches(len(x), batch_size, rng=run.rng):
        if schedule is not None:
            _set_rate(run.optimizer, schedule, run.step)
        # half the time of x[batch], which is made for more than whole rows
        _training_step(run, x.take(batch, axis=0), y[batch], max_norm, loss)
        _call_back(run, epoch_ended=False)
        if run.stop or run.history.diverged:
            return


def _set_rate(optimizer, schedule, step):
    rate = schedule(step)
    try:
        if isinstance(rate, Cycle):
            optimizer.lr = rate.lr
            for name in ("momentum", "beta1"):
                if hasattr(optimizer, name):
                    setattr(optimizer, name, rate.momentum)
        else:
            optimizer.lr = rate
    except (TypeError, ValueError) as error:
        raise type(error)(f"what the schedule returns for step {step} is refused: {error}") from None


def _training_step(run, x, y, max_norm, loss):
    network, optimizer = run.network, run.optimizer
    run.history.loss.append(backprop(network, x, y, loss))
    gradient = network.grad
    if max_norm is None:
        norm = _norm([gradient])
    else:
        (gradient,), norm = clip_by_global_norm([gradient], max_norm)
    run.history.gradient_norm.append(norm)
    run.history.lr.append(optimizer.lr)
    if network.trains_as_one and not optimizer.steps_on_parts:
        optimizer.step(network.theta, gradient)
    else:
        optimizer.step_parts(network.theta, gradient, network.trainable_parts())
    run.step += 1


def _record_epoch(run, x, y, test, loss):
    for name, data in (("train", (x, y)), ("test", test)):
        if data is not None:
            value, accuracy = evaluate(run.network, *data, loss)
            getattr(run.history, f"{name}_loss").append(value)
            getattr(run.history, f"{name}_accuracy").append(accuracy)


def _call_back(run, *, epoch_ended):
    run.epoch_ended = epoch_ended
    for callback in run.callbacks:
        callback(run)
