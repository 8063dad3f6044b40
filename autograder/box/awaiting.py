"""An event loop for cells that await something, where no sockets are to be had.

asyncio makes a pair of sockets for each loop, by which other threads wake it; here it looks for itself.
"""

LOOK_SECONDS = 0.02


def event_loop():
    """A loop of asyncio, which is not imported before it is needed."""
    import asyncio

    class Loop(asyncio.SelectorEventLoop):
        def _make_self_pipe(self):
            self._csock = None
            self.look()

        def _close_self_pipe(self):
            """There is none."""

        def look(self):
            self.call_later(LOOK_SECONDS, self.look)

    return Loop()
