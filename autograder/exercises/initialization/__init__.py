"""Exercises of the unit on initialisation."""

# The groups of the list of misconceptions that belong to this unit, and how many mistakes each has. The fourth of LS, a
# bias that is scaled as well, has no place here: the networks of the exercise have none.
MISCONCEPTIONS = {"IN": 13, "OR": 5, "LS": 3, "SY": 1}
