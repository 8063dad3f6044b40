"""A probe of batch norm: the student's is tried on right layers and on known mistakes, in training and evaluation."""

import numpy as np

from autograder.domain import Array, Flag, Given, Record
from autograder.exercise import Call, Exercise
from autograder.exercises.normalization import batchnorm_forward

catalogued = batchnorm_forward.exercise
C, RTOL = 3, 3e-3  # an eps of 1e-3 changes what is below by 1e-3 at most, and the wrong layers by 2e-2 at least
TRAIN, EVALUATE, KEEP = True, False, 0.9  # the weight of the old running statistics
GAMMA, BETA = np.array([1.5, -0.7, 2.0]), np.array([0.4, 1.1, -0.8])
STATE = {"mean": np.array([2.0, -3.0, 0.5]), "var": np.array([4.0, 0.6, 2.5])}
TAKES = {"x": Array("N", "C"), "gamma": Array("C"), "beta": Array("C")}
TAKES |= {"state": Record(mean=Array("C"), var=Array("C")), "training": Flag()}


def is_batchnorm(norm):
    return _probe(norm)


def _fresh(n_features):
    return {"mean": np.zeros(n_features), "var": np.ones(n_features)}


def _batch(number, n=6, spread=(3.0, 1.0, 1.7), mean=(1.0, -2.0, 4.0)):
    x = np.random.default_rng(number).normal(size=(n, C))
    return (x - x.mean(axis=0)) / x.std(axis=0) * spread + mean if n > 1 else x * spread + mean


def _steps(batch_of=_batch, one_in=(TRAIN, EVALUATE)):
    """Train, evaluate twice, batches of one, and train again: pairs of a batch and whether it is for training."""
    steps = [(batch_of(0), TRAIN), (batch_of(1, mean=(3.0, 0.0, 1.0)), EVALUATE), (batch_of(2), EVALUATE)]
    return [*steps, *((batch_of(3, n=1), training) for training in one_in), (batch_of(4), TRAIN)]


STEPS = _steps()
WITHOUT_ONE = _steps(one_in=())


def _probe(
    norm, steps=STEPS, gamma=GAMMA, beta=BETA, start=STATE, rtol=RTOL, looks_at=("out", "mean", "var"),
    kept=("mean", "var"), divisors=(0, 1), weights=(KEEP,), own_states=False,
):  # fmt: skip
    """Whether all outputs and states are right.

    ``looks_at`` is what of a training step is compared, ``kept`` what of the state after an evaluation; ``divisors``
    are the ddof of the running variance that pass. With ``own_states`` each step gets ``start``, not what came back.
    """
    state = start
    for x, training in steps:
        out, new = norm(x, gamma, beta, state, training)
        right = _right_of(x, gamma, beta, state, training)
        looks = ("out", *kept) if training == EVALUATE else looks_at
        if "out" in looks and not _near(out, right, rtol):
            return False
        for key in ("mean", "var"):
            after = [state[key]] if training == EVALUATE else _after(key, x, state, divisors, weights)
            if key in looks and not any(_near(new[key], value, rtol) for value in after):
                return False
        state = start if own_states else new
    return True


def _near(got, right, rtol):
    return np.shape(got) == np.shape(right) and bool(np.all(np.abs(got - right) <= rtol * (1 + np.abs(right))))


def _right_of(x, gamma, beta, state, training):
    mean, var = (x.mean(axis=0), x.var(axis=0)) if training else (state["mean"], state["var"])
    return gamma * (x - mean) / np.sqrt(var + 1e-9) + beta


def _after(key, x, state, divisors, weights):
    """The right running statistics after a batch, one for each convention."""
    n = len(x)
    batch = [x.mean(axis=0)] if key == "mean" else [x.var(axis=0) * n / max(n - ddof, 1) for ddof in divisors]
    return [weight * state[key] + (1 - weight) * value for weight in weights for value in batch]


exercise = Exercise(
    name="is_batchnorm",
    unit="normalization",
    points=3,
    reference=is_batchnorm,
    takes={"norm": Given(lambda rng, others: _of(KEEPS, 1e-5 * rng.uniform(0.9999, 1.0)), called_with=TAKES)},
    hints=(
        "With gamma = 1 and beta = 0 nobody sees whether they are used. Which state hides mistakes in the same way?",
        "A layer returns out and a state. What should the state be after a training step, and after an evaluation?",
        "Which mistakes show in small batches alone, or in a batch of one? Which in features of different spread?",
        "By how much does an eps of 1e-3 change the outputs for your batches, and how far off is a wrong layer?",
    ),
    part="core",
    minutes=20,
    difficulty=3,
    reasoning=(
        "Outputs and states are compared after each step, from a state that is not that of a new layer, with a gamma "
        "and a beta of their own. Spreads of about 1 tell an eps of 1e-3 from a tenth, small batches N from N - 1."
    ),
)


