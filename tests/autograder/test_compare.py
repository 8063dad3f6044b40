"""Values that agree pass, and of those that do not the first failing property is said in plain words."""

import warnings

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.call import Outcome, call
from autograder.compare import Tolerance, compare, mutates, same_outcome, shares

TOLERANCE = Tolerance(rtol=1e-6, atol=1e-12)
GRID = np.array([[1.0, -2.0, 4.0], [3.0, 0.5, -6.0]])


def difference(expected, got, returns=(), **outcome):
    return compare(Outcome("returned", expected), Outcome("returned", got, **outcome), TOLERANCE, returns)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (GRID, GRID.copy()),
        (GRID, np.asfortranarray(GRID)),
        (1.5, np.float64(1.5)),
        (1.5, np.array(1.5)),
        (2.0, 2),
        (np.nan, float("nan")),
        (np.array([np.inf, np.nan]), np.array([np.inf, np.nan])),
        ((GRID, 1.0), [GRID, 1.0]),
        ({"w": GRID, "b": [1, 2]}, {"b": (1, 2), "w": GRID}),
        ("low", "low"),
        (None, None),
        (True, np.bool_(True)),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.array([0.0]), np.array([-0.0])),
    ],
)
def test_what_agrees_passes(expected, got):
    assert difference(expected, got) is None


@pytest.mark.parametrize(
    ("expected", "got", "named", "said"),
    [
        (GRID, None, "type", "is a return missing?"),
        (GRID, GRID.tolist(), "type", "an array of shape (2, 3), got a list of 2"),
        (GRID, "text", "type", "type str"),
        (GRID, object(), "type", "type object"),
        (GRID, GRID.view(np.recarray), "type", "type recarray"),
        (GRID, np.ma.masked_array(GRID), "type", "type MaskedArray"),
        (GRID, GRID.astype(object), "type", "should hold numbers, got dtype object"),
        (GRID, GRID.astype(complex), "type", "should hold numbers, got dtype complex128"),
        (GRID, GRID.astype(str), "type", "should hold numbers"),
        (1.5, 10**40, "type", "should hold numbers"),
        (GRID, GRID.T, "shape", "of shape (2, 3), got shape (3, 2)"),
        (GRID, GRID[0], "shape", "got shape (3,)"),
        (1.5, np.array([1.5]), "shape", "should be a single number, got shape (1,)"),
        (GRID, GRID.astype(np.float32), "dtype", "dtype float64, got float32"),
        (GRID, GRID > 0, "dtype", "dtype float64, got bool"),
        (GRID, GRID * np.nan, "finite", "(not finite)"),
        (GRID, np.where(GRID > 3, np.inf, GRID), "finite", "5 of 6 entries agree; first difference at [0, 2]"),
        (GRID, -GRID, "sign", "every entry has the wrong sign"),
        (GRID, GRID / 2, "scale", "every entry is 0.5 times"),
        (GRID, GRID[:, ::-1], "axis", "an axis is reversed"),
        (GRID, GRID + np.eye(2, 3), "values", "4 of 6 entries agree; first difference at [0, 0]: expected 1, got 2"),
        (1.5, 1.75, "values", "it differs: expected 1.5, got 1.75"),
        (1.5, True, "values", "expected 1.5, got True"),
        (True, np.bool_(False), "values", "expected True, got False"),
        (np.array([True, False]), np.array([True, True]), "values", "expected False, got True"),
        (np.array([1, 2, 5]), np.array([1, 2, 3]), "values", "expected 5, got 3"),
        ("low", "high", "values", "should be 'low', got 'high'"),
        ((GRID, GRID), GRID, "type", "should be 2 values, got an array"),
        ((GRID, GRID), (GRID,), "shape", "should be 2 values, got 1"),
        ((GRID, 1.0), (GRID, 2.0), "values", "value 2 of 2"),
        ({"w": GRID}, [GRID], "type", "should be a dict"),
        ({"w": GRID}, {"v": GRID}, "type", "the keys ['w'], got ['v']"),
        ({"w": [1.0, 2.0]}, {"w": [1.0, 3.0]}, "values", "['w'][1]"),
    ],
)
def test_the_first_failing_property_is_named(expected, got, named, said):
    found = difference(expected, got)
    assert found.property == named
    assert said in found.sentence


GRADIENTS = {"dx": GRID, "dw": GRID.T + 1, "db": np.array([1.0, 2.0])}


