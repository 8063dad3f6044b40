"""The running statistics of batch norm after a batch, as Keras moves them and as PyTorch does."""

import numpy as np

from autograder.domain import Array, Given, Number, Record
from autograder.draw import either_sign
from autograder.exercise import Call, Exercise
from course_lib.functions import normalization


def running_update(state, x, momentum, convention):
    n, c = np.shape(x)
    weight, correction = (1 - momentum, n / (n - 1)) if convention == "torch" else (momentum, 1.0)
    nothing = normalization.batchnorm_state(c)
    _, _, batch = normalization.batchnorm_forward(x, np.ones(c), np.zeros(c), nothing, training=True, momentum=0.0)
    return {
        "mean": weight * state["mean"] + (1 - weight) * batch["mean"],
        "var": weight * state["var"] + (1 - weight) * correction * batch["var"],
    }


exercise = Exercise(
    name="running_update",
    unit="normalization",
    points=2,
    reference=running_update,
    takes={
        "state": Record(mean=Array("C"), var=Array("C", low=0)),
        "x": Array("N", "C"),
        "momentum": Number(0.6, 0.9, corners=(0.0, 1.0), says="from 0 to 1"),
        "convention": Given(lambda rng, others: "torch"),
    },
    hints=(
        "Write both as old * a + new * (1 - a). What is a in Keras, and what in PyTorch?",
        "Which of the two divides the sum of squares by N - 1, and by what do you multiply the other to get it?",
        "Is the state that you return a new one, and is the old one as it was?",
    ),
    part="more",
    minutes=5,
    difficulty=2,
    reasoning=(
        "Both average with weights that shrink geometrically, and differ in which weight is called momentum, and in "
        "the divisor of the batch's variance. The old variance is taken as it is: only the new one is multiplied."
    ),
)


def _draw(rng, convention, n_samples=4, n_channels=3, momentum=None):
    """Channels of different mean and spread, and a state that is far from them."""
    spread = rng.uniform([0.5, 2.0, 1.0, 3.0, 0.7], [0.8, 3.0, 1.5, 4.0, 0.9])[:n_channels]
    return {
        "state": {
            "mean": either_sign(rng, n_channels, 2.0, 4.0),
            "var": rng.uniform(4.0, 9.0, n_channels).round(2) * np.array([0.1, 1.0, 2.0, 0.3, 3.0])[:n_channels],
        },
        "x": (spread * (either_sign(rng, (n_samples, n_channels)) + rng.uniform(0.8, 1.2))).round(3),
        "momentum": round(rng.uniform(0.7, 0.9), 2) if momentum is None else momentum,
        "convention": convention,
    }


@exercise.case("as in Keras: momentum is the weight of the old statistics")
def keras(rng):
    return _draw(rng, "keras", int(rng.integers(4, 7)))


@exercise.case("as in PyTorch: momentum is the weight of the batch")
def torch(rng):
    return _draw(rng, "torch", int(rng.integers(4, 7)))


@exercise.case("a batch of two samples, where the two variances are furthest apart")
def two_samples(rng):
    keras = _draw(rng, "keras", 2, int(rng.integers(4, 6)))
    return [Call(keras, "as in Keras"), Call(keras | {"convention": "torch"}, "as in PyTorch")]


@exercise.case("momentum of 0 and of 1, as in Keras")
def ends(rng):
    return [Call(_draw(rng, "keras", momentum=m), f"momentum = {m:g}") for m in (0.0, 1.0)]


@exercise.case("as many channels as samples, where a wrong axis goes unnoticed")
def square(rng):
    return [Call(_draw(rng, convention, 3, 3), convention) for convention in ("keras", "torch")]


@exercise.case("channels with a mean of ten million, and one that is the same in all samples")
def far_from_zero(rng):
    def shifted(convention):
        inputs = _draw(rng, convention, 6)
        inputs["x"] += 1e7
        inputs["x"][:, 1] = 1e7
        return inputs

    return [Call(shifted(convention), convention) for convention in ("keras", "torch")]


def _weight_of_old(momentum, convention):
    return 1 - momentum if convention == "torch" else momentum


def _ddof(convention):
    return 1 if convention == "torch" else 0


