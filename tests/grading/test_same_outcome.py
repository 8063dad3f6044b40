"""The notebook's check and a real box say the same of every function, however odd: what is shown is what is graded."""

import linecache
import sys
import warnings
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from boxes import LIMITS
from test_wire import identical

from autograder.call import Outcome, call
from autograder.catalogue import load
from autograder.check import VISIBLE, judge, judge_all
from autograder.compiled import call_compiled, reaches_compiled_code
from autograder.grading.isolation.sandbox import Cell, Sandbox

pytestmark = pytest.mark.sandbox

INPUTS = {"x": np.array([1.0, -2.0, np.nan]), "n": 2}
SIGMOID = "def sigmoid(z):\n    e = np.exp(-np.abs(z))\n    return np.where(z >= 0, 1.0, e) / (1.0 + e)"

# what some other cell does, as its author's experiments may
SETTINGS = {
    "none": "",
    "floating-point errors raise": "np.seterr(all='raise')",
    "floating-point errors are ignored": "np.seterr(all='ignore')",
    "floating-point errors call": "np.seterrcall(lambda *_: 1 / 0)\nnp.seterr(all='call')",
    "a context is entered and never left": "context = np.errstate(all='raise')\ncontext.__enter__()",
    "warnings are errors": "import warnings\nwarnings.simplefilter('error')",
    "warnings are hidden": "import warnings\nwarnings.filterwarnings('ignore')",
    "warnings are shown their own way": "import warnings\nwarnings.showwarning = None",
    "little recursion": "import sys\nsys.setrecursionlimit(250)",
    "numbers are printed briefly": "np.set_printoptions(precision=0, threshold=0, formatter={'all': lambda x: '1.0'})",
    "no generator": "np.random.default_rng = None",
    "a seeded generator": "np.random.default_rng = lambda *_: np.random.Generator(np.random.PCG64(0))",
}

