"""A solution that stands on the reference is found, whichever way it gets there; an honest one never is."""

import functools
import types

import numpy as np
import pytest
from numba import njit

import course_lib
import course_lib.functions.activations
from autograder.check import check
from autograder.reference_use import reference_used_by
from course_lib.functions import activations
from course_lib.functions.activations import SELU_ALPHA, sigmoid, tanh

in_disguise = sigmoid
kernel = activations._tanh


def directly(z):
    return sigmoid(z)


def renamed(z):
    return in_disguise(z)


def through_the_module(z):
    return activations.sigmoid(z)


def through_the_package(z):
    return course_lib.functions.activations.sigmoid(z)


def helper_of_helper(z):
    return sigmoid(z)


def helper(z):
    return helper_of_helper(z)


def through_helpers(z):
    return helper(z)


def through_an_import_inside(z):
    from course_lib.functions.activations import sigmoid as s

    return s(z)


def through_a_module_import_inside(z):
    import course_lib.functions.activations as a

    return a.sigmoid(z)


def through_a_nested_function(z):
    def inner(v):
        return sigmoid(v)

    return inner(z)


def through_a_comprehension(z):
    return np.array([sigmoid(row) for row in z])


def through_a_default(z, f=sigmoid):
    return f(z)


def through_a_keyword_default(z, *, f=sigmoid):
    return f(z)


def through_a_kernel(z):
    out = np.empty(z.size)
    kernel(z.ravel(), out)
    return out


def closed_over(value):
    def function(z):
        return value.sigmoid(z) if isinstance(value, types.ModuleType) else value(z)

    return function


def keeps(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)

    return wrapper


class Layer:
    def forward(self, z):
        return sigmoid(z)

    def __call__(self, z):
        return self.forward(z) if z is None else sigmoid(z)


by_partial = functools.partial(sigmoid)


def through_a_partial(z):
    return by_partial(z)


USES_IT = {
    "the reference itself": sigmoid,
    "directly": directly,
    "renamed": renamed,
    "through the module": through_the_module,
    "through the package": through_the_package,
    "through helpers": through_helpers,
    "through an import inside": through_an_import_inside,
    "through a module import inside": through_a_module_import_inside,
    "through a nested function": through_a_nested_function,
    "through a comprehension": through_a_comprehension,
    "through a default": through_a_default,
    "through a keyword default": through_a_keyword_default,
    "through a kernel": through_a_kernel,
    "through a closure": closed_over(sigmoid),
    "through a module in a closure": closed_over(activations),
    "through a kernel in a closure": closed_over(kernel),
    "through a decorated function": keeps(directly),
    "through a cache": functools.lru_cache(directly),
    "as a partial": functools.partial(sigmoid),
    "as a partial of a helper": functools.partial(through_helpers),
    "as an argument of a partial": functools.partial(map, sigmoid),
    "through a partial": through_a_partial,
    "as a method": Layer().forward,
    "as an object": Layer(),
    "compiled": njit(directly),
    "as a kernel": kernel,
    "as a lambda": lambda z: sigmoid(z),
}


@pytest.mark.parametrize("way", USES_IT)
def test_use_of_the_reference_is_found(way):
    assert reference_used_by(USES_IT[way])


@pytest.mark.parametrize("way", USES_IT)
def test_it_earns_nothing_and_is_named(way):
    report = check("sigmoid", USES_IT[way])
    assert (report.verdict, report.score) == ("error", 0)
    assert "of the course's library" in report.headline


def honest_namesake(z):
    """Calls np.tanh, although the notebook has imported the library's tanh under the same name."""
    return np.tanh(z) / 2


def honest_local(z):
    sigmoid = 1 / (1 + np.exp(-z))
    return sigmoid


def honest_constant(z):
    return SELU_ALPHA * z


def honest_constant_of_the_module(z):
    return activations.SELU_ALPHA * z


def honest_recursion(z):
    return z if z.ndim == 1 else np.array([honest_recursion(row) for row in z])


def honest_with_numpy_functions(z):
    return np.where(np.sum(z) > 0, np.linalg.norm(z), np.mean(z))


def empty_cell():
    def function(z):
        return later(z)  # noqa: F821 - deleted on purpose

    later = 1
    del later
    return function


HONEST = {
    "namesake": honest_namesake,
    "local": honest_local,
    "constant": honest_constant,
    "constant of the module": honest_constant_of_the_module,
    "recursion": honest_recursion,
    "numpy functions": honest_with_numpy_functions,
    "compiled": njit(honest_local),
    "empty cell": empty_cell(),
    "builtin": abs,
    "ufunc": np.tanh,
    "class": dict,
    "nothing": None,
}


@pytest.mark.parametrize("way", HONEST)
def test_an_honest_function_is_not_accused(way):
    assert reference_used_by(HONEST[way]) == ""


def test_the_namesake_is_in_scope_here():
    """Without it, the honest namesake would prove nothing."""
    assert tanh.__module__.startswith("course_lib")
