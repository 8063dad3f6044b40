"""Submissions are found in both layouts; what is no honest file is refused by name, and the others go on."""

import os
from datetime import UTC, datetime

import pytest
from public_folder import public_folder

from autograder.grading.submissions.collect import collect, look_through

NAME = "01_lesson"


def put(folder, student, data=b"{}", name=f"{NAME}.ipynb"):
    path = folder / student / NAME / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def by_student(folder, **options):
    return {submission.student: submission for submission in collect(folder, NAME, **options)}


def test_nbgraders_layout(tmp_path):
    put(tmp_path, "ada", b"1")
    put(tmp_path, "bob", b"2")
    (tmp_path / "bob" / NAME / "timestamp.txt").write_text("2026-01-02 03:04:05.678901 UTC")
    (tmp_path / "eve" / "another_assignment").mkdir(parents=True)
    (tmp_path / ".cache" / NAME).mkdir(parents=True)
    found = by_student(tmp_path)
    assert [(s.student, s.data, s.problem) for s in found.values()] == [("ada", b"1", ""), ("bob", b"2", "")]
    assert found["ada"].timestamp is None
    assert found["bob"].timestamp == datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def test_a_flat_folder(tmp_path):
    for name in ("ada", f"bob_{NAME}", f"{NAME}_cyd", "Dee Doe"):
        (tmp_path / f"{name}.ipynb").write_bytes(name.encode())
    (tmp_path / "readme.txt").write_text("no notebook")
    assert set(by_student(tmp_path)) == {"ada", "bob", "cyd", "Dee Doe"}


def test_two_files_of_one_student_are_both_reported(tmp_path):
    (tmp_path / f"{NAME}_ada.ipynb").write_bytes(b"1")
    (tmp_path / "ada.ipynb").write_bytes(b"2")
    found = by_student(tmp_path)
    assert set(found) == {"ada"}
    assert found["ada"].data == b"2"
    assert f"{NAME}_ada.ipynb is not graded" in found["ada"].remarks[0]


def test_a_file_does_not_take_the_place_of_a_students_folder(tmp_path):
    for name in ("ada", f"{NAME}_ada", f"ada_{NAME}"):
        (tmp_path / f"{name}.ipynb").write_bytes(b"1")
    put(tmp_path, "ada", b"2")
    found = by_student(tmp_path)
    assert found["ada"].data == b"2"
    assert "ada.ipynb, 01_lesson_ada.ipynb, ada_01_lesson.ipynb are not graded" in found["ada"].remarks[0]


BAD_IDS = {
    "new\nline": "invisible characters",
    "x" * 120: "120 characters",
    os.fsdecode(b"\xff"): "invisible characters",
    "=1+1": "formula",
    "@SUM(A1)": "formula",
    " ada": "white space",
    "<b>ada": "it holds < >",
    "a|b": "it holds |",
}


def test_a_name_that_cannot_be_an_id_is_nobodys_until_it_is_changed(tmp_path):
    for name in BAD_IDS:
        put(tmp_path, name)
    put(tmp_path, "honest", b"1")
    found = look_through(tmp_path, NAME)
    assert [submission.student for submission in found.submissions] == ["honest"]
    assert len(found.left_out) == len(BAD_IDS)
    assert all(any(why in text for text in found.left_out) for why in BAD_IDS.values())
    for left_out in found.left_out:
        assert "cannot be a student's id" in left_out
        assert "Rename it" in left_out
        assert left_out.isprintable()


def test_a_flat_name_leads_to_no_other_folder(tmp_path):
    for stem in ("..", ".", ""):
        (tmp_path / f"{NAME}_{stem}.ipynb").write_bytes(b"{}")
    found = look_through(tmp_path, NAME)
    assert not {".", "..", ""} & {submission.student for submission in found.submissions}
    assert sum("cannot be a student's id" in text for text in found.left_out) == 2


