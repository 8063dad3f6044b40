"""Monte-Carlo dropout: the mean of the probabilities of many passes, and its entropy."""

from dataclasses import replace

import numpy as np

from autograder.domain import SIZES, Array, Generator, Number, Record
from autograder.draw import short_seed
from autograder.exercise import Exercise
from autograder.exercises.regularization._mc_dropout_judge import entropy_of, judge, softmax

N_COPIES = 1000  # of each of two samples
USUAL = dict(zip("NDHK", SIZES, strict=False))
MORE = {"N": 20, "H": 8}  # so many draws that two generators never lead to the same means


class Rows(Array):
    """Samples, usually so many that two generators never lead to the same."""

    def draw(self, rng, name, setting):
        return super().draw(rng, name, _larger(setting))


class Network(Record):
    """Weights and biases of a network, usually with some more hidden units."""

    def draw(self, rng, name, setting):
        return super().draw(rng, name, _larger(setting))


def _larger(setting):
    return replace(setting, sizes=setting.sizes | MORE) if setting.sizes == USUAL else setting


def mc_dropout_predict(x, params, p_drop, n_passes, rng):
    mean = _mean_of(_passes(x, params, p_drop, n_passes, rng))
    return mean, entropy_of(mean)


def _hidden(x, params):
    return np.maximum(x @ params["w1"] + params["b1"], 0)


def _logits(hidden, params):
    return hidden @ params["w2"] + params["b2"]


def _drop(a, p_drop, rng):
    return a * (rng.random(a.shape) >= p_drop) / (1 - p_drop)


def _each_pass(x, params, p_drop, n_passes, rng):
    hidden = _hidden(x, params)
    return [_logits(_drop(hidden, p_drop, rng), params) for _ in range(n_passes)]


def _passes(x, params, p_drop, n_passes, rng):
    return [softmax(logits) for logits in _each_pass(x, params, p_drop, n_passes, rng)]


def _mean_of(passes):
    return np.mean(passes, axis=0)


exercise = Exercise(
    name="mc_dropout_predict",
    unit="regularization",
    points=2,
    reference=mc_dropout_predict,
    takes={
        "x": Rows("N", "D", magnitudes=(1e-4, 1e3)),
        "params": Network(
            w1=Array("D", "H", magnitudes=()),
            b1=Array("H", low=0, magnitudes=()),
            w2=Array("H", "K", magnitudes=()),
            b2=Array("K", magnitudes=()),
        ),
        "p_drop": Number(0.25, 0.35, corners=(0.0,), says="at least 0, below 1"),
        "n_passes": Number(4, 6, corners=(1,), says="at least 1"),
        "rng": Generator(),
    },
    returns=("mean", "entropy"),
    judge=judge,
    hints=(
        "One pass is the network that you know, with dropout left on. What is drawn anew in every pass, and for whom?",
        "Two passes give the probabilities (0.9, 0.1) and (0.3, 0.7). What is their mean? Do logits have the same one?",
        "The entropy of the mean and the mean of the entropies differ. Which of the two is asked for?",
        "What is 0 * np.log(0), and what should it count?",
    ),
    part="core",
    minutes=10,
    difficulty=2,
    reasoning=(
        "Probabilities are averaged, since the mean over masks is what the thinned networks predict together. The "
        "hidden layer is the same in every pass, up to its mask. Where the mean is 0, log(1) stands in for log(0)."
    ),
)


def _inputs(rng, p_drop, n_passes, b2=0.0, n_copies=N_COPIES):
    """Copies of two samples in turn, and a small network whose logits differ a lot from mask to mask."""
    x = np.array([[1.0, 0.5], [-0.4, 1.6]])
    w1 = np.array([[0.9, 0.4, -0.3], [0.2, -0.5, 1.2]])
    w2 = np.array([[2.0, -1.0, 0.5], [-1.5, 2.4, 0.3], [0.2, 1.2, -2.0]])
    params = {"w1": w1, "b1": np.array([0.3, 0.4, 0.5]), "w2": w2, "b2": np.array([0.4, -0.3, 0.2])}
    params = {name: array * rng.uniform(0.97, 1.03, array.shape).round(3) for name, array in params.items()}
    return {
        "x": np.tile(x, (n_copies, 1)),
        "params": params | {"b2": params["b2"] + b2},
        "p_drop": float(f"{rng.uniform(p_drop - 0.02, p_drop + 0.02):.3g}"),
        "n_passes": n_passes,
        "rng": short_seed(rng),
    }


