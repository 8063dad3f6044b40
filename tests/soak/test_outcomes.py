"""The table of outcomes: what its disturbances do to numbers, and that nothing that fails is counted as held."""

from xml.etree import ElementTree

import last_bit
import numpy as np
import outcomes
import pytest


@pytest.mark.parametrize("unit", ["float32", "float64"])
def test_a_third_of_the_numbers_goes_up_a_third_down_and_none_farther_than_the_last_bit(unit, monkeypatch, rng):
    monkeypatch.setattr(last_bit, "DTYPE", unit)
    x, eps = np.append(rng.normal(size=3000), 0.0), np.finfo(unit).eps
    results = []
    for way in "12":
        monkeypatch.setattr(last_bit, "WAY", way)
        results.append(last_bit.disturbed(x))
        np.testing.assert_array_equal(last_bit.disturbed(x), results[-1])
        # the product is rounded once more
        assert (np.abs(results[-1] - x) <= (eps + np.finfo(float).eps) * np.abs(x)).all()
        for part in (results[-1] > x, results[-1] < x):
            assert abs(part.sum() - 1000) < 4.5 * np.sqrt(3000 * 2 / 9)
    assert not np.array_equal(*results)
    assert last_bit.disturbed(x.astype(np.float32)).dtype == np.float32
    assert type(last_bit.disturbed(0.5)) is float


def test_a_disturbed_generator_draws_what_its_seed_says(monkeypatch):
    monkeypatch.setattr(last_bit, "DTYPE", "float64")
    monkeypatch.setattr(last_bit, "WAY", "1")
    for name in ("normal", "standard_normal", "uniform", "random"):
        plain, disturbed = (getattr(make(3), name)(size=50) for make in (last_bit.draw, last_bit.default_rng))
        assert not np.array_equal(plain, disturbed)
        np.testing.assert_allclose(disturbed, plain, rtol=1e-15)
    child, other = last_bit.default_rng(3).spawn(1)[0], last_bit.draw(3).spawn(1)[0]
    assert isinstance(child, last_bit.Disturbed) and child.integers(10**9) == other.integers(10**9)


def test_whatever_is_no_success_is_wrong():
    report = "<s><testcase/><testcase><failure message='no'/></testcase><testcase><skipped/></testcase></s>"
    assert [outcomes.wrong_with(case) for case in ElementTree.fromstring(report)] == [None, "no", "skipped"]


def test_the_table_counts_by_statement():
    judged = "tests/units/test_every_claim.py::test_the_measurement_bears_the_verdict_out_on[C52-range-{} seeds]"
    here = {
        "tests/course_lib/test_a.py::test_it_learns[0/1]": None,
        "tests/course_lib/test_a.py::test_it_learns[1]": "0",
    }
    here |= {judged.format("default"): None, judged.format("other"): None}
    lines = outcomes.table({"here": here, "there": dict.fromkeys(here)}).splitlines()
    assert [line.split() for line in lines] == [
        ["here", "there"],
        ["a:", "it", "learns", "1/2", "2/2"],
        ["claim", "C52-range", "2/2", "2/2"],
    ]
