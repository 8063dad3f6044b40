"""The questions of all units, found in their folders, and what shows one in a lesson."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from course_lib.units import built
from course_lib.widgets.prediction import Prediction, Question


def predict(name, experiment, picture=None) -> Prediction:
    """Ask the question of that name; who commits to an answer sees the experiment's result and what it says.

    Parameters
    ----------
    name : str, of a question in ``course_lib/units/<unit>/questions.py``
    experiment : function without parameters that returns a result
    picture : function of the result that returns a figure

    Raises
    ------
    ValueError
        When there is no such question.
    """
    return Prediction(find_question(name), experiment, picture)


def all_questions(unit=None) -> tuple[Question, ...]:
    """The questions of all units and those outside of any, or those of one unit."""
    folders = ("shared", *built()) if unit is None else (unit,)
    return tuple(question for folder in folders for question in _questions_of(folder))


def find_question(name) -> Question:
    """The question of that name; ValueError when there is none."""
    by_name = {question.name: question for question in all_questions()}
    if name not in by_name:
        raise ValueError(f"question must be one of {', '.join(by_name)}, got {name!r}")
    return by_name[name]


@cache
def _questions_of(unit) -> tuple[Question, ...]:
    module = f"course_lib.units.{unit}.questions"
    return import_module(module).QUESTIONS if find_spec(module) else ()