FORMS = {form.name: form.function for form in [*catalogued.misconceptions, *catalogued.variants]}
KEEPS, UNBIASED = batchnorm_forward.batchnorm_forward, FORMS["unbiased_running_variance"]


def _of(form, eps=1e-5, momentum=KEEP):
    """A form of batchnorm_forward as the layer that the student's function gets."""

    def norm(x, gamma, beta, state, training, /):
        x, gamma, beta = (np.asarray(v, dtype=float) for v in (x, gamma, beta))
        state = {key: np.array(value, dtype=float) for key, value in state.items()}
        with np.errstate(all="ignore"):
            out, _, new = form(x, gamma, beta, state, bool(training), eps, momentum)
        return out, {key: np.array(value) for key, value in new.items()}

    norm.__qualname__ = "norm"  # as messages call it
    return norm


def _both(rng, wrong) -> list[Call]:
    """A right layer and wrong ones, which may be names of forms, so that a constant answer earns nothing."""
    right = Call({"norm": _of(KEEPS, eps=1e-5 * rng.uniform(0.9999, 1.0))}, "a right layer: its eps is 1e-05")
    layers = {told: _of(FORMS[form]) if isinstance(form, str) else form for told, form in wrong.items()}
    return [right, *(Call({"norm": norm}, f"a wrong layer: {told}") for told, norm in layers.items())]


def _after_evaluation(change):
    """A layer that changes the state in evaluation to what ``change(x)`` holds."""

    def form(x, gamma, beta, state, training, *numbers):
        out, cache, new = KEEPS(x, gamma, beta, state, training, *numbers)
        return out, cache, new if training else new | change(x)

    return _of(form)


def _forgets(x, gamma, beta, state, training, *numbers):
    return KEEPS(x, gamma, beta, _fresh(len(gamma)) if training else state, training, *numbers)


def _unbiased_batch(*given):
    return FORMS["divides_by_n_minus_one"](*given) if given[4] and len(given[0]) > 1 else KEEPS(*given)


def _with_output_if(is_training):
    """A layer whose out is that of training where ``is_training(N, training)``."""

    def form(x, gamma, beta, state, training, *numbers):
        out, cache, _ = KEEPS(x, gamma, beta, state, is_training(len(x), training), *numbers)
        return out, cache, KEEPS(x, gamma, beta, state, training, *numbers)[2]

    return _of(form)


WRONG = (
    {"evaluation uses the statistics of its own batch": "batch_in_evaluation"},
    {
        "evaluation sets the running mean to that of x": _after_evaluation(lambda x: {"mean": x.mean(axis=0)}),
        "evaluation sets the running variance back to 1": _after_evaluation(lambda x: {"var": np.ones(x.shape[1])}),
    },
    {
        "gamma and beta are missing in evaluation": "without_gamma_and_beta_in_evaluation",
        "gamma and beta are missing always": "without_gamma_and_beta",
    },
    {
        "gamma and beta come before normalising": "affine_before_it_normalises",
        "gamma and beta are exchanged": "gamma_and_beta_exchanged",
    },
    {
        "the running statistics keep a tenth of the old ones": "momentum_reversed",
        "the running statistics keep 99 hundredths of the old ones": _of(KEEPS, momentum=0.99),
    },
    {
        "the running variance holds standard deviations": "stores_the_deviation_with_eps",
        "the running variance is not moved": "moves_the_mean_alone",
    },
    {
        "the running mean is not moved": "moves_the_variance_alone",
        "neither running mean nor running variance is moved": "never_learns",
    },
    {"the running statistics always begin at 0 and 1, whatever state comes in": _of(_forgets)},
    {
        "one mean and one variance serve all features": "one_mean_for_all",
        "every sample has its own mean and variance, over its features": "over_the_features",
    },
    {
        "training divides by the variance": "divides_by_the_variance",
        "evaluation divides by the running variance": "running_variance_taken_for_a_deviation",
    },
    {"the variance by which a batch is normalised divides by N - 1": _of(_unbiased_batch)},
    {"eps is a tenth": _of(KEEPS, eps=0.1)},
    {"training normalises by the running statistics": "normalises_by_the_old_state"},
    {
        "a batch of one is evaluated in training": _with_output_if(lambda n, training: training and n > 1),
        "a batch of one is normalised by itself in evaluation": _with_output_if(lambda n, training: training or n == 1),
    },
)
for layers in WRONG:
    exercise.case(", or ".join(layers))(lambda rng, layers=layers: _both(rng, layers))


