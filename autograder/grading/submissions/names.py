"""Names that students have chosen, of their files and of themselves: what may be an id, and how to show the others."""

import hashlib
import os
import re

MAX_ID = 100  # nbgrader's column of student ids holds 128 characters
MAX_NAME = 80  # characters of a file's name in a message
ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")

# A student's id becomes a folder, a cell of a spreadsheet, a link, and text in pages that are not all ours.
FORMULA = tuple("=+-@＝＋－＠")
MARKUP = frozenset('<>&"`|\\/')


def student_of(stem: str, assignment: str) -> str:
    """The student's id in a file's name that may hold the assignment's too."""
    student = stem.removeprefix(f"{assignment}_").removesuffix(f"_{assignment}")
    return student or stem


def id_problem(student: str, assignment: str = "") -> str:
    """Why this cannot be a student's id, and what to do; empty when it can.

    Refused are names that lead to another folder, run as a formula in a spreadsheet, or are markup in a page.
    """
    why = ""
    if not student or len(student) > MAX_ID:
        why = f"it has {len(student)} characters, where 1 to {MAX_ID} are possible"
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


def shown(name: str) -> str:
    """A file's name for a message: one line, cut, and with nothing that cannot be seen or written."""
    text = "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in name)
    return text if len(text) <= MAX_NAME else f"{text[: MAX_NAME - 3]}..."


def packed_problem(name: str) -> str:
    """What to say of an archive submitted instead of a notebook."""
    return f"{shown(name)} was submitted instead of a notebook: ask for the .ipynb file itself, uncompressed"


def refused_id(student: str) -> str:
    """A name that stands for a refused one, and for no other."""
    readable = re.sub(r"[^A-Za-z0-9]+", "_", student)[:40]
    return f"refused_{readable}_{hashlib.sha256(os.fsencode(student)).hexdigest()[:8]}"