def answered(*parts):
    return difference(tuple(GRADIENTS.values()), parts, tuple(GRADIENTS))


@pytest.mark.parametrize(
    ("parts", "named", "said"),
    [
        ("dw dx db", "order", "the values are right, but in another order: return dx, dw, db"),
        ("dx db dw", "order", "in another order"),
        ("dw dw db", "shape", "`dx` should be of shape (2, 3), got shape (3, 2) (it is what `dw` should be)"),
        ("dx dw dw", "shape", "`db` should be of shape (2,), got shape (3, 2) (it is what `dw` should be)"),
        ("dx dw", "shape", "the result should be 3 values (dx, dw, db), got 2"),
    ],
)
def test_results_in_each_others_places_are_told_by_their_names(parts, named, said):
    found = answered(*(GRADIENTS[name] for name in parts.split()))
    assert found.property == named
    assert said in found.sentence


def test_a_value_of_several_is_called_by_its_name():
    dx, dw, db = GRADIENTS.values()
    assert answered(dx, dw + np.eye(3, 2), db).sentence.startswith("`dw`: 4 of 6 entries agree; first difference at")
    assert answered(dx, -dw, db).sentence.startswith("`dw`: ")
    assert answered(dx, None, db).sentence == "`dw` should be an array of shape (3, 2), got None"
    nested = difference(([GRID, GRID], 1.0), ([GRID, GRID + 1], 1.0), ("clipped", "norm"))
    assert nested.sentence.startswith("`clipped[1]`: 0 of 6")
    nested = difference(({"w": GRID}, 1.0), ({"w": GRID + 1}, 1.0), ("params", "loss"))
    assert nested.sentence.startswith("`params['w']`: 0 of 6")


def test_order_is_not_blamed_when_a_value_comes_twice_or_zeros_may_be_anything():
    dx, dw, _ = GRADIENTS.values()
    assert difference((dx, dx, dw), (dx, dw, dw), ("a", "b", "c")).property == "shape"
    zeros = np.zeros((2, 3))
    assert "it is what" not in difference((dx, zeros), (zeros, dx + 1), ("a", "b")).sentence


def test_arrays_of_a_list_in_another_order():
    assert difference([GRID, GRID.T], [GRID.T, GRID]).sentence == "the values are right, but in another order"


async def returns_when_awaited(x):
    return x


def yields(x):
    yield x


STRANGE = [
    (yields, "a generator: it uses yield, or round brackets around a for; return the values themselves"),
    (lambda x: (v for v in x), "a generator: it uses yield"),
    (returns_when_awaited, "a coroutine: the function is defined with async def; remove async"),
    (lambda x: lambda: x, "a function: call it"),
    (lambda x: x.sum, "a function: call it"),
    (lambda x: np.tanh, "a function: call it"),
    (lambda x: numba.njit(yields), "a function: call it"),
    (lambda x: np.ndarray, "a class: return a value"),
    (lambda x: map(abs, x), "values that are still to be computed: make a list of them"),
    (lambda x: {1.0, 2.0}, "a set, which has no order"),
    (lambda x: ..., "`...`: the placeholder is still there"),
    (lambda x: list(x), "a list of 2: wrap it in np.array"),
    (lambda x: [*x, x], "a list of 3"),
    (lambda x: (x,), "a tuple of 1: is there a comma behind the value?"),
    (lambda x: (x, x), "a tuple of 2"),
    (lambda x: None, "None (is a return missing?)"),
]


@pytest.mark.parametrize(("function", "said"), STRANGE)
@pytest.mark.filterwarnings("ignore:coroutine")
def test_a_strange_answer_is_told_what_it_is_and_what_to_do(function, said):
    x = np.array([1.5, 2.5])
    sentence = compare(Outcome("returned", x), call(function, {"x": x}), TOLERANCE).sentence
    assert f"should be an array of shape (2,), got {said}" in sentence


def test_a_list_that_makes_no_such_array_is_not_told_to_be_wrapped():
    for got in ([1.0], [[1.0], [2.0, 3.0]], ["a", "b"]):
        assert "np.array" not in difference(np.array([1.0, 2.0]), got).sentence
    assert "np.array" not in difference(1.5, [1.5]).sentence
    assert difference(np.ones(2), [np.ones(2)] * 2).sentence.endswith("got a list of 2")
    assert difference(np.ones(2), (np.ones(2), 3)).sentence.endswith("got a tuple of 2")


