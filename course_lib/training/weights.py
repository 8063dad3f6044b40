"""Weights in files: parameters and running statistics of a network as safetensors, which hold data and never code."""

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from course_lib._arguments.numbers import integer
from course_lib._arguments.objects import instance
from course_lib.files import path_of, place_for, write_atomically
from course_lib.layers.network import Sequential


def save_weights(path, network: Sequential, metadata: dict[str, str] | None = None) -> None:
    """Write the parameters and buffers of ``network`` to ``path``, in their own dtype.

    Parameters
    ----------
    path : where to; a crash leaves the old file or the new, never a part
    network : its tensors are called "0.w", "0.b", "2.w" and so on: the position of the layer among
        ``network.leaves()``, activations counted, and the key in its ``params`` or ``buffers``. PyTorch counts in the
        same way ("0.weight"), but stores the weights of affine layers transposed; Keras names layers by their type.
    metadata : what else a reader should know, text by text

    Raises
    ------
    TypeError
        When ``network`` or ``path`` is something else, or a key or value of ``metadata`` is not text.
    FileNotFoundError, IsADirectoryError
        When the folder of ``path`` does not exist, or ``path`` is a folder.
    """
    path, metadata = place_for(path), instance({} if metadata is None else metadata, dict, name="metadata")
    if wrong := [item for item in metadata.items() if not all(isinstance(part, str) for part in item)]:
        raise TypeError(f"metadata must map text to text, got {wrong[0][0]!r}: {wrong[0][1]!r}")
    # safetensors writes the memory of an array whatever its strides
    tensors = {name: np.ascontiguousarray(tensor) for name, tensor in named_tensors(network).items()}
    write_atomically(path, save(tensors, metadata=metadata))


def load_weights(path, network: Sequential, *, layers: int | None = None) -> dict[str, str]:
    """Read the parameters and buffers of ``network`` from ``path``, in place.

    Names and shapes must be those of ``save_weights``; values take the dtype of the network. Nothing changes when
    something does not fit.

    Parameters
    ----------
    layers : only the first ``layers`` entries of ``network.layers``, activations counted, as for transfer learning
        (see ``course_lib.models.reuse_layers``); the others stay as they are. None for all.

    Returns
    -------
    dict
        The metadata of the file.

    Raises
    ------
    FileNotFoundError
    TypeError
        When an argument is not as above.
    ValueError
        When the file is damaged, or the network is another; the message names the tensor and says what to do.
    """
    wanted = named_tensors(network, layers)
    saved, metadata = _read(path_of(path))
    if layers is None and (extra := [name for name in saved if name not in wanted]):
        raise ValueError(
            f"{path} holds {extra[0]!r} of shape {saved[extra[0]].shape}, for which this network has no place: "
            "build the network that was saved, or load only the layers that both have with layers=..."
        )
    for name, tensor in wanted.items():
        if name not in saved:
            raise ValueError(
                f"{path} lacks {name!r}, of shape {tensor.shape} in this network; it holds {', '.join(saved)}: "
                "build the network that was saved, or load only the layers that both have with layers=..."
            )
        if saved[name].shape != tensor.shape:
            raise ValueError(
                f"{name!r} has shape {saved[name].shape} in {path}, and {tensor.shape} in this network: build the "
                "network with the saved sizes, or load only the layers before this one with layers=..."
            )
    for name, tensor in wanted.items():
        tensor[...] = saved[name]
    return metadata


def named_tensors(network: Sequential, layers: int | None = None) -> dict[str, np.ndarray]:
    """The arrays of ``network`` by the names that ``save_weights`` gives them; views, not copies."""
    instance(network, Sequential, name="network").gather()
    if layers is not None:
        integer(layers, 0, len(network.layers), name="layers")
    leaves = [leaf for layer in network.layers[:layers] for leaf in layer.leaves()]
    return {f"{k}.{key}": value for k, leaf in enumerate(leaves) for key, value in (leaf.params | leaf.buffers).items()}


def _read(path):
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist: give the path of a file that save_weights wrote")
    try:
        with safe_open(path, framework="numpy") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except SafetensorError as error:
        raise ValueError(f"{path} is damaged, or not a safetensors file ({error}): save it again") from error
