"""The digits are those of scikit-learn; subsets and the toy sets are what they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from course_lib.data import datasets
from course_lib.files import DATA


def test_digits_are_the_ones_of_scikit_learn():
    ours, theirs = datasets.digits(), load_digits()
    images = np.vstack([ours.x_train, ours.x_test])
    labels = np.concatenate([ours.y_train, ours.y_test])

    def sorted_rows(x, y):
        rows = np.column_stack([x, y])
        return rows[np.lexsort(rows.T)]

    assert np.array_equal(sorted_rows(images, labels), sorted_rows(theirs.data / 16, theirs.target))
    assert images.min() == 0 and images.max() == 1


IMAGES = [datasets.digits, datasets.glyphs, datasets.glyph_letters]


@pytest.mark.parametrize("loader", IMAGES)
def test_rows_and_images_are_the_same_pixels(loader):
    rows, images = loader(), loader(images=True)
    for part in ("train", "test"):
        x, y = getattr(rows, f"x_{part}"), getattr(rows, f"y_{part}")
        assert x.shape == (len(y), 64)
        assert x.dtype == np.float64 and y.dtype == np.int64
        assert getattr(images, f"x_{part}").shape == (len(y), 1, 8, 8)
        assert np.array_equal(getattr(images, f"x_{part}").reshape(-1, 64), x)
        assert np.array_equal(getattr(images, f"y_{part}"), y)


@pytest.mark.parametrize("loader", IMAGES)
def test_every_caller_gets_arrays_of_their_own(loader):
    mine, before = loader(), loader()
    for key, array in vars(mine).items():
        array[...] = -1
        assert np.array_equal(getattr(loader(), key), getattr(before, key))


@pytest.mark.parametrize("loader", IMAGES)
@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_missing_or_damaged_file_is_reported_with_the_remedy(loader, damage, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    if damage == "changed":
        for name in datasets.SHA256:
            (tmp_path / name).write_bytes(b"not the images")
    with pytest.raises((FileNotFoundError, ValueError), match=r"git checkout data/(digits|glyphs)\.npz"):
        loader()


def labelled(seed, counts):
    """A split whose k-th input is k, with the given number of training samples of each class."""
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    x = np.arange(float(len(labels)))[:, None]
    return datasets.Split(x, labels, x[:1], labels[:1])


seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.lists(st.integers(1, 9), min_size=1, max_size=5), st.data())
def test_few_labels_are_as_many_of_every_class(seed, counts, data):
    whole = labelled(seed, counts)
    per_class = data.draw(st.integers(1, min(counts)))
    part = datasets.few_labels(whole, per_class, rng=np.random.default_rng(seed))
    rows = part.x_train[:, 0].astype(int)
    assert len(set(rows)) == len(rows)
    assert np.array_equal(part.y_train, whole.y_train[rows])
    assert np.array_equal(np.bincount(part.y_train), np.full(len(counts), per_class))
    assert part.x_test is whole.x_test and part.y_test is whole.y_test


def test_few_labels_are_other_ones_for_another_seed_and_in_mixed_order():
    whole = datasets.digits()
    first, again, other = (datasets.few_labels(whole, 5, rng=np.random.default_rng(s)) for s in (0, 0, 1))
    assert np.array_equal(first.x_train, again.x_train)
    assert not np.array_equal(first.x_train, other.x_train)
    assert np.count_nonzero(np.diff(first.y_train) == 0) < 25  # 40 in class order; 4 are expected in random order


@given(seeds, st.lists(st.integers(1, 9), min_size=1, max_size=5), st.data())
def test_learning_curve_splits_are_nested_and_keep_the_shares(seed, counts, data):
    whole = labelled(seed, counts)
    n = sum(counts)
    sizes = sorted(data.draw(st.sets(st.integers(1, n), min_size=1, max_size=4)))
    parts = datasets.learning_curve_splits(whole, sizes, rng=np.random.default_rng(seed))
    rows = [part.x_train[:, 0].astype(int) for part in parts]
    for part, size, chosen in zip(parts, sizes, rows, strict=True):
        assert len(set(chosen)) == len(chosen) == size
        assert np.array_equal(part.y_train, whole.y_train[chosen])
        assert set(chosen) <= set(rows[-1])
        # each class is rounded to whole samples, and the size is reached by all of them together
        expected = size * np.array(counts) / n
        slack = 0.5 + len(counts) / 2 * np.array(counts) / n
        assert np.all(np.abs(np.bincount(part.y_train, minlength=len(counts)) - expected) <= slack + 1e-9)
    assert parts[0].x_test is whole.x_test


REFUSED = {
    "[1, 2], the size of the smallest class, got 3": lambda d: datasets.few_labels(d, 3, rng=np.random.default_rng(0)),
    "[1, 2], the size of the smallest class, got 0": lambda d: datasets.few_labels(d, 0, rng=np.random.default_rng(0)),
    "[1, 6], got [3, 7]": lambda d: datasets.learning_curve_splits(d, [3, 7], rng=np.random.default_rng(0)),
    "[1, 6], got [0]": lambda d: datasets.learning_curve_splits(d, [0], rng=np.random.default_rng(0)),
}


@pytest.mark.parametrize("value", REFUSED)
def test_impossible_sizes_are_refused_with_their_value(value):
    with pytest.raises(ValueError) as error:
        REFUSED[value](labelled(0, [4, 2]))
    assert value in str(error.value)


@pytest.mark.parametrize("name", datasets.TOY_SETS)
@pytest.mark.parametrize("n", [1, 2, 3, 301])
def test_toy_sets_have_two_balanced_classes_and_repeat(name, n):
    make = datasets.TOY_SETS[name]
    (x, y), (again, _) = (make(n, rng=np.random.default_rng(5)) for _ in range(2))
    assert x.shape == (n, 2) and y.shape == (n,)
    assert np.array_equal(x, again)
    assert abs(int((y == 0).sum()) - int((y == 1).sum())) <= 2


@pytest.mark.parametrize("name", datasets.TOY_SETS)
def test_toy_sets_can_be_learned_but_only_blobs_by_a_line(name):
    x, y = datasets.TOY_SETS[name](400, rng=np.random.default_rng(1))
    by_neighbours = KNeighborsClassifier(5).fit(x[:200], y[:200]).score(x[200:], y[200:])
    by_a_line = LogisticRegression().fit(x, y).score(x, y)
    assert by_neighbours > 0.93
    assert (by_a_line > 0.95) == (name == "blobs")


def test_the_readme_states_the_checksums():
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    for name, digest in datasets.SHA256.items():
        assert any(line.startswith(f"| {name} |") and f"| {digest} |" in line for line in readme.splitlines())


@pytest.mark.parametrize("name", datasets.TOY_SETS)
def test_toy_sets_of_impossible_sizes_or_noise_are_refused(name, rng):
    draw = datasets.TOY_SETS[name]
    with pytest.raises(ValueError, match="n must be at least 1, got 0"):
        draw(0, rng=rng)
    with pytest.raises(TypeError, match=r"n must be an integer, got 10.0 \(float\): type 10"):
        draw(10.0, rng=rng)
    with pytest.raises(ValueError, match="noise must be at least 0"):
        draw(10, rng=rng, noise=-0.1)
    with pytest.raises(TypeError, match=r"rng must be a numpy.random.Generator, got 0"):
        draw(10, rng=0)
