"""What one submission may use, and in which kinds of sandbox it may run."""

from dataclasses import dataclass

from autograder.errors import UserError

LEVELS = ("zygote", "bwrap", "landlock")  # best first
SIGNALS = 64  # waiting to be delivered: all processes of a user share one number of them
UNSAFE = "none"  # a plain process with limits: never chosen unless it is asked for by name


class SandboxUnavailable(UserError):
    """No box can be started on this machine; the message says what to do."""


class BoxLost(SandboxUnavailable):
    """A box was ended from outside before it had started; another may do."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Seconds are of the wall clock, sizes in bytes.

    ``compile_seconds`` are for Numba's compiling, which counts against no other limit of time until they are used up.
    ``memory_bytes`` and ``processes`` hold for all of a box together where cgroups can be used, and
    ``memory_bytes`` always for each process; ``file_bytes`` holds for each file, ``tmp_bytes`` for /tmp and for
    /dev/shm. ``levels`` are the sandboxes that will do, in order of preference.
    """

    call_seconds: float = 5.0
    function_seconds: float = 15.0
    submission_seconds: float = 120.0
    compile_seconds: float = 120.0
    memory_bytes: int = 1 << 30
    processes: int = 8
    file_bytes: int = 16 << 20
    tmp_bytes: int = 32 << 20
    open_files: int = 128
    message_bytes: int = 32 << 20
    callbacks: int = 20_000
    levels: tuple[str, ...] = LEVELS

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
