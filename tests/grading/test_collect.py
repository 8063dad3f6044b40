"""Submissions are found in both layouts; what is no honest file is refused by name, and the others go on."""

import os
from datetime import UTC, datetime

import pytest

from autograder.grading.collect import collect

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
    assert found["ada"].data == b"1"
    assert "ada.ipynb is not graded" in found["ada"].remarks[0]


def test_a_name_that_cannot_be_an_id_is_refused_readably(tmp_path):
    for name in ("new\nline", "x" * 120, os.fsdecode(b"\xff")):
        put(tmp_path, name)
    found = by_student(tmp_path)
    assert set(found) == {"new\\nline", "x" * 100, "\\udcff"}
    assert all("cannot be a student's id" in s.problem for s in found.values())


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
    found = by_student(folder)
    assert found.pop("honest").data == b"1"
    assert all(s.data == b"" for s in found.values())
    problems = {student: s.problem for student, s in found.items()}
    for student in ("file", "device", "student", "assignment", "dangling", "flat"):
        assert "is a link" in problems[student]
    for student in ("pipe", "folder"):
        assert "is no regular file" in problems[student]


def test_a_linked_timestamp_is_not_followed(tmp_path):
    put(tmp_path, "ada")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("2026-01-02 03:04:05 UTC")
    (tmp_path / "ada" / NAME / "timestamp.txt").symlink_to(elsewhere)
    assert by_student(tmp_path)["ada"].timestamp is None


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01 00:00:00 UTC", "\xff", "2026-01-02 03:04:05 Nowhere/Land"])
def test_a_timestamp_that_says_nothing_is_none(tmp_path, text):
    put(tmp_path, "ada")
    (tmp_path / "ada" / NAME / "timestamp.txt").write_bytes(text.encode("latin-1"))
    assert by_student(tmp_path)["ada"].timestamp is None


def test_size_is_limited(tmp_path):
    put(tmp_path, "small", b"x" * 100)
    put(tmp_path, "large", b"x" * 101)
    found = by_student(tmp_path, max_bytes=100)
    assert len(found["small"].data) == 100
    assert "larger than" in found["large"].problem


def test_a_folder_without_submissions_says_what_was_expected(tmp_path):
    with pytest.raises(FileNotFoundError, match=f"<student>/{NAME}/{NAME}.ipynb"):
        collect(tmp_path, NAME)
    with pytest.raises(FileNotFoundError, match="is no folder"):
        collect(tmp_path / "nowhere", NAME)
