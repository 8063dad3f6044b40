"""AdaBoost against the papers' figures and against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import AdaBoostClassifier

from course_lib.data.datasets import circles, moons
from course_lib.selection.boosting import AdaBoost, adaboost, resampling_learner, stump_learner, training_error_bound
from course_lib.selection.decision_stump import Stump
from course_lib.selection.learners import MLPLearner

seeds = st.integers(0, 2**32 - 1)


def draw(seed, n_classes, n=60):
    """Classes along a line, seen through noise: no stump separates them, but each knows something."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, n)
    return (y[:, None] + rng.normal(size=(n, 3))).astype(np.float32), y


def freund_schapire(answers, y, n_classes):
    """AdaBoost.M1 as in figure 2, given the members' answers: weights of right ones times beta, votes log(1 / beta)."""
    w = np.ones(len(y)) / len(y)
    votes, scores = [], np.zeros((len(y), n_classes))
    for answer in answers:
        p = w / w.sum()
        error = p[answer != y].sum()
        if error >= 0.5 - 1e-9:  # exactly 1/2, but for round-off
            break
        beta = error / (1 - error)
        w = p * beta ** (answer == y)
        votes.append(np.log(1 / beta))
        scores += votes[-1] * np.eye(n_classes)[answer]
    return np.array(votes), scores


