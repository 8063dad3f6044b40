"""Augmentation against SciPy and NumPy, and every image's own draw."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from course_lib.data.augmentation import (
    add_noise,
    flip,
    random_crop,
    random_flip,
    random_rotation,
    random_shift,
    rotate,
    shift,
)

seeds = st.integers(0, 2**32 - 1)
shapes = st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 7), st.integers(1, 7))
dtypes = st.sampled_from([np.float32, np.float64])
SIGMAS = 4.5  # a right draw fails once in 150 000 times

TRANSFORMS = {
    "flip": lambda x, rng: random_flip(x, rng=rng),
    "shift": lambda x, rng: random_shift(x, 2, rng=rng),
    "crop": lambda x, rng: random_crop(x, 2, rng=rng),
    "rotation": lambda x, rng: random_rotation(x, 30, rng=rng),
    "noise": lambda x, rng: add_noise(x, 0.1, rng=rng),
}


def draw(seed, shape, dtype=np.float64):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


@given(seeds, shapes, st.floats(-720, 720), dtypes)
def test_rotate_equals_scipy(seed, shape, degrees, dtype):
    images = draw(seed, shape, dtype)
    turned = rotate(images, np.full(shape[0], degrees))
    expected = ndimage.rotate(
        images.astype(float), degrees, axes=(3, 2), reshape=False, order=1, mode="grid-constant", cval=0
    )
    assert turned.dtype == dtype
    # positions up to 7 are rounded at 1e-15 (and the sine and cosine at 1e-15); float32 rounds four products at 6e-8
    np.testing.assert_allclose(turned, expected, rtol=0, atol=1e-12 if dtype is np.float64 else 1e-5)


@given(seeds, st.integers(1, 4), st.integers(1, 3), st.integers(1, 9), dtypes)
def test_quarter_turns_of_square_images_are_exact(seed, N, C, H, dtype):
    images = draw(seed, (N, C, H, H), dtype)
    turns = np.random.default_rng(seed).integers(-400, 400, N)
    expected = [np.rot90(image, k, axes=(1, 2)) for image, k in zip(images, turns, strict=True)]
    np.testing.assert_array_equal(rotate(images, 90.0 * turns), expected)


@given(seeds, shapes)
def test_half_turns_of_any_image_are_exact(seed, shape):
    images = draw(seed, shape)
    np.testing.assert_array_equal(rotate(images, np.full(shape[0], 180)), images[:, :, ::-1, ::-1])
    np.testing.assert_array_equal(rotate(images, np.zeros(shape[0])), images)


@given(seeds, shapes)
def test_each_image_turns_by_its_own_angle(seed, shape):
    images = draw(seed, shape)
    degrees = np.random.default_rng(seed).uniform(-180, 180, shape[0])
    one_by_one = [rotate(images[[n]], degrees[[n]])[0] for n in range(shape[0])]
    np.testing.assert_array_equal(rotate(images, degrees), one_by_one)


def test_an_infinite_pixel_stays_one_pixel_in_a_quarter_turn():
    images = np.zeros((1, 1, 3, 3))
    images[0, 0, 0, 1] = np.inf
    np.testing.assert_array_equal(rotate(images, [90.0])[0, 0], np.rot90(images[0, 0]))


@given(seeds, shapes, dtypes)
def test_shift_moves_every_pixel(seed, shape, dtype):
    images = draw(seed, shape, dtype)
    N, C, H, W = shape
    rows, columns = np.random.default_rng(seed).integers(-8, 9, (2, N))
    expected = np.zeros_like(images)
    for n, c, i, j in np.ndindex(N, C, H, W):
        if 0 <= i + rows[n] < H and 0 <= j + columns[n] < W:
            expected[n, c, i + rows[n], j + columns[n]] = images[n, c, i, j]
    shifted = shift(images, rows, columns)
    assert shifted.dtype == dtype
    np.testing.assert_array_equal(shifted, expected)


@given(seeds, shapes, dtypes)
def test_flip_mirrors_the_chosen_images_left_to_right(seed, shape, dtype):
    images = draw(seed, shape, dtype)
    flipped = np.random.default_rng(seed).random(shape[0]) < 0.5
    expected = [np.flip(x, axis=2) if f else x for x, f in zip(images, flipped, strict=True)]
    out = flip(images, flipped)
    assert out.dtype == dtype
    np.testing.assert_array_equal(out, expected)


@given(seeds, shapes, st.integers(0, 3), st.data())
def test_a_crop_is_a_window_of_the_padded_image(seed, shape, pad, data):
    images = draw(seed, shape)
    size = tuple(data.draw(st.integers(1, n + 2 * pad)) for n in shape[2:])
    crops = random_crop(images, pad, size, rng=np.random.default_rng(seed))
    assert crops.shape == (*shape[:2], *size)
    for image, crop in zip(images, crops, strict=True):
        padded = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
        places = np.ndindex(padded.shape[1] - size[0] + 1, padded.shape[2] - size[1] + 1)
        assert any(np.array_equal(padded[:, i : i + size[0], j : j + size[1]], crop) for i, j in places)


def test_flips_come_with_their_probability(rng):
    N, p = 20_000, 0.3
    images = np.tile([[[[0.0, 1.0]]]], (N, 1, 1, 1))
    rate = random_flip(images, p, rng=rng)[:, 0, 0, 0].mean()
    assert abs(rate - p) < SIGMAS * np.sqrt(p * (1 - p) / N)


@pytest.mark.parametrize("name", ["shift", "crop"])
def test_places_are_drawn_evenly_and_rows_apart_from_columns(name, rng):
    N = 20_000
    images = np.zeros((N, 1, 5, 5))
    images[:, 0, 2, 2] = 1  # stays in the picture when it moves by at most 2
    frequency = TRANSFORMS[name](images, rng).mean(axis=(0, 1))
    # each of the 25 places has probability 1 / 25
    assert np.abs(frequency - 1 / 25).max() < SIGMAS * np.sqrt(1 / 25 * 24 / 25 / N)


@pytest.mark.compiled
def test_angles_fill_their_range_evenly(rng):
    N, largest = 5_000, 40.0
    images = np.zeros((N, 1, 21, 21))
    images[:, 0, 10, 20] = 1  # a point on the right: its centre of mass tells the angle
    turned = random_rotation(images, largest, rng=rng)[:, 0]
    place = np.arange(21.0) - 10
    mass = turned.sum(axis=(1, 2))
    up = -(turned.sum(axis=2) @ place) / mass
    right = (turned.sum(axis=1) @ place) / mass
    angles = np.rad2deg(np.arctan2(up, right))
    # the interpolation spreads the point over at most one pixel: 1 / 10 rad = 6 degrees
    assert np.abs(angles).max() < largest + 6
    assert angles.max() > 0.9 * largest and angles.min() < -0.9 * largest
    # a uniform angle has the standard deviation 2 * largest / sqrt(12), of which the interpolation changes little
    assert abs(angles.mean()) < SIGMAS * 2 * largest / np.sqrt(12 * N)


def test_noise_has_its_mean_and_standard_deviation(rng):
    images, std = np.full((40, 3, 30, 30), 0.5), 0.2
    noise = add_noise(images, std, rng=rng) - images
    n = noise.size
    assert abs(noise.mean()) < SIGMAS * std / np.sqrt(n)
    # the variance of a normal sample has the relative standard deviation sqrt(2 / n)
    assert abs(noise.var() / std**2 - 1) < SIGMAS * np.sqrt(2 / n)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_image_and_every_call_has_its_own_draw(name, rng):
    images = np.tile(draw(1, (1, 2, 6, 6)), (30, 1, 1, 1))
    once, again = TRANSFORMS[name](images, rng), TRANSFORMS[name](images, rng)
    # thirty equal images: the coarsest transform, the flip, leaves them all alike once in 2**29 times
    assert any(not np.array_equal(once[0], other) for other in once[1:])
    assert not np.array_equal(once, again)


@pytest.mark.parametrize("name", [name for name in TRANSFORMS if name != "noise"])
def test_the_channels_of_an_image_change_alike(name, rng):
    images = np.repeat(draw(2, (20, 1, 6, 6)), 3, axis=1)
    out = TRANSFORMS[name](images, rng)
    np.testing.assert_array_equal(out, np.repeat(out[:, :1], 3, axis=1))


@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("N", [1, 3])
def test_shape_and_dtype_are_kept_the_input_is_left_alone_and_the_seed_decides(name, dtype, N):
    images = draw(3, (N, 2, 4, 5), dtype)
    before = images.copy()
    first, second = (TRANSFORMS[name](images, np.random.default_rng(7)) for _ in range(2))
    assert first.shape == images.shape and first.dtype == dtype
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(images, before)
    assert not np.shares_memory(first, images)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x, rng: random_flip(x, 1.5, rng=rng), "got 1.5"),
        (lambda x, rng: random_shift(x, -1, rng=rng), "got -1"),
        (lambda x, rng: random_crop(x, -2, rng=rng), "got -2"),
        (lambda x, rng: random_crop(x, 1, (7, 4), rng=rng), r"\(6, 7\), got \(7, 4\)"),
        (lambda x, rng: random_crop(x, 1, (0, 4), rng=rng), r"got \(0, 4\)"),
        (lambda x, rng: add_noise(x, np.nan, rng=rng), "got nan"),
        (lambda x, rng: rotate(x, [1.0]), r"\(2,\), got \(1,\)"),
        (lambda x, rng: rotate(x, [1.0, np.inf]), "degrees must be finite, got inf"),
        (lambda x, rng: rotate(x[0], [1.0]), r"images must .* \(N, C, H, W\), got \(3, 4, 5\): one sample is images\["),
        (lambda x, rng: random_rotation(x, -5, rng=rng), "max_degrees must be at least 0 and finite, got -5"),
        (lambda x, rng: random_crop(x, 1, 3.5, rng=rng), "size must be an integer, got 3.5"),
        (lambda x, rng: random_crop(x, 1, (3, 4, 5), rng=rng), r"size must be one value, or a pair .* \(3, 4, 5\)"),
        (lambda x, rng: shift(x, [1], [1, 2]), r"rows must have one number for each image, \(2,\), got \(1,\)"),
        (lambda x, rng: flip(x, [True]), r"flipped must have the shape \(2,\), got \(1,\)"),
        *[(lambda x, rng, f=f: f(x[:0], rng), "images must have at least one entry") for f in TRANSFORMS.values()],
    ],
)
def test_errors_carry_the_value(call, message, rng):
    with pytest.raises((ValueError, TypeError), match=message):
        call(np.zeros((2, 3, 4, 5)), rng)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: flip(x, [1, 0]),  # places, or truth values?
        lambda x: shift(x, [1.5, 1.0], [0, 0]),
        lambda x: random_shift(x, 2.0, rng=np.random.default_rng(0)),
        lambda x: random_flip(x, rng=0),
        lambda x: random_flip(x.astype(np.float16), rng=np.random.default_rng(0)),
    ],
)
def test_another_kind_of_argument_is_refused(call):
    with pytest.raises(TypeError, match=r" must be | is float16"):
        call(np.zeros((2, 3, 4, 5)))


@given(st.sampled_from([np.int8, np.uint8, np.int64]), st.integers(6, 127))
def test_images_that_move_out_of_their_frame_are_empty(dtype, far):
    images = np.ones((2, 1, 5, 6))
    one = np.array([1, far], dtype)
    # in unsigned integers, 6 - 127 would be 135
    np.testing.assert_array_equal(shift(images, one, one)[1], 0)
    assert shift(images, one, one)[0].sum() == 4 * 5
    assert not shift(images, np.full(2, 10**12), np.zeros(2, int)).any()
