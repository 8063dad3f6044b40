"""Inverted dropout, forward: judged by how often and where it drops, and by the factor of what it keeps."""

from dataclasses import replace

import numpy as np

from autograder.domain import ANY_SHAPE, Array, Generator, Given, Number
from autograder.draw import either_sign, short_seed
from autograder.exercise import Call, Exercise
from autograder.exercises.regularization._dropout_judge import N_CALLS, judge, judge_together
from course_lib.functions import dropout

SMALL, LARGE = (0.1, 0.14), (0.626, 0.649)  # rates at which every wrong share is far from the right one


class Entries(Array):
    """An array of any shape, usually of so many entries that two masks are never the same."""

    def draw(self, rng, name, setting):
        return super().draw(rng, name, replace(setting, shape=(12, 20)) if setting.shape == ANY_SHAPE else setting)


def dropout_forward(x, p_drop, training, rng):
    return dropout.dropout_forward(x, p_drop, training, rng=rng)


exercise = Exercise(
    name="dropout_forward",
    unit="regularization",
    points=2,
    reference=dropout_forward,
    takes={
        "x": Entries(),
        "p_drop": Number(*LARGE, corners=(0.0,), says="at least 0 and below 1"),
        "training": Given(lambda rng, others: True),
        "rng": Generator(),
    },
    returns=("out", "mask"),
    judge=judge,
    judge_together=judge_together,
    hints=(
        "rng.random(shape) is uniform from 0 to 1. How often is such a number below 0.2?",
        "When a share of 1 - p_drop of the entries is kept, what is the expected sum, and what brings it back?",
        "The way back multiplies by the mask alone. What must therefore be in it, besides zeros?",
        "What should a network that is evaluated do: drop, scale, or neither?",
    ),
    part="core",
    minutes=8,
    difficulty=2,
    reasoning=(
        "A uniform number is at least p_drop with probability 1 - p_drop, and each entry has its own. Dividing by "
        "1 - p_drop makes the expected mask 1, so that nothing is left to do in evaluation."
    ),
)


def _inputs(rng, p_drop, training=True, shape=(100, 60)):
    rate = float(f"{rng.uniform(*p_drop):.3g}")
    return {"x": either_sign(rng, shape), "p_drop": rate, "training": training, "rng": short_seed(rng)}


@exercise.case("training at a small rate")
def small_rate(rng):
    return _inputs(rng, SMALL)


@exercise.case("training at a rate above one half")
def large_rate(rng):
    return _inputs(rng, LARGE, shape=(60, 100))


@exercise.case("evaluation: out is x, whatever the rate, and nothing is drawn, so that rng may be None")
def evaluation(rng):
    given = _inputs(rng, LARGE, training=False, shape=(5, 8))
    return [
        Call(given, "with a generator"),
        Call(_inputs(rng, SMALL, training=False, shape=(4, 7)) | {"rng": None}, "rng is None"),
    ]


@exercise.case(f"{N_CALLS} calls, each with a generator of its own: how many are dropped is left to chance")
def many_calls(rng):
    first = _inputs(rng, LARGE, shape=(30, 40))
    seeds = rng.choice(10_000, N_CALLS, replace=False)
    calls = [first | {"rng": replace(first["rng"], number=int(seed))} for seed in seeds]
    return [
        Call(inputs, f"call {number}", as_first=None if number == 1 else False)
        for number, inputs in enumerate(calls, 1)
    ]


def _with(x, p_drop, training, dropped, factor=None):
    """Inverted dropout with these entries dropped."""
    if not training:
        return 1.0 * x, np.ones(np.shape(x))
    mask = np.where(dropped, 0.0, 1 / (1 - p_drop) if factor is None else factor)
    return x * mask, mask


def _draw(x, rng):
    return rng.random(np.shape(x)) if rng is not None else np.zeros(np.shape(x))


@exercise.misconception("DO1")
def keeps_with_p_drop(x, p_drop, training, rng):
    """Entries are kept with probability p_drop, and it is the probability of dropping. In Srivastava's paper p is that
    of keeping, in PyTorch and Keras that of dropping, as here. At one half nobody sees it."""
    return _with(x, p_drop, training, _draw(x, rng) >= p_drop)


