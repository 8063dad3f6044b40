"""A loop that swallows every exception and ignores every signal."""

import signal

for _number in range(1, 65):
    try:
        signal.signal(_number, signal.SIG_IGN)
    except (OSError, ValueError):
        continue


def relu_backward(dout, z):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
