"""Images that are moved and mirrored at random: every result is found among the windows of its image."""

from dataclasses import replace

import numpy as np

from autograder.domain import SIZES, Array, Generator, Number
from autograder.draw import short_seed
from autograder.exercise import Exercise
from autograder.exercises.regularization._window_judge import judge
from course_lib.data import augmentation

USUAL = dict(zip("NCHW", SIZES, strict=False))


class Images(Array):
    """A batch of images, usually of so many that two generators never lead to the same."""

    def draw(self, rng, name, setting):
        if setting.sizes == USUAL:
            setting = replace(setting, sizes=setting.sizes | {"N": 40, "C": 2, "H": 3})
        return super().draw(rng, name, setting)


def random_crop_flip(images, pad, p_flip, rng):
    return augmentation.random_flip(augmentation.random_crop(images, pad, rng=rng), p_flip, rng=rng)


exercise = Exercise(
    name="random_crop_flip",
    unit="regularization",
    points=2,
    reference=random_crop_flip,
    takes={
        "images": Images("N", "C", "H", "W"),
        "pad": Number(1, 2, corners=(0,), says="at least 0"),
        "p_flip": Number(0.2, 0.3, corners=(0.0, 1.0), says="between 0 and 1"),
        "rng": Generator(),
    },
    new=True,
    judge=judge,
    hints=(
        "np.pad takes how many zeros stand before and after, for each axis. Which two of the four axes get any?",
        "rng.integers(0, n) never gives n. How many places are there for a window in an image with pad more on each "
        "side?",
        "How many rows, columns and flips have to be drawn for a batch of N images?",
        "Which of the four axes runs from left to right, and how is it read backwards?",
    ),
    part="core",
    minutes=10,
    difficulty=2,
    reasoning=(
        "The window fits at 2 pad + 1 rows and as many columns of the padded image. Each image has a row, a column and "
        "a flip of its own, or the whole batch would move together."
    ),
)


def _inputs(rng, shape, pad, p_flip):
    # no two pixels of an image are alike and none is 0, so that a window tells its place
    images = rng.permuted(np.tile(np.arange(1, np.prod(shape[1:]) + 1), (shape[0], 1)), axis=1).reshape(shape)
    images = images + np.linspace(0, 0.9, shape[0]).round(4).reshape(-1, 1, 1, 1)
    return {"images": images, "pad": pad, "p_flip": p_flip, "rng": short_seed(rng)}


@exercise.case("240 images of one channel, moved by a pixel at most and seldom mirrored")
def by_one_pixel(rng):
    return _inputs(rng, (240, 1, 3, 4), 1, 0.2)


@exercise.case("240 images of two channels, moved by two pixels at most and mostly mirrored")
def by_two_pixels(rng):
    return _inputs(rng, (240, 2, 3, 3), 2, 0.85)


@exercise.case("240 images that are mirrored, and not moved")
def not_moved(rng):
    return _inputs(rng, (240, 1, 1, 3), 0, 0.3)


def _cut(images, pad, rows, columns, flipped, mode="constant", axis=-1):
    padded = np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode=mode)
    height, width = images.shape[2:]
    out = np.empty(images.shape, dtype=images.dtype)
    for i, (row, column, flip) in enumerate(zip(rows, columns, flipped, strict=True)):
        window = padded[i, :, row : row + height, column : column + width]
        out[i] = np.flip(window, axis) if flip else window
    return out


def _draws(images, pad, p_flip, rng):
    n = len(images)
    return (*rng.integers(0, 2 * pad + 1, (2, n)), rng.random(n) < p_flip)


@exercise.misconception("AU1a")
def one_draw_for_all(images, pad, p_flip, rng):
    """All images are moved and mirrored alike: one row, one column and one flip were drawn for the batch. Draw as many
    as there are images."""
    n = len(images)
    row, column = rng.integers(0, 2 * pad + 1, 2)
    return _cut(images, pad, np.full(n, row), np.full(n, column), np.full(n, rng.random() < p_flip))


@exercise.misconception
def one_offset_for_all(images, pad, p_flip, rng):
    """All images are cut at the same place: one row and one column were drawn for the batch. Draw a row and a column
    for each image."""
    n = len(images)
    row, column = rng.integers(0, 2 * pad + 1, 2)
    return _cut(images, pad, np.full(n, row), np.full(n, column), rng.random(n) < p_flip)


