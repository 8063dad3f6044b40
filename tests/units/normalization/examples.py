"""What the tests of every figure and every widget have to know of those of this unit."""

FIGURES = {}
WITHOUT_NUMBERS = []
CONTROLS = {}
PREDICTIONS = []
REFUSED = []
