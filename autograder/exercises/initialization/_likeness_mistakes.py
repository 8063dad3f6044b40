"""Wrong ways to tell whether two units of a layer are the same."""

from itertools import pairwise

import numpy as np

from autograder.exercise import Exercise

DIGITS = 8


def units(weights):
    """For each hidden layer one row for each unit: incoming, then outgoing weights, without the rounding."""
    layers = [np.hstack([w.T, after]) for w, after in pairwise(weights)]
    return [np.round(rows, DIGITS) + 0.0 for rows in layers]  # + 0.0: -0.0 is another row


def distinct(rows):
    """How many rows differ."""
    return len(np.unique(rows, axis=0))


def by_pairs(weights, alike):
    """Units in each hidden layer that are like none before them, where ``alike(row, other)`` says which are."""
    return [
        sum(not any(alike(rows[j], rows[i]) for j in range(i)) for i in range(len(rows))) for rows in units(weights)
    ]


def add_likeness_mistakes(exercise: Exercise):
    """Units that are told apart by too much, or by too little."""

    @exercise.misconception
    def exactly_equal(weights):
        """Units count as different when they differ in the last digit. That much rounding is left after training: allow
        for a small difference."""
        return [distinct(np.hstack([w.T, after])) for w, after in pairwise(weights)]

    @exercise.misconception
    def tells_minus_zero_from_zero(weights):
        """Units count as different where one has 0.0 and the other -0.0, which rounding makes of a tiny negative
        number. They are equal as numbers, but not as bytes or text: compare the numbers, or add 0.0 after rounding."""
        rounded = [np.round(np.hstack([w.T, after]), DIGITS) for w, after in pairwise(weights)]
        return [len({row.tobytes() for row in rows}) for rows in rounded]

    @exercise.misconception
    def two_digits_are_enough(weights):
        """Units that differ by a thousandth count as the same. Small differences grow in training; only rounding, of
        some 1e-12, is none."""
        return [distinct(np.round(np.hstack([w.T, after]), 2) + 0.0) for w, after in pairwise(weights)]

    @exercise.misconception
    def allows_for_too_much(weights):
        """Units that differ in the sixth or seventh decimal count as the same. np.allclose and np.isclose allow for a
        hundred-thousandth of each number: give them rtol=0 and atol=1e-8, or round to eight decimals."""
        return by_pairs(weights, np.allclose)

    @exercise.misconception
    def rank_of_the_weights(weights):
        """This is the rank, the number of independent rows. Units that are multiples of each other, or sums, are
        different units."""
        return [int(np.linalg.matrix_rank(np.hstack([w.T, after]), tol=1e-10)) for w, after in pairwise(weights)]

    @exercise.misconception
    def rank_of_the_incoming_matrix(weights):
        """This is the rank of each layer's incoming weights, the number of independent columns. Units whose weights are
        multiples of each other, or sums, are different units."""
        return [int(np.linalg.matrix_rank(w, tol=1e-10)) for w in weights[:-1]]

    @exercise.misconception
    def signs_are_lost(weights):
        """Opposite units count as the same. They compute other values, and their gradients have other signs."""
        return [distinct(np.abs(rows)) for rows in units(weights)]

    @exercise.misconception
    def directions_are_compared(weights):
        """Units count as the same when their weights are multiples of each other, as a cosine of 1 says. Larger weights
        make another unit."""
        return by_pairs(weights, lambda a, b: a @ b >= (1 - 1e-9) * np.sqrt((a @ a) * (b @ b)))

    @exercise.misconception
    def order_is_lost(weights):
        """Units count as the same when they hold the same numbers in another order. Each weight belongs to one input,
        or one output."""
        return by_pairs(weights, lambda a, b: np.allclose(np.sort(a), np.sort(b), rtol=0))

    @exercise.misconception
    def sums_are_compared(weights):
        """Units count as the same when their weights have the same sum. Compare weight by weight."""
        return by_pairs(weights, lambda a, b: abs(a.sum() - b.sum()) < 1e-8)

    @exercise.misconception
    def neighbours_only(weights):
        """Each unit is compared with its neighbour only. Copies may stand anywhere in the layer."""
        return [1 + sum(not np.allclose(a, b, rtol=0) for a, b in pairwise(rows)) for rows in units(weights)]

    @exercise.misconception
    def the_first_unit_only(weights):
        """Each unit is compared with the first one only. Two others may be the same as well."""
        return [1 + sum(not np.allclose(rows[0], row, rtol=0) for row in rows[1:]) for rows in units(weights)]

    @exercise.misconception
    def scaled_twins_count_as_the_same(weights):
        """Units count as the same when one has c times the incoming weights of the other, and its outgoing weights
        divided by c. ReLU makes the same of both, but their weights differ, and so do their gradients."""
        counts = []
        for w, after in pairwise(weights):
            norms = np.linalg.norm(w, axis=0)
            norms = np.where(norms == 0, 1.0, norms)
            rows = np.hstack([(w / norms).T, after * norms[:, None]])
            counts.append(
                sum(not any(np.allclose(r, q, rtol=0, atol=1e-7) for q in rows[:i]) for i, r in enumerate(rows))
            )
        return counts

    @exercise.misconception
    def differences_relative_to_the_size(weights):
        """A difference is measured relative to the weights, so that the rounding of small ones makes units differ.
        Numbers count as equal if they agree to eight decimals, whatever their size: atol=1e-8, and rtol=0."""
        counts = []
        for w, after in pairwise(weights):
            rows = np.hstack([w.T, after])
            counts.append(
                sum(not any(np.allclose(r, q, rtol=1e-8, atol=0) for q in rows[:i]) for i, r in enumerate(rows))
            )
        return counts

    @exercise.misconception
    def pairs_of_equal_units(weights):
        """The pairs of equal units are counted. The question is how many different units there are."""
        return [sum((rows[i] == rows[j]).all() for i in range(len(rows)) for j in range(i)) for rows in units(weights)]

    @exercise.misconception
    def divided_by_their_length(weights):
        """The weights of each unit are divided by their length before they are compared, so that units whose weights
        are multiples of each other count as the same. Larger weights make another unit."""
        return [distinct(_of_length_one(rows)) for rows in units(weights)]

    @exercise.misconception
    def incoming_divided_by_their_length(weights):
        """Only the directions of the incoming weights are compared. Units with larger weights, or with other outgoing
        weights, are other units."""
        return [distinct(_of_length_one(w.T)) for w in weights[:-1]]

    @exercise.misconception
    def each_side_divided_by_its_length(weights):
        """Incoming and outgoing weights are each divided by their length before they are compared. Units whose weights
        are larger are other units: compare the weights themselves."""
        return [distinct(np.hstack([_of_length_one(w.T), _of_length_one(v)])) for w, v in pairwise(weights)]

    @exercise.misconception
    def products_are_compared(weights):
        """Units count as the same when the products of their incoming and outgoing weights agree. Twice the one and
        half of the other give the same products, and another unit."""
        rows = [np.einsum("iu,uo->uio", w, v).reshape(w.shape[1], -1) for w, v in pairwise(weights)]
        return [distinct(np.round(of_layer, DIGITS) + 0.0) for of_layer in rows]

    @exercise.misconception
    def lengths_are_compared(weights):
        """Units count as the same when their weights have the same length, whatever their direction. Compare weight by
        weight."""
        return [len(np.unique(np.round(np.linalg.norm(rows, axis=1), DIGITS))) for rows in units(weights)]


def _of_length_one(rows):
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.round(rows / np.where(lengths == 0, 1.0, lengths), DIGITS) + 0.0