def test_a_notebook_under_another_name_is_read_and_reported(tmp_path):
    put(tmp_path, "ada", b"1", "lesson (1).ipynb")
    put(tmp_path, "bob", b"1", "a.ipynb")
    put(tmp_path, "bob", b"2", "b.ipynb")
    put(tmp_path, "cyd", b"", "notes.txt")
    found = by_student(tmp_path)
    assert found["ada"].data == b"1"
    assert "lesson (1).ipynb" in found["ada"].remarks[0]
    assert "found a.ipynb, b.ipynb" in found["bob"].problem
    assert "found no notebook" in found["cyd"].problem


def test_links_and_special_files_are_refused_by_name(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    folder = tmp_path / "submitted"
    put(folder, "honest", b"1")
    for student in ("file", "pipe", "folder", "device"):
        (folder / student / NAME).mkdir(parents=True)
    (folder / "file" / NAME / f"{NAME}.ipynb").symlink_to(secret)
    os.mkfifo(folder / "pipe" / NAME / f"{NAME}.ipynb")
    (folder / "folder" / NAME / f"{NAME}.ipynb").mkdir()
    (folder / "device" / NAME / f"{NAME}.ipynb").symlink_to("/dev/zero")
    (folder / "student").symlink_to(folder / "honest")
    (folder / "assignment").mkdir()
    (folder / "assignment" / NAME).symlink_to(folder / "honest" / NAME)
    (folder / "dangling").mkdir()
    (folder / "dangling" / NAME).symlink_to("/nonexistent")
    (folder / "flat.ipynb").symlink_to(secret)
    (folder / "hard.ipynb").hardlink_to(secret)
    found = by_student(folder)
    assert found.pop("honest").data == b"1"
    assert all(s.data == b"" for s in found.values())
    assert "is a hard link" in found.pop("hard").problem
    problems = {student: s.problem for student, s in found.items()}
    for student in ("file", "device", "student", "assignment", "dangling", "flat"):
        assert "is a link" in problems[student]
    for student in ("pipe", "folder"):
        assert "is not a regular file" in problems[student]


DATE = datetime(2026, 1, 1, 12, tzinfo=UTC)


def with_timestamp(folder, student, stamp: bytes, date: datetime = DATE):
    path = put(folder, student)
    (path.parent / "timestamp.txt").write_bytes(stamp)
    os.utime(path, (date.timestamp(), date.timestamp()))
    return by_student(folder)[student]


@pytest.mark.parametrize(
    "stamp, why",
    [
        (b"", "contains no time"),
        (b"soon", "contains no time"),
        (b"2026-13-01 00:00:00 UTC", "contains no time"),
        (b"\xff", "contains no time"),
        (b"0001-01-01 00:00:00+14:00", "contains no time"),
        (b"2026-01-02 03:04:05 Nowhere/Land", "another zone"),
        (b"1970-01-01 00:00:00 UTC", "before notebooks existed"),
        (b"9999-12-31 23:59:59 UTC", "which lies in the future"),
        (b"x" * 10_000, "larger than"),
    ],
)
def test_a_timestamp_that_cannot_be_true_gives_way_to_the_notebooks_own_date(tmp_path, stamp, why):
    found = with_timestamp(tmp_path, "ada", stamp)
    assert found.timestamp == DATE
    assert why in found.remarks[0]
    assert "2026-01-01 12:00:00 UTC, is used" in found.remarks[0]


@pytest.mark.parametrize(
    "stamp",
    ["2026-01-01T13:30:00+01:00", "2026-01-01T12:30:00Z", "2026-01-01T12:30:00", "2026-01-01T07:30:00.000-0500\n",
     "2026-01-01 12:30:00 UTC", "2026-01-01 12:30:00 Z", "2026-01-01 13:30:00 +0100", "2026-01-01 13:30:00 +01:00"],
)  # fmt: skip
def test_a_timestamp_is_read_in_all_usual_forms(tmp_path, stamp):
    found = with_timestamp(tmp_path, "ada", stamp.encode(), date=datetime.now(UTC))
    assert (found.timestamp, found.remarks) == (datetime(2026, 1, 1, 12, 30, tzinfo=UTC), ())


def test_a_linked_timestamp_is_not_followed(tmp_path):
    path = put(tmp_path, "ada")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("2020-01-02 03:04:05 UTC")
    (path.parent / "timestamp.txt").symlink_to(elsewhere)
    found = by_student(tmp_path)["ada"]
    assert found.timestamp.year != 2020
    assert "timestamp.txt is a link" in found.remarks[0]


def test_a_notebook_that_was_changed_after_its_timestamp_is_remarked(tmp_path):
    earlier = with_timestamp(tmp_path, "ada", b"2025-12-01 00:00:00 UTC")
    assert earlier.timestamp == datetime(2025, 12, 1, tzinfo=UTC)
    assert "changed at 2026-01-01 12:00:00 UTC, after" in earlier.remarks[0]
    assert with_timestamp(tmp_path, "bob", b"2026-01-01 13:00:00 UTC").remarks == ()


def test_the_date_of_a_fresh_copy_says_nothing_about_the_timestamp(tmp_path):
    assert with_timestamp(tmp_path, "ada", b"2025-12-01 00:00:00 UTC", date=datetime.now(UTC)).remarks == ()


@pytest.mark.parametrize("seconds", [2**62, -(2**62), 4e9])
def test_a_date_that_no_calendar_has_stops_nothing(tmp_path, seconds):
    path = put(tmp_path, "ada")
    (path.parent / "timestamp.txt").write_bytes(b"soon")
    try:
        os.utime(path, (0, seconds))
    except OSError:
        return  # this file system keeps no such dates
    assert by_student(tmp_path)["ada"].timestamp <= datetime.now(UTC)


def test_a_folder_that_may_not_be_read_costs_only_its_student():
    with public_folder("collect-") as folder:  # not tmp_path, which other users may not enter
        for student in ("ada", "eve"):
            path = put(folder, student, b"1")
            for part in (path, *path.relative_to(folder).parents):
                (folder / part).chmod(0o755)  # whatever the umask is
        (folder / "eve" / NAME).chmod(0)
        user = os.geteuid()
        os.seteuid(65534 if user == 0 else user)  # root may read everything
        try:
            found = by_student(folder)
        finally:
            os.seteuid(user)
            (folder / "eve" / NAME).chmod(0o755)
        assert found["ada"].data == b"1"
        assert "Permission denied" in found["eve"].problem


def test_names_in_messages_are_cut_and_can_be_written(tmp_path):
    for number in range(50):
        put(tmp_path, "eve", name=f"{os.fsdecode(bytes([255]))}{'x' * 200}{number}.ipynb")
    put(tmp_path, "bob", name=os.fsdecode(b"\xfe\x1b[2J.ipynb"))
    found = by_student(tmp_path)
    assert len(found["eve"].problem) < 500
    assert "and 46 more" in found["eve"].problem
    (remark,) = found["bob"].remarks
    assert "\\x1b" in remark
    assert (found["eve"].problem + remark).isprintable()


def test_size_is_limited(tmp_path):
    put(tmp_path, "small", b"x" * 100)
    put(tmp_path, "large", b"x" * 101)
    found = by_student(tmp_path, max_bytes=100)
    assert len(found["small"].data) == 100
    assert "larger than" in found["large"].problem


def test_a_folder_without_submissions_says_what_was_expected(tmp_path):
    with pytest.raises(FileNotFoundError, match=f"<student>/{NAME}/{NAME}.ipynb"):
        collect(tmp_path, NAME)
    with pytest.raises(FileNotFoundError, match="is not a folder"):
        collect(tmp_path / "nowhere", NAME)


def test_a_file_that_is_only_named_after_the_assignment_is_nobodys(tmp_path):
    (tmp_path / f"{NAME}.ipynb").write_bytes(b"1")
    (tmp_path / "ada.ipynb").write_bytes(b"2")
    found = look_through(tmp_path, NAME)
    assert [(submission.student, submission.problem) for submission in found.submissions] == [("ada", "")]
    assert "does not say whose file it is" in found.left_out[0]
