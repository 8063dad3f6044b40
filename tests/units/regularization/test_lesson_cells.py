"""The examples of the lesson on regularization, and what its cells print, against what its sentences say of them."""

import re

import numpy as np
import pytest
from lesson_text import numbers
from thrift import rest_in_soak

from autograder.catalogue import catalogue
from autograder.exercise import PARTS
from course_lib.units.regularization.questions import QUESTIONS
from regularization.lesson import PROSE, lesson, printed

pytestmark = pytest.mark.compiled


def test_the_examples_of_the_core_exercises_are_right():
    made = lesson()
    for decoupled, said in ((False, "$v = 4$ and $w = 1.8$ coupled"), (True, "$v = 2.25$ and $w = 1.7$ decoupled")):
        w, v = made.weight_decay_step(np.array([2.0]), np.array([3.0]), np.zeros(1), 0.1, 0.5, decoupled, rho=0.75)
        assert said in PROSE
        np.testing.assert_allclose([*v, *w], [4, 1.8] if not decoupled else [2.25, 1.7])
    assert "$t = 1$ that is $(2, 0, 0, -1)$" in PROSE
    np.testing.assert_array_equal(made.soft_threshold(np.array([3, -0.5, 1, -2]), 1), [2, 0, 0, -1])
    assert "it is $(2.5, 0, -1.25, 0)$" in PROSE
    mask = np.array([1.25, 0, 1.25, 1.25])
    np.testing.assert_array_equal(made.dropout_backward(np.array([2, 5, -1, 0]), mask), [2.5, 0, -1.25, 0])
    assert "is $(0.6, 0.4)$ and its entropy 0.673. (The mean of the two entropies would be 0.468" in PROSE
    mean, one, other = made.entropy(np.array([[0.6, 0.4], [0.9, 0.1], [0.3, 0.7]]))
    np.testing.assert_allclose([mean, (one + other) / 2], [0.673, 0.468], atol=5e-4)
    state, stops = None, []
    for loss in (1.0, 0.8, 0.9, 0.85):
        state, stop = made.early_stopping(state, loss, [np.array([loss])], 2)
        stops.append(stop)
    assert "the answers are False, False, False, True; the best is 0.8" in PROSE
    assert stops == [False, False, False, True] and state["best"] == state["weights"][0][0] == 0.8
    assert "is $(0.05, 0.05, 0.85, 0.05)$ and $(0.85, 0.05, 0.05, 0.05)$" in PROSE
    targets = [[0.05, 0.05, 0.85, 0.05], [0.85, 0.05, 0.05, 0.05]]
    np.testing.assert_allclose(made.smooth_labels(np.array([2, 0]), 4, 0.2), targets)
    assert "that is $(0.4, 1, 0.3)$" in PROSE
    np.testing.assert_allclose(made.fgsm(np.array([0.5, 0.95, 0.3]), np.array([-2, 0.01, 0]), 0.1), [0.4, 1, 0.3])


def test_the_examples_of_the_other_exercises_are_right():
    made = lesson()
    assert "it is $0.7 + 0.25 = 0.95$" in PROSE
    assert made.elastic_net_penalty(np.array([3, -4]), 0.1, 0.02) == pytest.approx(0.95)
    assert "the columns $(1.5, 2)$ and $(0, 1)$" in PROSE
    np.testing.assert_allclose(made.max_norm(np.array([[3, 0], [4, 1]]), 2.5), [[1.5, 0], [2, 1]])
    assert "a dropped entry comes out as $-1.458$, and a kept 2 as $2.005$" in PROSE
    out = made.alpha_dropout(np.full(100, 2), 0.1, np.random.default_rng(0))
    np.testing.assert_allclose(np.unique(out), [-1.458, 2.005], atol=1e-3)
    turned = made.rotate(np.array([[[[1, 2], [3, 4]]]] * 2), np.array([90, 45]))
    assert "is $0.793 \\cdot 1.5 = 1.19$" in PROSE
    np.testing.assert_allclose(turned[0, 0], [[2, 4], [1, 3]])
    assert turned[1, 0, 0, 0] == pytest.approx(1.19, abs=5e-3)


def test_decay_is_the_same_for_all_or_divided_along_with_the_gradient():
    small, large, one, other = (float(n) for n in re.findall(r"(\d\.\d\d)(?= is| where)", printed('in (("coupled"')[0]))
    assert (
        "\\approx 0.61$ should be left" in PROSE and one == pytest.approx(other, abs=0.03) and abs(one - 0.61) < 0.03
    )  # noise: 0.006
    assert "small gradients is gone, and about 95 % of the other is left" in PROSE
    assert small < 0.05 and 0.93 < large < 0.97


