"""Dropout, backward: the gradient goes through the mask of the forward pass."""

import numpy as np

from autograder.domain import Array
from autograder.draw import either_sign
from autograder.exercise import Exercise
from course_lib.functions import dropout

exercise = Exercise(
    name="dropout_backward",
    unit="regularization",
    points=1,
    reference=dropout.dropout_backward,
    takes={"dout": Array(), "mask": Array(low=0, integers=False)},
    hints=(
        "out = x * mask. What is the derivative of one entry of out with respect to the same entry of x?",
        "How much of the gradient reaches an entry that was dropped, and by what was a kept one multiplied?",
    ),
    part="core",
    minutes=3,
    difficulty=1,
    reasoning=(
        "out = x * mask, entry by entry, and mask is a constant, so the derivative is mask, zeros and factor included."
    ),
)


def _mask(rng, shape, p_drop):
    """A mask with a dropped and a kept entry at least."""
    dropped = rng.random(shape) < p_drop
    dropped.flat[:2] = True, False
    return np.where(dropped, 0.0, 1 / (1 - p_drop))


def _rate(rng):
    return float(f"{rng.uniform(0.2, 0.4):.2g}")


@exercise.case("a batch, at a rate below one half")
def batch(rng):
    shape = int(rng.integers(4, 7)), 5
    return {"dout": either_sign(rng, shape), "mask": _mask(rng, shape, _rate(rng))}


@exercise.case("a rate above one half")
def large_rate(rng):
    return {"dout": either_sign(rng, (3, 4)), "mask": _mask(rng, (3, 4), 1 - _rate(rng))}


@exercise.case("images, with entries of the gradient that are 0")
def images(rng):
    dout = either_sign(rng, (2, 3, 4, 5))
    dout[:, :, 0, 1:3] = 0.0
    return {"dout": dout, "mask": _mask(rng, dout.shape, _rate(rng))}


@exercise.case("the mask of evaluation, which is 1 everywhere")
def evaluation(rng):
    return {"dout": either_sign(rng, (3, 5)), "mask": np.ones((3, 5))}


def _factor(mask):
    return np.max(mask, initial=0.0) or 1.0


@exercise.misconception("DB1")
def draws_a_new_mask(dout, mask):
    """The gradient goes through a new mask, drawn in the backward pass. It must go through the entries that were kept
    on the way forward: take the mask that is given."""
    dropped = np.random.default_rng(0).random(np.shape(mask)) < 1 - 1 / _factor(mask)
    return np.where(dropped, 0.0, dout * _factor(mask))


@exercise.misconception("DB2")
def forgets_the_factor(dout, mask):
    """The gradient passes where entries were kept, without the factor of the mask. x was multiplied by it, so the
    gradient is, too."""
    return np.where(np.asarray(mask) != 0, dout, 0.0)


@exercise.misconception("DB3")
def lets_everything_pass(dout, mask):
    """The gradient is passed on as it is. Entries that were dropped have no influence on the output, so their gradient
    is 0."""
    return 1.0 * np.asarray(dout)


@exercise.misconception("DB4")
def scales_twice(dout, mask):
    """The factor is there twice. The mask has it already: multiply by the mask and by nothing else."""
    return dout * mask * _factor(mask)


@exercise.misconception
def scales_what_was_dropped(dout, mask):
    """Every entry is multiplied by the factor, also those that were dropped. The gradient of these is 0."""
    return dout * _factor(mask)


@exercise.misconception
def divides_by_the_factor(dout, mask):
    """The gradient is divided by the factor of the mask, as if it were to be undone. The chain rule multiplies."""
    mask = np.asarray(mask, dtype=float)
    return np.where(mask != 0, dout / np.where(mask != 0, mask, 1.0), 0.0)


@exercise.misconception
def divides_by_the_mask(dout, mask):
    """The gradient is divided by the mask, as if the way back undid what was done: where an entry was dropped, that is
    a division by zero. A factor on the way there is the same factor on the way back."""
    with np.errstate(all="ignore"):
        return dout / mask


@exercise.misconception
def passes_where_it_was_dropped(dout, mask):
    """The gradient passes where entries were dropped, and nowhere else. It is the other way round."""
    return np.where(np.asarray(mask) == 0, dout * _factor(mask), 0.0)


@exercise.misconception
def returns_the_mask(dout, mask):
    """The mask is returned, and dout has gone. The chain rule multiplies the two."""
    return 1.0 * np.asarray(mask)


@exercise.misconception
def adds_up_the_batch(dout, mask):
    """The gradient is added up over the first axis, as for a bias. x has an entry for each of out, and so has its
    gradient."""
    return np.sum(dout * mask, axis=0)


@exercise.misconception
def multiplies_matrices(dout, mask):
    """dout and mask are multiplied as matrices. Dropout works on every entry by itself, so * and not @ is meant."""
    return np.asarray(dout) @ np.swapaxes(mask, -1, -2)


@exercise.misconception
def multiplies_by_the_transposed_mask(dout, mask):
    """dout @ mask.T is a product of matrices, an error for images. Dropout works on every entry by itself, so * and not
    @ is meant, and nothing is transposed."""
    return np.asarray(dout) @ np.asarray(mask).T


@exercise.misconception
def changes_dout(dout, mask):
    """dout itself is changed: dout *= mask writes into the array that was given. dout * mask makes a new one."""
    dout *= mask
    return dout


@exercise.misconception
def passes_the_dropped_as_they_are(dout, mask):
    """The gradient passes where the mask is 0 and stops where it is not: the wrong way round. Where the mask is 0, the
    entry was dropped, and nothing of x is in out."""
    return np.where(mask == 0, 1.0 * dout, 0.0)


@exercise.misconception
def factor_from_the_share(dout, mask):
    """The zeros are the mask's, but the factor is one over the share of entries that were kept. That only comes near to
    1 / (1 - p_drop): multiply by the mask, which holds the factor."""
    kept = mask != 0
    return dout * kept / (kept.mean() or 1.0)


@exercise.equivalent
def by_where(dout, mask):
    return np.where(np.asarray(mask) == 0, 0.0, np.multiply(dout, mask))


@exercise.equivalent
def in_a_loop(dout, mask):
    dx = np.array(mask, dtype=float)
    for i in range(dx.size):
        dx.flat[i] *= np.asarray(dout).flat[i]
    return dx