@exercise.case("six right layers, of eps up to 1e-3 and both kinds of running variance, and one that does nothing")
def right_ones(rng):
    kinds = [(n, form, eps) for n, form in (("N", KEEPS), ("N - 1", UNBIASED)) for eps in (1e-8, 1e-5, 1e-3)]
    told = "a right layer: its eps is {:g}, its running variance divides by {}"
    right = [Call({"norm": _of(form, eps * rng.uniform(0.9999, 1.0))}, told.format(eps, n)) for n, form, eps in kinds]
    nothing = _of(lambda x, gamma, beta, state, *_: (x, None, state))
    return [*right, Call({"norm": nothing}, "a wrong layer: it returns x and the state as they are")]


@exercise.misconception
def passes_everything(norm):
    """Every layer passes, also a wrong one. A probe is worth what it refuses."""
    return True


@exercise.misconception
def fails_everything(norm):
    """No layer passes, not even a right one. Is the bound too narrow for its eps, or do you look for the new state in
    the dict that you gave, and not in the one that comes back?"""
    return False


@exercise.misconception
def answers_the_other_way(norm):
    """The verdicts are the wrong way round: True means that the layer is right."""
    return not is_batchnorm(norm)


@exercise.misconception
def never_evaluates(norm):
    """Layers pass that do in evaluation what they should not. Call them with training=False as well."""
    return _probe(norm, [step for step in STEPS if step[1] == TRAIN])


@exercise.misconception
def looks_at_outputs_alone(norm):
    """Layers pass whose running statistics go wrong, since only outputs are compared, and every call gets a state of
    yours. Look at the state that comes back, or give it to the next call."""
    return _probe(norm, looks_at=("out",), kept=(), own_states=True)


@exercise.misconception
def looks_at_states_alone(norm):
    """Layers pass whose state is right and whose training output is not. Compare the output, too."""
    return _probe(norm, looks_at=("mean", "var"))


@exercise.misconception
def looks_at_the_mean_alone(norm):
    """A layer passes whose running variance holds standard deviations, or is never moved. Compare it as well."""
    return _probe(norm, looks_at=("out", "mean"))


@exercise.misconception
def looks_at_the_variance_alone(norm):
    """A layer passes whose running mean is never moved. Compare it as the running variance."""
    return _probe(norm, looks_at=("out", "var"))


@exercise.misconception
def ignores_the_state_after_evaluation(norm):
    """A layer passes whose state moves in evaluation. Its outputs are right, and the state that comes back is not the
    one that went in: compare the two."""
    return _probe(norm, kept=())


@exercise.misconception
def with_gamma_one_and_beta_zero(norm):
    """Layers pass that leave gamma and beta out, in evaluation or always, or apply them too early. With gamma = 1 and
    beta = 0 nobody sees it: choose others."""
    return _probe(norm, gamma=np.ones(C), beta=np.zeros(C))


@exercise.misconception
def without_a_batch_of_one(norm):
    """Layers pass that go wrong with a batch of one. In training it gives beta, in evaluation what any sample gives:
    ask for both."""
    return _probe(norm, WITHOUT_ONE)


@exercise.misconception
def trains_no_batch_of_one(norm):
    """A layer passes that evaluates a batch of one in training. There its mean is itself, and the output is beta."""
    return _probe(norm, _steps(one_in=(EVALUATE,)))


@exercise.misconception
def evaluates_no_batch_of_one(norm):
    """A layer passes that normalises a batch of one by itself, in evaluation. There its output must be what the same
    sample gets in any batch."""
    return _probe(norm, _steps(one_in=(TRAIN,)))


@exercise.misconception
def always_a_fresh_state(norm):
    """Layers pass that take the old running statistics for 0 and 1, or make them so again. That is what they are before
    the first batch: give the layer the state that it has returned, or another one."""
    return _probe(norm, start=_fresh(C), own_states=True)


@exercise.misconception
def is_content_if_the_state_moves(norm):
    """Layers pass whose running statistics move by another share than a tenth. Work out where one batch moves them."""
    return _probe(norm, weights=(KEEP, 0.1, 0.5, 0.99, 0.0))


@exercise.misconception
def takes_large_batches(norm):
    """A layer passes whose variance of the batch divides by N - 1. In a large batch that is nearly N: take a small
    one."""
    return _probe(norm, _steps(batch_of=lambda number, n=400, **given: _batch(number, n, **given)))


