"""Read files of students' without being led anywhere else by a link or a special file, or believing what they say."""

import errno
import os
import re
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nbgrader.utils import parse_utc

from autograder.grading.submissions.names import shown
from autograder.grading.submissions.submission import NotReadable, Refused

MAX_BYTES = 20 << 20  # outputs included; a notebook of this course with all its figures has 2 to 3 MB
CLOCK_SKEW = timedelta(minutes=10)  # between the machine where students submit and this one
ISO = re.compile(r"([\d-]+)T([\d:.]+)(|Z|[+-]\d\d:?\d\d)$")
WHOLE = re.compile(r"(?=.*\b\d{4}\b)(?=.*\b\d\d?:\d\d)", re.DOTALL)  # a year, and a time of day
OFFSET = re.compile(r"[+-]\d{4}")
# of all that may go wrong when a file is opened: a link, a socket, a name that no file can have
STUDENTS_DOING = (errno.ELOOP, errno.ENXIO, errno.ENOTDIR, errno.ENAMETOOLONG)
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)


def read_regular_file(path: Path, max_bytes: int, folder: int | None = None) -> bytes:
    """The contents of a plain file; links, devices, pipes and large files are refused unread.

    Parameters
    ----------
    folder : the descriptor of an open folder that ``path`` starts from, which nobody can replace by another meanwhile.
    """
    return contents_of(path, max_bytes, folder)[0]


def contents_of(path: Path, max_bytes: int, folder: int | None = None) -> tuple[bytes, os.stat_result]:
    """As ``read_regular_file``, with what the system says of the file that was read."""
    name = shown(path.name)
    try:
        # O_NONBLOCK: opening a named pipe would wait for its writer
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except FileNotFoundError:
        raise Refused(f"{name} does not exist") from None
    except OSError as error:
        if error.errno not in STUDENTS_DOING:
            raise NotReadable(f"{name} cannot be opened: {error.strerror}") from None
        why = "is a link" if error.errno == errno.ELOOP else f"cannot be opened ({error.strerror})"
        raise Refused(f"{name} {why}: put the notebook itself in its place") from None
    facts = os.fstat(descriptor)
    try:
        if not stat.S_ISREG(facts.st_mode):
            raise Refused(f"{name} is not a regular file: put the notebook itself in its place")
        if facts.st_nlink > 1:
            # the other name may lie where the student could not read, and be read here with the grader's rights
            raise Refused(f"{name} is a hard link, so it is also another file: put a copy in its place")
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise NotReadable(f"{name} cannot be read: {error.strerror}") from None
    finally:
        os.close(descriptor)
    if len(data) > max_bytes:
        raise Refused(_too_large(name, max_bytes))
    return data, facts


def _too_large(name: str, max_bytes: int) -> str:
    return f"{name} is larger than {max_bytes / 2**20:g} MB: clear its outputs, and submit it again"


def moment_in(text: str) -> datetime:
    """A time as nbgrader writes it, or in ISO 8601; in UTC where it names no zone."""
    date, clock, *zone = ISO.sub(r"\1 \2 \3", text.strip()).split()
    zone = [re.sub(r"(\d\d):(\d\d)$", r"\1\2", each) for each in zone]
    moment = datetime.fromisoformat(f"{date} {clock}{zone[0] if zone and OFFSET.fullmatch(zone[0]) else ''}")
    if moment.tzinfo is None:  # nbgrader writes the zone's name, after the course's Exchange.timezone
        moment = moment.replace(tzinfo=ZoneInfo(zone[0]) if zone and zone[0].upper() not in ("Z", "UTC") else UTC)
    return moment


def _any_moment(text: str) -> datetime:
    """A time in any form that nbgrader reads."""
    try:
        return moment_in(text)
    except ZoneInfoNotFoundError:
        raise
    except ValueError:
        if not WHOLE.search(text):  # of what is missing it takes today's
            raise
        return parse_utc(text.strip()).replace(tzinfo=UTC)


def moment_of(data: bytes) -> tuple[datetime | None, str]:
    """The time in a timestamp.txt, or why it cannot be true."""
    try:
        moment = _any_moment(data.decode("utf-8-sig")).astimezone(UTC)
    except ZoneInfoNotFoundError:
        return None, "timestamp.txt is in another zone than UTC, which this machine does not know"
    except (ValueError, OverflowError, OSError):
        return None, "timestamp.txt contains no time"
    if moment > datetime.now(UTC) + CLOCK_SKEW:
        return None, f"timestamp.txt says {moment:%F %T} UTC, which lies in the future"
    if moment < OLDEST:
        return None, f"timestamp.txt says {moment:%F %T} UTC, before notebooks existed"
    return moment, ""
