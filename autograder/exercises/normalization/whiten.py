"""Whitening: features without correlation and of variance 1, turned back to where they were (ZCA)."""

import numpy as np

from autograder.domain import Array, Number
from autograder.draw import either_sign
from autograder.exercise import Exercise
from autograder.exercises.normalization._covariance_mistakes import (
    add_covariance_mistakes,
    centred_data,
    covariance_of,
    root_of_the_inverse,
    whitened_by,
)


def whiten(x, eps=1e-5):
    """(Bell and Sejnowski 1997), with eps added to the variances."""
    centred = x - np.mean(x, axis=0)
    return centred @ root_of_the_inverse(covariance_of(centred), eps)


exercise = Exercise(
    name="whiten",
    unit="normalization",
    points=2,
    reference=whiten,
    takes={"x": Array("N", "D"), "eps": Number(0.01, 0.1, corners=(1e-5, 2.0), says="a positive number")},
    hints=(
        "np.linalg.eigh returns the variances along the principal axes and the axes themselves, as columns; eig does "
        "not know that the matrix is symmetric, and may return complex numbers. Of which matrix (D, D) do you take "
        "them?",
        "x @ u are the coordinates along the axes. By what do you divide each of them to get a variance of 1?",
        "Which product brings the coordinates back from the axes to the features?",
    ),
    part="more",
    minutes=8,
    difficulty=3,
    reasoning=(
        "Along its principal axes the data are uncorrelated, so dividing each coordinate by its standard deviation "
        "leaves a covariance of 1 in every direction. Any rotation keeps that: the one back to the features changes "
        "the data least."
    ),
)


def _draw(rng, n_samples, n_features, eps):
    """Correlated features whose scales differ, and none of whose means is 0; no two variances are alike."""
    axes = np.linalg.qr(rng.normal(size=(n_features, n_features)))[0]
    # along the axes uncorrelated up to a little, of spreads 3, 1.5, 0.8, ...
    along = np.linalg.qr(rng.normal(size=(n_samples, n_samples)) + 1)[0][:, 1 : n_features + 1]
    along = along * np.sqrt(n_samples) * (3.0 * 0.5 ** np.arange(along.shape[1]))
    x = along @ axes[: along.shape[1]] * np.linspace(1.0, 2.0, n_features)
    return {"x": (x + either_sign(rng, n_features, 1.0, 3.0)).round(3), "eps": eps}


@exercise.case("correlated features of different scales")
def correlated(rng):
    return _draw(rng, int(rng.integers(7, 10)), 3, round(rng.uniform(0.02, 0.05), 4))


@exercise.case("as many samples as features, where a wrong axis goes unnoticed")
def square(rng):
    return _draw(rng, 4, 4, round(rng.uniform(0.02, 0.05), 4))


@exercise.case("fewer samples than features, so that there are directions of variance 0")
def few_samples(rng):
    return _draw(rng, 3, int(rng.integers(5, 7)), round(rng.uniform(0.02, 0.05), 4))


@exercise.case("a feature that is the same in all samples")
def constant_feature(rng):
    inputs = _draw(rng, int(rng.integers(7, 10)), 3, round(rng.uniform(0.02, 0.05), 4))
    inputs["x"][:, 1] = float(rng.integers(2, 5))
    return inputs


@exercise.case("an eps as large as the variances")
def large_eps(rng):
    return _draw(rng, int(rng.integers(7, 10)), 3, round(rng.uniform(1.0, 2.0), 3))


@exercise.case("features with a mean of a million")
def far_from_zero(rng):
    inputs = _draw(rng, int(rng.integers(7, 10)), 3, round(rng.uniform(0.02, 0.05), 4))
    return inputs | {"x": inputs["x"] + 1e6}


def _parts(x):
    """The centred data, the variances along the principal axes, and the axes as columns."""
    centred = centred_data(x)
    return centred, *np.linalg.eigh(covariance_of(centred))


add_covariance_mistakes(exercise)


@exercise.misconception
def not_turned_back(x, eps):
    """The data are white, and in the coordinates of their principal axes: that is PCA whitening. Turn them back to the
    features, with u.T."""
    centred, variances, u = _parts(x)
    return centred @ u / np.sqrt(variances + eps)


@exercise.misconception
def not_turned_back_largest_first(x, eps):
    """The data are white, and in the coordinates of their principal axes, largest variance first: that is PCA
    whitening. Turn them back to the features."""
    return not_turned_back(x, eps)[:, ::-1]


