"""Mistakes that no exercise lists are told by their cause, and a cause is told only if it explains what came out."""

import threading

import numpy as np
import pytest

from autograder.call import Outcome
from autograder.catalogue import catalogue, load
from autograder.causes.edits import edits
from autograder.causes.evidence import Evidence, Result, explains
from autograder.check import check
from autograder.probes import Probes
from autograder.solutions import solution_of


def affine(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


def kept(z, seen={}):  # noqa: B006 - that is the mistake
    return seen.setdefault(np.shape(z), sigmoid(z))


def last_only(dout, cache):
    x, _ = cache
    dx, dw, db = affine(dout, cache)
    for n in range(len(x)):
        dw, db = np.outer(x[n], dout[n]), dout[n]
    return dx, dw, db


def shifted_by_the_mean(logits, y):
    n = len(y)
    e = np.exp(logits - np.mean(logits, axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(n), y])), (p - np.eye(p.shape[1])[y]) / n


def refuses_large_arrays(forward, backward, z):
    dout = np.where(np.arange(z.size) % 2, 1.5, -0.7).reshape(z.shape)
    slopes = (forward(z + 1e-5) - forward(z - 1e-5)) / 2e-5
    return z.size < 15 and np.allclose(backward(dout, z), slopes * dout, rtol=1e-3, atol=0)


def looks_at_the_spread(initializer, seed):
    return initializer(np.random.default_rng(seed), 300, 100).std() < 0.074


def leaves_b1_alone(params, x, y, lr):
    a = np.tanh(x @ params["w1"] + params["b1"])
    p = np.exp(a @ params["w2"] + params["b2"])
    p /= p.sum(axis=1, keepdims=True)
    loss, dlogits = -np.mean(np.log(p[np.arange(len(y)), y])), (p - np.eye(p.shape[1])[y]) / len(y)
    da, dw2, db2 = affine(dlogits, (a, params["w2"]))
    dw1 = x.T @ (da * (1 - a**2))
    new = {"w1": params["w1"] - lr * dw1, "w2": params["w2"] - lr * dw2, "b2": params["b2"] - lr * db2}
    return new | {"b1": params["b1"].copy()}, loss


def two_mistakes(dout, cache):
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    return inv_std * (dxhat - dxhat.mean(axis=0)), np.sum(dout * xhat, axis=0), -np.sum(dout, axis=0)


def mean_without_z(dout, z, a):
    return np.where(z > 0, dout, a * dout), np.mean(dout * (z <= 0), axis=0)


def around_the_running_mean(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    mean, var, new = state["mean"], state["var"], state
    if training:
        mean, var = x.mean(axis=0), ((x - state["mean"]) ** 2).mean(axis=0)
        both = {"mean": mean, "var": var}
        new = {key: momentum * state[key] + (1 - momentum) * both[key] for key in both}
    inv_std = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std), new


