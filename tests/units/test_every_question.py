"""Every question of every unit's lesson: found by its name, and complete."""

import pytest

from course_lib.units import built
from course_lib.units.questions import all_questions, find_question, predict


def test_names_are_unique_and_every_question_is_complete():
    questions = all_questions()
    assert len({question.name for question in questions}) == len(questions) > 0
    for question in questions:
        assert question.name.isidentifier() and question.text and question.explanation
        assert len(set(question.options)) == len(question.options) >= 2


def test_a_question_is_found_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for question in all_questions():
        assert find_question(question.name) is question
    assert [q for unit in ("shared", *built()) for q in all_questions(unit)] == list(all_questions())
    first = all_questions()[0]
    assert predict(first.name, lambda: pytest.fail("ran")).question is first
    with pytest.raises(ValueError, match="'no_such_question'"):
        predict("no_such_question", lambda: None)
