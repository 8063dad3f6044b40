"""What is kept of a class is believed only as far as the audit log vouches for it."""

import json
import shutil

import pytest
from agreement import NAME, RIGHT, STUDENTS, check_agreement, hand_in
from click.testing import CliRunner

from autograder.cli import main
from autograder.grading.grade import grade_class
from autograder.grading.records.audit import FILE, AuditError, examine, read
from autograder.grading.records.cross_check import examine_class
from autograder.grading.records.gradebook import Entry, Gradebook
from autograder.grading.records.results import read_results, results_file
from autograder.grading.seeds import class_key

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def graded(tmp_path_factory, assignment):
    """A class that was graded once, to be copied: its submissions, and what is kept of it."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "submitted").mkdir()
    for student, score in STUDENTS.items():
        answer = RIGHT if score else "raise NotImplementedError()"
        hand_in(folder / "submitted", assignment, student, relu_backward=answer)
    grade_class(folder / "submitted", assignment, folder / "out")
    return folder


@pytest.fixture
def out(graded, tmp_path):
    return shutil.copytree(graded / "out", tmp_path / "out")


def verified(out):
    return examine_class(out, read_results(out))


def changed(path, student, change):
    """Change the line of a student in a file of JSON lines, as one would in an editor."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for fields in lines:
        if fields.get("student") == student:
            change(fields)
    path.write_text("".join(json.dumps(fields) + "\n" for fields in lines))


def scores(out):
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook:
        return {student: sum(cells.values()) for student, cells in gradebook.scores(NAME).items()}


def gives_points(fields):
    fields["reports"]["check-relu_backward"] |= {"score": 1.0, "verdict": "pass"}


def gives_more_than_all(fields):
    fields["reports"]["check-relu_backward"] |= {"score": 5.0, "points": 5.0}


def forgets_a_cell(fields):
    del fields["reports"]["check-sigmoid"]


def is_another_grading(fields):
    gives_points(fields)
    fields |= {"id": "f" * 16, "judged": []}


def is_unfinished(fields):
    gives_points(fields)
    fields |= {"id": "f" * 16, "done": False}


def is_sealed_anyhow(fields):
    is_unfinished(fields)
    fields["seal"] = "0" * 64


def was_never_blank(fields):
    fields["blank"] = []


def answered_otherwise(fields):
    fields["answers"]["relu_backward"] = "x"


def claims_not_to_have_judged(fields):
    fields["judged"] = []


def has_points_of_no_size(fields):
    fields["reports"]["check-relu_backward"] |= {"score": None}


def has_no_verdict(fields):
    fields["reports"]["check-relu_backward"] |= {"verdict": None}


EDITS = (
    *(claims_not_to_have_judged, has_points_of_no_size, has_no_verdict),
    *(gives_points, gives_more_than_all, forgets_a_cell, is_another_grading, is_unfinished, is_sealed_anyhow),
    *(was_never_blank, answered_otherwise),
)


@pytest.mark.parametrize("edit", EDITS)
def test_edited_results_are_noticed_and_not_booked(graded, out, assignment, edit):
    changed(results_file(out, NAME), "bob", edit)
    assert [text for text in verified(out).differing if text.startswith("bob, 01_lesson: ")]
    (out / "gradebook.db").unlink()  # all is booked anew
    summary = grade_class(graded / "submitted", assignment, out)
    assert scores(out) == STUDENTS
    assert summary.graded == 1
    remarks = {row.student: row.remarks for row in summary.students if row.remarks}
    assert remarks.keys() == {"bob"} and "differed from the audit log" in remarks["bob"][0]
    assert "audit log" not in (out / "feedback" / "bob" / NAME / f"{NAME}.html").read_text()
    assert [record["student"] for record in read(out / FILE) if record["event"] == "remark"] == ["bob"]
    assert verified(out).ok
    assert grade_class(graded / "submitted", assignment, out).graded == 0