@exercise.misconception
def channels_by_themselves(images, pad, p_flip, rng):
    """The channels of an image are moved and mirrored by themselves, so that its colours no longer lie on each other.
    One draw of row, column and flip serves all channels of an image."""
    n, channels, height, width = images.shape
    single = images.reshape(n * channels, 1, height, width)
    return _cut(single, pad, *_draws(single, pad, p_flip, rng)).reshape(images.shape)


@exercise.misconception("AU1b")
def one_flip_for_all(images, pad, p_flip, rng):
    """Each image has an offset of its own, and all are mirrored, or none: a single draw decides. Draw one for each."""
    rows, columns, _ = _draws(images, pad, p_flip, rng)
    return _cut(images, pad, rows, columns, np.full(len(images), rng.random() < p_flip))


@exercise.misconception("AU3a")
def flips_the_channels(images, pad, p_flip, rng):
    """The channels are put in reverse order, and the image is not mirrored: axis 1 was read backwards. Left and right
    lie along the last axis."""
    return _cut(images, pad, *_draws(images, pad, p_flip, rng), axis=-3)


@exercise.misconception("AU3b")
def flips_top_to_bottom(images, pad, p_flip, rng):
    """The images are mirrored top to bottom: the axis of the rows was read backwards. Left and right lie along the last
    axis."""
    return _cut(images, pad, *_draws(images, pad, p_flip, rng), axis=-2)


@exercise.misconception
def always_flips(images, pad, p_flip, rng):
    """All images are mirrored, whatever p_flip is. Compare a random number of each image with it."""
    rows, columns, _ = _draws(images, pad, p_flip, rng)
    return _cut(images, pad, rows, columns, np.full(len(images), True))


@exercise.misconception
def never_flips(images, pad, p_flip, rng):
    """No image is mirrored. Compare a random number of each image with p_flip."""
    return _cut(images, pad, *_draws(images, pad, 0.0, rng))


@exercise.misconception
def flips_the_others(images, pad, p_flip, rng):
    """Images are mirrored with probability 1 - p_flip. A random number from 0 to 1 is *below* p_flip with probability
    p_flip."""
    return _cut(images, pad, *_draws(images, pad, 1 - p_flip, rng))


@exercise.misconception
def flips_half(images, pad, p_flip, rng):
    """Half of the images are mirrored, whatever p_flip is."""
    return _cut(images, pad, *_draws(images, pad, 0.5, rng))


@exercise.misconception
def row_is_column(images, pad, p_flip, rng):
    """Row and column are the same number, so that images move along the diagonal alone. Draw two."""
    rows, _, flipped = _draws(images, pad, p_flip, rng)
    return _cut(images, pad, rows, rows, flipped)


@exercise.misconception
def rolls(images, pad, p_flip, rng):
    """What leaves an image on one side comes in on the other, as with np.roll. Zeros should come in."""
    rows, columns, flipped = _draws(images, pad, p_flip, rng)
    return _cut(images, pad, rows, columns, flipped, mode="wrap")


@exercise.misconception
def repeats_the_edge(images, pad, p_flip, rng):
    """The image is padded with the pixels of its edge. Zeros should come in: the mode of np.pad is constant."""
    return _cut(images, pad, *_draws(images, pad, p_flip, rng), mode="edge")


@exercise.misconception
def reflects(images, pad, p_flip, rng):
    """The image is padded with its own reflection. Zeros should come in: the mode of np.pad is constant."""
    return _cut(images, pad, *_draws(images, pad, p_flip, rng), mode="reflect")


@exercise.misconception
def last_offset_left_out(images, pad, p_flip, rng):
    """The offset 2 pad never occurs: rng.integers leaves its upper end out. There are 2 pad + 1 places."""
    rows, columns = rng.integers(0, max(2 * pad, 1), (2, len(images)))
    return _cut(images, pad, rows, columns, rng.random(len(images)) < p_flip)


@exercise.misconception
def offsets_up_to_pad(images, pad, p_flip, rng):
    """The offsets go from 0 to pad, so that images move down and right alone. The padded image has 2 pad more rows than
    the window, and as many columns."""
    rows, columns = rng.integers(0, pad + 1, (2, len(images)))
    return _cut(images, pad, rows, columns, rng.random(len(images)) < p_flip)


