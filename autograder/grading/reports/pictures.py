"""The pictures in a student's notebook, as data URIs that a page can hold: nothing else of what they send."""

import base64
import binascii
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from nbformat import from_dict

MAX_PICTURE = 2 << 20  # bytes; a figure of this course has 30 to 150 kB
MAX_PAGE = 12 << 20
MAX_PICTURES = 80
MAX_PIXELS = 40_000_000  # a few hundred bytes of PNG can ask the browser for gigabytes
# What a file says it is, is the sender's to choose; what it begins with decides. SVG can hold scripts, and is left out.
MAGIC = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF87a": "gif", b"GIF89a": "gif"}
KINDS = ("image/png", "image/jpeg", "image/gif")
IN_MARKDOWN = re.compile(r"data:image/(?:png|jpeg|jpg|gif);base64,([A-Za-z0-9+/=]+)")
SHOWN_BY_NBCONVERT = ("image/png", "image/jpeg")  # as an output
MAX_FILE_NAME = 200


@dataclass(frozen=True)
class Picture:
    """``cell`` is a grade_id, or empty; ``attachment`` the name under which the cell's text refers to it, or empty.

    ``index`` counts the cells of the notebook.
    ``place`` is outputs, attachments or source. ``text`` is base64 of our own writing, of bytes that begin as ``kind``,
    a MIME type, begins.
    """

    cell: str
    place: str
    attachment: str
    kind: str
    text: str
    index: int

    @property
    def uri(self) -> str:
        return f"data:{self.kind};base64,{self.text}"


@dataclass(frozen=True)
class Pictures:
    """All that were found; ``left_out`` were none, or too large."""

    found: tuple[Picture, ...] = ()
    left_out: int = 0

    @cached_property
    def by_cell(self) -> dict[str, tuple[str, ...]]:
        """Data URIs by grade_id, each picture once; those of cells without a grade_id are under the empty string."""
        first = {picture.text: picture for picture in reversed(self.found)}
        uris = defaultdict(list)
        for picture in self.found:
            if first[picture.text] is picture:
                uris[picture.cell].append(picture.uri)
        return {cell: tuple(own) for cell, own in uris.items()}

    def named(self, names: Mapping[int, str]) -> "Pictures":
        """The pictures, of which those in the cells of these numbers belong to the cell of this grade_id."""
        found = tuple(replace(p, cell=names[p.index]) if p.index in names else p for p in self.found)
        return Pictures(found, self.left_out)

    def in_text(self, cell: str, text: str) -> tuple[str, dict[str, dict[str, str]]]:
        """The text of a cell with each picture that stands in it as an attachment, and the cell's attachments."""
        own = [picture for picture in self.found if picture.cell == cell]
        attachments = {p.attachment: {p.kind: p.text} for p in own if p.place == "attachments"}
        typed = {p.text: p for p in own if p.place == "source"}
        for number, picture in enumerate(typed.values(), 1):
            attachments[f"picture-{number}"] = {picture.kind: picture.text}
        places = {text: f"attachment:picture-{number}" for number, text in enumerate(typed, 1)}
        return IN_MARKDOWN.sub(lambda found: places.get(_canonical(found[1]), "attachment:"), text), attachments

    def fields(self, types: Mapping[str, str]) -> dict[str, dict]:
        """Outputs and attachments for cells of a notebook: PNG and JPEG, and nothing of what stood with them.

        Parameters
        ----------
        types : grade_id -> type of the cell, which says which of the two it can have.
        """
        found = defaultdict(list)
        for picture in self.found:
            found[picture.cell].append(picture)
        return {cell: fields for cell in found if (fields := _fields(found[cell], types.get(cell, "")))}

    def fields_of(self, index: int, kind: str) -> dict[str, object]:
        """The same for the cell of this number, of this type."""
        return _fields([picture for picture in self.found if picture.index == index], kind)


