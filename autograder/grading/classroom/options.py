"""What a course may set in ``nbgrader_config.py`` about the running of students' code."""

import re
from dataclasses import fields
from difflib import get_close_matches

from nbgrader.preprocessors import IgnorePattern
from traitlets import Bool, Dict, Float, Int, TraitError
from traitlets.config import Config, Configurable

from autograder.grading.isolation.limits import Limits

DEFAULT = Limits()
OF_AN_EXERCISE = ("call_seconds", "function_seconds", "function_bytes", "callbacks")


class CourseLimits(Configurable):
    """Limits of a submission, such as ``c.CourseLimits.call_seconds = 10``; see ``isolation.limits.Limits``."""

    call_seconds = Float(DEFAULT.call_seconds, min=0.01, help="Processor time of a call, or a cell.").tag(config=True)
    function_seconds = Float(DEFAULT.function_seconds, min=0.01, help="That of all calls of a function.").tag(
        config=True
    )
    submission_seconds = Float(DEFAULT.submission_seconds, min=0.01, help="That of all.").tag(config=True)
    compile_seconds = Float(DEFAULT.compile_seconds, min=0.0, help="Numba's compiling.").tag(config=True)
    wall_factor = Float(DEFAULT.wall_factor, min=1.0, help="How many times as long it may take by the clock.").tag(
        config=True
    )
    memory_bytes = Int(DEFAULT.memory_bytes, min=256 << 20, help="Memory of a box.").tag(config=True)
    function_bytes = Int(DEFAULT.function_bytes, min=1, help="Results of all calls of a function.").tag(config=True)
    result_bytes = Int(DEFAULT.result_bytes, min=1000, help="What is kept of a submission.").tag(config=True)
    callbacks = Int(DEFAULT.callbacks, min=1, help="Calls of a function that an answer is handed.").tag(config=True)
    follow_through = Bool(
        DEFAULT.follow_through, help="Try an answer that calls a failing one with a right one in its place."
    ).tag(config=True)
    exercises = Dict(help='Others for an exercise: {"train_classifier": {"call_seconds": 20}}.').tag(config=True)


def limits_of(config: Config) -> Limits:
    """The limits that a course sets, and what its test cells may write to stderr: nbgrader's own IgnorePattern.

    Raises
    ------
    TraitError
        When there is no such option, or its value cannot be; the message says which.
    """
    known = CourseLimits.class_trait_names(config=True)
    for name in config.get("CourseLimits", {}):
        _check_name(name, known, "c.CourseLimits")
    given = CourseLimits(config=config)
    for exercise, limits in given.exercises.items():
        if not isinstance(limits, dict):
            raise TraitError(f"c.CourseLimits.exercises[{exercise!r}] is no dict of limits")
        for name, value in limits.items():
            _check_name(name, OF_AN_EXERCISE, f"c.CourseLimits.exercises[{exercise!r}]")
            if type(value) not in (int, float) or not value > 0:
                raise TraitError(f"c.CourseLimits.exercises[{exercise!r}]: {name} is {value!r}, and no number above 0")
    ignored = IgnorePattern(config=config)
    if ignored.enabled:
        try:
            re.compile(ignored.pattern)
        except re.error as error:
            raise TraitError(f"c.IgnorePattern.pattern is no regular expression: {error}") from None
    values = {field.name: getattr(given, field.name) for field in fields(Limits) if field.name in known}
    return Limits(**values, stderr_allowed=ignored.pattern if ignored.enabled else "")


def _check_name(name: str, known, where: str):
    if name not in known:
        near = get_close_matches(name, known, 1)
        raise TraitError(f"{where} has no option {name}{f': is {near[0]} meant?' if near else ''}")
