"""The lesson on normalisation: its prose, what it defines, and what its cells print."""

from lesson_text import LessonText

LESSON = LessonText("03_normalization")
PROSE, printed = LESSON.prose, LESSON.printed


def lesson():
    """The functions and constants that the lesson defines."""
    return LESSON.defined
