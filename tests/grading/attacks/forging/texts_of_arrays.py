"""An answer whose texts are thousands of arrays, which take minutes to write out, and whose status is an array."""

import gc

import numpy as np

calls = []


def relu_backward(dout, z):
    calls.append(1)
    channel = next(one for one in gc.get_objects() if type(one).__name__ == "Channel")
    slow = [np.arange(900).astype(np.uint8)] * 4000
    texts = dict.fromkeys(("error", "message", "where", "printed"), slow)
    status = "returned" if len(calls) % 2 else np.array(["returned" == "returned"] * 2)
    channel.send({"status": status, "value": slow, "warnings": [slow] * 2, **texts})
    return z