@exercise.misconception
def not_turned_to_the_axes(x, eps):
    """The features are divided as if they were the coordinates along the principal axes. Multiply by u before that, and
    by u.T after it."""
    centred, variances, u = _parts(x)
    return centred / np.sqrt(variances + eps) @ u.T


@exercise.misconception
def turned_the_wrong_way(x, eps):
    """The data are multiplied by u.T first and by u after it. The axes are the columns of u: x @ u are the coordinates
    along them."""
    centred, variances, u = _parts(x)
    return centred @ u.T / np.sqrt(variances + eps) @ u


@exercise.misconception
def turned_the_wrong_way_by_numpy(x, eps):
    """The data are multiplied by u.T first and by u after it. The axes, as np.linalg.eigh returns them, are the columns
    of u: x @ u are the coordinates along them."""
    variances, u = np.linalg.eigh(np.atleast_2d(np.cov(x, rowvar=False, bias=True)))
    return centred_data(x) @ u.T / np.sqrt(variances + eps) @ u


@exercise.misconception
def turned_twice(x, eps):
    """The data are multiplied by u a second time where they should be turned back, by u.T."""
    centred, variances, u = _parts(x)
    return centred @ u / np.sqrt(variances + eps) @ u


@exercise.misconception
def only_turned(x, eps):
    """The data are centred and turned to their principal axes, where they are uncorrelated. Their variances there are
    still different: divide by the standard deviations, and turn back."""
    centred, _, u = _parts(x)
    return centred @ u


@exercise.misconception
def only_standardised(x, eps):
    """Every feature is divided by its own standard deviation. That gives each a variance of 1 and leaves them
    correlated."""
    centred = centred_data(x)
    return centred / np.sqrt(np.mean(centred**2, axis=0) + eps)


@exercise.misconception
def cholesky(x, eps):
    """The data are white, by a triangular matrix instead of the symmetric one. That is another whitening: in this one
    the features are turned to the principal axes, divided, and turned back."""
    centred = centred_data(x)
    root = np.linalg.cholesky(np.linalg.inv(covariance_of(centred) + eps * np.eye(x.shape[1])))
    return centred @ root


@exercise.misconception
def mean_stays(x, eps):
    """The matrix is right, but it multiplies x with its mean. Whitened data have the mean 0."""
    return whitened_by(1.0 * x, covariance_of(centred_data(x)), eps)


@exercise.misconception
def mean_is_added_again(x, eps):
    """The mean is added again at the end. Whitened data have the mean 0."""
    return whiten(x, eps) + np.mean(x, axis=0)


@exercise.misconception
def without_eps(x, eps):
    """eps is left out: a direction of variance 0 is divided by 0, or by what rounding has left of it. It is added to
    the variances."""
    centred, variances, u = _parts(x)
    with np.errstate(all="ignore"):
        return centred @ (u / np.sqrt(np.where(np.abs(variances) < 1e-9, 0.0, variances))) @ u.T


@exercise.misconception
def eps_outside_of_the_root(x, eps):
    """eps is added to the standard deviations. Here it stands under the root, beside the variances."""
    centred, variances, u = _parts(x)
    return centred @ (u / (np.sqrt(np.maximum(variances, 0)) + eps)) @ u.T


@exercise.misconception
def eps_outside_of_a_root_of_less_than_zero(x, eps):
    """eps is added to the standard deviations. Here it stands under the root, beside the variances, where it also keeps
    the root from a variance that rounding has left a little below 0."""
    centred, variances, u = _parts(x)
    with np.errstate(all="ignore"):
        return centred @ (u / (np.sqrt(variances) + eps)) @ u.T


@exercise.misconception
def eps_as_a_floor(x, eps):
    """The variances are made no smaller than eps. eps is added to every variance, also to large ones."""
    centred, variances, u = _parts(x)
    return centred @ (u / np.sqrt(np.maximum(variances, eps))) @ u.T


@exercise.misconception
def eps_of_its_own(x, eps):
    """eps is always 1e-5, whatever is asked for. Use the argument."""
    return whiten(x, 1e-5)


@exercise.misconception
def eps_squared(x, eps):
    """eps is squared under the root. It is a variance already: add it as it is."""
    return whiten(x, eps**2)


