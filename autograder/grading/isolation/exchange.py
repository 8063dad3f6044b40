"""The grader's conversation with one box: requests and answers, whatever the box makes of them."""

import time

from autograder.box.wire import WireError
from autograder.grading.isolation.callbacks import Desk
from autograder.grading.isolation.channel import BoxChannel, Gone
from autograder.grading.isolation.clock import Clock, Deadline, Late
from autograder.grading.isolation.launch import NO_FILES, Files, Launcher
from autograder.grading.isolation.limits import BoxLost, Limits, SandboxUnavailable
from autograder.grading.isolation.meter import Meter

START_SECONDS = 20.0  # 0.2 s on an idle machine
TEXT_LIMIT = 2000


class Box:
    """A running box that answers, until it is closed.

    Raises
    ------
    SandboxUnavailable
        When the box does not start; the message says why and what to do.
    """

    def __init__(self, launcher: Launcher, limits: Limits, constants: dict[str, object], files: Files = NO_FILES):
        self.limits = limits
        self.running = launcher.start(limits, files)
        self.channel = BoxChannel(self.running.incoming, self.running.outgoing, limits.message_bytes)
        resources = limits.resources()
        if not launcher.counted_apart:
            del resources["RLIMIT_NPROC"]
        self.meter = Meter(self.running.root)
        deadline = Deadline(START_SECONDS)
        try:
            self.channel.send({"limits": resources, "constants": constants}, deadline)
            self.channel.receive(deadline)
        except (Late, Gone):
            said = self.running.complaint()
            kind = BoxLost if self.running.lost else SandboxUnavailable
            raise kind(f"a box did not start: {said or 'no message'}. {launcher.advice}") from None

    def tell(self, kind: str, requests: list[tuple], seconds: float):
        """Have cells run, or functions called; there will be an answer to each request.

        All go in one message, which the box reads to its end before it answers: so neither ever waits for the other
        to read first, and the box works on while its answers are judged.

        Raises
        ------
        Late, Gone
            As from BoxChannel; the box is then of no more use.
        WireError
            When the requests themselves may not cross: a fault of the exercise.
        """
        self.channel.send((kind, requests), Deadline(seconds))

    def answer(self, clock: Clock, callables: dict | None = None) -> dict:
        """The answer to the next request; before it, answer the box's own questions about ``callables``.

        Raises
        ------
        Late, Gone
            As from BoxChannel; the box is then of no more use.
        """
        desk = Desk(callables or {})
        try:
            with desk.open():
                return self._answer(clock, desk)
        finally:
            clock.stop()

    def _answer(self, clock: Clock, desk: Desk) -> dict:
        for _ in range(self.limits.callbacks):
            answer = self.channel.receive(clock)
            if not isinstance(answer, dict):
                raise Gone(f"an answer of type {type(answer).__name__}")
            status = answer.get("status")
            if not isinstance(status, str | None):  # an array would compare as an array
                raise Gone(f"an answer whose status is of type {type(status).__name__}")
            if status in ("compiling", "compiled"):
                clock.tell(compiling=status == "compiling")
                continue
            if status != "callback":
                return answer
            began = time.thread_time()
            value = desk.evaluate(answer, clock.left_for_us())
            clock.add(time.thread_time() - began)
            try:
                self.channel.send(value, clock)
            except WireError as error:
                raise Gone(f"it asked for too much: {error}") from None
        raise Late(f"{self.limits.callbacks} calls of the functions that it was given (callbacks)", again=False)

    def close(self):
        """Kill everything in the box."""
        self.running.close()