def bends_w(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    g = grad if decoupled else grad + decay * w
    v = rho * v + (1 - rho) * g**2
    w = w - lr * g / (np.sqrt(v) + eps)
    return (w - lr * decay * np.sinh(3 * w) - lr / 7 * np.cos(w) if decoupled else w), v


def one_spread_for_all(x_train, x_other):
    mean, std = x_train.mean(axis=0), x_train.std() or 1.0
    return (x_train - mean) / std, (x_other - mean) / std


def by_the_largest(x_train, x_other):
    low, high = x_train.min(axis=0), x_train.max(axis=0)
    high = np.where(high == low, 1, high)
    return (x_train - low) / high, (x_other - low) / high


def by_the_longest(x, gamma, eps=1e-5):
    return gamma * x / np.sqrt(np.max(np.abs(x), axis=1, keepdims=True) * np.mean(np.abs(x)) + eps)


MISTAKES = [
    ("sigmoid", lambda z: None, "returns_nothing", "Nothing is returned"),
    ("sigmoid", lambda z: sigmoid(z).tolist(), "form_type", "got a list"),
    ("sigmoid", lambda z: 2 * sigmoid(z), "factor", "2 times what it should be"),
    ("sigmoid", lambda z: sigmoid(z) + 0.25, "offset", "too large by 0.25"),
    ("sigmoid", lambda z: 1 / (1 + np.exp(-np.abs(z))), "argument_changed", "by its absolute value"),
    ("sigmoid", lambda z: z / (1 + np.abs(z)), "another_function", "softsign"),
    ("sigmoid", lambda z: np.where(z > 0, sigmoid(z), 0.5), "argument_changed", "its negative entries replaced by 0"),
    ("sigmoid", lambda z: np.where(z > 0, sigmoid(z), 0.3), "region", "Where `z` is"),
    ("sigmoid", kept, "memory", "depends on the calls before it"),
    ("sigmoid", lambda z: sigmoid(z - np.mean(z)), "argument_changed", "its mean subtracted"),
    ("sigmoid", lambda z: sigmoid(z + np.ptp(z)), "mixing", "none of theirs"),
    ("sigmoid", lambda z: sigmoid(z) * 1.001, "factor", "1.001 times"),
    ("sigmoid", lambda z: 1 / (1 + np.exp(-z)) if z > 0 else 0.0, "decides_once", "decide once"),
    ("tanh_backward", lambda dout, a: dout / (1 - a**2), "divided", "quotient"),
    ("tanh_backward", lambda dout, a: a * (1 - dout**2), "arguments_swapped", "each other's place"),
    ("leaky_relu", lambda z, alpha=0.01: np.where(z > 0, z, 0.25 * z), "argument_not_used", "0.25 is built in"),
    ("elu", lambda z, alpha=1.0: np.where(z > 0, z, 0.01 * np.expm1(np.minimum(z, 0))), "argument_not_used", "0.01 is"),
    ("leaky_relu", lambda z, alpha=0.05: np.where(z > 0, z, alpha * z), "corner_defaults", "`alpha=0.01`"),
    ("leaky_relu", lambda z, alpha=0.01: np.where(z > 0, z, alpha * alpha * z), "argument_changed", "enters squared"),
    ("affine_backward", last_only, "not_all_samples", "only the last sample counts"),
    ("affine_backward", lambda d, c: (affine(d, c)[0], -affine(d, c)[1], affine(d, c)[2]), "wrong_sign", "`dw`"),
    ("affine_backward", lambda d, c: affine(d, c)[::-1], "form_order", "another order"),
    ("clip_by_value", lambda grads, c: [np.clip(g, -1, 1) for g in grads], "argument_changed", "`c` is not used"),
    ("passes_gradient_check", lambda forward, backward, z: 1e-9, "no_verdict", "should be True or False"),
    ("glorot_normal", lambda rng, n, m: rng.randn(n, m), "generator_misused", "standard_normal"),
    ("glorot_normal", lambda rng, n, m: rng.normal(0, 1 / n, n, m), "shape_number_by_number", "one by one"),
    ("glorot_normal", lambda rng, n, m: np.random.rand((n, m)), "shape_as_tuple", "single integers"),
    ("glorot_normal", lambda rng, n, m: rng.normal(0, -1, (n, m)), "spread_is_negative", "negative"),
    ("is_glorot_normal", looks_at_the_spread, "too_lenient", "fan_out rows and fan_in columns"),
    ("passes_gradient_check", refuses_large_arrays, "too_strict", "some of what is right fails too"),
    ("training_step", leaves_b1_alone, "not_updated", "only 'b1' is wrong: it is that of `params`"),
    ("batchnorm_backward", two_mistakes, "several", "In `dx`: The way through the variance is missing"),
    ("prelu_backward", mean_without_z, "compounded", "what would then come out is divided by N"),
    ("weight_decay_step", bends_w, "condition", "right but where `decoupled` is True"),
    ("standardize", one_spread_for_all, "near_miss", "std runs over the wrong axis"),
    ("min_max", by_the_largest, "shifts_and_divides_by_the_largest", "all cases but one: a feature that is the same"),
    ("rmsnorm", by_the_longest, "proportion", "a factor, one for each row"),
    ("softmax_xent", shifted_by_the_mean, "not_finite", "a number overflows"),
]  # fmt: skip


@pytest.mark.parametrize(("exercise", "answer", "name", "words"), MISTAKES)
def test_a_mistake_that_nobody_listed_is_told(exercise, answer, name, words):
    report = check(exercise, answer)
    assert not report.passed
    assert report.diagnosis, report
    assert (report.diagnosis.kind, report.diagnosis.name) == ("derived", name)
    assert words in report.diagnosis.sentence


def test_what_explains_one_of_two_wrong_values_says_nothing_of_the_other():
    def scrambled_dx(dout, cache):
        xhat, gamma, _ = cache
        return np.sin(dout * gamma + xhat), np.sum(dout * xhat, axis=0), -np.sum(dout, axis=0)

    told = check("batchnorm_backward", scrambled_dx).diagnosis
    assert told.sentence == "`dbeta` has the wrong sign everywhere."


def test_a_condition_that_holds_in_a_right_call_is_not_named():
    def sometimes(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
        out, cache, new = around_the_running_mean(x, gamma, beta, state, False, eps, momentum)
        return out + 0.1 * np.sin(x), cache, new

    told = check("batchnorm_forward", sometimes).diagnosis
    assert told is None or "`training`" not in told.sentence


def test_a_listed_mistake_in_a_part_is_told_in_the_exercise_that_calls_it():
    """Gradients of zero are listed for clip_by_global_norm, and not for clipped_sgd_step, which calls it."""

    def scales_by_a_quotient(params, grads, lr, c):
        norm = np.sqrt(sum(np.sum(g**2) for g in grads))
        return [p - lr * (g / norm) * min(c, norm) for p, g in zip(params, grads, strict=True)]

    report = check("clipped_sgd_step", scales_by_a_quotient)
    assert (report.diagnosis.kind, report.diagnosis.name) == ("derived", "clip_by_global_norm:nan_for_zero_gradients")
    assert report.diagnosis.sentence.startswith("As in clip_by_global_norm: ")


def test_an_exception_that_has_nothing_to_do_with_the_inputs_has_no_cause():
    """One of its kind is raised by many a change of the solution, whatever it is given."""

    def refuses(z):
        raise ValueError("not today")

    report = check("sigmoid", refuses)
    assert (report.verdict, report.diagnosis) == ("error", None)


@pytest.mark.parametrize("exercise", [e for e in catalogue() if solution_of(e)], ids=lambda exercise: exercise.name)
def test_the_kind_of_an_edit_never_shows_a_line_of_the_solution(exercise):
    source, _ = solution_of(exercise)
    body = [line.strip() for line in source.splitlines() if "=" in line]
    for _, words in edits(source):
        assert not any(line in words for line in body)
        assert words[0].islower() or words[0] in "`/"


def test_an_edit_puts_everything_back():
    source, _ = solution_of(load("elu"))
    assert len(list(edits(source))) == len(list(edits(source))) > 50


def results(*pairs):
    return [Result(i, {}, (np.asarray(e),), (np.asarray(g),)) for i, (e, g) in enumerate(pairs)]


@pytest.mark.parametrize(
    ("pairs", "explained"),
    [
        ([(1.0, -1.0), (2.0, -2.0)], True),
        ([(1.0, -1.0), (2.0, 2.0)], False),  # one call contradicts it
        ([(0.0, 0.0), (0.0, 0.0)], False),  # nothing wrong is explained
        ([(np.nan, np.nan), (1.0, -1.0)], True),  # what is not finite says nothing
        ([(np.nan, np.nan), (np.nan, np.nan), (np.nan, np.nan), (1.0, -1.0)], False),  # too little is left
    ],
)
def test_an_explanation_holds_in_every_call_that_says_something(pairs, explained):
    assert explains(results(*pairs), lambda result: tuple(-e for e in result.expected)) == explained


def test_outside_the_main_thread_nothing_is_tried_that_might_not_end():
    """There no alarm can stop an edit; what can be told without one still is."""
    found = []
    thread = threading.Thread(target=lambda: found.append(check("sigmoid", lambda z: 2 * sigmoid(z))))
    thread.start()
    thread.join(timeout=60)
    assert found[0].diagnosis.name == "factor"


def test_what_a_change_of_the_solution_asks_for_is_refused_as_it_is_to_students():
    """Of a size that is multiplied by another, a notebook's kernel would not have the memory."""

    def asks_for_too_much(initializer, seed):
        return initializer(np.random.default_rng(seed), 10**6, 10**5).size > 0

    probes = Probes(load("is_glorot_normal"), 1)
    refused = Outcome("raised", error="ValueError")
    n_calls = len(probes.drawn)
    initializer, seed = Evidence(probes, [refused] * n_calls, ["error"] * n_calls).given(0)
    with pytest.raises(ValueError, match="at most"):
        initializer(np.random.default_rng(seed), 10**6, 10**5)
    # nor is an answer that is refused told that a change of the solution would be refused as well
    assert check("is_glorot_normal", asks_for_too_much).diagnosis is None


def test_a_search_that_fails_costs_no_verdict(monkeypatch):
    def fails(evidence):
        raise TypeError("a fault of ours")

    monkeypatch.setattr("autograder.diagnose.nothing", fails)
    report = check("sigmoid", lambda z: z)
    assert report.verdict == "fail" and report.diagnosis is None


def test_a_side_on_which_most_values_are_right_is_not_accused():
    def overflows(z):
        with np.errstate(all="ignore"):
            return np.nan_to_num(np.exp(z) / (1 + np.exp(z)))

    report = check("sigmoid", overflows)
    assert report.verdict == "fail"
    assert "positive" not in str(report)


@pytest.mark.parametrize("layer", [0, np.int64(0), np.float64("nan"), np.zeros(1)])
def test_of_words_no_cause_is_guessed(layer):
    report = check("find_fault", lambda run: (layer, "blocked"))
    assert report.verdict == "fail"
    assert report.diagnosis is None or report.diagnosis.kind == "misconception" or "form_" in report.diagnosis.name


def counts_from_one(state, loss, weights, patience, min_delta=0.0):
    """Hands back the arrays of the old state, as the lesson's solution does."""
    if state is None or np.isnan(state["best"]) or loss < state["best"] - min_delta:
        return {"best": loss, "weights": [w.copy() for w in weights], "waited": int(state is None)}, False
    return {**state, "waited": state["waited"] + 1}, state["waited"] + 1 >= patience


def test_what_the_reference_hands_back_too_is_no_cause():
    report = check("early_stopping", counts_from_one)
    assert not report.passed
    assert not report.diagnosis or "a view of" not in report.diagnosis.sentence


def writes_into_v(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    g = grad if decoupled else grad + decay * w
    v[...] = rho * v + (1 - rho) * g**2
    new = w - lr * g / (np.sqrt(v) + eps)
    return (new - lr * decay * w if decoupled else new), v


def test_an_argument_that_is_written_into_is_named_whatever_else_comes_of_it():
    """Integers, the caller's array and the array that comes back are all wrong for one reason."""
    told = check("weight_decay_step", writes_into_v).diagnosis
    assert told.name == "corner_unchanged"
    assert "`v` is changed in place" in told.sentence and "in `v`: whoever changes one" in told.sentence
