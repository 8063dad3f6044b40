"""What the tests of every figure and every widget have to know of those of this unit."""

# for every picture two results that differ in all that is drawn, axis limits included
FIGURES = {}
# results without numbers to show, and what is said of them
WITHOUT_NUMBERS = []
# for every widget, values other than the first for all of its controls
CONTROLS = {}
# settings of a widget, and the option that is then measured
PREDICTIONS = []
# first values out of range
REFUSED = []
# the exercise whose every form trains networks, which `make test` leaves to `make soak`
PROJECT = "train_on_few"
