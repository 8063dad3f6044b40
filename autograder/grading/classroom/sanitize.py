"""HTML of students, for pages that are read with an instructor's rights: nothing in it acts, loads or leads astray.

nbgrader's own pages put what a student wrote in Markdown, HTML included, into the page as it is, also where nbconvert's
``sanitize_html`` is set: a script in a written answer would give itself full manual marks. These functions take the
place of nbconvert's filters of the names ``markdown2html`` and ``clean_html``.
"""

import re

import bleach
from bleach.css_sanitizer import CSSSanitizer
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

TEXT = "a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img kbd li ol p pre s small span"
TAGS = frozenset(f"{TEXT} strong sub sup table tbody td th thead tr u ul details summary".split())
# no position, z-index or transform: an answer must not lie over the buttons of the page
STYLES = """align-items background border border-left border-radius color cursor display flex flex-wrap font-weight
    list-style margin max-width opacity overflow-wrap padding padding-left user-select white-space width"""
LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
# a picture from elsewhere tells its owner who reads the page; an SVG may hold scripts
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
# formgrader finds its own fields by other classes
HIGHLIGHT = re.compile(r"highlight|[a-z][a-z0-9]?[a-z0-9]?")
PLAIN = ("title", "alt", "colspan", "rowspan", "align", "role", "aria-label", "open")


def clean_html(html: str | bytes) -> str:
    """HTML of an output, with the styles that our own reports use."""
    text = html.decode("utf-8", "replace") if isinstance(html, bytes) else str(html)
    return _clean(text, _allowed_in_output, CSSSanitizer(allowed_css_properties=STYLES.split()))


@pass_context
def markdown2html(context, source: str) -> str:
    """HTML of a Markdown cell or a comment; formulas stay as they are."""
    renderer = IPythonRenderer(escape=False, attachments=context.get("cell", {}).get("attachments", {}))
    return _clean(MarkdownWithMath(renderer=renderer).render(source), _allowed)


def _clean(html: str, attributes, css: CSSSanitizer | None = None) -> str:
    # what is not allowed is escaped and so can be seen
    return bleach.clean(
        html, tags=TAGS, attributes=attributes, protocols=("http", "https", "mailto", "data"), css_sanitizer=css
    )


def _allowed(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return tag == "a" and bool(LINK.match(value))
    if name == "src":
        return tag == "img" and bool(PICTURE.fullmatch(value))
    if name == "class":
        return all(HIGHLIGHT.fullmatch(word) for word in value.split())
    return name in PLAIN


def _allowed_in_output(tag: str, name: str, value: str) -> bool:
    return name == "style" or _allowed(tag, name, value)
