"""A learner's own functions, for the experiments of a lesson; the library stands in for what is not right yet."""

import sys

from autograder.catalogue import UnknownExercise, load
from autograder.check import VISIBLE, passes


class Own:
    """The functions of a notebook by name, such as ``own.sigmoid``, each as it is at the moment.

    For experiments only: an answer calls the functions themselves, and one that asks here earns nothing.
    """

    def __init__(self, notebook: dict):
        self._notebook = notebook
        self._right = {}  # name -> the function that has passed
        self._standing_in = {}  # name -> the function that has not, the cell that asked, and the reference

    def __getattr__(self, name):
        if name.startswith("_"):  # what IPython asks of every object
            raise AttributeError(name)
        function = self._notebook.get(name)
        if function is not None and self._right.get(name) is function:  # a loop of training asks at every step
            return function
        refused, cell, reference = self._standing_in.get(name, (None, None, None))
        # a function may be right as soon as another, which it calls, is: so every cell asks anew
        if reference and refused is function and cell == _cell():
            return reference
        return self._checked(name, function)

    def _checked(self, name: str, function):
        try:
            reference = load(name).reference
        except UnknownExercise as error:
            raise AttributeError(str(error)) from None
        if passes(name, function, VISIBLE):
            self._right[name] = function
            return function
        self._standing_in[name] = function, _cell(), reference
        print(f"The library's {name} stands in until yours passes.")
        return reference


def yours() -> Own:
    """Your functions, as they are whenever an experiment asks for one; a line says when the library stands in."""
    return Own(sys._getframe(1).f_globals)


def _cell() -> int | None:
    """The number of the cell that runs, or None where there are no cells."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    shell = get_ipython()
    return shell.execution_count if shell else None