def test_a_square_that_is_transposed():
    square = np.arange(9.0).reshape(3, 3) ** 2
    assert difference(square, square.T).property == "transpose"


def test_numbers_that_look_alike_are_shown_with_more_digits():
    assert "expected 1.051, got 1.05" in difference(1.0507009, 1.05).sentence
    assert "expected 1.050701, got 1.05071" in difference(1.050701, 1.05071).sentence


@given(
    value=st.floats(-1e6, 1e6).filter(lambda v: abs(v) > 1e-3),
    relative=st.floats(1e-5, 1e3),
)
def test_the_two_numbers_in_the_sentence_always_differ(value, relative):
    sentence = difference(value, value * (1 + relative)).sentence
    shown = sentence.partition("expected ")[2].split(", got ")
    assert shown[0] != shown[1]


@given(scale=st.floats(1e-6, 1e6), error=st.floats(-1, 1), rows=st.integers(1, 5))
def test_rounding_passes_and_real_errors_do_not(scale, error, rows):
    """Half the tolerance is accepted at every scale, and a hundred times the tolerance at none."""
    expected = scale * np.linspace(1, 2, 3 * rows).reshape(rows, 3)
    assert difference(expected, expected * (1 + error * TOLERANCE.rtol / 2)) is None
    wrong = expected.copy()
    wrong[-1, 0] *= 1 + 100 * TOLERANCE.rtol
    assert difference(expected, wrong) is not None


def test_mutation_is_reported_when_the_values_are_right():
    found = mutates(Outcome("returned", GRID), Outcome("returned", GRID, mutated=("dout", "z")))
    assert found.property == "mutated"
    assert "the input dout, z was changed in place" in found.sentence
    assert difference(GRID, 2 * GRID, mutated=("z",)).property == "scale"


def test_mutation_that_the_reference_makes_too_is_fine():
    assert mutates(Outcome("returned", 1, mutated=("x",)), Outcome("returned", 1, mutated=("x",))) is None


def test_a_result_that_is_an_argument_is_reported():
    found = shares(Outcome("returned", GRID), Outcome("returned", GRID, shared=("z",)))
    assert found.property == "shared" and "shares memory with z" in found.sentence
    assert shares(Outcome("returned", GRID), Outcome("returned", GRID)) is None


def test_a_result_that_is_an_argument_of_the_references_too_is_fine():
    kept = Outcome("returned", GRID, shared=("state",))
    assert shares(kept, kept) is None
    assert "memory with z:" in shares(kept, Outcome("returned", GRID, shared=("state", "z"))).sentence


class Hostile:
    def __repr__(self):
        raise RuntimeError("no text for you")

    def __eq__(self, other):
        raise RuntimeError("no comparison for you")

    __hash__ = None


@pytest.mark.parametrize("expected", [GRID, 1.0, "low", None, True, (GRID, 1.0), {"w": GRID}])
@pytest.mark.parametrize("got", [Hostile(), [Hostile()] * 2, {"w": Hostile()}, (i for i in range(2)), len, type])
def test_hostile_values_are_refused_without_an_error(expected, got):
    assert difference(expected, got) is not None


@pytest.mark.parametrize("got", [GRID * np.inf, GRID * 1e307, np.zeros((2, 3)), GRID * np.nan])
def test_comparing_never_warns(got):
    """A warning on stderr would cost all the marks of the cell in stock nbgrader."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for expected in (GRID, np.where(GRID > 0, np.inf, GRID), np.eye(2, 3)):
            assert difference(expected, got) is not None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Outcome("returned", GRID), Outcome("returned", GRID * (1 + 1e-9)), True),
        (Outcome("returned", GRID), Outcome("returned", GRID * (1 + 1e-4)), False),
        (Outcome("returned", GRID), Outcome("returned", GRID, mutated=("x",)), False),
        (Outcome("returned", GRID, printed="hello"), Outcome("returned", GRID), True),
        (Outcome("raised", error="E", message="m", where="line 1: a"), Outcome("raised", error="E", message="m"), True),
        (Outcome("raised", error="E", message="m"), Outcome("raised", error="E", message="n"), False),
        (Outcome("raised", error="E"), Outcome("returned", GRID), False),
        (Outcome("timeout"), Outcome("timeout"), True),
    ],
)
def test_the_fingerprint_is_what_a_caller_can_see(one, other, same):
    assert same_outcome(one, other, TOLERANCE) is same
    assert same_outcome(other, one, TOLERANCE) is same