def test_the_mean_output_is_the_input_and_the_gradient_agrees_with_differences():
    assert "come out close to themselves" in PROSE
    said = printed("numbers = np.array")[0].split("mean:")[1].split("standard")[0]
    # a standard deviation of 2 over the root of 2000 draws is 0.045
    np.testing.assert_allclose([float(n) for n in re.findall(r"-?\d+\.\d*", said)], [3, -1, 4, 2], atol=0.2)
    assert float(printed("dout = rng.normal")[0].split(":")[1]) < 1e-8


def test_of_dropout_s_layers_only_yours_is_right_and_more_of_it_is_less_sure():
    assert re.findall(r": (\w+)\n", printed("def never_scales")[0]) == ["True", "False", "False", "False"]
    entropies = [float(n) for n in re.findall(r"entropy (\S+)", printed('small = {"w1"')[0])]
    assert "The more units are dropped, the less sure the mean is" in PROSE and entropies == sorted(entropies)


def test_the_planted_leak_is_found_and_both_penalties_prefer_to_share():
    assert printed("passes = np.arange")[0] == "leak\nhealthy\n"
    assert "To L1 it is all the same" in PROSE
    assert re.findall(r"(?:costs|alone,) (\S+)", printed("for w in ([1.0")[0]) == ["1.0", "1.5", "1.0", "1.25"]


def test_alpha_dropout_keeps_mean_and_variance():
    mean, variance, other_mean, other_variance = numbers(printed("a = b = rng")[0])
    assert "multiplies the mean square by $1 / (1 - p)$ each time" in PROSE
    assert max(mean, abs(variance - 1), other_mean) < 0.1 and 20 < other_variance < 28  # 0.9 ** -30 is 23.6


@pytest.mark.outcome
def test_the_label_s_logit_is_as_far_above_the_others_as_the_formula_says():
    made = lesson()
    x, y, _ = made.few(0, wrong=0.0)
    params, label = made.train(x, y, 0, smoothing=0.1), np.arange(10) == y[:, None]
    logits, p = made.logits_of(params, x), made.probabilities(made.logits_of(params, made.x_test))
    assert "$\\ln 91 \\approx 4.5$" in PROSE
    above = np.median(logits[label] - logits[~label].reshape(len(x), 9).mean(axis=1))
    assert above == pytest.approx(np.log(91), abs=0.2)  # 4.5 to 4.6 on twenty draws
    assert "it gives 78 % on average to what it chooses, and gets more than nine in ten right" in PROSE
    # 75 to 79 %, and 92 to 96 %
    assert 0.73 < p.max(axis=1).mean() < 0.81 and 0.91 < np.mean(p.argmax(axis=1) == made.y_test) < 0.97


@pytest.mark.outcome
@pytest.mark.parametrize("first", rest_in_soak((0, 5), keep=0, soak=1))
def test_the_answers_are_the_same_on_other_seeds(first):
    made, answer, seeds = lesson(), {q.name: q.answer for q in QUESTIONS}, range(first, first + 5)
    labels = (("right labels", False), ("random labels", True))
    assert (
        answer["random_labels"]({name: [made.learned(s, is_random) for s in seeds] for name, is_random in labels}) == 2
    )
    results = {
        name: [[made.compared(s, wrong, decay=decay)[0] for s in seeds] for wrong in (0.2, 0.0)]
        for name, decay in (("plain", 0.0), ("weight_decay", 3.0))
    }
    assert answer["decay_helps"](results) == 1
    assert answer["dropout_left_on"]([made.asked_often(s) for s in seeds]) == 1
    crops = {(p, 0.0, 60): np.median([made.augmented(s, p, 0.0, 60) for s in seeds], axis=0) for p in (0, 1)}
    assert answer["moved_digits"](crops) == 2


@pytest.mark.soak
@pytest.mark.outcome
def test_the_project_reaches_what_is_asked():
    found = [numbers(line) for line in printed("chosen = order[")[0].splitlines()]
    assert all(right >= 78 and repeated < 20 for right, repeated, _ in found)


def test_the_minutes_of_the_exercises_are_the_ones_that_the_lesson_names():
    minutes = {part: sum(e.minutes for e in catalogue("regularization") if e.part == part) for part in PARTS}
    assert f"the core exercises take {minutes['core']} minutes" in PROSE
    assert f"The exercises take {minutes['more']} minutes" in PROSE
