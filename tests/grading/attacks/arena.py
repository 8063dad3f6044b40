"""Where attacks are fought out: one grader's process, secrets planted around it, an honest student before and after.

An attack is a file that holds the source of one solution cell (of ``relu_backward``); every other cell is honest.
It says what it finds by raising it, with a word that begins with ``CANARY-``.
"""

import contextlib
import ctypes
import json
import os
import re
import socket
import subprocess
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
from nbformat import NotebookNode
from public_folder import public_folder

from autograder.catalogue import load
from autograder.check import HIDDEN, VISIBLE
from autograder.corners import cases_of
from autograder.files import ROOT
from autograder.grading.isolation import ladder
from autograder.grading.isolation.limits import LEVELS, Limits
from autograder.grading.judging.grade_submission import Result, grade_submission
from autograder.grading.records.graded_notebook import graded_notebook
from autograder.grading.reports.feedback import student_page
from autograder.grading.reports.pictures import pictures_of
from autograder.grading.submissions.assignment import Assignment, copy_notebook, grade_id
from autograder.grading.submissions.submission import Submission

FOLDER = Path(__file__).parent
# For attacks: a thousand times what an honest call takes, so that one that never ends does so soon.
LIMITS = Limits(
    call_seconds=1.0,
    function_seconds=2.0,
    submission_seconds=2.0,
    compile_seconds=1.0,
    wall_factor=1.0,
    memory_bytes=512 << 20,
)
# For what ends by itself, however busy the machine is.
PATIENT = replace(LIMITS, call_seconds=60.0, function_seconds=180.0, submission_seconds=600.0, compile_seconds=60.0)
VICTIM = "relu_backward"
RIGHT = {
    "relu_backward": "def relu_backward(dout, z):\n    return np.where(z > 0, dout, 0.0)",
    "sigmoid": "def sigmoid(z):\n    return np.exp(-np.logaddexp(0.0, -z))",
}
FULL = float(sum(load(name).points for name in RIGHT))
FOUND = re.compile(r"CANARY-\w+")
# what a terminal obeys, and what makes text read other than it is written
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
LEFT = "LEFTOVER"
SET_CHILD_SUBREAPER = 36
GRACE_SECONDS = 60.0  # for the kernel to clear a process namespace away; some milliseconds on an idle machine


@dataclass(frozen=True)
class Attack:
    """``earns`` is what the attacked exercise honestly earns, as a share of its points."""

    name: str
    tries: str
    source: str
    earns: float

    @property
    def most(self) -> float:
        """The most points that the submission may get: what it honestly earns, and the honest exercise."""
        return self.earns * load(VICTIM).points + load("sigmoid").points


def attacks(kind: str) -> list[Attack]:
    """The attacks of one class: a file each, whose first line says what it tries."""
    found = []
    for path in sorted((FOLDER / kind).glob("*.py")):
        source = path.read_text(encoding="utf-8")
        tries, earns = source.split('"""')[1], re.search(r"^# earns: (\S+)$", source, re.MULTILINE)
        found.append(Attack(path.stem, tries, source, float(earns[1]) if earns else 0.0))
    return found


