"""Training in 16 bits: rounding to float16 and bfloat16, and the loss scaling that float16 needs.

========  ==============  =================  ================
format    exponent bits   significant bits   least normal
========  ==============  =================  ================
float32   8               24                 1.2e-38
float16   5               11                 6.1e-05
bfloat16  8               8                  1.2e-38
========  ==============  =================  ================
"""

from dataclasses import dataclass, field

import numpy as np

from course_lib._arguments.arrays import as_float, in_place
from course_lib._arguments.numbers import POSITIVE, Interval, integer


def round_to_float16(x):
    """``x`` rounded to the nearest float16, ties to even, in the dtype of ``x``.

    From 65520 on it becomes infinite; below 3e-8 zero. Returns an array of the shape and dtype of ``x``.
    """
    x = as_float(x, name="x")
    with np.errstate(over="ignore"):
        return x.astype(np.float16).astype(x.dtype)


def round_to_bfloat16(x):
    """``x`` rounded to the nearest bfloat16, the upper half of a float32, ties to even, in the dtype of ``x``.

    float64 is rounded to float32 first, as PyTorch's ``x.to(torch.bfloat16)`` does. Returns an array of the shape
    and dtype of ``x``; NaN stays NaN.
    """
    x = as_float(x, name="x")
    with np.errstate(over="ignore"):
        single = x.astype(np.float32)
    bits = single.view(np.uint32)
    # half of the last place that is kept, a little less when that place is even: the carry rounds
    rounded = (bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))) & np.uint32(0xFFFF0000)
    return np.where(np.isnan(single), single, rounded.view(np.float32)).astype(x.dtype)


@dataclass
class LossScaler:
    """Dynamic loss scaling (Micikevicius et al. 2018, section 3.2).

    Gradients that float16 would flush to zero survive when the loss, and so every gradient, is multiplied by a large
    power of two; ``unscale`` divides it out in float32. When the scaled gradients overflow, the step is left out and
    the scale is divided by ``factor``; after ``interval`` good steps in a row it is multiplied by it. PyTorch's
    ``torch.amp.GradScaler`` has the same rule and defaults, and may shrink by another factor than it grows by.

    Parameters
    ----------
    scale : float, positive
    factor : float, above 1
    interval : int, at least 1

    Attributes
    ----------
    good_steps : int, the steps since the scale last changed
    """

    scale: float = 2.0**16
    factor: float = 2.0
    interval: int = 2000
    good_steps: int = field(default=0, init=False)

    def __post_init__(self):
        POSITIVE(self.scale, name="scale")
        Interval(1, np.inf, open_low=True, open_high=True)(self.factor, name="factor")
        integer(self.interval, 1, name="interval")

    def unscale(self, grad) -> bool:
        """Divide ``grad`` (P,) by the scale, in place, and adapt the scale for the next step.

        Returns
        -------
        finite : bool; when False, leave the step out

        Raises
        ------
        TypeError, ValueError
            When ``grad`` is no float32 or float64 vector that can be written into.
        """
        grad = in_place(grad, name="grad")
        finite = bool(np.isfinite(grad).all())
        grad /= self.scale
        self.good_steps += 1
        if not finite:
            self.scale, self.good_steps = self.scale / self.factor, 0
        elif self.good_steps == self.interval:
            self.scale, self.good_steps = self.scale * self.factor, 0
        return finite
