"""Nothing that students have named or written makes the instructor's terminal do anything, whatever prints it."""

import io
import re
from pathlib import Path

import click
import nbformat
import pytest
from click.testing import CliRunner
from rich.table import Table

from autograder.cli import main
from autograder.cli.console import PlainConsole, one_line, plain_errors, progress_bar, say, show
from autograder.errors import UserError
from autograder.files import ROOT
from autograder.grading.submissions.assignment import grade_id

NAME = "01_vanishing_gradients"
INJECTIONS = sorted((Path(__file__).parent / "attacks" / "injection").glob("*.py"))
# by ECMA-48: C0 but for tab and line feed, DEL, C1; by Unicode: marks that turn the order of what follows, line ends
OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")  # what rich writes by itself
HOSTILE = (
    "\x1b[2J\x1b[H", "\x1b]0;title\x07", "\x1b]52;c;ZXZpbA==\x1b\\", "\x1b[6n", "\x9b2J", "\x08\x08\x08100", "\r100",
    "\x1b]8;;http://evil.example\x1b\\x", "\u202e001", "\u2066", "\u2028", "[red]x[/red]", "[/]", "\x7f", "\x00",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_printed_as_what_it_is(name, capsys):
    table = Table("student")
    table.add_row(name)
    show(table)
    say(f"{name}: 0 -> 1")
    said = capsys.readouterr().out
    assert not OBEYED.search(said), ascii(said)
    if "[" in name and not OBEYED.search(name):
        assert said.count(name) == 2


@pytest.mark.parametrize("name", HOSTILE)
def test_on_a_terminal_there_are_colours_and_nothing_else(name):
    file = io.StringIO()
    table = Table("student", title="x")
    table.add_row(name)
    PlainConsole(file=file, force_terminal=True, color_system="truecolor", markup=False, width=80).print(table)
    assert COLOUR.search(file.getvalue())
    assert not OBEYED.search(COLOUR.sub("", file.getvalue()))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_in_the_progress_bar(name):
    with progress_bar() as progress:
        progress.console.file = io.StringIO()
        progress.add_task(name, total=2)
        (task,) = progress.tasks
        (shown,) = [column.render(task).plain for column in progress.columns if type(column).__name__ == "NameColumn"]
    assert not OBEYED.search(shown)
    assert "\n" not in one_line(f"{name}\n")


def test_a_name_adds_no_line():
    assert one_line("eve\n100 of 100 graded") == "eve\\n100 of 100 graded"


@pytest.mark.parametrize("error", [UserError("no \x1b[2J here"), FileNotFoundError(2, "none", "\x1b[2J.ipynb")])
def test_a_name_in_an_error(error):
    with pytest.raises(click.ClickException) as raised, plain_errors():
        raise error
    assert "\\x1b[2J" in raised.value.message
    assert "\x1b" not in raised.value.message


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """What `course grade` prints of a class in which everything is hostile, and the folder that it has written to."""
    top = tmp_path_factory.mktemp("terminal")
    honest = nbformat.read(ROOT / "notebooks" / f"{NAME}.ipynb", as_version=4)
    for path in INJECTIONS:
        folder = top / "submitted" / path.stem / NAME
        folder.mkdir(parents=True)
        for cell in honest.cells:
            if grade_id(cell) == "relu_backward":
                cell.source = path.read_text(encoding="utf-8")
        (folder / "\x1b[2J\u202e\x9b1m.ipynb").write_text(nbformat.writes(honest), encoding="utf-8")
    (top / "submitted" / "\x1b[2Jeve").mkdir()
    (top / "submitted" / "\x1b[2Jeve" / NAME).mkdir()
    done = CliRunner().invoke(main, ["grade", str(top / "submitted"), "--out", str(top / "out")])
    assert done.exit_code == 0, done.output
    return top, done


@pytest.mark.sandbox
def test_what_grade_prints(graded):
    _, done = graded
    assert all(path.stem in done.output for path in INJECTIONS)
    assert not OBEYED.search(done.output + done.stderr), ascii(OBEYED.findall(done.output))


COMMANDS = {
    "regrade": ["regrade", "{top}/submitted", "--out", "{top}/out", "--dry-run"],
    "stats": ["stats", "--out", "{top}/out"],
    "similar": ["similar", "--out", "{top}/out"],
    "audit": ["audit", "verify", "--out", "{top}/out"],
    "export": ["export", "canvas", "--out", "{top}/out", "--roster", "{top}/roster.csv", "--to", "{top}/canvas.csv"],
}


@pytest.mark.sandbox
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
def test_what_the_other_commands_print(graded, command):
    top, _ = graded
    roster = 'Student,ID,SIS User ID,SIS Login ID,Section\n"\x1b[2Jada\u202e",1,"\x1b]0;x\x07",letters,\x9b1m\n'
    (top / "roster.csv").write_text(roster, encoding="utf-8")
    done = CliRunner().invoke(main, [part.format(top=top) for part in command])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert done.output + done.stderr
    assert not OBEYED.search(done.output + done.stderr), ascii(done.output)


@pytest.mark.sandbox
def test_no_line_of_a_student_becomes_a_line_of_the_log(graded):
    """A record is a line of JSON, in which line ends of every kind are escaped."""
    top, _ = graded
    for path in (*(top / "out").glob("*.jsonl"), *(top / "out").glob("*.json")):
        data = path.read_bytes()
        assert data.isascii()
        assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", data), path
    done = CliRunner().invoke(main, ["audit", "verify", "--out", str(top / "out")])
    assert done.exit_code == 0, done.output
