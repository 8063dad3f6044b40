"""Call a student's function once, and say what it did: for the notebook's check and for the box, which so agree.

Settings that a student has changed elsewhere, such as ``np.seterr(all="raise")`` in a cell of experiments, decide
nothing here: an answer that is right under Python's and NumPy's own settings is right.
"""

import builtins
import contextlib
import inspect
import io
import linecache
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

TEXT_LIMIT = 2000
WARNINGS_LIMIT = 20
RECURSION_LIMIT = 3000  # at least: what Jupyter's completion (jedi) sets in a notebook, and nothing in a box
UNDEFINED = "nothing in the notebook defines it"

Through = tuple[type[BaseException], ...]


class Printed(io.TextIOBase):
    """Keeps the first characters that are printed: a loop that prints for seconds must not fill the memory."""

    def __init__(self):
        self.text = ""

    def write(self, text):
        if len(self.text) < TEXT_LIMIT:
            self.text += text_of(text)[: TEXT_LIMIT - len(self.text)]
        return len(text)

    def writable(self):
        return True


@dataclass(frozen=True)
class Observed:
    """What a call has printed, to either stream, and the distinct warnings it has given, as far as they are kept."""

    stream: Printed = field(default_factory=Printed)
    warnings: list[str] = field(default_factory=list)

    @property
    def printed(self) -> str:
        return self.stream.text

    def warn(self, message, *_, **__):
        """Replaces ``warnings.showwarning``."""
        if len(self.warnings) < WARNINGS_LIMIT and (text := text_of(message)) not in self.warnings:
            self.warnings.append(text)


@contextlib.contextmanager
def observed() -> Iterator[Observed]:
    """Within the block the settings are Python's and NumPy's own, and nothing that is printed gets out."""
    seen = Observed()
    with (
        contextlib.redirect_stdout(seen.stream),
        contextlib.redirect_stderr(seen.stream),
        warnings.catch_warnings(),
        np.errstate(all="warn", under="ignore"),
        _room_for_recursion(),
        _nobody_to_ask(),
    ):
        warnings.simplefilter("always")
        warnings.showwarning = seen.warn
        yield seen


@contextlib.contextmanager
def _room_for_recursion() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, RECURSION_LIMIT))
    try:
        yield
    finally:
        with contextlib.suppress(RecursionError):  # too low for the calls that have led here
            sys.setrecursionlimit(before)


@contextlib.contextmanager
def _nobody_to_ask() -> Iterator[None]:
    """Jupyter's ``input`` would wait for an answer."""

    def refuse(*_):
        raise EOFError("nobody answers input() while the function is checked")

    before, builtins.input = builtins.input, refuse
    try:
        yield
    finally:
        builtins.input = before


def attempt(
    function: Callable | None,
    arguments: dict[str, object],
    deliver: Callable,
    is_own: Callable[[str], bool],
    through: Through = (),
) -> dict:
    """Call ``function`` with the arguments by position; the fields of an Outcome, as far as the call itself shows them.

    Parameters
    ----------
    deliver : makes plain data of the value while the call is still observed, since releasing an object may run code.
    is_own : whether the student has written the code of a file.
    through : exceptions that are not the function's doing, such as the user's Ctrl-C.
    """
    if not callable(function):
        message = UNDEFINED if function is None else f"expected a function, got {type(function).__name__}"
        return {"status": "missing", "message": message}
    try:
        if problem := signature_problem(function, arguments):
            return {"status": "signature", "message": problem}
        value, shared = pass_arguments(function, arguments)
        return {"status": "returned", "value": deliver(value), "shared": shared}
    except through:
        raise
    except NotImplementedError:
        return {"status": "not_implemented"}
    except BaseException as error:
        return {"status": "raised", **describe_error(error, is_own, through)}


def pass_arguments(function: Callable, arguments: dict[str, object]) -> tuple[object, list[str]]:
    """The value of the call, and the names of the arguments with which it shares memory."""
    positional, by_name = _as_passed(arguments)
    value = function(*positional, **by_name)
    return value, [name for name, argument in arguments.items() if _share_memory(value, argument)]


def _as_passed(arguments: dict[str, object]) -> tuple[list, dict[str, object]]:
    """The arguments that are passed by position, and those by keyword, whose names end in "="."""
    by_name = {name[:-1]: value for name, value in arguments.items() if name.endswith("=")}
    return [value for name, value in arguments.items() if not name.endswith("=")], by_name


def _share_memory(value, argument) -> bool:
    """Whether an array in ``value`` shares memory with one in ``argument``; looks into lists, tuples and dicts."""
    theirs = list(_arrays_in(argument))
    return bool(theirs) and any(_overlap(one, other) for one in _arrays_in(value) for other in theirs)


def _overlap(one: np.ndarray, other: np.ndarray) -> bool:
    try:
        return np.shares_memory(one, other, max_work=1000)
    except np.exceptions.TooHardError:
        return True


def _arrays_in(value, depth: int = 0) -> Iterator[np.ndarray]:
    kind = type(value)  # exact types only: a subclass may run code when asked
    if kind is np.ndarray:
        yield value
    elif kind in (list, tuple, dict) and depth < 3:
        for part in value.values() if kind is dict else value:
            yield from _arrays_in(part, depth + 1)


def signature_problem(function: Callable, arguments: dict[str, object]) -> str:
    """Why the arguments cannot be passed (too many, too few, in another order), or an empty string."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # a builtin without one: the call itself will tell
        return ""
    names = list(signature.parameters)
    misfits = names != list(arguments) and sorted(names) == sorted(arguments)
    positional, by_name = _as_passed(arguments)
    try:
        signature.bind(*positional, **by_name)
    except TypeError:
        misfits = True
    return f"expected to be called with ({', '.join(arguments)}), but it is defined as {signature}" if misfits else ""


def describe_error(error: BaseException, is_own: Callable[[str], bool], through: Through = ()) -> dict[str, str]:
    """The type and the message of an exception, and the innermost line of the student's own code."""
    frames = ((frame.f_code.co_filename, number) for frame, number in traceback.walk_tb(error.__traceback__))
    own = [(file, number) for file, number in frames if is_own(file)]
    where = line_of(*own[-1]) if own else ""
    return {"error": text_of(type(error).__name__), "message": text_of(error, through=through), "where": where}


def line_of(file: str, number: int) -> str:
    """The number and the text of a line."""
    linecache.checkcache(file)
    return text_of(f"line {number}: {linecache.getline(file, number).strip()}")


def text_of(value, render: Callable = str, through: Through = ()) -> str:
    """``str(value)`` or ``repr(value)`` of an object of the student's: cut, encodable, and never an exception."""
    try:
        text = str.__getitem__(render(value), slice(TEXT_LIMIT))  # of a class derived from str, what str itself holds
    except through:
        raise
    except BaseException as error:
        text = f"(no text: {type(error).__name__})"
    return text.encode("utf-8", "backslashreplace").decode()
