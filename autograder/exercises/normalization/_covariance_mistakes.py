"""Whitening by another matrix than the covariance of the features, or by one that is put together wrongly."""

import numpy as np

from autograder.exercise import Exercise


def centred_data(x):
    """x less the mean of each feature."""
    return x - np.mean(x, axis=0)


def covariance_of(centred):
    """The biased covariance (D, D) of centred data (N, D)."""
    return centred.T @ centred / len(centred)


def root_of_the_inverse(covariance, eps, power=-0.5):
    """U (L + eps)^power U^T."""
    variances, u = np.linalg.eigh(covariance)
    return (u * (variances + eps) ** power) @ u.T


def whitened_by(centred, covariance, eps):
    """Data whitened as if this were their covariance."""
    return centred @ root_of_the_inverse(covariance, eps)


def _standardised(x):
    centred = centred_data(x)
    std = np.sqrt(np.mean(centred**2, axis=0))
    return centred / np.where(std == 0, 1.0, std)


def add_covariance_mistakes(exercise: Exercise):
    """Other matrices in place of the covariance."""

    @exercise.misconception
    def covariance_around_zero(x, eps):
        """The covariance is that of x with its mean, so that the mean counts as variance. Subtract it first."""
        return whitened_by(centred_data(x), covariance_of(1.0 * x), eps)

    @exercise.misconception
    def not_centred_at_all(x, eps):
        """No mean is subtracted, neither for the covariance nor from the data."""
        return whitened_by(1.0 * x, covariance_of(1.0 * x), eps)

    @exercise.misconception
    def centred_by_sample(x, eps):
        """The mean of each sample is subtracted. A feature is a column, and its mean is taken over the samples, axis
        0."""
        centred = x - np.mean(x, axis=1, keepdims=True)
        return whitened_by(centred, covariance_of(centred), eps)

    @exercise.misconception
    def one_mean_for_all(x, eps):
        """One mean, that of all numbers, is subtracted from all features. Each has its own."""
        centred = x - np.mean(x)
        return whitened_by(centred, covariance_of(centred), eps)

    @exercise.misconception
    def divides_by_n_minus_one(x, eps):
        """The covariance divides by N - 1, as np.cov does. Here it divides by N: np.cov(x.T, bias=True)."""
        centred = centred_data(x)
        with np.errstate(all="ignore"):
            covariance = centred.T @ centred / np.float64(len(x) - 1)
        return whitened_by(centred, np.nan_to_num(covariance), eps)

    @exercise.misconception
    def not_divided_by_n(x, eps):
        """The products are added up, and not divided by N: that is N times the covariance."""
        centred = centred_data(x)
        return whitened_by(centred, centred.T @ centred, eps)

    @exercise.misconception
    def divides_by_the_features(x, eps):
        """The covariance divides by D. It is a mean over the samples: divide by N."""
        centred = centred_data(x)
        return whitened_by(centred, centred.T @ centred / x.shape[1], eps)

    @exercise.misconception
    def covariance_of_the_samples(x, eps):
        """The covariance is that of the samples, (N, N), as np.cov takes it unless rowvar is False. A feature is a
        column: there are D of them."""
        centred = centred_data(x)
        return whitened_by(centred, centred @ centred.T / x.shape[1], eps)

    @exercise.misconception
    def correlation_instead(x, eps):
        """The features are standardised first, and what is whitened is their correlation. Here it is their covariance,
        of the features as they are."""
        standardised = _standardised(x)
        return whitened_by(standardised, covariance_of(standardised), eps)

    @exercise.misconception
    def matrix_of_the_correlation(x, eps):
        """The matrix is made from the correlation of the features, and multiplies features that are only centred. It is
        made from their covariance."""
        return whitened_by(centred_data(x), covariance_of(_standardised(x)), eps)

    @exercise.misconception
    def correlation_by_numpy(x, eps):
        """The matrix is made from np.corrcoef, the correlation of the features, and multiplies features that are only
        centred. It is made from their covariance. A feature that never changes has no correlation: that is 0 / 0."""
        with np.errstate(all="ignore"):
            correlation = np.corrcoef(x, rowvar=False)
        return whitened_by(centred_data(x), np.atleast_2d(correlation), eps)

    @exercise.misconception
    def not_centred_with_n_minus_one(x, eps):
        """Two things at once: the data are multiplied with their mean, and whitened data have the mean 0; and the
        covariance divides by N - 1, as np.cov does, and not by N."""
        centred = centred_data(x)
        return whitened_by(1.0 * x, covariance_of(centred) * len(x) / max(len(x) - 1, 1), eps)
