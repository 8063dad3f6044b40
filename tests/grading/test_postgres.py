"""A class is graded into PostgreSQL as into SQLite; the server is real, and the tests' own."""

import threading
from zlib import crc32

import psycopg
import pytest
import sqlalchemy
from nbgrader_courses import NAME, RIGHT, SIGMOID, WRONG, booked, hand_in, make_course, nbgrader_api

from autograder.grading.grade import grade_class
from autograder.grading.records import database as module
from autograder.grading.records.gradebook import Entry, Gradebook, GradebookError

CHECKS = ("check-relu_backward", "check-sigmoid")


@pytest.fixture
def url(server, request):
    """The URL of an empty database."""
    name = f"grades_{crc32(request.node.name.encode())}"
    with psycopg.connect(server.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.format(name)


@pytest.mark.sandbox
def test_a_class_is_graded_as_into_sqlite_and_a_rerun_changes_nothing(url, tmp_path, assignment):
    hand_in(tmp_path, assignment, "ada", "2026-01-01 10:00:00 UTC", relu_backward=RIGHT, sigmoid=SIGMOID, why="So.")
    hand_in(tmp_path, assignment, "bob", relu_backward=WRONG)
    assert grade_class(tmp_path / "submitted", assignment, tmp_path / "postgres", url).graded == 2
    grade_class(tmp_path / "submitted", assignment, tmp_path / "sqlite")
    first = booked(tmp_path, url)
    assert first == booked(tmp_path / "sqlite")
    assert first["ada"][CHECKS[0]] == 1.0
    assert grade_class(tmp_path / "submitted", assignment, tmp_path / "postgres", url).graded == 0
    hand_in(tmp_path, assignment, "bob", relu_backward=RIGHT)
    assert grade_class(tmp_path / "submitted", assignment, tmp_path / "postgres", url).graded == 1
    assert booked(tmp_path, url) == {**first, "bob": {**first["bob"], CHECKS[0]: 1.0}}


@pytest.mark.soak
def test_readers_see_whole_submissions_while_grades_are_written(url, assignment):
    """A writer commits once for a submission: no reader ever sees one that is recorded in part."""
    students = [f"student{number}" for number in range(40)]
    whole = {CHECKS[0]: 1.0, CHECKS[1]: 0.5, "why": 0.0}
    seen, partial, stop, failures = [], [], threading.Event(), []

    def read():
        try:
            while not stop.is_set():
                with Gradebook(url) as reader:
                    scores = reader.scores(NAME)
                    partial.extend(row for row in scores.values() if row != whole)
                    seen.append(len(scores))
        except Exception as error:
            failures.append(error)

    with Gradebook(url) as writer:
        writer.add_assignment(assignment)
        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        for student in students:
            writer.record(NAME, Entry(student, scores={CHECKS[0]: 1.0, CHECKS[1]: 0.5}))
        stop.set()
        for reader in readers:
            reader.join()
    assert not failures
    assert not partial
    assert len(set(seen)) > 2  # they did read in between
    assert set(booked(None, url)) == set(students)


def test_a_submission_is_one_commit(url, assignment):
    with Gradebook(url) as gradebook:
        gradebook.add_assignment(assignment)
        commits = []
        sqlalchemy.event.listen(sqlalchemy.Engine, "commit", commits.append)
        gradebook.record(NAME, Entry("ada", scores={CHECKS[0]: 1.0}))
        assert len(commits) == 1


@pytest.mark.sandbox
def test_nbgrader_itself_works_on_it(url, tmp_path, source_path, assignment):
    """As formgrader calls it; tests/soak has the commands."""
    course = make_course(tmp_path / "dl", source_path, db_url=url)
    hand_in(course, assignment, "ada", "2026-01-01 10:00:00 UTC", relu_backward=RIGHT, why="So.")
    api = nbgrader_api(course)
    for done in (api.generate_assignment(NAME), api.autograde(NAME, "ada"), api.generate_feedback(NAME)):
        assert done["success"], done
    assert booked(course, url)["ada"][CHECKS[0]] == 1.0
    (submission,) = api.get_submissions(NAME)
    assert (submission["student"], submission["score"]) == ("ada", 1.0)


def test_without_its_driver_it_is_said_what_to_install(monkeypatch):
    def missing(*_, **__):
        raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")

    monkeypatch.setattr(module, "create_engine", missing)
    with pytest.raises(GradebookError, match=r"pip install 'psycopg\[binary\]'") as failure:
        Gradebook("postgresql://grader:secret@localhost/grades")
    assert "secret" not in str(failure.value)


def test_a_server_that_does_not_answer_is_said_without_the_password(tmp_path):
    with pytest.raises(GradebookError, match="cannot be opened") as failure:
        Gradebook(f"postgresql://grader:secret@/grades?host={tmp_path}")
    assert "secret" not in str(failure.value)
