"""Which sandbox is chosen, what is said of those that are not, and that the one without any is never chosen."""

import json
from dataclasses import replace

import pytest
from boxes import LIMITS, X, boxed, check_honest
from click.testing import CliRunner

from autograder import doctor
from autograder.cli import main
from autograder.grading.isolation import bubblewrap, ladder, plain
from autograder.grading.isolation.limits import LEVELS, UNSAFE, Limits
from autograder.grading.isolation.sandbox import Cell, Sandbox, SandboxUnavailable

pytestmark = pytest.mark.sandbox


@pytest.fixture
def broken(monkeypatch):
    """Make levels fail, as on a machine that lacks something."""
    tried = ladder._tried

    def breaking(*levels: str):
        def trying(level, *circumstances):
            return ladder.Rung(level, None, f"no {level} here") if level in levels else tried(level, *circumstances)

        monkeypatch.setattr(ladder, "_tried", trying)

    return breaking


@pytest.mark.parametrize("level", [*LEVELS, UNSAFE])
def test_every_level_runs_an_honest_submission_and_names_itself(level):
    with boxed(limits=replace(LIMITS, levels=(level,))) as box:
        check_honest(box)
        assert box.level == level


def test_the_best_level_that_works_is_chosen(broken):
    for number, level in enumerate(LEVELS):
        broken(*LEVELS[:number])
        assert Sandbox().level == level


def test_no_sandbox_is_never_chosen_unless_asked_for(broken):
    broken(*LEVELS)
    with pytest.raises(SandboxUnavailable, match="zygote: no zygote here; bwrap: no bwrap here; landlock: no landlock"):
        Sandbox()
    assert Sandbox(Limits(levels=(*LEVELS, UNSAFE))).level == UNSAFE


def test_a_level_that_does_not_exist_is_an_error_of_the_caller():
    with pytest.raises(ValueError, match="no level 'chroot': zygote, bwrap, landlock, none"):
        Sandbox(Limits(levels=("chroot",)))


def test_landlock_needs_a_kernel_that_has_it_and_libraries_without_the_course(monkeypatch):
    monkeypatch.setattr(plain.landlock, "version", lambda: 0)
    with pytest.raises(SandboxUnavailable, match="no Landlock"):
        plain.PlainLauncher(None)
    monkeypatch.undo()
    monkeypatch.setattr(plain, "hidden_places", lambda _: ["/site/0/course_lib"])
    with pytest.raises(SandboxUnavailable, match="/site/0/course_lib"):
        plain.PlainLauncher(None)


def test_without_a_sandbox_there_is_none():
    """What is recorded as no sandbox is none: the code reads what the grader can read."""
    code = "import os\ndef look(x):\n    return sorted(os.listdir(os.path.dirname(x)))"
    with boxed(Cell("look", code), limits=replace(LIMITS, levels=(UNSAFE,))) as box:
        assert "ladder.py" in box.run("look", {"x": ladder.__file__}).value


def test_an_old_bubblewrap_will_do():
    old = bubblewrap.Bubblewrap(bubblewrap.find().path, can_disable_userns=False)
    launcher = bubblewrap.BubblewrapLauncher(old, None)
    assert "--disable-userns" not in old.worker(1 << 20)
    # the filter alone keeps a box from making namespaces
    code = "import ctypes\ndef f(x): return ctypes.CDLL(None).unshare(0x10000000)"
    with boxed(Cell("f", code), launcher=launcher) as box:
        assert box.run("f", {"x": X}).value == -1


def test_the_doctor_tells_of_every_level(broken, monkeypatch):
    check = doctor.check_sandbox()
    assert check.status == "ok"
    assert check.detail.startswith("zygote: a box starts and answers in ")
    assert "control groups: " in check.detail
    broken("zygote", "bwrap")
    check = doctor.check_sandbox()
    assert check.status == "warn"
    assert check.detail.startswith("landlock: ")
    assert "not zygote: no zygote here; not bwrap: no bwrap here" in check.detail
    assert "sees the machine's name" in check.detail
    assert "bubblewrap" in check.remedy["debian"]
    broken(*LEVELS)
    check = doctor.check_sandbox()
    assert check.status == "missing"
    assert "landlock: no landlock here" in check.detail


def test_grading_without_a_sandbox_is_loud_and_recorded(tmp_path, released):
    # the whole command is run; its notebook is the course's own, which no student has touched
    from autograder.files import ROOT

    name = "01_vanishing_gradients"
    folder = tmp_path / "submitted" / "ada" / name
    folder.mkdir(parents=True)
    (folder / f"{name}.ipynb").write_bytes((ROOT / "notebooks" / f"{name}.ipynb").read_bytes())
    command = ["grade", str(tmp_path / "submitted"), "--out", str(tmp_path / "out"), "--unsafe-no-sandbox", "--json"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert "NO SANDBOX" in done.stderr
    assert json.loads(done.stdout)["students"][0]["student"] == "ada"
    (record,) = (tmp_path / "out" / f"{name}.results.jsonl").read_text().splitlines()
    assert f'"level": "{UNSAFE}"' in record