def _moved(state, mean, var, weight):
    """The new state, weight being that of the old one."""
    new = {"mean": mean, "var": var}
    return {key: weight * state[key] + (1 - weight) * new[key] for key in new}


def _by(state, x, weight, ddof):
    return _moved(state, x.mean(axis=0), x.var(axis=0, ddof=ddof), weight)


@exercise.misconception
def exchanged(state, x, momentum, convention):
    """The two conventions stand in each other's places. In Keras momentum is the weight of the old value, and the
    variance is biased; in PyTorch it is the weight of the batch, and the variance is unbiased."""
    return running_update(state, x, momentum, "keras" if convention == "torch" else "torch")


@exercise.misconception
def always_as_keras(state, x, momentum, convention):
    """It is done as in Keras, whatever the convention is. In PyTorch, momentum is the weight of the batch, and the
    variance divides by N - 1."""
    return running_update(state, x, momentum, "keras")


@exercise.misconception
def always_as_torch(state, x, momentum, convention):
    """It is done as in PyTorch, whatever the convention is. In Keras, momentum is the weight of the old value, and the
    variance divides by N."""
    return running_update(state, x, momentum, "torch")


@exercise.misconception
def momentum_is_always_of_the_old(state, x, momentum, convention):
    """momentum is the weight of the old value in both conventions. In PyTorch it is the weight of the batch."""
    return _by(state, x, momentum, _ddof(convention))


@exercise.misconception
def momentum_is_always_of_the_batch(state, x, momentum, convention):
    """momentum is the weight of the batch in both conventions. In Keras it is the weight of the old value."""
    return _by(state, x, 1 - momentum, _ddof(convention))


@exercise.misconception
def momentum_exchanged(state, x, momentum, convention):
    """The divisors are right, but momentum is the weight of the batch in Keras, and that of the old value in PyTorch.
    It is the other way round."""
    return _by(state, x, 1 - _weight_of_old(momentum, convention), _ddof(convention))


@exercise.misconception
def always_biased(state, x, momentum, convention):
    """The variance divides by N in both conventions. PyTorch's running variance divides by N - 1, although its forward
    pass divides by N."""
    return _by(state, x, _weight_of_old(momentum, convention), 0)


@exercise.misconception
def always_unbiased(state, x, momentum, convention):
    """The variance divides by N - 1 in both conventions. Keras divides by N."""
    return _by(state, x, _weight_of_old(momentum, convention), 1)


@exercise.misconception
def divisors_exchanged(state, x, momentum, convention):
    """The weights are right, but the variance divides by N - 1 in Keras, and by N in PyTorch. It is the other way
    round."""
    return _by(state, x, _weight_of_old(momentum, convention), 1 - _ddof(convention))


@exercise.misconception
def correction_upside_down(state, x, momentum, convention):
    """The biased variance is multiplied by (N - 1) / N, which makes it smaller still. Unbiased is N / (N - 1) times
    it."""
    n = len(x)
    var = x.var(axis=0) * ((n - 1) / n if convention == "torch" else 1)
    return _moved(state, x.mean(axis=0), var, _weight_of_old(momentum, convention))


@exercise.misconception
def correction_of_the_old_variance_too(state, x, momentum, convention):
    """What comes out is multiplied by N / (N - 1) as a whole. The old variance was corrected when it was new: only the
    batch's is multiplied."""
    n = len(x)
    new = _by(state, x, _weight_of_old(momentum, convention), 0)
    return new | {"var": new["var"] * (n / (n - 1) if convention == "torch" else 1)}


@exercise.misconception
def correction_by_the_channels(state, x, momentum, convention):
    """N is taken for the number of channels in N / (N - 1). It is the number of samples, of which the variance is
    taken."""
    c = x.shape[1]
    factor = np.float64(c) / (c - 1) if convention == "torch" and c > 1 else 1.0
    return _moved(state, x.mean(axis=0), x.var(axis=0) * factor, _weight_of_old(momentum, convention))


@exercise.misconception
def mean_by_one_less(state, x, momentum, convention):
    """In PyTorch's convention the mean is divided by N - 1 as well. Only the sum of squares is."""
    mean = x.sum(axis=0) / (len(x) - _ddof(convention))
    return _moved(state, mean, x.var(axis=0, ddof=_ddof(convention)), _weight_of_old(momentum, convention))