@dataclass
class Arena:
    """A grader's process with its secrets. ``places`` are what attacks may know of it: folders, ports, keys."""

    assignment: Assignment
    secret: str
    places: dict[str, str]
    level: str = LEVELS[0]
    quiet: Counter = field(default_factory=Counter)
    is_honest: bool = False
    honest_seconds: float = 0.0

    def submission(
        self, student: str = "eve", change: Callable[[NotebookNode], object] = lambda notebook: None, **answers: str
    ) -> Submission:
        """A submission of the right answers, save these, and with the notebook changed."""
        notebook = copy_notebook(self.assignment.released)
        for cell in notebook.cells:
            cell.source = {**RIGHT, **answers}.get(grade_id(cell), cell.source)
        change(notebook)
        return self.of_bytes(json.dumps(notebook).encode(), student)

    def of_bytes(self, data: bytes, student: str = "eve") -> Submission:
        return Submission(student, Path(f"{student}.ipynb"), data)

    def grade(self, submission: Submission, limits: Limits = PATIENT) -> Result:
        return grade_submission(submission, self.assignment, replace(limits, levels=(self.level,)))

    def told(self, result: Result, data: bytes = b"") -> str:
        """All that a student gets to read."""
        pictures = pictures_of(data)
        page = student_page(self.assignment, result, pictures)
        return page + (nbformat.writes(graded_notebook(self.assignment, result, pictures)) if result.reports else "")

    def check_honest(self):
        """An honest student, whose own answers hold the secret, gets full marks."""
        honest = {name: f"{source}\n# {self.secret}" for name, source in RIGHT.items()}
        began = time.monotonic()
        result = self.grade(self.submission("ada", **honest))
        self.honest_seconds = time.monotonic() - began
        assert result.score == FULL, result.reports
        assert result.remarks == ()

    def settle(self):
        """An honest student is graded, and what runs then is what may run later."""
        if not self.is_honest:
            self.check_honest()
            self.quiet = processes()

    def suffer(self, attack: Attack) -> Result:
        """Grade an attack, with all that holds for every one of them."""
        source = attack.source
        for name, place in self.places.items():
            source = source.replace(f"@{name}@", place)
        return self.fight(self.submission(**{VICTIM: source}), attack.most)

    def fight(self, submission: Submission, most: float) -> Result:
        """Grade a hostile submission that may get ``most`` points; nothing leaks, nothing is left."""
        self.settle()
        self.is_honest = False
        seconds = time.monotonic()
        result = self.grade(submission, LIMITS)
        seconds = time.monotonic() - seconds
        assert result.score <= most + 1e-9, [str(report) for report in result.reports.values()]
        assert all(report.verdict != "grader_error" for report in result.reports.values())
        # the rest is the grader's own; how fast this machine is just now, the honest student has shown, in a tenth of a
        # second where nothing else runs
        assert seconds < LIMITS.submission_seconds + 5 + 50 * self.honest_seconds
        self.check_nothing_leaks(result, submission.data)
        self.check_nothing_is_left()
        self.check_honest()
        self.is_honest = True  # which is the next attack's honest submission before
        return result

    def check_nothing_leaks(self, result: Result, data: bytes = b""):
        """No secret in what the grader knows of it; no expected value and no hidden input in what the student reads."""
        said = repr({**vars(result), "answers": {}})
        assert not FOUND.search(said), FOUND.findall(said)
        told = self.told(result, data)
        assert self.secret not in told
        words = set(re.split(r"[^0-9.]+", told))
        assert not words & secret_numbers(VICTIM)
        told.encode()  # it can be written to a file
        page = student_page(self.assignment, result, pictures_of(data))
        assert not UNSEEN.search(page), ascii(UNSEEN.findall(page))

    def check_nothing_is_left(self):
        left = Counter()
        for _ in range(int(GRACE_SECONDS / 0.05)):
            left = processes() - self.quiet
            if not left:
                break
            time.sleep(0.05)
        assert not left
        folders = ("/tmp", "/var/tmp", "/dev/shm", "/", str(Path.home()), os.getcwd(), self.places["PLACE"])
        assert not [name for folder in folders for name in os.listdir(folder) if LEFT in name]
        assert LEFT.encode() not in Path("/proc/net/unix").read_bytes()
        assert LEFT.encode() not in Path("/proc/self/mountinfo").read_bytes()


def processes() -> Counter:
    """How many processes of every command line descend from this one, which adopts those that have lost a parent."""
    listing = subprocess.run(["ps", "-ww", "-eo", "pid,ppid,stat,args"], capture_output=True, text=True, check=True)
    rows = [line.split(None, 3) for line in listing.stdout.splitlines()[1:]]
    parents = {pid: ppid for pid, ppid, *_ in rows}
    mine = str(os.getpid())

    def descends(pid):
        while pid in parents and pid != mine:
            pid = parents[pid]
        return pid == mine

    # an ended process whose parent has not looked yet is no leftover
    alive = [(pid, args) for pid, _, state, args in rows if not state.startswith("Z") and not args.startswith("ps ")]
    return Counter(args for pid, args in alive if pid != mine and descends(pid))


