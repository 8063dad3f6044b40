"""The seeds that draw each student's hidden cases: derived from a secret key that is made once per class.

The course is public, and with it whatever a published seed draws. A keyed seed cannot be predicted by a student who
has not the key; who has it (the grader, at any later time) draws the same cases again. The key stands in its own file
and nowhere else: results, pages and the audit log hold only its ``id``.
"""

import glob
import hashlib
import hmac
import json
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import UserError
from autograder.grading.submissions.assignment import Assignment
from autograder.grading.submissions.submission import Submission
from course_lib.files import sync_folder

KEY_FILE = "hidden-cases.key"
KEY_VARIABLE = "COURSE_KEY_FILE"
KEY_BYTES = 32


class KeyProblem(UserError):
    """The key is lost, unreadable or another one; the message says what to do."""


@dataclass(frozen=True)
class Key:
    """The secret of a class. It is not part of ``repr``, so that no traceback or log shows it."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """Names the key without telling it: what every verdict is recorded with."""
        return self._digest("id").hex()[:16]

    def seed(self, assignment: str, student: str, exercise: str, submission: str) -> int:
        """The seed of the cases of a submission, by its digest: HMAC-SHA256 (RFC 2104), cut to 128 bits.

        What came out of one submission tells nothing of what the next is asked, and the same submission is always
        asked the same.
        Every case mixes in its own name (``Case.inputs``), so that the cases of an exercise are drawn independently.
        """
        return int.from_bytes(self._digest("seed", assignment, student, exercise, submission)[:16])

    def seal(self, text: bytes) -> str:
        """What only who has the key can write below a text: HMAC-SHA256, in hexadecimal."""
        return self._digest("seal", hashlib.sha256(text).hexdigest()).hex()

    def _digest(self, *words: str) -> bytes:
        # as JSON: joined without it, ("ab", "c") and ("a", "bc") would be one
        return hmac.digest(self.secret, json.dumps(words).encode(), hashlib.sha256)


def fresh_key() -> Key:
    """A key that nobody has, and that is kept nowhere."""
    return Key(secrets.token_bytes(KEY_BYTES))


def seeds_of(key: Key, assignment: Assignment, submission: Submission, attempt: str = "") -> dict[str, int]:
    """The seeds of the hidden cases of a submission, by grade_id.

    Parameters
    ----------
    attempt : what tells two hand-ins of the same contents apart, where each shows its results to the student.
    """
    who, what = submission.group or submission.student, f"{submission.digest} {attempt}".strip()
    return {cell: key.seed(assignment.name, who, exercise, what) for cell, exercise in assignment.check_ids.items()}


def class_key(out: Path, given: Path | None = None, expected: str = "", new: bool = False) -> Key:
    """The key of the class whose results are in ``out``; made when the class has none yet.

    Parameters
    ----------
    given : the key's file; by default the one that the environment's ``COURSE_KEY_FILE`` names, else in ``out``.
    expected : the id of the key that the class was graded with so far, or empty.
    new : whether another key may take over, which draws everybody's hidden cases again.

    Raises
    ------
    KeyProblem
        When the key is not the expected one, is missing though there was one, or can be read by others.
    """
    path = given or (Path(os.environ[KEY_VARIABLE]) if os.environ.get(KEY_VARIABLE) else out / KEY_FILE)
    if not os.path.lexists(path):
        if expected and not new:
            raise KeyProblem(
                f"the key {expected} is lost: {path} does not exist, and this class was graded with it. Bring it back "
                "from a backup or name it with --key-file. If it is gone for good, --new-key makes another one: "
                "everybody's hidden cases are drawn again, and everybody is graded again"
            )
        _make(path)
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.part"):  # by a run that was killed
        left.unlink(missing_ok=True)
    key = read_key(path)
    if expected and key.id != expected and not new:
        raise KeyProblem(
            f"{path} holds the key {key.id}, but this class was graded with {expected}. Name the right one with "
            "--key-file, or say --new-key to draw everybody's hidden cases again and grade everybody again"
        )
    return key


def read_key(path: Path) -> Key:
    """The key in a file that only its owner can read.

    Raises
    ------
    KeyProblem
        When it cannot be read, others can read it, or it holds no key.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise KeyProblem(f"the key {path} cannot be read: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        text = file.read(1000) if stat.S_ISREG(status.st_mode) else b""
    if status.st_mode & 0o077:
        raise KeyProblem(f"others can read the key {path}, and predict the hidden cases: run `chmod 600 {path}`")
    try:
        secret = bytes.fromhex(text.decode())
    except ValueError:
        secret = b""
    if len(secret) < KEY_BYTES:  # the text is not shown: it may be most of a key
        raise KeyProblem(f"{path} holds no key: expected {2 * KEY_BYTES} hexadecimal digits")
    return Key(secret)


def _make(path: Path):
    """Write a new key, whole or not at all, and never over another one."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, path)  # unlike a rename, it fails where there is one
    finally:
        unfinished.unlink()
    sync_folder(path.parent)
