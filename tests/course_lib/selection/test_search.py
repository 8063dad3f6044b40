"""Search spaces, and searches whose trials depend on nothing but their number."""

import math
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from course_lib.selection import search as se

seeds = st.integers(0, 2**32 - 1)
SPACE = {"lr": se.LogUniform(1e-4, 1.0), "width": se.Integer(4, 64), "act": se.Choice(("relu", "tanh"))}


def objective(settings, rng):
    """A valley in lr, with noise from the trial's own generator and one of its children."""
    return math.log10(settings["lr"] / 0.01) ** 2 + 0.01 * rng.random() + 0.01 * rng.spawn(1)[0].random()


def budgeted(settings, budget, rng):
    return objective(settings, rng) + 1 / budget


def drawn(dimension, seed=0, n=2000):
    rng = np.random.default_rng(seed)
    return [dimension.sample(rng) for _ in range(n)]


def test_samples_have_the_distributions():
    # Kolmogorov-Smirnov at the probability of 4.5 standard deviations
    level = 2 * stats.norm.sf(4.5)
    assert stats.kstest(drawn(se.Uniform(-2, 5)), stats.uniform(-2, 7).cdf).pvalue > level
    assert stats.kstest(drawn(se.LogUniform(1e-5, 10)), stats.loguniform(1e-5, 10).cdf).pvalue > level
    counts = np.bincount(drawn(se.Integer(2, 5)), minlength=6)
    assert len(counts) == 6 and counts[:2].tolist() == [0, 0] and stats.chisquare(counts[2:]).pvalue > level
    named = drawn(se.Choice(("a", "b", "c")))
    assert stats.chisquare([named.count(v) for v in "abc"]).pvalue > level


@given(seeds, st.floats(-300, 300), st.floats(1e-10, 100))
def test_samples_and_grids_stay_inside(seed, exponent, factor):
    low = 10.0**exponent
    high = low * (1 + factor)
    for dimension in (se.LogUniform(low, high), se.Uniform(low, high)):
        assert all(low <= value <= high for value in drawn(dimension, seed, 5))
    for n in (1, 2, 5):
        grid = se.LogUniform(low, high).grid(n)
        # a geometric mean is rounded in its last places
        assert len(grid) == n and all(low * (1 - 1e-12) <= value <= high * (1 + 1e-12) for value in grid)


def test_grids():
    assert se.Uniform(0, 1).grid(3) == [0.0, 0.5, 1.0] and se.Uniform(0, 1).grid(1) == [0.5]
    np.testing.assert_allclose(se.LogUniform(1e-4, 1).grid(5), [1e-4, 1e-3, 1e-2, 1e-1, 1], rtol=1e-12)
    np.testing.assert_allclose(se.LogUniform(1e-4, 1).grid(1), [1e-2], rtol=1e-12)
    assert se.Integer(1, 3).grid(9) == [1, 2, 3] and se.Integer(1, 9).grid(3) == [1, 5, 9]
    assert se.Choice(("a", "b")).grid(1) == ["a", "b"]


def test_grid_search_tries_every_combination_once(rng):
    result = se.grid_search(objective, SPACE, 3, rng=rng)
    combinations = {tuple(t.settings.values()) for t in result.trials}
    assert len(result.trials) == len(combinations) == 3 * 3 * 2
    assert result.best.settings["lr"] == pytest.approx(0.01)


def test_random_search_tries_more_values_of_the_one_that_matters(rng):
    space = {"lr": se.LogUniform(1e-4, 1), "other": se.Uniform(0, 1)}
    grid, random = se.grid_search(objective, space, 5, rng=rng), se.random_search(objective, space, 25, rng=rng)
    assert len(grid.trials) == len(random.trials) == 25
    assert [len({t.settings["lr"] for t in r.trials}) for r in (grid, random)] == [5, 25]


@given(seeds, st.integers(1, 12))
def test_trials_are_sorted_and_depend_on_their_number_only(seed, n):
    few = se.random_search(objective, SPACE, n, rng=np.random.default_rng(seed))
    many = se.random_search(objective, SPACE, n + 3, rng=np.random.default_rng(seed))
    values = [t.value for t in few.trials]
    assert values == sorted(values) and few.best is few.trials[0]
    assert set(map(repr, few.trials)) <= set(map(repr, many.trials))
    assert sorted(t.number for t in few.trials) == list(range(n))


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_an_executor_changes_nothing_but_the_order_of_news(pool):
    alone = se.random_search(objective, SPACE, 6, rng=np.random.default_rng(1))
    halved = se.successive_halving(budgeted, SPACE, 6, min_budget=1, eta=2, rng=np.random.default_rng(1))
    news = []
    with pool(2) as executor:
        rng = np.random.default_rng(1)
        shared = se.random_search(objective, SPACE, 6, rng=rng, executor=executor, progress=lambda *a: news.append(a))
        rng = np.random.default_rng(1)
        assert se.successive_halving(budgeted, SPACE, 6, min_budget=1, eta=2, rng=rng, executor=executor) == halved
    assert shared == alone
    assert [(done, total) for done, total, _ in news] == [(i, 6) for i in range(1, 7)]
    assert {trial.number for _, _, trial in news} == set(range(6))


