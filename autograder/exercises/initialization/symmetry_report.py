"""How many units of each hidden layer differ from each other."""

from itertools import pairwise

import numpy as np

from autograder.domain import Given
from autograder.exercise import Call, Exercise
from autograder.exercises.initialization._likeness_mistakes import DIGITS, add_likeness_mistakes, distinct, units
from course_lib.analysis import signal

ROUNDING = 1e-12  # what training leaves between units that should be equal

exercise = Exercise(
    name="symmetry_report",
    unit="initialization",
    points=2,
    reference=signal.symmetry_report,
    takes={"weights": Given(lambda rng, others: _network(rng, (3, 4, 5, 2), {0: (0, 2)}), kept=True)},
    hints=(
        "How many hidden layers lie between L matrices, and which two matrices does each of them touch?",
        "The units of a hidden layer are the columns of one matrix and the rows of the next. Can you build one array "
        "that has a row for each unit, with everything that belongs to it?",
        "np.unique(rows, axis=0) keeps one of each kind of row, if they are equal to the last digit. After training, "
        "equal units differ by rounding: what can you do with the numbers first?",
    ),
    part="core",
    minutes=8,
    difficulty=2,
    reasoning=(
        "A unit is what comes in and what goes out: its column of one matrix beside its row of the next. Those that "
        "agree in both compute the same and get the same gradient, so they can never part; rounding the numbers first "
        "keeps the last digit from parting them on paper."
    ),
)


def _network(rng, widths, copies):
    """Weights of consecutive layers, in which units are copies of others of their layer.

    Parameters
    ----------
    copies : dict of hidden layer -> pairs (unit, the unit that it copies), flat; layers are counted from 0.
    """
    # of three digits, the last of which is 2: whatever they are rounded to, copies stay equal up to ROUNDING
    sizes = [rng.uniform(0.3, 2.0, shape).round(2) + 0.002 for shape in pairwise(widths)]
    weights = [size * rng.choice([-1.0, 1.0], size.shape) for size in sizes]
    for layer, pairs in copies.items():
        for unit, of in zip(pairs[::2], pairs[1::2], strict=True):
            weights[layer][:, unit] = weights[layer][:, of]
            weights[layer + 1][unit] = weights[layer + 1][of]
    return weights


def _calls(rng, widths, *copies):
    """Networks of the same shapes, which do not tell the answer: with these copies, and with none."""
    told = {True: "some copies", False: "no copies"}
    return [Call({"weights": _network(rng, widths, each)}, told[bool(each)]) for each in (*copies, {})]


@exercise.case("one hidden layer with one pair of equal units")
def one_pair(rng):
    first, last = (2, 4) if rng.integers(2) else (1, 3)  # not neighbours, and not the first unit
    return _calls(rng, (3, 6, 2), {0: (last, first)})


@exercise.case("three hidden layers, one of them without equal units")
def three_layers(rng):
    calls = _calls(rng, (4, 5, 6, 7, 3), {0: (1, 4), 2: (2, 0, 5, 0, 6, 3)}, {0: (3, 1, 4, 1), 2: (4, 2)})
    for call in calls:  # a different unit that has no large weights is a unit still
        call.inputs["weights"][0][:, 2] *= 1e-3
        call.inputs["weights"][1][2] *= 1e-3
    return calls


@exercise.case("units that agree in their incoming weights only, or in their outgoing weights only")
def one_side(rng):
    incoming, outgoing, both = (_network(rng, (3, 5, 4), {0: (3, 1, 4, 0)}) for _ in range(3))
    for weights, unit in ((incoming, 3), (incoming, 4), (both, 4)):
        weights[1][unit] *= -1.3
    for weights, unit in ((outgoing, 3), (outgoing, 4), (both, 3)):
        weights[0][:, unit] *= -1.3
    return [
        Call({"weights": incoming}, "incoming weights that agree"),
        Call({"weights": outgoing}, "outgoing weights that agree"),
        Call({"weights": both}, "one pair that agrees in the incoming weights, and one in the outgoing"),
    ]


@exercise.case("units that share their incoming weights with one, and their outgoing weights with another")
def crosswise(rng):
    first, last = _network(rng, (3, 5, 4), {})
    first[:, 2], first[:, 4] = first[:, 0], first[:, 1]
    last[2], last[4] = last[1], last[0]
    return [Call({"weights": [first, last]}, "shared with two"), *_calls(rng, (3, 5, 4), {0: (4, 1)})]