@exercise.misconception
def stores_the_deviation(state, x, momentum, convention):
    """The running variance moves towards the standard deviation of the batch. In evaluation its root would be taken a
    second time: move it towards the variance."""
    std = x.std(axis=0, ddof=_ddof(convention))
    return _moved(state, x.mean(axis=0), std, _weight_of_old(momentum, convention))


@exercise.misconception
def averages_deviations(state, x, momentum, convention):
    """The standard deviations are averaged, and then squared. It is the variances that are averaged."""
    weight = _weight_of_old(momentum, convention)
    std = weight * np.sqrt(state["var"]) + (1 - weight) * x.std(axis=0, ddof=_ddof(convention))
    return _by(state, x, weight, 0) | {"var": std**2}


@exercise.misconception
def around_the_old_mean(state, x, momentum, convention):
    """The batch's variance is taken around the running mean. It is taken around the mean of the batch."""
    var = np.sum((x - state["mean"]) ** 2, axis=0) / (len(x) - _ddof(convention))
    return _moved(state, x.mean(axis=0), var, _weight_of_old(momentum, convention))


@exercise.misconception
def around_the_new_mean(state, x, momentum, convention):
    """The batch's variance is taken around the running mean, after that has moved. It is taken around the mean of the
    batch."""
    weight = _weight_of_old(momentum, convention)
    mean = weight * state["mean"] + (1 - weight) * x.mean(axis=0)
    return _moved(state, x.mean(axis=0), np.sum((x - mean) ** 2, axis=0) / (len(x) - _ddof(convention)), weight)


@exercise.misconception
def difference_of_squares(state, x, momentum, convention):
    """The variance is E[x^2] - E[x]^2. That is right on paper; where the mean is large, two nearly equal numbers are
    subtracted, and rounding is most of what is left. Square x - mean instead."""
    x = 1.0 * x
    var = (np.mean(x**2, axis=0) - x.mean(axis=0) ** 2) * len(x) / (len(x) - _ddof(convention))
    return _moved(state, x.mean(axis=0), var, _weight_of_old(momentum, convention))


@exercise.misconception
def moves_the_mean_alone(state, x, momentum, convention):
    """Only the running mean moves. The running variance moves in the same way."""
    return _moved(state, x.mean(axis=0), 1.0 * state["var"], _weight_of_old(momentum, convention))


@exercise.misconception
def moves_the_variance_alone(state, x, momentum, convention):
    """Only the running variance moves. The running mean moves in the same way."""
    var = x.var(axis=0, ddof=_ddof(convention))
    return _moved(state, 1.0 * state["mean"], var, _weight_of_old(momentum, convention))


@exercise.misconception
def stays(state, x, momentum, convention):
    """The running statistics stay as they are. They move towards those of the batch."""
    return {key: 1.0 * value for key, value in state.items()}


@exercise.misconception
def keeps_the_batch_alone(state, x, momentum, convention):
    """The new state holds the statistics of this batch alone. The old ones have a weight as well."""
    return _by(state, x, 0.0, _ddof(convention))


@exercise.misconception
def adds_to_the_old(state, x, momentum, convention):
    """The old statistics keep the weight 1 and a share of the batch's is added, so that they grow without end. The two
    weights add up to 1."""
    share = 1 - _weight_of_old(momentum, convention)
    new = _by(state, x, 0.0, _ddof(convention))
    return {key: state[key] + share * new[key] for key in new}


@exercise.misconception
def plain_mean_of_old_and_new(state, x, momentum, convention):
    """The new statistics are the plain mean of the old ones and those of the batch, whatever momentum is."""
    return _by(state, x, 0.5, _ddof(convention))


@exercise.misconception
def momentum_of_its_own(state, x, momentum, convention):
    """momentum is always 0.9 in Keras and 0.1 in PyTorch, whatever is asked for. Use the argument."""
    return _by(state, x, 0.9, _ddof(convention))


@exercise.misconception
def over_the_channels(state, x, momentum, convention):
    """Mean and variance are taken over the channels, for each sample. There is one of each for a channel: take them
    over the samples, axis 0."""
    var = x.var(axis=1, ddof=_ddof(convention))
    return _moved(state, x.mean(axis=1), var, _weight_of_old(momentum, convention))


