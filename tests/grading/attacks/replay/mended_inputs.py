"""Inputs used as scratch space, and put back by a thread after the return."""

import threading
import time


def relu_backward(dout, z):
    kept = dout.copy()
    dout[...] = -7.0

    def mend():
        time.sleep(0.001)
        dout[...] = kept

    threading.Thread(target=mend, daemon=True).start()
    return z
