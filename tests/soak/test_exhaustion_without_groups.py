"""Attacks on what a machine has, on a machine on which no control group counts what a box uses, at every level."""

import sys

import pytest

from autograder.files import ROOT
from autograder.grading.isolation import ladder
from autograder.grading.isolation.limits import LEVELS
from autograder.grading.submissions.assignment import read_assignment

sys.path[:0] = [str(ROOT / "tests" / "grading"), str(ROOT / "tests" / "grading" / "attacks")]
pytest.register_assert_rewrite("arena")

from arena import attacks, planted  # noqa: E402
from lessons import TEXT  # noqa: E402

pytestmark = [pytest.mark.soak, pytest.mark.sandbox]


@pytest.fixture(scope="module", params=LEVELS)
def arena(request, tmp_path_factory):
    source = tmp_path_factory.mktemp("text") / "01_lesson.py"
    source.write_text(TEXT, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ladder, "_groups", lambda process: None)
        launcher = ladder._launcher(request.param)
        patch.setattr(ladder, "choose", lambda levels: launcher)  # the ladder remembers launchers that have groups
        with planted(read_assignment(source), request.param) as arena:
            yield arena
        if hasattr(launcher, "close"):
            launcher.close()


@pytest.mark.parametrize("attack", attacks("exhaustion"), ids=lambda attack: attack.name)
def test_attack(arena, attack):
    arena.suffer(attack)
