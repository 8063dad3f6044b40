"""Boxes for the sandbox's tests, with an honest function in each."""

import numpy as np

from autograder.grading.sandbox import Cell, Limits, Sandbox

# Far above what an honest call takes (a millisecond), far below what a test should wait.
# So little memory that filling it takes less than a second, and enough for NumPy.
LIMITS = Limits(call_seconds=2.0, function_seconds=6.0, submission_seconds=60.0, memory_bytes=512 << 20)
HONEST = Cell("honest", "import numpy as np\ndef honest(x):\n    return np.tanh(x)")
X = np.linspace(-3.0, 3.0, 7)


def boxed(*cells: Cell, limits: Limits = LIMITS, **options) -> Sandbox:
    box = Sandbox(limits, **options)
    box.load([HONEST, *cells])
    return box


def attempt(code: str, *arguments, limits: Limits = LIMITS, name: str = "attack"):
    """The outcome of ``attack``, after making sure that the honest function is answered before and after it."""
    inputs = {f"x{i}": value for i, value in enumerate(arguments)}
    with boxed(Cell("attack", code), limits=limits) as box:
        check_honest(box)
        outcome = box.run(name, inputs)
        check_honest(box)
    return outcome


def check_honest(box: Sandbox):
    outcome = box.run("honest", {"x": X})
    assert outcome.status == "returned", outcome
    assert np.array_equal(outcome.value, np.tanh(X))
    assert outcome.mutated == ()
