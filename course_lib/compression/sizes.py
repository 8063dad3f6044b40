"""What a network weighs, in bytes: dense, sparse, in 16 bits, in 8 bits.

The techniques are in ``pruning.py``, ``quantization.py``, ``int8_inference.py``, ``low_rank.py``,
``distillation.py`` and ``reduced_precision.py``.
"""

from dataclasses import dataclass

import numpy as np

from course_lib._arguments.numbers import integer
from course_lib._arguments.objects import choice, instance
from course_lib.layers.network import Sequential

FORMS = ("dense", "sparse", "half", "int8")


@dataclass(frozen=True)
class Sizes:
    """Bytes of one parameter, or of a whole network.

    Attributes
    ----------
    name : str, such as "0.w": the layer's number and the parameter's name
    entries, nonzero : int
    dense : int, as it is in memory
    sparse : int, matrices as compressed sparse rows (``csr_bytes``), where that is smaller
    half : int, in float16 or bfloat16
    int8 : int, matrices in int8 with a float32 scale for each output, vectors in int32
    """

    name: str
    entries: int
    nonzero: int
    dense: int
    sparse: int
    half: int
    int8: int

    @property
    def sparsity(self) -> float:
        """The share of zeros."""
        return 1 - self.nonzero / self.entries if self.entries else 0.0

    def ratio(self, form) -> float:
        """How many times smaller than dense: ``sizes.ratio("int8")``; 1 where there is nothing to store."""
        n_bytes = getattr(self, choice(form, FORMS, name="form"))
        return self.dense / n_bytes if self.entries else 1.0


def csr_bytes(w, index_bytes=4) -> int:
    """Bytes of a matrix as compressed sparse rows: the values, their columns, and where each row begins.

    With float32 values and 4-byte indices it is smaller than dense only where more than half of the entries are zero:
    80 % of zeros make it 2.5 times smaller, not 5. Han et al. 2015 store the distance to the last index in 5 to 8 bits.

    Parameters
    ----------
    w : (D, ...) array of numbers; later axes count as one
    index_bytes : int, at least 1; 4 as in ``scipy.sparse.csr_array``

    Returns
    -------
    n_bytes : int

    Raises
    ------
    TypeError, ValueError
        When ``w`` is not an array of numbers with rows, or ``index_bytes`` is not such an integer.
    """
    w, index_bytes = np.asarray(w), integer(index_bytes, 1, name="index_bytes")
    if w.ndim == 0 or w.dtype.kind not in "fciub":
        raise ValueError(f"w must be an array (D, ...) of numbers, got {w.dtype} {w.shape}")
    nonzero = np.count_nonzero(w)
    return int(nonzero * (w.itemsize + index_bytes) + (len(w) + 1) * index_bytes)


def parameter_sizes(network: Sequential) -> list[Sizes]:
    """The sizes of every parameter, from input to output."""
    return [
        _sizes(f"{number}.{key}", value)
        for number, leaf in enumerate(instance(network, Sequential, name="network").leaves())
        for key, value in leaf.params.items()
    ]


def network_size(network: Sequential) -> Sizes:
    """The sum of ``parameter_sizes``. A sparse, half or int8 network is computed from what is stored, not run so."""
    parts = parameter_sizes(network)
    fields = ("entries", "nonzero", *FORMS)
    return Sizes("all", *(sum(getattr(part, field) for part in parts) for field in fields))


def _sizes(name, value):
    matrix = value.ndim > 1
    return Sizes(
        name=name,
        entries=value.size,
        nonzero=int(np.count_nonzero(value)),
        dense=value.nbytes,
        sparse=min(csr_bytes(value), value.nbytes) if matrix else value.nbytes,
        half=2 * value.size,
        int8=value.size + 4 * value.shape[-1] if matrix else 4 * value.size,
    )
