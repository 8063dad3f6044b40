"""A zip of submissions, as Canvas and Moodle export it, read without unpacking anything to disk."""

import re
import stat
import zlib
from collections import Counter, defaultdict
from contextlib import suppress
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from autograder.grading.submissions.names import composed, shown
from autograder.grading.submissions.submission import Refused
from autograder.grading.submissions.tree import FILE, FOLDER, MAX_ENTRIES, Entry, Parts, is_hidden, is_missed

MAX_RATIO = 200  # a notebook full of repeated numbers shrinks to a fiftieth; deflate reaches a thousandth
RATIO_FROM = 1 << 20  # bytes; smaller files do no harm, however well they shrink
# A decoder of LZMA allocates what the archive asks for, before the first byte comes out.
METHODS = (ZIP_STORED, ZIP_DEFLATED)
ENCRYPTED, UTF8 = 0x1, 0x800  # bits of an entry's flags
WINDOWS = 0  # the system that a zip was made on, where some write \\ for /


class ZipTree:
    """The files of a zip by their places. ``misled`` are those whose names lead out of it, and are nobody's.

    Raises
    ------
    Refused
        When the file is no zip, or has too many entries.
    FileNotFoundError
        When there is none.
    """

    def __init__(self, path: Path):
        self.path = path
        try:
            self._opened = ZipFile(path)  # which submissions read from: closed when the last of them is released
            infos = self._opened.infolist()
        except FileNotFoundError:
            raise FileNotFoundError(f"{path} does not exist") from None
        except (BadZipFile, NotImplementedError, OSError, ValueError) as error:
            raise Refused(f"{shown(path.name)} is not a readable zip file: {str(error)[:200]}") from None
        if len(infos) > MAX_ENTRIES:
            raise Refused(f"{shown(path.name)} has {len(infos)} entries; at most {MAX_ENTRIES} are read")
        parts = {info: parts_of(info) for info in infos}
        self.misled = tuple(info.filename for info in infos if parts[info] is None)
        files = [info for info in infos if parts[info] and not info.is_dir()]
        self._infos = {parts[info]: info for info in files}
        counted = Counter(parts[info] for info in files)
        self._repeated = {place for place, number in counted.items() if number > 1}
        self._children: dict[Parts, dict[str, Entry]] = {(): {}}
        self._hidden: defaultdict[Parts, set[str]] = defaultdict(set)
        for info, place in parts.items():
            first = next((i for i, name in enumerate(place or ()) if is_hidden(name)), None)
            if first is not None:
                self._hidden[place[:first]].add(place[first])
            elif place:
                self._add(place, FOLDER if info.is_dir() else FILE, info.date_time)

    def _add(self, parts: Parts, kind: str, date: tuple):
        for end in range(1, len(parts) + 1):
            own, siblings = kind if end == len(parts) else FOLDER, self._children.setdefault(parts[: end - 1], {})
            # what is a folder to one entry, and a file to another, is taken as a folder
            if own == FOLDER or parts[end - 1] not in siblings:
                siblings[parts[end - 1]] = Entry(parts[:end], own, date if own == FILE else ())

    def children(self, parts: Parts) -> list[Entry]:
        return [entry for _, entry in sorted(self._children.get(parts, {}).items())]

    def hidden(self, parts: Parts) -> list[str]:
        return sorted(filter(is_missed, self._hidden.get(parts, ())))

    def read(self, parts: Parts, max_bytes: int) -> tuple[bytes, None]:
        name = shown(parts[-1])
        if parts in self._repeated:
            raise Refused(f"{name} appears twice in the zip, and there is no telling which one counts")
        if parts not in self._infos:
            raise Refused(f"{name} is not a regular file")
        return _read(self._opened, self._infos[parts], name, max_bytes), None


def parts_of(info: ZipInfo) -> Parts | None:
    """The parts of an entry's path, readable; None when the path leads out of the archive."""
    name = info.filename
    if not info.flag_bits & UTF8:  # by the standard the name is in code page 437; many tools write UTF-8 all the same
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    if re.match(r"[A-Za-z]:[\\/]|\\", name):
        return None
    if info.create_system == WINDOWS:
        name = name.replace("\\", "/")
    parts = composed(name.removesuffix("/")).split("/")
    if ".." in parts or "" in parts:
        return None
    return tuple(part for part in parts if part != ".")


def _read(opened: ZipFile, info: ZipInfo, name: str, max_bytes: int) -> bytes:
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
