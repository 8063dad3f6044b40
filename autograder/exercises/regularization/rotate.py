"""Images turned about their middle, with bilinear interpolation."""

import numpy as np

from autograder.domain import Array, Given
from autograder.exercise import Exercise
from course_lib.data import augmentation

exercise = Exercise(
    name="rotate",
    unit="regularization",
    points=2,
    reference=augmentation.rotate,
    takes={
        "images": Array("N", "C", "H", "W"),
        "degrees": Given(lambda rng, others: _angles(rng, len(others["images"])), kept=True),
    },
    new=True,
    hints=(
        "If every pixel of the image is sent to where it goes, which pixels of the result may be missed, and how do "
        "you avoid that?",
        "np.cos takes radians. How many are 90 degrees?",
        "The point (r, c) lies between four pixels, at np.floor(r) and np.floor(r) + 1 and the same for c. What are "
        "the four weights, and what is their sum?",
        "Which of the four may lie outside of the image, and how many zeros around it make them exist?",
    ),
    part="more",
    minutes=15,
    difficulty=3,
    reasoning=(
        "To go through the pixels of the result, and not of the image, leaves no holes. What comes from further "
        "outside than one pixel is zero, so it is enough to look there at the zeros of the padding."
    ),
)


def _angles(rng, n):
    """Angles of both signs, none near a multiple of 45 degrees, where directions and axes cannot be told apart."""
    return (rng.uniform(17, 33, n) * np.where(np.arange(n) % 2, -1, 1)).round(1)


def _images(rng, shape):
    return rng.uniform(0.3, 1.0, shape).round(3)


@exercise.case("two square images, turned by angles of either sign")
def square(rng):
    return {"images": _images(rng, (2, 1, 6, 6)), "degrees": _angles(rng, 2)}


@exercise.case("images of two channels, wide and low: some pixels come from far outside")
def wide(rng):
    return {"images": _images(rng, (3, 2, 3, 10)), "degrees": _angles(rng, 3)}


@exercise.case("images that are high and narrow, turned by more than 90 degrees")
def high(rng):
    return {"images": _images(rng, (2, 1, 11, 3)), "degrees": _angles(rng, 2) + np.array([100.0, -220.0])}


@exercise.case("turned by 90, -90 and 0 degrees: no interpolation is needed")
def exact(rng):
    return {"images": _images(rng, (3, 1, 5, 5)), "degrees": np.array([90.0, -90.0, 0.0])}


@exercise.case("one bright pixel above the middle")
def one_pixel(rng):
    images = np.zeros((1, 1, 9, 9))
    images[0, 0, 2, 4] = 1.0
    return {"images": images, "degrees": _angles(rng, 1)}


def _turned(images, degrees, middle=None, unit=np.deg2rad, weights=None, padding="zero", to=None, corner=np.floor):
    """Rotation with one of its parts exchanged; ``to`` gives the source's row and column, both from the middle."""
    images = np.asarray(images, dtype=float)
    _, _, height, width = images.shape
    m, k = middle(height, width) if middle else ((height - 1) / 2, (width - 1) / 2)
    i, j = np.arange(height)[:, None] - m, np.arange(width)[None, :] - k
    to = to or (lambda i, j, cosine, sine: (cosine * i + sine * j, cosine * j - sine * i))
    out = np.zeros(images.shape)
    for image, angle in enumerate(unit(np.asarray(degrees, dtype=float))):
        r, c = to(i, j, np.round(np.cos(angle), 15), np.round(np.sin(angle), 15))
        r, c = m + r, k + c
        if padding == "edge":
            r, c = np.clip(r, 0, height - 1), np.clip(c, 0, width - 1)
        top, left = corner(r).astype(int), corner(c).astype(int)
        for a in (top, top + 1):
            for b in (left, left + 1):
                weight = (weights or _bilinear)(r - a, c - b)
                inside = (a >= 0) & (a < height) & (b >= 0) & (b < width)
                if padding == "wrap":
                    inside = np.full(inside.shape, True)
                if padding == "negative":
                    inside = (a < height) & (b < width) & (a >= -height) & (b >= -width)
                value = images[image][:, a % height, b % width]
                out[image] += np.where(inside, weight * value, 0.0)
    return out


def _hat(distance):
    return np.maximum(1 - np.abs(distance), 0)


def _bilinear(r, c):
    return (1 - np.abs(r)) * (1 - np.abs(c))


def _nearest(r, c):
    # of two pixels that are as near, the upper or left one
    return ((r > -0.5) & (r <= 0.5) & (c > -0.5) & (c <= 0.5)) * 1.0


