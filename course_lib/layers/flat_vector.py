"""One flat vector for the arrays of many layers, and what happens when an array in a layer's dict is replaced."""

from collections.abc import Sequence

import numpy as np

from course_lib._arguments.arrays import same_shape
from course_lib.layers.base import Layer


class FlatVector:
    """The arrays in the dict ``kind`` of every layer, one after the other in ``flat``; the dicts hold views into it.

    What counts is always what is in the dicts. Where another array has taken the place of a view, because somebody
    put it there or another network laid out the same layer, ``gather`` copies it into ``flat`` and puts the view back.

    Parameters
    ----------
    leaves, names : the layers, and what messages call them
    kind : "params", "grads" or "buffers"
    dtype : float32 or float64

    Attributes
    ----------
    flat : (P,) array, the same object for good
    slots : list of a layer, a key and its view into ``flat``, in the order of ``flat``
    """

    def __init__(self, leaves: Sequence[Layer], names: Sequence[str], kind: str, dtype):
        self.kind, self.slots, self.names = kind, [], []
        self.flat = np.empty(sum(np.size(value) for leaf in leaves for value in getattr(leaf, kind).values()), dtype)
        stop = 0
        for leaf, name in zip(leaves, names, strict=True):
            for key, value in getattr(leaf, kind).items():
                start, stop = stop, stop + np.size(value)
                self.slots.append((leaf, key, self.flat[start:stop].reshape(np.shape(value))))
                self.names.append(name)
        self._take_over()

    def gather(self) -> np.ndarray:
        """``flat``, once it holds what the dicts hold."""
        # every training step comes here several times, and mostly finds nothing to do
        kind = self.kind
        try:
            for leaf, key, view in self.slots:
                if getattr(leaf, kind)[key] is not view:
                    self._take_over()
        except KeyError:
            self._take_over()
        return self.flat

    def set(self, values, *, name) -> None:
        """Put ``values`` (P,) into ``flat``, and the views back into the dicts, whatever is there."""
        self.flat[...] = same_shape(values, self.flat.shape, self.flat.dtype, name=name)
        for leaf, key, view in self.slots:
            getattr(leaf, self.kind)[key] = view

    def _take_over(self):
        """Copy what is in the dicts and is not a view. Everything is checked before anything changes."""
        found = []
        for (leaf, key, view), name in zip(self.slots, self.names, strict=True):
            arrays = getattr(leaf, self.kind)
            if key not in arrays:
                raise ValueError(f"{self.kind} of {name} must have the key {key!r}, got {list(arrays)}")
            if arrays[key] is not view:
                value = same_shape(arrays[key], view.shape, name=f"{self.kind}[{key!r}] of {name}")
                # a copy, for it may be the view of another layer, which is about to change
                found.append((arrays, key, view, value.copy()))
        for arrays, key, view, value in found:
            view[...] = value
            arrays[key] = view
