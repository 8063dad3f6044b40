"""A student reads all that the public cases say, and of the hidden ones a few bits, however the answer is written."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from nbgrader_courses import SIGMOID

from autograder.box.wire import Unsupported
from autograder.call import Outcome, call
from autograder.catalogue import load
from autograder.check import HIDDEN, VISIBLE, judge, report_on
from autograder.corners import cases_of
from autograder.grading.judging.disclosure import OTHER_NUMBERS, for_student, library_name, most_bits
from autograder.grading.judging.grade_submission import fair_report, grade_submission
from autograder.grading.judging.kept import limit_of
from autograder.grading.judging.public_cases import in_need_of_words
from autograder.grading.judging.testcells import NOT_TAMPER_PROOF
from autograder.grading.records.graded_notebook import graded_notebook
from autograder.grading.records.recording import entry_of
from autograder.grading.reports.feedback import student_page
from autograder.grading.seeds import Key, seeds_of
from autograder.grading.submissions.assignment import copy_notebook, grade_id
from autograder.grading.submissions.submission import Submission
from autograder.probes import Probes
from autograder.report import CaseResult, Report, render_text

EXERCISE = load("relu_backward")


def right(dout, z):
    return np.where(z > 0, dout, 0.0)


def told(hidden, public=None):
    """What a student reads of an answer that does ``hidden`` with the hidden inputs, and ``public`` with the others."""
    return for_student(judge(EXERCISE, hidden, HIDDEN), judge(EXERCISE, public or hidden, VISIBLE))


def calling(function):
    return lambda inputs: call(function, inputs)


def saying(**facts):
    return lambda inputs: Outcome(**{"status": "raised", **facts})


def test_a_wrong_answer_is_told_all_that_the_notebooks_check_says():
    def forgets(dout, z):
        print("I was here")
        return np.where(z > 0, 1.0, 0.0) / 0

    wrong = calling(forgets)
    told_here, told_there = told(wrong), judge(EXERCISE, wrong, VISIBLE)
    assert render_text(told_here) == render_text(told_there)
    assert "I was here" in render_text(told_here) and "divide by zero" in render_text(told_here)
    error = render_text(told(calling(lambda dout, z: dout[1_000_000])))
    assert "IndexError: index 1000000 is out of bounds" in error


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"status": "returned", "value": Unsupported("7.25")}, "the result has the wrong type"),
        ({"status": "returned", "value": np.zeros(7)}, "the result has the wrong shape"),
        ({"status": "returned", "value": None}, "the result has the wrong type"),
        ({"error": "E7.25", "message": "7.25", "where": "line 7: 25"}, "it raises an exception"),
        ({"status": "crashed", "message": "7.25"}, "the Python process ended"),
        ({"status": "timeout", "message": "7.25"}, "no answer in time"),
        ({"status": "missing", "message": "7.25"}, "could not be called with other numbers"),
        ({"status": "signature", "message": "(x=7.25)"}, "could not be called with other numbers"),
        ({"status": "reference_used", "message": "course_lib.7.25"}, "could not be called with other numbers"),
    ],
)
def test_what_only_hidden_cases_show_is_told_in_our_words(facts, words):
    said = {"printed": "7.25", "warnings": ("overflow encountered in 7.25", "overflow encountered in exp")}
    text = render_text(told(saying(**said, **facts), calling(right)))
    assert words in text
    assert not any(character in text.replace(EXERCISE.signature, "") for character in ("7", "overflow", "printed"))
    assert "Reproduce" not in text


def test_with_numbers_of_the_notebook_it_passes_and_with_others_not():
    text = render_text(told(calling(lambda dout, z: dout), calling(right)))
    assert f"{OTHER_NUMBERS}: the values are wrong" in text
    assert "Likely cause" not in text


def test_a_pass_is_told_without_a_word_whatever_it_says_of_hidden_inputs():
    def noisy(inputs):
        honest = call(right, inputs)
        said = str(inputs)
        return replace(honest, printed=said, warnings=(said, "overflow encountered in exp"), message=said, where=said)

    report = told(noisy, calling(right))
    assert report == told(calling(right))
    assert report.notes == () and report.headline == ""


class Spy:
    """An answer that is told what to do with each call, by numbers that it takes from the hidden inputs."""

    KINDS = ("ValueError", "ZeroDivisionError", "MyOwn", "7", "KeyError")

    def __init__(self, rng):
        self.rng = rng

    def __call__(self, inputs):
        honest, n = call(right, inputs), int(self.rng.integers(10**6))
        says = {"printed": f"{n}", "warnings": (f"overflow encountered in {n}",), "message": f"{n}"}
        forms = EXERCISE.misconceptions
        lies = [
            honest,
            replace(honest, value=honest.value * n),
            replace(honest, value=-honest.value),
            replace(honest, value=np.zeros(n % 9)),
            replace(honest, value=honest.value.astype(["f4", "i8", "u1"][n % 3])),
            replace(honest, mutated=("dout", "z")[n % 2 :]),
            replace(honest, shared=("dout", "z")[n % 2 :]),
            replace(honest, value=Unsupported(f"a value of type {n}")),
            Outcome("raised", error=self.KINDS[n % 5], where=f"line {n}: {n}"),
            Outcome("crashed"),
            Outcome(("timeout", "not_implemented", "missing", "signature", "reference_used")[n % 5]),
            call(forms[n % len(forms)].function, inputs),
        ]
        weights = np.array([6.0, *[1.0] * (len(lies) - 2), 2.0])
        return replace(lies[self.rng.choice(len(lies), p=weights / weights.sum())], **says)


def test_a_report_carries_no_more_bits_than_are_written_down(rng):
    """Whatever an answer does on the hidden cases, what its author reads is one of few texts."""
    cases = cases_of(EXERCISE)
    own = sum(not case.kind for case in cases)
    bits = most_bits(own, len(cases) - own)
    assert bits < 13
    probes, spy = Probes(EXERCISE, HIDDEN), Spy(rng)
    hidden = [report_on(probes, list(map(spy, probes.drawn)), derived=False) for _ in range(80)]
    for public in (calling(lambda dout, z: dout), calling(right)):
        known = judge(EXERCISE, public, VISIBLE)
        told = [for_student(fair_report(report, EXERCISE), known) for report in hidden]
        read = {json.dumps([render_text(report), report.score]) for report in told}
        assert 10 < len(read) <= 2**bits


LINES = "\n".join(f"    if n == {k}: 0/0" for k in range(3000))
# tells hidden numbers by the names of NumPy's own functions, with a full mark
WARNS = f"""import warnings
{
    SIGMOID.replace(
        "return",
        '''for x in np.ravel(z)[:10].tolist():
        warnings.warn(f"overflow encountered in {[n for n in dir(np) if n.isidentifier()][int(abs(x) * 100) % 300]}")
        print(x)
    return''',
    )
}"""
RAISES = f"def relu_backward(dout, z):\n    n = int(abs(dout.flat[0]) * 1000) % 3000\n{LINES}\n    return dout"
NAMES_IT = """def relu_backward(dout, z):
    raise type(f"E{abs(dout.flat[0])}".replace(".", "_"), (ValueError,), {})(str(dout))"""
SHAPES = "def relu_backward(dout, z):\n    return np.zeros(int(abs(dout.flat[0]) * 1000) % 3000, 'f4')"
SCALES = "def relu_backward(dout, z):\n    return np.where(z > 0, dout, 0.0) * (2 + abs(dout.flat[0]))"


def everything_shown(assignment, result, submission):
    """All that a student may come to read: the page, nbgrader's notebook and comments, what Gradescope shows."""
    comments = entry_of(assignment, submission, result).comments
    reports = [render_text(for_student(report, result.public.get(name))) for name, report in result.reports.items()]
    return student_page(assignment, result), json.dumps(graded_notebook(assignment, result)), comments, reports


