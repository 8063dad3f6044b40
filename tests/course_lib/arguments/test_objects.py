"""Objects: functions, generators, dicts, words."""

import numpy as np
import pytest

from course_lib._arguments import objects


def test_a_dict_has_its_keys():
    params = {"w": 1, "b": 2, "c": 3}
    assert objects.with_keys(params, ("w", "b")) is params
    with pytest.raises(ValueError, match=r"^params lacks 'v', 'u': its keys are w, v, u$"):
        objects.with_keys(params, ("w", "v", "u"))
    with pytest.raises(TypeError, match=r"^params must be a dict with the keys w, b, got \['w'\] \(list\)$"):
        objects.with_keys(["w"], ("w", "b"))


@pytest.mark.parametrize(
    ("rng", "message"),
    [
        (3, r"got 3 \(int\): type rng=np.random.default_rng\(3\)"),
        (None, r"got None \(NoneType\): type rng=np.random.default_rng\(\)"),
        (np.random, r"got <module .*: type rng=np.random.default_rng\(\)"),
        (np.random.Generator, r"got the class Generator: type rng=np.random.default_rng\(\)"),
    ],
)
def test_only_a_generator_is_a_source_of_random_numbers(rng, message):
    with pytest.raises(TypeError, match=f"^rng must be a numpy.random.Generator, {message}$"):
        objects.generator(rng)


def test_one_of_a_few_words_is_demanded():
    assert objects.choice("pre", ("pre", "post"), name="norm") == "pre"
    with pytest.raises(ValueError, match=r"^norm must be one of 'pre', 'post', got 'mid'$"):
        objects.choice("mid", ("pre", "post"), name="norm")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: objects.function(3, name="f", form="x -> y"),
            TypeError,
            r"f must be a function x -> y, got 3 \(int\)",
        ),
        (lambda: objects.function(set, name="f", form="x -> y"), TypeError, r".* the class set: type set\(...\)"),
        (lambda: objects.instance(3, set, name="s"), TypeError, r"s must be a set, got 3 \(int\)"),
        (
            lambda: objects.instance(np.eye(2), set, name="s"),
            TypeError,
            r".* got array\(\[\[1., 0.\], \[0., 1.\]\]\) \(.*",
        ),
        (lambda: objects.instance(set, OSError, name="e"), TypeError, "e must be an OSError, got the class set"),
    ],
)
def test_what_is_wrong_is_said(call, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        call()


def test_what_is_right_passes():
    assert objects.function(len, name="f", form="x -> y") is len
    assert objects.instance({1}, set, name="s") == {1}


def test_an_object_has_the_methods_that_are_asked_for():
    rng = np.random.default_rng(0)
    assert objects.with_methods(rng, "normal", "uniform", name="rng") is rng
    for value, message in (
        (np.random.Generator, r"got the class Generator: type Generator\(...\)"),
        (3, r"got 3 \(int\)"),
    ):
        with pytest.raises(TypeError, match=f"^rng must be an object with normal, uniform, {message}$"):
            objects.with_methods(value, "normal", "uniform", name="rng")


@pytest.mark.parametrize(
    ("cache", "found"),
    [(None, "the type NoneType"), (np.ones(2), "the type ndarray"), ((), "0 entries"), ([1], "1 entries")],
)
def test_the_cache_of_another_function_is_refused(cache, found):
    assert objects.cache_of((1, 2), "f_forward", 2) == (1, 2)
    with pytest.raises(TypeError, match=f"^cache must be the tuple of 2 that f_forward returned .*, got {found}$"):
        objects.cache_of(cache, "f_forward", 2)
