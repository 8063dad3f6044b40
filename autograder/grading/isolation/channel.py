"""The grader's end of the pipe to a box: framed messages with a deadline and a cap, whatever the other end does."""

import os
import select
import time

from autograder.box.wire import LENGTH, WireError, decode, encode

READ_BYTES = 1 << 16  # what a pipe holds


class Late(Exception):
    """The deadline passed first."""


class Gone(Exception):
    """The other end is closed, or what it says is no message."""


class BoxChannel:
    """Send and receive values over two pipe descriptors.

    Parameters
    ----------
    incoming, outgoing : descriptors of the pipes' ends; they are made non-blocking, so that a box that neither
        reads nor writes cannot hold the grader up.
    max_bytes : the longest message that is accepted.
    """

    def __init__(self, incoming: int, outgoing: int, max_bytes: int):
        self.incoming, self.outgoing, self.max_bytes = incoming, outgoing, max_bytes
        self._ahead = bytearray()  # read, but not asked for yet: a short message comes in one piece
        os.set_blocking(incoming, False)
        os.set_blocking(outgoing, False)

    def send(self, value, deadline: float):
        """Write one message before ``deadline``, a time of ``time.monotonic``."""
        frame = memoryview(encode(value, self.max_bytes))
        while frame:
            try:
                frame = frame[os.write(self.outgoing, frame) :]
            except BlockingIOError:
                _wait(self.outgoing, select.POLLOUT, deadline)
            except OSError as error:
                raise Gone(str(error)) from None

    def receive(self, deadline: float):
        """Read one message before ``deadline``.

        Raises
        ------
        Late
            When the message is not complete in time.
        Gone
            When the other end has closed, or sends what is no message.
        """
        (length,) = LENGTH.unpack(self._read(LENGTH.size, deadline))
        if length > self.max_bytes:
            raise Gone(f"a message of {length} bytes; at most {self.max_bytes} are read")
        try:
            return decode(self._read(length, deadline))
        except WireError as error:
            raise Gone(str(error)) from None

    def _read(self, size: int, deadline: float) -> bytes:
        while len(self._ahead) < size:
            _wait(self.incoming, select.POLLIN, deadline)
            part = os.read(self.incoming, READ_BYTES)
            if not part:
                raise Gone("it ended")
            self._ahead += part
        data = bytes(memoryview(self._ahead)[:size])
        del self._ahead[:size]
        return data


def _wait(descriptor: int, event: int, deadline: float):
    poll = select.poll()  # select() fails for descriptors from 1024 up
    poll.register(descriptor, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(1000 * left):
        raise Late
