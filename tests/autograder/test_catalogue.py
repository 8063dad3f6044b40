"""Every exercise is fit for use, and every mistake reads as it should.

Each form is called once, on the seed of the notebook's check, and all tests of an exercise share what it did: `make
soak` takes the seed of grading, and others.
"""

from importlib import import_module

import numpy as np
import pytest

from autograder.box.wire import Seed
from autograder.call import call
from autograder.catalogue import catalogue
from autograder.check import HIDDEN, VISIBLE, example
from autograder.compare import Tolerance, compare
from autograder.lint import ends_of, reports_on, row_of
from autograder.probes import Probes


def marks_of(exercise):
    """Judging the forms of a project trains a network for each."""
    examples = import_module(f"{exercise.unit}.examples")
    return [pytest.mark.soak] if exercise.name == getattr(examples, "PROJECT", None) else []


# scope: pytest then runs all tests of one exercise in a row
@pytest.fixture(scope="module", params=[pytest.param(e, id=e.name, marks=marks_of(e)) for e in catalogue()])
def exercise(request):
    return request.param


@pytest.fixture(scope="module")
def probes(exercise):
    return Probes(exercise, VISIBLE)


@pytest.fixture(scope="module")
def reports(probes):
    """Form -> report."""
    return reports_on(probes)


def test_it_is_fit(exercise, probes, reports):
    ends = {form: ends_of(probes, form) for form in exercise.misconceptions}
    row = row_of(exercise, {VISIBLE: reports}, ends)
    assert row.ok, row.problems
    assert (row.killed, row.uniquely_named) == (row.misconceptions, row.misconceptions)


def test_it_has_wrong_and_right_forms(exercise):
    assert exercise.misconceptions and len(exercise.equivalents) >= 2
    names = [f.name for f in [*exercise.misconceptions, *exercise.variants, *exercise.equivalents]]
    assert len(set(names)) == len(names)


def test_it_says_what_it_takes_and_why_its_answer_is_right(exercise):
    assert 2 <= exercise.minutes <= 20 and exercise.difficulty in (1, 2, 3)
    assert exercise.reasoning.endswith(".") and len(exercise.reasoning.split()) >= 15


def test_other_seeds_draw_other_inputs(exercise):
    def data(seed):
        drawn = [value for case in exercise.cases for value in case.inputs(seed).values()]
        return str([number for value in drawn for number in numbers_of(value)])

    assert data(VISIBLE) == data(VISIBLE)
    assert data(VISIBLE) != data(HIDDEN)


def numbers_of(value):
    """The value itself, or of a function the numbers that it was made with."""
    if not callable(value):
        return [value]
    contents = [cell.cell_contents for cell in getattr(value, "__closure__", None) or ()]
    return [number for number in contents if not callable(number)]


def test_reports_name_the_misconception_and_offer_hints(exercise, reports):
    for form in exercise.misconceptions:
        report = reports[form]
        assert report.verdict in ("fail", "error"), form.name
        assert report.score < exercise.points, form.name
        assert (report.diagnosis.name, report.diagnosis.kind) == (form.name, "misconception")
        assert f"Likely cause: {form.sentence}" in str(report)
        assert report.hints == exercise.hints


def test_reports_explain_the_variant_and_take_no_marks(exercise, reports):
    for form in exercise.variants:
        report = reports[form]
        assert (report.verdict, report.score) == ("pass", exercise.points), form.name
        assert f"Right, under another convention: {form.sentence}" in str(report)


def test_hints_never_show_on_a_pass(exercise, reports):
    for form in [*exercise.equivalents, *exercise.variants]:
        report = reports[form]
        assert report.passed and report.hints == (), form.name
        assert "hint" not in str(report).lower()


@pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.seeds)])
def test_the_line_to_paste_reproduces_the_failure(exercise, reports, every):
    """Evaluated with the student's function and with the reference, it gives what the report says is different."""
    for form in exercise.misconceptions[::every]:
        line = str(reports[form]).partition("  Reproduce: ")[2].partition("\n")[0]
        (given, pasted), (_, wanted) = (pasted_with(line, exercise, f) for f in (form.function, exercise.reference))
        assert wanted.status == "returned", form.name
        differs = pasted.status != "returned" or compare(wanted, pasted, Tolerance(exercise.rtol, exercise.atol))
        # what is right by itself may be wrong beside the values of other calls
        is_right_alone = exercise.judge_together and exercise.judge(given, pasted.value) is None
        assert differs or pasted.mutated != wanted.mutated or pasted.shared or is_right_alone, form.name


def pasted_with(line, exercise, function):
    """What ``function`` gets when the line is evaluated with it, and what it does."""
    outcomes = []

    def recorded(*arguments, **by_name):
        given = dict(zip(exercise.parameters, arguments, strict=False)) | by_name
        given = {name: seed_of(value) for name, value in given.items()}
        outcomes.append((given, call(function, given)))

    eval(line, {exercise.name: recorded, "np": np, "example": example})
    return outcomes[0]


def seed_of(value):
    """A new generator as ``call`` takes it; all else as it is."""
    return Seed(value.bit_generator.seed_seq.entropy) if isinstance(value, np.random.Generator) else value
