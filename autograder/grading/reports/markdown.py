"""Markdown of strangers as HTML in which nothing acts, loads or leads astray, for formgrader and for our own pages."""

import html
import re
from collections.abc import Mapping
from urllib.parse import unquote

import bleach
from bleach.css_sanitizer import CSSSanitizer
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.report import readable

TEXT = "a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img kbd li ol p pre s small span"
TAGS = frozenset(f"{TEXT} strong sub sup table tbody td th thead tr u ul details summary".split())
LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
# a picture from elsewhere tells its owner who reads the page; an SVG may hold scripts
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
SHOWN = ("image/png", "image/jpeg", "image/gif")
# formgrader finds its own fields by other classes
HIGHLIGHT = re.compile(r"highlight|[a-z][a-z0-9]?[a-z0-9]?")
PLAIN = ("title", "alt", "colspan", "rowspan", "align", "role", "aria-label", "open")
# The parsers take time that grows with the square of what is nested: 40,000 characters of "<div>" took ten seconds.
LONGEST = 20_000
MOST_SIGNS = 2000
SIGNS = re.compile(r"[<|>\[`]|\\[([]|\\begin|^ *[-=#*+]|^ *\S{1,9} ", re.MULTILINE)

Attachments = Mapping[str, Mapping[str, str]]


def rendered(source: str, attachments: Attachments, *, page: bool = False) -> str:
    """Sanitised HTML of a text; formulas stay as they are. A text that would take long is shown as it was typed.

    Parameters
    ----------
    attachments : name -> MIME type -> base64, of the pictures that the text may refer to.
    page : for a page of ours, where there are headings already, and nothing that leads elsewhere.
    """
    source = readable(source)
    if len(source) > LONGEST or len(SIGNS.findall(source)) > MOST_SIGNS:
        return f"<pre>{html.escape(source)}</pre>"
    renderer = (_PageRenderer if page else _Renderer)(attachments)
    try:
        return sanitized(MarkdownWithMath(renderer=renderer).render(source))
    except Exception:  # whatever a parser does with a stranger's text, the page is made
        return f"<pre>{html.escape(source)}</pre>"


def sanitized(text: str, styles: CSSSanitizer | None = None) -> str:
    """HTML with what is not allowed escaped, so that it can be seen.

    Parameters
    ----------
    styles : which inline styles may stay; by default none.
    """

    def allowed(tag: str, name: str, value: str) -> bool:
        return name == "style" if styles and name == "style" else _allowed(tag, name, value)

    protocols = ("http", "https", "mailto", "data")
    return bleach.clean(text, tags=TAGS, attributes=allowed, protocols=protocols, css_sanitizer=styles)


def _allowed(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return tag == "a" and bool(LINK.match(value))
    if name == "src":
        return tag == "img" and bool(PICTURE.fullmatch(value))
    if name == "class":
        return all(HIGHLIGHT.fullmatch(word) for word in value.split())
    return name in PLAIN


class _Renderer(IPythonRenderer):
    """nbconvert's, which ends on an attachment that is not there."""

    def __init__(self, attachments: Attachments, escape: bool = False):
        super().__init__(escape=escape, attachments=dict(attachments))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        kind, _, name = url.partition(":")
        if kind != "attachment":
            return super().image(text, url, title)
        bundle = self.attachments.get(name) or self.attachments.get(unquote(name)) or {}
        shown = next((kind for kind in SHOWN if kind in bundle), None)
        if shown is None:
            return f"<em>[the picture {html.escape(unquote(name))} is not there]</em>"
        alt = html.escape(text) or "picture"
        return f'<img src="data:{shown};base64,{bundle[shown]}" alt="{alt}">'


class _PageRenderer(_Renderer):
    """For a page of ours: tags are text, headings are bold lines, addresses are written out."""

    def __init__(self, attachments: Attachments):
        super().__init__(attachments, escape=True)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        if url.startswith("attachment:"):
            return super().image(text, url, title)
        return f"<em>[a picture that was not handed in: {html.escape(text or url)}]</em>"

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return text if url in ("", text) else f"{text} ({html.escape(url)})"

    def heading(self, text: str, level: int, **attrs) -> str:
        return f"<p><strong>{text}</strong></p>\n"

    def block_code(self, code: str, info: str | None = None) -> str:
        return f"<pre><code>{html.escape(code)}</code></pre>\n"

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        return f"<td>{f'<strong>{text}</strong>' if head else text}</td>\n"

    def task_list_item(self, text: str, checked: bool = False, **attrs) -> str:
        return f"<li>{'☑' if checked else '☐'} {text}</li>\n"

    def inline_math(self, body: str) -> str:
        return f"<code>{super().inline_math(body)}</code>"

    def block_math(self, body: str) -> str:
        return f"<code>{super().block_math(body)}</code>"