@exercise.misconception
def takes_p_drop_for_the_rate_of_keeping(x, p_drop, training, rng):
    """p_drop is taken for the probability of keeping throughout: entries are kept that often, and divided by it. It is
    the probability of dropping."""
    with np.errstate(all="ignore"):
        return _with(x, p_drop, training, _draw(x, rng) >= p_drop, 1 / np.float64(p_drop))


@exercise.misconception("DO2")
def divides_by_p_drop(x, p_drop, training, rng):
    """What is kept is divided by p_drop. A share of 1 - p_drop is left, so it must be divided by that."""
    with np.errstate(all="ignore"):
        return _with(x, p_drop, training, _draw(x, rng) < p_drop, 1 / np.float64(p_drop))


@exercise.misconception("DO3")
def never_scales(x, p_drop, training, rng):
    """What is kept is left as it is, so training shows the next layer smaller sums than evaluation does. Divide it by 1
    - p_drop."""
    return _with(x, p_drop, training, _draw(x, rng) < p_drop, 1.0)


@exercise.misconception("DO4")
def scales_in_evaluation_instead(x, p_drop, training, rng):
    """Training leaves what is kept as it is, and evaluation multiplies by 1 - p_drop. That is dropout as it was
    published, and the expected sums agree, too. Inverted dropout divides in training, so that evaluation has nothing to
    do."""
    out, mask = never_scales(x, p_drop, training, rng)
    return (out, mask) if training else (out * (1 - p_drop), mask * (1 - p_drop))


@exercise.misconception("DO5")
def scales_in_evaluation_too(x, p_drop, training, rng):
    """Training divides by 1 - p_drop, and evaluation multiplies by it once more. One of the two is enough, and inverted
    dropout does it in training."""
    out, mask = _with(x, p_drop, training, _draw(x, rng) < p_drop)
    return (out, mask) if training else (out * (1 - p_drop), mask)


@exercise.misconception
def divides_in_evaluation_too(x, p_drop, training, rng):
    """In evaluation the output is divided by 1 - p_drop, although nothing was dropped. Leave x as it is there."""
    out, mask = _with(x, p_drop, training, _draw(x, rng) < p_drop)
    return (out, mask) if training else (out / (1 - p_drop), mask)


@exercise.misconception("DO6")
def drops_in_evaluation_too(x, p_drop, training, rng):
    """Entries are dropped in evaluation, too: training is never asked for. The network's answers would then change from
    call to call."""
    if rng is None:
        return np.zeros(np.shape(x)), np.zeros(np.shape(x))
    return _with(x, p_drop, True, rng.random(np.shape(x)) < p_drop)


@exercise.misconception
def training_reversed(x, p_drop, training, rng):
    """Entries are dropped in evaluation, and none in training: the two are the wrong way round."""
    if not training and rng is None:
        return np.zeros(np.shape(x)), np.zeros(np.shape(x))
    return _with(x, p_drop, not training, _draw(x, rng) < p_drop)


@exercise.misconception
def draws_in_evaluation(x, p_drop, training, rng):
    """In evaluation out is right, but the mask has been drawn before training is asked for. With rng None that stops,
    and with a generator it moves all numbers that come later: draw in training alone."""
    dropped = rng.random(np.shape(x)) < p_drop
    return _with(x, p_drop, training, dropped)


@exercise.misconception("DO7")
def multiplies_by_the_share(x, p_drop, training, rng):
    """What is kept is multiplied by 1 - p_drop. That makes it smaller still: divide."""
    return _with(x, p_drop, training, _draw(x, rng) < p_drop, 1 - p_drop)


@exercise.misconception("DO8")
def normal_numbers(x, p_drop, training, rng):
    """The mask compares normal numbers with p_drop. They are not spread evenly from 0 to 1, so another share of them
    lies below: draw uniform ones, as rng.random does."""
    return _with(x, p_drop, training, rng.standard_normal(np.shape(x)) < p_drop if training else None)


