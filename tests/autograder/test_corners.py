"""Corner cases are drawn from the domain: nobody has to think of them, and each kind costs one case."""

import numpy as np
import pytest

from autograder.box.wire import layout_of
from autograder.call import call
from autograder.catalogue import catalogue
from autograder.check import OWN_SHARE, judge
from autograder.corners import cases_of, corner_cases
from autograder.domain import Array, Arrays, Domain, Given, Labels, Number, Pack, Record, Setting
from autograder.exercise import Exercise


def shifted(z, shift=1.0):
    return z * 1.0 + shift


@pytest.fixture
def exercise():
    takes = {"z": Array(), "shift": Number(0.5, 1.5, corners=(0.0, -2.0))}
    made = Exercise("shifted", "none", 1, shifted, ("What?",), takes=takes, new=True)
    made.case("a matrix")(lambda rng: {"z": rng.normal(size=(2, 3)), "shift": 0.7})
    return made


def integer_buffer(z, shift=1.0):
    out = np.zeros_like(z)
    out[...] = z + shift
    return out


def falsy(z, shift=1.0):
    return z + (shift or 1.0)


def two_axes(z, shift=1.0):
    rows, columns = z.shape
    return np.array([[z[i, j] + shift for j in range(columns)] for i in range(rows)])


def lies_in_rows(z, shift=1.0):
    return np.frombuffer(z.tobytes(order="A"), z.dtype).reshape(z.shape) + shift


def limits(z, shift=1.0):
    return np.clip(z, -500, 500) + shift


def other_default(z, shift=2.0):
    return z + shift


def no_default(z, shift):
    return z + shift


def in_place(z, shift=1.0):
    z[...] = z + shift
    return z * 1.0


def same_array(z, shift=1.0):
    return z if shift == 0 else z + shift


def remembers(z, shift=1.0, seen={}):  # noqa: B006 - that is the mistake
    return seen.setdefault((np.shape(z), shift, float(np.ravel(z)[0])), z + shift)


FORGETFUL = [
    (integer_buffer, {"integers"}),
    (falsy, {"corners"}),
    (two_axes, {"shapes"}),
    (lies_in_rows, {"views"}),
    (limits, {"magnitudes", "corners"}),
    (other_default, {"defaults"}),
    (no_default, {"defaults"}),
    (in_place, {"integers", "unchanged"}),
    (same_array, {"new"}),
    (remembers, {"again"}),
]


@pytest.mark.parametrize(("function", "kinds"), FORGETFUL, ids=lambda value: getattr(value, "__name__", ""))
def test_what_an_answer_forgets_costs_its_case_and_is_named(exercise, function, kinds):
    report = judge(exercise, lambda inputs: call(function, inputs), 3)
    failing = {case.kind for case in report.cases if case.verdict != "pass"}
    assert failing == kinds
    corners = len(corner_cases(exercise))
    assert report.score == pytest.approx(1 - (1 - OWN_SHARE) * len(kinds) / corners, abs=0.01)
    assert report.diagnosis.kind == "derived"


def test_code_for_two_axes_only_is_told_so(exercise):
    report = judge(exercise, lambda inputs: call(two_axes, inputs), 3)
    assert "right for arrays of two axes only" in report.diagnosis.sentence


def test_corners_do_not_count_while_another_case_fails(exercise):
    report = judge(exercise, lambda inputs: call(lambda z, shift=1.0: z, inputs), 3)
    assert {case.verdict for case in report.cases if case.kind} == {"skipped"}
    assert report.score == 0
    assert "and:" not in str(report)


@pytest.mark.parametrize("kept", [True, False])
def test_data_that_only_the_exercise_draws_is_asked_for_unchanged_where_it_is_kept(kept):
    def emptied(numbers):
        return float(sum(numbers.pop() for _ in range(len(numbers))))

    takes = {"numbers": Given(lambda rng, others: [1.0, 2.0], kept=kept)}
    exercise = Exercise("total", "none", 1, lambda numbers: float(sum(numbers)), ("What?",), takes=takes)
    exercise.case("two numbers")(lambda rng: {"numbers": [float(n) for n in rng.normal(size=2)]})
    report = judge(exercise, lambda inputs: call(emptied, inputs), 3)
    assert report.passed != kept
    assert not kept or "`numbers` is changed in place" in report.diagnosis.sentence


def test_a_stub_earns_nothing_for_leaving_its_arguments_alone(exercise):
    assert judge(exercise, lambda inputs: call(lambda z, shift=1.0: None, inputs), 3).score == 0


@pytest.mark.parametrize("exercise", catalogue(), ids=lambda exercise: exercise.name)
def test_what_is_drawn_depends_on_the_seed_alone_and_names_the_parameters(exercise):
    for case in cases_of(exercise):
        for one, again in zip(case.calls(5), case.calls(5), strict=True):
            assert repr(one.inputs.keys()) == repr(again.inputs.keys())
            assert {name.rstrip("=") for name in one.inputs} <= set(exercise.parameters)


def test_every_kind_of_argument_is_drawn_as_it_says():
    rng = np.random.default_rng(0)
    takes = {
        "x": Array("N", "D"),
        "cache": Pack(w=Array("D", "M")),
        "params": Record(b=Array("M")),
        "y": Labels("N", "M"),
        "grads": Arrays(),
        "p": Array(low=0.0, high=1.0),
    }
    drawn = Domain(takes).draw(rng)
    n, d = drawn["x"].shape
    m = drawn["params"]["b"].size
    assert len({n, d, m}) == 3 and drawn["cache"][0].shape == (d, m)
    assert drawn["y"].shape == (n,) and set(drawn["y"]) <= set(range(m))
    assert drawn["p"].min() > 0 and drawn["p"].max() < 1
    assert [g.shape for g in drawn["grads"]] == [drawn["p"].shape, (drawn["p"].shape[-1] + 2,)]
    whole = Domain(takes).draw(rng, Setting(integers=("x",)))
    assert whole["x"].dtype.kind == "i" and whole["p"].dtype.kind == "f"
    tiny = Domain(takes).draw(rng, Setting(magnitudes={"x": 1e-8}))
    assert np.abs(tiny["x"]).max() < 1e-7 < np.abs(tiny["p"]).max()


def test_views_cross_into_the_box_and_into_the_call_as_they_are(exercise):
    (case,) = [case for case in corner_cases(exercise) if case.kind == "views"]
    seen = []
    for one in case.calls(0):
        call(lambda z, shift: seen.append(layout_of(z)), one.inputs)
    assert seen == ["F", "S"]
