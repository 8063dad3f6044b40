"""Whatever is handed in gets its own clear verdict, and the line to paste reproduces the failure."""

import itertools

import numpy as np
import pytest
from thrift import rest_in_soak

from autograder.call import Outcome, call
from autograder.catalogue import UnknownExercise, load
from autograder.check import HIDDEN, OWN_SHARE, VISIBLE, _by_number, _with_numbers, check, example, hint, judge
from autograder.compare import Difference, Tolerance, compare
from autograder.exercise import Call, Exercise

NAME = "relu_backward"
COUNT = itertools.count()


def right(dout, z):
    return dout * (z > 0)


def wrong_type(dout, z):
    return (dout * (z > 0)).tolist()


def wrong_shape(dout, z):
    return (dout * (z > 0)).sum(axis=0)


def nan(dout, z):
    return dout * (z > 0) / 0 * 0


def complex_numbers(dout, z):
    return dout * (z > 0) + 0j


def returns_nothing(dout, z):
    dout * (z > 0)


def raises(dout, z):
    shift = "one"
    return dout * (z > 0) + shift


def leaves(dout, z):
    raise SystemExit("enough")


def never_ends(dout, z):
    while True:
        z = -z


def mutates(dout, z):
    z *= 2
    return dout * (z > 0)


def prints(dout, z):
    print("mask:", (z > 0).sum())
    return dout * (z > 0)


def warns(dout, z):
    np.log(-np.ones(1))
    return dout * (z > 0)


def stub(dout, z):
    raise NotImplementedError


def other_signature(dout):
    return dout


def other_order(z, dout):
    return dout * (z > 0)


def uses_the_library(dout, z):
    from course_lib.functions.activations import relu_backward

    return relu_backward(dout, z)


VERDICTS = [
    (right, "pass", 1.0, ["PASS"]),
    (prints, "pass", 1.0, ["Note: it printed: mask:"]),
    (warns, "pass", 1.0, ["Note: NumPy or Python warned: invalid value encountered in log"]),
    (wrong_type, "fail", 0.0, ["should be an array of shape", "got a list of"]),
    (wrong_shape, "fail", 0.0, ["should be of shape", "got shape"]),
    (nan, "fail", 0.0, ["got nan", "(not finite)"]),
    (complex_numbers, "fail", 0.0, ["got an array of dtype complex128"]),
    (returns_nothing, "fail", 0.0, ["is a return missing?"]),
    (mutates, "fail", 0.97, ["the input z was changed in place"]),
    (raises, "error", 0.0, ["UFuncTypeError", "return dout * (z > 0) + shift)"]),
    (leaves, "error", 0.0, ["SystemExit: enough"]),
    (never_ends, "timeout", 0.0, ["TIMEOUT", "no answer within"]),
    (stub, "not_implemented", 0.0, ["NOT YET", "still raises NotImplementedError"]),
    (other_signature, "error", 0.0, ["it is defined as (dout)", "Keep the signature relu_backward(dout, z)"]),
    (other_order, "error", 0.0, ["it is defined as (z, dout)", "Keep the signature relu_backward(dout, z)"]),
    (uses_the_library, "error", 0.0, ["uses course_lib.functions.activations of the course's library"]),
    (None, "error", 0.0, ["no function relu_backward to call", "Define relu_backward(dout, z)"]),
    (np.zeros(3), "error", 0.0, ["expected a function, got ndarray"]),
]


def name_of(value):
    return getattr(value, "__name__", None)


@pytest.mark.parametrize(("function", "verdict", "score", "said"), VERDICTS, ids=name_of)
@pytest.mark.parametrize("seed", rest_in_soak([VISIBLE, HIDDEN]))
def test_bad_input_gets_its_own_verdict(function, verdict, score, said, seed):
    report = check(NAME, function, seed=seed)
    assert (report.exercise, report.verdict, report.score, report.points) == (NAME, verdict, score, 1)
    for words in said:
        assert words in str(report)


