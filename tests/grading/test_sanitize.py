"""What a student wrote is shown, but does nothing: no script, no style over the page, no loading, no leading astray."""

import re
from html.parser import HTMLParser

import pytest

from autograder.call import call
from autograder.catalogue import load
from autograder.check import HIDDEN, judge
from autograder.grading.classroom.sanitize import clean_html, markdown2html
from autograder.grading.reports.markdown import LONGEST, rendered
from autograder.report import render_html

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' java\nscript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='/formgrader/api/grade/1'>x</a>",
    "[x](javascript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    "![x](/logout)",
    "<img src='data:image/svg+xml;base64,PHN2Zy8+'>",
    "<object data=x></object><embed src=x><link rel=stylesheet href=x><base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<form action='/formgrader/api/grade/1' method=post><input name=manual_score value=100><button>x</button></form>",
    "<div style='position:fixed;top:0;left:0;width:100%;height:100%;z-index:99'>x</div>",
    "<div class='score nbgrader_cell' id=x>x</div>",
    "<style>body{display:none}</style>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<!--><script>alert(1)</script>-->",
    "`</code><script>alert(1)</script>`",
    "$</span><script>alert(1)</script>$",
    "```html\n</code></pre><script>alert(1)</script>\n```",
]
ACTIVE = set("script iframe object embed link base meta form input button style svg math".split())


class Seen(HTMLParser):
    """The tags and attributes that a browser would find."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes = set(), []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    "filtered",
    [clean_html, lambda text: markdown2html({}, text), lambda text: rendered(text, {}, page=True)],
    ids=["output", "markdown", "page"],
)
def test_nothing_active_is_left(filtered, attack):
    seen = Seen(filtered(attack))
    assert not seen.tags & ACTIVE
    for name, value in seen.attributes:
        assert not name.startswith("on")
        assert name not in ("id", "srcdoc", "action", "data")
        if name in ("href", "src"):
            assert re.match(r"https?://|#|data:image/png", value), value
            assert name == "href" or not value.startswith("http")
        if name == "style":
            assert "position" not in value
            assert "z-index" not in value
        if name == "class":
            assert "score" not in value


def test_what_is_not_allowed_can_be_seen():
    assert "&lt;script&gt;" in markdown2html({}, "<script>alert(1)</script>")


def test_formulas_lists_code_and_pasted_pictures_stay():
    attachments = {"x.png": {"image/png": "aGVsbG8="}}
    text = "# Why\n\n* $a < b$ and **so** [on](https://example.org)\n\n![x](attachment:x.png)\n\n```python\nx = 1\n```"
    html = markdown2html({"cell": {"attachments": attachments}}, text)
    seen = Seen(html)
    assert {"h1", "ul", "li", "strong", "a", "img", "pre"} <= seen.tags
    assert ("src", "data:image/png;base64,aGVsbG8=") in seen.attributes
    assert ("href", "https://example.org") in seen.attributes
    assert "$a &lt; b$" in html


def test_our_own_reports_keep_their_looks():
    exercise = load("relu_backward")
    report = judge(exercise, lambda inputs: call(exercise.misconceptions[0].function, inputs), HIDDEN)
    shown, cleaned = Seen(render_html(report)), Seen(clean_html(render_html(report)))
    assert cleaned.tags == shown.tags
    assert [name for name, _ in cleaned.attributes] == [name for name, _ in shown.attributes]


@pytest.mark.parametrize("attachments", [{}, {"other.png": {"image/png": "AAAA"}}, {"photo 1.png": {}}])
def test_a_picture_that_is_missing_is_named(attachments):
    html = markdown2html({"cell": {"attachments": attachments}}, "Look: ![photo](attachment:photo%201.png)")
    assert "[the picture photo 1.png is not there]" in html


def test_what_a_page_cannot_show_is_written_out():
    html = rendered(
        "# Why\n\n[a paper](https://example.org/a), ![p](https://example.org/p.png), $a < b$", {}, page=True
    )
    assert "<strong>Why</strong>" in html
    assert "a paper (https://example.org/a)" in html
    assert "a picture that was not handed in" in html
    assert "$a &lt; b$" in html
    assert not Seen(html).tags & {"h1", "a", "img"}


@pytest.mark.parametrize(
    "text", ["<div>" * LONGEST, "\\begin{a}" * 2001, "|a" * 2001 + "\n" + "|-" * 2001, "x" * LONGEST + "x"]
)
def test_a_text_that_would_keep_the_parser_busy_is_shown_as_it_was_typed(text):
    html = rendered(text, {}, page=True)
    assert html.startswith("<pre>")
    assert len(html) >= len(text)


def test_whatever_a_parser_does_the_page_is_made(monkeypatch):
    monkeypatch.setattr("nbconvert.filters.markdown_mistune.MarkdownWithMath.render", lambda self, text: 1 / 0)
    assert rendered("a < b", {}) == "<pre>a &lt; b</pre>"
