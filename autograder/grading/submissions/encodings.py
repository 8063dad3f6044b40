"""What a file is that is no notebook, so that its author can be told what to do. Nothing in it is parsed."""

import codecs
import re

UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SAVE_AS = "open it in a text editor, save it with the encoding UTF-8"
SUBMIT = "and submit it again"
PACKED = {
    b"\x1f\x8b": "is compressed with gzip",
    b"PK\x03\x04": "is a zip archive",
    b"BZh": "is compressed with bzip2",
    b"\xfd7zXZ": "is compressed with xz",
    b"7z\xbc\xaf": "is a 7z archive",
    b"Rar!": "is a RAR archive",
}
OTHERS = {
    b"%PDF": "is a PDF",
    b"\x89PNG": "is a picture",
    b"\xff\xd8\xff": "is a picture",
    b"{\\rtf": "is a text (RTF)",
}
PAGE = re.compile(rb"\s*<(?:!doctype|html|head|body|\?xml)", re.IGNORECASE)
DOWNLOAD = "submit the .ipynb file itself, which Jupyter's File > Download makes"


def what_it_is(data: bytes) -> str:
    """Why a file that is not JSON in UTF-8 is no notebook, and what to do; empty when there is no telling."""
    for start, what in PACKED.items():
        if data.startswith(start):
            return f"the file is not JSON, but {what}: unpack it, {SUBMIT}"
    for start, what in OTHERS.items():
        if data.startswith(start):
            return f"the file is not JSON, but {what}: {DOWNLOAD}"
    if PAGE.match(data[:1000]):
        return f"the file is not JSON, but a web page: {DOWNLOAD}"
    if data.startswith(UTF16) or _looks_like_utf16(data[:1000]):
        return f"the file is not JSON in UTF-8, as notebooks are, but in UTF-16: {SAVE_AS}, {SUBMIT}"
    if (line := _first_line_of_other(data)) and data.lstrip()[:1] == b"{":
        return (
            "the file is not JSON in UTF-8, as notebooks are, but encoded as by older programs of Windows (cp1252); "
            f"the first such sign is in its line {line}: {SAVE_AS}, {SUBMIT}"
        )
    return ""


def _looks_like_utf16(head: bytes) -> bool:
    """Whether every other byte of a text without a mark at its beginning is zero."""
    return len(head) >= 4 and (not any(head[1:40:2]) or not any(head[:40:2])) and any(head[:40])


def _first_line_of_other(data: bytes) -> int:
    """The number of the first line that is not UTF-8, 0 when there is none."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return data[: error.start].count(b"\n") + 1
    return 0
