"""A table of a network's layers: their outputs, and how many numbers they hold."""

from dataclasses import dataclass
from html import escape

from course_lib._arguments.numbers import shape_of
from course_lib._arguments.objects import instance
from course_lib.layers.network import Sequential


@dataclass(frozen=True)
class LayerRow:
    """One layer of the network: its kind, the shape of its output for N samples, its parameters and buffers."""

    kind: str
    shape: tuple
    n_params: int
    n_trainable: int
    n_buffers: int


@dataclass(frozen=True)
class Summary:
    """The layers of a network; displays itself as a table in a notebook, and as text elsewhere."""

    rows: tuple[LayerRow, ...]
    n_bytes: int

    @property
    def n_params(self) -> int:
        return sum(row.n_params for row in self.rows)

    @property
    def n_trainable(self) -> int:
        return sum(row.n_trainable for row in self.rows)

    def cells(self) -> list[tuple[str, ...]]:
        """The table's rows as text, the headings first."""
        heading = ("layer", "output", "parameters", "trainable", "buffers")
        rows = [
            (
                row.kind,
                _with_samples(row.shape),
                f"{row.n_params:,}",
                f"{row.n_trainable:,}",
                f"{row.n_buffers:,}",
            )
            for row in self.rows
        ]
        n_buffers = sum(row.n_buffers for row in self.rows)
        return [heading, *rows, ("in all", "", f"{self.n_params:,}", f"{self.n_trainable:,}", f"{n_buffers:,}")]

    def __str__(self):
        cells = self.cells()
        kind, output, *numbers = (max(len(row[i]) for row in cells) for i in range(len(cells[0])))
        pattern = "  ".join([f"{{:{kind}}}", f"{{:{output}}}", *(f"{{:>{width}}}" for width in numbers)])
        lines = [pattern.format(*row) for row in cells]
        return "\n".join([*lines, f"{self.n_bytes / 1024:,.1f} KiB of parameters and buffers"])

    __repr__ = __str__

    def _repr_html_(self):
        heading, *rows = self.cells()
        head = "".join(f"<th scope='col'>{escape(text)}</th>" for text in heading)
        body = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows)
        caption = f"{self.n_bytes / 1024:,.1f} KiB of parameters and buffers"
        return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def summarize(network: Sequential, input_shape=None) -> Summary:
    """Send one sample of zeros through ``network``, and record what every layer returns.

    Parameters
    ----------
    input_shape : int or tuple, the shape of one sample, such as 64 or (1, 28, 28); None for a network that knows it,
        ``Sequential(..., input_shape=...)``

    Raises
    ------
    TypeError
        When ``network`` or ``input_shape`` is something else.
    ValueError
        When a layer cannot take the output of the one before; the message says which. Or when the shape is not known.
    """
    instance(network, Sequential, name="network")
    if input_shape is None and network.input_shape is None:
        raise ValueError("the shape of one sample must be given, such as summarize(network, (1, 28, 28))")
    shape = network.input_shape if input_shape is None else shape_of(input_shape, name="input_shape")
    shapes = network.shapes(shape, network.dtype)
    rows = tuple(_row(layer, shape) for layer, shape in zip(network.layers, shapes, strict=True))
    return Summary(rows, network.theta.nbytes + network.statistics.nbytes)


def _with_samples(shape):
    return f"({', '.join(['N', *map(str, shape)])})"


def _row(layer, shape):
    leaves = list(layer.leaves())
    sizes = [sum(value.size for value in leaf.params.values()) for leaf in leaves]
    trainable = sum(size for size, leaf in zip(sizes, leaves, strict=True) if not leaf.frozen)
    n_buffers = sum(value.size for leaf in leaves for value in leaf.buffers.values())
    return LayerRow(type(layer).__name__, shape, sum(sizes), trainable, n_buffers)
