"""A student reads of hidden cases in our words and in lines of the own code, and no numbers of theirs."""

import numpy as np
import pytest

from autograder.box.wire import Unsupported
from autograder.call import Outcome, call
from autograder.catalogue import load
from autograder.check import HIDDEN, judge
from autograder.grading.judging.disclosure import for_student, library_name
from autograder.report import Diagnosis, Report, render_text

EXERCISE = load("relu_backward")
ANSWER = "def relu_backward(dout, z):\n    y = 1 / 0\n    return y"


def told(run, answer=ANSWER):
    return render_text(for_student(judge(EXERCISE, run, HIDDEN), answer))


def saying(**facts):
    return lambda inputs: Outcome(**{"status": "raised", **facts})


def test_a_difference_is_named_without_its_numbers():
    text = told(lambda inputs: call(lambda dout, z: -np.where(z > 0, dout, 0.0), inputs))
    assert "every entry has the wrong sign" in text
    assert "expected" not in text
    assert "Reproduce" not in text


def test_a_strange_answer_is_named_and_nothing_of_it_shown():
    def yields(dout, z):
        yield from dout

    text = told(lambda inputs: call(yields, inputs))
    assert "the result has the wrong type: a generator: it uses yield" in text
    assert "is a return missing?" in told(lambda inputs: call(lambda dout, z: None, inputs))
    text = told(lambda inputs: call(lambda dout, z: dout.tolist(), inputs))
    assert "the result has the wrong type: wrap it in np.array" in text
    assert "of shape" not in text


def test_of_several_values_the_wrong_one_is_named():
    exercise = load("affine_backward")

    def told_of(change):
        def answer(dout, cache):
            return change(dout @ cache[1].T, cache[0].T @ dout, dout.sum(axis=0))

        report = judge(exercise, lambda inputs: call(answer, inputs), HIDDEN)
        return render_text(for_student(report, ""))

    assert "`db`: every entry has the wrong sign" in told_of(lambda dx, dw, db: (dx, dw, -db))
    text = told_of(lambda dx, dw, db: (dx, dw, np.zeros(77)))
    assert "`db` has the wrong shape" in text and "77" not in text
    assert "in another order" in told_of(lambda dx, dw, db: (db, dw, dx))


def test_a_cause_that_is_derived_tells_no_number_of_a_hidden_input():
    """A function may keep a number that it was given, and make all its values so many times too large."""
    kept = []

    def answer(dout, z):
        kept.append(float(dout.flat[0]))
        return kept[0] * np.where(z > 0, dout, 0.0)

    report = judge(EXERCISE, lambda inputs: call(answer, inputs), HIDDEN)
    assert f"{kept[0]:.4g}" in report.diagnosis.sentence
    text = render_text(for_student(report, ""))
    assert "Likely cause: The result is ... times what it should be everywhere" in text
    assert f"{kept[0]:.4g}" not in text


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("It is wrong from somewhere between 24.9 and 1e-8 on.", "It is wrong from somewhere between ... and ... on."),
        ("`w1` lacks a sum over axis 0.", "`w1` lacks a sum over axis 0."),
        ("An array of float64, divided by 2.", "An array of float64, divided by 2."),
        ("The definition should say `alpha=0.01`.", "The definition should say `alpha=0.01`."),
        ("It is -3.5 there, of shape (12, 3).", "It is ... there, of shape (..., 3)."),
    ],
)
def test_of_a_derived_cause_names_and_single_digits_stay(sentence, said):
    report = Report("relu_backward", "fail", 0.0, 1.0, diagnosis=Diagnosis("region", sentence, "derived"))
    assert for_student(report, "").diagnosis.sentence == said


def test_what_a_box_says_of_a_value_is_not_shown():
    for kind in ("7.25", "`7`: 25", "a value of type 7.25"):
        text = told(saying(status="returned", value=Unsupported(kind)))
        assert "the result has the wrong type" in text
        assert "7" not in text.replace("relu_backward", "")


def test_an_error_is_told_with_its_kind_and_the_line_of_the_answer():
    text = told(saying(error="ZeroDivisionError", message="division by 7.25", where="line 2: y = 1 / 0"))
    assert "it raised ZeroDivisionError in line 2: y = 1 / 0" in text
    assert "7.25" not in text


@pytest.mark.parametrize("where", ["line 2: y = 7.25", "line 99: y = 1 / 0", "line 7.25", "7.25"])
def test_a_line_that_the_answer_does_not_have_is_left_out(where):
    assert "7.25" not in told(saying(error="E7.25", message="7.25", where=where))
    assert "99" not in told(saying(error="ValueError", message="7.25", where=where))


def test_warnings_of_numpy_are_kept_and_others_not():
    warned = (
        "divide by zero encountered in scalar divide",
        "overflow encountered in exp",
        "overflow encountered in 7.25",
    )
    text = told(saying(error="ValueError", warnings=warned, printed="7.25"))
    assert all(warning in text for warning in warned[:2])
    assert "7.25" not in text


def test_a_wrong_signature_is_quoted_from_the_answer():
    text = told(saying(status="signature", message="defined as (x=7.25)"), "def relu_backward(z):\n    return z")
    assert "defined as relu_backward(z). Keep the signature relu_backward(dout, z)" in text
    assert "7.25" not in text


def test_a_missing_function_is_told_with_the_kind_of_error_that_stopped_its_cell():
    message = "its cell stopped with ZeroDivisionError: 7.25 (line 2: y = 1 / 0)"
    text = told(saying(status="missing", message=message))
    assert "in its cell it raised ZeroDivisionError in line 2: y = 1 / 0. Define relu_backward(dout, z)" in text
    assert "7.25" not in text


def test_a_name_of_the_library_is_quoted_only_when_the_student_has_written_it():
    source = "from course_lib.functions.activations import relu"
    assert library_name("course_lib.functions.activations.relu", [source]) == "course_lib.functions.activations.relu"
    for said in (
        "course_lib.functions.activations.gelu",
        "course_lib.7 25",
        "numpy.relu",
        "",
        "course_lib.a.a.a.a.a.a",
    ):
        assert library_name(said, [source]) == ""
