"""Exercises of the unit on vanishing and exploding gradients."""

# The groups of the list of misconceptions that belong to this unit, and how many mistakes each has.
MISCONCEPTIONS = {
    **{"NG": 6, "RE": 4, "AB": 5, "SX": 7, "GN": 3, "CL": 9},  # the training loop, gradient checks, clipping
    **{"AC": 4, "RL": 4, "LR": 5, "EL": 4, "SE": 5, "SW": 3},  # activations
}
