"""The student's own copy of the notebooks, and JupyterLab on it."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import NoReturn

from course_lib.files import write_atomically

MANIFEST = ".course.json"
START_PAGE = "00_start_here.ipynb"
# No question about news before the first notebook, and no panel for making assignments beside it. The kernel says what
# to run when a name is asked for that the set-up cell defines.
LAB_CONFIG = Path(__file__).with_name("lab_config")


@dataclass(frozen=True)
class Placed:
    """What became of one notebook: an ``action`` of `MEANING`, and the file that it concerns."""

    action: str
    path: Path

    @property
    def sentence(self) -> str:
        """What to tell the student."""
        return f"{self.path.name}: {MEANING[self.action]}"


MEANING = {
    "added": "new",
    "unchanged": "up to date",
    "updated": "replaced by the course's new version (you had not changed yours)",
    "kept": "yours, left as it is",
    "beside": "the course's new version, put beside your own work, which is left as it is",
    "deleted": "you deleted it; `course lab --restore` brings it back",
    "restored": "brought back",
}


def prepare(workspace: Path, released: Path, restore: bool = False) -> list[Placed]:
    """Bring the notebooks of ``released`` into ``workspace``, without ever overwriting a student's work.

    A manifest in the workspace remembers what was put there. A notebook that still equals what was put there is
    updated; one that the student changed stays, and a newer version is written beside it under another name.

    Parameters
    ----------
    workspace : the student's folder; made when it does not exist.
    released : the folder of the course's notebooks.
    restore : bring back the notebooks that the student deleted.

    Returns
    -------
    list of Placed
        One for each notebook of the course, in the order of their names.

    Raises
    ------
    ValueError
        When ``workspace`` is the course's own folder of notebooks, or not a folder.
    FileNotFoundError
        When ``released`` holds no notebook.
    """
    notebooks = sorted(released.glob("*.ipynb"))
    if not notebooks:
        raise FileNotFoundError(f"no notebook in {released}: run `course build` first")
    if workspace.resolve() == released.resolve():
        raise ValueError(f"{workspace} holds the course's own notebooks: choose another folder to work in")
    if workspace.exists() and not workspace.is_dir():
        raise ValueError(f"{workspace} is not a folder: choose another name")

    workspace.mkdir(parents=True, exist_ok=True)
    manifest = _read_manifest(workspace)
    placed = []
    for notebook in notebooks:
        text = notebook.read_text(encoding="utf-8")
        placed.append(_place(text, workspace / notebook.name, manifest.get(notebook.name), restore))
        if placed[-1].action != "deleted":
            manifest[notebook.name] = _digest(text)
    write_atomically(workspace / MANIFEST, json.dumps({"shipped": manifest}, indent=1, sort_keys=True) + "\n")
    return placed


def start(workspace: Path, browser: bool = True, port: int | None = None, options: tuple[str, ...] = ()) -> NoReturn:
    """Become JupyterLab on ``workspace``; on Windows, which cannot replace a process, wait for it and exit.

    Parameters
    ----------
    workspace : the folder that JupyterLab shows.
    browser : open a browser.
    port : the port to listen on; by default JupyterLab's.
    options : more options, handed to JupyterLab as they are.
    """
    command = lab_command(workspace, browser, port, options)
    if os.name == "nt":
        raise SystemExit(subprocess.run(command, env=lab_environment()).returncode)
    os.execve(command[0], command, lab_environment())


def lab_command(
    workspace: Path, browser: bool = True, port: int | None = None, options: tuple[str, ...] = ()
) -> list[str]:
    """The command line that starts JupyterLab with this Python. Parameters as of `start`."""
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={workspace.resolve()}"]
    if not browser:
        command += ["--no-browser"]
    if port is not None:
        command += [f"--ServerApp.port={port}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command += ["--allow-root"]  # a container, as a rule; JupyterLab would refuse to start
    return [*command, *options]


def lab_environment() -> dict[str, str]:
    """The environment for JupyterLab: this Python's commands and kernel first, one thread for each kernel.

    NumPy's own threads cost milliseconds a call when a neighbour is busy, so they are off unless the student set
    them. Numba's other threading layers abort a process that forks.
    """
    return {
        "OPENBLAS_NUM_THREADS": "1",
        **os.environ,
        "NUMBA_THREADING_LAYER": "workqueue",
        "PATH": _first(Path(sys.executable).parent, "PATH"),
        "JUPYTER_PATH": _first(f"{LAB_CONFIG}{os.pathsep}{Path(sys.prefix, 'share', 'jupyter')}", "JUPYTER_PATH"),
        "JUPYTER_CONFIG_PATH": _first(LAB_CONFIG, "JUPYTER_CONFIG_PATH"),
    }


def _first(folder: Path | str, variable: str) -> str:
    return os.pathsep.join([str(folder), *filter(None, [os.environ.get(variable)])])


def _place(text: str, path: Path, shipped: str | None, restore: bool) -> Placed:
    """Bring one notebook to ``path``; ``shipped`` is the digest of what was last put there, if anything was."""
    if not path.exists():
        if shipped and not restore:
            return Placed("deleted", path)
        write_atomically(path, text)
        return Placed("restored" if shipped else "added", path)

    mine = _digest(path.read_text(encoding="utf-8", errors="replace"))
    if mine == _digest(text):
        return Placed("unchanged", path)
    if mine == shipped:
        write_atomically(path, text)
        return Placed("updated", path)
    if shipped == _digest(text):
        return Placed("kept", path)
    beside = _free_name(path)
    write_atomically(beside, text)
    return Placed("beside", beside)


def _free_name(path: Path) -> Path:
    """``name.new.ipynb``, ``name.new-2.ipynb``, ...: the first that is not taken."""
    for number in count(1):
        new = path.with_suffix(".new.ipynb" if number == 1 else f".new-{number}.ipynb")
        if not new.exists():
            return new


def _digest(text: str) -> str:
    """A digest of what a student can write: JupyterLab changes outputs and metadata as soon as it opens a notebook."""
    with suppress(ValueError, KeyError, TypeError, AttributeError):  # not a notebook any more: every letter counts
        cells = json.loads(text)["cells"]
        text = json.dumps([(c["cell_type"], "".join(c["source"]), c["metadata"].get("nbgrader")) for c in cells])
    return sha256(text.encode()).hexdigest()


def _read_manifest(workspace: Path) -> dict[str, str]:
    """File name -> digest of what was put there. A manifest lost or broken only means that nothing is known."""
    try:
        shipped = json.loads((workspace / MANIFEST).read_text(encoding="utf-8"))["shipped"]
        return {str(name): str(digest) for name, digest in shipped.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
