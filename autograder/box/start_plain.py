"""A worker without namespaces of its own: confined by Landlock and seccomp, or, on request, by nothing but limits.

Since nobody else ends its children, it may have none; and since no folder is its own, it may not write to any.
"""

import ctypes
import json
import os
import resource
import signal
import sys

SET_PARENT_DEATH_SIGNAL = 1


def main():
    setting = json.loads(sys.argv[1])
    sys.path += setting["libraries"]
    os.chdir(setting["folder"])
    ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, *[ctypes.c_ulong(n) for n in (signal.SIGKILL, 0, 0, 0)])
    if setting["confined"]:
        from . import landlock, seccomp

        resource.setrlimit(resource.RLIMIT_NPROC, (setting["threads"], setting["threads"]))
        landlock.restrict(setting["readable"], ["/dev/null"])
        seccomp.install(without_namespace=True)
    from . import worker

    worker.main()
