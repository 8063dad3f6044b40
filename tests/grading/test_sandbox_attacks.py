"""Real attacks on real boxes: each costs only its author, and the honest function beside it is still answered."""

import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from boxes import LIMITS, X, attempt

from autograder.files import ROOT

pytestmark = pytest.mark.sandbox


ENDINGS = {
    "endless loop": ("while True: pass", "timeout"),
    "endless loop that catches everything": (
        "while True:\n        try:\n            while True: pass\n        except BaseException: pass",
        "timeout",
    ),
    "signals ignored": (
        "import signal\n    for s in range(1, 65):\n        try: signal.signal(s, signal.SIG_IGN)\n"
        "        except Exception: pass\n    while True: pass",
        "timeout",
    ),
    "sleep": ("import time; time.sleep(1e6)", "timeout"),
    "endless printing": ("while True: print('x' * 1000)", "timeout"),
    "memory hog": ("return len(bytearray(1 << 40))", "raised"),
    "slow memory hog": ("l = []\n    while True: l.append(bytearray(10 << 20))", "raised"),
    "forked memory hog": (
        "import os\n    while True:\n        try:\n            os.fork()\n            hog = bytearray(256 << 20)\n"
        "        except (OSError, MemoryError): pass",
        "timeout",
    ),
    "os._exit": ("import os; os._exit(0)", "crashed"),
    "sys.exit": ("import sys; sys.exit(0)", "raised"),
    "kill itself": ("import os; os.kill(os.getpid(), 9)", "crashed"),
    "kill everything": (
        "import os\n    for p in (-1, 1, os.getpid()):\n        try: os.kill(p, 9)\n        except OSError: pass",
        "crashed",
    ),
    "segmentation fault": ("import ctypes; ctypes.string_at(0)", "crashed"),
    "endless recursion": ("return attack(x)", "raised"),
    "deep recursion": ("import sys; sys.setrecursionlimit(10**9)\n    f = lambda: f()\n    f()", None),
    "close every descriptor": ("import os; os.closerange(0, 256)", "crashed"),
    "garbage to every descriptor": (
        "import os\n    for fd in range(256):\n        try: os.write(fd, b'garbage garbage ' * 64)\n"
        "        except OSError: pass",
        "crashed",
    ),
    "huge return": ("return np.zeros(1 << 26)", "raised"),
    "huge broadcast": ("return np.broadcast_to(1.0, (1 << 40, 8))", "raised"),
    "huge list": ("return [0.0] * 10_000_000", "raised"),
}


@pytest.mark.parametrize("body, status", ENDINGS.values(), ids=ENDINGS.keys())
def test_a_function_that_will_not_end_well(body, status):
    outcome = attempt(f"def attack(x):\n    {body}", X)
    # a recursion that the interpreter does not stop overflows the stack, or not, with the version of Python
    assert status is None or outcome.status == status, outcome
    assert outcome.status in ("timeout", "crashed", "raised")


def test_a_fork_bomb_stays_in_its_box():
    attempt("import os\ndef attack(x):\n    while True:\n        try: os.fork()\n        except OSError: pass", X)
    assert not children_of_this_process()


def test_processes_left_behind_die_with_the_box():
    code = "import os, time\ndef attack(x):\n    if os.fork() == 0:\n        os.setsid(); time.sleep(1e6)\n    return x"
    assert attempt(code, 1).status == "returned"
    assert not children_of_this_process()


def test_a_box_dies_with_a_grader_that_is_killed():
    code = """
from autograder.grading.sandbox import Cell, Limits, Sandbox
sandbox = Sandbox(Limits(call_seconds=60.0))
sandbox.load([Cell("a", "def a():\\n    while True: pass")])
print(sandbox._box.process.pid, flush=True)
sandbox.run("a", {})
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as grader:
        box = int(grader.stdout.readline())
        grader.kill()
    deadline = time.monotonic() + 10
    while is_alive(box) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_alive(box)


def is_alive(pid: int) -> bool:
    """Whether a process of this process group is left: the one that started the box, or one of its children."""
    listing = subprocess.run(["ps", "-eo", "pgid,stat"], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listing.splitlines()[1:]]
    return any(group == str(pid) and not state.startswith("Z") for group, state in rows)


def children_of_this_process() -> list[str]:
    """Command lines of the boxes that are still there, after at most a second for the kernel to clear away."""
    for _ in range(20):
        listing = subprocess.run(["ps", "-eo", "ppid,args"], capture_output=True, text=True, check=True).stdout
        rows = [line.split(None, 1) for line in listing.splitlines()[1:]]
        found = [args for ppid, args in rows if ppid == str(os.getpid()) and "bwrap" in args]
        if not found:
            return []
        time.sleep(0.05)
    return found


EXOTIC = {
    "a set": "{1, 2}",
    "a generator": "(i for i in range(3))",
    "a complex array": "x * 1j",
    "an object array": "np.array([object()])",
    "a class": "int",
    "a masked array": "np.ma.masked_array(x)",
    "the function": "attack",
    "a nan list": "[float('nan')]",
    "a nested list": "nested()",
    "an object that raises": "Hostile()",
    "a liar": "Liar(1.0)",
}


@pytest.mark.parametrize("expression", EXOTIC.values(), ids=EXOTIC.keys())
def test_exotic_values_come_back_as_descriptions(expression):
    code = f"""