@given(seeds, st.integers(2, 5), st.integers(1, 8))
def test_m1_equals_the_paper(seed, n_classes, n_rounds):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, 31)
    # scripted members, right three times in four but never always: stumps may tie, and round-off choose among them
    answers = np.where(rng.random((n_rounds, 31)) < 0.75, y, rng.integers(0, n_classes, (n_rounds, 31)))
    answers[:, 0] = (y[0] + 1) % n_classes
    votes, scores = freund_schapire(answers, y, n_classes)
    script = iter(answers)

    def fit_weak(weights):
        answer = next(script)
        return lambda x: answer

    arguments = {"n_rounds": n_rounds, "n_classes": n_classes, "algorithm": "m1"}
    if not len(votes):
        with pytest.raises(ValueError, match="beat chance"):
            adaboost(fit_weak, y, y, **arguments)
        return
    boosted = adaboost(fit_weak, y, y, **arguments)
    # eight rounds of sums over 31 weights; a vote near 0 is the logarithm of nearly 1
    np.testing.assert_allclose(boosted.votes, votes, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(boosted.vote_shares(y) * votes.sum(), scores, rtol=0, atol=1e-10)


@pytest.mark.outcome
@pytest.mark.parametrize("n_classes", [2, 3, 4])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_samme_agrees_with_scikit_learn(n_classes, seed):
    x, y = draw(seed, n_classes)
    theirs = AdaBoostClassifier(n_estimators=10, random_state=0).fit(x, y)
    fit_weak = stump_learner(x, y, n_classes=n_classes, criterion="gini")
    ours = adaboost(fit_weak, x, y, n_rounds=10, n_classes=n_classes)
    # ten rounds of sums over 60 weights
    np.testing.assert_allclose(ours.votes, theirs.estimator_weights_[: len(ours.votes)], rtol=1e-9)
    np.testing.assert_allclose(ours.errors, theirs.estimator_errors_[: len(ours.votes)], rtol=1e-9)
    for shares, labels in zip(ours.staged_vote_shares(x), theirs.staged_predict(x), strict=True):
        np.testing.assert_array_equal(shares.argmax(axis=1), labels)
    np.testing.assert_array_equal(ours(x), theirs.predict(x))


@given(seeds)
def test_two_classes_are_the_same_in_both_algorithms(seed):
    x, y = draw(seed, 2, 20)
    one, other = (
        adaboost(stump_learner(x, y, n_classes=2), x, y, n_rounds=4, n_classes=2, algorithm=a) for a in ("m1", "samme")
    )
    np.testing.assert_array_equal(one.votes, other.votes)


@given(seeds)
def test_the_last_member_is_no_better_than_chance_on_the_new_weights(seed):
    """Freund and Schapire's view: each round's weights are those that make the last member useless."""
    x, y = draw(seed, 2, 20)
    seen = []
    fit_weak = stump_learner(x, y, n_classes=2)

    def watching(weights):
        seen.append(weights.copy())
        return fit_weak(weights)

    boosted = adaboost(watching, x, y, n_rounds=4, n_classes=2)
    for member, weights in zip(boosted.members, seen[1:], strict=False):
        assert weights.sum() == pytest.approx(1, abs=1e-13)
        assert weights[member(x) != y].sum() == pytest.approx(0.5, abs=1e-13)


@pytest.mark.outcome
@given(seeds)
def test_training_error_stays_below_the_bound(seed):
    x, y = draw(seed, 2, 20)
    boosted = adaboost(stump_learner(x, y, n_classes=2), x, y, n_rounds=8, n_classes=2)
    bound = training_error_bound(boosted.errors)
    for limit, shares in zip(bound, boosted.staged_vote_shares(x), strict=True):
        assert np.mean(shares.argmax(axis=1) != y) <= limit + 1e-12


def test_a_member_without_error_decides_alone():
    x, y = np.arange(8.0)[:, None], np.repeat([0, 1], 4)
    boosted = adaboost(stump_learner(x, y, n_classes=2), x, y, n_rounds=5, n_classes=2)
    assert len(boosted.members) == 1 and boosted.errors.tolist() == [0.0]
    np.testing.assert_array_equal(boosted.vote_shares(x), np.eye(2)[y])


@pytest.mark.outcome
def test_stumps_together_separate_what_no_single_one_can():
    rng = np.random.default_rng(0)
    x, y = moons(120, rng=rng)
    boosted = adaboost(stump_learner(x, y, n_classes=2), x, y, n_rounds=25, n_classes=2)
    alone = np.mean(boosted.members[0](x) == y)
    assert np.mean(boosted(x) == y) > 0.97 > 0.9 > alone


@pytest.mark.outcome
def test_samme_goes_on_where_m1_must_end():
    # a stump names two of four classes that are as frequent: its error is 1/2 or more, far below that of guessing, 3/4
    rng, y = np.random.default_rng(0), np.arange(200) % 4
    x = np.column_stack([y % 2, y // 2]) + 0.3 * rng.normal(size=(200, 2))
    fit_weak = stump_learner(x, y, n_classes=4)
    with pytest.raises(ValueError, match=r"below 0\.5 expected, got 0.5"):
        adaboost(fit_weak, x, y, n_rounds=30, n_classes=4, algorithm="m1")
    boosted = adaboost(fit_weak, x, y, n_rounds=30, n_classes=4)
    assert len(boosted.members) > 1
    # forty seeds gave differences of 0.4 and more
    assert np.mean(boosted(x) == y) > np.mean(boosted.members[0](x) == y) + 0.25


@pytest.mark.outcome
@pytest.mark.parametrize("seed", range(3))
def test_boosting_tiny_networks_by_resampling(seed):
    rng = np.random.default_rng(seed)
    x, y = circles(100, rng=rng)
    tiny = MLPLearner(2, hidden=(2,), epochs=20, lr=0.05, activation="tanh")  # a strip, at best, cut out of the circles
    boosted = adaboost(resampling_learner(tiny, x, y, rng=rng), x, y, n_rounds=15, n_classes=2)
    # twenty seeds gave at least 0.97 against at most 0.88
    assert np.mean(boosted(x) == y) > 0.93 > 0.9 > np.mean(boosted.members[0](x) == y)
    assert len({predict(x).tobytes() for predict in boosted.members}) > 2


def test_resampling_draws_by_the_weights():
    rows = []

    def make_model(x, y, rng):
        rows.append(x[:, 0])
        return lambda new: np.ones((len(new), 1))

    fit_weak = resampling_learner(make_model, np.arange(4.0)[:, None], np.zeros(4, int), rng=np.random.default_rng(0))
    weights = np.array([0.0, 0.1, 0.3, 0.6])
    for _ in range(500):
        fit_weak(weights)
    counts = np.bincount(np.concatenate(rows).astype(int), minlength=4)
    # 2000 draws, at 4.5 standard deviations of the binomial
    assert (np.abs(counts - 2000 * weights) <= 4.5 * np.sqrt(2000 * weights * (1 - weights))).all()


@pytest.mark.outcome
@pytest.mark.parametrize("n", [600, 1200])
def test_a_learner_that_errs_on_what_has_almost_no_weight_left(n):
    """Each sample is wrong once: the last has been right n times, and its weight halved as often, down to nothing."""
    seen = []

    def fit_weak(weights):
        seen.append(weights)
        wrong = len(seen) - 1
        return lambda new: (new == wrong).astype(int)

    boosted = adaboost(fit_weak, np.arange(n), np.zeros(n, int), n_rounds=n, n_classes=2)
    # 2**-1000 is about 1e-300: then a member counts as one without error, which decides alone
    assert len(boosted.members) == (n if n < 1000 else 1)
    assert np.isfinite(boosted.votes).all()
    for weights in seen:
        assert np.isfinite(weights).all() and weights.sum() == pytest.approx(1, abs=1e-12)


def test_a_learner_may_spoil_the_weights_that_it_is_given():
    x, y = draw(0, 2)
    fit_weak = stump_learner(x, y, n_classes=2)

    def spoiling(weights):
        stump = fit_weak(weights)
        weights[:] = np.nan
        return stump

    one, other = (adaboost(f, x, y, n_rounds=4, n_classes=2) for f in (fit_weak, spoiling))
    np.testing.assert_array_equal(one.votes, other.votes)


X, Y = np.zeros((4, 1)), np.array([0, 1, 0, 1])


def boosted(answer=None, fit_weak=None, x=X, y=Y, **changed):
    """A call that is valid except for the arguments given; ``answer`` is what the weak learner predicts."""
    script = fit_weak or (lambda weights: lambda new: answer)
    return adaboost(script, x, y, **{"n_rounds": 1, "n_classes": 2} | changed)


REFUSED = [
    (lambda: boosted(fit_weak=stump_learner(X, Y, n_classes=2)), ValueError, r".*below 0.5 expected, got 0.5"),
    (lambda: boosted(Y, algorithm="samme.r"), ValueError, r"algorithm must be one of 'samme', 'm1', got 'samme\.r'"),
    (lambda: boosted(Y, n_rounds=0), ValueError, "n_rounds must be at least 1, got 0"),
    (lambda: boosted(Y, n_rounds=3.0), TypeError, r"n_rounds must be an integer, got 3.0 \(float\): type 3"),
    (lambda: boosted(Y, n_classes=1), ValueError, "n_classes must be at least 2, got 1"),
    (lambda: boosted(Y, y=Y / 1), TypeError, r"labels must be integers, got float64: pass labels.astype\(int\)"),
    (lambda: boosted(Y, y=Y - 1), ValueError, r"labels must lie in \[0, 2\), got -1"),
    (lambda: boosted(Y, y=Y[:3]), ValueError, r"labels must have the shape \(4,\), got \(3,\)"),
    (lambda: boosted(Y, x=np.zeros((0, 1)), y=[]), ValueError, "x must have at least one sample .*"),
    (lambda: boosted(Y[:, None]), ValueError, r"predict\(x\) must have the shape \(4,\), got \(4, 1\)"),
    (lambda: boosted(np.eye(2)[Y]), TypeError, r"predict\(x\) must be integers, got float64.*"),
    (lambda: boosted(Y + 1), ValueError, r"predict\(x\) must lie in \[0, 2\), got 2"),
    (lambda: boosted(Y[:1]), ValueError, r"predict\(x\) must have one row for each of the 4 samples, got .*"),
    (lambda: boosted(fit_weak=Stump), TypeError, r"fit_weak .* got the class Stump: type Stump\(\.\.\.\)"),
    (lambda: boosted(fit_weak=lambda weights: weights), TypeError, "what fit_weak returns must be a function of x, .*"),
    (lambda: AdaBoost((Stump(0, 0.0, 0, 2),), np.ones(1), np.zeros(1), 2)(X + 1), ValueError, r"predict\(x\) .* got 2"),
    (lambda: AdaBoost((), np.ones(0), np.zeros(0), 2)(X[:0]), ValueError, "x must have at least one sample .*"),
    (lambda: resampling_learner(MLPLearner, X, Y, rng=np.random.default_rng(0)), TypeError, "make_model must .*"),
    (lambda: resampling_learner(MLPLearner(2), X, Y, rng=0), TypeError, r"rng .*: type rng=np.random.default_rng\(0\)"),
    (lambda: resampling_learner(MLPLearner(2), X, Y[:2], rng=np.random.default_rng(0)), ValueError, "y must .*"),
    (lambda: resampled([0.5, 0.5]), ValueError, r"weights must have the shape \(4,\), got \(2,\)"),
    (lambda: resampled([1, 1, 1, -1]), ValueError, "weights must be at least 0 and finite, got -1.0"),
    (lambda: training_error_bound([0.1, 1.1]), ValueError, r"errors must lie in \[0, 1\], got 1.1"),
    (lambda: training_error_bound([np.nan]), ValueError, r"errors must lie in \[0, 1\], got nan"),
    (lambda: training_error_bound(0.1), ValueError, r"errors must have the shape \(T,\), got \(\)"),
]


def resampled(weights):
    return resampling_learner(lambda x, y, rng: len, X, Y, rng=np.random.default_rng(0))(np.array(weights))


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_does_not_fit_is_refused(call, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        call()