@exercise.misconception
def turns_clockwise(images, degrees):
    """The images turn clockwise. Rows grow downwards, so the signs of the sines differ from those in a textbook of
    geometry; and you ask where a pixel comes from, not where it goes."""
    return _turned(images, -np.asarray(degrees))


@exercise.misconception
def takes_degrees_for_radians(images, degrees):
    """The angle goes to np.cos and np.sin in degrees. They take radians: np.deg2rad."""
    return _turned(images, degrees, unit=lambda angle: angle)


@exercise.misconception
def turns_about_the_corner(images, degrees):
    """The images turn about their upper left corner, the pixel (0, 0), so that most of them leaves the picture. Measure
    rows and columns from the middle."""
    return _turned(images, degrees, middle=lambda height, width: (0, 0))


@exercise.misconception
def middle_of_half_a_pixel_more(images, degrees):
    """The middle is taken at H / 2 and W / 2, half a pixel too far. The rows go from 0 to H - 1, so their middle is
    (H - 1) / 2."""
    return _turned(images, degrees, middle=lambda height, width: (height / 2, width / 2))


@exercise.misconception
def middle_in_whole_pixels(images, degrees):
    """The middle is rounded down to a whole pixel. With an even number of rows it lies between two of them."""
    return _turned(images, degrees, middle=lambda height, width: ((height - 1) // 2, (width - 1) // 2))


@exercise.misconception
def middle_rounded_up(images, degrees):
    """The middle is taken at H // 2 and W // 2, a whole pixel. The rows go from 0 to H - 1, so their middle is
    (H - 1) / 2: with an even number it lies between two of them."""
    return _turned(images, degrees, middle=lambda height, width: (height // 2, width // 2))


@exercise.misconception
def middle_of_the_other_axis(images, degrees):
    """The middle of the rows is taken for that of the columns, and the other way round. In images that are not square
    the two differ."""
    return _turned(images, degrees, middle=lambda height, width: ((width - 1) / 2, (height - 1) / 2))


@exercise.misconception
def middle_of_the_rows_for_both(images, degrees):
    """The middle of the rows serves for the columns as well. In images that are not square the two differ."""
    return _turned(images, degrees, middle=lambda height, width: ((height - 1) / 2, (height - 1) / 2))


@exercise.misconception
def mixes_up_rows_and_columns(images, degrees):
    """Row and column of the source are exchanged, so that the images are reflected as well."""
    return _turned(images, degrees, to=lambda i, j, cosine, sine: (cosine * j - sine * i, cosine * i + sine * j))


@exercise.misconception
def both_sines_positive(images, degrees):
    """Both sines have the same sign. The images are then not turned, but reflected or sheared: one of the two must be
    negative."""
    return _turned(images, degrees, to=lambda i, j, cosine, sine: (cosine * i + sine * j, cosine * j + sine * i))


@exercise.misconception
def uses_the_new_row_for_the_column(images, degrees):
    """The column is computed from the row that has just been overwritten with the new one. Both formulas need the old i
    and j."""

    def to(i, j, cosine, sine):
        i = cosine * i + sine * j
        return i, cosine * j - sine * i

    return _turned(images, degrees, to=to)


@exercise.misconception
def negative_indices_wrap(images, degrees):
    """Rows and columns below 0 are taken for indices from the end, as in images[-1], so that the last pixels appear on
    the first side. Outside of the image all pixels are zero: ask for 0 <= a as well as for a < H."""
    return _turned(images, degrees, padding="negative")


@exercise.misconception
def cuts_off_towards_zero(images, degrees):
    """The upper left of the four pixels is found with int(), or astype(int), which cuts off towards 0: of -0.4 it makes
    0, where -1 is due. Take np.floor first."""
    return _turned(images, degrees, corner=np.trunc)


@exercise.misconception
def nearest_pixel(images, degrees):
    """Each pixel takes the value of the nearest one. Bilinear interpolation mixes the four around the point."""
    return _turned(images, degrees, weights=_nearest)


@exercise.misconception
def upper_left_pixel(images, degrees):
    """Row and column are cut down to whole numbers, and the pixel found there is taken. Bilinear interpolation mixes
    the four around the point."""
    return _turned(images, degrees, weights=lambda r, c: ((r >= 0) & (r < 1) & (c >= 0) & (c < 1)) * 1.0)


@exercise.misconception
def four_alike(images, degrees):
    """The four pixels around the point count alike. The nearer one is, the more it counts."""
    return _turned(images, degrees, weights=lambda r, c: 0.25)


@exercise.misconception
def weights_of_the_opposite_pixel(images, degrees):
    """Each of the four pixels has the weight of the one opposite: the distance itself, where 1 minus the distance
    belongs."""
    return _turned(images, degrees, weights=lambda r, c: np.abs(r) * np.abs(c))


@exercise.misconception
def repeats_the_edge(images, degrees):
    """Outside of the image its edge goes on. The pixels there are zero."""
    return _turned(images, degrees, padding="edge")


@exercise.misconception
def wraps_around(images, degrees):
    """What leaves the picture on one side comes in on the other: a negative index counts from the end. The pixels
    outside are zero."""
    return _turned(images, degrees, padding="wrap")


@exercise.misconception
def forgets_the_border(images, degrees):
    """Where one of the four pixels lies outside, the result is zero. The other three still count."""
    out = _turned(images, degrees)
    return np.where(_turned(np.ones(np.shape(images)), degrees) > 1 - 1e-9, out, 0.0)


@exercise.misconception
def sends_pixels_forward(images, degrees):
    """Each pixel of the image is sent to the nearest place where it goes. Several may meet in one place, and holes stay
    between them: go through the pixels of the result, and ask where they come from."""
    images = np.asarray(images, dtype=float)
    _, _, height, width = images.shape
    m, k = (height - 1) / 2, (width - 1) / 2
    out = np.zeros(images.shape)
    for image, angle in enumerate(np.deg2rad(degrees)):
        for i in range(height):
            for j in range(width):
                r = round(float(m + np.cos(angle) * (i - m) - np.sin(angle) * (j - k)))
                c = round(float(k + np.sin(angle) * (i - m) + np.cos(angle) * (j - k)))
                if 0 <= r < height and 0 <= c < width:
                    out[image, :, r, c] = images[image, :, i, j]
    return out


@exercise.misconception
def shares_pixels_out(images, degrees):
    """Each pixel of the image is shared out over the four places around the point where it goes. These shares do not
    add up to 1 in every place: go through the pixels of the result, and ask where they come from."""
    images, m, k = np.asarray(images, dtype=float), *((side - 1) / 2 for side in np.shape(images)[2:])
    places = np.indices(images.shape[2:]).reshape(2, -1).T
    out = np.zeros(images.shape)
    for image, angle in enumerate(np.deg2rad(degrees)):
        for i, j in places:
            r = m + np.cos(angle) * (i - m) - np.sin(angle) * (j - k)
            c = k + np.sin(angle) * (i - m) + np.cos(angle) * (j - k)
            weights = _hat(r - places[:, 0]) * _hat(c - places[:, 1])
            out[image] += images[image][:, i, j, None, None] * weights.reshape(images.shape[2:])
    return out


@exercise.misconception
def first_angle_for_all(images, degrees):
    """All images turn by the first angle. degrees has one for each."""
    return _turned(images, np.full(len(images), degrees[0]))


@exercise.misconception
def keeps_integers(images, degrees):
    """The result has the dtype of the images, so that images of integers lose what stands behind the point. Make it an
    array of floats."""
    return _turned(images, degrees).astype(np.asarray(images).dtype)


@exercise.equivalent
def by_matrices(images, degrees):
    images = np.asarray(images, dtype=float)
    n, _, height, width = images.shape
    out = np.zeros(images.shape)
    middle = np.array([[height - 1], [width - 1]]) / 2
    places = np.indices((height, width)).reshape(2, -1)
    for image in range(n):
        angle = np.deg2rad(degrees[image])
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        r, c = turn @ (places - middle) + middle
        # the weights of all pixels, most of them 0
        rows = np.maximum(1 - np.abs(r[:, None] - np.arange(height)), 0)
        columns = np.maximum(1 - np.abs(c[:, None] - np.arange(width)), 0)
        out[image] = np.einsum("pa,pb,cab->cp", rows, columns, images[image]).reshape(out[image].shape)
    return out


@exercise.equivalent
def in_loops(images, degrees):
    n, _, height, width = np.shape(images)
    m, k = (height - 1) / 2, (width - 1) / 2
    out = np.zeros(np.shape(images))
    for image in range(n):
        cosine, sine = np.cos(np.pi * degrees[image] / 180), np.sin(np.pi * degrees[image] / 180)
        for i in range(height):
            for j in range(width):
                r, c = m + cosine * (i - m) + sine * (j - k), k - sine * (i - m) + cosine * (j - k)
                a, b = int(np.floor(r)), int(np.floor(c))
                for y in (a, a + 1):
                    for x in (b, b + 1):
                        if 0 <= y < height and 0 <= x < width:
                            out[image, :, i, j] += _bilinear(r - y, c - x) * images[image, :, y, x]
    return out
