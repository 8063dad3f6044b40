"""Exercises of the unit on initialisation."""

# The groups of the list of misconceptions that belong to this unit, and how many mistakes each has.
MISCONCEPTIONS = {"IN": 13, "OR": 5, "LS": 4, "SY": 1}
