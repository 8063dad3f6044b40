"""Signals from timers every millisecond, whose handlers raise wherever the worker happens to be."""

import signal


def _interrupt(*_):
    raise KeyboardInterrupt


for _name in ("SIGALRM", "SIGVTALRM", "SIGPROF"):
    signal.signal(getattr(signal, _name), _interrupt)
signal.setitimer(signal.ITIMER_REAL, 0.05, 0.001)


def relu_backward(dout, z):
    return z