@exercise.case(f"{N_COPIES} copies each of two samples, two passes")
def two_passes(rng):
    return _inputs(rng, 0.3, 2)


@exercise.case(f"{N_COPIES} copies each of two samples, two passes at a rate above one half")
def large_rate(rng):
    return _inputs(rng, 0.62, 2)


@exercise.case("a single pass")
def single_pass(rng):
    return _inputs(rng, 0.3, 1)


@exercise.case("logits of about 1000, of which exp overflows")
def large_logits(rng):
    return _inputs(rng, 0.3, 2, b2=1000.0, n_copies=20)


@exercise.case("a class whose probability is 0 in every pass")
def impossible_class(rng):
    return _inputs(rng, 0.3, 2, b2=np.array([0.0, 0.0, -2000.0]), n_copies=20)


@exercise.misconception("MC1a")
def averages_the_logits(x, params, p_drop, n_passes, rng):
    """The logits are averaged, and softmax comes last. That is another number: passes that disagree should make the
    probabilities less certain, so average the probabilities."""
    mean = softmax(_mean_of(_each_pass(x, params, p_drop, n_passes, rng)))
    return mean, entropy_of(mean)


@exercise.misconception("MC1b")
def averages_the_labels(x, params, p_drop, n_passes, rng):
    """The passes vote: the mean is the share of passes in which a class is the likeliest. Average the probabilities
    themselves."""
    passes = _each_pass(x, params, p_drop, n_passes, rng)
    mean = _mean_of([np.eye(z.shape[1])[z.argmax(axis=1)] for z in passes])
    return mean, entropy_of(mean)


@exercise.misconception("MC2")
def standard_deviation_over_the_classes(x, params, p_drop, n_passes, rng):
    """In place of the entropy stands the standard deviation of the probabilities over the classes, which is large where
    the network is sure. The entropy is the sum of -p ln(p)."""
    mean, _ = mc_dropout_predict(x, params, p_drop, n_passes, rng)
    return mean, mean.std(axis=1)


@exercise.misconception
def standard_deviation_over_the_passes(x, params, p_drop, n_passes, rng):
    """In place of the entropy stands how far the probabilities spread from pass to pass. The entropy of the mean is
    asked for, the sum of -p ln(p)."""
    passes = _passes(x, params, p_drop, n_passes, rng)
    return _mean_of(passes), np.std(passes, axis=0).mean(axis=1)


@exercise.misconception("MC4")
def one_mask_for_all_passes(x, params, p_drop, n_passes, rng):
    """The mask is drawn once, before the loop, so that all passes are the same one. Draw a new one in every pass."""
    mean = _passes(x, params, p_drop, 1, rng)[0]
    return mean, entropy_of(mean)


@exercise.misconception
def one_mask_for_all_samples(x, params, p_drop, n_passes, rng):
    """In each pass all samples share one mask: a single row was drawn. Draw an array of the shape of the hidden layer,
    so that every sample has draws of its own."""
    hidden = _hidden(x, params)
    mean = _mean_of(
        [softmax(_logits(hidden * _drop(np.ones(len(params["b1"])), p_drop, rng), params)) for _ in range(n_passes)]
    )
    return mean, entropy_of(mean)


@exercise.misconception
def drops_whole_samples(x, params, p_drop, n_passes, rng):
    """In each pass the whole hidden layer of a sample is dropped or kept. Every hidden unit has a draw of its own: draw
    an array of the shape of the hidden layer."""
    hidden = _hidden(x, params)
    mean = _mean_of(
        [softmax(_logits(hidden * _drop(np.ones((len(x), 1)), p_drop, rng), params)) for _ in range(n_passes)]
    )
    return mean, entropy_of(mean)


@exercise.misconception
def without_dropout(x, params, p_drop, n_passes, rng):
    """Nothing is dropped, and all passes are the same: dropout is left on here, although the network is used and not
    trained."""
    rng.random()
    mean = softmax(_logits(_hidden(x, params), params))
    return mean, entropy_of(mean)


