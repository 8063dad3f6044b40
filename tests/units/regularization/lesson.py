"""The lesson on regularization: its prose, what it defines, and what its cells print."""

from lesson_text import LessonText

LESSON = LessonText("04_regularization", frozenset({"raw"}))
PROSE, printed = LESSON.prose, LESSON.printed


def lesson():
    """The functions and constants that the lesson defines."""
    return LESSON.defined
