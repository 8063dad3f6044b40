"""What optimisers demand of theta, grad, state and hyper-parameters: their kernels check nothing."""

import re
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.layers.network import Part
from course_lib.optimizers.adam import Adam, AdaMax, AdamW, Nadam
from course_lib.optimizers.first_order import SGD, AdaGrad, Momentum, Nesterov, RMSProp

MAKERS = {
    "sgd": lambda: SGD(0.07),
    "momentum": lambda: Momentum(0.03),
    "ema": lambda: Momentum(0.03, convention="ema"),
    "nesterov": lambda: Nesterov(0.03),
    "adagrad": AdaGrad,
    "rmsprop": RMSProp,
    "adam": Adam,
    "adamw": AdamW,
    "adamax": AdaMax,
    "nadam": Nadam,
}
every_optimizer = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
WITH_STATE = [name for name in MAKERS if name != "sgd"]
every_optimizer_with_state = pytest.mark.parametrize("make", [MAKERS[name] for name in WITH_STATE], ids=WITH_STATE)


def all_at_once(optimizer, theta, grad):
    optimizer.step(theta, grad)


def in_parts(optimizer, theta, grad):
    optimizer.step_parts(theta, grad, [Part(slice(0, 1), 1.0), Part(slice(1, 2), 0.5)])


both_ways = pytest.mark.parametrize("step", [all_at_once, in_parts])


def read_only(x):
    x.flags.writeable = False
    return x


@every_optimizer
@both_ways
@pytest.mark.parametrize(
    ("theta", "error", "message"),
    [
        (np.ones((4, 3)), ValueError, "theta must be a vector (P,), got (4, 3): pass theta.reshape(-1), a view of it"),
        (np.ones((1, 4)), ValueError, "theta must be a vector (P,), got (1, 4): pass theta.reshape(-1), a view of it"),
        (np.array(1.0), ValueError, "theta must be a vector (P,), got (): pass theta.reshape(-1), a view of it"),
        (np.ones((4, 3)).T, ValueError, "theta is not contiguous: update a copy, theta.copy()"),
        (np.ones(8)[::2], ValueError, "theta is not contiguous: update a copy, theta.copy()"),
        (np.ones(4)[::-1], ValueError, "theta is not contiguous: update a copy, theta.copy()"),
        (read_only(np.ones(4)), ValueError, "theta is read-only: update a copy, theta.copy()"),
        (np.ones(4, int), TypeError, "must be float32 or float64, got int64: update a copy, theta.astype(float)"),
        (np.ones(4, bool), TypeError, "must be float32 or float64, got bool: update a copy, theta.astype(float)"),
        (np.ones(4, np.float16), TypeError, "must be float32 or float64, got float16"),
        (np.ones(4, complex), TypeError, "must be float32 or float64, got complex128"),
        (np.ones(4, ">f8"), TypeError, "must be float32 or float64, got >f8"),
        (
            [1.0, 2.0],
            TypeError,
            "theta must be an array, because it is updated in place, got list: keep np.array(theta, float)",
        ),
        (1.0, TypeError, "theta must be an array, because it is updated in place, got float"),
    ],
)
def test_what_cannot_be_updated_in_place_is_refused(make, step, theta, error, message):
    before = np.array(theta)
    with pytest.raises(error, match=re.escape(message)):
        step(make(), theta, np.ones(np.shape(theta)))
    np.testing.assert_array_equal(theta, before)


@every_optimizer
@both_ways
@given(shape=st.lists(st.integers(0, 5), max_size=3).map(tuple).filter(lambda shape: shape != (4,)))
def test_a_gradient_of_another_shape_is_refused(make, step, shape):
    theta = np.ones(4)
    with pytest.raises(ValueError, match=re.escape(f"grad must have the shape (4,), got {shape}")):
        step(make(), theta, np.ones(shape))
    np.testing.assert_array_equal(theta, 1)


@every_optimizer
@pytest.mark.parametrize("grad", [np.ones(4, np.float16), np.ones(4, complex), [1, 2, None, 4], "abcd"])
def test_a_gradient_without_real_numbers_is_refused(make, grad):
    with pytest.raises(TypeError, match=r"^grad "):
        make().step(np.ones(4), grad)


@every_optimizer
@both_ways
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(seed=st.integers(0, 2**32 - 1))
def test_gradients_of_any_layout_and_kind_count_as_their_values(make, step, dtype, seed):
    grad = np.random.default_rng(seed).integers(-9, 9, size=6)
    plain, start = grad.astype(dtype), np.arange(1, 7, dtype=dtype)
    expected = start.copy()
    step(make(), expected, plain)
    others = [grad, list(grad), grad.astype(np.float32), grad.astype(float), np.repeat(plain, 2)[::2]]
    for other in (*others, plain[::-1].copy()[::-1], read_only(plain.copy())):
        theta, before = start.copy(), np.array(other)
        step(make(), theta, other)
        np.testing.assert_array_equal(theta, expected)
        np.testing.assert_array_equal(other, before)


@every_optimizer
def test_no_parameters_are_nothing_to_update(make):
    make().step(np.empty(0), np.empty(0))


