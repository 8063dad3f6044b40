"""`course lab` never loses a student's work, whatever the course and the student do in whatever order."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from autograder.cli import main
from autograder.lab import MANIFEST, START_PAGE, lab_command, lab_environment, prepare

NAME = "01_powers.ipynb"
START_SECONDS = 300


@pytest.fixture
def folders(tmp_path) -> tuple[Path, Path]:
    """The student's workspace (not made yet) and the course's released notebooks."""
    released = tmp_path / "released"
    released.mkdir()
    (released / NAME).write_text("version 1", encoding="utf-8")
    return tmp_path / "workspace", released


def actions(workspace, released, **options) -> list[tuple[str, str]]:
    return [(placed.action, placed.path.name) for placed in prepare(workspace, released, **options)]


def test_first_time_adds_and_second_time_changes_nothing(folders):
    workspace, _ = folders
    assert actions(*folders) == [("added", NAME)]
    before = {path: path.stat().st_mtime_ns for path in workspace.glob("*.ipynb")}
    assert actions(*folders) == [("unchanged", NAME)]
    assert {path: path.stat().st_mtime_ns for path in workspace.glob("*.ipynb")} == before
    assert sorted(path.name for path in workspace.iterdir()) == sorted([MANIFEST, NAME])


def test_an_untouched_notebook_follows_the_course(folders):
    workspace, released = folders
    prepare(*folders)
    (released / NAME).write_text("version 2", encoding="utf-8")
    assert actions(*folders) == [("updated", NAME)]
    assert (workspace / NAME).read_text() == "version 2"
    assert actions(*folders) == [("unchanged", NAME)]


def test_own_work_stays_and_each_new_version_comes_beside_it_once(folders):
    workspace, released = folders
    prepare(*folders)
    (workspace / NAME).write_text("my work", encoding="utf-8")
    assert actions(*folders) == [("kept", NAME)]
    for version, name in ((2, "01_powers.new.ipynb"), (3, "01_powers.new-2.ipynb")):
        (released / NAME).write_text(f"version {version}", encoding="utf-8")
        assert actions(*folders) == [("beside", name)]
        assert (workspace / name).read_text() == f"version {version}"
        assert actions(*folders) == [("kept", NAME)]
    assert (workspace / NAME).read_text() == "my work"


def test_a_deleted_notebook_comes_back_only_on_request(folders):
    workspace, _ = folders
    prepare(*folders)
    (workspace / NAME).unlink()
    assert actions(*folders) == [("deleted", NAME)]
    assert not (workspace / NAME).exists()
    assert actions(*folders, restore=True) == [("restored", NAME)]
    assert (workspace / NAME).read_text() == "version 1"


@pytest.mark.parametrize("broken", [None, "", "{", "[]", '{"shipped": 3}', '{"shipped": {"01_powers.ipynb": null}}'])
def test_without_a_readable_manifest_every_difference_is_taken_for_own_work(folders, broken):
    workspace, _ = folders
    prepare(*folders)
    (workspace / NAME).write_text("my work", encoding="utf-8")
    if broken is None:
        (workspace / MANIFEST).unlink()
    else:
        (workspace / MANIFEST).write_text(broken)
    assert actions(*folders) == [("beside", "01_powers.new.ipynb")]
    assert (workspace / NAME).read_text() == "my work"
    assert actions(*folders) == [("kept", NAME)]


def test_a_notebook_that_is_not_text_is_own_work(folders):
    workspace, released = folders
    prepare(*folders)
    (workspace / NAME).write_bytes(b"\xff\xfe\x00")
    (released / NAME).write_text("version 2", encoding="utf-8")
    assert actions(*folders) == [("beside", "01_powers.new.ipynb")]
    assert (workspace / NAME).read_bytes() == b"\xff\xfe\x00"


STEPS = st.lists(st.sampled_from(["course", "student", "delete", "lose manifest", "restore"]), max_size=12)


@given(steps=STEPS)
def test_whatever_happens_own_work_is_never_lost_nor_a_new_version_kept_back(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("course")
    workspace, released = folder / "workspace", folder / "released"
    released.mkdir()
    (released / NAME).write_text("version 0")
    prepare(workspace, released)
    work = None
    for number, step in enumerate(steps, start=1):
        if step == "course":
            (released / NAME).write_text(f"version {number}")
        elif step == "student":
            work = f"work {number}"
            (workspace / NAME).write_text(work)
        elif step == "delete":
            work = None
            (workspace / NAME).unlink(missing_ok=True)
        elif step == "lose manifest":
            (workspace / MANIFEST).unlink(missing_ok=True)
        placed = prepare(workspace, released, restore=step == "restore")
        contents = {path.name: path.read_text() for path in workspace.glob("*.ipynb")}
        if work is not None:
            assert contents[NAME] == work
        if step == "restore":
            assert NAME in contents
        if step == "course" and [p.action for p in placed] != ["deleted"]:
            assert (released / NAME).read_text() in contents.values()
    shutil.rmtree(folder)


def test_wrong_folders_are_refused_with_what_to_do(folders):
    workspace, released = folders
    with pytest.raises(ValueError, match="choose another folder"):
        prepare(released, released)
    workspace.write_text("a file")
    with pytest.raises(ValueError, match="not a folder"):
        prepare(workspace, released)
    (released / NAME).unlink()
    with pytest.raises(FileNotFoundError, match="course build"):
        prepare(workspace, released)


def test_every_action_has_its_sentence(folders):
    workspace, _ = folders
    assert [placed.sentence for placed in prepare(*folders)] == [f"{NAME}: new"]
    (workspace / NAME).unlink()
    assert "--restore" in prepare(*folders)[0].sentence


def test_command_line_and_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    monkeypatch.setenv("NUMBA_THREADING_LAYER", "omp")
    environment = lab_environment()
    assert environment["OPENBLAS_NUM_THREADS"] == "3"  # the student's own wish
    assert environment["NUMBA_THREADING_LAYER"] == "workqueue"
    monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    assert lab_environment()["OPENBLAS_NUM_THREADS"] == "1"
    command = lab_command(tmp_path, browser=False, port=9999, options=("--debug",))
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert {"--no-browser", "--ServerApp.port=9999", "--debug"} <= set(command)
    assert "--no-browser" not in lab_command(tmp_path)


def test_the_notebook_of_a_unit_is_opened_at_once(tmp_path, monkeypatch):
    commands = []
    monkeypatch.setattr(os, "execve", lambda path, command, environment: commands.append(command))
    assert CliRunner().invoke(main, ["lab", str(tmp_path), "--unit", "1"]).exit_code == 0
    (command,) = commands
    assert command[-1] == "--LabApp.default_url=/lab/tree/01_vanishing_gradients.ipynb"
    assert (tmp_path / "01_vanishing_gradients.ipynb").is_file()
    assert CliRunner().invoke(main, ["lab", str(tmp_path), "--unit", "99"]).exit_code == 1


def test_the_first_time_the_start_page_is_opened(tmp_path, monkeypatch):
    commands = []
    monkeypatch.setattr(os, "execve", lambda path, command, environment: commands.append(command))
    for _ in range(2):
        assert CliRunner().invoke(main, ["lab", str(tmp_path)]).exit_code == 0
    assert [any("default_url" in part for part in command) for command in commands] == [True, False]
    assert commands[0][-1] == f"--LabApp.default_url=/lab/tree/{START_PAGE}"
    assert (tmp_path / START_PAGE).is_file()


@pytest.mark.serial
def test_jupyterlab_starts_on_the_workspace_with_this_pythons_kernel(folders, tmp_path):
    """The real server: the notebook is served, and python3 is this Python even against a foreign kernel spec."""
    workspace, released = folders
    nbformat.write(nbformat.v4.new_notebook(), released / NAME)
    prepare(*folders)
    foreign = tmp_path / "foreign" / "kernels" / "python3"
    foreign.mkdir(parents=True)
    (foreign / "kernel.json").write_text(json.dumps({"argv": ["/nonexistent/python"], "display_name": "foreign"}))

    command = lab_command(workspace, browser=False, options=("--IdentityProvider.token=secret",))
    environment = lab_environment() | {"JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime")}
    environment["JUPYTER_PATH"] += os.pathsep + str(tmp_path / "foreign")
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = wait_for_address(tmp_path / "runtime", server)
        assert get(address, f"api/contents/{NAME}")["type"] == "notebook"
        python3 = get(address, "api/kernelspecs")["kernelspecs"]["python3"]["spec"]
        assert python3["display_name"] != "foreign"
        assert "ipykernel_launcher" in python3["argv"]
    finally:
        server.terminate()
        server.wait(timeout=600)


def wait_for_address(runtime: Path, server: subprocess.Popen) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(ValueError, urllib.error.URLError):  # written by half, or before it listens
                address = json.loads(file.read_text())["url"]
                get(address, "api")
                return address
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not start within {START_SECONDS} s (exit code {server.poll()})")


def get(address: str, path: str) -> dict:
    request = urllib.request.Request(address + path, headers={"Authorization": "token secret"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def test_opening_and_running_a_notebook_is_no_change(folders):
    workspace, released = folders
    cell = nbformat.v4.new_code_cell("1 + 1")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    (released / NAME).write_text(nbformat.writes(notebook), encoding="utf-8")
    prepare(*folders)
    notebook.metadata["language_info"] = {"name": "python", "version": "3.12.1"}
    cell.outputs, cell.execution_count = [nbformat.v4.new_output("stream", text="2")], 1
    (workspace / NAME).write_text(nbformat.writes(notebook), encoding="utf-8")
    assert actions(*folders) == [("unchanged", NAME)]
    cell.source = "1 + 2"
    (workspace / NAME).write_text(nbformat.writes(notebook), encoding="utf-8")
    assert actions(*folders) == [("kept", NAME)]