def _with_drop(exercise_drop):
    def predict(x, params, p_drop, n_passes, rng):
        hidden = _hidden(x, params)
        with np.errstate(all="ignore"):
            mean = _mean_of([softmax(_logits(exercise_drop(hidden, p_drop, rng), params)) for _ in range(n_passes)])
        return mean, entropy_of(mean)

    return predict


@exercise.misconception
def never_rescales(x, params, p_drop, n_passes, rng):
    """What is kept is not divided by 1 - p_drop. The network was trained with inverted dropout, and its output layer
    gets sums that are too small."""
    return _with_drop(lambda a, p, rng: a * (rng.random(a.shape) >= p))(x, params, p_drop, n_passes, rng)


@exercise.misconception
def keeps_with_p_drop(x, params, p_drop, n_passes, rng):
    """Hidden units are kept with probability p_drop, and it is the probability of dropping."""
    return _with_drop(lambda a, p, rng: a * (rng.random(a.shape) < p) / (1 - p))(x, params, p_drop, n_passes, rng)


@exercise.misconception
def takes_p_drop_for_the_rate_of_keeping(x, params, p_drop, n_passes, rng):
    """Hidden units are kept with probability p_drop, and divided by it. It is the probability of dropping."""
    drop = _with_drop(lambda a, p, rng: a * (rng.random(a.shape) < p) / np.float64(p))
    return drop(x, params, p_drop, n_passes, rng)


@exercise.misconception
def divides_by_p_drop(x, params, p_drop, n_passes, rng):
    """What is kept is divided by p_drop. A share of 1 - p_drop is left: divide by that."""
    drop = _with_drop(lambda a, p, rng: a * (rng.random(a.shape) >= p) / np.float64(p))
    return drop(x, params, p_drop, n_passes, rng)


@exercise.misconception
def drops_inputs_too(x, params, p_drop, n_passes, rng):
    """Entries of x are dropped as well. Dropout stands behind the hidden layer alone."""
    passes = [_passes(_drop(x, p_drop, rng), params, p_drop, 1, rng)[0] for _ in range(n_passes)]
    return _mean_of(passes), entropy_of(_mean_of(passes))


@exercise.misconception
def drops_inputs_alone(x, params, p_drop, n_passes, rng):
    """Entries of x are dropped, and no hidden units. Dropout stands behind the hidden layer."""
    mean = _mean_of([softmax(_logits(_hidden(_drop(x, p_drop, rng), params), params)) for _ in range(n_passes)])
    return mean, entropy_of(mean)


@exercise.misconception
def drops_logits_too(x, params, p_drop, n_passes, rng):
    """Logits are dropped as well, and a logit of 0 is a vote as good as another. Dropout stands behind the hidden layer
    alone."""
    mean = _mean_of([softmax(_drop(z, p_drop, rng)) for z in _each_pass(x, params, p_drop, n_passes, rng)])
    return mean, entropy_of(mean)


@exercise.misconception
def without_relu(x, params, p_drop, n_passes, rng):
    """There is no ReLU behind the hidden layer, so that the network is a linear one."""
    h = x @ params["w1"] + params["b1"]
    mean = _mean_of([softmax(_logits(_drop(h, p_drop, rng), params)) for _ in range(n_passes)])
    return mean, entropy_of(mean)


@exercise.misconception
def drops_before_the_bias(x, params, p_drop, n_passes, rng):
    """Dropout stands before b1 is added, so that a unit that was dropped still passes its bias on. It comes behind
    ReLU."""
    mean = _mean_of(
        [
            softmax(_logits(np.maximum(_drop(x @ params["w1"], p_drop, rng) + params["b1"], 0), params))
            for _ in range(n_passes)
        ]
    )
    return mean, entropy_of(mean)


@exercise.misconception
def averages_the_entropies(x, params, p_drop, n_passes, rng):
    """The entropy of every pass is taken, and these are averaged. Passes that are each sure of another class would then
    seem sure: take the entropy of the mean."""
    passes = _passes(x, params, p_drop, n_passes, rng)
    return _mean_of(passes), _mean_of([entropy_of(p) for p in passes])


