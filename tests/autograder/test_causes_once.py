"""Causes are looked for once for all answers that do the same, and not without end."""

import numpy as np
import pytest

from autograder import diagnose
from autograder.call import call
from autograder.catalogue import load
from autograder.causes import evidence
from autograder.check import VISIBLE, check, report_on
from autograder.probes import Probes


def a_third_of_tanh_backward(dout, a):
    return dout * (1 - a**2) / 3


def the_same_written_another_way(dout, a):
    return dout * (1 - a * a) * (1 / 3)


def something_else(dout, a):
    return dout * (1 - a**2) / 7


@pytest.fixture
def probes():
    return Probes(load("tanh_backward"), VISIBLE)


@pytest.fixture
def searches(monkeypatch):
    """How often causes were looked for."""
    counted = []
    search = diagnose._causes
    monkeypatch.setattr(diagnose, "_causes", lambda found: counted.append(1) or search(found))
    return counted


def report(probes, function):
    return report_on(probes, [call(function, inputs) for inputs in probes.drawn])


def test_an_answer_that_does_the_same_as_an_earlier_one_is_told_the_same_at_once(probes, searches):
    first, again = report(probes, a_third_of_tanh_backward), report(probes, a_third_of_tanh_backward)
    assert first == again and first.diagnosis.kind == "derived"
    assert len(searches) == 1


def test_an_answer_that_does_something_else_is_looked_at_anew(probes, searches):
    told = [report(probes, function).diagnosis.sentence for function in (a_third_of_tanh_backward, something_else)]
    assert told[0] != told[1] and len(searches) == 2
    # other roundings are another outcome, and get what they would get alone
    assert report(probes, the_same_written_another_way).diagnosis.sentence == told[0]


def test_a_right_answer_costs_no_search(probes, searches):
    assert report(probes, lambda dout, a: dout * (1 - np.square(a))).passed
    assert not searches


def test_the_search_ends_when_its_time_is_up(monkeypatch):
    monkeypatch.setattr(evidence, "SECONDS", -1.0)
    found = check("sigmoid", lambda z: 3 / (2 + np.exp(-z)))
    assert not found.passed and found.diagnosis is None
