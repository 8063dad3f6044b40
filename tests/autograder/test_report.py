"""A report reads well as text and as HTML, escapes what the student wrote, and is a bare score to nbgrader."""

import os
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from thrift import rest_in_soak

from autograder.catalogue import load
from autograder.check import check
from autograder.report import GRADER_ERROR, MARKS, TITLES, CaseResult, Diagnosis, Report, render_html, render_text

HOSTILE = "<script>alert(\"1\")</script><img src=x onerror=alert(2)> & 'q'"


def right(dout, z):
    return dout * (z > 0)


def raises_hostile(dout, z):
    raise ValueError(HOSTILE)


def prints_hostile(dout, z):
    print(HOSTILE)
    return dout * (z > 0)


def warns_hostile(dout, z):
    import warnings

    warnings.warn(HOSTILE, stacklevel=1)
    return dout * (z > 0)


def returns_hostile(dout, z):
    return type(HOSTILE, (), {})()


def raises_hostile_class(dout, z):
    raise type(HOSTILE, (Exception,), {})


def name_of(function):
    return getattr(function, "__name__", "nothing")


class Reader(HTMLParser):
    """Collects the tags, and checks that they are closed in order."""

    VOID = ("br",)

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.open, self.text = [], [], [], ""
        self.depths = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag not in self.VOID:
            self.open.append(tag)
        self.depths.append(list(self.open))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def deepest(self, tag):
        """How many elements of that tag lie one inside the other."""
        return max(open_tags.count(tag) for open_tags in self.depths)


ALLOWED = {"div", "b", "code", "span", "ul", "li", "br", "details", "summary", "pre"}


@pytest.mark.parametrize(
    "function",
    [raises_hostile, prints_hostile, warns_hostile, returns_hostile, raises_hostile_class],
    ids=name_of,
)
def test_hostile_text_is_escaped(function):
    html = render_html(check("relu_backward", function))
    read = Reader(html)
    assert set(read.tags) <= ALLOWED
    assert not any(name.startswith("on") for name in read.attributes)
    assert "<script" not in html
    assert "<script>" in read.text  # it is still there to be read


@pytest.mark.parametrize("field", ["exercise", "headline", "notes", "hints"])
def test_no_field_is_trusted(field):
    values = {"exercise": "x", "verdict": "fail", "score": 0.0, "points": 1.0}
    values[field] = (HOSTILE,) if field in ("notes", "hints") else HOSTILE
    read = Reader(render_html(Report(**values)))
    assert set(read.tags) <= ALLOWED and HOSTILE in read.text


def test_no_part_of_a_case_is_trusted():
    case = CaseResult(HOSTILE, "fail", HOSTILE, HOSTILE, HOSTILE)
    diagnosis = Diagnosis(HOSTILE, HOSTILE, "misconception")
    read = Reader(render_html(Report("x", "fail", 0.0, 1.0, cases=(case,), diagnosis=diagnosis)))
    assert set(read.tags) <= ALLOWED and read.text.count(HOSTILE) == 4


def shell_that_shows(monkeypatch, *types):
    """An IPython shell whose front end asks for these MIME types, as get_ipython() will find it."""
    shell = InteractiveShell()
    shell.display_formatter.active_types = list(types)
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    return shell


@pytest.mark.parametrize("function", [right, raises_hostile, returns_hostile, None], ids=name_of)
def test_in_a_jupyter_kernel_the_text_is_the_bare_score(function, monkeypatch):
    shell = shell_that_shows(monkeypatch, "text/plain", "text/html", "text/markdown", "image/png")
    report = check("relu_backward", function)
    data, _ = shell.display_formatter.format(report)
    assert float(data["text/plain"]) == float(report) == report.score
    assert data["text/plain"] == repr(float(report.score))
    assert data["text/html"] == render_html(report)


def test_in_a_terminal_the_text_is_the_report(monkeypatch):
    shell = shell_that_shows(monkeypatch, "text/plain")
    report = check("relu_backward", returns_hostile)
    data, _ = shell.display_formatter.format(report)
    assert data == {"text/plain": render_text(report)}
    assert data["text/plain"] == str(report) == repr(report)


def test_without_ipython_the_text_is_the_report(monkeypatch):
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    report = check("relu_backward", right)
    assert report._repr_mimebundle_() == {"text/plain": str(report)}


@pytest.mark.parametrize("verdict", TITLES)
def test_every_verdict_has_its_mark_word_and_headline(verdict):
    report = Report("x", verdict, 0.25, 2.0, headline="why it is so")
    for text in (render_text(report), Reader(render_html(report)).text):
        assert TITLES[verdict] in text and "0.25 of 2 points" in text and "why it is so" in text
        assert (GRADER_ERROR in text) == (verdict == "grader_error")
    assert len(set(MARKS.values())) == len(MARKS) and set(MARKS) == set(TITLES)


def test_a_pass_is_short():
    text = str(check("relu_backward", right))
    assert text.splitlines()[0] == "PASS  relu_backward  1 of 1 points"
    assert len(text.splitlines()) == 1 + len(load("relu_backward").cases) + 1
    assert text.splitlines()[-1].startswith("  ✓ and: arrays of integers; ")


def test_a_named_mistake_reads_as_designed():
    form = next(f for f in load("relu_backward").misconceptions if f.name == "masks_by_the_gradient")
    report = check("relu_backward", lambda dout, z: np.where(dout > 0, dout, 0.0))
    lines = str(report).splitlines()
    assert lines[0].startswith("FAIL  relu_backward  ")
    assert f"  Likely cause: {form.sentence}" in lines
    assert any(line.startswith("  Reproduce: relu_backward(np.array(") for line in lines)
    assert lines[-1] == "  For a hint: hint('relu_backward', 1)  (1 to 3)"
    read = Reader(render_html(report))
    assert form.sentence in read.text and read.tags.count("details") == len(report.hints)


def test_hints_open_one_inside_the_other():
    html = render_html(Report("x", "fail", 0.0, 1.0, hints=("first?", "second?", "third?")))
    order = [html.index(text) for text in ("Hint 1 of 3", "first?", "Hint 2 of 3", "second?", "Hint 3 of 3", "third?")]
    assert order == sorted(order)
    assert Reader(html).deepest("details") == 3


def test_a_variant_is_never_called_wrong():
    text = str(check("relu_backward", lambda dout, z: np.where(z >= 0, dout, 0.0)))
    assert text.startswith("PASS") and "Right, under another convention: " in text
    assert "✗" not in text and "Likely cause" not in text


def test_the_explained_case_is_one_whose_numbers_are_shown():
    by_number = CaseResult("large", "fail", "differs a", "values", "f(*example('f', 1))")
    with_numbers = CaseResult("small", "fail", "differs b", "values", "f(np.array([1.0]))")
    text = render_text(Report("f", "fail", 0.0, 1.0, cases=(by_number, with_numbers)))
    assert "differs b" in text and "differs a" not in text
    assert "Reproduce: f(np.array([1.0]))" in text


@pytest.mark.parametrize(
    ("encoding", "shown"), rest_in_soak([("ascii", "x"), ("utf-8", "✗"), ("latin-1", "x"), ("cp1252", "x")])
)
def test_a_report_can_be_printed_where_few_letters_are_known(encoding, shown):
    code = "from autograder.check import check\nprint(check('relu_backward', lambda dout, z: print('\\u2207 é')))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONIOENCODING": encoding}, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode(encoding)
    assert text.startswith("FAIL")
    assert f"\n  {shown} " in text
    assert ("∇ é" if shown == "✗" else "\\u2207") in text
