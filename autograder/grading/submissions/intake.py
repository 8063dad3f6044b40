"""Read a zip of submissions, as Canvas and Moodle export it, without unpacking anything to disk.

Names in the archive
--------------------
Canvas : ``<name>[_LATE]_<user>_<attachment>_<file>``, all files in one folder (``lib/content_zipper.rb`` of
    canvas-lms: ``get_filename``, ``add_upload_submission``); with anonymous grading ``anon_<id>`` for name and user.
    A file that is submitted again gets ``-1``, ``-2``, ... behind its name, and a higher attachment number.
Moodle : ``<full name>_<participant>_assignsubmission_file_/<file>``, or flat with the file's name behind the last
    underscore (``download_submissions`` of ``mod/assign/locallib.php``).
plain : nbgrader's ``<student>/<assignment>/<assignment>.ipynb``, ``<student>/<assignment>.ipynb``, or flat notebooks
    named after the students, at any depth.

The student's id is ``<name>_<user>`` (Canvas) and ``<full name>_<participant>`` (Moodle): names alone are not unique,
and by the number the exported grades find their way back.
"""

import re
import stat
import unicodedata
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from autograder.grading.submissions.names import ARCHIVES, id_problem, packed_problem, refused_id, shown, student_of
from autograder.grading.submissions.reading import MAX_BYTES, moment_of
from autograder.grading.submissions.submission import Refused, Submission, store

MAX_ENTRIES = 200_000
MAX_TOTAL = 8 << 30  # bytes of all notebooks together, unpacked
MAX_RATIO = 200  # a notebook full of repeated numbers shrinks to a fiftieth; deflate reaches a thousandth
RATIO_FROM = 1 << 20  # bytes; smaller files do no harm, however well they shrink
# A decoder of LZMA allocates what the archive asks for, before the first byte comes out.
METHODS = (ZIP_STORED, ZIP_DEFLATED)
ENCRYPTED, UTF8 = 0x1, 0x800  # bits of an entry's flags

