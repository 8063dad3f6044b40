"""What nbgrader's exchange lays beside a submission, and looks for beside its feedback: when it came in, and a secret.

``nbgrader release_feedback`` puts a page into the exchange under a digest of the secret, by which
``nbgrader fetch_feedback`` finds it: so nobody can read a page who did not submit. It stops for the whole class at the
first page without the two files, or with an empty or unreadable secret, so every page gets both.
"""

import re
import secrets
from pathlib import Path

from autograder.grading.submissions.reading import read_regular_file
from autograder.grading.submissions.submission import Refused, Submission

TIMESTAMP, SECRET = "timestamp.txt", "submission_secret.txt"
# nbgrader's own have 128 characters. One that can be guessed would publish the page, as would the zeros that a power
# cut may leave.
SOUND = re.compile(rb"[!-~]{32,1000}")


def receipt_of(submission: Submission, assignment: str, earlier: Path) -> dict[str, bytes]:
    """The files by name, whatever the student has made of them: of what was submitted, only a sound secret is copied.

    Parameters
    ----------
    earlier : the folder of an earlier receipt. Its secret counts where the submission has none; where neither has
        one, the secret is new, so that the page is released under a name that nobody can know.

    Returns
    -------
    dict
        The time in nbgrader's form is that which is recorded of the submission; it is empty when there is none, which
        nbgrader reads as such.
    """
    time = f"{submission.timestamp:%Y-%m-%d %H:%M:%S.%f} UTC" if submission.timestamp else ""
    folder = _folder_of(submission, assignment)
    secret = (_secret_in(folder) if folder else b"") or _secret_in(earlier) or secrets.token_hex(64).encode()
    return {TIMESTAMP: time.encode(), SECRET: secret}


def _folder_of(submission: Submission, assignment: str) -> Path | None:
    """nbgrader's folder of a submission, unless a link stands in for it; None when it came in another layout."""
    for folder in (submission.path, submission.path.parent):
        if (folder.parent.name, folder.name) == (submission.student, assignment):
            return None if folder.is_symlink() or folder.parent.is_symlink() else folder
    return None


def _secret_in(folder: Path) -> bytes:
    """A secret that nbgrader can read and nobody can guess, or nothing."""
    try:
        secret = read_regular_file(folder / SECRET, 1000)
    except (Refused, OSError):
        return b""
    return secret if SOUND.fullmatch(secret) else b""