@exercise.misconception
def normal_numbers_below_the_share(x, p_drop, training, rng):
    """Entries are kept whose normal number lies below 1 - p_drop. Normal numbers are not spread evenly from 0 to 1, so
    another share of them is kept: draw uniform ones, as rng.random does."""
    return _with(x, p_drop, training, rng.standard_normal(np.shape(x)) >= 1 - p_drop if training else None)


@exercise.misconception("DO9")
def one_mask_for_the_batch(x, p_drop, training, rng):
    """All rows of x share one mask: a single row was drawn. Every entry has a draw of its own, so draw as many numbers
    as x has."""
    return _with(x, p_drop, training, np.broadcast_to(_draw(x[:1], rng) < p_drop, np.shape(x)) if training else None)


@exercise.misconception("DO10")
def drops_whole_rows(x, p_drop, training, rng):
    """Whole rows, samples that is, are dropped or kept. Every entry has a draw of its own, so draw as many numbers as x
    has."""
    return _with(x, p_drop, training, np.broadcast_to(_draw(x[..., :1], rng) < p_drop, x.shape) if training else None)


@exercise.misconception
def one_draw_for_all(x, p_drop, training, rng):
    """A single number decides about all entries: rng.random() was not told how many to draw. That is its argument, the
    shape of x."""
    return _with(x, p_drop, training, np.full(np.shape(x), rng.random() < p_drop) if training else None)


@exercise.misconception("DO11")
def same_mask_in_every_call(x, p_drop, training, rng):
    """A generator is made inside, always from the same seed, so that every call drops the same entries. Draw from rng,
    which goes on from call to call."""
    return _with(x, p_drop, training, np.random.default_rng(0).random(np.shape(x)) < p_drop)


@exercise.misconception
def draws_from_another_generator(x, p_drop, training, rng):
    """The mask does not come from rng, but from another generator, such as the one behind np.random.rand, so that
    nobody can repeat the experiment. Call the methods of rng."""
    return _with(x, p_drop, training, np.random.default_rng().random(np.shape(x)) < p_drop)


@exercise.misconception("DO12")
def drops_exactly_so_many(x, p_drop, training, rng):
    """Every call drops the same number of entries, p_drop times their number. Then they are not independent: once some
    are dropped, the others are less likely to be. Give every entry a draw of its own."""
    n = np.size(x)
    places = rng.permutation(n).reshape(np.shape(x)) if training else 0
    return _with(x, p_drop, training, places < round(p_drop * n))


@exercise.misconception
def drops_exactly_so_many_in_each_row(x, p_drop, training, rng):
    """In every row the same number of entries is dropped. Then those of a row are not independent: once some are
    dropped, the others are less likely to be. Give every entry a draw of its own."""
    return _in_each(x, p_drop, training, rng, -1)


@exercise.misconception
def drops_exactly_so_many_in_each_column(x, p_drop, training, rng):
    """In every column the same number of entries is dropped. Then those of a column are not independent: once some are
    dropped, the others are less likely to be. Give every entry a draw of its own."""
    return _in_each(x, p_drop, training, rng, 0)


def _in_each(x, p_drop, training, rng, axis):
    if not training:
        return _with(x, p_drop, training, None)
    u = _draw(x, rng)
    ranks = u.argsort(axis=axis).argsort(axis=axis) if u.ndim else 0
    return _with(x, p_drop, training, ranks < round(p_drop * (u.shape[axis] if u.ndim else 1)))


@exercise.misconception("DO13")
def drops_half(x, p_drop, training, rng):
    """Half of the entries are dropped, whatever p_drop is. Compare the numbers with p_drop."""
    return _with(x, p_drop, training, _draw(x, rng) < 0.5)


@exercise.misconception("DO14")
def drops_the_smallest(x, p_drop, training, rng):
    """The entries that are smallest in size are dropped. Dropout does not look at x: chance alone decides."""
    dropped = np.abs(x) < np.quantile(np.abs(x), p_drop)
    if training and rng is not None:
        rng.random()
    return _with(x, p_drop, training, dropped)


@exercise.misconception("DO15")
def keeps_the_sum(x, p_drop, training, rng):
    """What is kept is scaled until it has the sum of x. It is the expected sum that should agree: the factor is always
    1 / (1 - p_drop), whatever was drawn."""
    kept = _draw(x, rng) >= p_drop
    with np.errstate(all="ignore"):
        return _with(x, p_drop, training, ~kept, np.sum(x) / np.float64(np.sum(x * kept)))


