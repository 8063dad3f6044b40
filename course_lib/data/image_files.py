"""Readers of the binary formats in which the well-known image sets are published; nothing is ever unpickled."""

import gzip
import tarfile
import zlib
from pathlib import Path

import numpy as np

from course_lib.data.datasets import Split

UBYTE = 8  # the IDX code for unsigned bytes
CIFAR_IMAGE = (3, 32, 32)
CIFAR_TRAIN = [f"cifar-10-batches-bin/data_batch_{k}.bin" for k in range(1, 6)]
CIFAR_TEST = "cifar-10-batches-bin/test_batch.bin"
BROKEN = (gzip.BadGzipFile, tarfile.TarError, zlib.error, EOFError)


def read_idx(path: Path | str) -> np.ndarray:
    """The array of unsigned bytes in a gzipped IDX file.

    The content is two zero bytes, a type code, the number of axes, the big-endian length of each axis as 4 bytes,
    and then the entries, the last axis running fastest (Y. LeCun, C. Cortes, C. Burges, The MNIST database).

    Raises
    ------
    ValueError
        When the file is cut off, is not gzip, or is not such an array.
    """
    try:
        with gzip.open(path) as file:
            content = file.read()
    except BROKEN as error:
        raise ValueError(f"{path} is cut off or is not a gzip file ({error})") from error
    start = 4 + 4 * content[3] if len(content) > 3 else 4
    if content[:3] != bytes([0, 0, UBYTE]) or len(content) < start:
        raise ValueError(
            f"{path} is not an IDX file of unsigned bytes: it starts with {content[:4].hex(' ') or 'nothing'}"
        )
    shape = np.frombuffer(content[4:start], ">u4").tolist()
    entries = np.frombuffer(content, np.uint8, offset=start)
    if entries.size != np.prod(shape, dtype=object):
        raise ValueError(f"{path} promises an array of shape {tuple(shape)}, but holds {entries.size} entries")
    return entries.reshape(shape)


def read_mnist(folder: Path | str) -> Split:
    """The four IDX files of MNIST, or of a set made in its image: (N, 1, H, W) float32 in [0, 1], int64 labels.

    Raises
    ------
    ValueError
        When a file is unreadable, or images and labels do not match.
    """
    folder, parts = Path(folder), []
    for part in ("train", "t10k"):
        x = read_idx(folder / f"{part}-images-idx3-ubyte.gz")
        y = read_idx(folder / f"{part}-labels-idx1-ubyte.gz")
        if x.ndim != 3 or y.shape != x.shape[:1]:
            raise ValueError(f"{folder}: {part} images of shape {x.shape} do not go with labels of shape {y.shape}")
        parts += [x[:, None] / np.float32(255), y.astype(np.int64)]
    return Split(*parts)


def read_cifar10(folder: Path | str) -> Split:
    """``cifar-10-binary.tar.gz``: (N, 3, 32, 32) float32 in [0, 1], red, green and blue, and int64 labels.

    A record is one byte of label and 3072 bytes of image (A. Krizhevsky, Learning Multiple Layers of Features from
    Tiny Images, 2009). The archive is read as a stream: nothing is extracted to the disk.

    Raises
    ------
    ValueError
        When the archive is cut off, a part is missing, or a part is not made of whole records.
    """
    path = Path(folder) / "cifar-10-binary.tar.gz"
    wanted = {*CIFAR_TRAIN, CIFAR_TEST}
    try:
        with tarfile.open(path, "r|gz") as archive:
            parts = {m.name: archive.extractfile(m).read() for m in archive if m.isfile() and m.name in wanted}
    except BROKEN as error:
        raise ValueError(f"{path} is cut off or is not a gzipped tar archive ({error})") from error
    if missing := sorted(wanted - set(parts)):
        raise ValueError(f"{path} lacks {', '.join(missing)}")
    records = {name: _cifar_records(path, name, content) for name, content in parts.items()}
    train = np.concatenate([records[name] for name in CIFAR_TRAIN])
    return Split(*_cifar_arrays(train), *_cifar_arrays(records[CIFAR_TEST]))


def _cifar_records(path, name, content):
    size = 1 + int(np.prod(CIFAR_IMAGE))
    if len(content) % size:
        raise ValueError(f"{path}: {name} holds {len(content)} bytes, not a multiple of {size}")
    records = np.frombuffer(content, np.uint8).reshape(-1, size)
    if (labels := records[:, 0]).max(initial=0) > 9:
        raise ValueError(f"{path}: labels of {name} must lie in [0, 10), got {labels.max()}")
    return records


def _cifar_arrays(records):
    images = records[:, 1:].reshape(-1, *CIFAR_IMAGE)
    return images / np.float32(255), records[:, 0].astype(np.int64)
