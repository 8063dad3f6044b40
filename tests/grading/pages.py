"""What a browser would make of a page, and pictures for it."""

import base64
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise

VOID = ("meta", "br", "img", "link", "input", "hr")
ACTIVE = {"script", "iframe", "object", "embed", "link", "form", "base", "svg", "style "}
HOSTILE = "</code><script>alert(1)</script><img src=x onerror=alert(1)>{{ 731*977 }}'\""
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElFTkSuQmCC"
)
GIF = base64.b64decode("R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==")
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xc0\x00\x11\x08\x00\x01\x00\x01\x03"
    + bytes(9)
)


class Page(HTMLParser):
    """The tags, attributes, links, images and text of a page; complains about tags left open."""

    def __init__(self, page: str):
        super().__init__()
        self.tags, self.attributes, self.links, self.sources, self.alts = set(), set(), [], [], []
        self.text, self.open, self.ids = "", [], set()
        self.headings, self.scopes, self.count = [], [], Counter()
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.add(tag)
        self.count[tag] += 1
        self.headings += [int(tag[1])] if tag in ("h1", "h2", "h3", "h4") else []
        self.scopes += [attributes.get("scope")] if tag == "th" else []
        self.attributes |= set(attributes)
        self.links += [attributes["href"]] if "href" in attributes else []
        self.sources += [attributes["src"]] if "src" in attributes else []
        self.alts += [attributes.get("alt")] if tag == "img" else []
        self.ids |= {attributes["id"]} if "id" in attributes else set()
        self.open += [] if tag in VOID else [tag]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def harmless(page: str) -> Page:
    """The page, after a look that nothing in it is active, and nothing comes from elsewhere."""
    seen = Page(page)
    assert not seen.tags & ACTIVE
    assert not any(name.startswith("on") for name in seen.attributes)
    assert all(source.startswith("data:image/") for source in seen.sources)
    assert all(link.startswith(("#", "feedback/")) for link in seen.links)
    assert "default-src 'none'" in page
    assert_accessible(seen)
    return seen


def assert_accessible(seen: Page):
    """One main part, headings that skip no level, header cells that say of what, pictures with a text."""
    assert seen.count["main"] == seen.count["h1"] == 1
    assert seen.headings[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(seen.headings))
    assert set(seen.scopes) <= {"row", "col"}
    assert all(seen.alts)
