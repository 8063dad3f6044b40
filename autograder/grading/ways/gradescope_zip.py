"""The autograder that Gradescope runs: a zip with the course, one assignment, its key and two scripts.

Gradescope unpacks it at ``/autograder/source``, runs ``setup.sh`` once as root while it builds an image, and
``run_autograder`` as root for every submission: https://gradescope-autograders.readthedocs.io/en/latest/specs/.
"""

import io
import os
import secrets
import shlex
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat

from autograder.errors import UserError
from autograder.files import ROOT
from autograder.grading.exports.export import VISIBILITIES, ExportError
from autograder.grading.isolation.limits import Limits
from autograder.grading.seeds import KEY_BYTES, KEY_FILE, read_key
from autograder.grading.submissions.assignment import read_assignment
from autograder.grading.ways.limits_file import limits_text
from autograder.outside import FOLDER, Folders
from autograder.release import source_notebook

SCRIPTS = Path(__file__).with_name("gradescope")
PACKAGES = ("autograder", "course_lib", "data")
FILES = ("pyproject.toml", "requirements.lock", "README.md", "LICENSE", "LICENSE-text")
COURSE, CLASS = "course", "class"
UNWANTED = ("__pycache__", ".ipynb_checkpoints")
EXECUTABLE, PLAIN, SECRET = 0o755, 0o644, 0o600
DATE = (2020, 1, 1, 0, 0, 0)  # of every file, so that the same course gives the same zip


def write_autograder(
    source: Path,
    target: Path,
    *,
    course: Path | None = None,
    limits: Limits | None = None,
    key_file: Path | None = None,
    visibility: str = "visible",
    root: Path = ROOT,
) -> list[str]:
    """Write the zip for the assignment in ``source``; what is in it.

    Parameters
    ----------
    source : its source notebook, text or ``.ipynb``.
    target : the zip, which only its owner can read.
    course : the course folder that the instructor's own exercises may be in.
    limits : the course's own, for students' code.
    key_file : the key of the hidden cases; by default a new one, of which the zip has the only copy.
    visibility : who sees the tests on Gradescope, and when.

    Raises
    ------
    ExportError
        When Gradescope knows no such visibility.
    ReleaseError, KeyProblem, UserError
        When the assignment, the key or the installed course cannot be used.
    """
    if visibility not in VISIBILITIES:
        raise ExportError(f"Gradescope knows no visibility {visibility!r}; there are: {', '.join(VISIBILITIES)}")
    assignment = read_assignment(source, course)
    assignment.exercises()  # which says what is wrong with one of them
    key = read_key(key_file).secret if key_file else secrets.token_bytes(KEY_BYTES)
    settings = f"assignment={shlex.quote(assignment.name)}\nvisibility={visibility}\n"
    notebook = nbformat.writes(source_notebook(source, folders=assignment.folders))
    pieces = {
        **{name: ((SCRIPTS / name).read_bytes(), EXECUTABLE) for name in ("setup.sh", "run_autograder")},
        "settings": (settings.encode(), PLAIN),
        f"{CLASS}/limits.json": (limits_text(limits or Limits()).encode(), PLAIN),
        f"{CLASS}/{KEY_FILE}": (key.hex().encode() + b"\n", SECRET),
        f"{CLASS}/{assignment.name}.ipynb": (notebook.encode(), PLAIN),
        **{f"{CLASS}/{FOLDER}/{name}": (data, PLAIN) for name, data in _own_exercises(assignment.folders)},
        **{f"{COURSE}/{name}": (data, PLAIN) for name, data in _installed(root)},
    }
    _write_secret(target, _zipped(pieces))
    return list(pieces)


def _own_exercises(folders: Folders) -> Iterator[tuple[str, bytes]]:
    """The instructor's own, all in one folder."""
    seen: dict[str, Path] = {}
    for folder in dict.fromkeys(folder.resolve() for folder in folders if folder.is_dir()):
        for path in sorted(folder.glob("*.py")):
            if other := seen.get(path.name):
                raise UserError(f"{path} and {other} have the same name: rename one of them")
            seen[path.name] = path
            yield path.name, path.read_bytes()


def _installed(root: Path) -> Iterator[tuple[str, bytes]]:
    """The course's own files, as README installs them: a folder with the lock beside the packages."""
    if missing := [name for name in (*FILES, *PACKAGES) if not (root / name).exists()]:
        raise UserError(
            f"{root} has no {', '.join(missing)}: export from a clone of the course, installed as README says"
        )
    for name in FILES:
        yield name, (root / name).read_bytes()
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*")):
            if (
                path.is_file()
                and not path.is_symlink()
                and not set(path.relative_to(root).parts).intersection(UNWANTED)
            ):
                yield path.relative_to(root).as_posix(), path.read_bytes()


def _zipped(pieces: dict[str, tuple[bytes, int]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (data, mode) in pieces.items():
            info = zipfile.ZipInfo(name, DATE)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()


def _write_secret(target: Path, data: bytes):
    """Whole or not at all, and never readable by others."""
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, SECRET)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
