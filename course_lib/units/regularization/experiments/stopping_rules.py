"""When to stop, and which weights to keep: rules of early stopping on the same training runs."""

from dataclasses import dataclass

import numpy as np

from course_lib.units.regularization.experiments.stacked_networks import Method, Net, Stack
from course_lib.units.regularization.experiments.tuned_methods import networks_of
from course_lib.units.shared.probabilities import softmax


@dataclass(frozen=True)
class StoppingRules:
    """Means over networks; losses in nats and errors are on test digits, which no rule sees.

    ``first_...`` stops when the validation loss rises for the first time; ``stop_...`` has the weights as they are
    when the patience is used up, ``restored_...`` those of the lowest validation loss until then, ``end_...`` those
    after all epochs. ``fewest`` is the lowest test error in any epoch. ``..._train`` is the share of training samples
    that is not given its label; ``..._epoch`` counts epochs.
    """

    first_loss: float
    stop_loss: float
    restored_loss: float
    end_loss: float
    first_error: float
    stop_error: float
    restored_error: float
    end_error: float
    fewest: float
    restored_train: float
    end_train: float
    first_epoch: float
    stop_epoch: float
    best_epoch: float
    validation_error: float
    first_ratio: float
    restored_ratio: float
    end_ratio: float
    gap_ratio: float
    missed: float
    saved: float
    first_share: float
    stop_error_ratio: float
    unlearned: float


def stopping_rules(
    seed, *, width=64, n_samples=200, wrong=0.2, n_validation=50, rate=0.1, batch_size=20, patience=6, n_epochs=30,
    data="digits", n_networks=16,
) -> StoppingRules:  # fmt: skip
    """One ReLU layer; validation and test digits have the right labels."""
    net = Net(1, width, n_samples, wrong, data, batch_size)
    curves = []

    def watch(stack):
        x, y = stack.new()
        p = softmax(stack.forward(x))
        loss = -np.log(np.maximum(np.take_along_axis(p, y[..., None], axis=2)[..., 0], 1e-12))
        errs = p.argmax(axis=2) != y
        parts = [of[:, s].mean(axis=1) for of in (loss, errs) for s in (slice(n_validation), slice(n_validation, None))]
        curves.append([*parts, stack.train_error()[:, 0]])

    Stack(net, networks_of(seed, n_networks), (Method(rate),)).train(n_epochs, watch)
    v_loss, t_loss, v_error, t_error, train = np.array(curves).transpose(1, 2, 0)
    found = []
    for k in range(n_networks):
        rises = np.flatnonzero(np.diff(v_loss[k]) > 0)
        first = rises[0] if len(rises) else n_epochs - 1
        best, stop = _stopped(v_loss[k], patience)
        at = [first, stop, best, n_epochs - 1]
        epochs = [first + 1, stop + 1, best + 1]
        found.append(
            [*t_loss[k, at], *t_error[k, at], t_error[k].min(), train[k, best], train[k, -1], *epochs, v_error[k, best]]
        )
    m = np.mean(found, axis=0)
    return StoppingRules(
        *map(float, m),
        first_ratio=float(m[0] / m[2]),
        restored_ratio=float(m[1] / m[2]),
        end_ratio=float(m[7] / m[6]),
        gap_ratio=float((m[6] - m[9]) / (m[7] - m[10])),
        missed=float(m[6] / m[8]),
        saved=float(1 - m[12] / n_epochs),
        first_share=float(m[11] / m[13]),
        stop_error_ratio=float(m[5] / m[6]),
        unlearned=float(m[9] - m[10]),
    )


def _stopped(losses, patience) -> tuple[int, int]:
    """The epoch of the lowest loss, and that in which ``patience`` epochs have passed without a lower one."""
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best >= patience:
            return best, epoch
    return best, len(losses) - 1