def test_a_trials_setting_says_nothing_about_the_numbers_of_its_run(rng):
    result = se.random_search(lambda settings, child: child.random(), {"x": se.Uniform(0, 1)}, 200, rng=rng)
    correlation = np.corrcoef([t.settings["x"] for t in result.trials], [t.value for t in result.trials])[0, 1]
    assert abs(correlation) < 4.5 / np.sqrt(200)  # its standard deviation


def test_two_searches_with_one_generator_differ(rng):
    one, other = (se.random_search(objective, SPACE, 3, rng=rng) for _ in range(2))
    assert {t.value for t in one.trials}.isdisjoint(t.value for t in other.trials)


def test_a_training_that_diverged_comes_last(rng):
    def diverges(settings, rng):
        return math.nan if settings["lr"] > 0.1 else math.inf if settings["lr"] > 0.05 else settings["lr"]

    values = [
        t.value for t in se.grid_search(diverges, {"lr": se.Choice((0.5, 0.01, 0.07, 0.9, 0.02))}, 1, rng=rng).trials
    ]
    assert values[:3] == [0.01, 0.02, math.inf] and all(map(math.isnan, values[3:]))


def test_what_the_objective_raises_is_passed_on(rng):
    with pytest.raises(ZeroDivisionError):
        se.random_search(lambda settings, rng: 1 / 0, SPACE, 2, rng=rng)


def test_settings_changed_by_the_objective_do_not_change_the_record(rng):
    result = se.random_search(lambda settings, rng: float(settings.pop("width")), SPACE, 2, rng=rng)
    assert all(t.settings["width"] == t.value for t in result.trials)