def test_every_verdict_reads_differently():
    explanations = [tuple(said) for _, _, _, said in VERDICTS]
    assert len(set(explanations)) == len(explanations)


@pytest.mark.soak
def test_after_a_timeout_the_other_cases_are_not_tried():
    calls = []

    def counted(dout, z):
        calls.append(1)
        never_ends(dout, z)

    report = check(NAME, counted)
    assert len(calls) == 1
    first, *others = [case.verdict for case in report.cases]
    assert first == "timeout" and set(others) == {"skipped"}


def test_part_of_the_cases_earns_part_of_the_points():
    exercise = load("prelu_backward")
    report = judge(exercise, lambda inputs: call(strict_at_zero, inputs), VISIBLE)
    own = [case.verdict == "pass" for case in report.cases if not case.kind]
    assert 0 < sum(own) < len(own)
    assert {case.verdict for case in report.cases if case.kind} == {"skipped"}
    assert report.score == pytest.approx(OWN_SHARE * exercise.points * sum(own) / len(own), abs=0.01)


def test_an_answer_that_is_right_but_for_one_corner_loses_a_share_of_what_corners_earn():
    report = check("leaky_relu", lambda z, alpha=0.3: np.where(z > 0, z, alpha * z))
    corners = [case for case in report.cases if case.kind]
    assert [case.kind for case in report.cases if case.verdict != "pass"] == ["defaults"]
    assert report.score == pytest.approx(1 - (1 - OWN_SHARE) / len(corners), abs=0.01)
    assert "✗ alpha by name, and left out" in str(report) and "✓ and: arrays of integers; " in str(report)


def strict_at_zero(dout, z, a):
    return (z > 0) * dout + (z < 0) * a * dout, (dout * np.minimum(z, 0)).sum(0)


def test_hints_climb_and_stop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    hints = load(NAME).hints
    assert [hint(NAME, number) for number in (1, 2, 99, 0)] == [hints[0], hints[1], hints[-1], hints[0]]


def test_example_gives_the_inputs_of_the_case():
    inputs = load(NAME).cases[1].inputs(HIDDEN)
    for value, wanted in zip(example(NAME, 2, seed=HIDDEN), inputs.values(), strict=True):
        np.testing.assert_array_equal(value, wanted)


@pytest.mark.parametrize(
    "value",
    [
        np.array([[0.1 + 0.2, 1 / 3]]),
        np.array([1 / 3, -np.inf, np.nan], dtype=np.float32),
        np.array([1, 2], dtype=np.int32),
        np.array([True, False]),
        np.array(2.5),
        np.empty((0, 3)),
        np.empty((2, 0), dtype=np.int64),
        np.float32(0.1),
        np.float64("inf"),
        np.bool_(True),
        np.int64(-3),
        float("nan"),
        float("-inf"),
        1 / 3,
        None,
        "it's",
        (1.5,),
        [np.array([1.0]), {"w": (np.float64(1.0), True)}],
        {"a": np.array([[1 / 7]]), "b": []},
    ],
    ids=repr,
)
def test_every_kind_of_input_is_written_so_that_it_comes_back(value):
    line = _with_numbers("f", {"x": value})
    (back,) = eval(line, {"f": lambda *arguments: arguments, "np": np})
    exact = Tolerance(rtol=0, atol=0)
    assert type(back) is type(value)
    assert compare(Outcome("returned", value), Outcome("returned", back), exact) is None
    assert getattr(back, "dtype", None) == getattr(value, "dtype", None)


@pytest.mark.parametrize("value", [np.zeros(1000), len, np.zeros((2, 3)).T, np.zeros((2, 4))[:, ::2]])
def test_what_numbers_do_not_tell_is_pasted_by_number(value):
    assert _with_numbers("f", {"x": value}) == ""
    assert _by_number("f", 2, 1, {"x": value}, VISIBLE) == "f(*example('f', 2))"
    assert _by_number("f", 1, 3, {"x": value, "c=": 0.5}, HIDDEN) == f"f(*example('f', 1, 3, seed={HIDDEN}), c=0.5)"


