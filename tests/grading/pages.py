"""What a browser would make of a page."""

from html.parser import HTMLParser

VOID = ("meta", "br", "img", "link", "input", "hr")
ACTIVE = {"script", "iframe", "object", "embed", "link", "form", "base", "svg", "style "}
HOSTILE = "</code><script>alert(1)</script><img src=x onerror=alert(1)>{{ 731*977 }}'\""


class Page(HTMLParser):
    """The tags, attributes, links, images and text of a page; complains about tags left open."""

    def __init__(self, page: str):
        super().__init__()
        self.tags, self.attributes, self.links, self.sources, self.alts = set(), set(), [], [], []
        self.text, self.open, self.ids = "", [], set()
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.add(tag)
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
    return seen
