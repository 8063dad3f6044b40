"""The fast gradient sign method: the step on the input that raises the linearised loss most."""

import numpy as np

from autograder.domain import Array, Number
from autograder.draw import either_sign
from autograder.exercise import Call, Exercise
from course_lib.functions import regularization

exercise = Exercise(
    name="fgsm",
    unit="regularization",
    points=1,
    reference=regularization.fgsm,
    takes={
        "x": Array(),
        "dx": Array(),
        "eps": Number(0.05, 0.2, corners=(0.0,), says="at least 0"),
        "low": Number(-2.5, -1.5),
        "high": Number(1.5, 2.5),
    },
    new=True,
    hints=(
        "You may move every entry by eps at most, and the loss should grow as fast as it can. Which direction is best "
        "for an entry whose gradient is -0.001?",
        "np.sign gives -1, 0 or 1. What is it multiplied by, and what is it added to?",
        "A pixel of 0.95 moves up by 0.1. Is the result still a pixel, and what brings it back?",
    ),
    part="core",
    minutes=3,
    difficulty=1,
    reasoning=(
        "To first order the loss changes by the sum of dx times the change of x. When no entry may move by more than "
        "eps, every entry adds most by moving eps along the sign of its gradient."
    ),
)


def _pixels(rng, shape):
    """Images between 0 and 1: the first entries lie at the ends, the others in the middle; gradients of both signs."""
    x = rng.uniform(0.35, 0.65, shape).round(3)
    x.flat[:4] = 0.02, 0.98, 0.03, 0.97
    dx = either_sign(rng, shape, 0.003, 0.6)
    dx.flat[:6] = np.abs(dx.flat[:6]) * [-1, 1, 1, -1, -1, 1]
    return x, dx


@exercise.case("pixels in the middle and at the ends of 0 to 1, and the defaults of low and high")
def pixels(rng):
    x, dx = _pixels(rng, (int(rng.integers(2, 4)), 5))
    return {"x": x, "dx": dx, "eps": round(float(rng.uniform(0.1, 0.2)), 3)}


@exercise.case("gradients of very different size, and some that are 0")
def different_gradients(rng):
    x, dx = _pixels(rng, (3, 4))
    dx[1] = [1e-9, -1e-9, 50.0, -50.0]
    dx[2] = [0.0, 0.02, 0.0, -0.02]
    return {"x": x, "dx": dx, "eps": 0.15, "low": 0.0, "high": 1.0}


@exercise.case("inputs from -1 to 1, and from 0 to 255")
def other_bounds(rng):
    x, dx = _pixels(rng, (2, 6))
    return [
        Call({"x": (2 * x - 1).round(3), "dx": dx, "eps": 0.13, "low": -1.0, "high": 1.0}, "from -1 to 1"),
        Call({"x": (255 * x).round(), "dx": dx, "eps": 8.0, "low": 0.0, "high": 255.0}, "from 0 to 255"),
    ]


@exercise.case("no bounds: low and high are infinite")
def no_bounds(rng):
    x, dx = either_sign(rng, (2, 5)), either_sign(rng, (2, 5))
    dx[0, :2] = 0.02, -0.02
    return {"x": x, "dx": dx, "eps": 0.3, "low": -np.inf, "high": np.inf}


@exercise.misconception("AT1a")
def takes_the_raw_gradient(x, dx, eps, low=0.0, high=1.0):
    """The gradient itself is added, times eps. Entries with a small gradient hardly move: it is the sign that decides,
    and every entry moves by eps."""
    return np.clip(x + eps * dx, low, high)


@exercise.misconception("AT1b")
def divides_by_the_norm(x, dx, eps, low=0.0, high=1.0):
    """The gradient is divided by its norm, so that the whole step has length eps. That is the best step when its length
    is bounded; here each entry may move by eps: take the sign."""
    return np.clip(x + eps * dx / max(float(np.linalg.norm(dx)), 1e-300), low, high)


@exercise.misconception("AT1c")
def divides_by_the_largest(x, dx, eps, low=0.0, high=1.0):
    """The gradient is divided by its largest entry, so that this one alone moves by eps. Every entry should: take the
    sign."""
    return np.clip(x + eps * dx / max(float(np.max(np.abs(dx), initial=0.0)), 1e-300), low, high)


@exercise.misconception
def limits_the_gradient(x, dx, eps, low=0.0, high=1.0):
    """The gradient is added, limited to -eps and eps, so that entries with a small one hardly move. Every entry may
    move by eps, and the loss grows most if each does: take the sign."""
    return np.clip(x + np.clip(dx, -eps, eps), low, high)


@exercise.misconception("AT3")
def descends(x, dx, eps, low=0.0, high=1.0):
    """The step goes down, as in training, and makes the loss smaller. An adversary wants it larger: add."""
    return np.clip(x - eps * np.sign(dx), low, high)


