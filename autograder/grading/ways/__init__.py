"""Other ways to a grade than a class's folder: one submission in a runner of CI, or in a container of Gradescope's."""
