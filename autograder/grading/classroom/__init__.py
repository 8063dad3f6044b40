"""nbgrader's side: a course and its config, the plug-in that hardens it, a new class."""
