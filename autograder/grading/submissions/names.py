"""Names that students have chosen, of their files and of themselves: what may be an id, and how to show the others."""

import os
import re
import unicodedata
from collections.abc import Iterable

MAX_ID = 100  # nbgrader's column of student ids holds 128 characters
MAX_ID_BYTES = 200  # a file's name has at most 255, and more than the student's id
MAX_NAME = 80  # characters of a file's name in a message
ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")

# A student's id becomes a folder, a cell of a spreadsheet, a link, and text in pages that are not all ours.
FORMULA = tuple("=+-@＝＋－＠")
MARKUP = frozenset('<>&"`|\\/')

# Browsers save a notebook as text, Colab and file managers name copies, and a name that was there gets a number.
NOTEBOOK = re.compile(r"(.+)\.ipynb(?:\.(?:txt|json))?", re.IGNORECASE | re.DOTALL)
COPY_OF = re.compile(r"^(?:copy[ _-]of[ _-])+", re.IGNORECASE)
A_COPY = re.compile(r"(?:[ _]?\(\d+\)|[ _]-[ _]copy|[ _]copy(?:[ _]\d+)?|-copy\d+)+$", re.IGNORECASE)
A_NUMBER = re.compile(r"-\d+$")


def composed(name: str) -> str:
    """A name as everything here writes it: é is one letter, also where a Mac wrote e and an accent (Unicode's NFC)."""
    return unicodedata.normalize("NFC", name)


def notebook_stem(name: str) -> str:
    """The name of a notebook without its ending, also ``.IPYNB`` and ``.ipynb.txt``; empty for any other file."""
    match = NOTEBOOK.fullmatch(name)
    return match[1] if match else ""


def is_packed(name: str) -> bool:
    """Whether a file is an archive by its name."""
    return name.lower().endswith(ARCHIVES)


def is_copy_of(stem: str, name: str, numbered: bool = False) -> bool:
    """Whether a browser, Colab or a file manager has made ``stem`` of ``name``; with ``numbered``, or Canvas."""
    plain = A_COPY.sub("", COPY_OF.sub("", stem.strip()))
    return _alike(name) in (_alike(plain), _alike(A_NUMBER.sub("", plain) if numbered else plain))


def _alike(name: str) -> str:
    return re.sub(r"[ _-]+", "_", composed(name).casefold())


def without_marks(stem: str) -> str:
    """A notebook's name without what browsers, Colab and file managers add to that of a copy."""
    return A_COPY.sub("", COPY_OF.sub("", stem)) or stem


def copy_mark(stem: str) -> str:
    """What stands behind the name of a copy, such as `` (1)``; empty for any other."""
    match = A_COPY.search(stem)
    return match[0] if match else ""


def student_of(stem: str, assignment: str) -> str:
    """The student's id in a file's name that may hold the assignment's too."""
    plain = without_marks(stem)
    student = plain.removeprefix(f"{assignment}_").removesuffix(f"_{assignment}")
    return student or plain


def student_of_folder(name: str, assignment: str) -> str:
    """The student's id in a folder's name, which GitHub Classroom begins with the assignment's."""
    words = [re.escape(word) for word in re.split(r"[ _-]+", assignment)]
    return re.sub(rf"\A{'[ _-]+'.join(words)}[ _-]+(?=.)", "", name, flags=re.IGNORECASE | re.DOTALL)


def id_problem(student: str, assignment: str = "") -> str:
    """Why this cannot be a student's id, and what to do; empty when it can.

    Refused are names that lead to another folder, run as a formula in a spreadsheet, or are markup in a page.
    """
    why = ""
    if not student or len(student) > MAX_ID:
        why = f"it has {len(student)} characters, where 1 to {MAX_ID} are possible"
    elif len(os.fsencode(student)) > MAX_ID_BYTES:
        why = f"it takes {len(os.fsencode(student))} bytes, where file systems take {MAX_ID_BYTES} beside other words"
    elif not student.isprintable():
        why = "it contains invisible characters"
    elif student.startswith(".") or student != student.strip():
        why = "it begins with a dot, or begins or ends with white space"
    elif student == assignment:
        why = "it is the assignment's name, and does not say whose file it is"
    elif student.startswith(FORMULA):
        why = f"a spreadsheet would run it as a formula, since it begins with {student[0]}"
    elif found := MARKUP.intersection(student):
        why = f"it holds {' '.join(sorted(found))}"
    return why and f"its name cannot be a student's id: {why}. Rename it, and grade again"


def listed(names: Iterable[str], most: int = 4) -> str:
    """Some files' names for a message, and how many more there are."""
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(shown(name) for name in names[:most]) + more


def shown(name: str) -> str:
    """A file's name for a message: one line, cut, and with nothing that cannot be seen or written."""
    text = "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in name)
    return text if len(text) <= MAX_NAME else f"{text[: MAX_NAME - 3]}..."


def packed_problem(name: str) -> str:
    """What to say of an archive submitted instead of a notebook."""
    return f"{shown(name)} was submitted instead of a notebook: ask for the .ipynb file itself, uncompressed"
