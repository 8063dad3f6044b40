"""Hidden inputs, expected values, grades and the key are nobody else's from the moment they are written."""

import os
import stat

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook as Database

from autograder.cli import main
from autograder.grading.classroom.new_class import new_class
from autograder.grading.exports.grades import CellGrade, grade_rows, impossible_scores
from autograder.grading.grade import recorder
from autograder.grading.judging.grade_submission import Result
from autograder.grading.records.private import make_file, onlookers
from autograder.grading.records.recording import Entry
from autograder.grading.seeds import KEY_FILE, class_key
from autograder.grading.submissions.restore import Remark
from autograder.grading.submissions.submission import Submission

NAME = "01_lesson"
SECRET = ("audit.jsonl", "gradebook.db", KEY_FILE, f"{NAME}.results.jsonl")


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def modes(out):
    return {name: mode(out / name) for name in SECRET}


def record_one(out, assignment):
    """What a grading writes, without a box: a submission that is refused."""
    submission = Submission("ada", out / "ada.ipynb", b"", problem="it is a link")
    result = Result("ada", {}, (Remark("refused", "it is a link"),), {}, (), "", 0.5)
    with recorder(out, assignment) as record:
        key = class_key(out, expected=record.log.seed_id)
        record.seal = key.seal
        record.record(submission, result, {"submission": submission.digest, "seeds": key.id})
        record.store.compact()


@pytest.fixture
def careless():
    """The least careful setting of a user."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_they_are_made_so_and_not_narrowed_afterwards(tmp_path, assignment, careless, monkeypatch):
    def late(*_):
        raise AssertionError("somebody could have read it before")

    monkeypatch.setattr(os, "chmod", late)
    monkeypatch.setattr(os, "fchmod", late)
    out = tmp_path / "class" / "out"
    record_one(out, assignment)
    assert modes(out) == dict.fromkeys(SECRET, 0o600)
    assert mode(out) == 0o700
    assert onlookers(out) == ""


def test_what_was_wider_is_narrowed_and_a_folder_is_remarked_upon(tmp_path, assignment, careless):
    tmp_path.chmod(0o755)
    for name in ("gradebook.db", f"{NAME}.results.jsonl", "audit.jsonl"):
        (tmp_path / name).touch()
    record_one(tmp_path, assignment)
    assert modes(tmp_path) == dict.fromkeys(SECRET, 0o600)
    assert mode(tmp_path) == 0o755  # another user's programs may rest on it
    assert onlookers(tmp_path).endswith(f"run `chmod go= {tmp_path}`")


def test_several_instructors_of_a_group_share_what_they_grade(tmp_path, assignment, careless):
    tmp_path.chmod(0o2770)
    record_one(tmp_path, assignment)
    assert modes(tmp_path) == {**dict.fromkeys(SECRET, 0o660), KEY_FILE: 0o600}
    assert onlookers(tmp_path) == ""
    tmp_path.chmod(0o2775)
    assert onlookers(tmp_path).endswith(f"run `chmod o= {tmp_path}`")


def test_what_a_crash_has_cut_off_is_as_private(tmp_path, assignment, careless):
    record_one(tmp_path, assignment)
    with (tmp_path / "audit.jsonl").open("ab") as file:
        file.write(b'{"half')
    record_one(tmp_path, assignment)
    assert mode(tmp_path / "audit.jsonl.torn") == 0o600


def test_a_link_is_not_followed_to_what_is_not_ours(tmp_path, careless):
    (tmp_path / "theirs").write_text("")
    (tmp_path / "gradebook.db").symlink_to(tmp_path / "theirs")
    make_file(tmp_path / "gradebook.db")
    assert mode(tmp_path / "theirs") == 0o666


def test_a_class_has_a_folder_of_its_own_and_an_exchange_for_all_elsewhere(tmp_path, careless):
    made = new_class(tmp_path / "deep", ("01_vanishing_gradients",))
    assert mode(tmp_path / "deep") == 0o700
    assert mode(tmp_path / "deep" / "gradebook.db") == 0o600
    assert "name one elsewhere by --exchange" in next(row.note for row in made if row.what == "exchange/")
    new_class(tmp_path / "wide", ("01_vanishing_gradients",), exchange=tmp_path / "srv")
    assert (mode(tmp_path / "wide"), mode(tmp_path / "srv")) == (0o700, 0o1777)


INF = float("inf")


@pytest.mark.parametrize(
    ("score", "extra", "possible"),
    [
        *((3.0, 0.0, True), (0.0, 0.0, True), (5.0, 2.0, True), (3.01, 0.0, False), (-0.5, 0.0, False)),
        *((2.0, -1.0, False), (float("nan"), 0.0, False), (INF, 0.0, False), (INF, INF, False)),
    ],
)
def test_which_scores_can_be(score, extra, possible):
    assert CellGrade("why", score, 3.0, False, extra).is_possible == possible


def test_impossible_scores_are_said_on_export(tmp_path, assignment):
    """Manual ones too, which formgrader takes as they are typed, and what was written into the database."""
    with recorder(tmp_path, assignment) as record:
        for student in ("ada", "bob"):
            record.gradebook.record(NAME, Entry(student, scores={"check-relu_backward": 1.0, "why": None}))
    with Database(f"sqlite:///{tmp_path / 'gradebook.db'}") as database:
        grade = database.find_grade("why", NAME, NAME, "ada")
        grade.manual_score = 7.0
        database.find_grade("check-sigmoid", NAME, NAME, "bob").auto_score = -2.0
        database.find_grade("why", NAME, NAME, "bob").extra_credit = 2.0  # which is possible
        database.db.commit()
        said = impossible_scores(grade_rows(database))
    assert said == ["ada, why: 7 of 3 points", "bob, check-sigmoid: -2 of 1 points"]
    done = CliRunner().invoke(main, ["export", "csv", "--out", str(tmp_path), "--assignment", NAME])
    assert done.exit_code == 0, done.output
    assert all(f"a score that cannot be, written as it is: {what}" in " ".join(done.output.split()) for what in said)