@given(seeds, st.integers(1, 30), st.integers(2, 4), st.integers(1, 3))
def test_successive_halving_keeps_the_best_and_multiplies_their_budget(seed, n, eta, start):
    calls = {}

    def watched(settings, budget, rng):
        calls.setdefault(budget, []).append((settings["lr"], rng.random()))
        return settings["lr"]

    result = se.successive_halving(watched, SPACE, n, min_budget=start, eta=eta, rng=np.random.default_rng(seed))
    alive, budget = sorted(t.settings["lr"] for t in result.trials), start
    assert len(alive) == n
    while alive:
        assert sorted(lr for lr, _ in calls.pop(budget)) == alive
        alive, budget = alive[: len(alive) // eta], budget * eta
    assert not calls
    order = [(-t.budget, t.value) for t in result.trials]
    assert order == sorted(order)


def test_more_budget_starts_from_the_same_seed(rng):
    seen = {}

    def watched(settings, budget, rng):
        seen.setdefault(settings["lr"], []).append((rng.random(), rng.spawn(1)[0].random()))
        return settings["lr"]

    se.successive_halving(watched, SPACE, 9, min_budget=1, eta=3, rng=rng)
    assert max(map(len, seen.values())) == 3
    assert all(len(set(numbers)) == 1 for numbers in seen.values())


@given(st.floats(1e-6, 10), st.integers(1, 4096), st.integers(1, 4096))
def test_scaling_rules(lr, batch, base):
    assert se.linear_scaled_lr(lr, base, base) == se.sqrt_scaled_lr(lr, base, base) == lr
    np.testing.assert_allclose(se.linear_scaled_lr(lr, batch, base) / batch, lr / base, rtol=1e-14)
    np.testing.assert_allclose(se.sqrt_scaled_lr(lr, batch, base) ** 2 / batch, lr**2 / base, rtol=1e-14)


def test_the_rules_keep_what_they_claim_to_keep():
    """k steps on batches of 4 against one on 4 k: the same mean move, or the same variance of one step."""
    rng, k, lr = np.random.default_rng(7), 16, 0.1
    gradients = rng.normal(1.0, 2.0, (20000, 4 * k))
    small = lr * gradients[:, :4].mean(axis=1)
    travelled = lr * gradients.reshape(-1, k, 4).mean(axis=2).sum(axis=1)
    linear = se.linear_scaled_lr(lr, 4 * k, 4) * gradients.mean(axis=1)
    np.testing.assert_allclose(linear, travelled, rtol=0, atol=1e-12)
    root = se.sqrt_scaled_lr(lr, 4 * k, 4) * gradients.mean(axis=1)
    # two sample variances, each with the relative standard deviation sqrt(2 / 20000)
    assert abs(root.var() / small.var() - 1) < 4.5 * 2 * math.sqrt(1 / 20000)


def search(rng, space=None, n_trials=2, objective=objective, **others):
    return se.random_search(objective, SPACE if space is None else space, n_trials, rng=rng, **others)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda rng: se.Uniform(2, 1), ValueError, "finite low < high expected, got 2 and 1"),
        (lambda rng: se.Uniform(1, 1), ValueError, "finite low < high expected, got 1 and 1"),
        (lambda rng: se.Uniform(0, math.inf), ValueError, "high must be finite, got inf"),
        (lambda rng: se.Uniform("0", 1), TypeError, r"low must be a number, got '0' \(str\)"),
        (lambda rng: se.LogUniform(0, 1), ValueError, "finite 0 < low < high expected, got 0 and 1"),
        (lambda rng: se.LogUniform(1e-3, math.nan), ValueError, "high must be finite, got nan"),
        (lambda rng: se.Integer(3, 2), ValueError, "low <= high expected, got 3 and 2"),
        (lambda rng: se.Integer(1.0, 2), TypeError, r"low must be an integer, got 1.0 \(float\): type 1"),
        (lambda rng: se.Choice(()), ValueError, "values must hold at least one value, got none"),
        (lambda rng: se.Choice("adam"), TypeError, r"values must be a list, got 'adam': type Choice\(\['adam'\]\)"),
        (lambda rng: se.Choice(3), TypeError, r"values must be a list, got 3: type Choice\(\[3\]\)"),
        (lambda rng: search(rng, n_trials=0), ValueError, "n_trials must be at least 1, got 0"),
        (lambda rng: search(rng, n_trials=2.0), TypeError, r"n_trials must be an integer, got 2.0 \(float\): type 2"),
        (lambda rng: search(rng, {}), ValueError, r"space must be a dict of at least one hyper-parameter, got \{\}"),
        (
            lambda rng: search(rng, {"lr": [0.1, 1]}),
            TypeError,
            r"space\['lr'\] must be a Uniform, .* got \[0.1, 1\]: type Choice\(\[0.1, 1\]\)",
        ),
        (lambda rng: search(rng, {"lr": 0.1}), TypeError, r"space\['lr'\] must be a Uniform, .* or Choice, got 0.1"),
        (lambda rng: search(3), TypeError, r"rng must be a numpy.random.Generator, got 3 \(int\): .*"),
        (lambda rng: search(rng, objective=0.5), TypeError, r"objective must be a function .* got 0.5 \(float\)"),
        (
            lambda rng: search(rng, objective=lambda s, r: None),
            TypeError,
            "the objective's value must be .* got None .*",
        ),
        (lambda rng: search(rng, executor=2), TypeError, r"executor must be an object with submit, got 2 \(int\)"),
        (lambda rng: search(rng, progress=True), TypeError, r"progress must be a function .* got True \(bool\)"),
        (lambda rng: se.grid_search(objective, SPACE, 0, rng=rng), ValueError, "n must be at least 1, got 0"),
        (lambda rng: se.grid_search(objective, {}, 2, rng=rng), ValueError, "space must be a dict .*"),
        (
            lambda rng: se.successive_halving(budgeted, SPACE, 3, min_budget=1, eta=1, rng=rng),
            ValueError,
            "eta must be at least 2, got 1",
        ),
        (
            lambda rng: se.successive_halving(budgeted, SPACE, 3, min_budget=0.5, rng=rng),
            TypeError,
            r"min_budget must be an integer, got 0.5 \(float\)",
        ),
        (lambda rng: se.linear_scaled_lr(0.1, 0, 32), ValueError, "batch_size must be at least 1, got 0"),
        (lambda rng: se.sqrt_scaled_lr(0.1, 32, -1), ValueError, "base_batch_size must be at least 1, got -1"),
        (lambda rng: se.linear_scaled_lr(-0.1, 32, 32), ValueError, "lr must be at least 0 and finite, got -0.1"),
        (lambda rng: se.sqrt_scaled_lr(None, 32, 32), TypeError, r"lr must be a number, got None \(NoneType\)"),
    ],
)
def test_what_does_not_fit_is_refused(call, error, message, rng):
    with pytest.raises(error, match=f"^{message}$"):
        call(rng)
