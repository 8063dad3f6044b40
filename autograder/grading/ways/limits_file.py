"""The limits of a course in a file, for where its ``nbgrader_config.py`` is not, which is a program."""

import json
from dataclasses import asdict
from pathlib import Path

from autograder.errors import UserError
from autograder.grading.isolation.limits import Limits


def limits_text(limits: Limits) -> str:
    """The limits as JSON, without the levels, which each machine chooses for itself."""
    return json.dumps({name: value for name, value in asdict(limits).items() if name != "levels"}, indent=1) + "\n"


def read_limits(path: Path) -> Limits:
    """The limits in a file of `limits_text`.

    Raises
    ------
    UserError
        When it is none.
    """
    try:
        return Limits(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{path} has no limits that can be used ({error}): export it anew") from error
