"""What may cross the border of the sandbox: JSON values and plain NumPy arrays, never pickle.

A message is one value. Its frame is an 8-byte length and then a body: the length of a JSON header (4 bytes), the
header, and the raw bytes of the arrays one after another. JSON alone cannot tell a tuple from a list or float32 from
float64, so every container and array in the header is a tagged list, such as ``["t", ...]`` for a tuple.

Both sides use this module, and neither trusts the other: the decoder checks every length, tag and dtype.
"""

import builtins
import contextlib
import json
import math
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, default_rng

DTYPES = ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8")
ALLOWED = {np.dtype(code): code for code in DTYPES}

MAX_BYTES = 32 << 20  # of one message
MAX_HEADER = 2 << 20  # parsed JSON takes some 30 times its size in memory
MAX_ITEMS = 50_000
MAX_DEPTH = 32
MAX_INT_BITS = 4096  # Python refuses to parse much longer integers, and converts them in quadratic time
LITTLE, FEW = 1 << 16, 16  # bytes of an array and items of a container that are copied the short way

LENGTH = struct.Struct(">Q")
HEADER_LENGTH = struct.Struct(">I")


class WireError(ValueError):
    """A value that may not cross, or bytes that are no message."""


class TooLarge(WireError):
    """The value that a function has returned may not cross."""


@dataclass(frozen=True)
class Unsupported:
    """Stands for a value that did not cross; ``kind`` says what it was, such as "a value of type set"."""

    kind: str


@dataclass(frozen=True)
class Callback:
    """Stands for a function that stays with the grader; the sandbox asks for its values.

    ``names`` are those of its parameters, where the exercise documents them.
    """

    number: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seed:
    """Stands for ``np.random.default_rng(number)``, which the called function gets."""

    number: int

    def generator(self) -> Generator:
        """As new, whatever was drawn from those that it has made before."""
        return default_rng(self.number)

    @classmethod
    def drawn_by(cls, generator: Generator) -> "Seed":
        """A seed for another generator, in whose place this one has then drawn."""
        return cls(int(generator.integers(1 << 63)))

    def is_seed_of(self, generator: Generator) -> bool:
        """Whether a generator is as this seed makes it: nothing is drawn from it, and none spawned."""
        made, seeds = generator.bit_generator, generator.bit_generator.seed_seq
        return made.state == self.generator().bit_generator.state and not seeds.n_children_spawned


def left_of(sent, given):
    """What a call has left of an argument that was ``sent``, as it is sent back: of a generator the seed, or None when
    something was drawn from it."""
    if isinstance(sent, Seed):
        return sent if sent.is_seed_of(given) else None
    return None if callable(given) else given


def error_of(name: str, message: str) -> Exception:
    """The exception of a builtin type that another process has raised; ValueError for any other name."""
    kind = getattr(builtins, name, None)
    return (kind if isinstance(kind, type) and issubclass(kind, Exception) else ValueError)(message)


def in_order(names: Sequence[str], arguments: Sequence, named: Mapping) -> list:
    """The arguments of a call, those that were given by name in their places too.

    Raises
    ------
    TypeError
        As Python does, when a name is unknown, or given twice, or one before it is missing.
    """
    if unknown := named.keys() - set(names):
        raise TypeError(f"got an unexpected keyword argument {sorted(unknown)[0]!r}")
    if twice := [name for name in names[: len(arguments)] if name in named]:
        raise TypeError(f"got multiple values for argument {twice[0]!r}")
    left = names[len(arguments) :]
    if named and (missing := [name for name in left if name not in named]):
        raise TypeError(f"missing a required argument: {missing[0]!r}")
    return [*arguments, *(named[name] for name in left if name in named)]


