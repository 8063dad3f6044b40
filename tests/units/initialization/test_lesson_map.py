"""What the lesson says of the map of order and chaos, and of the minutes of its exercises."""

import re

import pytest
from thrift import rest_in_soak

from autograder.catalogue import catalogue
from autograder.exercise import PARTS
from autograder.files import ROOT
from course_lib.units.initialization.experiments.order_and_chaos import fixed_variance, gradient_factor
from course_lib.units.initialization.experiments.trainable_depth import trainable_depth

pytestmark = [pytest.mark.outcome, pytest.mark.compiled]

TEXT = (ROOT / "notebooks" / "text" / "02_initialization.py").read_text(encoding="utf-8")
PROSE = " ".join(re.sub(r"^#", "", line).strip() for line in TEXT.splitlines() if line.startswith("# "))


def test_chi_passes_one_where_the_text_says():
    low, high = (gradient_factor(v, fixed_variance(v, 0.05)) for v in (1.7, 1.8))
    assert "$\\chi$ passes 1 between 1.7 and 1.8" in PROSE
    assert low < 1 < high


@pytest.mark.parametrize("seed", rest_in_soak(range(3), keep=0, soak=1))
def test_the_deepest_networks_learn_where_chi_is_one(seed):
    assert "it is at 1.8 that the deepest networks learn, those of 40 layers. At 0.6 none deeper than 8 does" in PROSE
    found = {v: trainable_depth(v, 0.05, seed).depth for v in (0.6, 1.0, 1.4, 1.8, 2.2, 2.8, 3.5)}
    assert found[1.8] == max(found.values()) == 40 and found[0.6] == 8


def test_the_minutes_of_the_exercises_are_the_ones_that_the_lesson_names():
    minutes = {part: sum(e.minutes for e in catalogue("initialization") if e.part == part) for part in PARTS}
    assert f"the core exercises take {minutes['core']} minutes" in PROSE
    assert f"The exercises take {minutes['more']} minutes" in PROSE
