"""Many cells and many calls at once: the answers are those of one at a time, whatever ends the box in between."""

from dataclasses import replace

import numpy as np
import pytest
from boxes import LIMITS, X, boxed, check_honest, hurried, zygotes
from thrift import rest_in_soak

from autograder.grading.isolation import sandbox as module
from autograder.grading.isolation.limits import BoxLost
from autograder.grading.isolation.sandbox import Cell
from autograder.grading.submissions.cells import MAX_SOURCE

pytestmark = pytest.mark.sandbox


def statuses(outcomes):
    return [outcome.status for outcome in outcomes]


def test_calls_at_once_are_answered_in_their_order():
    rng = np.random.default_rng(0)
    cases = [{"x": rng.normal(size=size)} for size in (1, 7, 100_000, 3)]  # more than a pipe holds
    with boxed(Cell("twice", "def twice(x):\n    x *= 2\n    return x")) as box:
        outcomes = box.run_all("twice", cases)
        for inputs, outcome in zip(cases, outcomes, strict=True):
            assert np.array_equal(outcome.value, 2 * inputs["x"])
            assert outcome.mutated == ("x",)
        check_honest(box)


def test_each_call_has_its_own_functions_among_its_inputs():
    cases = [{"f": (lambda t, k=k: k * t), "x": float(k), "y": k} for k in range(1, 5)]
    with boxed(Cell("apply", "def apply(f, x, y):\n    return f(x) + f(y)")) as box:
        assert [outcome.value for outcome in box.run_all("apply", cases)] == [2.0 * k * k for k in range(1, 5)]


@pytest.mark.parametrize("end, status", rest_in_soak([("os._exit(0)", "crashed"), ("while True: pass", "timeout")]))
def test_what_comes_after_the_call_that_ends_the_box_is_not_tried(end, status):
    code = f"import os\ndef fragile(x):\n    if x == 2:\n        {end}\n    return x"
    with boxed(Cell("fragile", code)) as box:
        with hurried(box, 2.0):  # in which the two calls before it are to be answered as well
            outcomes = box.run_all("fragile", [{"x": x} for x in range(5)])
        assert statuses(outcomes) == ["returned", "returned", status, status, status]
        assert [outcome.value for outcome in outcomes[:2]] == [0, 1]
        check_honest(box)


def test_what_a_call_raises_stops_none_of_the_others():
    with boxed(Cell("divide", "def divide(x):\n    return 1 / x")) as box:
        outcomes = box.run_all("divide", [{"x": x} for x in (1, 0, 2)])
        assert statuses(outcomes) == ["returned", "raised", "returned"]


def test_too_large_a_result_is_told_and_the_next_is_read():
    code = "import numpy as np\ndef big(n):\n    return np.zeros(n)"
    with boxed(Cell("big", code)) as box:
        outcomes = box.run_all("big", [{"n": n} for n in (1, 5_000_000, 2)])  # 40 MB, where 32 may cross
        assert [outcome.error for outcome in outcomes] == ["", "TooLarge", ""]


def test_the_time_of_a_function_ends_amid_its_calls():
    limits = replace(LIMITS, function_seconds=2.0, wall_factor=1.0)
    code = "import time\ndef slow(x):\n    time.sleep(0.5)\n    return x"
    with boxed(Cell("slow", code), limits=limits) as box:
        outcomes = box.run_all("slow", [{"x": x} for x in range(6)])
        assert statuses(outcomes) == sorted(statuses(outcomes))  # first those that returned, then those in vain
        assert (outcomes[0].status, outcomes[-1].status) == ("returned", "timeout")
        check_honest(box)


def test_a_lost_box_costs_no_answer(monkeypatch):
    """A box that ends with its zygote, killed by a kernel short of memory, is replaced, and the rest asked again."""
    answer, asked = module.Sandbox._answer, []

    def kill_the_zygote_once(self, running, function, inputs):
        asked.append(inputs["x"])
        if len(asked) == 2:
            for process in zygotes():
                process.kill()
                process.wait()
        return answer(self, running, function, inputs)

    code = "import time\ndef same(x):\n    time.sleep(0.3)\n    return x"  # else all would be answered by then
    with boxed(Cell("same", code)) as box:
        monkeypatch.setattr(module.Sandbox, "_answer", kill_the_zygote_once)
        outcomes = box.run_all("same", [{"x": x} for x in range(4)])
    assert [outcome.value for outcome in outcomes] == [0, 1, 2, 3]
    assert len(asked) == 5


def test_boxes_that_are_always_lost_are_an_error(monkeypatch):
    with boxed(Cell("same", "def same(x):\n    return x")) as box:
        monkeypatch.setattr(module, "Box", lose)
        box.close()
        with pytest.raises(module.SandboxUnavailable, match="ended from outside"):
            box.run_all("same", [{"x": 1}])


def lose(*_):
    raise BoxLost("gone")


def test_more_source_than_one_message_holds_is_loaded_all_the_same():
    """The longest cell that is read, of the characters that take most room in a message, many times."""
    padding = f"# {'𝔁' * (MAX_SOURCE - 100)}\n"
    cells = [Cell(f"f{i}", f"{padding}def f{i}(x):\n    return x + {i}") for i in range(6)]
    with boxed(*cells) as box:
        assert [box.run(cell.name, {"x": X}).value[0] for cell in cells] == [X[0] + i for i in range(6)]


def test_cells_around_one_that_ends_the_box_are_run_once_more():
    count = "import numpy as np\nruns = []\ndef honest_count():\n    return len(runs)"
    cells = [Cell("count", count), Cell("bad", "import os\nos._exit(3)"), Cell("append", "runs.append(1)")]
    with boxed(*cells) as box:
        assert box.results[cells[1]].error == module.FATAL
        assert box.run("honest_count", {}).value == 1
