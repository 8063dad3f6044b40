"""The units of the course: what a learner sees of each, in a folder of its own.

A unit's folder holds ``experiments`` (parameters in, measured values out), ``figures`` that draw them, ``widgets``, and
``claims``, the statements of the lecture notes with the experiment that tests each. ``ORDER`` is the only list: a unit
exists when its folder does, and everything in it is found by name. ``shared`` holds what several units use.
"""

from pathlib import Path

ORDER = (
    "vanishing_gradients",
    "initialization",
    "normalization",
    "regularization",
    "optimizers",
    "schedules",
    "cnns",
    "transfer_learning",
    "hyperparameters",
    "ensembles",
    "sequences_and_attention",
    "compression_and_deployment",
)
FOLDER = Path(__file__).parent


def built() -> tuple[str, ...]:
    """The names of the units that exist, in the order of the course."""
    return tuple(name for name in ORDER if (FOLDER / name / "__init__.py").is_file())


def lesson_of(name: str) -> str:
    """The name of a unit's notebook, such as ``01_vanishing_gradients``."""
    return f"{ORDER.index(name) + 1:02}_{name}"


def unit_named(text: str) -> str:
    """The unit that ``1``, ``01``, ``vanishing_gradients`` or ``01_vanishing_gradients`` means.

    Raises
    ------
    ValueError
        When no unit that exists has that name.
    """
    for name in built():
        number = ORDER.index(name) + 1
        if text in (str(number), f"{number:02}", name, lesson_of(name)):
            return name
    raise ValueError(f"unit must be one of {', '.join(map(lesson_of, built()))}, got {text!r}")