def test_a_reference_that_never_ends_is_a_fault_of_ours(monkeypatch):
    def reference(x):
        while True:
            x += 1

    monkeypatch.setattr("autograder.probes.REFERENCE_SECONDS", 0.2)
    exercise = Exercise("ours", "none", 1, reference, ("Why?",))
    exercise.case("one")(lambda rng: {"x": 1})
    report = judge(exercise, lambda inputs: Outcome("returned", 1), seed=0)
    assert report.verdict == "grader_error" and "no answer within 0.2 s" in report.headline


@pytest.mark.parametrize(
    "function, told",
    [
        (lambda seed: seed + 0.5, None),
        (lambda seed: 0.5, "another seed: the result should not be that of the first call"),
        (lambda seed: next(COUNT) + 0.5, "the first seed again: the result should be that of"),
        (lambda seed: -1.0, "it is negative"),
        (lambda seed: 1 / seed, "another seed: ZeroDivisionError"),
    ],
    ids=["right", "one for all seeds", "another in each call", "refused by the judge", "raises"],
)
def test_a_judged_value_is_compared_with_that_of_the_first_call(function, told):
    def no_negative(inputs, value):
        return Difference("negative", "it is negative") if value < 0 else None

    exercise = Exercise("ours", "none", 1, lambda seed: 0.0, ("Why?",), judge=no_negative)

    @exercise.case("seeds")
    def seeds(rng):
        return [
            Call({"seed": 4}),
            Call({"seed": 0}, "another seed", as_first=False),
            Call({"seed": 4}, "the first seed again", as_first=True),
        ]

    report = judge(exercise, lambda inputs: call(function, inputs), VISIBLE)
    assert report.passed == (told is None)
    assert (told or "") in report.cases[0].explanation


@pytest.mark.parametrize("fault", ["reference", "case"])
def test_a_fault_of_the_exercise_is_never_blamed_on_the_student(fault):
    def reference(x):
        return 1 / 0 if fault == "reference" else x

    exercise = Exercise("ours", "none", 1, reference, ("Why?",))
    exercise.case("a case")(lambda rng: {"x": 1 / 0 if fault == "case" else 1.0})
    report = judge(exercise, lambda inputs: call(lambda x: x, inputs), VISIBLE)
    assert report.verdict == "grader_error"
    assert "ZeroDivisionError" in str(report) and "not of your code" in str(report)


def test_an_exercise_that_does_not_exist_is_reported():
    with pytest.raises(UnknownExercise, match=r"^no exercise is called 'relu_forward'"):
        check("relu_forward", right)


def test_without_a_function_the_one_of_that_name_is_found_where_check_is_called():
    def checked(source):
        notebook = {"check": check}
        exec(source + "\nreport = check('relu_backward')", notebook)
        return notebook["report"]

    assert checked("def relu_backward(dout, z): return dout * (z > 0)").passed
    missing = checked("relu_backwards = None")
    assert missing.verdict == "error" and missing.score == 0
    assert "nothing in the notebook defines it" in missing.headline
    assert "relu_backward(dout, z)" in missing.headline


def test_what_calls_a_failing_answer_waits_for_it_and_keeps_its_score():
    notebook = {"check": check, "np": np}
    exec(
        "def sigmoid(z):\n    raise NotImplementedError\n"
        "def swish(z, beta=1.0):\n    return z * sigmoid(beta * z)\n"
        "def elu(z, alpha=1.0):\n    return z\n"
        "stub, wrong, own = check('sigmoid'), check('swish'), check('elu')\n"
        "def sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n"
        "right = check('swish')",
        notebook,
    )
    assert [notebook[name].verdict for name in ("stub", "wrong", "own", "right")] == [
        "not_implemented",
        "skipped",
        "fail",
        "pass",
    ]
    assert "sigmoid" in notebook["wrong"].headline
    assert notebook["wrong"].diagnosis is None