@cache
def secret_numbers(name: str) -> set[str]:
    """Hidden inputs and expected values of an exercise, as text: those of three digits, which no page has by chance."""
    return {text for text in _numbers(name, HIDDEN) - _numbers(name, VISIBLE) if len(text.strip("0.")) >= 4}


def _numbers(name: str, seed: int) -> set[str]:
    """Of all cases, also those drawn from the domain, whose numbers may be the same by chance."""
    exercise = load(name)
    drawn = [call.inputs for case in cases_of(exercise) for call in case.calls(seed)]
    arrays = [array for inputs in drawn for array in (*inputs.values(), exercise.reference(**inputs))]
    return {f"{abs(float(x)):.4g}" for array in arrays for x in np.ravel(np.asarray(array, float))}


@contextlib.contextmanager
def planted(assignment: Assignment, level: str = LEVELS[0]) -> Iterator[Arena]:
    """An arena at one level of the ladder, whose secrets lie wherever a grader's process has something: files,
    descriptors, environment, sockets, shared memory, its own memory."""
    secret = f"CANARY-secret{os.urandom(8).hex()}"
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(public_folder("arena-"))  # so that nothing but the sandbox hides what is in it
        for file in ("CANARY.txt", "gradebook.db", "01_lesson.ipynb"):
            (place / file).write_text(secret)
        name = f"{os.getpid()}{level}{os.urandom(4).hex()}"  # of this arena alone
        shared = Path(f"/dev/shm/CANARY{name}")
        shared.write_text(secret)
        stack.callback(shared.unlink)
        descriptor = os.open(place / "CANARY.txt", os.O_RDWR)
        os.set_inheritable(descriptor, True)
        stack.callback(os.close, descriptor)
        os.environ["GRADER_SECRET"] = secret
        stack.callback(os.environ.pop, "GRADER_SECRET", None)
        libc = ctypes.CDLL(None)
        assert libc.prctl(SET_CHILD_SUBREAPER, *map(ctypes.c_ulong, (1, 0, 0, 0))) == 0
        stack.callback(libc.prctl, SET_CHILD_SUBREAPER, *map(ctypes.c_ulong, (0, 0, 0, 0)))
        for exercise in RIGHT:
            secret_numbers(
                exercise
            )  # with it, the reference is compiled, which the time of a submission has no room for
        launcher = ladder.choose((level,))
        if hasattr(launcher, "close"):
            launcher.close()  # a zygote that was started before the secrets lay there could not leak them
        abstract = f"arena{name}"
        port = stack.enter_context(_server(socket.AF_INET, ("127.0.0.1", 0), secret)).getsockname()[1]
        stack.enter_context(_server(socket.AF_UNIX, f"\0{abstract}", secret))
        stack.enter_context(_server(socket.AF_UNIX, str(place / "socket"), secret))
        (place / "socket").chmod(0o777)
        key = stack.enter_context(_shared_memory(secret, 0x5EC0000 + zlib.crc32(name.encode()) % 0x10000))
        places = {"PLACE": place, "ROOT": ROOT, "PORT": port, "ABSTRACT": abstract, "SHM": key}
        yield Arena(assignment, secret, {name: str(value) for name, value in places.items()}, level)


@contextlib.contextmanager
def _server(family, address, secret: str) -> Iterator[socket.socket]:
    """A socket that tells the secret to whoever connects."""
    with socket.socket(family) as listening:
        listening.bind(address)
        listening.listen()

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    connection.sendall(secret.encode())
                    connection.close()

        threading.Thread(target=serve, daemon=True).start()
        yield listening
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def _shared_memory(secret: str, key: int) -> Iterator[int]:
    """A System V segment that everybody may read."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype, libc.shmat.argtypes = ctypes.c_void_p, [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
    number = libc.shmget(key, 4096, 0o1666)
    assert number >= 0, os.strerror(ctypes.get_errno())
    try:
        ctypes.memmove(libc.shmat(number, None, 0), secret.encode(), len(secret))
        yield key
    finally:
        libc.shmctl(number, 0, None)
