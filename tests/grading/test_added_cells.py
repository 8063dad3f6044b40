"""Around their answers students write cells of their own: what an answer needs of them is run, and nothing else."""

import pytest
from boxes import boxed

from autograder.grading.isolation.sandbox import Cell

ANSWER = Cell("attack", "import numpy as np\ndef attack(x):\n    return helper(x) if callable(helper) else helper * x")
TWICE = {
    "a quotient": "helper = 4 / 2",
    "a power": "helper = 2**-1 * 4",
    "an annotation": "helper: float = 1 + 1.0",
    "a tuple": "helper, other = 2.0, 3.0",
    "a number of NumPy's": "helper = np.float64(2)",
    "a lambda": "helper = lambda x: 2 * x",
    "a partial function": "from functools import partial\nhelper = partial(np.multiply, 2)",
    "a vectorised function": "helper = np.vectorize(lambda x: 2 * x)",
    "an instance": "class Twice:\n    def __call__(self, x):\n        return 2 * x\nhelper = Twice()",
    "try": "try:\n    helper = fast\nexcept NameError:\n    helper = 2",
    "if": "if np.pi > 3:\n    helper = 2",
    "through others": "half = 1 / 2\nfour = np.array([1, 4])\nhelper = four[1] * half",
    "a value that is changed": "table = {}\ntable['two'] = 1 + 1\nhelper = table['two']",
    "a list that grows": "found = []\nfor i in range(2):\n    found.append(1.0)\nhelper = sum(found)",
    "a loop": "helper = 0\nfor i in range(2):\n    helper += 1",
    "with": "with np.errstate(all='ignore'):\n    helper = np.log2([0.0, 4.0])[1]",
    "unpacked": "numbers = [1, 2]\n*_, helper = numbers",
    "a walrus": "print(helper := 2)",
}


@pytest.mark.parametrize("source", TWICE.values(), ids=TWICE.keys())
@pytest.mark.parametrize("below", [False, True], ids=["above", "below"])
def test_what_an_answer_needs_of_another_cell_is_run(source, below):
    cells = [Cell("added", f"import numpy as np\n{source}", only_definitions=True), ANSWER]
    with boxed(*(cells[::-1] if below else cells)) as box:
        assert box.run("attack", {"x": 3}).value == 6


def test_nothing_else_is_run():
    added = "while_away = [1 for _ in iter(int, 1)]\nx = 1 / 0\nprint(attack(1))\nprint(while_away)\nhelper = 1 + 1"
    with boxed(Cell("added", added, only_definitions=True), ANSWER) as box:
        assert box.run("attack", {"x": 3}).value == 6


def test_a_cell_may_use_answers_that_stand_above_it():
    first = Cell("first", "def first(x):\n    return 2 * x")
    added = Cell("added", "from functools import partial\nhelper = partial(first)", only_definitions=True)
    with boxed(first, added, ANSWER) as box:
        assert box.run("attack", {"x": 3}).value == 6


def test_the_answer_counts_and_not_what_is_tried_below_it():
    answer = Cell("attack", "def attack(x):\n    return 2 * x")
    with boxed(answer, Cell("added", "def attack(x):\n    return x\nattack = 1 / 1", only_definitions=True)) as box:
        assert box.run("attack", {"x": 3}).value == 6


def test_two_answers_may_mean_different_things_by_one_name():
    cells = []
    for name, value in (("first", "1 / 2"), ("second", "2.0")):
        cells.append(Cell(f"added {name}", f"alpha = {value}\ndef scaled(x):\n    return alpha * x", True))
        cells.append(Cell(name, f"def {name}(x):\n    return scaled(x)"))
    with boxed(*cells) as box:
        assert [box.run(name, {"x": 2}).value for name in ("first", "second", "first")] == [1, 4, 1]


def test_two_answers_may_each_have_a_helper_of_one_name():
    first = Cell("first", "def _helper(x):\n    return x + 1\ndef first(x):\n    return _helper(x)")
    second = Cell("second", "def _helper(x):\n    return x - 1\ndef second(x):\n    return _helper(x)")
    with boxed(first, second) as box:
        assert [box.run(name, {"x": 2}).value for name in ("first", "second")] == [3, 1]


def test_a_cell_that_is_not_python_stands_in_nobodys_way():
    with boxed(Cell("added", "this is (not Python", only_definitions=True), Cell("other", "nor this )")) as box:
        assert box.run("honest", {"x": 0.0}).value == 0.0