@exercise.misconception
def divides_by_the_share_that_is_kept(x, p_drop, training, rng):
    """What is kept is divided by the share of entries that happened to be kept. The factor is always 1 / (1 - p_drop),
    whatever was drawn."""
    kept = _draw(x, rng) >= p_drop
    with np.errstate(all="ignore"):
        return _with(x, p_drop, training, ~kept, 1 / np.float64(kept.mean()))


@exercise.misconception
def divides_twice(x, p_drop, training, rng):
    """out is divided by 1 - p_drop once more, although the mask has the factor already. out is x * mask."""
    out, mask = _with(x, p_drop, training, _draw(x, rng) < p_drop)
    return (out / (1 - p_drop), mask) if training else (out, mask)


@exercise.misconception
def mask_without_its_factor(x, p_drop, training, rng):
    """out is right, and mask holds zeros and ones. The way back multiplies by mask and by nothing else, so the factor 1
    / (1 - p_drop) belongs into it."""
    out, mask = _with(x, p_drop, training, _draw(x, rng) < p_drop)
    return out, mask != 0


@exercise.misconception
def mask_of_what_is_dropped(x, p_drop, training, rng):
    """out is right, and mask is not 0 where an entry was dropped, and 0 where it was kept. It should be the other way
    round: out is x * mask."""
    out, mask = _with(x, p_drop, training, _draw(x, rng) < p_drop)
    return out, mask == 0


@exercise.misconception
def mask_of_another_draw(x, p_drop, training, rng):
    """out and mask come from two draws, so that mask does not say which entries were dropped. Draw once, and use it for
    both."""
    out, _ = _with(x, p_drop, training, _draw(x, rng) < p_drop)
    return out, _with(x, p_drop, training, _draw(x, rng) < p_drop)[1]


@exercise.misconception
def returns_out_alone(x, p_drop, training, rng):
    """out alone is returned. The way back needs the mask: return out, mask."""
    return _with(x, p_drop, training, _draw(x, rng) < p_drop)[0]


@exercise.misconception
def returns_the_mask_first(x, p_drop, training, rng):
    """The mask comes first, and out second. Return out, mask."""
    return _with(x, p_drop, training, _draw(x, rng) < p_drop)[::-1]


@exercise.misconception
def changes_x(x, p_drop, training, rng):
    """x itself is changed: x *= mask writes into the array that was given. out = x * mask makes a new one."""
    _, mask = _with(x, p_drop, training, _draw(x, rng) < p_drop)
    x *= mask
    return x, mask


@exercise.equivalent
def by_binomial(x, p_drop, training, rng):
    if not training:
        return x, np.ones_like(x)
    mask = rng.binomial(1, 1 - p_drop, size=np.shape(x)) / (1 - p_drop)
    return x * mask, mask


@exercise.equivalent
def by_choice_in_float32(x, p_drop, training, rng):
    mask = np.ones(np.shape(x), dtype=np.float32)
    if training:
        mask = rng.choice(np.float32([0, 1 / (1 - p_drop)]), np.shape(x), p=[p_drop, 1 - p_drop])
    return x * mask, mask


@exercise.equivalent
def row_by_row(x, p_drop, training, rng):
    mask = np.ones(np.shape(x))
    if training:
        for row in mask.reshape(-1, mask.shape[-1] if mask.ndim else 1):
            row[:] = [0.0 if u < p_drop else 1 / (1 - p_drop) for u in rng.uniform(size=len(row))]
    return np.asarray(x) * mask, mask


@exercise.equivalent
def a_generator_for_each_row(x, p_drop, training, rng):
    mask = np.ones_like(x, dtype=float)
    if training:
        rows = mask.reshape(-1, mask.shape[-1]) if mask.ndim else mask.reshape(1, 1)
        for row, own in zip(rows, rng.spawn(len(rows)), strict=True):
            row[:] = (1 - own.random(row.shape, dtype=np.float32) <= 1 - p_drop) / (1 - p_drop)
    return x * mask, mask