@exercise.case("units that are multiples of each other, opposite, or agree in their sums alone")
def nearly_copies(rng):
    multiple, twins, opposite, order, shifted = (_network(rng, (3, 5, 4), {0: (3, 1)}) for _ in range(5))
    factor = rng.choice([1.6, 1.8, 2.2, 2.4])  # of so few digits that rounding keeps multiples multiples
    multiple[0][:, 3] *= factor
    multiple[1][3] *= factor
    twins[0][:, 3] *= 2
    twins[1][3] /= 2
    opposite[0][:, 3] *= -1
    opposite[1][3] *= -1
    order[0][:, 3] = order[0][::-1, 3]
    order[1][3] = order[1][3, ::-1]
    shifted[0][:2, 3] += [1.0, -1.0]
    told = (
        "multiples",
        "twice the incoming and half of the outgoing weights",
        "opposite units",
        "another order",
        "weights with the same sum",
    )
    calls = [
        Call({"weights": w}, text) for w, text in zip((multiple, twins, opposite, order, shifted), told, strict=True)
    ]
    return [*calls, *_calls(rng, (3, 5, 4), {0: (3, 1)})]


@exercise.case("all units alike, and all weights zero")
def all_alike(rng):
    n, m = (int(size) for size in 3 + rng.permutation(4)[:2])
    constant = [np.full(shape, 0.5) for shape in pairwise((4, n, m, 2))]
    other = [w + np.arange(w.shape[1]) + 0.1 * layer for layer, w in enumerate(constant)]
    told = {"all weights 0.5": constant, "all weights 0": [0 * w for w in constant], "no copies": other}
    return [Call({"weights": weights}, text) for text, weights in told.items()]


@exercise.case("equal units, up to the rounding of training")
def rounded(rng):
    calls = _calls(rng, (5, 6, 5, 3), {0: (5, 0, 3, 0), 1: (4, 2)}, {0: (5, 2)})
    for call in calls:  # of small weights, the rounding is a larger part
        call.inputs["weights"][0][0] *= 1e-7
    for w in (w for call in calls for w in call.inputs["weights"]):
        w += ROUNDING * rng.uniform(0.5, 1, w.shape) * rng.choice([-1, 1], w.shape)
    for call in calls:  # weights that are 0 but for the rounding become 0.0 and -0.0, in copies as well
        call.inputs["weights"][0][1] = ROUNDING * np.array([1, -1, 1, -1, 1, 1])
    return calls


@exercise.case("units that differ by a thousandth")
def close(rng):
    weights = _network(rng, (4, 5, 3), {0: (4, 1)})
    of_one = int(rng.integers(4))
    weights[0][of_one, [1, 4]] = round(float(rng.uniform(0.3, 2.0)), 2) + np.array([0.002, 0.003])
    return [Call({"weights": weights}, "a thousandth"), *_calls(rng, (4, 5, 3), {0: (4, 1)})]


@exercise.case("units that differ in the seventh decimal")
def closer(rng):
    weights = _network(rng, (3, 5, 4), {0: (4, 1, 3, 0)})
    of_one = int(rng.integers(3))
    # of size about 1, and three parts in ten million apart: less than np.allclose sees, more than eight decimals lose
    weights[0][of_one, [1, 4]] = round(float(rng.uniform(0.8, 1.2)), 2) + 0.002 + np.array([0.0, 3e-7])
    return [Call({"weights": weights}, "the seventh decimal"), *_calls(rng, (3, 5, 4), {0: (4, 1, 3, 0)})]


@exercise.case("a network without a hidden layer")
def no_hidden_layer(rng):
    return {"weights": _network(rng, (int(rng.integers(3, 6)), 4), {})}


add_likeness_mistakes(exercise)


@exercise.misconception
def incoming_weights_only(weights):
    """Units count as the same when their incoming weights agree. If they feed the next layer differently, they get
    different gradients, and part at the first step."""
    return [distinct(np.round(w.T, DIGITS)) for w in weights[:-1]]


@exercise.misconception
def incoming_weights_exactly(weights):
    """Only the incoming weights are compared, to the last digit. Units that feed the next layer differently part at the
    first step; and rounding, which training leaves, makes no unit different."""
    return [distinct(w.T) for w in weights[:-1]]


@exercise.misconception
def outgoing_weights_only(weights):
    """Units count as the same when their outgoing weights agree. If different weights come in, they compute different
    things."""
    return [distinct(np.round(w, DIGITS)) for w in weights[1:]]


@exercise.misconception
def either_side_is_enough(weights):
    """Units count as the same when their incoming or their outgoing weights agree. Both have to: one difference is
    enough for them to part."""
    counts = []
    for w, after in pairwise(weights):
        seen = []
        for one, other in zip(w.T, after, strict=True):
            if not any(np.allclose(one, a) or np.allclose(other, b) for a, b in seen):
                seen.append((one, other))
        counts.append(len(seen))
    return counts


@exercise.misconception
def larger_of_both_counts(weights):
    """Different incoming and different outgoing weights are counted apart, and the larger count is taken. Two units may
    share what comes in and differ in what goes out: put both beside each other before you count."""
    return [max(distinct(np.round(w.T, DIGITS)), distinct(np.round(v, DIGITS))) for w, v in pairwise(weights)]


