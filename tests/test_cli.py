"""The `course` command: what it prints, as text and as JSON."""

import json

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.exercise import catalogue


def run(*arguments):
    return CliRunner().invoke(main, arguments)


def as_json(*arguments):
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_exercises_json_lists_the_whole_catalogue():
    rows = as_json("exercises", "--json")
    assert {row["name"] for row in rows} == {e.name for e in catalogue()}
    for row in rows:
        assert set(row) == {"name", "unit", "points", "signature", "misconceptions", "variants"}
        assert row["signature"].startswith(row["name"] + "(")


@pytest.mark.parametrize("unit", ["1", "01", "vanishing_gradients", "01_vanishing_gradients"])
def test_a_unit_can_be_named_in_every_usual_way(unit):
    rows = as_json("exercises", "--json", "--unit", unit)
    assert rows and all(row["unit"] == "vanishing_gradients" for row in rows)


def test_an_unknown_unit_is_refused_with_the_known_ones():
    result = run("exercises", "--unit", "99")
    assert result.exit_code != 0
    assert "vanishing_gradients" in result.output


def test_lint_json_is_the_kill_matrix():
    rows = as_json("lint", "--json")
    keys = "name unit misconceptions killed uniquely_named variants recognised equivalents accepted ok"
    assert all(set(row) == set(keys.split()) for row in rows)
    assert all(row["ok"] and row["killed"] == row["uniquely_named"] == row["misconceptions"] for row in rows)
    assert len(rows) >= 12


def test_tables_name_every_exercise():
    listed = run("exercises").output
    assert all(e.name in listed for e in catalogue())


def test_help_names_every_command():
    text = run("--help").output
    for command in ("lab", "doctor", "warmup", "build", "exercises", "lint", "claims", "grade"):
        assert command in text
