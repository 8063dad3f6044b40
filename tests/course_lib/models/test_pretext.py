"""Pretext data against their definitions entry by entry, proportions at 4.5 sigma, and the contrastive gradient."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.analysis.gradient_check import numeric_grad, rel_error
from course_lib.models.pretext import (
    all_rotations,
    contrastive_loss,
    mask_tokens,
    rotation_pretext,
    same_or_different_pairs,
)

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 6)
channels = st.sampled_from([(), (1,), (3,)])
dtypes = st.sampled_from([np.float32, np.float64, np.uint8])


def assert_share(hits, n, p):
    """A binomial count lies within 4.5 standard deviations of its mean."""
    assert abs(hits - n * p) <= 4.5 * np.sqrt(n * p * (1 - p)), (hits, n * p)


def quarter_turns(image, turns):
    """Counter-clockwise: the right column, read from the top, becomes the top row, read from the left."""
    for _ in range(turns):
        S = image.shape[-1]
        turned = np.empty_like(image)
        for i in range(S):
            for j in range(S):
                turned[..., i, j] = image[..., j, S - 1 - i]
        image = turned
    return image


@given(seeds, sizes, sizes, channels, dtypes)
def test_every_image_is_turned_as_its_label_says(seed, n, side, channel, dtype):
    rng = np.random.default_rng(seed)
    images = (100 * rng.random((n, *channel, side, side))).astype(dtype)
    before = images.copy()
    turned, labels = rotation_pretext(images, rng=rng)
    assert turned.dtype == dtype and turned.shape == images.shape and labels.shape == (n,)
    for image, result, label in zip(images, turned, labels, strict=True):
        np.testing.assert_array_equal(result, quarter_turns(image, label))
    np.testing.assert_array_equal(images, before)


def test_each_image_has_a_draw_of_its_own_and_all_turns_are_as_likely(rng):
    images = rng.random((4000, 2, 2))
    _, labels = rotation_pretext(images, rng=rng)
    for turns in range(4):
        assert_share(np.sum(labels == turns), 4000, 1 / 4)
    assert_share(np.sum(labels[1:] == labels[:-1]), 3999, 1 / 4)


@given(seeds, sizes, sizes, channels)
def test_all_rotations_hold_every_turn_of_every_image(seed, n, side, channel):
    images = np.random.default_rng(seed).random((n, *channel, side, side))
    turned, labels = all_rotations(images)
    assert len(turned) == len(labels) == 4 * n
    for index, (result, label) in enumerate(zip(turned, labels, strict=True)):
        assert label == index // n
        np.testing.assert_array_equal(result, quarter_turns(images[index % n], label))


@given(seeds, st.lists(st.integers(0, 4), min_size=3, max_size=20), st.integers(0, 30))
def test_pairs_are_what_they_are_called(seed, labels, n_pairs):
    labels = np.array([0, 0, 7, *labels])
    first, second, same = same_or_different_pairs(labels, n_pairs, rng=np.random.default_rng(seed))
    assert first.shape == second.shape == same.shape == (n_pairs,)
    np.testing.assert_array_equal(labels[first] == labels[second], same)
    assert (first != second).all()
    assert same.sum() == (n_pairs + 1) // 2


def test_every_pair_that_fits_is_drawn_as_often(rng):
    labels = np.array(list("abacab"))
    n = 30_000
    first, second, same = same_or_different_pairs(labels, 2 * n, rng=rng)
    for kind in (True, False):
        partners = {i: [j for j in range(6) if j != i and (labels[i] == labels[j]) == kind] for i in range(len(labels))}
        starts = [i for i in partners if partners[i]]
        for i in range(6):
            for j in range(6):
                hits = np.sum((first == i) & (second == j) & (same == kind))
                if j in partners[i]:
                    assert_share(hits, n, 1 / len(starts) / len(partners[i]))
                else:
                    assert hits == 0


def test_labels_without_pairs_are_refused(rng):
    with pytest.raises(ValueError, match=r"class sizes \[3\]"):
        same_or_different_pairs([4, 4, 4], 2, rng=rng)
    with pytest.raises(ValueError, match=r"class sizes \[1, 1\]"):
        same_or_different_pairs([4, 5], 2, rng=rng)
    with pytest.raises(ValueError, match=r"labels must have the shape \(N,\), got \(2, 2\)"):
        same_or_different_pairs(np.eye(2), 2, rng=rng)
    with pytest.raises(ValueError, match="n_pairs must be at least 0, got -2"):
        same_or_different_pairs([4, 4, 5], -2, rng=rng)


def codes(seed, n, d, dtype=np.float64):
    """Codes of pairs with distances of about the margin, each at least 0.05 away from 0 and from the kink there."""
    rng = np.random.default_rng(seed)
    direction = rng.normal(size=(n, d))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    margin = rng.uniform(0.5, 2)
    distance = np.where(rng.random(n) < 0.5, rng.uniform(0.05, margin - 0.05, n), rng.uniform(margin + 0.05, 3, n))
    a = rng.normal(size=(n, d))
    return a.astype(dtype), (a - distance[:, None] * direction).astype(dtype), rng.random(n) < 0.5, margin


def paper(a, b, same, margin):
    """Equation 4 of Hadsell et al. 2006, pair by pair, with Y = 0 for the same class."""
    total = 0.0
    for x1, x2, equal in zip(a, b, same, strict=True):
        Y, D = float(not equal), np.sqrt(np.sum((x1 - x2) ** 2))
        total += (1 - Y) * 0.5 * D**2 + Y * 0.5 * max(0.0, margin - D) ** 2
    return total / len(a)


@given(seeds, sizes, sizes)
def test_contrastive_loss_and_its_gradient(seed, n, d):
    a, b, same, margin = codes(seed, n, d)
    loss, da, db = contrastive_loss(a, b, same, margin)
    assert loss == pytest.approx(paper(a, b, same, margin), rel=1e-12, abs=1e-14)
    numeric = [
        numeric_grad(lambda v: paper(v, b, same, margin), a),
        numeric_grad(lambda v: paper(a, v, same, margin), b),
    ]
    for analytic, expected in zip((da, db), numeric, strict=True):
        # entries below 1e-3 count as 1e-3: the differences are right to 1e-10 in all
        assert rel_error(analytic, expected, eps=1e-3) < 1e-6


@given(seeds, sizes, sizes)
def test_contrastive_loss_keeps_float32_and_its_inputs(seed, n, d):
    a, b, same, margin = codes(seed, n, d, np.float32)
    before = a.copy(), b.copy()
    loss, da, db = contrastive_loss(a, b, same, np.float64(margin))
    assert da.dtype == db.dtype == np.float32
    wide = contrastive_loss(a.astype(float), b.astype(float), same, margin)
    # distances below 3 from entries below 6, each rounded in float32, and divided by 0.05 at least
    for narrow, exact in zip((loss, da, db), wide, strict=True):
        np.testing.assert_allclose(narrow, exact, rtol=0, atol=6 * 3 / 0.05 * 4 * np.finfo(np.float32).eps)
    np.testing.assert_array_equal(a, before[0])
    np.testing.assert_array_equal(b, before[1])


def test_pairs_in_one_place_and_pairs_beyond_the_margin():
    a = np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]])
    b = np.array([[1.0, 2.0], [1.0, 2.0], [4.0, 6.0]])
    loss, da, _ = contrastive_loss(a, b, [True, False, False], margin=4.0)
    # 0 for the same class, margin**2 / 2 for others at one place, 0 at the distance 5 > 4
    assert loss == pytest.approx((0 + 8 + 0) / 3)
    np.testing.assert_array_equal(da, np.zeros((3, 2)))


def test_unfit_codes_are_refused():
    a, same = np.ones((2, 1)), [True, False]
    for arguments, error, message in (
        ((a, np.ones((2, 2)), same), ValueError, r"b must have the shape \(2, 1\), got \(2, 2\)"),
        ((a[:0], a[:0], same[:0]), ValueError, "a must have at least one entry"),
        ((a, a, same[:1]), ValueError, r"same must have the shape \(2,\), got \(1,\)"),
        ((a, a, [1, 0]), TypeError, r"same must be booleans, got int64: type same.astype\(bool\)"),
        ((a, a, same, 0), ValueError, "margin must be positive and finite, got 0"),
        ((a, a, same, np.inf), ValueError, "margin must be positive and finite, got inf"),
    ):
        with pytest.raises(error, match=message):
            contrastive_loss(*arguments)


def test_a_seventh_of_the_tokens_is_chosen_and_treated_in_three_ways(rng):
    n, n_tokens, mask_id = 60_000, 12, 11
    tokens = rng.integers(2, 11, (n // 20, 20))
    inputs, chosen = mask_tokens(tokens, n_tokens, mask_id, rng=rng, special=(0, 1))
    assert_share(chosen.sum(), n, 0.15)
    np.testing.assert_array_equal(inputs[~chosen], tokens[~chosen])
    new, old = inputs[chosen], tokens[chosen]
    assert_share(np.sum(new == mask_id), chosen.sum(), 0.8)
    # a random token is the old one in one of nine cases
    assert_share(np.sum(new == old), chosen.sum(), 0.1 + 0.1 / 9)
    replaced = new[(new != mask_id) & (new != old)]
    for token in range(2, 11):
        # what is put in differs from the old, which is as even: each token is as frequent
        assert_share(np.sum(replaced == token), len(replaced), 1 / 9)
    # neighbours are chosen independently of each other
    assert_share(np.sum(chosen[:, 1:] & chosen[:, :-1]), n // 20 * 19, 0.15**2)


@given(seeds, sizes, st.integers(0, 9), st.sampled_from([np.int8, np.int64, np.uint16]))
def test_special_tokens_stay_where_they_are_and_turn_up_nowhere_else(seed, n, length, dtype):
    rng = np.random.default_rng(seed)
    tokens = rng.integers(0, 6, (n, length)).astype(dtype)
    before = tokens.copy()
    inputs, chosen = mask_tokens(tokens, 7, 6, rng=rng, special=(0, 3), rate=1.0)
    special = np.isin(tokens, (0, 3))
    assert inputs.dtype == dtype and inputs.shape == chosen.shape == tokens.shape
    np.testing.assert_array_equal(chosen, ~special)
    np.testing.assert_array_equal(np.isin(inputs, (0, 3)), special)
    np.testing.assert_array_equal(inputs[special], tokens[special])
    np.testing.assert_array_equal(tokens, before)
    assert not mask_tokens(tokens, 7, 6, rng=rng, rate=0.0)[1].any()


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([0, 5], 5, 1), {}, r"\[0, 5\), got 5"),
        (([0, -1], 5, 1), {}, r"got -1"),
        (([0], 5, 9), {}, r"got 9"),
        (([0], 5, 1), {"special": (7,)}, r"special must be in \[0, 4\], got 7"),
        (([0], 0, 0), {}, "n_tokens must be at least 1, got 0"),
        ((np.array([0], np.int8), 1000, 999), {}, r"int8, which ends before 999: pass tokens.astype\(int\)"),
        (([0], 5, 1), {"rate": 1.5}, r"rate must lie in \[0, 1\], got 1\.5"),
        (([0], 2, 1), {"special": (0,)}, r"got 2 tokens, all of them special"),
    ],
)
def test_unfit_tokens_are_refused(rng, arguments, options, message):
    with pytest.raises(ValueError, match=message):
        mask_tokens(*arguments, rng=rng, **options)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rng: mask_tokens([0.0], 5, 1, rng=rng), "tokens must be integers, got float64"),
        (lambda rng: mask_tokens([0], 5, 1.0, rng=rng), "mask_id must be an integer, got 1.0"),
        (lambda rng: mask_tokens([0], 5, 1, rng=3), "rng must be a numpy.random.Generator, got 3"),
        (lambda rng: rotation_pretext(np.ones((1, 2, 2)), rng=3), "rng must be a numpy.random.Generator, got 3"),
        (lambda rng: same_or_different_pairs([0, 0, 1], 2.0, rng=rng), r"n_pairs must be an integer, got 2.0 .*type 2"),
        (lambda rng: same_or_different_pairs([0, 0, 1], 2, rng=3), "rng must be a numpy.random.Generator, got 3"),
    ],
)
def test_another_kind_of_argument_is_refused(call, message, rng):
    with pytest.raises(TypeError, match=message):
        call(rng)


def test_images_that_are_not_square_are_refused(rng):
    for function in (all_rotations, lambda x: rotation_pretext(x, rng=rng)):
        with pytest.raises(ValueError, match=r"got \(2, 3, 4\)"):
            function(np.ones((2, 3, 4)))
        with pytest.raises(ValueError, match="images must have at least one entry"):
            function(np.ones((0, 3, 3)))
