"""Refuse an exercise whose cases let a wrong form through, or turn a right one away."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.check import report_on
from autograder.contract import contract_problems
from autograder.corners import cases_of
from autograder.exercise import Exercise, Form
from autograder.probes import Probes
from autograder.report import Report

SEEDS = range(5)


@dataclass(frozen=True)
class LintRow:
    """The kill matrix of one exercise, in counts; ``problems`` says in words what is not right.

    One problem is luck: a misconception that passes a case on some seeds only would cost one student more than another.
    """

    name: str
    unit: str
    misconceptions: int
    killed: int
    uniquely_named: int
    variants: int
    recognised: int
    equivalents: int
    accepted: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def lint(exercise: Exercise, seeds: Sequence[int] = SEEDS) -> LintRow:
    """Judge the reference, the stubs and every form of ``exercise`` on each of the seeds."""
    reports, ends = {}, {form: set() for form in exercise.misconceptions}
    try:
        for seed in seeds:
            probes = Probes(exercise, seed)
            reports[seed] = reports_on(probes)
            for form, of_form in ends.items():
                of_form |= ends_of(probes, form)
    except Exception as error:
        problem = f"the reference fails its own cases {type(error).__name__}: {error}"
        return LintRow(exercise.name, exercise.unit, *[0] * 7, problems=(problem,))
    return row_of(exercise, reports, ends)


def ends_of(probes: Probes, form: Form) -> set[str]:
    """How the calls of the exercise's own cases end: in ``"returned"``, or in an exception or a status of that name."""
    own = [outcome for index, outcome in enumerate(probes.outcomes_of(form)) if not probes.kind_of(index)]
    return {outcome.error or outcome.status for outcome in own}


def reports_on(probes: Probes) -> dict[Form, Report]:
    """The reports of the reference, the stubs and every form."""
    exercise = probes.exercise
    stubs = [stub for _, stub in STUBS]
    forms = [Form(exercise.reference), *stubs, *exercise.misconceptions, *exercise.variants, *exercise.equivalents]
    return {form: report_on(probes, probes.outcomes_of(form)) for form in forms}


def row_of(exercise: Exercise, reports: Mapping[int, Mapping[Form, Report]], ends: Mapping[Form, set[str]]) -> LintRow:
    """What the reports on each seed come to, and the ends of all calls of each misconception."""

    def all_of(form: Form) -> list[Report]:
        return [on_seed[form] for on_seed in reports.values()]

    def named(form, report: Report) -> bool:
        return report.diagnosis is not None and report.diagnosis.name == form.name

    problems = []

    def count(forms, holds: Callable, complaint: str) -> int:
        good = [form for form in forms if all(holds(form, r) for r in all_of(form))]
        problems.extend(f"{form.name} {complaint}" for form in forms if form not in good)
        return len(good)

    failed = next((r for r in all_of(Form(exercise.reference)) if not r.passed), None)
    if failed:
        problems.append(f"the reference fails its own cases {failed.headline}".rstrip())
    problems += [f"the stub that {why} earns points" for why, stub in STUBS if any(map(float, all_of(stub)))]
    problems += contract_problems(exercise)
    if not exercise.hints or not all(h.rstrip().endswith("?") for h in exercise.hints):
        problems.append("hints are missing, or do not end in a question")
    if not all(f.sentence for f in [*exercise.misconceptions, *exercise.variants]):
        problems.append("a misconception or a variant has no sentence for the student")

    row = LintRow(
        name=exercise.name,
        unit=exercise.unit,
        misconceptions=len(exercise.misconceptions),
        killed=count(exercise.misconceptions, lambda form, r: r.verdict not in ("pass", "grader_error"), "survives"),
        uniquely_named=count(exercise.misconceptions, named, "is not uniquely named"),
        variants=len(exercise.variants),
        recognised=count(exercise.variants, lambda form, r: r.passed and named(form, r), "is not recognised"),
        equivalents=len(exercise.equivalents),
        accepted=count(exercise.equivalents, lambda form, r: r.passed and not r.diagnosis, "is rejected"),
        problems=(),
    )
    for form in exercise.misconceptions:
        problems += [f"{form.name} {broken}" for broken in broken_off(form, ends[form])]
        problems += [f"{form.name} {luck}" for luck in cases_by_luck(exercise, all_of(form), [*reports])]
    return LintRow(**{**vars(row), "problems": tuple(problems)})


def broken_off(form: Form, ends: set[str]) -> Iterator[str]:
    """What is wrong with a form that never returns a value: every case refuses a slip of its author as well."""
    says = form.raises.__name__ if form.raises else ""
    if says and ends != {says}:
        yield f"does not raise {says} in every call, as it says, but ends in {', '.join(sorted(ends))}"
    elif not says and "returned" not in ends:
        yield f"never returns a value, but raises {', '.join(sorted(ends))}; if that is the mistake, say `raises=...`"


def cases_by_luck(exercise: Exercise, reports: Sequence[Report], seeds: Sequence[int]) -> Iterator[str]:
    """Which cases one function passes on some of the seeds and not on others, and on which.

    Parameters
    ----------
    reports : what the function came to, in the order of the ``seeds``.
    """
    for number, case in enumerate(cases_of(exercise)):
        on = {"passes": [], "fails": []}
        for seed, report in zip(seeds, reports, strict=True):
            passed = number < len(report.cases) and report.cases[number].verdict == "pass"
            on["passes" if passed else "fails"].append(seed)
        what, rarer = min(on.items(), key=lambda item: len(item[1]))
        if rarer:
            shown = ", ".join(map(str, rarer[:5])) + ", ..." * (len(rarer) > 5)
            yield f'{what} "{case.sentence}" by luck, on {len(rarer)} of {len(seeds)} seeds: {shown}'


def _raises_not_implemented(*_):
    raise NotImplementedError


def _returns_nothing(*_):
    return None


STUBS = (
    ("raises NotImplementedError", Form(_raises_not_implemented)),
    ("returns nothing", Form(_returns_nothing)),
)
