"""What the sandbox answers, with real boxes: outcomes, sealed packages, callables, limits of time."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from boxes import LIMITS, X, attempt, boxed, check_honest, hurried
from public_folder import public_folder

from autograder.box.wire import Seed
from autograder.domain import Number
from autograder.draw import generator_for
from autograder.files import ROOT
from autograder.grading.isolation import bubblewrap
from autograder.grading.isolation import sandbox as module
from autograder.grading.isolation.bubblewrap import Bind
from autograder.grading.isolation.limits import LEVELS
from autograder.grading.isolation.sandbox import Cell, Limits, Sandbox, SandboxUnavailable
from autograder.handed import Handed

pytestmark = pytest.mark.sandbox

BUBBLEWRAPPED = ("zygote", "bwrap")
BRIEF = replace(LIMITS, call_seconds=2.0)  # for cells that never end: the honest one beside them has no longer

# What an Outcome says


def test_returns_values_prints_and_warnings():
    code = "def attack(x):\n    print('seen', x)\n    return x / 0, [x], {'a': np.float32(1)}, None, True, 'é'"
    outcome = attempt(code, np.array([1.0]))
    assert outcome.status == "returned"
    assert outcome.value == (np.array([np.inf]), [np.array([1.0])], {"a": np.float32(1)}, None, True, "é")
    assert outcome.value[2]["a"].dtype == np.float32
    assert outcome.printed == "seen [1.]\n"
    assert outcome.warnings == ("divide by zero encountered in divide",)


def test_says_which_arguments_were_changed():
    code = "def attack(a, b, c):\n    a[0] = 9\n    c['w'] += 1\n    return b"
    outcome = attempt(code, np.zeros(2), np.array([np.nan]), {"w": np.zeros(2)})
    assert outcome.mutated == ("x0", "x2")


def test_the_callers_own_arrays_stay_as_they_were():
    array = np.zeros(3)
    assert attempt("def attack(a):\n    a += 1", array).mutated == ("x0",)
    assert not array.any()


@pytest.mark.parametrize(
    "code, status, message",
    [
        ("x = 1", "missing", "nothing in the notebook defines it"),
        ("attack = 3", "missing", "expected a function, got int"),
        ("def attack(x)\n    return x", "missing", "SyntaxError: expected ':' (line 1: def attack(x))"),
        ("y = z\ndef attack(x): return x", "missing", "NameError: name 'z' is not defined (line 1: y = z)"),
        ("def attack(a, b): return a", "signature", "expected to be called with (x0), but it is defined as (a, b)"),
        ("def attack(x):\n    raise NotImplementedError()", "not_implemented", ""),
        ("import os; os._exit(0)", "crashed", "the cell ended its Python process"),
    ],
)
def test_every_way_not_to_be_a_function_has_its_own_words(code, status, message):
    outcome = attempt(code, 1.0)
    assert outcome.status == status
    assert message in outcome.message


def test_a_cell_that_never_ends_has_its_own_words():
    outcome = attempt("while True: pass", 1.0, limits=replace(BRIEF, wall_factor=100.0))
    assert (outcome.status, outcome.message) == (
        "timeout",
        "the cell did not end within 2 s of processor time (call_seconds)",
    )


def test_an_exception_is_told_with_the_line_of_the_students_code():
    code = "def attack(x):\n    # divide\n    return np.linalg.inv(x)\n"
    outcome = attempt(code, np.zeros((2, 2)))
    assert (outcome.status, outcome.error, outcome.message) == ("raised", "LinAlgError", "Singular matrix")
    assert outcome.where == "line 3: return np.linalg.inv(x)"


def test_magics_and_shell_lines_do_not_break_a_cell():
    code = "%matplotlib inline\n!ls\nfiles = !ls\nnp.tanh?\nif True:\n    %time x = 1\ndef attack(x):\n    return x % 2"
    assert attempt(code, 5).value == 1
    assert attempt("%%time\ndef attack(x):\n    return x", 5).value == 5
    assert attempt("%%bash\nls", 5).status == "missing"


def test_a_modulo_at_the_beginning_of_a_line_is_no_magic():
    assert attempt("def attack(x):\n    return (x\n    % 3)", 5).value == 2


def test_the_own_parameters_in_another_order_are_a_signature_of_its_own():
    with boxed(Cell("attack", "def attack(z, dout): return dout"), Cell("other", "def other(a, b): return a")) as box:
        assert box.run("attack", {"dout": 1.0, "z": 2.0}).status == "signature"
        assert box.run("other", {"dout": 1.0, "z": 2.0}).value == 1.0


def test_of_a_cell_of_definitions_nothing_else_is_run():
    source = (
        "%matplotlib inline\nimport math\nA = [1, 2]\nb = f(3)\nplot(b)\ndef attack(x):\n    return math.pi, A\n1 / 0"
    )
    with boxed(Cell("lesson", source, only_definitions=True)) as box:
        assert box.run("attack", {"x": X}).value == (np.pi, [1, 2])
        assert box.run("b", {}).status == "missing"


# The reference is sealed


IMPORTS = "import course_lib, autograder.check as c\nfrom course_lib.functions.activations import relu, ALPHA\n"


def test_importing_the_reference_is_fine_and_using_it_is_flagged():
    for body in (
        "return relu(x)",
        "return course_lib.functions.activations.relu(x)",
        "import importlib; return importlib.import_module('course_lib.functions.losses').loss(x)",
        "return c.check('attack', x)",
        "return relu + 1",
        "return np.tanh(relu)",
        "return [v for v in relu]",
    ):
        outcome = attempt(f"{IMPORTS}def attack(x):\n    {body}", X)
        assert outcome.status == "reference_used", body
        assert outcome.message.startswith(("course_lib.", "autograder.")), outcome.message


def test_catching_the_exception_does_not_help():
    code = f"{IMPORTS}def attack(x):\n    try: return relu(x)\n    except BaseException: return np.maximum(x, 0)"
    assert attempt(code, X).status == "reference_used"


def test_a_plot_or_check_in_a_cell_does_not_hide_what_follows():
    assert attempt(f"{IMPORTS}course_lib.figures.draw()\ndef attack(x):\n    return x", 2).value == 2


def test_public_constants_may_be_used():
    cell = Cell("attack", f"{IMPORTS}def attack(x):\n    return x * ALPHA")
    with boxed(cell, constants={"course_lib.functions.activations.ALPHA": 0.5}) as box:
        assert box.run("attack", {"x": 3.0}).value == 1.5


# Functions among the inputs


def test_a_callable_input_is_evaluated_outside():
    asked = []

    def f(x):
        asked.append(x.copy())
        return float((x**2).sum())

    outcome = attempt("def attack(f, x):\n    y = x.copy()\n    y[0] += 1\n    return f(y) - f(x)", f, np.ones(2))
    assert outcome.value == 3.0
    assert outcome.mutated == ()
    assert [list(x) for x in asked] == [[2.0, 1.0], [1.0, 1.0]]


def test_a_callable_that_fails_raises_inside():
    outcome = attempt("def attack(f):\n    return f(3)", lambda i: [1, 2][i])
    assert (outcome.status, outcome.error, outcome.message) == ("raised", "IndexError", "list index out of range")
    outcome = attempt("def attack(f):\n    return f(X)", np.linalg.inv)
    assert outcome.status == "raised"


def test_a_callable_takes_its_arguments_by_name_too():
    handed = Handed(lambda x, c: c * x, "f", {"x": Number(0, 9), "c": Number(0, 9)}, {})
    assert attempt("def attack(f):\n    return f(c=2.0, x=3.0) - f(3.0, c=1.0)", handed).value == 3.0
    assert attempt("def attack(f):\n    return f(3.0, y=2.0)", handed).error == "TypeError"


def test_asking_without_end_is_stopped():
    limits = replace(LIMITS, callbacks=100)
    assert attempt("def attack(f):\n    while True: f(1)", lambda x: x, limits=limits).status == "timeout"


# Limits of time, and machines without a sandbox


def test_a_function_that_has_hung_twice_is_not_called_again(monkeypatch):
    asked, answer = [], Sandbox._answer
    monkeypatch.setattr(Sandbox, "_answer", lambda box, *call: (asked.append(call), answer(box, *call))[1])
    with boxed(Cell("slow", "def slow(x):\n    while x > 1: pass\n    return x")) as box:
        assert box.run("slow", {"x": 1}).status == "returned"
        with hurried(box):
            assert box.run("slow", {"x": 2}).status == "timeout"
        assert len(asked) == 3  # a busy machine may have been to blame, and so it is tried once more
        assert box.run("slow", {"x": 2}).status == "timeout"
        assert len(asked) == 3
        check_honest(box)


def test_many_slow_calls_use_up_the_time_of_their_function_only():
    limits = replace(LIMITS, function_seconds=2.0, wall_factor=1.0)
    code = "import time\ndef slow(x):\n    time.sleep(0.6)\n    return x"
    with boxed(Cell("slow", code), limits=limits) as box:
        statuses = [box.run("slow", {"x": 1}).status for _ in range(4)]
        assert statuses[0] == "returned"
        assert statuses[-1] == "timeout"
        check_honest(box)


def test_the_time_of_a_submission_ends():
    limits = replace(LIMITS, submission_seconds=0.0)
    with boxed(limits=limits) as box:
        assert box.run("honest", {"x": X}).status == "timeout"


def test_a_cell_that_ends_the_process_is_left_out_and_the_others_are_run():
    cells = [Cell("a", "import os\nos._exit(1)"), Cell("b", "while True: pass"), Cell("c", "def c(x): return x + 1")]
    with boxed(*cells, limits=BRIEF) as box:
        assert [box.results[cell].error for cell in cells] == [module.FATAL, module.ENDLESS, ""]
        assert box.run("c", {"x": 1}).value == 2
        check_honest(box)


def test_state_does_not_cross_from_one_box_to_the_next():
    with boxed(Cell("a", "open('/tmp/left', 'w').write('x')\ndef a(x): return 1")):
        pass
    with boxed(Cell("a", "import os\ndef a(x): return os.path.exists('/tmp/left')")) as box:
        assert box.run("a", {"x": 1}).value is False


def test_without_bubblewrap_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SandboxUnavailable, match="apt install bubblewrap"):
        Sandbox(Limits(levels=BUBBLEWRAPPED))
    ok, explanation = module.probe(BUBBLEWRAPPED)
    assert not ok
    assert "apt install bubblewrap" in explanation


def test_a_bubblewrap_that_may_not_start_says_why(monkeypatch):
    with public_folder("bwrap-") as place:  # which the unprivileged user may enter
        fake = place / "bwrap"
        fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
        fake.chmod(0o755)
        monkeypatch.setenv("PATH", f"{place}:{os.environ['PATH']}")
        for level in BUBBLEWRAPPED:
            ok, explanation = module.probe((level,))
            assert not ok
            assert "No permissions to create new namespace" in explanation
            assert "AppArmor" in explanation
        with Sandbox() as box:
            assert box.level == "landlock"  # the next on the ladder


def test_root_stages_where_nothing_is_hidden():
    assert bubblewrap._stage([Bind("/usr/lib", "/usr/lib"), Bind("/mnt/c/course", "/box")]) != "/mnt"
    with pytest.raises(SandboxUnavailable, match="move the course"):
        bubblewrap._stage([Bind(f"{stage}/course", "/box") for stage in bubblewrap.STAGES])


def test_an_ordinary_user_gets_the_same_box():
    """Try every level as nobody, below a tree that nobody can read (the interpreter may lie below /root)."""
    code = """