# the functions, each called f
ODD = {
    "a right one": "def f(x, n): return x * n",
    "list": "def f(x, n): return list(x)",
    "tuple": "def f(x, n): return tuple(x)",
    "nested": "def f(x, n): return {'a': [x, (n, None)], 'b': True}",
    "matrix": "def f(x, n): return np.asmatrix(x)",
    "masked array": "def f(x, n): return np.ma.masked_invalid(x)",
    "masked constant": "def f(x, n): return np.ma.masked",
    "subclass of an array": "class Mine(np.ndarray): pass\ndef f(x, n): return x.view(Mine)",
    "subclass of float": "class Mine(float): pass\ndef f(x, n): return Mine(n)",
    "array of objects": "def f(x, n): return x.astype(object)",
    "array of complex numbers": "def f(x, n): return x + 1j",
    "array of texts": "def f(x, n): return x.astype(str)",
    "generator": "def f(x, n): return (y for y in x)",
    "generator function": "def f(x, n):\n    for y in x: yield y",
    "async def": "async def f(x, n): return x",
    "object with __array__": "class Mine:\n    def __array__(self, *_, **__): return x\ndef f(x, n): return Mine()",
    "object that prints when it is let go": "class Mine:\n    def __del__(self): print(1)\ndef f(x, n): return Mine()",
    "set": "def f(x, n): return {1, 2}",
    "bytes": "def f(x, n): return b'abc'",
    "int": "def f(x, n): return n",
    "huge int": "def f(x, n): return 10 ** 5000",
    "large int": "def f(x, n): return 10 ** 500",
    "NaN": "def f(x, n): return float('nan')",
    "infinity": "def f(x, n): return -np.inf",
    "float32": "def f(x, n): return np.float32(n)",
    "longdouble": "def f(x, n): return np.longdouble(n)",
    "text": "def f(x, n): return 'é \\ud800'",
    "None": "def f(x, n): pass",
    "too many items": "def f(x, n): return list(range(10 ** 5))",
    "too many bytes": "def f(x, n): return np.broadcast_to(x[0], (10 ** 9, 10))",
    "list of itself": "def f(x, n):\n    y = []\n    y.append(y)\n    return y",
    "Fortran order": "def f(x, n): return np.asfortranarray(np.outer(x, x))",
    "prints": "def f(x, n):\n    print('seen', x)\n    return x",
    "prints to stderr": "import sys\ndef f(x, n):\n    print('seen', file=sys.stderr)\n    return x",
    "prints without end": "def f(x, n):\n    for i in range(10 ** 4): print(i)\n    return x",
    "prints what cannot be written": "def f(x, n):\n    print('\\ud800')\n    return x",
    "sets globals": "def f(x, n):\n    global count\n    count = globals().get('count', 0) + 1\n    return count",
    "warns": "import warnings\ndef f(x, n):\n    warnings.warn('mind')\n    warnings.warn('mind')\n    return x / 0",
    "warns of many things": "import warnings\ndef f(x, n):\n    for i in range(100): warnings.warn(str(i))",
    "overflows": "def f(x, n): return np.exp(1e4 * x)",
    "underflows": "def f(x, n): return np.exp(-1e4)",
    "raises on overflow by itself": "def f(x, n):\n    with np.errstate(all='raise'): return np.exp(1e4 * x)",
    "sets the errors while called": "def f(x, n):\n    np.seterr(all='raise')\n    return np.exp(1e4 * x)",
    "warnings as errors while called": (
        "import warnings\ndef f(x, n):\n    warnings.simplefilter('error')\n    warnings.warn('mind')"
    ),
    "deep recursion": "def f(x, n): return x if n > 900 else f(x, n + 1)",
    "endless recursion": "def f(x, n): return f(x, n)",
    "SystemExit": "def f(x, n): raise SystemExit(3)",
    "exit": "import sys\ndef f(x, n): sys.exit('bye')",
    "GeneratorExit": "def f(x, n): raise GeneratorExit",
    "RecursionError": "def f(x, n): raise RecursionError('deep')",
    "MemoryError": "def f(x, n): raise MemoryError",
    "NotImplementedError": "def f(x, n): raise NotImplementedError('write me')",
    "division": "def f(x, n):\n    y = n\n    return y // 0",
    "deep in NumPy": "def f(x, n):\n    return np.linalg.inv(x)",
    "deep in Python": "import json\ndef f(x, n):\n    return json.loads('{')",
    "SyntaxError": "def f(x, n):\n    return eval('1 +')",
    "error without words": "class Mine(Exception):\n    def __str__(self): raise ValueError\ndef f(x, n): raise Mine",
    "error that ends": "class Bye(Exception):\n    def __str__(self): raise SystemExit\ndef f(x, n): raise Bye",
    "error of a text of its own": (
        "class Text(str):\n    def __getitem__(self, at): return 1 / 0\n"
        "class Mine(Exception):\n    def __str__(self): return Text('mine')\ndef f(x, n): raise Mine"
    ),
    "error of many words": "def f(x, n): raise ValueError('a' * 10 ** 5)",
    "error that cannot be written": "def f(x, n): raise ValueError('\\ud800')",
    "group of errors": "def f(x, n): raise ExceptionGroup('two', [ValueError(1), TypeError(2)])",
    "changes its input": "def f(x, n):\n    x[:] = 0\n    return x",
    "resizes its input": "def f(x, n):\n    x.resize((5,), refcheck=False)\n    return x",
    "keeps its input": "seen = []\ndef f(x, n):\n    seen.append(x)\n    seen[0][0] = 7\n    return len(seen)",
    "returns its input": "def f(x, n): return x",
    "input()": "def f(x, n): return input('why? ')",
    "too few": "def f(x): return x",
    "too many": "def f(x, n, y): return x",
    "none": "def f(): return 1",
    "another order": "def f(n, x): return x",
    "keyword only": "def f(x, *, n): return x",
    "other names": "def f(a, b): return a * b",
    "defaults": "def f(x, n, y=3): return x * y",
    "default that cannot be shown": (
        "class Mine:\n    def __repr__(self): raise ValueError('no')\ndef f(x, n, y, z=Mine()): return x"
    ),
    "annotations": "def f(x: np.ndarray, n: int = 3, *, y: 'float' = 1) -> np.ndarray: return x",
    "any arguments": "def f(*args, **options): return len(args)",
    "partial": "from functools import partial\ndef g(y, x, n): return x * y\nf = partial(g, 2)",
    "partial by keyword": "from functools import partial\ndef g(x, n, y): return x * y\nf = partial(g, y=2)",
    "lambda": "f = lambda x, n: x + n",
    "lambda that fails": "f = lambda x, n: x[7]",
    "object that is called": "class F:\n    def __call__(self, x, n): return x * n\nf = F()",
    "object that is not called": "class F: pass\nf = F()",
    "class": "class f:\n    def __init__(self, x, n): pass",
    "builtin": "f = max",
    "ufunc": "f = np.power",
    "ufunc of one": "f = np.negative",
    "method": "class F:\n    def f(self, x, n): return x * n\nf = F().f",
    "wrapped": "from functools import wraps\ndef g(x, n): return x\n@wraps(g)\ndef f(*args): return 2 * g(*args)",
    "lying signature": "def f(x, n): return x\nf.__signature__ = 3",
    "numba": "import numba\n@numba.njit\ndef f(x, n): return x * n",
    "numba that fails": "import numba\n@numba.njit\ndef f(x, n): raise ValueError('no')",
    "number": "f = 3",
    "nothing": "f = None",
    "undefined": "def g(x): return x",
}


