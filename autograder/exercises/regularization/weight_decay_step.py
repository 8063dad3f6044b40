"""A step with weight decay, coupled to an adaptive optimiser or beside it."""

import numpy as np

from autograder.domain import Array, Given, Number
from autograder.draw import either_sign
from autograder.exercise import Call, Exercise
from autograder.exercises.regularization._rmsprop_mistakes import add_rmsprop_mistakes


def weight_decay_step(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    w, grad, v = (np.asarray(given, dtype=float) for given in (w, grad, v))
    g = grad if decoupled else grad + decay * w
    new_v = rho * v + (1 - rho) * g**2
    beside = decay * w if decoupled else 0.0
    return w - lr * (g / (np.sqrt(new_v) + eps) + beside), new_v


def _decoupled(rng, others):
    """Coupled where grad holds integers, decoupled where w does: what is written into these shows on every draw."""
    of_integers = [name for name in ("w", "grad") if others[name].dtype.kind == "i"]
    return of_integers == ["w"] if of_integers else bool(rng.integers(2))


exercise = Exercise(
    name="weight_decay_step",
    unit="regularization",
    points=3,
    reference=weight_decay_step,
    takes={
        "w": Array(),
        "grad": Array(),
        "v": Array(low=0),
        "lr": Number(0.05, 0.2, corners=(2.0,), says="positive"),
        "decay": Number(0.3, 0.9, corners=(0.0, 3.0), says="at least 0"),
        "decoupled": Given(_decoupled),
        "rho": Number(0.6, 0.8, corners=(0.0,), says="from 0 to below 1"),
        "eps": Number(0.01, 0.1, corners=(1.0,), says="any positive number"),
    },
    returns=("w", "v"),
    new=True,
    hints=(
        "There are two places at which w can come in: before the optimiser, or after it. Which one is which?",
        "Coupled, what is g, and where is it used? Decoupled, what is g, and is decay * w divided by anything?",
        "Is v made of the same g as the step, and is it the new v that the step is divided by?",
    ),
    part="core",
    minutes=8,
    difficulty=2,
    reasoning=(
        "Coupled, the penalty's gradient is one with that of the loss, and is divided by the same root: weights with "
        "large gradients hardly decay. Decoupled, every weight shrinks by the same share, lr * decay."
    ),
)


def _draw(rng, decoupled, shape=(2, 3), v=None):
    """Weights, gradients and mean squares of different sizes, and an eps that can be seen."""
    return {
        "w": either_sign(rng, shape, 0.6, 2.5),
        "grad": either_sign(rng, shape, 0.3, 2.0),
        "v": rng.uniform(0.5, 4.0, shape).round(3) if v is None else v,
        "lr": round(rng.uniform(0.06, 0.2), 3),
        "decay": round(rng.uniform(0.4, 0.9), 2),
        "decoupled": decoupled,
        "rho": round(rng.uniform(0.6, 0.8), 2),
        "eps": round(rng.uniform(0.02, 0.1), 3),
    }


@exercise.case("coupled")
def coupled(rng):
    return _draw(rng, False, (3, int(rng.integers(2, 5))))


@exercise.case("decoupled")
def decoupled(rng):
    return _draw(rng, True, (int(rng.integers(3, 6)), 2))


def _both(draw):
    return [Call(draw(False), "coupled"), Call(draw(True), "decoupled")]


@exercise.case("without any decay, where both are the same")
def no_decay(rng):
    return _both(lambda decoupled: _draw(rng, decoupled) | {"decay": 0.0})


@exercise.case("the first step, from v = 0, and a weight of 0 without a gradient")
def first_step(rng):
    still = np.array([1.0, 1.0, 0.0, 1.0])

    def draw(decoupled):
        inputs = _draw(rng, decoupled, (4,), np.zeros(4))
        return inputs | {"w": still * inputs["w"], "grad": still * inputs["grad"]}

    return _both(draw)


@exercise.case("gradients of zero, so that only the decay moves w")
def no_gradient(rng):
    return _both(lambda decoupled: _draw(rng, decoupled, (5,)) | {"grad": np.zeros(5)})


@exercise.case("small gradients, where eps counts")
def small_gradients(rng):
    def draw(decoupled):
        inputs = _draw(rng, decoupled, (2, 2))
        return inputs | {"grad": 0.02 * inputs["grad"], "v": 1e-4 * inputs["v"], "w": 0.02 * inputs["w"], "eps": 0.05}

    return _both(draw)


@exercise.case("rho and eps left out")
def left_out(rng):
    def draw(decoupled):
        inputs = _draw(rng, decoupled)
        return {name: value for name, value in inputs.items() if name not in ("rho", "eps")}

    return _both(draw)


def _step(w, g, v, lr, rho, eps, beside=0.0, into_v=None):
    """RMSProp along g, with ``beside`` beside it, and v made of ``into_v`` where that is not g."""
    v = rho * v + (1 - rho) * np.square(g if into_v is None else into_v)
    return w - lr * (g / (np.sqrt(v) + eps) + beside), v


def _parts(w, grad, decay, decoupled):
    """What goes through the optimiser, and what goes beside it."""
    return (1.0 * grad, decay * w) if decoupled else (grad + decay * w, 0.0)


@exercise.misconception("WD1")
def always_coupled(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """decoupled is not looked at: the penalty is always added to the gradient, so that weights with large gradients
    hardly decay. That is L2."""
    return weight_decay_step(w, grad, v, lr, decay, False, rho, eps)


@exercise.misconception
def always_decoupled(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """decoupled is not looked at: the decay always goes beside the optimiser, also where it should be coupled."""
    return weight_decay_step(w, grad, v, lr, decay, True, rho, eps)


@exercise.misconception
def exchanged(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Coupled is done where decoupled is asked for, and the other way round."""
    return weight_decay_step(w, grad, v, lr, decay, not decoupled, rho, eps)


@exercise.misconception
def both_at_once(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Decoupled, the penalty is added to the gradient as well, so that w decays twice."""
    return _step(w, grad + decay * w, v, lr, rho, eps, decay * w if decoupled else 0.0)


@exercise.misconception("WD2")
def decay_without_the_rate(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Decoupled, w shrinks by decay itself. It is lr * decay * w that is subtracted."""
    g, beside = _parts(w, grad, decay, decoupled)
    return _step(w, g, v, lr, rho, eps, beside / lr)


@exercise.misconception
def rate_twice(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Decoupled, the decay is multiplied by the rate twice. Once is enough: lr * decay * w."""
    g, beside = _parts(w, grad, decay, decoupled)
    return _step(w, g, v, lr, rho, eps, lr * beside)


@exercise.misconception("WD4a")
def weights_grow(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Decoupled, lr * decay * w is added, so that weights grow. It is subtracted."""
    g, beside = _parts(w, grad, decay, decoupled)
    return _step(w, g, v, lr, rho, eps, -beside)


@exercise.misconception("WD4b")
def penalty_subtracted(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Coupled, decay * w is subtracted from the gradient, so that weights grow. It is added: the step then subtracts
    it."""
    if decoupled:
        return weight_decay_step(w, grad, v, lr, decay, True, rho, eps)
    return _step(w, grad - decay * w, v, lr, rho, eps)


@exercise.misconception
def penalty_not_in_v(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Coupled, v is made of the bare gradient, though the step is not. The optimiser knows one g, the penalty's share
    in it."""
    g, beside = _parts(w, grad, decay, decoupled)
    return _step(w, g, v, lr, rho, eps, beside, into_v=1.0 * grad)


@exercise.misconception
def penalty_only_in_v(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Coupled, the penalty goes into v, but not into the step. Both are made of the same g."""
    g, beside = _parts(w, grad, decay, decoupled)
    return _step(w, 1.0 * grad, v, lr, rho, eps, beside, into_v=g)


@exercise.misconception
def penalty_in_v_when_decoupled(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Decoupled, v is made of the gradient with the penalty. The optimiser is not to see the penalty at all."""
    g, beside = _parts(w, grad, decay, decoupled)
    return _step(w, g, v, lr, rho, eps, beside, into_v=grad + decay * w)


@exercise.misconception
def decay_through_the_root(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Decoupled, decay * w is divided by the root, too. It goes beside the optimiser: lr * decay * w, whatever the
    gradients were."""
    if not decoupled:
        return weight_decay_step(w, grad, v, lr, decay, False, rho, eps)
    return _step(w, grad + decay * w, v, lr, rho, eps, into_v=1.0 * grad)


@exercise.misconception
def twice_the_decay(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """The decay counts twice, as the gradient of decay * w squared would. The gradient of the penalty is decay * w."""
    return weight_decay_step(w, grad, v, lr, 2 * decay, decoupled, rho, eps)


@exercise.misconception
def half_of_the_decay(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """The decay is halved. The half stands in the penalty; in its gradient there is none."""
    return weight_decay_step(w, grad, v, lr, decay / 2, decoupled, rho, eps)


add_rmsprop_mistakes(exercise, weight_decay_step, _parts)


@exercise.misconception
def beside_in_both_ways(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Coupled, the decay counts twice: decay * w is in the gradient, and lr * decay * w is subtracted beside the
    optimiser as well. That belongs to the decoupled way alone: does the line stand outside of the if?"""
    g = grad if decoupled else grad + decay * w
    return _step(w, 1.0 * g, v, lr, rho, eps, decay * w)


@exercise.misconception
def twice_in_both_ways(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """decoupled is not looked at, and w decays twice: decay * w is always added to the gradient, and lr * decay * w is
    always subtracted beside the optimiser. Each way takes one of the two."""
    return _step(w, grad + decay * w, v, lr, rho, eps, decay * w)


@exercise.misconception
def squares_added_apart(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Coupled, the squares of the gradient and of the penalty go into v one by one. What is squared is their sum, g."""
    g, beside = _parts(w, grad, decay, decoupled)
    v = rho * v + (1 - rho) * (np.square(grad) + np.square(g - grad))
    return w - lr * (g / (np.sqrt(v) + eps) + beside), v


@exercise.misconception
def decays_by_the_gradient(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Decoupled, lr * decay * grad is subtracted. It is w that decays: lr * decay * w."""
    g, _ = _parts(w, grad, decay, decoupled)
    return _step(w, g, v, lr, rho, eps, decay * grad if decoupled else 0.0)


@exercise.misconception
def decay_by_sign(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """decay * sign(w) is used, the gradient of L1: every weight is moved by the same distance. Here it is decay * w."""
    g, beside = _parts(np.sign(w), grad, decay, decoupled)
    return _step(w, g, v, lr, rho, eps, beside)


@exercise.misconception
def no_decay_at_all(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """This is RMSProp alone; decay is not used."""
    return weight_decay_step(w, grad, v, lr, 0.0, decoupled, rho, eps)


@exercise.misconception
def ascends(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """The step along the gradient is added. It is subtracted, to go down."""
    g, beside = _parts(w, grad, decay, decoupled)
    return _step(w, g, v, -lr, rho, eps, -beside)


@exercise.misconception
def returns_exchanged(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """v is returned before w. First the new w, then v."""
    return weight_decay_step(w, grad, v, lr, decay, decoupled, rho, eps)[::-1]


@exercise.misconception
def returns_the_step(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """The first value is what is subtracted from w. Wanted is w after the step."""
    new_w, v = weight_decay_step(w, grad, v, lr, decay, decoupled, rho, eps)
    return w - new_w, v


@exercise.variant("WD3")
def decays_the_new_weights(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Decoupled, what shrinks is w after the optimiser's step, by the same share. The difference is of the order of lr
    squared; here, as in the paper, the old w decays."""
    new_w, v = weight_decay_step(w, grad, v, lr, 0.0 if decoupled else decay, decoupled, rho, eps)
    return (new_w * (1 - lr * decay) if decoupled else new_w), v


def _and_decays_the_new_weights(form):
    def then_decays(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        new_w, new_v = form(w, grad, v, lr, 0.0 if decoupled else decay, decoupled, rho, eps)
        return (new_w * (1 - lr * decay) if decoupled else new_w), new_v

    then_decays.__name__ = f"{form.__name__}_and_decays_the_new_weights"
    then_decays.__doc__ = (
        f"{form.__doc__} (Besides, decoupled, what decays here is the old w, and not w after the step.)"
    )
    return then_decays


OFTEN = ("penalty_not_in_v", "old_v", "rho_exchanged", "new_square_in_full", "no_root", "eps_under_the_root")
for known in [form.function for form in exercise.misconceptions if form.name in OFTEN]:
    exercise.misconception(_and_decays_the_new_weights(known))


@exercise.equivalent
def shrinks_first(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    g = grad + (0 if decoupled else decay) * w
    v = v + (1 - rho) * (g * g - v)
    kept = 1 - lr * decay if decoupled else 1.0
    return kept * w - lr * g / (v**0.5 + eps), v


@exercise.equivalent
def two_branches(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    if decoupled:
        v = rho * v + (1 - rho) * np.square(1.0 * grad)
        return w - lr * grad / (np.sqrt(v) + eps) - lr * decay * w, v
    g = grad + decay * w
    v = rho * v + (1 - rho) * np.square(g)
    return w - lr * g / (np.sqrt(v) + eps), v