@exercise.misconception
def eps_everywhere(x, eps):
    """eps is added to every entry of the covariance, as if all features varied together. Add it to the variances along
    the axes, or to the diagonal."""
    centred = centred_data(x)
    variances, u = np.linalg.eigh(covariance_of(centred) + eps)
    return centred @ (u / np.sqrt(np.maximum(variances, 1e-12))) @ u.T


@exercise.misconception
def divides_by_the_variances(x, eps):
    """The coordinates are divided by their variances, which is the inverse of the covariance. It takes its root: divide
    by the standard deviations."""
    centred = centred_data(x)
    return centred @ root_of_the_inverse(covariance_of(centred), eps, power=-1.0)


@exercise.misconception
def multiplies_by_the_deviations(x, eps):
    """The coordinates are multiplied by their standard deviations, which makes the large ones larger still. Divide."""
    centred = centred_data(x)
    return centred @ root_of_the_inverse(covariance_of(centred), eps, power=0.5)


@exercise.misconception
def singular_values_for_variances(x, eps):
    """The singular values of the centred data are taken for the variances. Those are their squares, divided by N."""
    centred = centred_data(x)
    _, s, vt = np.linalg.svd(centred, full_matrices=False)
    return centred @ (vt.T / np.sqrt(s + eps)) @ vt


@exercise.misconception
def singular_values_for_deviations(x, eps):
    """The data are divided by the singular values plus eps. The variances are their squares, divided by N, and eps is
    added to these."""
    centred = centred_data(x)
    _, s, vt = np.linalg.svd(centred, full_matrices=False)
    return centred @ (vt.T / (s + eps)) @ vt


@exercise.misconception
def the_matrix_alone(x, eps):
    """What comes back is the matrix (D, D) that whitens. Multiply the centred data by it."""
    return root_of_the_inverse(covariance_of(centred_data(x)), eps)


@exercise.misconception
def transposed(x, eps):
    """The result is transposed, with a row for each feature. It has the shape of x."""
    return whiten(x, eps).T


@exercise.misconception
def scaled_once_more(x, eps):
    """The whitened features are divided by their standard deviations once more, so that eps has no effect on them."""
    out = whiten(x, eps)
    std = out.std(axis=0)
    return out / np.where(std < 1e-9, 1.0, std)


@exercise.misconception
def centres_in_place(x, eps):
    """The mean is subtracted from x itself, with x -= mean, which changes the caller's array. Make a new one: x = x -
    mean."""
    x -= np.mean(x, axis=0)
    return whiten(x, eps)


@exercise.misconception
def variances_in_another_order(x, eps):
    """The axes are divided by each other's standard deviations: the variances were sorted, or turned round, without
    their axes. Each belongs to the column of u at its place."""
    centred, variances, u = _parts(x)
    return centred @ (u / np.sqrt(variances[::-1] + eps)) @ u.T


@exercise.misconception
def turned_back_too_early(x, eps):
    """The data are turned to the axes and back again before anything is divided. Divide in between."""
    centred, variances, _ = _parts(x)
    return centred / np.sqrt(variances + eps)


@exercise.misconception
def cholesky_of_the_covariance(x, eps):
    """The data are white, by the inverse of a triangular matrix. That is another whitening: in this one the features
    are turned to the principal axes, divided, and turned back."""
    centred = centred_data(x)
    root = np.linalg.cholesky(covariance_of(centred) + eps * np.eye(x.shape[1]))
    return centred @ np.linalg.inv(root).T


@exercise.equivalent
def singular_values(x, eps=1e-5):
    centred = x - x.mean(axis=0)
    u, s, vt = np.linalg.svd(centred, full_matrices=False)
    return u @ np.diag(s / np.sqrt(s**2 / len(x) + eps)) @ vt


@exercise.equivalent
def numpy_covariance(x, eps=1e-5):
    covariance = np.atleast_2d(np.cov(x, rowvar=False, bias=True)) + eps * np.eye(x.shape[1])
    variances, axes = np.linalg.eigh(covariance)
    return (x - np.mean(x, 0)) @ axes @ np.diag(variances**-0.5) @ axes.T


@exercise.equivalent
def direction_by_direction(x, eps=1e-5):
    centred = x - sum(x) / len(x)
    values, vectors = np.linalg.eigh(np.einsum("nd,ne->de", centred, centred) / len(x))
    out = np.zeros(x.shape)
    for value, vector in zip(values, vectors.T, strict=True):
        out += np.outer(centred @ vector, vector) / (value + eps) ** 0.5
    return out