class Hostile:
    def __getattribute__(self, name): raise SystemExit
    def __eq__(self, other): return True
class Liar(float):
    def __eq__(self, other): return True
def nested():
    l = []
    l.append(l)
    return l
def attack(x):
    return {expression}
"""
    outcome = attempt(code, X)
    assert outcome.status == "returned"
    assert type(outcome.value).__module__ in ("builtins", "numpy", "autograder.grading.box.wire")


def test_an_answer_forged_on_the_protocols_own_descriptor_is_no_more_than_a_wrong_answer():
    code = """
import os, sys
def attack(x):
    channel = next(o for o in __import__('gc').get_objects() if type(o).__name__ == 'Channel')
    channel.send({'status': 'excellent', 'score': 100})
    return x
"""
    assert attempt(code, X).status == "crashed"


REACHES = {
    "the network": "import socket; socket.create_connection(('1.1.1.1', 53), timeout=1)",
    "a network of its own": "import socket; socket.create_connection(('127.0.0.1', 22), timeout=1)",
    "a file in the root": "open('/x', 'w')",
    "a file in the libraries": "open('/site/0/x.py', 'w')",
    "a file in the worker's folder": "open('/box/x.py', 'w')",
    "a large file": "f = open('/tmp/x', 'wb')\n    while True: f.write(bytes(1 << 20)); f.flush()",
    "a large shared file": "f = open('/dev/shm/x', 'wb')\n    while True: f.write(bytes(1 << 20)); f.flush()",
    "the home folder": "import os; os.listdir('/root') + os.listdir('/home')",
    "the password file": "open('/etc/passwd')",
    "the rights of root": "import os; os.setuid(0)",
    "a mount": "import ctypes, os\n    if ctypes.CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, 0): raise OSError",
    "a namespace": "import ctypes\n    if ctypes.CDLL(None).unshare(0x10000000): raise OSError",
    "higher limits": "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))",
    "a shell": "import subprocess; subprocess.run(['/bin/sh', '-c', 'true'])",
}


@pytest.mark.parametrize("body", REACHES.values(), ids=REACHES.keys())
def test_out_of_reach(body):
    outcome = attempt(f"def attack(x):\n    {body}\n    return 'reached'", X)
    assert outcome.status == "raised", outcome
    assert outcome.error in ("OSError", "PermissionError", "FileNotFoundError", "ValueError", "ConnectionRefusedError")


def test_the_project_is_nowhere_in_the_box():
    code = """
import os
def attack(x):
    found = []
    for place, folders, files in os.walk('/'):
        folders[:] = [f for f in folders if os.path.join(place, f) not in ('/proc', '/dev')]
        found += [os.path.join(place, f) for f in folders if f in ('course_lib', 'autograder')]
        found += [os.path.join(place, f) for f in files if f.startswith('vanishing_gradients')]
    return [f for f in found if os.path.isfile(f) or os.listdir(f)]
"""
    assert list((ROOT / "course_lib").rglob("*.py"))
    # the walk over all libraries takes a second or two
    assert attempt(code, X, limits=replace(LIMITS, call_seconds=30.0, function_seconds=30.0)).value == []


def test_the_environment_holds_nothing_of_ours(monkeypatch):
    monkeypatch.setenv("GRADEBOOK_PASSWORD", "secret")
    code = (
        "import os\ndef attack(x):\n"
        "    ones = [dict(os.environ).__repr__()]\n"
        "    for p in os.listdir('/proc'):\n"
        "        try: ones.append(open(f'/proc/{p}/environ').read())\n"
        "        except OSError: pass\n"
        "    return any('GRADEBOOK' in o for o in ones)"
    )
    assert attempt(code, X).value is False


def test_no_descriptor_of_ours_is_inherited(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    descriptor = os.open(secret, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    code = (
        "import os\ndef attack(x):\n    links = []\n    for f in os.listdir('/proc/self/fd'):\n"
        "        try: links.append(os.readlink(f'/proc/self/fd/{f}'))\n        except OSError: pass\n"
        "    return [l for l in links if not l.startswith(('/dev/null', 'pipe:', '/proc'))]"
    )
    try:
        assert attempt(code, X).value == []
    finally:
        os.close(descriptor)
