"""When a submission came into nbgrader's exchange: what the exchange says of it, against what the student wrote."""

import os
from datetime import UTC, datetime
from pathlib import Path

from autograder.grading.submissions.reading import CLOCK_SKEW, moment_of, read_regular_file
from autograder.grading.submissions.receipt import TIMESTAMP
from autograder.grading.submissions.submission import Refused

SAME = 1.0  # seconds: the name of a folder in the exchange and its timestamp.txt are written from one text


def settle_time(folder: Path, named: datetime, inbound: Path) -> list[str]:
    """Make the copy's timestamp.txt say the time in the folder's name in the exchange; what is odd about it, in words.

    Parameters
    ----------
    folder : the copy, in which the student's timestamp.txt may be anything.
    named : the time in the name of the folder in the exchange, by which nbgrader orders submissions; in UTC.
    inbound : the folder in the exchange.
    """
    named = named.replace(tzinfo=UTC)
    try:
        moment, doubt = moment_of(read_regular_file(folder / TIMESTAMP, 1000))
    except Refused as refused:
        moment, doubt = None, str(refused)
    said = []
    if moment is None or abs((moment - named).total_seconds()) > SAME:
        wrote = doubt or f"{TIMESTAMP} says {moment:%F %T} UTC"
        said.append(f"{wrote}: the time of the exchange counts, {named:%F %T} UTC")
        (folder / TIMESTAMP).unlink(missing_ok=True)
        (folder / TIMESTAMP).write_text(f"{named:%F %T.%f} UTC", encoding="ascii")
    # no student can set the time at which the system has last changed a file
    times = [os.lstat(path).st_ctime for where in ("*", "*/*") for path in inbound.glob(where)]
    changed = datetime.fromtimestamp(max(times), UTC) if times else named
    if changed > named + CLOCK_SKEW:
        said.append(
            f"the notebook was written there at {changed:%F %T} UTC, after the {named:%F %T} UTC in its name: "
            "unless the exchange was moved since, the student has dated it back"
        )
    return said
