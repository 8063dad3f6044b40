"""The `course` command: what it prints, as text and as JSON."""

import hashlib
import io
import json

import pytest
from click.testing import CliRunner
from rich.console import Console

from autograder.catalogue import catalogue
from autograder.cli import main
from autograder.cli.console import progress_bar
from course_lib.data import downloads


def run(*arguments):
    return CliRunner().invoke(main, arguments)


def as_json(*arguments):
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


KEYS = {*"name unit part points minutes difficulty signature misconceptions variants".split()}


def test_exercises_json_lists_the_whole_catalogue():
    rows = as_json("exercises", "--json")
    assert {row["name"] for row in rows} == {e.name for e in catalogue()}
    for row in rows:
        assert set(row) == KEYS
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
    rows = as_json("lint", "--json", "relu_backward", "softmax_xent")
    keys = "name unit misconceptions killed uniquely_named variants recognised equivalents accepted ok"
    assert all(set(row) == set(keys.split()) for row in rows)
    assert all(row["ok"] and row["killed"] == row["uniquely_named"] == row["misconceptions"] for row in rows)
    assert [row["name"] for row in rows] == ["relu_backward", "softmax_xent"]


def test_lint_of_an_unknown_exercise_lists_the_known_ones():
    result = run("lint", "relu_backwards")
    assert result.exit_code == 2
    assert "no exercise is called 'relu_backwards'; there are: affine_backward" in result.output


def test_tables_name_every_exercise():
    listed = run("exercises").output
    assert all(e.name in listed for e in catalogue())


def test_help_names_every_command():
    text = run("--help").output
    for command in ("lab", "doctor", "warmup", "build", "exercises", "lint", "claims", "grade", "data"):
        assert command in text


def test_data_list_names_what_is_bundled_cached_and_downloadable(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    rows = {row["name"]: row for row in as_json("data", "list", "--json")}
    assert rows["digits"]["state"] == rows["glyphs"]["state"] == "bundled"
    assert rows["mnist"]["state"] == rows["cifar-10"]["state"] == "downloadable"
    assert all(row["size"] > 0 and row["loader"].startswith("course_lib.") for row in rows.values())
    text = run("data", "list").output
    assert all(row["loader"] in text for row in rows.values())


def test_data_get_fetches_into_the_cache_and_says_where(tmp_path, monkeypatch):
    """From an address on this machine where nothing listens, and then with the file already in its place."""
    content = b"published"
    file = downloads.RemoteFile("numbers.bin", len(content), hashlib.sha256(content).hexdigest())
    source = downloads.Source("numbers", ("http://127.0.0.1:9/",), (file,), lambda folder: None)
    monkeypatch.setitem(downloads.SOURCES, "numbers", source)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    refused = run("data", "get", "numbers")
    assert refused.exit_code == 1
    assert all(part in refused.output for part in ("numbers.bin", file.sha256, "no connection"))
    (tmp_path / "numbers" / "numbers.bin").write_bytes(content)
    done = run("data", "get", "numbers")
    assert done.exit_code == 0, done.output
    assert str(tmp_path / "numbers") in done.stdout


def test_data_get_refuses_an_unknown_name_with_the_known_ones():
    result = run("data", "get", "imagenet")
    assert result.exit_code == 1
    assert all(name in result.output for name in ("mnist", "fashion-mnist", "cifar-10"))


def test_data_get_shows_the_progress_of_every_file(tmp_path, monkeypatch):
    def download(name, *, progress):
        for file in ("images.gz", "labels.gz"):
            for done in (0, 400_000, 1_000_000):
                progress(done, 1_000_000, file)
        return tmp_path / name

    monkeypatch.setattr(downloads, "download", download)
    for name, value in (("FORCE_COLOR", "1"), ("TERM", "xterm")):  # a bar is drawn on a terminal only
        monkeypatch.setenv(name, value)
    result = run("data", "get", "mnist")
    assert result.exit_code == 0, result.output
    assert all(part in result.stderr for part in ("images.gz", "labels.gz", "1.0/1.0 MB"))
    assert str(tmp_path / "mnist") in result.stdout


def test_names_that_the_terminal_cannot_show_stop_no_command(tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, "download", lambda name, *, progress: tmp_path / "Ζωή")
    result = CliRunner(charset="latin-1").invoke(main, ["data", "get", "mnist"])
    assert result.exit_code == 0, result.output
    assert "\\u0396\\u03c9" in result.stdout


def test_a_bar_says_how_long_it_still_takes_when_that_can_be_guessed():
    now, said = 0.0, io.StringIO()
    bar = progress_bar()
    bar.get_time, console = lambda: now, Console(file=said, width=120)
    task = bar.add_task("ada", total=200)
    console.print(bar)
    assert "left" not in said.getvalue()
    for done, seconds in ((101, 1.0), (102, 0.1), (103, 60.0), (110, 0.9)):  # a hundred were known; one never ends
        now += seconds
        bar.update(task, completed=done)
    console.print(bar)
    assert "about 0:10:10 left" in said.getvalue()  # 90 more, of which nine took 61 seconds
