"""HTML of students, for pages that are read with an instructor's rights: nothing in it acts, loads or leads astray.

nbgrader's own pages put what a student wrote in Markdown, HTML included, into the page as it is, also where nbconvert's
``sanitize_html`` is set: a script in a written answer would give itself full manual marks. These functions take the
place of nbconvert's filters of the names ``markdown2html`` and ``clean_html``.
"""

from bleach.css_sanitizer import CSSSanitizer
from jinja2 import pass_context

from autograder.grading.reports.markdown import rendered, sanitized

# no position, z-index or transform: an answer must not lie over the buttons of the page
STYLES = """align-items background border border-left border-radius color cursor display flex flex-wrap font-weight
    list-style margin max-width opacity overflow-wrap padding padding-left user-select white-space width"""


def clean_html(html: str | bytes) -> str:
    """HTML of an output, with the styles that our own reports use."""
    text = html.decode("utf-8", "replace") if isinstance(html, bytes) else str(html)
    return sanitized(text, CSSSanitizer(allowed_css_properties=STYLES.split()))


@pass_context
def markdown2html(context, source: str) -> str:
    """HTML of a Markdown cell or a comment; formulas stay as they are."""
    return rendered(source, context.get("cell", {}).get("attachments", {}))