@exercise.misconception("AT4a")
def never_clips(x, dx, eps, low=0.0, high=1.0):
    """The result is not clipped, so that pixels get darker than black or brighter than white. Clip it to low and
    high."""
    return x + eps * np.sign(dx)


@exercise.misconception("AT4b")
def clips_the_step_alone(x, dx, eps, low=0.0, high=1.0):
    """The step is clipped to low and high, and then added. It is the sum that must stay between them."""
    return x + np.clip(eps * np.sign(dx), low, high)


@exercise.misconception("AT4c")
def clips_before_the_step(x, dx, eps, low=0.0, high=1.0):
    """x is clipped, and then the step is added, which may lead out again. Clip the result."""
    return np.clip(x, low, high) + eps * np.sign(dx)


@exercise.misconception
def always_clips_to_one(x, dx, eps, low=0.0, high=1.0):
    """The result is clipped to 0 and 1, whatever low and high are. Inputs may lie between -1 and 1, or go up to 255."""
    return np.clip(x + eps * np.sign(dx), 0.0, 1.0)


@exercise.misconception
def clips_below_alone(x, dx, eps, low=0.0, high=1.0):
    """The result is clipped from below, and not from above."""
    return np.maximum(x + eps * np.sign(dx), low)


@exercise.misconception
def clips_above_alone(x, dx, eps, low=0.0, high=1.0):
    """The result is clipped from above, and not from below."""
    return np.minimum(x + eps * np.sign(dx), high)


@exercise.misconception
def clips_to_a_ball_around_zero(x, dx, eps, low=0.0, high=1.0):
    """The result is clipped to -eps and eps. eps bounds how far an entry moves, and low and high where it may be."""
    return np.clip(x + eps * np.sign(dx), -eps, eps)


@exercise.misconception
def returns_the_step_alone(x, dx, eps, low=0.0, high=1.0):
    """This is the step, without x. The result is the changed input."""
    return eps * np.sign(dx)


@exercise.misconception
def takes_the_sign_of_x(x, dx, eps, low=0.0, high=1.0):
    """The sign of x decides, and the gradient plays no part. How the loss changes is what dx says."""
    return np.clip(x + eps * np.sign(x), low, high)


@exercise.misconception
def forgets_eps(x, dx, eps, low=0.0, high=1.0):
    """Every entry moves by 1. The step is eps times the sign."""
    return np.clip(x + np.sign(dx), low, high)


@exercise.misconception
def scales_by_the_range(x, dx, eps, low=0.0, high=1.0):
    """eps is multiplied by high - low. It is in the units of x already."""
    with np.errstate(invalid="ignore"):
        return np.clip(x + eps * (high - low) * np.sign(dx), low, high)


@exercise.misconception
def zero_counts_as_positive(x, dx, eps, low=0.0, high=1.0):
    """Where the gradient is 0, eps is added. The loss does not depend on that entry, and np.sign(0) is 0: it stays."""
    return np.clip(x + np.where(np.asarray(dx) >= 0, eps, -eps), low, high)


@exercise.misconception
def zero_counts_as_negative(x, dx, eps, low=0.0, high=1.0):
    """Where the gradient is 0, eps is subtracted. The loss does not depend on that entry, and np.sign(0) is 0: it
    stays."""
    return np.clip(x + np.where(np.asarray(dx) > 0, eps, -eps), low, high)


@exercise.misconception
def moves_up_alone(x, dx, eps, low=0.0, high=1.0):
    """Entries with a negative gradient stay where they are. To lower them raises the loss, too."""
    return np.clip(x + eps * (np.asarray(dx) > 0), low, high)


@exercise.misconception
def moves_everything_up(x, dx, eps, low=0.0, high=1.0):
    """The gradient's sign is lost, and every entry becomes larger. Where it is negative, the loss then falls."""
    return np.clip(x + eps * np.abs(np.sign(dx)), low, high)


@exercise.misconception
def one_sign_for_all(x, dx, eps, low=0.0, high=1.0):
    """One sign, that of the gradients' sum, moves all entries. Each has a sign of its own."""
    return np.clip(x + eps * np.sign(np.sum(dx)), low, high)


@exercise.misconception
def changes_x(x, dx, eps, low=0.0, high=1.0):
    """The values are right, but they were written into x. x + ... makes a new array, x += ... does not."""
    x[...] = np.clip(x + eps * np.sign(dx), low, high)
    return x


@exercise.equivalent
def by_where(x, dx, eps, low=0.0, high=1.0):
    step = np.where(dx > 0, eps, np.where(dx < 0, -eps, 0.0))
    return np.minimum(np.maximum(x + step, low), high)


@exercise.equivalent
def by_comparisons(x, dx, eps, low=0.0, high=1.0):
    out = np.array(x, dtype=float)
    out[dx > 0] += eps
    out[dx < 0] -= eps
    return out.clip(low, high)


@exercise.equivalent
def clips_the_step_to_what_is_left(x, dx, eps, low=0.0, high=1.0):
    return x + np.clip(eps * np.sign(dx), low - np.asarray(x), high - np.asarray(x))
