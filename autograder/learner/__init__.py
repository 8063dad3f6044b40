"""What a learner asks for beside the check: the model answer, and how far the work has come.

Nothing is sent anywhere: both are read from the learner's own folder.
"""

from autograder.learner.answers import solution
from autograder.learner.course_map import course_map
from autograder.learner.progress import progress

__all__ = ["course_map", "progress", "solution"]
