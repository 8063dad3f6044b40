"""Exercises of the unit on regularization."""

# The groups of the list of misconceptions that belong to this unit, and how many mistakes each has, or which of them:
# that sub-gradient steps make zeros is a claim; what decays biases, or watches the training loss, is not in these
# functions but in the loop around them. Which gradient fgsm gets (AT2) is its caller's affair.
MISCONCEPTIONS = {
    **{"DO": 15, "DB": 4, "AD": 3, "MC": (1, 2, 4)},
    **{"WD": (1, 2, 3, 4), "LO": (1, 2, 3), "EN": 2, "MN": 5},
    **{"ES": (1, 2, 3, 4, 5, 6, 7, 8), "LB": 2, "AU": (1, 3), "AT": (1, 3, 4)},
}
