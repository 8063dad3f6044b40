"""Downloads from a server of the test's own; loading from files that the test puts into the cache by hand."""

import gzip
import hashlib
import io
import re
import socket
import tarfile
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import numpy as np
import pytest

from course_lib.data import downloads, image_files
from course_lib.data.downloads import SOURCES, DataUnavailable, RemoteFile
from course_lib.data.inventory import data_items

NOWHERE = "http://127.0.0.1:9/"  # the discard port: nothing listens there


def silent(done, total, file):
    pass


def idx(array) -> bytes:
    """An IDX file of unsigned bytes, as its authors describe it."""
    header = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return gzip.compress(header + array.astype(np.uint8).tobytes(order="C"))


def tar(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def mnist(rng):
    """Small images and labels, and the files that hold them."""
    images = [rng.integers(0, 256, (n, 28, 28)) for n in (7, 3)]
    labels = [rng.integers(0, 10, n) for n in (7, 3)]
    names = [file.name for file in SOURCES["mnist"].files]
    return images, labels, dict(zip(names, map(idx, (images[0], labels[0], images[1], labels[1])), strict=True))


def cifar(rng):
    """Five training batches of 2 and a test batch of 3, and the archive that holds them."""
    sizes = {f"data_batch_{k}.bin": 2 for k in range(1, 6)} | {"test_batch.bin": 3}
    images = {name: rng.integers(0, 256, (n, 3, 32, 32)) for name, n in sizes.items()}
    labels = {name: rng.integers(0, 10, n) for name, n in sizes.items()}
    batches = {}
    for name, n in sizes.items():
        records = [bytes([labels[name][k]]) + images[name][k].astype(np.uint8).tobytes() for k in range(n)]
        batches[f"cifar-10-batches-bin/{name}"] = b"".join(records)
    return images, labels, batches | {"cifar-10-batches-bin/readme.html": b"<html>"}


def expecting(name, content: dict[str, bytes], *mirrors):
    """The named source, but with the sizes and checksums of ``content``."""
    files = [RemoteFile(file, len(data), hashlib.sha256(data).hexdigest()) for file, data in content.items()]
    return replace(SOURCES[name], files=tuple(files), mirrors=mirrors)


def lay(folder, content: dict[str, bytes]):
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in content.items():
        (folder / name).write_bytes(data)


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def server(tmp_path):
    """A folder, and the address under which a local server shows it."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as http:
        thread = Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield folder, f"http://127.0.0.1:{http.server_port}/"
        http.shutdown()
        thread.join()


def test_every_published_checksum_can_be_one():
    files = [file for source in SOURCES.values() for file in source.files]
    assert all(re.fullmatch("[0-9a-f]{64}", file.sha256) for file in files)
    assert len({file.sha256 for file in files}) == len(files) == 9


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_idx_files_put_there_by_hand_are_read_without_a_network(name, tmp_path, rng):
    images, labels, content = mnist(rng)
    lay(tmp_path / name, content)
    data = downloads.read(expecting(name, content), tmp_path)
    for x, y, image, label in zip(
        (data.x_train, data.x_test), (data.y_train, data.y_test), images, labels, strict=True
    ):
        assert x.dtype == np.float32 and y.dtype == np.int64
        assert x.shape == (len(image), 1, 28, 28)
        np.testing.assert_allclose(x[:, 0], image / 255, rtol=1e-6)  # one rounding to float32
        assert np.array_equal(y, label)
    np.testing.assert_array_equal(image_files.read_mnist(str(tmp_path / name)).x_train, data.x_train)


@pytest.mark.usefixtures("no_network")
def test_the_cifar_archive_put_there_by_hand_is_read_without_a_network(tmp_path, rng):
    images, labels, batches = cifar(rng)
    backwards = dict(reversed(batches.items()))  # the order in the archive does not matter
    content = {"cifar-10-binary.tar.gz": tar(backwards)}
    lay(tmp_path / "cifar-10", content)
    data = downloads.read(expecting("cifar-10", content), tmp_path)
    names = [f"data_batch_{k}.bin" for k in range(1, 6)]
    expected = np.concatenate([images[name] for name in names]), images["test_batch.bin"]
    for x, image in zip((data.x_train, data.x_test), expected, strict=True):
        assert x.dtype == np.float32 and x.shape == image.shape
        np.testing.assert_allclose(x, image / 255, rtol=1e-6)  # one rounding to float32
    assert np.array_equal(data.y_train, np.concatenate([labels[name] for name in names]))
    assert np.array_equal(data.y_test, labels["test_batch.bin"])
    assert data.y_train.dtype == data.y_test.dtype == np.int64


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", SOURCES)
def test_without_the_files_load_says_which_to_lay_where(name, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(DataUnavailable) as error:
        downloads.load(name)
    message = str(error.value)
    assert f"course data get {name}" in message
    assert str(tmp_path / name) in message
    for file in SOURCES[name].files:
        assert file.name in message and file.sha256 in message and str(file.size) in message


@pytest.mark.usefixtures("no_network")
def test_a_file_with_another_checksum_is_never_read(tmp_path, rng, monkeypatch):
    _, _, content = mnist(rng)
    lay(tmp_path / "mnist", content)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(ValueError) as error:
        downloads.load("mnist")
    first = SOURCES["mnist"].files[0]
    found = hashlib.sha256(content[first.name]).hexdigest()
    assert all(part in str(error.value) for part in (first.name, first.sha256, found, "course data get mnist"))


IMAGES, LABELS = np.zeros((2, 28, 28)), np.zeros(2)
BAD_IDX = {
    "not a gzip file": b"plain",
    "cut off": idx(IMAGES)[:-9],
    "starts with nothing": gzip.compress(b""),
    "starts with 00 00 0d 03": gzip.compress(bytes([0, 0, 13, 3]) + bytes(12)),
    "starts with 00 00 08 03": gzip.compress(bytes([0, 0, 8, 3]) + bytes(5)),
    "promises an array of shape (2, 28, 28), but holds 1567": gzip.compress(gzip.decompress(idx(IMAGES))[:-1]),
    "holds 1569 entries": gzip.compress(gzip.decompress(idx(IMAGES)) + b"!"),
    "do not go with labels of shape (2,)": idx(np.zeros((3, 28, 28))),
    "images of shape (2,)": idx(LABELS),
}


@pytest.mark.parametrize("complaint", BAD_IDX)
def test_a_garbled_idx_file_is_named(complaint, tmp_path):
    good = {"train-labels-idx1-ubyte.gz": idx(LABELS), "t10k-images-idx3-ubyte.gz": idx(IMAGES)}
    good["t10k-labels-idx1-ubyte.gz"] = idx(LABELS)
    content = good | {"train-images-idx3-ubyte.gz": BAD_IDX[complaint]}
    lay(tmp_path / "mnist", content)
    with pytest.raises(ValueError) as error:
        downloads.read(expecting("mnist", content), tmp_path)
    assert complaint in str(error.value)
    assert str(tmp_path) in str(error.value)


BATCHES = {f"cifar-10-batches-bin/{name}.bin": bytes(3073) for name in [f"data_batch_{k}" for k in range(1, 6)]}
BATCHES["cifar-10-batches-bin/test_batch.bin"] = bytes(3073)
THIRD = "cifar-10-batches-bin/data_batch_3.bin"
NOISE = np.random.default_rng(0).bytes(3072)
BAD_CIFAR = {
    "not a gzipped tar archive": b"plain",
    "cut off": tar(BATCHES | {THIRD: b"\1" + NOISE})[:2000],
    f"lacks {THIRD}": tar({name: data for name, data in BATCHES.items() if name != THIRD}),
    "3072 bytes, not a multiple of 3073": tar(BATCHES | {THIRD: bytes(3072)}),
    "[0, 10), got 77": tar(BATCHES | {THIRD: bytes([77]) + bytes(3072)}),
}


@pytest.mark.parametrize("complaint", BAD_CIFAR)
def test_a_garbled_cifar_archive_is_named(complaint, tmp_path):
    content = {"cifar-10-binary.tar.gz": BAD_CIFAR[complaint]}
    lay(tmp_path / "cifar-10", content)
    with pytest.raises(ValueError) as error:
        downloads.read(expecting("cifar-10", content), tmp_path)
    assert complaint in str(error.value)
    assert "cifar-10-binary.tar.gz" in str(error.value)


def test_nothing_in_an_archive_gets_out_of_it(tmp_path):
    (tmp_path / "cifar-10").mkdir()
    archive = tmp_path / "cifar-10" / "cifar-10-binary.tar.gz"
    archive.write_bytes(tar(BATCHES | {"../escaped.bin": b"out", "/tmp/escaped-from-tar.bin": b"out"}))
    image_files.read_cifar10(str(archive.parent))  # a folder's name serves as well
    assert sorted(tmp_path.rglob("*")) == [archive.parent, archive]


def test_a_download_is_checked_reported_and_not_repeated(server, tmp_path, rng):
    folder, address = server
    _, _, content = mnist(rng)
    lay(folder, content)
    source = expecting("mnist", content, NOWHERE, address)  # the second mirror helps out
    reported = []
    where = downloads.fetch(source, tmp_path / "cache", lambda *report: reported.append(report))
    assert {path.name: path.read_bytes() for path in where.iterdir()} == content
    assert {name: max(d for d, _, n in reported if n == name) for name in content} == {
        name: len(data) for name, data in content.items()
    }
    assert all(done <= total == len(content[name]) for done, total, name in reported)
    assert all(path.stat().st_mode & 0o444 == 0o444 for path in where.iterdir())
    # what is there is not fetched again, and what is damaged is
    first, *others = sorted(content)
    stamps = {name: (where / name).stat().st_mtime_ns for name in others}
    (where / first).write_bytes(b"damaged")
    downloads.fetch(source, tmp_path / "cache", silent)
    assert (where / first).read_bytes() == content[first]
    assert {name: (where / name).stat().st_mtime_ns for name in others} == stamps
    assert len(downloads.read(source, tmp_path / "cache").y_train) == 7


def test_whole_files_in_the_cache_need_no_network(no_network, tmp_path, rng):
    _, _, content = mnist(rng)
    lay(tmp_path / "mnist", content)
    assert downloads.fetch(expecting("mnist", content, NOWHERE), tmp_path, silent) == tmp_path / "mnist"


def test_a_truncated_or_changed_download_leaves_nothing_in_the_cache(server, tmp_path, rng):
    folder, address = server
    _, _, content = mnist(rng)
    first = SOURCES["mnist"].files[0].name
    for served in (content[first][:-1], content[first][:-1] + b"!"):
        lay(folder, content | {first: served})
        with pytest.raises(DataUnavailable, match="SHA-256 differs"):
            downloads.fetch(expecting("mnist", content, address), tmp_path / "cache", silent)
        assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_without_a_network_the_message_says_which_files_to_lay_where(tmp_path, rng):
    _, _, content = mnist(rng)
    *rest, done = content
    lay(tmp_path / "mnist", {done: content[done]})
    source = expecting("mnist", content, NOWHERE)
    with pytest.raises(DataUnavailable) as error:
        downloads.fetch(source, tmp_path, silent)
    message = str(error.value)
    assert f"{NOWHERE}{rest[0]}: no connection" in message
    assert str(tmp_path / "mnist") in message
    assert done not in message
    for file in source.files[:-1]:
        assert all(part in message for part in (file.name, file.sha256, str(file.size)))


def test_a_page_that_is_not_there_is_named_with_its_answer(server, tmp_path, rng):
    _, address = server
    _, _, content = mnist(rng)
    with pytest.raises(DataUnavailable, match="404"):
        downloads.fetch(expecting("mnist", content, address), tmp_path, silent)


@pytest.mark.parametrize("function", [downloads.load, downloads.download])
def test_an_unknown_name_is_refused_with_the_known_ones(function):
    with pytest.raises(ValueError, match="'mnist', 'fashion-mnist', 'cifar-10', got 'imagenet'"):
        function("imagenet")


def test_the_cache_is_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    assert downloads.cache_folder() == tmp_path
    monkeypatch.setenv("COURSE_DATA", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    assert downloads.cache_folder().is_absolute()
    assert "training-deep-networks" in str(downloads.cache_folder())


def test_data_items_tell_bundled_cached_and_broken_files_apart(tmp_path, rng, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    _, _, content = mnist(rng)
    lay(tmp_path / "mnist", content)  # not the published ones
    by_name = {item.name: item for item in data_items()}
    assert by_name["digits"].state == by_name["glyphs"].state == "bundled"
    assert by_name["mnist"].state == "damaged"
    assert by_name["cifar-10"].state == "downloadable"
    assert by_name["cifar-10"].size == SOURCES["cifar-10"].size
    assert {item.state for item in data_items(tmp_path) if item.loader.startswith("course_lib.data.datasets")} == {
        "missing"
    }
    (tmp_path / "digits.npz").write_bytes(b"not the digits")
    assert data_items(tmp_path)[0].state == "damaged"


def test_data_items_tell_cached_and_incomplete_sets_apart(tmp_path, rng, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    _, _, content = mnist(rng)
    monkeypatch.setitem(SOURCES, "mnist", expecting("mnist", content))
    states = []
    for name, data in content.items():
        lay(tmp_path / "mnist", {name: data})
        states.append({item.name: item.state for item in data_items()}["mnist"])
    assert states == ["incomplete"] * 3 + ["cached"]


@pytest.mark.usefixtures("no_network")
def test_a_progress_that_is_not_a_function_is_refused_before_anything_is_fetched():
    with pytest.raises(TypeError, match=r"^progress must be a function of the bytes done, .*, got True \(bool\)$"):
        downloads.download("mnist", progress=True)