@exercise.misconception
def product_of_both_counts(weights):
    """Different incoming and different outgoing weights are counted apart, and the counts multiplied. Not every pair of
    them belongs to a unit: put both beside each other before you count."""
    return [distinct(np.round(w.T, DIGITS)) * distinct(np.round(v, DIGITS)) for w, v in pairwise(weights)]


@exercise.misconception
def first_hidden_layer_only(weights):
    """The first hidden layer alone is looked at. The list has a count for each of them, L - 1 for L matrices."""
    return signal.symmetry_report([weights[0], weights[1]])


@exercise.misconception
def rows_of_the_incoming_matrix(weights):
    """The rows of each layer's first matrix are compared, which belong to its inputs. The incoming weights of one unit
    are a column."""
    return [distinct(np.round(w, DIGITS)) for w in weights[:-1]]


@exercise.misconception
def distinct_numbers_of_the_first_matrix(weights):
    """The different numbers in the incoming weights are counted, not the different units. np.unique needs axis=1 to
    compare columns, and what goes out belongs to a unit as well."""
    return [len(np.unique(np.round(w, DIGITS) + 0.0)) for w in weights[:-1]]


@exercise.misconception
def distinct_numbers(weights):
    """The different numbers are counted, not the different units. np.unique needs axis=0 to compare rows."""
    return [len(np.unique(rows)) for rows in units(weights)]


@exercise.misconception
def surplus_units(weights):
    """The units that are copies are counted. The question is how many different ones there are."""
    return [len(rows) - distinct(rows) for rows in units(weights)]


@exercise.misconception
def unique_units(weights):
    """Only units without a copy are counted. Two that are the same count as one, not as none."""
    return [int(np.sum(np.unique(rows, axis=0, return_counts=True)[1] == 1)) for rows in units(weights)]


@exercise.misconception
def smaller_count_of_the_two_sides(weights):
    """Incoming and outgoing weights are counted apart, and the smaller count is taken. Units that agree on one side
    only are different: compare both at once, unit by unit."""
    return [min(distinct(np.round(w.T, DIGITS)), distinct(np.round(v, DIGITS))) for w, v in pairwise(weights)]


@exercise.misconception("SY1a")
def zero_weights_are_no_unit(weights):
    """Units whose weights are all zero are not counted. They compute the same, so there is one of them; it is no less
    there, and with sigmoid its weights do move."""
    return [distinct(rows[rows.any(axis=1)]) for rows in units(weights)]


@exercise.misconception("SY1b")
def zero_weights_differ(weights):
    """Units whose weights are all zero count as different from each other. They are as equal as others are, and stay
    so."""
    return [distinct(rows[rows.any(axis=1)]) + int(np.sum(~rows.any(axis=1))) for rows in units(weights)]


@exercise.misconception
def counts_the_outputs(weights):
    """The units of the last layer are counted too. They are no hidden layer: there is one count fewer than matrices."""
    return [*signal.symmetry_report(weights), distinct(np.round(weights[-1].T, DIGITS))]


@exercise.misconception
def counts_the_inputs(weights):
    """The inputs are counted too, as the rows of the first matrix. They are no hidden layer: there is one count fewer
    than matrices."""
    return [distinct(np.round(weights[0], DIGITS)), *signal.symmetry_report(weights)]


@exercise.misconception
def one_number_for_all_layers(weights):
    """This is the sum over all hidden layers. Return a list with one count for each."""
    return sum(signal.symmetry_report(weights))


@exercise.misconception
def says_whether(weights):
    """Each layer gets True or False, whether some of its units are the same. Count how many different ones there
    are."""
    return [distinct(rows) < len(rows) for rows in units(weights)]


@exercise.misconception
def last_layer_first(weights):
    """The counts are right, from the last hidden layer to the first. Begin with the first."""
    return signal.symmetry_report(weights)[::-1]


@exercise.equivalent
def unique_rows(weights):
    return [len(np.unique(np.round(np.hstack([w.T, v]), DIGITS), axis=0)) for w, v in pairwise(weights)]


@exercise.equivalent
def set_of_tuples(weights):
    counts = []
    for layer in range(len(weights) - 1):
        units = set()
        for unit in range(weights[layer].shape[1]):
            column, row = weights[layer][:, unit], weights[layer + 1][unit, :]
            units.add(tuple(np.round([*column, *row], DIGITS)))
        counts.append(len(units))
    return counts


@exercise.equivalent
def all_pairs_at_once(weights):
    counts = []
    for w, after in pairwise(weights):
        rows = np.concatenate([w, after.T]).T
        same = np.all(np.isclose(rows[:, None], rows[None], rtol=0), axis=2)
        counts.append(int(np.sum(~np.any(np.tril(same, -1), axis=1))))
    return tuple(counts)
