"""What data there is: with the course, in the cache, or to be fetched."""

from dataclasses import dataclass
from pathlib import Path

from course_lib.data import datasets, downloads
from course_lib.data import pretrained_networks as pretrained
from course_lib.files import DATA, sha256


@dataclass(frozen=True)
class DataItem:
    """A data set or a file of weights: its state, its size in bytes, and the call that loads it."""

    name: str
    state: str  # "bundled", "cached" or "downloadable"; or what is wrong: "missing", "incomplete", "damaged"
    size: int
    loader: str


BUNDLED = (
    ("digits", "digits.npz", datasets.SHA256["digits.npz"], "course_lib.data.datasets.digits()"),
    ("glyphs", "glyphs.npz", datasets.SHA256["glyphs.npz"], "course_lib.data.datasets.glyphs()"),
    ("glyph letters", "glyphs.npz", datasets.SHA256["glyphs.npz"], "course_lib.data.datasets.glyph_letters()"),
    *(
        (name, pretrained.file_of(name), digest, f'course_lib.data.pretrained_networks.pretrained("{name}")')
        for name, digest in pretrained.SHA256.items()
    ),
)


def data_items(folder: Path = DATA) -> list[DataItem]:
    """Everything that the course can load from files: what comes with it in ``folder``, and what can be downloaded.

    The size of what is not in the cache is that of the download.
    """
    cache = downloads.cache_folder()
    bundled = [_bundled(folder, *entry) for entry in BUNDLED]
    return bundled + [_remote(source, cache / source.name) for source in downloads.SOURCES.values()]


def _bundled(folder, name, file, digest, loader):
    path = folder / file
    if not path.is_file():
        return DataItem(name, "missing", 0, loader)
    return DataItem(name, "bundled" if sha256(path) == digest else "damaged", path.stat().st_size, loader)


def _remote(source: downloads.Source, folder: Path):
    loader = f'course_lib.data.downloads.load("{source.name}")'
    present = [(folder / file.name).is_file() for file in source.files]
    whole = [downloads.holds(folder, file) for file in source.files]
    if all(whole):
        state = "cached"
    elif present != whole:
        state = "damaged"
    else:
        state = "incomplete" if any(present) else "downloadable"
    return DataItem(source.name, state, source.size, loader)
