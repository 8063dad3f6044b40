"""What one submission may use, and in which kinds of sandbox it may run."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from autograder.errors import UserError
from autograder.exercise import Exercise

LEVELS = ("zygote", "bwrap", "landlock")  # best first
SIGNALS = 64  # waiting to be delivered: all processes of a user share one number of them
UNSAFE = "none"  # a plain process with limits: never chosen unless it is asked for by name


class SandboxUnavailable(UserError):
    """No box can be started on this machine; the message says what to do."""


class BoxLost(SandboxUnavailable):
    """A box was ended from outside before it had started; another may do."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Seconds are of processor time, sizes in bytes.

    ``call_seconds`` are for a call or a cell, ``function_seconds`` for all calls of a function, ``submission_seconds``
    for everything; by the clock, each may take ``wall_factor`` times as long. ``compile_seconds`` are for Numba's
    compiling, which counts against no other limit of time until they are used up. ``memory_bytes`` and ``processes``
    hold for all of a box together where cgroups can be used, and ``memory_bytes`` always for each process;
    ``file_bytes`` holds for each file, ``tmp_bytes`` for /tmp and for /dev/shm, ``function_bytes`` for the results of
    all calls of a function, ``result_bytes`` for what is kept of a submission. ``exercises`` has what is otherwise for
    an exercise, by its name and the name of the limit. ``stderr_allowed`` is a regular expression: where it is found,
    what a test cell writes to stderr costs nothing; an empty one is found nowhere. ``follow_through`` says whether an
    answer that calls one which fails is tried again with a right one in its place. ``levels`` are the sandboxes that
    will do, in order of preference.
    """

    call_seconds: float = 5.0
    function_seconds: float = 15.0
    submission_seconds: float = 120.0
    compile_seconds: float = 120.0
    wall_factor: float = 4.0
    memory_bytes: int = 1 << 30
    processes: int = 8
    file_bytes: int = 16 << 20
    tmp_bytes: int = 32 << 20
    open_files: int = 128
    message_bytes: int = 32 << 20
    function_bytes: int = 64 << 20
    result_bytes: int = 1 << 20
    callbacks: int = 20_000
    follow_through: bool = True
    exercises: dict[str, dict[str, float]] = field(default_factory=dict)
    stderr_allowed: str = ""
    levels: tuple[str, ...] = LEVELS

    def with_those_of(self, exercises: Iterable[Exercise]) -> "Limits":
        """These limits, and those of the exercises' own, over which the course's for an exercise go."""
        own = {exercise.name: exercise.limits for exercise in exercises if exercise.limits}
        return replace(
            self, exercises={name: own.get(name, {}) | self.exercises.get(name, {}) for name in own | self.exercises}
        )

    def of(self, exercise: str) -> "Limits":
        """Those that hold for an exercise."""
        return replace(self, **self.exercises.get(exercise, {})) if exercise in self.exercises else self

    def resources(self) -> dict[str, int]:
        """The limits that the kernel keeps for each process, by their names in ``resource``."""
        return {
            "RLIMIT_AS": self.memory_bytes,
            "RLIMIT_NPROC": self.processes,
            "RLIMIT_FSIZE": self.file_bytes,
            "RLIMIT_NOFILE": self.open_files,
            "RLIMIT_CPU": int(self.submission_seconds + self.compile_seconds) + 1,
            # 0 would still start the program that many systems hand a core to, as root; for 1 the kernel starts none
            "RLIMIT_CORE": 1,
            "RLIMIT_SIGPENDING": SIGNALS,
            "RLIMIT_MEMLOCK": 0,
            "RLIMIT_MSGQUEUE": 0,
        }
