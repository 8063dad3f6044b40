"""Distillation: a small network learns from the probabilities of a large one (Hinton, Vinyals and Dean 2015)."""

from dataclasses import dataclass

import numpy as np

from course_lib._arguments import as_float
from course_lib.losses import softmax, softmax_xent


def soft_targets(logits, temperature):
    """softmax(logits / T) (Hinton et al. 2015, eq. 1): the higher T, the more the teacher tells about wrong classes.

    Parameters
    ----------
    logits : (N, C) array
    temperature : float, positive

    Returns
    -------
    probs : (N, C) array, rows sum to one
    """
    logits = as_float(logits)
    return softmax(logits / _positive(temperature))


def distillation_loss(logits, teacher_logits, y, *, temperature=4.0, alpha=0.5):
    """alpha T**2 KL(p || q) + (1 - alpha) cross-entropy(y), with p and q the teacher's and student's soft targets.

    The gradient of the soft part with respect to the logits is alpha T (q - p) / N, about alpha / C times the
    difference of the (centred) logits for large T (eq. 4): without the factor T**2 it would shrink as 1 / T**2, and
    the hard labels take over. They are used at the temperature 1. Hinton et al. write cross-entropy instead of KL,
    which adds the teacher's entropy, a constant; KL is 0 when the student agrees. PyTorch: ``alpha * T**2 *
    F.kl_div(log_softmax(z / T), p, reduction="batchmean")``; its default reduction ``"mean"`` also divides by C.

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
    ValueError
        When the shapes do not fit together, or a parameter lies outside its range.
    """
    logits = as_float(logits)
    teacher_logits = as_float(teacher_logits, logits.dtype)
    if logits.ndim != 2 or teacher_logits.shape != logits.shape:
        raise ValueError(f"logits (N, C) of both expected, got {logits.shape} and {teacher_logits.shape}")
    temperature, alpha = _positive(temperature), float(alpha)
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha must lie in [0, 1], got {alpha}")
    hard_loss, hard_gradient = softmax_xent(logits, y)
    log_q, log_p = _log_softmax(logits / temperature), _log_softmax(teacher_logits / temperature)
    p = np.exp(log_p)
    soft_loss = float((p * (log_p - log_q)).sum(dtype=np.float64)) / len(logits)
    soft_gradient = (np.exp(log_q) - p) * (temperature / len(logits))
    loss = alpha * temperature**2 * soft_loss + (1 - alpha) * hard_loss
    return loss, alpha * soft_gradient + (1 - alpha) * hard_gradient


def distillation_targets(teacher_logits, y):
    """Labels and teacher's logits side by side, the ``y`` of ``course_lib.training.fit`` for ``Distillation``.

    Parameters
    ----------
    teacher_logits : (N, C) array, computed once: ``teacher.forward(x)`` in evaluation mode
    y : (N,) array of integer labels

    Returns
    -------
    targets : (N, 1 + C) array
    """
    return np.column_stack([np.asarray(y), as_float(teacher_logits)])


@dataclass(frozen=True)
class Distillation:
    """``distillation_loss`` as a ``loss`` of ``course_lib.training.fit``, with ``distillation_targets`` as ``y``.

    Parameters
    ----------
    temperature, alpha : as ``distillation_loss``
    """

    temperature: float = 4.0
    alpha: float = 0.5

    def __call__(self, logits, targets):
        labels, teacher_logits = targets[:, 0].astype(np.int64), targets[:, 1:]
        return distillation_loss(logits, teacher_logits, labels, temperature=self.temperature, alpha=self.alpha)


def _log_softmax(z):
    shifted = z - z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _positive(temperature):
    if not 0 < temperature < np.inf:
        raise ValueError(f"temperature must be positive and finite, got {temperature}")
    return float(temperature)
