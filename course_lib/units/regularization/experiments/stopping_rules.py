"""When to stop, and which weights to keep: rules of early stopping on the same training runs."""

from copy import copy
from dataclasses import dataclass, fields

import numpy as np

from course_lib.units.regularization.experiments.stacked_networks import Method, Net, Stack
from course_lib.units.regularization.experiments.tuned_methods import networks_of
from course_lib.units.shared.probabilities import softmax


@dataclass(frozen=True)
class StoppingRules:
    """Means over networks; losses in nats and errors are on test digits, which no rule sees.

    ``first_...`` stops when the validation loss rises for the first time; ``stop_...`` has the weights as they are
    when the patience is used up, ``restored_...`` those of the lowest validation loss until then, ``end_...`` those
    after all epochs. ``step_...`` looks after each step instead of each epoch, with a patience of as many steps,
    ``often_...`` with one of as many steps as these epochs have; both have the weights of the lowest loss.
    ``fitted_...`` are those of the first epoch in which fewest training labels are not learned. ``fewest`` is the
    lowest test error in any epoch. ``..._train`` is the share of training samples that is not given its label;
    ``..._epoch`` counts epochs. Ratios are errors over the restored, or losses.
    """

    first_loss: float
    stop_loss: float
    restored_loss: float
    first_error: float
    stop_error: float
    restored_error: float
    end_error: float
    fitted_error: float
    fewest: float
    restored_train: float
    end_train: float
    first_epoch: float
    stop_epoch: float
    best_epoch: float
    step_patience: float
    often_patience: float
    step_error: float
    often_error: float
    step_epoch: float
    often_epoch: float
    first_ratio: float
    first_error_ratio: float
    restored_ratio: float
    stop_error_ratio: float
    end_ratio: float
    fitted_ratio: float
    missed: float
    saved: float
    first_share: float
    step_share: float
    often_share: float
    often_error_ratio: float


def stopping_rules(
    seed, *, width=64, n_samples=200, wrong=0.2, n_validation=50, rate=0.1, batch_size=20, patience=6, n_epochs=30,
    data="digits", n_networks=12,
) -> StoppingRules:  # fmt: skip
    """One ReLU layer; validation and test digits have the right labels."""
    stack = Stack(Net(1, width, n_samples, wrong, data, batch_size), networks_of(seed, n_networks), (Method(rate),))
    curves, (x, y) = [], stack.new()
    of_an_epoch = -(-n_samples // batch_size)
    looks = [_EveryStep(x[:, :n_validation], y[:, :n_validation], patience * each) for each in (1, of_an_epoch)]

    def watch(stack):
        p = softmax(stack.forward(x))
        loss, errs = _losses(p, y), p.argmax(axis=2) != y
        parts = [of[:, s].mean(axis=1) for of in (loss, errs) for s in (slice(n_validation), slice(n_validation, None))]
        curves.append([*parts, stack.train_error()[:, 0]])

    stack.train(n_epochs, watch, watch_step=lambda stack: [look(stack) for look in looks])
    v_loss, t_loss, _, t_error, train = np.array(curves).transpose(1, 2, 0)
    found = []
    for k in range(n_networks):
        rises = np.flatnonzero(np.diff(v_loss[k]) > 0)
        first = rises[0] if len(rises) else n_epochs - 1
        best, stop = _stopped(v_loss[k], patience)
        at = [first, stop, best, n_epochs - 1, train[k].argmin()]
        epochs = [first + 1, stop + 1, best + 1]
        found.append([*t_loss[k, at[:3]], *t_error[k, at], t_error[k].min(), train[k, best], train[k, -1], *epochs])
    m = dict(zip((field.name for field in fields(StoppingRules)), np.mean(found, axis=0).tolist(), strict=False))
    for name, look in zip(("step", "often"), looks, strict=True):
        m[f"{name}_patience"] = look.patience
        m[f"{name}_error"] = float(look.kept(stack).error(x[:, n_validation:], y[:, n_validation:]).mean())
        m[f"{name}_epoch"] = float(look.best.mean() / of_an_epoch)
    kept = m["restored_error"]
    return StoppingRules(
        **m,
        first_ratio=m["first_loss"] / m["restored_loss"],
        first_error_ratio=m["first_error"] / kept,
        restored_ratio=m["stop_loss"] / m["restored_loss"],
        stop_error_ratio=m["stop_error"] / kept,
        end_ratio=m["end_error"] / kept,
        fitted_ratio=m["fitted_error"] / kept,
        missed=kept / m["fewest"],
        saved=1 - m["stop_epoch"] / n_epochs,
        first_share=m["first_epoch"] / m["best_epoch"],
        step_share=m["step_epoch"] / m["best_epoch"],
        often_share=m["often_epoch"] / m["best_epoch"],
        often_error_ratio=m["often_error"] / kept,
    )


class _EveryStep:
    """The same rule with steps in the place of epochs: ``best`` is the step of the lowest loss."""

    def __init__(self, x, y, patience):
        self.x, self.y, self.patience, self.step = x, y, patience, 0
        self.lowest, self.best, self.params = np.full(len(x), np.inf), np.zeros(len(x)), None

    def __call__(self, stack):
        if self.params is None:
            self.params = [each.copy() for each in (*stack.w, *stack.b)]
        going = self.step - self.best < self.patience
        self.step += 1
        if going.any():
            loss = _losses(softmax(stack.forward(self.x)), self.y).mean(axis=1)
            better = going & (loss < self.lowest)
            self.lowest[better], self.best[better] = loss[better], self.step
            for mine, now in zip(self.params, (*stack.w, *stack.b), strict=True):
                mine[better] = now[better]

    def kept(self, stack):
        """The networks with the weights of their best steps."""
        found, n = copy(stack), len(stack.w)
        found.w, found.b = self.params[:n], self.params[n:]
        return found


def _losses(p, y):
    return -np.log(np.maximum(np.take_along_axis(p, y[..., None], axis=2)[..., 0], 1e-12))


def _stopped(losses, patience) -> tuple[int, int]:
    """The epoch of the lowest loss, and that in which ``patience`` epochs have passed without a lower one."""
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best >= patience:
            return best, epoch
    return best, len(losses) - 1