@pytest.fixture(autouse=True)
def _settings_as_before(monkeypatch):
    """A notebook's cells change them for this very process."""
    monkeypatch.setattr(np.random, "default_rng", np.random.default_rng)
    limit = sys.getrecursionlimit()
    with np.errstate(), np.printoptions(), warnings.catch_warnings():
        caller = np.geterrcall()
        yield
        np.seterrcall(caller)
    sys.setrecursionlimit(limit)


IMPORT = "import numpy as np"


def defined(*cells: str) -> dict:
    """What the cells define, run in this process as in a notebook's."""
    namespace = {"__name__": "__main__"}
    for number, source in enumerate(cells):
        linecache.cache[f"<cell {number}>"] = len(source), None, source.splitlines(keepends=True), f"<cell {number}>"
        exec(compile(source, f"<cell {number}>", "exec", dont_inherit=True), namespace)
    return namespace


@pytest.fixture(scope="module")
def boxed():
    with Sandbox(LIMITS) as sandbox:

        def load(*cells: str) -> Sandbox:
            sandbox.load([Cell(f"cell {number}", source) for number, source in enumerate(cells)])
            return sandbox

        yield load


def assert_same(one: Outcome, other: Outcome):
    assert identical(one.value, other.value), (one, other)
    assert replace(one, value=None) == replace(other, value=None)


@pytest.mark.parametrize("source", ODD.values(), ids=ODD)
def test_both_see_the_same(boxed, source):
    graded = boxed(IMPORT, source).run("f", INPUTS)
    assert_same(call(defined(IMPORT, source).get("f"), INPUTS, LIMITS.call_seconds), graded)
    assert graded.status in ("returned", "raised", "signature", "missing", "not_implemented")


# Numba's code, which the notebook's check runs in a process of its own
COMPILED = {
    "right": "@numba.njit\ndef f(x, n): return x * n",
    "cached": "@numba.njit(cache=True)\ndef f(x, n): return x * n",
    "helper": "@numba.njit\ndef g(x): return 2 * x\ndef f(x, n): return g(x), {'n': g(n)}",
    "state": "@numba.njit\ndef g(x): return x + 1\ncount = 0\ndef f(x, n):\n    global count\n    count = g(count)\n"
    "    return count",
    "raises": "@numba.njit\ndef f(x, n): raise ValueError('no')",
    "no types": "@numba.njit\ndef f(x, n): return x.no_such_thing",
    "changes its input": "@numba.njit\ndef f(x, n):\n    x[0] = 7.0\n    return n",
    "prints": "@numba.njit\ndef f(x, n):\n    print('seen', n)\n    return x",
    "warns": "@numba.njit\ndef g(x): return x\ndef f(x, n):\n    return g(x) / 0",
    "leaves": "@numba.njit\ndef g(x): return x\ndef f(x, n):\n    raise SystemExit(g(n))",
    "too large": "@numba.njit\ndef g(x): return x\ndef f(x, n):\n    return np.broadcast_to(g(x)[0], (10 ** 9, 10))",
    "other signature": "@numba.njit\ndef f(x): return x",
}


@pytest.mark.parametrize("source", COMPILED.values(), ids=COMPILED)
def test_both_see_the_same_of_compiled_code(boxed, source):
    cells = f"{IMPORT}\nimport numba", source
    graded = boxed(*cells).run_all("f", [INPUTS] * 2)
    function = defined(cells[0], source.replace("cache=True", ""))["f"]  # for which Numba knows a place in Jupyter only
    assert reaches_compiled_code(function)
    for one, other in zip(call_compiled(function, [INPUTS] * 2, LIMITS.call_seconds), graded, strict=True):
        assert_same(one, other)
        assert one.status in ("returned", "raised", "signature")


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("source", [ODD["overflows"], ODD["underflows"], ODD["warns"], ODD["deep recursion"]])
def test_settings_of_another_cell_change_nothing(boxed, setting, source):
    alike = call(defined(IMPORT, source)["f"], INPUTS)
    assert_same(boxed(IMPORT, setting, source).run("f", INPUTS), alike)
    assert_same(call(defined(IMPORT, setting, source)["f"], INPUTS), alike)
    assert alike.status == "returned"


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_a_right_answer_passes_whatever_another_cell_has_set(boxed, setting):
    exercise = load("sigmoid")
    sandbox = boxed(IMPORT, setting, SIGMOID)
    graded = judge_all(exercise, partial(sandbox.run_all, "sigmoid"), VISIBLE)
    checked = judge(exercise, partial(call, defined(IMPORT, setting, SIGMOID)["sigmoid"]), VISIBLE)
    assert str(checked) == str(graded)
    assert graded.score == exercise.points


def test_only_ctrl_c_is_the_users_own(boxed):
    """In a notebook nothing tells it from an exception of the function; in a box there is no user."""
    source = "def f(x, n): raise KeyboardInterrupt"
    assert boxed(source).run("f", INPUTS).error == "KeyboardInterrupt"
    with pytest.raises(KeyboardInterrupt):
        call(defined(source)["f"], INPUTS)
