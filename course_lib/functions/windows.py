"""Where a sliding window lands: padding, output size, and what a unit sees through a stack of layers.

All functions treat one axis of the image; height and width follow the same arithmetic.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from course_lib._arguments.numbers import integer
from course_lib._arguments.objects import instance


@dataclass(frozen=True)
class Window:
    """The window of a convolution or pooling layer along one axis.

    Parameters
    ----------
    kernel : int >= 1, the number of taps
    stride : int >= 1, the step from one output to the next, in input pixels
    padding : int >= 0 on both sides, or "valid" (none), or "same" (see ``pad_widths``)
    dilation : int >= 1, the distance between neighbouring taps

    Raises
    ------
    TypeError
        When a number is not an integer: 2.0 is not one.
    ValueError
        When a number is too small, or ``padding`` is another word.
    """

    kernel: int
    stride: int = 1
    padding: int | str = 0
    dilation: int = 1

    def __post_init__(self):
        for name in ("kernel", "stride", "dilation"):
            self._set(name, integer(getattr(self, name), 1, name=name))
        if not isinstance(self.padding, str):
            self._set("padding", integer(self.padding, 0, name="padding"))
        elif self.padding not in ("same", "valid"):
            raise ValueError(f"padding must be a number of pixels, 'same' or 'valid', got {self.padding!r}")

    def _set(self, name, value):
        if value is not getattr(self, name):  # a NumPy integer, which overflows where Python's grow
            object.__setattr__(self, name, value)

    @property
    def extent(self) -> int:
        """From the first tap to the last, in pixels: dilation * (kernel - 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1


@dataclass(frozen=True)
class ReceptiveField:
    """What the units of a layer see of the input, along one axis.

    Attributes
    ----------
    size : int, pixels from the first to the last that can reach one unit
    jump : int, pixels from one unit's field to its neighbour's: the product of the strides
    first : int, the pixel at which the field of unit 0 begins; negative when it begins in the padding
    """

    size: int
    jump: int
    first: int

    @property
    def start(self) -> float:
        """The centre of unit 0's field; pixel 0 has its centre at 0, so even sizes end in a half."""
        return self.first + (self.size - 1) / 2

    def span(self, unit: int) -> tuple[int, int]:
        """First and last pixel of the field of ``unit``; pixels outside of the image are padding."""
        first = self.first + unit * self.jump
        return first, first + self.size - 1


def pair(value, name="value") -> tuple:
    """``(height, width)`` from one value for both, or from a pair."""
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            raise ValueError(f"{name} must be one value, or a pair for height and width, got {value!r}")
        return tuple(value)
    return value, value


def image_windows(kernel, stride=1, padding=0, dilation=1) -> tuple[Window, Window]:
    """The windows along the rows and the columns of an image, each argument one value for both, or a pair."""
    rows, columns = zip(
        pair(kernel, "kernel"),
        pair(stride, "stride"),
        pair(padding, "padding"),
        pair(dilation, "dilation"),
        strict=True,
    )
    return Window(*rows), Window(*columns)


def pad_widths(size, window: Window) -> tuple[int, int]:
    """Zeros before and after an axis of ``size`` pixels.

    "same" gives ceil(size / stride) outputs with as little padding as that takes; an odd one goes to the end, which
    is the case for every even kernel at stride 1. This is the rule of Keras. PyTorch's "same" agrees at stride 1 and
    refuses other strides; ``padding=kernel // 2``, which many PyTorch networks use instead, has the same output size
    for odd kernels, but at stride > 1 its windows may begin one pixel earlier.

    Parameters
    ----------
    size : int, pixels
    window : Window

    Returns
    -------
    before, after : int
    """
    instance(window, Window, name="window")
    if window.padding == "valid":
        return 0, 0
    if window.padding != "same":
        return window.padding, window.padding
    size = integer(size, 1, name="size")
    n_outputs = -(-size // window.stride)
    total = max((n_outputs - 1) * window.stride + window.extent - size, 0)
    return total // 2, total - total // 2


def output_size(size, window: Window) -> int:
    """Number of windows that fit: floor((size + padding - extent) / stride) + 1.

    Parameters
    ----------
    size : int, pixels
    window : Window

    Returns
    -------
    n_outputs : int, at least 1

    Raises
    ------
    TypeError
        When ``size`` is not an integer, or ``window`` not a Window.
    ValueError
        When the window is larger than the padded axis, or ``size`` below 1.

    References
    ----------
    Dumoulin and Visin 2016, relationship 15.
    """
    room = integer(size, 1, name="size") + sum(pad_widths(size, window))
    if room < window.extent:
        raise ValueError(f"a window of {window.extent} pixels does not fit into {room} (padding included)")
    return (room - window.extent) // window.stride + 1


def receptive_field(windows: Sequence[Window], size=None) -> ReceptiveField:
    """The field of a unit behind a stack of layers: size 1 + sum of (extent_l - 1) * (strides before layer l).

    Leave out layers that act on each pixel alone. For the growth from layer to layer, call it with ``windows[:1]``,
    ``windows[:2]``, and so on.

    Parameters
    ----------
    windows : sequence of Window, from the input on; empty: a pixel sees itself
    size : int, pixels of the input; only needed for padding "same", whose width depends on it

    Returns
    -------
    ReceptiveField

    Raises
    ------
    TypeError
        When ``size`` is not an integer, or ``windows`` not a sequence of Window.
    ValueError
        When a padding is "same" and ``size`` is None, or a window does not fit.

    References
    ----------
    Araujo, Norris and Sim 2019, eq. 2 (size) and 5 to 7 (jump, first pixel); Dumoulin and Visin 2016.
    """
    field, jump, first = 1, 1, 0
    for window in windows:
        instance(window, Window, name="each of windows")
        if size is None and window.padding == "same":
            raise ValueError("padding 'same' depends on the size of the input: pass size, in pixels")
        before = pad_widths(size, window)[0]
        field += (window.extent - 1) * jump
        first -= before * jump
        jump *= window.stride
        size = None if size is None else output_size(size, window)
    return ReceptiveField(field, jump, first)