@exercise.misconception
def takes_standard_batches(norm):
    """Layers pass that divide by the variance, or take one mean for all features. In batches of mean 0 and variance 1
    nobody sees it: choose features of different means and spreads."""
    return _probe(norm, _steps(lambda number, n=6, **given: _batch(number, n, (1.0,) * C, (0.0,) * C)))


@exercise.misconception
def takes_large_spreads(norm):
    """A layer passes whose eps is a tenth. Beside variances of thousands that is nothing: take some of about 1."""
    state = {"mean": STATE["mean"], "var": 1e4 * STATE["var"]}
    return _probe(norm, _steps(lambda number, n=6, **given: 100 * _batch(number, n, **given)), start=state)


@exercise.misconception
def compares_roughly(norm):
    """Layers pass that are off by some hundredths, as by an eps of a tenth, or by N - 1. Right ones are within a
    thousandth of each other, if the variances are of order 1."""
    return _probe(norm, rtol=0.15)


@exercise.misconception
def compares_too_strictly(norm):
    """Right layers fail whose eps is larger than yours, or smaller. It may be anything up to 1e-3: leave room for what
    that changes."""
    return _probe(norm, rtol=1e-5)


@exercise.misconception
def insists_on_the_biased_variance(norm):
    """Right layers fail whose running variance divides by N - 1, as PyTorch's does. Either divisor is right there."""
    return _probe(norm, divisors=(0,))


@exercise.misconception
def insists_on_the_unbiased_variance(norm):
    """Right layers fail whose running variance divides by N, as Keras's does. Either divisor is right there."""
    return _probe(norm, divisors=(1,))


@exercise.misconception
def insists_on_pytorchs_momentum(norm):
    """Right layers fail, and one passes that keeps a tenth of the old running statistics. They keep nine tenths."""
    return _probe(norm, weights=(0.1,))


@exercise.equivalent
def in_words(norm):
    rng = np.random.default_rng(5)
    gamma, beta = rng.uniform(1, 2, 4), rng.uniform(-1, 1, 4)
    state = {"mean": rng.normal(size=4), "var": rng.uniform(1.5, 3, 4)}
    x, y = rng.normal(3, [1, 2, 3, 4], (5, 4)), rng.normal(-1, 2, (3, 4))
    mean, var, n = x.mean(0), x.var(0), len(x)

    def close(a, b):
        return np.allclose(a, b, rtol=0.01, atol=0.005)

    out, new = norm(x, gamma, beta, state, True)
    ok = close(out, gamma * (x - mean) / x.std(0) + beta)
    ok = ok and close(new["mean"], 0.9 * state["mean"] + 0.1 * mean)
    ok = ok and any(close(new["var"], 0.9 * state["var"] + 0.1 * v) for v in (var, var * n / (n - 1)))
    for batch in (y, y[1:2]):
        out, same = norm(batch, gamma, beta, state, False)
        ok = ok and close(out, gamma * (batch - state["mean"]) / np.sqrt(state["var"]) + beta)
        ok = ok and close(same["mean"], state["mean"]) and close(same["var"], state["var"])
    out, _ = norm(y[:1], gamma, beta, state, True)
    return bool(ok and close(out, [beta]))


@exercise.equivalent
def by_its_effects(norm):
    rng = np.random.default_rng(1)
    gamma, beta, old = np.array([2.0, 3.0]), np.array([-1.0, 5.0]), {"mean": np.ones(2), "var": np.array([9.0, 4.0])}
    x = rng.uniform(-1, 1, (4, 2)) * [2, 5] + [10, 20]
    out, state = norm(x, gamma, beta, old, True)
    checks = [out.mean(0) - beta, (out.std(0) - gamma) / 2, np.sign(out - beta) - np.sign(x - x.mean(0))]
    checks += [state["mean"] - 0.9 - 0.1 * x.mean(0), (state["var"] - 0.9 * old["var"]) / x.var(0) > 0.14]
    checks += [(state["var"] - 0.9 * old["var"]) / x.var(0) < 0.0999, norm(x[:1], gamma, beta, old, True)[0] - beta]
    single = norm(x[2:3], gamma, beta, old, False)
    both, after = norm(x[1:3], gamma, beta, state, False)
    checks += [single[0] - (beta + gamma * (x[2] - 1) / [3, 2])]
    checks += [(both[1] - beta - gamma * (x[2] - state["mean"]) / np.sqrt(state["var"])) / 2]
    checks += [(norm(x[2:3], gamma, beta, state, False)[0] - both[1]), after["mean"] - state["mean"]]
    checks += [after["var"] - state["var"], single[1]["var"] - old["var"]]
    return all(float(np.max(np.abs(check))) < 0.01 for check in checks)
