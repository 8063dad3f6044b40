"""Bundled files are checked; writing leaves the old file or the new."""

import hashlib

import pytest

from course_lib import files


def test_the_checksum_is_that_of_the_content(tmp_path, rng):
    path = tmp_path / "file"
    for content in (b"", rng.bytes(1_000_000)):
        path.write_bytes(content)
        assert files.sha256(path) == hashlib.sha256(content).hexdigest()


def test_a_bundled_file_is_found_when_it_is_what_was_bundled(tmp_path):
    path = tmp_path / "numbers.npz"
    path.write_bytes(b"1 2 3")
    digest = hashlib.sha256(b"1 2 3").hexdigest()
    assert files.bundled(path.name, digest, tmp_path) == path
    path.write_bytes(b"1 2 4")
    with pytest.raises(ValueError, match=r"damaged.*git checkout data/numbers\.npz"):
        files.bundled(path.name, digest, tmp_path)
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"missing.*git checkout data/numbers\.npz"):
        files.bundled(path.name, digest, tmp_path)


@pytest.mark.parametrize("content", ["Grüße\r\nzwei\n", b"\x00\xff\r\n"])
def test_what_is_written_is_what_is_there(tmp_path, content):
    path = tmp_path / "file"
    path.write_text("old")
    files.write_atomically(path, content)
    assert path.read_bytes() == (content if isinstance(content, bytes) else content.encode("utf-8"))
    assert list(tmp_path.iterdir()) == [path]


def test_text_in_pieces_is_not_gathered(tmp_path):
    path, seen = tmp_path / "file", []

    def pieces():
        for number in range(3):
            seen.append(path.exists())
            yield f"ü{number}\n"

    files.write_atomically(path, pieces())
    assert path.read_text(encoding="utf-8") == "ü0\nü1\nü2\n"
    assert seen == [False] * 3


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_crash_while_writing_leaves_the_old_file_alone(tmp_path, monkeypatch, step):
    path = tmp_path / "file"
    path.write_text("old")

    def crash(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(files.os, step, crash)
    with pytest.raises(OSError, match="no space left"):
        files.write_atomically(path, "new and longer")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
