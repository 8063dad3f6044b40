"""The grader's end of the pipe to a box: framed messages with a deadline and a cap, whatever the other end does."""

import contextlib
import fcntl
import math
import os
import select

from autograder.box.wire import LENGTH, WireError, decode, encode
from autograder.grading.isolation.clock import Clock, Deadline

READ_BYTES = 1 << 16  # what a pipe holds at first
PIPE_BYTES = 1 << 18  # what it is to hold: most arrays, at once

Due = Clock | Deadline


class Gone(Exception):
    """The other end is closed, or what it says is no message."""


class BoxChannel:
    """Send and receive values over two pipe descriptors.

    Parameters
    ----------
    incoming, outgoing : descriptors of the pipes' ends; they are made non-blocking, so that a box that neither
        reads nor writes cannot hold the grader up.
    max_bytes : the longest message that is accepted.

    Attributes
    ----------
    length : int, the bytes of the last message
    """

    def __init__(self, incoming: int, outgoing: int, max_bytes: int):
        self.incoming, self.outgoing, self.max_bytes = incoming, outgoing, max_bytes
        self.length = 0
        self._ahead = bytearray()  # read, but not asked for yet: a short message comes in one piece
        for descriptor in (incoming, outgoing):
            os.set_blocking(descriptor, False)
            with contextlib.suppress(OSError):  # the system may not grant it
                fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

    def send(self, value, due: Due):
        """Write one message before it is due."""
        frame = memoryview(encode(value, self.max_bytes))
        while frame:
            try:
                frame = frame[os.write(self.outgoing, frame) :]
            except BlockingIOError:
                _wait(self.outgoing, select.POLLOUT, due)
            except OSError as error:
                raise Gone(str(error)) from None

    def receive(self, due: Due):
        """Read one message before it is due.

        Raises
        ------
        Late
            When the message is not complete in time.
        Gone
            When the other end has closed, or sends what is no message.
        """
        (length,) = LENGTH.unpack(self._read(LENGTH.size, due))
        if length > self.max_bytes:
            raise Gone(f"a message of {length} bytes; at most {self.max_bytes} are read")
        self.length = length
        try:
            return decode(self._read(length, due))
        except WireError as error:
            raise Gone(str(error)) from None

    def _read(self, size: int, due: Due) -> bytes | bytearray:
        if size > READ_BYTES:
            return self._read_long(size, due)
        while len(self._ahead) < size:
            self._ahead += self._part(due)
        data = bytes(memoryview(self._ahead)[:size])
        del self._ahead[:size]
        return data

    def _read_long(self, size: int, due: Due) -> bytearray:
        """The same, without a second copy of it."""
        data = bytearray(size)
        filled = min(size, len(self._ahead))
        data[:filled] = self._ahead[:filled]
        del self._ahead[:filled]
        while filled < size:
            _wait(self.incoming, select.POLLIN, due)
            count = os.readv(self.incoming, [memoryview(data)[filled:]])
            if not count:
                raise Gone("it ended")
            filled += count
        return data

    def _part(self, due: Due) -> bytes:
        _wait(self.incoming, select.POLLIN, due)
        part = os.read(self.incoming, READ_BYTES)
        if not part:
            raise Gone("it ended")
        return part


def _wait(descriptor: int, event: int, due: Due):
    poll = select.poll()  # select() fails for descriptors from 1024 up
    poll.register(descriptor, event)
    while not poll.poll(math.ceil(1000 * due.left())):
        """It looks again whether it is due."""
