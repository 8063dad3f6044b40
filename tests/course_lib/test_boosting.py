"""AdaBoost against the papers' figures and against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import AdaBoostClassifier

from course_lib.boosting import adaboost, resampling_learner, stump_learner, training_error_bound
from course_lib.datasets import moons
from course_lib.learners import MLPLearner

seeds = st.integers(0, 2**32 - 1)


def draw(seed, n_classes, n=60):
    """Classes along a line, seen through noise: no stump parts them, but each knows something."""
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
def test_stumps_together_part_what_none_parts_alone():
    rng = np.random.default_rng(0)
    x, y = moons(120, rng=rng)
    boosted = adaboost(stump_learner(x, y, n_classes=2), x, y, n_rounds=25, n_classes=2)
    alone = np.mean(boosted.members[0](x) == y)
    assert np.mean(boosted(x) == y) > 0.97 > 0.9 > alone


@pytest.mark.outcome
def test_samme_goes_on_where_m1_must_end():
    # a stump names two of four classes: its error is about 1/2, far below that of guessing, 3/4
    x, y = draw(0, 4, 200)
    fit_weak = stump_learner(x, y, n_classes=4)
    with pytest.raises(ValueError, match=r"below 0\.5 expected, got 0.5"):
        adaboost(fit_weak, x, y, n_rounds=30, n_classes=4, algorithm="m1")
    boosted = adaboost(fit_weak, x, y, n_rounds=30, n_classes=4)
    assert len(boosted.members) > 1
    assert np.mean(boosted(x) == y) > np.mean(boosted.members[0](x) == y) + 0.1


@pytest.mark.outcome
def test_boosting_tiny_networks_by_resampling():
    rng = np.random.default_rng(2)
    x, y = moons(80, rng=rng)
    tiny = MLPLearner(2, hidden=(2,), epochs=8, lr=0.02)
    boosted = adaboost(resampling_learner(tiny, x, y, rng=rng), x, y, n_rounds=4, n_classes=2)
    assert np.mean(boosted(x) == y) > 0.9
    assert len({predict(x).tobytes() for predict in boosted.members}) == len(boosted.members)


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


def test_errors():
    x, y = np.zeros((4, 1)), np.array([0, 1, 0, 1])
    fit_weak = stump_learner(x, y, n_classes=2)
    with pytest.raises(ValueError, match=r"beat chance: weighted error below 0.5 expected, got 0.5"):
        adaboost(fit_weak, x, y, n_rounds=3, n_classes=2)
    with pytest.raises(ValueError, match=r"'samme\.r'"):
        adaboost(fit_weak, x, y, n_rounds=3, n_classes=2, algorithm="samme.r")
    with pytest.raises(ValueError, match="got 0 and 2"):
        adaboost(fit_weak, x, y, n_rounds=0, n_classes=2)
    with pytest.raises(ValueError, match="got 1 and 1"):
        adaboost(fit_weak, x, y, n_rounds=1, n_classes=1)