def encode(value, max_bytes: int = MAX_BYTES) -> bytes:
    """Turn ``value`` into a frame.

    Parameters
    ----------
    value : None, bool, int, float, str, list, tuple, dict with str keys, Callback, Seed, Unsupported, NumPy arrays
        and scalars of boolean, integer or real dtype. Anything else inside it becomes ``Unsupported``.

    Raises
    ------
    WireError
        When the frame would exceed the caps on bytes or on the number of items.
    """
    encoder = _Encoder(max_bytes)
    header = json.dumps(encoder.node(value, 0), separators=(",", ":")).encode("ascii")
    if len(header) > MAX_HEADER:
        raise WireError(f"{len(header)} bytes of numbers and text outside arrays; at most {MAX_HEADER} may cross")
    length = HEADER_LENGTH.size + len(header) + sum(map(len, encoder.buffers))
    if length > max_bytes:
        raise WireError(f"{length} bytes; at most {max_bytes} may cross")
    return b"".join([LENGTH.pack(length), HEADER_LENGTH.pack(len(header)), header, *encoder.buffers])


def decode(body: bytes):
    """The value of a frame's body.

    Raises
    ------
    WireError
        When the bytes are not what ``encode`` writes.
    """
    try:
        (header_length,) = HEADER_LENGTH.unpack_from(body)
        start = HEADER_LENGTH.size + header_length
        if header_length > MAX_HEADER or start > len(body):
            raise WireError(f"a header of {header_length} bytes in a body of {len(body)}")
        header = json.loads(body[HEADER_LENGTH.size : start].decode("ascii"))
        return _Decoder(memoryview(body)[start:]).value(header, 0)
    except WireError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, struct.error, RecursionError, OverflowError) as error:
        raise WireError(f"not a message: {type(error).__name__}: {error}") from None


def plain(value):
    """What arrives when ``value`` is sent: a copy of plain data, with ``Unsupported`` for all else.

    Raises
    ------
    TooLarge
        When it may not be sent.
    """
    with contextlib.suppress(_Other):
        return _copy_of_little(value, 0)
    try:
        frame = encode([value])  # in something, as every message is
    except WireError as error:
        raise TooLarge(f"the result has {error}") from None
    return decode(frame[LENGTH.size :])[0]


class _Other(Exception):
    """A value for which the short way is not made."""


def _copy_of_little(value, depth: int):
    """The same, without encoding, for what most functions take and return: a few arrays and numbers."""
    kind = type(value)
    if kind is np.ndarray and value.dtype in ALLOWED and value.nbytes <= LITTLE and value.ndim <= 32:
        return with_layout(value.copy(order="C"), layout_of(value))  # which owns its data, as one that has been sent
    if value is None or kind in (bool, float, Seed) or (kind is int and value.bit_length() <= 64):
        return value
    if depth < 3 and kind in (list, tuple) and len(value) <= FEW:
        return kind(_copy_of_little(item, depth + 1) for item in value)
    if depth < 3 and kind is dict and len(value) <= FEW and all(type(key) is str for key in value):
        return {key: _copy_of_little(item, depth + 1) for key, item in value.items()}
    raise _Other


def layout_of(array: np.ndarray) -> str:
    """How an array lies in memory: F for Fortran's order, S for entries with gaps, then R where it is read-only."""
    flags = array.flags
    order = "" if flags.c_contiguous else "F" if flags.f_contiguous else "S"
    return order + "R" * (not flags.writeable)


def with_layout(array: np.ndarray, layout: str) -> np.ndarray:
    """The array, or a copy of it that lies in memory as ``layout_of`` says."""
    if layout not in ("", "F", "S", "R", "FR", "SR"):
        raise WireError(f"layout {layout!r}")
    if "F" in layout:
        array = np.asfortranarray(array)
    elif "S" in layout and array.ndim:
        array = np.repeat(array, 2, axis=-1)[..., ::2]
    if "R" in layout:
        array.flags.writeable = False
    return array


def describe(value) -> str:
    """The kind of a value that may not cross, in a few words."""
    kind = type(value)
    if kind is np.ndarray:
        return f"an array of dtype {value.dtype}"
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return f"a value of type {name[:100]}"


