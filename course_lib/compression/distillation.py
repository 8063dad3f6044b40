"""Distillation: a small network learns from the probabilities of a large one (Hinton, Vinyals and Dean 2015)."""

from dataclasses import dataclass

import numpy as np

from course_lib._arguments.arrays import array_of, matrix, same_shape
from course_lib._arguments.entries import labels, whole
from course_lib._arguments.numbers import POSITIVE, UNIT
from course_lib.functions.losses import log_softmax, softmax, softmax_xent, weighted


def soft_targets(logits, temperature):
    """softmax(logits / T) (Hinton et al. 2015, eq. 1): the higher T, the more the teacher tells about wrong classes.

    Parameters
    ----------
    logits : (N, C) array
    temperature : float, positive

    Returns
    -------
    probs : (N, C) array, rows sum to one

    Raises
    ------
    ValueError
        When there are no logits, or ``temperature`` is not positive.
    """
    logits = array_of(logits, ("...", "C"), name="logits")
    return softmax(logits / POSITIVE(temperature, name="temperature"))


def distillation_loss(logits, teacher_logits, y, *, temperature=4.0, alpha=0.5):
    """alpha T**2 KL(p || q) + (1 - alpha) cross-entropy(y), with p and q the teacher's and student's soft targets.

    The gradient of the soft part with respect to the logits is alpha T (q - p) / N, about alpha / C times the
    difference of the (centred) logits for large T (eq. 4): without the factor T**2 it would shrink as 1 / T**2, and
    the hard labels take over. They are used at the temperature 1. Hinton et al. write cross-entropy instead of KL,
    which adds the teacher's entropy, a constant; KL is 0 when the student agrees. PyTorch: ``alpha * T**2 *
    F.kl_div(log_softmax(z / T), p, reduction="batchmean")``; its default reduction ``"mean"`` also divides by C.

    A class that the student rules out, with the logit -inf, costs infinitely much unless the teacher rules it out too;
    then it costs nothing (PyTorch's ``kl_div`` gives NaN).

    Parameters
    ----------
    logits, teacher_logits : (N, C) arrays; the teacher's are constants
    y : (N,) array of integer labels in [0, C)
    temperature : float, positive
    alpha : float in [0, 1], the share of the soft targets

    Returns
    -------
    loss : float, in nats per sample
    dlogits : (N, C) array, the gradient of ``loss`` with respect to ``logits``

    Raises
    ------
    TypeError
        When the labels are not integers.
    ValueError
        When the shapes do not fit together, or a label or a parameter lies outside its range.
    """
    logits = matrix(logits, name="logits")
    teacher_logits = same_shape(teacher_logits, logits.shape, np.float64, name="teacher_logits")
    temperature, alpha = POSITIVE(temperature, name="temperature"), UNIT(alpha, name="alpha")
    hard_loss, hard_gradient = softmax_xent(logits, y)
    # in float64, because T**2 magnifies the rounding of a difference that shrinks as 1 / T**2
    log_q, log_p = log_softmax(logits.astype(np.float64) / temperature), log_softmax(teacher_logits / temperature)
    q, p = np.exp(log_q), np.exp(log_p)
    # p log(p) tends to 0: no difference where p is 0, also of infinite logarithms
    gap = np.subtract(log_p, log_q, out=np.zeros_like(p), where=p != 0)
    soft_loss = temperature**2 * float((p * gap).sum()) / len(logits)
    soft_gradient = (q - p) * (temperature / len(logits))
    loss = weighted(alpha, soft_loss) + weighted(1 - alpha, hard_loss)
    return loss, (alpha * soft_gradient + (1 - alpha) * hard_gradient).astype(logits.dtype)


def distillation_targets(teacher_logits, y):
    """Labels and teacher's logits side by side, the ``y`` of ``course_lib.training.fit`` for ``Distillation``.

    Parameters
    ----------
    teacher_logits : (N, C) array, computed once: ``teacher.forward(x)`` in evaluation mode
    y : (N,) array of integer labels in [0, C)

    Returns
    -------
    targets : (N, 1 + C) float64 array

    Raises
    ------
    TypeError
        When the labels are not integers.
    ValueError
        When a label lies outside [0, C), or there is not one label per row.
    """
    teacher_logits = matrix(teacher_logits, name="teacher_logits")
    n_samples, n_classes = teacher_logits.shape
    return np.column_stack([labels(y, n_classes, (n_samples,)), teacher_logits])


@dataclass(frozen=True)
class Distillation:
    """``distillation_loss`` as a ``loss`` of ``course_lib.training.fit``, with ``distillation_targets`` as ``y``.

    Parameters
    ----------
    temperature, alpha : as ``distillation_loss``

    Raises
    ------
    ValueError
        When a parameter lies outside its range, or, at a call, when ``targets`` are not from ``distillation_targets``.
    """

    temperature: float = 4.0
    alpha: float = 0.5

    def __post_init__(self):
        POSITIVE(self.temperature, name="temperature")
        UNIT(self.alpha, name="alpha")

    def __call__(self, logits, targets):
        targets = matrix(targets, name="targets")
        y, teacher_logits = whole(targets[:, 0], name="labels"), targets[:, 1:]
        return distillation_loss(logits, teacher_logits, y, temperature=self.temperature, alpha=self.alpha)
