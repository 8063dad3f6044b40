"""What a learner asks for beside the check: the model answer, how far the work has come, and which way it goes.

Nothing is sent anywhere: all is read from the learner's own folder.
"""

from autograder.learner.answers import solution
from autograder.learner.course_map import course_map
from autograder.learner.own import yours
from autograder.learner.progress import progress

__all__ = ["course_map", "progress", "solution", "yours"]
