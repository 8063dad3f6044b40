"""The proximal step of L1: weights that move towards zero, and those that stop there."""

import numpy as np

from autograder.domain import Array, Number
from autograder.draw import either_sign
from autograder.exercise import Call, Exercise
from course_lib.functions import regularization

exercise = Exercise(
    name="soft_threshold",
    unit="regularization",
    points=1,
    reference=regularization.soft_threshold,
    takes={"w": Array(), "t": Number(0.5, 1.5, corners=(0.0, 5.0), says="at least 0")},
    hints=(
        "Draw the result for one weight as a curve over w. Where is it flat, and what is its slope elsewhere?",
        "What is left of the size |w| when t is taken away, and what if there is not as much?",
        "The size is np.maximum(np.abs(w) - t, 0). Which function gives the sign that it needs?",
    ),
    part="core",
    minutes=5,
    difficulty=1,
    reasoning=(
        "The size shrinks by t and stops at 0, and the sign stays. At w = 0 the sign is 0, which does no harm since "
        "the size is 0 as well."
    ),
)


def _draw(rng, shape=(3, 4), t=None):
    """Of either sign, entries well inside of [-t, t] and well outside."""
    t = round(rng.uniform(0.6, 1.4), 2) if t is None else t
    inside, outside = rng.uniform(0.1, 0.8, shape) * t, t + rng.uniform(0.3, 2.0, shape)
    places = np.arange(inside.size).reshape(shape)
    signs = np.where(places // 2 % 2, -1, 1)
    return {"w": (signs * np.where(places % 2, inside, outside)).round(3), "t": t}


@exercise.case("entries of both signs, inside and outside of the threshold")
def both(rng):
    return _draw(rng, (int(rng.integers(3, 5)), 4))


@exercise.case("entries at zero and exactly at the threshold")
def at_the_threshold(rng):
    t = rng.integers(12, 30) / 8
    w = np.array([0.0, t, -t, t + round(rng.uniform(1.0, 2.0), 3), -t - round(rng.uniform(0.3, 0.8), 3), 0.5 * t])
    return [Call({"w": w, "t": t}), Call({"w": w, "t": 0.0}, "a threshold of 0")]


@exercise.case("a large threshold, within which everything lies")
def everything(rng):
    return {"w": either_sign(rng, (2, 3), 2.5, 4.0), "t": 4.5}


@exercise.case("a small threshold")
def small(rng):
    return {"w": either_sign(rng, (2, 5), 0.3, 2.0), "t": round(rng.uniform(0.05, 0.2), 3)}


@exercise.misconception("LO2a")
def hard_threshold(w, t):
    """Entries within the threshold become 0, and the others stay as they are. The step moves those as well: each comes
    closer to zero by t."""
    return np.where(np.abs(w) > t, w, 0)


@exercise.misconception("LO2b")
def hard_threshold_that_keeps_t(w, t):
    """Entries nearer to 0 than t become 0, and the others, those at t among them, stay as they are. The step moves
    these as well: each comes closer to zero by t."""
    return np.where(np.abs(w) >= t, w, 0)


@exercise.misconception("LO3a")
def sign_is_lost(w, t):
    """The size is right, and every result is positive. The sign of w has to come back."""
    return np.maximum(np.abs(w) - t, 0.0)


@exercise.misconception("LO3b")
def negative_ones_vanish(w, t):
    """All that is below t becomes 0, the large negative entries too. These move up by t."""
    return np.maximum(w - t, 0.0)


@exercise.misconception("LO1")
def subgradient_step(w, t):
    """Every entry moves by t towards zero, and beyond it where there is less than t to go. That is the step along the
    sub-gradient; the proximal step stops at 0."""
    return w - t * np.sign(w)


@exercise.misconception
def outwards(w, t):
    """Entries move away from zero by t."""
    return w + t * np.sign(w)


@exercise.misconception
def outwards_and_cut(w, t):
    """What is outside of the threshold moves away from zero. It is to come closer by t."""
    return np.where(np.abs(w) > t, w + t * np.sign(w), 0.0)


@exercise.misconception
def to_the_threshold(w, t):
    """The entries are clipped to [-t, t]. That is what the step takes away, w - result, and not the result."""
    return np.clip(w, -t, t)


@exercise.misconception
def inside_stays(w, t):
    """Entries within the threshold stay as they are, and the others move. Those within become 0."""
    return np.where(np.abs(w) > t, w - t * np.sign(w), w)


@exercise.misconception
def moves_all_down(w, t):
    """t is subtracted whatever the sign, so that negative entries move away from zero. They move up by t."""
    return np.where(np.abs(w) > t, w - t, 0.0)


@exercise.misconception
def moves_all_up(w, t):
    """t is added whatever the sign, so that positive entries move away from zero. They move down by t."""
    return np.where(np.abs(w) > t, w + t, 0.0)


@exercise.misconception
def minimum(w, t):
    """The minimum with 0 is taken where the maximum is due: entries within the threshold become large, with the sign
    turned, and all others 0."""
    return np.sign(w) * np.minimum(np.abs(w) - t, 0.0)


@exercise.misconception
def half_of_t(w, t):
    """Entries move by half of t, as if the penalty were t / 2 times |w|."""
    return np.sign(w) * np.maximum(np.abs(w) - t / 2, 0.0)


@exercise.misconception
def twice_t(w, t):
    """Entries move by twice t, once for each side of the interval. Each comes closer to zero by t."""
    return np.sign(w) * np.maximum(np.abs(w) - 2 * t, 0.0)


@exercise.misconception
def t_squared(w, t):
    """Entries move by t squared. t is the distance itself."""
    return np.sign(w) * np.maximum(np.abs(w) - t**2, 0.0)


@exercise.misconception
def shrinks_by_a_factor(w, t):
    """w is multiplied by a factor that is the same for all entries, 1 / (1 + t). That is the proximal step of L2, which
    makes nothing zero."""
    return w / (1 + t)


@exercise.misconception
def multiplies(w, t):
    """w is multiplied by what is left of its size, in place of its sign: it counts twice."""
    return w * np.maximum(np.abs(w) - t, 0.0)


@exercise.misconception
def divides_by_the_size(w, t):
    """w is multiplied by 1 - t / |w|, which is 0 / 0 where w and t are both 0. Take the sign instead: it is 0 there."""
    with np.errstate(all="ignore"):
        return w * np.maximum(1 - np.divide(t, np.abs(1.0 * w)), 0.0)


@exercise.misconception
def relative(w, t):
    """A share t of each entry is taken away. t is a distance, the same for all entries."""
    return np.sign(w) * np.maximum(np.abs(w) * (1 - t), 0.0)


@exercise.misconception
def whole_norm(w, t):
    """All entries are scaled by one factor, from the norm of the whole array: either all become 0, or none. Each entry
    has a threshold of its own."""
    norm = np.sqrt(np.sum(np.square(1.0 * w)))
    return w * max(0.0, 1 - t / norm) if norm > 0 else 0.0 * w


@exercise.misconception
def all_or_none(w, t):
    """One question is asked for the whole array: unless all entries lie within the threshold, all are moved, and small
    ones cross zero. Each entry is asked by itself."""
    return w - t * np.sign(w) if np.max(np.abs(w), initial=0.0) > t else 0.0 * w


@exercise.misconception
def sign_turned(w, t):
    """Every result has the sign opposite to its own."""
    return -np.sign(w) * np.maximum(np.abs(w) - t, 0.0)


@exercise.misconception
def takes_a_root(w, t):
    """The sizes are subtracted as squares, the root of w squared less t squared. The size itself shrinks by t."""
    return np.sign(w) * np.sqrt(np.maximum(np.square(1.0 * w) - t**2, 0.0))


@exercise.misconception
def tells_what_is_left(w, t):
    """Says which entries are not 0, as ones and zeros. Wanted are the entries themselves."""
    return np.where(np.abs(w) > t, 1.0, 0.0)


@exercise.misconception
def threshold_of_one(w, t):
    """t is not used: entries move by 1."""
    return np.sign(w) * np.maximum(np.abs(w) - 1.0, 0.0)


@exercise.equivalent
def two_sides(w, t):
    return np.maximum(w - t, 0.0) - np.maximum(-w - t, 0.0)


@exercise.equivalent
def less_what_is_clipped(w, t):
    return w - np.clip(w, -t, t)


@exercise.equivalent
def by_cases(w, t):
    return np.where(w > t, w - t, np.where(w < -t, w + t, 0.0))