def _with_entropy(entropy):
    def predict(x, params, p_drop, n_passes, rng):
        mean = _mean_of(_passes(x, params, p_drop, n_passes, rng))
        with np.errstate(all="ignore"):
            return mean, entropy(mean)

    return predict


@exercise.misconception
def entropy_in_bits(*given):
    """The entropy is in bits: np.log2 counts in powers of 2. In nats it is np.log."""
    return _with_entropy(lambda p: entropy_of(p) / np.log(2))(*given)


@exercise.misconception
def entropy_with_the_other_sign(*given):
    """The entropy is negative: the sum of p ln(p) lacks its minus sign."""
    return _with_entropy(lambda p: -entropy_of(p))(*given)


@exercise.misconception
def entropy_averaged_over_classes(*given):
    """The terms -p ln(p) are averaged over the classes. The entropy is their sum."""
    return _with_entropy(lambda p: entropy_of(p) / p.shape[1])(*given)


@exercise.misconception
def zero_times_log_of_zero(*given):
    """Where a probability is 0, the entropy is not a number: 0 * log(0) is NaN for NumPy. It counts 0 in the sum."""
    return _with_entropy(lambda p: -np.sum(p * np.log(p), axis=1))(*given)


@exercise.misconception
def adds_too_much_below_the_logarithm(*given):
    """A number is added below the logarithm, for the probabilities of 0, and it is so large that the entropy changes:
    1e-12 is enough, or np.where."""
    return _with_entropy(lambda p: -np.sum(p * np.log(p + 1e-3), axis=1))(*given)


@exercise.misconception
def overflows(x, params, p_drop, n_passes, rng):
    """exp overflows for logits above 709, and infinity divided by infinity is not a number. Subtract the largest logit
    of each sample first."""
    with np.errstate(all="ignore"):
        e = [np.exp(z) for z in _each_pass(x, params, p_drop, n_passes, rng)]
        mean = _mean_of([a / a.sum(axis=1, keepdims=True) for a in e])
        return mean, entropy_of(mean)


@exercise.misconception
def softmax_over_the_batch(x, params, p_drop, n_passes, rng):
    """Softmax runs over the samples, axis 0. The probabilities of the classes of one sample add up to 1: that is axis
    1."""
    mean = _mean_of([softmax(z.T).T for z in _each_pass(x, params, p_drop, n_passes, rng)])
    return mean, entropy_of(mean)


@exercise.misconception
def never_divides(x, params, p_drop, n_passes, rng):
    """The probabilities of all passes are added up, and never divided by n_passes."""
    total = np.sum(_passes(x, params, p_drop, n_passes, rng), axis=0)
    return total, entropy_of(total)


@exercise.misconception
def one_pass_more(x, params, p_drop, n_passes, rng):
    """One more pass is made than n_passes says. It is the number of passes that are averaged."""
    mean = _mean_of(_passes(x, params, p_drop, n_passes + 1, rng))
    return mean, entropy_of(mean)


@exercise.misconception
def always_from_one_seed(x, params, p_drop, n_passes, rng):
    """A generator is made inside, always from the same seed, so that every call draws the same masks. Draw from rng."""
    return mc_dropout_predict(x, params, p_drop, n_passes, np.random.default_rng(0))


@exercise.equivalent
def all_at_once(x, params, p_drop, n_passes, rng):
    a = _hidden(x, params)
    keep = rng.binomial(1, 1 - p_drop, (n_passes, *a.shape)) / (1 - p_drop)
    z = np.einsum("tnh,hk->tnk", a * keep, params["w2"]) + params["b2"]
    p = np.exp(z - np.logaddexp.reduce(z, axis=2)[..., None])
    mean = p.mean(axis=0)
    return mean, -(mean * np.log(np.clip(mean, 1e-12, 1))).sum(axis=1)


@exercise.equivalent
def pass_by_pass(x, params, p_drop, n_passes, rng):
    mean = np.zeros((len(x), len(params["b2"])))
    for own in rng.spawn(n_passes):
        a = _hidden(x, params)
        a[own.random(a.shape, dtype=np.float32) >= 1 - p_drop] = 0.0
        mean += softmax(_logits(a / (1 - p_drop), params)) / n_passes
    return mean, np.array([sum(-p * np.log(p) for p in row if p > 0) for row in mean.tolist()])
