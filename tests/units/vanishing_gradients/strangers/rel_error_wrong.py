"""Wrong answers to rel_error."""

import numpy as np


def rel_error__mean(a, b, eps=1e-8):
    """The mean of the relative differences is returned instead of the largest."""
    return float(np.mean(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), eps)))


def rel_error__larger_of_two(a, b, eps=1e-8):
    """The difference is divided by the larger of |a| and |b| instead of by their sum."""
    den = np.maximum(np.maximum(np.abs(a), np.abs(b)), eps)
    return float((np.abs(a - b) / den).max())


def rel_error__eps_added(a, b, eps=1e-8):
    """eps is added to the denominator instead of being its lower bound."""
    return float(np.max(abs(a - b) / (abs(a) + abs(b) + eps)))


def rel_error__no_abs_in_difference(a, b, eps=1e-8):
    """The difference has no absolute value, so negative differences are ignored by the maximum."""
    return float(np.max((a - b) / np.maximum(np.abs(a) + np.abs(b), eps)))


def rel_error__max_over_max(a, b, eps=1e-8):
    """The largest difference is divided by the largest denominator, instead of dividing entry by entry first."""
    num = np.abs(a - b).max()
    den = (np.abs(a) + np.abs(b)).max()
    return float(num / max(den, eps))


def rel_error__abs_of_sum(a, b, eps=1e-8):
    """The denominator is the absolute value of the sum, |a + b|, instead of the sum of the absolute values."""
    return float(np.max(np.abs(a - b) / np.maximum(np.abs(a + b), eps)))


def rel_error__no_eps(a, b, eps=1e-8):
    """eps is not used at all, so that zero against zero gives nan."""
    r = np.abs(a - b) / (np.abs(a) + np.abs(b))
    return float(r.max())


def rel_error__eps_fixed(a, b, eps=1e-8):
    """The floor is hard-coded as 1e-8, the argument eps is ignored."""
    worst = 0.0
    for u, v in zip(np.ravel(a), np.ravel(b)):
        worst = max(worst, abs(u - v) / max(abs(u) + abs(v), 1e-8))
    return float(worst)


def rel_error__eps_as_axis(a, b, eps=1e-8):
    """np.max instead of np.maximum is called with eps, which takes it for an axis and raises an error."""
    return float(np.max(np.abs(a - b) / np.max(np.abs(a) + np.abs(b), eps)))


def rel_error__builtin_max(a, b, eps=1e-8):
    """Python's max compares the whole array with eps, which is ambiguous and raises an error for more than one entry."""
    den = max(np.abs(a) + np.abs(b), eps)
    return float(np.max(np.abs(a - b) / den))


def rel_error__b_as_judge(a, b, eps=1e-8):
    """The difference is divided by |b| alone, as if b were the truth."""
    return float(np.max(np.abs(a - b) / np.maximum(np.abs(b), eps)))


def rel_error__norms(a, b, eps=1e-8):
    """A ratio of norms of the whole arrays is returned instead of the largest ratio of entries."""
    return float(np.linalg.norm(a - b) / max(np.linalg.norm(a) + np.linalg.norm(b), eps))


def rel_error__changes_a(a, b, eps=1e-8):
    """The difference is taken in place with a -= b, which changes the caller's array."""
    den = np.maximum(np.abs(a) + np.abs(b), eps)
    a -= b
    return float(np.max(np.abs(a) / den))


def rel_error__array_of_columns(a, b, eps=1e-8):
    """The maximum is taken over axis 0 only, so an array with more axes does not give a number."""
    return np.max(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), eps), axis=0)


def rel_error__small_entries_skipped(a, b, eps=1e-8):
    """Entries whose denominator is below eps count as exactly zero error, instead of being divided by eps."""
    den = np.abs(a) + np.abs(b)
    r = np.zeros(den.shape)
    big = den > eps
    r[big] = np.abs(a - b)[big] / den[big]
    return float(r.max())


def rel_error__half_sum(a, b, eps=1e-8):
    """The denominator is the mean of |a| and |b|, so the result is twice too big."""
    den = np.maximum((np.abs(a) + np.abs(b)) / 2, eps)
    return float(np.max(np.abs(a - b) / den))


def rel_error__percent(a, b, eps=1e-8):
    """The result is given in percent."""
    return 100.0 * float(np.max(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), eps)))


def rel_error__index_of_worst(a, b, eps=1e-8):
    """argmax is used for max, so the position of the worst entry is returned instead of its value."""
    return float(np.argmax(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), eps)))


def rel_error__smallest(a, b, eps=1e-8):
    """The smallest relative difference is returned."""
    return float(np.min(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), eps)))


def rel_error__minimum_for_maximum(a, b, eps=1e-8):
    """The denominator is the smaller of the sum and eps instead of the larger."""
    return float(np.max(np.abs(a - b) / np.minimum(np.abs(a) + np.abs(b), eps)))


def rel_error__row_by_row(a, b, eps=1e-8):
    """The loop over the first axis compares the sums of whole rows instead of entries."""
    worst = 0.0
    for u, v in zip(a, b):
        worst = max(worst, np.abs(u - v).sum() / max(np.abs(u).sum() + np.abs(v).sum(), eps))
    return float(worst)


def rel_error__stops_at_first(a, b, eps=1e-8):
    """The return stands inside the loop, so only the first entry is compared."""
    for u, v in zip(np.ravel(a), np.ravel(b)):
        return float(abs(u - v) / max(abs(u) + abs(v), eps))


def rel_error__true_or_false(a, b, eps=1e-8):
    """It returns whether the two agree to eps, as 0.0 or 1.0, instead of how far apart they are."""
    return float(not np.allclose(a, b, rtol=eps, atol=eps))