@every_optimizer_with_state
@pytest.mark.parametrize(
    ("theta", "found"), [(np.ones(6), "float64 (5,), theta float64 (6,)"), (np.ones(5, "f"), "theta float32 (5,)")]
)
def test_a_state_of_another_shape_or_dtype_is_refused(make, theta, found):
    first = make()
    first.step(np.ones(5), np.ones(5))
    for optimizer in (first, make()):
        optimizer.state = first.state
        with pytest.raises(ValueError, match=f"^state .*{re.escape(found)}: make a new optimiser$"):
            optimizer.step(theta, np.ones(len(theta)))


@every_optimizer_with_state
def test_the_states_of_parts_and_of_the_whole_are_not_mixed(make):
    parts, whole = make(), make()
    in_parts(parts, np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match="has trained parts of theta: make a new one"):
        parts.step(np.ones(2), np.ones(2))
    whole.step(np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match="has trained all layers as one: make a new one"):
        in_parts(whole, np.ones(2), np.ones(2))
    parts.state["0"], parts.state["1"] = whole.state, whole.state
    with pytest.raises(ValueError, match=r"^state .* is float64 \(2,\), theta float64 \(1,\): make a new optimiser$"):
        in_parts(parts, np.ones(2), np.ones(2))


@every_optimizer_with_state
def test_an_assigned_state_may_be_read_only_or_strided(make):
    first = make()
    first.step(np.ones(3), np.ones(3))
    paths = []
    for change in (np.copy, lambda x: read_only(x.copy()), lambda x: np.repeat(x, 2)[::2] if x.ndim else x):
        optimizer, theta = make(), np.ones(3)
        optimizer.state = {name: change(value) for name, value in first.state.items()}
        for _ in range(2):
            optimizer.step(theta, np.full(3, 0.5))
        paths.append(theta)
    np.testing.assert_array_equal(paths, [paths[0]] * 3)


@every_optimizer
def test_parts_of_another_network_are_refused(make):
    optimizer = make()
    with pytest.raises(ValueError, match="a part ends at 2, and theta at 1"):
        in_parts(optimizer, np.ones(1), np.ones(1))
    assert optimizer.lr == make().lr


RANGES = {
    "lr": ([0, 1, 1e300, np.float32(0.5)], [-1e-9, -1, nan, inf, -inf]),
    "eps": ([1e-30, 1, np.array(0.5)], [0, -1e-8, 1e-39, nan, inf]),
    "momentum": ([0, 0.99], [-0.1, 1, nan, inf]),
    "rho": ([0, 0.99], [-0.1, 1, nan, inf]),
    "beta1": ([0, 0.99], [-0.1, 1, nan, inf]),
    "beta2": ([0, 0.99], [-0.1, 1, nan, inf]),
    "weight_decay": ([0, 2], [-0.1, nan, inf]),
    "psi": ([0, 1], [-0.1, nan, inf]),
}
SETTINGS = [
    (kind, name)
    for kind in (SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW, AdaMax, Nadam)
    for name in RANGES
    if name in kind.__dataclass_fields__
]


@pytest.mark.parametrize(("kind", "name"), SETTINGS)
def test_hyper_parameters_out_of_range_are_refused(kind, name):
    inside, outside = RANGES[name]
    for value in inside:
        optimizer = kind(**{"lr": 0.1, name: value})
        assert getattr(optimizer, name) == value and type(getattr(optimizer, name)) is float
        optimizer.step(np.ones(3), np.ones(3))
    for value in outside:
        with pytest.raises(ValueError, match=f"^{name} must .*, got {value}$"):
            kind(**{"lr": 0.1, name: value})
    for value in ("0.1", [0.1, 0.2], np.ones(3), SGD) + ((None,) if name != "psi" else ()):
        with pytest.raises(TypeError, match=f"^{name} must be a number, got "):
            kind(**{"lr": 0.1, name: value})


@every_optimizer
def test_a_schedule_cannot_set_what_is_out_of_range_either(make):
    optimizer = make()
    optimizer.lr = 0
    assert optimizer.lr == 0.0
    for value in (-0.1, nan):
        with pytest.raises(ValueError, match=f"^lr must be at least 0 and finite, got {value}$"):
            optimizer.lr = value
    assert optimizer.lr == 0.0


def test_an_unknown_convention_is_refused():
    with pytest.raises(ValueError, match=r"^convention must be one of 'classic', 'ema', got 'keras'$"):
        Momentum(0.1, convention="keras")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Adam("0.1"), r"lr must be a number, got '0.1' \(str\)"),
        (lambda: Adam(lr=None), r"lr must be a number, got None \(NoneType\)"),
        (lambda: SGD(np.ones(3)), r"lr must be a number, got array\(\[1., 1., 1.\]\) \(ndarray\)"),
        (lambda: Adam((0.9, 0.999)), r"lr must be a number, got \(0.9, 0.999\) \(tuple\)"),
        (lambda: SGD(), "missing 1 required positional argument: 'lr'"),
    ],
)
def test_mistakes_in_the_first_argument_are_named(make, message):
    with pytest.raises(TypeError, match=message):
        make()


def test_the_repr_can_be_typed():
    for optimizer in (Adam(1e-3), Momentum(0.1, convention="ema"), Nadam(psi=None)):
        assert eval(repr(optimizer)) == optimizer
    assert repr(Adam(1)) == "Adam(lr=1.0, beta1=0.9, beta2=0.999, eps=1e-08)"