@exercise.misconception
def pads_after_the_image_alone(images, pad, p_flip, rng):
    """The zeros stand below and to the right of the image alone, so that it moves up and left alone. Pad all four
    sides."""
    rows, columns = rng.integers(pad, 2 * pad + 1, (2, len(images)))
    return _cut(images, pad, rows, columns, rng.random(len(images)) < p_flip)


@exercise.misconception
def moves_rows_alone(images, pad, p_flip, rng):
    """The images move up and down, and never left or right. Draw a column, too."""
    rows, _, flipped = _draws(images, pad, p_flip, rng)
    return _cut(images, pad, rows, np.full(len(images), pad), flipped)


@exercise.misconception
def moves_columns_alone(images, pad, p_flip, rng):
    """The images move left and right, and never up or down. Draw a row, too."""
    _, columns, flipped = _draws(images, pad, p_flip, rng)
    return _cut(images, pad, np.full(len(images), pad), columns, flipped)


@exercise.misconception
def returns_the_padded_images(images, pad, p_flip, rng):
    """The padded images are returned, larger than before. Cut a window of the old size out of each."""
    return np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


@exercise.misconception
def mirrors_the_padded_images(images, pad, p_flip, rng):
    """The padded images are mirrored and returned, larger than before. Cut a window of the old size out of each."""
    padded = np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    return np.where((rng.random(len(images)) < p_flip).reshape(-1, 1, 1, 1), padded[..., ::-1], padded)


@exercise.misconception
def pads_twice_on_one_side(images, pad, p_flip, rng):
    """The zeros stand below and to the right of the image alone, twice as many, so that it moves up and left alone, and
    by up to 2 pad. Each of the four sides gets pad of them."""
    double = 2 * pad
    rows, columns = rng.integers(double, 2 * double + 1, (2, len(images)))
    return _cut(images, double, rows, columns, rng.random(len(images)) < p_flip)


@exercise.misconception
def shuffles_the_images(images, pad, p_flip, rng):
    """The images come back in another order, and no longer fit their labels. Each result belongs at the place of its
    own image."""
    return _cut(images[rng.permutation(len(images))], pad, *_draws(images, pad, p_flip, rng))


@exercise.misconception
def begins_again_in_every_call(images, pad, p_flip, rng):
    """A generator is made inside, always from the same seed, so that every epoch sees the same changed images. Draw
    from rng, which goes on from call to call."""
    return _cut(images, pad, *_draws(images, pad, p_flip, np.random.default_rng(0)))


@exercise.misconception
def draws_from_another_generator(images, pad, p_flip, rng):
    """The draws do not come from rng, but from another generator, such as the one behind np.random.rand, so that nobody
    can repeat the experiment. Call the methods of rng."""
    return _cut(images, pad, *_draws(images, pad, p_flip, np.random.default_rng()))


@exercise.misconception
def changes_the_images(images, pad, p_flip, rng):
    """The results were written into images. The next epoch then changes what this one has changed: make a new array."""
    images[...] = _cut(images, pad, *_draws(images, pad, p_flip, rng))
    return images


@exercise.equivalent
def flips_first(images, pad, p_flip, rng):
    flipped = rng.uniform(size=len(images)) < p_flip
    mirrored = np.where(flipped[:, None, None, None], images[:, :, :, ::-1], images)
    rows, columns, _ = _draws(images, pad, p_flip, rng)
    return _cut(mirrored, pad, rows, columns, np.full(len(images), False))


@exercise.equivalent
def image_by_image(images, pad, p_flip, rng):
    results = []
    for image in images:
        channels, height, width = image.shape
        own = np.zeros((channels, height + 2 * pad, width + 2 * pad))
        own[:, pad : pad + height, pad : pad + width] = image
        row, column = rng.integers(2 * pad, endpoint=True), rng.integers(2 * pad, endpoint=True)
        own = own[:, row : row + height, column : column + width]
        results.append(np.flip(own, 2) if rng.binomial(1, p_flip) else own)
    return np.stack(results)


@exercise.equivalent
def copies_into_zeros(images, pad, p_flip, rng):
    out = np.zeros(images.shape, dtype=np.float64)
    height, width = images.shape[2:]
    for i in range(len(images)):
        down, right = rng.choice(np.arange(-pad, pad + 1), 2)
        for h in range(height):
            for w in range(width):
                if 0 <= h - down < height and 0 <= w - right < width:
                    out[i, :, h, w] = images[i, :, h - down, w - right]
        if rng.random() >= 1 - p_flip:
            out[i] = out[i, ..., ::-1].copy()
    return out
