"""What tests of widgets ask of an explorer."""

from dataclasses import fields, is_dataclass

import numpy as np


def same(a, b):
    if is_dataclass(a):
        return type(a) is type(b) and all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return np.array_equal(a, b)


def evaluate(line):
    """What a pasted line of Python displays."""
    statement, _, expression = line.partition("; ")
    names = {}
    exec(statement, names)
    return eval(expression, names)


def count_runs(monkeypatch, explorer):
    """A list that grows with every run of the explorer's experiment."""
    runs, run = [], explorer._run
    monkeypatch.setattr(explorer, "_run", lambda **settings: (runs.append(settings), run(**settings))[1])
    return runs
