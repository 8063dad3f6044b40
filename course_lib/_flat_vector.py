"""One flat vector for the arrays of many layers, and what happens when an array in a layer's dict is replaced."""

import math
from collections.abc import Sequence

import numpy as np

from course_lib._arguments import same_shape
from course_lib.layers.base import Layer


class FlatVector:
    """The arrays in the dict ``kind`` of every layer, one after the other in ``flat``; the dicts hold views into it.

    What counts is always what lies in the dicts. Where another array has taken the place of a view, because somebody
    put it there or another network laid out the same layer, ``gather`` copies it into ``flat`` and puts the view back.

    Parameters
    ----------
    leaves, names : the layers, and what messages call them
    kind : "params", "grads" or "buffers"
    dtype : float32 or float64

    Attributes
    ----------
    flat : (P,) array, the same object for good
    slots : list of pairs of a layer and its views into ``flat``, in pairs of key and view
    """

    def __init__(self, leaves: Sequence[Layer], names: Sequence[str], kind: str, dtype):
        self.kind, self.names, self.slots = kind, names, []
        shapes = [[(key, np.shape(value)) for key, value in getattr(leaf, kind).items()] for leaf in leaves]
        sizes = [math.prod(shape) for arrays in shapes for _, shape in arrays]
        self.flat = np.empty(sum(sizes), dtype)
        parts = iter(np.split(self.flat, np.cumsum(sizes)))
        for leaf, arrays in zip(leaves, shapes, strict=True):
            self.slots.append((leaf, tuple((key, next(parts).reshape(shape)) for key, shape in arrays)))
        self._take_over()

    def gather(self) -> np.ndarray:
        """``flat``, once it holds what the dicts hold."""
        # every training step comes here several times, and mostly finds nothing to do
        for leaf, views in self.slots:
            arrays = getattr(leaf, self.kind)
            if len(arrays) != len(views):
                self._take_over()
            for key, view in views:
                if arrays.get(key) is not view:
                    self._take_over()
        return self.flat

    def set(self, values, *, name) -> None:
        """Put ``values`` (P,) into ``flat``, and the views back into the dicts, whatever lies there."""
        self.flat[...] = same_shape(values, self.flat.shape, self.flat.dtype, name=name)
        for leaf, views in self.slots:
            getattr(leaf, self.kind).update(views)

    def _take_over(self):
        """Copy what lies in the dicts and is no view. All is looked at before anything changes."""
        found = []
        for (leaf, views), name in zip(self.slots, self.names, strict=True):
            arrays = getattr(leaf, self.kind)
            if arrays.keys() != dict(views).keys():
                raise ValueError(f"{self.kind} of {name} must have the keys {list(dict(views))}, got {list(arrays)}")
            for key, view in views:
                if arrays[key] is not view:
                    value = same_shape(arrays[key], view.shape, name=f"{self.kind}[{key!r}] of {name}")
                    # a copy, for it may be the view of another layer, which is about to change
                    found.append((arrays, key, view, value.copy()))
        for arrays, key, view, value in found:
            view[...] = value
            arrays[key] = view