ANONYMOUS = re.compile(r"(?:(?P<late>LATE)_)?(?P<name>anon)_(?P<user>[^\W_]+)_(?P<attachment>\d+)_(?P<file>.+)")
CANVAS = re.compile(r"(?P<name>\w*?[^\W_])_(?:(?P<late>LATE)_)?(?P<user>\d+)_(?P<attachment>\d+)_(?P<file>.+)")
MOODLE = re.compile(r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_(?P<plugin>[a-z]+)_?(?P<file>.*)")
RESUBMITTED = re.compile(r"-\d+$")


@dataclass(frozen=True)
class _File:
    """One entry that belongs to a student; ``number`` grows with every file that Canvas receives.

    ``own`` is a file that is named after the student, and so need not be named after the assignment.
    """

    student: str
    name: str
    info: ZipInfo
    number: int = 0
    late: bool = False
    own: bool = False

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix.lower()

    @property
    def age(self) -> tuple:
        return self.number, self.info.date_time


def submissions_in(archive: Path, assignment: str, max_bytes: int = MAX_BYTES) -> list[Submission]:
    """The submissions for ``assignment`` in a zip, by student. Nothing is written to disk.

    Of several notebooks of a student the newest counts, and a remark names the others. What cannot be read (a link,
    an encrypted file, another zip, a bomb, a name that appears twice) is that student's ``problem``. A name that leads
    out of the archive is nobody's: it is refused under an id made from it, and the others go on.

    Parameters
    ----------
    max_bytes : the largest notebook that is read.

    Raises
    ------
    Refused
        When the file is no zip, or has too many entries or too much in all.
    FileNotFoundError
        When it holds nothing of this assignment.
    """
    try:
        opened = ZipFile(archive)  # which the submissions read from: it is closed when the last of them is released
        found = list(_submissions(opened, archive, assignment, max_bytes))
    except FileNotFoundError:
        raise FileNotFoundError(f"{archive} does not exist") from None
    except (BadZipFile, NotImplementedError, OSError) as error:
        raise Refused(f"{shown(archive.name)} is not a readable zip file: {str(error)[:200]}") from None
    if not found:
        raise FileNotFoundError(
            f"{archive} holds no submissions of {assignment}: expected an export of Canvas or Moodle, "
            f"<student>/{assignment}/{assignment}.ipynb, or notebooks named after the students"
        )
    return found


def _submissions(opened: ZipFile, archive: Path, assignment: str, max_bytes: int) -> Iterator[Submission]:
    infos = opened.infolist()
    if len(infos) > MAX_ENTRIES:
        raise Refused(f"{shown(archive.name)} has {len(infos)} entries; at most {MAX_ENTRIES} are read")
    files, total = defaultdict(list), 0
    for info in infos:
        if not (parts := _parts(info)):
            problem = f"{shown(info.filename)} leads out of the archive: it is not read"
            yield Submission(refused_id(info.filename), archive, problem=problem)
        elif not info.is_dir() and (file := _file(parts, info, assignment)):
            files[file.student].append(file)
    repeated = {name for name, n in Counter(info.filename for info in infos).items() if n > 1}
    for student, own in sorted(files.items()):
        if all(file.name == "timestamp.txt" for file in own):
            continue
        if problem := id_problem(student, assignment):
            yield Submission(refused_id(student), archive / own[0].name, problem=problem)
            continue
        submission = _submission(opened, archive, own, assignment, repeated, max_bytes)
        total += submission.size
        if total > MAX_TOTAL:
            raise Refused(f"{shown(archive.name)} holds more than {MAX_TOTAL >> 30} GB of notebooks")
        yield submission


def _parts(info: ZipInfo) -> tuple[str, ...]:
    """The parts of an entry's path, readable; none when the path leads out of the archive."""
    name = info.filename
    if not info.flag_bits & UTF8:  # by the standard the name is in code page 437; many tools write UTF-8 all the same
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    parts = unicodedata.normalize("NFC", name.removesuffix("/")).split("/")
    if ".." in parts or "" in parts or re.match(r"[A-Za-z]:[\\/]|\\", name):
        return ()
    return tuple(parts)


def _file(parts: tuple[str, ...], info: ZipInfo, assignment: str) -> _File | None:
    """Whose file this is; None when it belongs to no student."""
    *folders, last = parts
    if any(part.startswith(".") or part == "__MACOSX" for part in parts):
        return None
    for place, part in enumerate(parts):
        if match := MOODLE.fullmatch(part):
            name = match["file"] if place == len(folders) else last
            return _File(f"{match['name']}_{match['number']}", name, info) if match["plugin"] == "file" else None
    stem, suffix = PurePosixPath(last).stem, PurePosixPath(last).suffix.lower()
    if match := ANONYMOUS.fullmatch(last) or (not _is_flat(stem, assignment) and CANVAS.fullmatch(last)):
        late = bool(match["late"])
        return _File(f"{match['name']}_{match['user']}", match["file"], info, int(match["attachment"]), late)
    if len(folders) >= 2 and folders[-1] == assignment:
        return _File(folders[-2], last, info)
    if suffix not in (".ipynb", *ARCHIVES):
        return None
    if folders and stem == assignment:
        return _File(folders[-1], last, info)
    return _File(student_of(stem, assignment), last, info, own=True)


def _is_flat(stem: str, assignment: str) -> bool:
    """Whether ``ada_2026_01_lesson`` is Ada's 01_lesson, and no file that Canvas has named."""
    student = stem.removesuffix(f"_{assignment}")
    return student != stem and not re.search(r"_\d+_\d+$", student)


def _submission(
    opened: ZipFile, archive: Path, files: list[_File], assignment: str, repeated: set[str], max_bytes: int
) -> Submission:
    student = files[0].student
    notebooks = [file for file in files if file.suffix == ".ipynb"]
    named = [file for file in notebooks if file.own or RESUBMITTED.sub("", PurePosixPath(file.name).stem) == assignment]
    chosen = max(named or notebooks, key=lambda file: file.age, default=None)
    path = archive / (chosen or files[0]).name
    try:
        if chosen is None:
            raise Refused(_without_notebook([file.name for file in files]))
        if len(notebooks) > 1 and not named and not chosen.number:
            raise Refused(f"there is no {assignment}.ipynb; found {_listed([file.name for file in notebooks])}")
        if chosen.info.filename in repeated:
            raise Refused(f"{shown(chosen.name)} appears twice in the zip, and there is no telling which one counts")
        reader = partial(_read, opened, chosen.info, chosen.name, max_bytes)
        contents = store(reader(), reader)
    except Refused as refused:
        return Submission(student, path, problem=str(refused), remarks=_late(files))
    timestamp, remarks = _timestamp(opened, files)
    if len(notebooks) > 1:
        others = _listed([file.name for file in notebooks if file is not chosen])
        remarks.append(f"{shown(chosen.name)} is graded, the newest with the expected name; not graded: {others}")
    if not named:
        remarks.append(f"the notebook is called {shown(chosen.name)} instead of {assignment}.ipynb")
    return Submission(student, path, contents, timestamp, remarks=(*remarks, *_late(files)))


def _without_notebook(names: list[str]) -> str:
    packed = sorted(name for name in names if name.lower().endswith(ARCHIVES))
    return packed_problem(packed[0]) if packed else f"there is no notebook; found {_listed(names)}"


def _listed(names: list[str]) -> str:
    return ", ".join(shown(name) for name in sorted(names)[:4]) + (" and more" if len(names) > 4 else "")


def _late(files: list[_File]) -> tuple[str, ...]:
    return ("late, according to Canvas",) if any(file.late for file in files) else ()


def _timestamp(opened: ZipFile, files: list[_File]) -> tuple[datetime | None, list[str]]:
    """What nbgrader's timestamp.txt beside the notebook says, and remarks on it.

    The zip's own times are those of the sender's clock, without a zone: they only say which file is newer.
    """
    for file in files:
        if file.name == "timestamp.txt":
            try:
                moment, doubt = moment_of(_read(opened, file.info, file.name, 1000))
            except Refused as refused:
                moment, doubt = None, str(refused)
            return moment, [f"the time of submission is not credible: {doubt}"] if doubt else []
    return None, []


def _read(opened: ZipFile, info: ZipInfo, name: str, max_bytes: int) -> bytes:
    name = shown(name)
    mode = info.external_attr >> 16  # Unix permissions and kind of file, zero when packed elsewhere
    if stat.S_ISLNK(mode):
        raise Refused(f"{name} is a link")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise Refused(f"{name} is not a regular file")
    if info.flag_bits & ENCRYPTED:
        raise Refused(f"{name} is encrypted")
    if info.compress_type not in METHODS:
        raise Refused(f"{name} is compressed with method {info.compress_type}; only deflate is read")
    if info.file_size > max_bytes:
        raise Refused(f"{name} is larger than {max_bytes / 2**20:g} MB")
    if info.file_size > max(RATIO_FROM, MAX_RATIO * info.compress_size):
        raise Refused(f"{name} would unpack to {info.file_size // max(info.compress_size, 1)} times its size: a bomb")
    try:
        with opened.open(info) as file:
            data = file.read(max_bytes + 1)  # whatever size the directory claims
    except (BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as error:
        raise Refused(f"{name} is damaged: {str(error)[:200]}") from None
    if len(data) > max_bytes:
        raise Refused(f"{name} is larger than {max_bytes / 2**20:g} MB")
    return data