@exercise.misconception
def over_everything(state, x, momentum, convention):
    """All channels move towards one mean and one variance, those of the whole batch. Each channel has its own."""
    return _moved(state, x.mean(), x.var(ddof=_ddof(convention)), _weight_of_old(momentum, convention))


@exercise.misconception
def mean_and_variance_exchanged(state, x, momentum, convention):
    """Mean and variance stand in each other's places in the result."""
    new = running_update(state, x, momentum, convention)
    return {"mean": new["var"], "var": new["mean"]}


@exercise.misconception
def returns_a_pair(state, x, momentum, convention):
    """The result is a pair. It should be a dict with the keys "mean" and "var", as the state is."""
    return tuple(running_update(state, x, momentum, convention).values())


@exercise.misconception
def under_other_names(state, x, momentum, convention):
    """The keys of the result are not those of the state, "mean" and "var"."""
    new = running_update(state, x, momentum, convention)
    return {"running_mean": new["mean"], "running_var": new["var"]}


@exercise.misconception
def changes_the_state(state, x, momentum, convention):
    """The values are right, and the state that was handed in has been changed, by assigning to its keys. Make a new
    dict."""
    state.update(running_update(state, x, momentum, convention))
    return state


@exercise.misconception
def sample_by_sample(state, x, momentum, convention):
    """The running mean moves once for every sample, so that the last ones count most. It moves once for the batch."""
    weight, mean = _weight_of_old(momentum, convention), 1.0 * state["mean"]
    for row in x:
        mean = weight * mean + (1 - weight) * row
    return _by(state, x, weight, _ddof(convention)) | {"mean": mean}


@exercise.misconception
def variance_of_the_mixture(state, x, momentum, convention):
    """What old and new mean differ by is added to the variance, as if both were one set of data. The running variance
    is a plain weighted mean of the variances."""
    weight = _weight_of_old(momentum, convention)
    new = _by(state, x, weight, _ddof(convention))
    apart = (x.mean(axis=0) - state["mean"]) ** 2
    return new | {"var": new["var"] + weight * (1 - weight) * apart}


@exercise.misconception
def momentum_exchanged_in_the_mean(state, x, momentum, convention):
    """The variance is right, and in the mean old and new have each other's weights."""
    weight, ddof = _weight_of_old(momentum, convention), _ddof(convention)
    return _by(state, x, weight, ddof) | {"mean": _by(state, x, 1 - weight, ddof)["mean"]}


@exercise.misconception
def momentum_exchanged_in_the_variance(state, x, momentum, convention):
    """The mean is right, and in the variance old and new have each other's weights."""
    weight, ddof = _weight_of_old(momentum, convention), _ddof(convention)
    return _by(state, x, weight, ddof) | {"var": _by(state, x, 1 - weight, ddof)["var"]}


@exercise.equivalent
def step_towards_the_batch(state, x, momentum, convention):
    step = {"torch": momentum, "keras": 1 - momentum}[convention]
    mean, n = np.mean(x, axis=0), len(x)
    var = np.sum((x - mean) ** 2, axis=0) / (n - 1 if convention == "torch" else n)
    return dict(mean=state["mean"] + step * (mean - state["mean"]), var=state["var"] + step * (var - state["var"]))


@exercise.equivalent
def channel_by_channel(state, x, momentum, convention):
    new = {"var": [], "mean": []}
    for c in range(x.shape[1]):
        mean = sum(x[:, c]) / len(x)
        var = sum((v - mean) ** 2 for v in x[:, c]) / (len(x) - (convention != "keras"))
        a = momentum if convention == "keras" else 1 - momentum
        new["mean"].append(a * state["mean"][c] + (1 - a) * mean)
        new["var"].append(a * state["var"][c] + (1 - a) * var)
    return {key: np.array(values) for key, values in new.items()}


@exercise.equivalent
def corrected_afterwards(state, x, momentum, convention):
    if convention == "keras":
        return _by(state, x, momentum, 0)
    correction = len(x) / (len(x) - 1)
    mean = np.average(np.stack([state["mean"], x.mean(axis=0)]), axis=0, weights=[1 - momentum, momentum])
    return {"mean": mean, "var": (1 - momentum) * state["var"] + momentum * correction * np.var(x, axis=0)}
