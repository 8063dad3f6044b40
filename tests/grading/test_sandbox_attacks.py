"""Real attacks on real boxes: each costs only its author, and the honest function beside it is still answered."""

import os
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import psutil
import pytest
from boxes import HURRY, LIMITS, X, attempt, box_processes, boxed, check_honest, hurried, is_alive, wait_until
from thrift import rest_in_soak

from autograder.files import ROOT
from autograder.grading.isolation.limits import LEVELS, Limits
from autograder.grading.isolation.sandbox import Cell

pytestmark = pytest.mark.sandbox


@pytest.fixture(params=["zygote", "bwrap", pytest.param("landlock", marks=pytest.mark.soak)])
def limits(request):
    return at(request.param)


def at(level: str) -> Limits:
    return replace(LIMITS, levels=(level,))


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
        None,
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


@pytest.mark.parametrize("body, status", rest_in_soak(ENDINGS.values(), keep=3), ids=ENDINGS.keys())
def test_a_function_that_will_not_end_well(body, status, limits):
    # what ends by itself may take its time on a busy machine, such as filling the memory
    seconds = HURRY if status in ("timeout", None) else LIMITS.call_seconds
    outcome = attempt(f"def attack(x):\n    {body}", X, limits=limits, seconds=seconds)
    # A recursion that the interpreter does not stop overflows the stack, or not, with the version of Python; of
    # processes that take all memory the kernel ends one, the first or another.
    assert status is None or outcome.status == status, outcome
    assert outcome.status in ("timeout", "crashed", "raised")


def test_a_fork_bomb_stays_in_its_box(limits):
    code = "import os\ndef attack(x):\n    while True:\n        try: os.fork()\n        except OSError: pass"
    assert attempt(code, X, limits=limits, seconds=HURRY).status == "timeout"
    assert wait_until(lambda: not box_processes())


def test_threads_work_and_locks_between_processes_say_at_once_that_they_do_not(limits):
    code = """
from concurrent.futures import ThreadPoolExecutor
import threading
def attack(x):
    with ThreadPoolExecutor(2) as pool:
        squares = list(pool.map(lambda i: i * i, range(50)))
    waiting = threading.Condition()
    with waiting:
        waiting.wait(0.01)
    from concurrent.futures import ProcessPoolExecutor
    import multiprocessing
    return squares, multiprocessing.Lock()
"""
    outcome = attempt(code, X, limits=limits)
    assert (outcome.status, outcome.error) == ("raised", "OSError"), outcome
    assert outcome.where == "line 12: return squares, multiprocessing.Lock()"


def test_processes_left_behind_die_with_the_box(limits):
    code = "import os, time\ndef attack(x):\n    if os.fork() == 0:\n        os.setsid(); time.sleep(1e6)\n    return x"
    expected = "raised" if limits.levels == ("landlock",) else "returned"  # where nothing ends them, none can start
    assert attempt(code, 1, limits=limits).status == expected
    assert wait_until(lambda: not box_processes())


@pytest.mark.parametrize("level", LEVELS)
def test_a_box_dies_with_a_grader_that_is_killed(level):
    code = f"""
import sys
from autograder.grading.isolation.sandbox import Cell, Limits, Sandbox
sandbox = Sandbox(Limits(call_seconds=60.0, levels=({level!r},)))
sandbox.load([Cell("a", "def a():\\n    while True: pass")])
print("ready", flush=True)
sandbox.run("a", {{}})
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout.readline() == "ready\n"
        started = psutil.Process(grader.pid).children(recursive=True)
        assert len(started) >= 1
        grader.kill()
    assert wait_until(lambda: not any(map(is_alive, started)))


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
def test_exotic_values_come_back_as_descriptions(expression, limits):
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
    outcome = attempt(code, X, limits=limits)
    assert outcome.status == "returned"
    assert type(outcome.value).__module__ in ("builtins", "numpy", "autograder.box.wire")


def test_an_answer_forged_on_the_protocols_own_descriptor_is_no_more_than_a_wrong_answer(limits):
    code = """
import os, sys
def attack(x):
    channel = next(o for o in __import__('gc').get_objects() if type(o).__name__ == 'Channel')
    channel.send({'status': 'excellent', 'score': 100})
    return x
"""
    assert attempt(code, X, limits=limits).status == "crashed"


def test_a_function_of_the_graders_is_of_use_only_in_the_call_that_it_was_given_to(limits):
    code = """
kept = []
def ask(x, f):
    kept.append(f)
    return kept[0](x)
def later(x):
    return kept[0](x)
"""
    with boxed(Cell("attack", code), limits=limits) as box:
        assert box.run("ask", {"x": 3.0, "f": lambda x: x + 1}).value == 4.0
        # the second call's function answers, whichever of the two the student's code believes to ask
        assert box.run("ask", {"x": 3.0, "f": lambda x: x * 10}).value == 30.0
        outcome = box.run("later", {"x": 3.0})
        assert (outcome.status, outcome.error) == ("raised", "KeyError")
        check_honest(box)


QUESTIONS = {
    "without end": "while True: f(x)",
    "of megabytes": "while True: f(np.zeros(1 << 20))",
    "of everything": (
        "for a in ([], None, {}, 'x', 2**4000, [[[]]], float('nan'), object(), f, np):\n        try: f(a)\n"
        "        except Exception: pass\n    return f(*[x] * 99)"
    ),
    "that wait for themselves": "channel = f.__closure__[1].cell_contents.channel\n    while True: channel.receive()",
}


@pytest.mark.parametrize("body", rest_in_soak(QUESTIONS.values()), ids=QUESTIONS.keys())
def test_questions_to_the_grader_end_when_the_call_does(body, limits):
    code = f"import numpy as np\ndef attack(x, f):\n    {body}"
    with boxed(Cell("attack", code), limits=limits) as box:
        began = time.monotonic()
        with hurried(box):
            outcome = box.run("attack", {"x": X, "f": np.sum})
        assert outcome.status in ("timeout", "raised", "crashed"), outcome
        assert time.monotonic() - began < 60  # as many megabytes as may be asked would take minutes
        check_honest(box)


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


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("body", REACHES.values(), ids=REACHES.keys())
def test_out_of_reach(body, level):
    outcome = attempt(f"def attack(x):\n    {body}\n    return 'reached'", X, limits=at(level))
    assert outcome.status == "raised", outcome
    assert outcome.error in ("OSError", "PermissionError", "FileNotFoundError", "ValueError", "ConnectionRefusedError")


def test_the_project_is_nowhere_in_the_box(limits):
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
    assert attempt(code, X, limits=limits).value == []


def test_the_environment_holds_nothing_of_ours(monkeypatch, limits):
    monkeypatch.setenv("GRADEBOOK_PASSWORD", "secret")
    code = (
        "import os\ndef attack(x):\n"
        "    ones = [dict(os.environ).__repr__()]\n"
        "    for p in ['self', *map(str, range(1, 10000))]:\n"
        "        try: ones.append(open(f'/proc/{p}/environ').read())\n"
        "        except OSError: pass\n"
        "    return any('GRADEBOOK' in o for o in ones)"
    )
    assert attempt(code, X, limits=limits).value is False


@pytest.mark.parametrize("level", ["zygote", "bwrap"])  # below, a box cannot read /proc
def test_no_descriptor_of_ours_is_inherited(tmp_path, level):
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
        assert attempt(code, X, limits=at(level)).value == []
    finally:
        os.close(descriptor)
