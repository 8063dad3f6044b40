"""The digits are those of scikit-learn; the toy sets are what they say."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from course_lib import datasets


def test_digits_are_the_ones_of_scikit_learn():
    ours, theirs = datasets.digits(), load_digits()
    images = np.vstack([ours.x_train, ours.x_test])
    labels = np.concatenate([ours.y_train, ours.y_test])

    def sorted_rows(x, y):
        rows = np.column_stack([x, y])
        return rows[np.lexsort(rows.T)]

    assert np.array_equal(sorted_rows(images, labels), sorted_rows(theirs.data / 16, theirs.target))
    assert images.min() == 0 and images.max() == 1


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_missing_or_damaged_file_is_reported_with_the_remedy(damage, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    if damage == "changed":
        (tmp_path / "digits.npz").write_bytes(b"not the digits")
    with pytest.raises((FileNotFoundError, ValueError), match=r"git checkout data/digits\.npz"):
        datasets.digits()


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