@pytest.mark.sandbox
@pytest.mark.parametrize("spy", [RAISES, NAMES_IT, SHAPES, SCALES], ids="lines names shapes scales".split())
def test_a_spy_reads_the_same_whatever_the_hidden_inputs_are(assignment, spy):
    notebook = copy_notebook(assignment.released)
    answers = {"relu_backward": spy, "sigmoid": WARNS}
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
    submission = Submission("eve", Path("eve.ipynb"), json.dumps(notebook).encode())
    shown = []
    for number in range(2):
        seeds = seeds_of(Key(bytes([number]) * 32), assignment, submission)
        result = grade_submission(submission, assignment, seeds=seeds)
        assert result.reports["check-sigmoid"].passed
        assert not result.reports["check-relu_backward"].passed
        assert result.reports["check-sigmoid"].notes, "the spy has said nothing"
        shown.append(everything_shown(assignment, result, submission))
    assert shown[0] == shown[1]
    assert "Reproduce" in shown[0][0]


def test_public_cases_are_run_where_there_is_something_to_say():
    reports = {name: Report(name, name, 0.0, 1.0) for name in ("pass", "fail", "error", "timeout", "not_implemented")}
    assert in_need_of_words(reports) == {"fail": VISIBLE, "error": VISIBLE}


@pytest.mark.parametrize(
    ("headline", "said"),
    [
        ("ValueError: 7.25 (line 3: assert f(7.25))", "it stopped with ValueError"),
        ("AssertionError: 7.25", "it stopped with AssertionError"),
        ("UnicodeWarning: 7.25", "it stopped"),
        ("MyOwnError: 7.25", "it stopped"),
    ],
)
def test_a_test_cell_tells_one_of_a_few_kinds_of_errors(headline, said):
    report = Report("test", "error", 1 / 3, 1.0, headline, notes=(NOT_TAMPER_PROOF,))
    assert for_student(report).headline == said
    assert for_student(report).score == 0.33


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


@pytest.mark.parametrize(
    ("what", "said", "told"),
    [
        ("timeout", "no answer within 5 s (call_seconds)", "no answer within 5 s (call_seconds)"),
        ("crashed", "its Python process is gone: an answer of status '7.25 (call_seconds)'", ""),
        ("crashed", "its Python process is gone: dtype '7.25 (function_bytes)'", ""),
        ("raised", "ValueError: 7.25 (callbacks)", ""),
    ],
)
def test_the_limit_that_was_reached_is_named_in_no_words_of_the_box(what, said, told):
    report = Report("f", "error", 0.0, 1.0, cases=(CaseResult("a case", "error", said, what),))
    assert limit_of(report) == told
    of_a_test_cell = Report("test", "timeout", 0.0, 1.0, "7.25 (call_seconds)", notes=(NOT_TAMPER_PROOF,))
    assert limit_of(of_a_test_cell) == "no answer in time (call_seconds)"