def _fields(pictures: Iterable[Picture], kind: str) -> dict[str, object]:
    holds, outputs, attachments = {"code": "outputs", "markdown": "attachments"}.get(kind), [], {}
    for picture in pictures:
        if picture.place != holds or picture.kind not in SHOWN_BY_NBCONVERT:
            continue
        bundle = {picture.kind: picture.text}
        outputs.append(from_dict({"output_type": "display_data", "data": bundle, "metadata": {}}))
        attachments[picture.attachment] = bundle
    return {holds: outputs if holds == "outputs" else attachments} if outputs else {}


NO_PICTURES = Pictures()


def pictures_of(data: bytes) -> Pictures:
    """The pictures in the outputs, attachments and texts of a notebook. Never raises because of what is in it."""
    if b"image/" not in data:
        return NO_PICTURES
    found, seen, size, left_out = [], set(), 0, 0
    for index, cell, place, attachment, text in _encoded(data):
        picture = _decoded(text)
        if picture is None:
            left_out += 1
            continue
        if picture not in seen:
            if size + len(picture) > MAX_PAGE or len(seen) >= MAX_PICTURES:
                left_out += 1
                continue
            seen.add(picture)
            size += len(picture)
        encoded = base64.b64encode(picture).decode()
        found.append(Picture(cell, place, attachment, f"image/{_kind(picture)}", encoded, index))
    return Pictures(tuple(found), left_out)


def _encoded(data: bytes) -> Iterator[tuple[int, str, str, str, str]]:
    """What may be pictures: number and grade_id of the cell, place, name of the attachment, base64."""
    try:
        cells = json.loads(data.decode("utf-8-sig"))["cells"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    cells = cells if isinstance(cells, list) else []
    for index, cell in enumerate(cell for cell in cells if isinstance(cell, dict)):
        name = _at(cell, "metadata", "nbgrader", "grade_id")
        name = name if isinstance(name, str) else ""
        outputs, attachments = cell.get("outputs"), cell.get("attachments")
        bundles = [("outputs", "", _at(o, "data")) for o in outputs] if isinstance(outputs, list) else []
        if isinstance(attachments, dict):
            bundles += [("attachments", file[:MAX_FILE_NAME], bundle) for file, bundle in attachments.items()]
        for place, file, bundle in bundles:
            for kind in KINDS:
                if text := _text(_at(bundle, kind)):
                    yield index, name, place, file, text
        if cell.get("cell_type") == "markdown":
            for text in IN_MARKDOWN.findall(_text(cell.get("source"))):
                yield index, name, "source", "", text


def _at(value, *keys):
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _text(value) -> str:
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def _decoded(text: str) -> bytes | None:
    """The picture, or None when it is none, or too large."""
    if len(text) > 2 * MAX_PICTURE:
        return None
    try:
        picture = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    width, height = _pixels(picture)
    return picture if _kind(picture) and len(picture) <= MAX_PICTURE and width * height <= MAX_PIXELS else None


def _canonical(text: str) -> str:
    """Base64 of our own writing, empty when it is no picture."""
    picture = _decoded(text)
    return base64.b64encode(picture).decode() if picture else ""


def _kind(picture: bytes) -> str:
    return next((kind for magic, kind in MAGIC.items() if picture.startswith(magic)), "")


def _pixels(picture: bytes) -> tuple[int, int]:
    """Width and height as the header says (of JPEG, in its first frame)."""
    kind = _kind(picture)
    if kind == "png":
        return int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")
    if kind == "gif":
        return int.from_bytes(picture[6:8], "little"), int.from_bytes(picture[8:10], "little")
    place = 2
    while kind == "jpeg" and place + 9 < len(picture) and picture[place] == 0xFF:
        marker = picture[place + 1]
        if marker in range(0xC0, 0xD0) and marker not in (0xC4, 0xC8, 0xCC):  # a frame, and no table
            return int.from_bytes(picture[place + 7 : place + 9], "big"), int.from_bytes(
                picture[place + 5 : place + 7], "big"
            )
        place += 2 + int.from_bytes(picture[place + 2 : place + 4], "big")
    return 0, 0