def test_what_was_changed_in_the_gradebook_is_named_by_verify(graded, out, assignment):
    def verify():
        done = CliRunner().invoke(main, ["audit", "verify", "--out", str(out)])
        return done.exit_code, " ".join(done.output.split())

    assert verify()[0] == 0
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook:
        for student, cell, score in (("bob", "check-relu_backward", 1.0), ("cyd", "check-sigmoid", None)):
            gradebook.database.find_grade(cell, NAME, NAME, student).auto_score = score
        gradebook.database.find_grade("why", NAME, NAME, "ada").manual_score = 70.0
        gradebook.record(NAME, Entry("eve", scores={"check-sigmoid": 1.0}))
        gradebook.commit("what nobody has earned")
    code, said = verify()
    assert code == 1
    assert "bob, 01_lesson: check-relu_backward has 1 there, where 0 was booked" in said
    assert "cyd, 01_lesson: check-sigmoid has no automatic score there, where 0 was booked" in said
    assert "eve, 01_lesson: it has automatic scores, and no verdict was recorded" in said
    assert "ada, why: 70 of 3 points" in said
    grade_class(graded / "submitted", assignment, out)
    assert "was booked" not in verify()[1]
    (out / "gradebook.db").unlink()
    assert "no gradebook to compare with" in verify()[1]


def test_every_line_that_is_cut_off_the_end_is_missed(graded, out, assignment):
    lines = (out / FILE).read_bytes().splitlines(keepends=True)
    assert len(lines) == 6
    for left in range(6):
        (out / FILE).write_bytes(b"".join(lines[:left]))
        assert examine(out / FILE).ok
        assert verified(out).differing, left
    (out / FILE).write_bytes(b"".join(lines[:-1]))
    summary = grade_class(graded / "submitted", assignment, out)
    assert summary.graded == 1 and any(row.remarks for row in summary.students)
    assert scores(out) == STUDENTS


def test_a_key_that_stands_twice_is_refused(out):
    path = out / FILE
    whole = path.read_bytes()
    for at, more in ((b'{"number": 2, ', b'"score": 9.0, '), (b'{"number": 2, ', b'"number": 2, ')):
        path.write_bytes(whole.replace(at, at + more))
        found = examine(path)
        assert (found.broken, found.ok) == (2, False)
        assert "twice" in found.why
    path.write_bytes(whole.replace(b'{"number": 2, ', b'{"number":  2, '))
    assert "changed after it was written" in examine(path).why
    *_, last = whole.splitlines(keepends=True)
    path.write_bytes(whole.replace(last, last.replace(b"}\n", b', "score": 9.0}\n')))
    assert examine(path).broken == 6


def test_a_doubled_key_in_the_results_makes_them_no_result(graded, out, assignment):
    path = results_file(out, NAME)
    path.write_text(path.read_text().replace('{"student": "bob"', '{"student": "bob", "student": "bob"'))
    assert grade_class(graded / "submitted", assignment, out).graded == 1
    assert scores(out) == STUDENTS


def test_from_a_broken_log_nothing_is_booked(graded, out, assignment):
    path = out / FILE
    path.write_bytes(path.read_bytes().replace(b'"score": 0.0', b'"score": 1.0', 1))
    changed(results_file(out, NAME), "bob", gives_points)
    (out / "gradebook.db").unlink()
    with pytest.raises(AuditError, match=r"is broken: it was changed after it was written\. Nothing is booked"):
        grade_class(graded / "submitted", assignment, out)
    assert not scores(out)
    path.rename(out / "aside")
    assert grade_class(graded / "submitted", assignment, out).graded == 3
    assert verified(out).ok
    assert scores(out) == STUDENTS


def test_what_a_crash_has_left_unlogged_is_believed_by_its_seal(graded, out, assignment):
    """The result of the last student as it is written before the log knows of it."""
    path, log = results_file(out, NAME), out / FILE
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    fields = next(fields for fields in lines if fields["student"] == "cyd")
    del fields["done"]
    text = json.dumps(fields)
    seal = class_key(out).seal(text.encode())
    others = "".join(json.dumps(other) + "\n" for other in lines if other is not fields)
    path.write_text(others + f'{text[:-1]}, "seal": "{seal}"}}\n')
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-1]))
    assert grade_class(graded / "submitted", assignment, out).graded == 0
    check_agreement(out)
