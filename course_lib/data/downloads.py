"""Well-known image sets, fetched only on request, checked, kept in a cache, and read from there.

``download`` is the one function of this library that opens a connection; ``load`` never does. The cache is the
platform's folder for caches, or the folder that the environment variable COURSE_DATA names.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from course_lib._arguments.objects import choice, function
from course_lib.data.datasets import Split
from course_lib.data.image_files import read_cifar10, read_mnist
from course_lib.files import sha256

CACHE_NAME = "training-deep-networks"
TIMEOUT = 10  # seconds without an answer

Progress = Callable[[int, int, str], object]


class DataUnavailable(OSError):
    """The files are neither in the cache nor reachable; the message says which to put where by hand."""


@dataclass(frozen=True)
class RemoteFile:
    """A published file: its name, size in bytes, and SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Source:
    """A data set: its files, the addresses that carry all of them, tried in turn, and the reader of their folder."""

    name: str
    mirrors: tuple[str, ...]
    files: tuple[RemoteFile, ...]
    read: Callable[[Path], Split]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


# The checksums are those that TensorFlow Datasets and torchvision list as well (CIFAR-10: and its author, as MD5).
SOURCES = {
    source.name: source
    for source in (
        Source(
            "mnist",
            (
                "https://storage.googleapis.com/cvdf-datasets/mnist/",
                "https://ossci-datasets.s3.amazonaws.com/mnist/",
            ),
            (
                RemoteFile(
                    "train-images-idx3-ubyte.gz",
                    9912422,
                    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                ),
                RemoteFile(
                    "train-labels-idx1-ubyte.gz",
                    28881,
                    "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                ),
                RemoteFile(
                    "t10k-images-idx3-ubyte.gz",
                    1648877,
                    "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                ),
                RemoteFile(
                    "t10k-labels-idx1-ubyte.gz",
                    4542,
                    "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                ),
            ),
            read_mnist,
        ),
        Source(
            "fashion-mnist",
            (
                "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
                "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            ),
            (
                RemoteFile(
                    "train-images-idx3-ubyte.gz",
                    26421880,
                    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                ),
                RemoteFile(
                    "train-labels-idx1-ubyte.gz",
                    29515,
                    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                ),
                RemoteFile(
                    "t10k-images-idx3-ubyte.gz",
                    4422102,
                    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                ),
                RemoteFile(
                    "t10k-labels-idx1-ubyte.gz",
                    5148,
                    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                ),
            ),
            read_mnist,
        ),
        Source(
            "cifar-10",
            ("https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/"),
            (
                RemoteFile(
                    "cifar-10-binary.tar.gz",
                    170052171,
                    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                ),
            ),
            read_cifar10,
        ),
    )
}


def load(name) -> Split:
    """A data set from the cache; no connection is ever opened.

    Parameters
    ----------
    name : "mnist", "fashion-mnist" or "cifar-10"

    Returns
    -------
    Split
        Images (N, 1, 28, 28) or (N, 3, 32, 32) as float32 in [0, 1], labels (N,) as int64: what torchvision's
        ``ToTensor`` makes. Keras keeps bytes of 0 to 255, and puts the channels last.

    Raises
    ------
    DataUnavailable
        When a file is not there; the message says how to get it.
    ValueError
        When ``name`` is unknown, or a file is not the published one.
    """
    return read(source_of(name), cache_folder())


def download(name, *, progress: Progress = lambda done, total, file: None) -> Path:
    """Fetch the files of a data set that the cache does not hold yet.

    Each file is written next to its place, and moved there only when it is whole and its SHA-256 is right. A download
    that breaks off starts over.

    Parameters
    ----------
    name : "mnist", "fashion-mnist" or "cifar-10"
    progress : called as ``progress(bytes done, bytes in all, file name)``

    Returns
    -------
    Path
        The folder of the files.

    Raises
    ------
    DataUnavailable
        When no mirror delivers; the message says which files to put where by hand.
    ValueError
        When ``name`` is unknown.
    TypeError
        When ``progress`` is not a function.
    """
    function(progress, name="progress", form="of the bytes done, the bytes in all and the file name")
    return fetch(source_of(name), cache_folder(), progress)


def cache_folder() -> Path:
    """Where downloads are kept: $COURSE_DATA, or the platform's cache folder."""
    import pooch

    return Path(os.environ.get("COURSE_DATA") or pooch.os_cache(CACHE_NAME)).expanduser().absolute()


def source_of(name) -> Source:
    return SOURCES[choice(name, SOURCES, name="name")]


def read(source: Source, cache: Path) -> Split:
    """As ``load``, from another folder than the usual one."""
    folder = cache / source.name
    if missing := [file for file in source.files if not (folder / file.name).is_file()]:
        raise DataUnavailable(
            f"{source.name} is not in the cache. Run `course data get {source.name}`.\n{_by_hand(folder, missing)}"
        )
    for file in source.files:
        if (found := sha256(folder / file.name)) != file.sha256:
            raise ValueError(
                f"{folder / file.name} is not the published file: its SHA-256 is {found}, not {file.sha256}. "
                f"Run `course data get {source.name}` to fetch it again."
            )
    return source.read(folder)


def fetch(source: Source, cache: Path, progress: Progress) -> Path:
    """As ``download``, into another folder than the usual one."""
    folder = cache / source.name
    wanted = [file for file in source.files if not holds(folder, file)]
    for k, file in enumerate(wanted):
        failures = []
        for mirror in source.mirrors:
            try:
                _fetch_file(mirror + file.name, file, folder, progress)
                break
            except (OSError, ValueError) as error:  # no connection, a refusal, or other content than published
                failures.append(f"  {mirror}{file.name}: {_reason(error)}")
        else:
            raise DataUnavailable(
                "\n".join([f"{source.name} could not be fetched:", *failures, _by_hand(folder, wanted[k:])])
            )
    return folder


def holds(folder: Path, file: RemoteFile) -> bool:
    """Whether the folder has the file, whole and unchanged."""
    return (folder / file.name).is_file() and sha256(folder / file.name) == file.sha256


def _fetch_file(url, file, folder, progress):
    import pooch

    downloader = pooch.HTTPDownloader(progressbar=_Bar(file, progress), timeout=TIMEOUT)
    path = pooch.retrieve(url, f"sha256:{file.sha256}", file.name, folder, downloader=downloader)
    Path(path).chmod(0o644)  # it was a temporary file, for its owner only; a cache may serve a whole class


class _Bar:
    """What pooch expects of a progress bar: it sets ``total`` and calls the methods."""

    def __init__(self, file, progress):
        self.file, self.progress, self.total, self.done = file, progress, file.size, 0

    def update(self, n):
        self.done = min(self.done + n, self.total)
        self.progress(self.done, self.total, self.file.name)

    def reset(self):
        self.done = 0

    def close(self):
        pass


def _reason(error):
    """The error in a line: what requests says of a connection that fails is a page of nested exceptions."""
    if isinstance(error, ValueError):
        return "the content is not what was published (its SHA-256 differs)"
    return str(error) if len(str(error)) < 200 else f"no connection ({type(error).__name__})"


def _by_hand(folder, files):
    lines = [f"  {file.name}  {file.size} bytes  SHA-256 {file.sha256}" for file in files]
    return "\n".join([f"Without a network, put these files into {folder}:", *lines])