class _Encoder:
    def __init__(self, max_bytes: int):
        self.left = max_bytes
        self.items = 0
        self.buffers: list[bytes] = []

    def node(self, value, depth: int):
        self.items += 1
        if self.items > MAX_ITEMS:
            raise WireError(f"more than {MAX_ITEMS} items outside arrays")
        kind = type(value)  # exact types only: a subclass may lie about its contents, and run code when asked
        if value is None or kind is bool or kind is float:
            return value
        if kind in (str, np.str_):
            self._take(len(value))
            return str(value)
        if kind is int:
            return value if value.bit_length() <= MAX_INT_BITS else ["u", f"an int of {value.bit_length()} bits"]
        if kind is np.ndarray and value.dtype in ALLOWED:
            self._take(value.nbytes)  # before the copy: a broadcast array may claim terabytes
            return ["a", ALLOWED[value.dtype], list(value.shape), self._append(value.tobytes()), layout_of(value)]
        if issubclass(kind, np.generic) and value.dtype in ALLOWED and kind is value.dtype.type:
            return ["s", ALLOWED[value.dtype], self._append(value.tobytes())]
        if kind in (list, tuple, dict) and depth >= MAX_DEPTH:
            return ["u", f"a {kind.__name__} nested deeper than {MAX_DEPTH}"]
        if kind in (list, tuple):
            return ["l" if kind is list else "t", *[self.node(item, depth + 1) for item in value]]
        if kind is dict:
            if not all(type(key) is str for key in value):
                return ["u", "a dict with keys that are not strings"]
            return ["d", *[[key, self.node(item, depth + 1)] for key, item in value.items()]]
        if kind is Seed:
            return ["g", value.number]
        if kind is Callback:
            return ["c", value.number, *value.names]
        return ["u", value.kind if kind is Unsupported else describe(value)]

    def _take(self, size: int):
        self.left -= size
        if self.left < 0:
            raise WireError(f"{-self.left} bytes more than may cross")

    def _append(self, data: bytes) -> int:
        self.buffers.append(data)
        return len(data)


class _Decoder:
    def __init__(self, raw: memoryview):
        self.raw = raw
        self.items = 0
        self.readers: dict[str, Callable] = {
            "a": self._array,
            "s": self._scalar,
            "l": lambda items, depth: [self.value(item, depth) for item in items],
            "t": lambda items, depth: tuple(self.value(item, depth) for item in items),
            "d": lambda items, depth: {_text(key): self.value(item, depth) for key, item in items},
            "c": lambda items, _: Callback(_size(items[0]), tuple(map(_text, items[1:]))),
            "g": lambda items, _: Seed(_size(*items)),
            "u": lambda items, _: Unsupported(_text(*items)),
        }

    def value(self, node, depth: int):
        self.items += 1
        if self.items > MAX_ITEMS or depth > MAX_DEPTH + 1:
            raise WireError("too many items, or nested too deeply")
        if isinstance(node, list):
            tag, *items = node
            return self.readers[tag](items, depth + 1)
        if isinstance(node, dict):
            raise WireError("a bare JSON object")
        return node

    def _array(self, items, _):
        code, shape, size, layout = items
        shape = tuple(_size(length) for length in shape)
        dtype = _dtype(code)
        if len(shape) > 32 or math.prod(shape) * dtype.itemsize != _size(size):
            raise WireError(f"{size} bytes for {code} of shape {shape}")
        array = self._numbers(dtype, size).reshape(shape).copy()  # which owns its data, as resize asks
        return with_layout(array, _text(layout))

    def _scalar(self, items, _):
        code, size = items
        if _size(size) != _dtype(code).itemsize:
            raise WireError(f"{size} bytes for one {code}")
        return self._numbers(_dtype(code), size)[0]

    def _numbers(self, dtype: np.dtype, size: int) -> np.ndarray:
        if size > len(self.raw):
            raise WireError(f"{size} bytes announced, {len(self.raw)} left")
        data, self.raw = self.raw[:size], self.raw[size:]
        if dtype == np.bool_:  # a foreign byte other than 0 or 1 would be a third truth value
            return np.frombuffer(data, np.uint8) != 0
        return np.frombuffer(data, dtype)


def _dtype(code) -> np.dtype:
    if code not in DTYPES:
        raise WireError(f"dtype {code!r}")
    return np.dtype(code)


def _size(number) -> int:
    if type(number) is not int or number < 0:
        raise WireError(f"{number!r} is no size")
    return number


def _text(text) -> str:
    if type(text) is not str:
        raise WireError(f"{text!r} is no text")
    return text
