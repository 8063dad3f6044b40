"""A step of gradient descent with clipping: what is clipped, and when."""

import numpy as np

from autograder.domain import Arrays, Number
from autograder.draw import either_sign
from autograder.exercise import Exercise
from course_lib.optimizers import clipping

exercise = Exercise(
    name="clipped_sgd_step",
    unit="vanishing_gradients",
    points=1,
    reference=clipping.clipped_sgd_step,
    # lr times the norm of the gradients is above c but in the corners, which are the quadrants of both conditions
    takes={
        "params": Arrays(integers=False),
        "grads": Arrays(integers=False),
        "lr": Number(0.3, 0.5, corners=(0.01, 3.0)),
        "c": Number(0.5, 1.0, corners=(0.5, 5.0, 100.0)),
    },
    new=True,
    hints=(
        "Clipping protects the parameters from one bad batch. Which of the three, parameters, gradients or step, does "
        "the bound c speak of?",
        "The step is lr times something. Of which length may that something be at most, and what does that make the "
        "length of the step?",
        "clip_by_global_norm returns two values. Which of them do you subtract, and from what?",
    ),
    part="more",
    minutes=4,
    difficulty=2,
    reasoning="The bound is for the gradient, so clipping comes before the rate: no step is longer than lr times c.",
)


def _draw(rng, shapes, size, lr, c):
    """Parameters longer than any c here, and gradients of order ``size``, whose sum is negative."""
    grads = [(size * rng.uniform(0.5, 1, shape)).round(3) for shape in shapes]
    for g in grads:
        g.flat[::2] *= -2
    return {"params": [either_sign(rng, shape, 1, 2) for shape in shapes], "grads": grads, "lr": lr, "c": c}


@exercise.case("a gradient that is too long")
def too_long(rng):
    return _draw(rng, [(2, 3), (int(rng.integers(4, 6)),)], 5.0, 0.3, 0.7)


@exercise.case("a gradient that is short enough")
def short_enough(rng):
    return _draw(rng, [(3, 2), (4,)], 0.05, 0.5, 2.5)


@exercise.case("a learning rate above one")
def large_rate(rng):
    return _draw(rng, [(3,), (1, 2)], 4.0, 2.5, 0.9)


@exercise.case("a gradient of zero")
def zero_gradient(rng):
    return {**_draw(rng, [(2, 2), (3,)], 1.0, 0.3, 1.3), "grads": [np.zeros((2, 2)), np.zeros(3)]}


def _descend(params, steps):
    return [p - s for p, s in zip(params, steps, strict=True)]


def _scaled(factor, arrays):
    return [factor * a for a in arrays]


def _clip(arrays, c):
    return clipping.clip_by_global_norm(arrays, c)[0]


@exercise.misconception("CL5a")
def clips_the_new_parameters(params, grads, lr, c):
    """The parameters are clipped after the step. That bounds the network, not the step: one bad batch still overwrites
    what was learned. Clip the gradients, before the step."""
    return _clip(_descend(params, _scaled(lr, grads)), c)


@exercise.misconception("CL5b")
def clips_the_old_parameters(params, grads, lr, c):
    """The parameters are clipped, and the gradients pass as they are. It is the gradients that can explode."""
    return _descend(_clip(params, c), _scaled(lr, grads))


@exercise.misconception("CL5c")
def clips_the_update(params, grads, lr, c):
    """The update lr * gradient is clipped. The bound c is for the gradient: clip first, then multiply by lr."""
    return _descend(params, _clip(_scaled(lr, grads), c))


@exercise.misconception
def does_not_clip(params, grads, lr, c):
    """Nothing is clipped: this is a plain step of gradient descent, however long the gradient is."""
    return _descend(params, _scaled(lr, grads))


@exercise.misconception
def clips_by_value(params, grads, lr, c):
    """The gradients are clipped by value, entry by entry, which turns the step. Scale all of them by one factor."""
    return _descend(params, _scaled(lr, clipping.clip_by_value(grads, c)))


@exercise.misconception
def clips_each_array(params, grads, lr, c):
    """Each array is clipped by its own norm. The whole gradient counts: one norm, one factor for all arrays."""
    return _descend(params, _scaled(lr, [_clip([g], c)[0] for g in grads]))


@exercise.misconception
def ascends(params, grads, lr, c):
    """The step is added. The gradient points uphill: subtract it."""
    return _descend(params, _scaled(-lr, _clip(grads, c)))


@exercise.misconception
def forgets_the_rate(params, grads, lr, c):
    """The clipped gradient is subtracted as it is. The learning rate is missing."""
    return _descend(params, _clip(grads, c))


@exercise.misconception
def returns_the_step(params, grads, lr, c):
    """This is the step, lr times the clipped gradient. Subtract it from the parameters."""
    return _scaled(lr, _clip(grads, c))


@exercise.misconception
def updates_in_place(params, grads, lr, c):
    """The result is right, but the parameters that were passed in are overwritten. Return new arrays."""
    for p, g in zip(params, _clip(grads, c), strict=True):
        p -= lr * g
    return params


@exercise.misconception
def returns_the_norm_too(params, grads, lr, c):
    """The new parameters come together with the norm. Return the list of parameters alone."""
    clipped, norm = clipping.clip_by_global_norm(grads, c)
    return _descend(params, _scaled(lr, clipped)), norm


@exercise.equivalent
def clipped_rate(params, grads, lr, c):
    norm = np.sqrt(sum(np.sum(g * g) for g in grads))
    rate = lr if norm <= c else lr * c / norm
    return [p - rate * g for p, g in zip(params, grads, strict=True)]


@exercise.equivalent
def one_long_vector(params, grads, lr, c):
    flat = np.concatenate([g.ravel() for g in grads])
    flat = flat * min(1.0, c / max(np.linalg.norm(flat), 1e-300))
    pieces = np.split(flat, np.cumsum([g.size for g in grads])[:-1])
    return [p - lr * piece.reshape(p.shape) for p, piece in zip(params, pieces, strict=True)]


@exercise.equivalent
def copies_then_subtracts(params, grads, lr, c):
    new = [p.copy() for p in params]
    norm = np.linalg.norm([np.linalg.norm(g) for g in grads])
    for p, g in zip(new, grads, strict=True):
        p -= lr * g / max(1.0, norm / c)
    return new
