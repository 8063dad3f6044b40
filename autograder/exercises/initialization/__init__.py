"""Exercises of the unit on initialisation."""

# The groups of the list of misconceptions that belong to this unit, and how many mistakes each has, or which. The
# eleventh of IN, random biases, and the fourth of LS, scaled ones, have no place here: no exercise has biases.
MISCONCEPTIONS = {"IN": (*range(1, 11), 12, 13), "OR": 5, "LS": 3, "SY": 1}
