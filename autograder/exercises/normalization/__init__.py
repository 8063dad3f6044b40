"""Exercises of the unit on normalisation."""

# The groups of the list of misconceptions that belong to this unit, and how many mistakes each has.
MISCONCEPTIONS = {"ST": 5, "BN": 15, "BB": 7, "LN": 4, "GN": 4, "FB": 4, "SB": 3}
