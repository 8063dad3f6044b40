"""A file that is no notebook is answered with what it is, and what to do."""

import gzip
import json

import pytest

from autograder.grading.submissions.restore import restore

ADVICE = {
    "utf-16": "save it with the encoding UTF-8",
    "cp1252": "save it with the encoding UTF-8",
    "gzip": "unpack it",
    "web page": "File > Download",
    "PDF": "File > Download",
}


@pytest.fixture
def said(assignment):
    """A function that says what is answered to a file."""

    def read(data: bytes) -> str:
        restored = restore(assignment, data)
        assert restored.notebook is None
        (remark,) = restored.remarks
        assert remark.text.isprintable()
        return remark.text

    return read


@pytest.fixture
def text(released) -> str:
    released.cells[0].source = "# Größe"
    return json.dumps(released, indent=1, ensure_ascii=False)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16(said, text, encoding):
    assert "but in UTF-16: open it" in said(text.encode(encoding))
    assert ADVICE["utf-16"] in said(text.encode(encoding))


def test_the_encoding_of_older_windows_with_the_line(said, text):
    line = text[: text.index("ö")].count("\n") + 1
    assert f"(cp1252); the first such sign is in its line {line}:" in said(text.encode("cp1252"))
    assert ADVICE["cp1252"] in said(text.encode("cp1252"))


@pytest.mark.parametrize(
    "data, what",
    [
        (gzip.compress(b"{}", mtime=0), "is compressed with gzip: unpack it"),
        (b"PK\x03\x04...", "is a zip archive: unpack it"),
        (b"%PDF-1.7", "is a PDF: submit the .ipynb file itself"),
        (b"\n<!DOCTYPE html><html>", "a web page: submit the .ipynb file itself"),
        (b"import numpy as np\n", "not JSON"),
        (bytes(100), "not JSON"),
        (b"\xff\xfe", "UTF-16"),
        (b"\xff", "not JSON"),
    ],
)
def test_other_files(said, data, what):
    assert what in said(data)


def test_a_mark_at_the_beginning_of_utf8_does_no_harm(assignment, text):
    assert restore(assignment, text.encode("utf-8-sig")).notebook is not None