import os
from autograder.grading.isolation.limits import LEVELS
from autograder.grading.isolation.sandbox import probe
for level in LEVELS:
    print(os.getuid() > 0, *probe((level,)))
"""
    command, python = [], sys.executable
    if os.geteuid() == 0:
        command = ["bwrap", "--dev-bind", "/", "/", "--tmpfs", "/mnt"]
        for source, place in ((sys.base_prefix, "/mnt/py"), (sys.prefix, "/mnt/env"), (str(ROOT), "/mnt/repo")):
            command += ["--ro-bind", source, place]
        python = "/mnt/py/bin/" + os.path.basename(os.path.realpath(sys.executable))
        site = f"/mnt/env/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
        command += ["--setenv", "PYTHONPATH", f"/mnt/repo:{site}", "--setenv", "HOME", "/tmp", "--chdir", "/"]
        command += ["--setenv", "LD_LIBRARY_PATH", "/mnt/py/lib"]  # where a Python may have its own library
        command += "setpriv --reuid 65534 --regid 65534 --clear-groups --".split()
    done = subprocess.run([*command, python, "-c", code], capture_output=True, text=True, timeout=600, check=False)
    lines = done.stdout.splitlines()
    assert len(lines) == len(LEVELS), done.stdout + done.stderr
    for level, line in zip(LEVELS, lines, strict=True):
        assert line.startswith(f"True True {level}: a box starts and answers"), line


# Generators


def test_a_function_gets_a_generator_for_its_seed():
    code = "def attack(rng, n): return rng.normal(size=n)"
    outcome = attempt(code, Seed(7), 3)
    assert np.array_equal(outcome.value, np.random.default_rng(7).normal(size=3))
    assert outcome.mutated == ("x0",)
    assert attempt("def attack(rng): return 1", Seed(7)).mutated == ()


def test_a_function_of_the_graders_gets_what_a_generator_in_the_box_has_drawn():
    code = "def attack(f):\n    rng = np.random.default_rng(3)\n    return f(rng, 2), f(rng, 2)"

    def numbers(rng, n):
        return generator_for(rng).random(n)

    one, other = attempt(f"import numpy as np\n{code}", numbers).value
    rng = np.random.default_rng(3)
    assert np.array_equal(one, numbers(rng, 2)) and np.array_equal(other, numbers(rng, 2))
    assert not np.array_equal(one, other)
