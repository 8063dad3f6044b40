"""Wrong answers to gain_for."""

import numpy as np

_Z = np.random.default_rng(0).standard_normal(1_000_000)


def gain_for__no_root(phi):
    """1 / E[phi(z)^2], without the root."""
    return float(1 / np.mean(phi(_Z) ** 2))


def gain_for__not_inverted(phi):
    """The root of E[phi(z)^2], not its inverse."""
    return float(np.sqrt(np.mean(phi(_Z) ** 2)))


def gain_for__variance(phi):
    """Subtracts the mean of phi(z): 1 / std in place of 1 / root mean square."""
    return float(1 / np.std(phi(_Z)))


def gain_for__slope(phi):
    """The gain that keeps the gradient: 1 / sqrt(E[phi'(z)^2])."""
    h = 1e-4
    return float(1 / np.sqrt(np.mean(((phi(_Z + h) - phi(_Z - h)) / (2 * h)) ** 2)))


def gain_for__mean_of_both(phi):
    """A compromise of signal and gradient: 1 / sqrt of the mean of E[phi^2] and E[phi'^2]."""
    h = 1e-4
    slope = (phi(_Z + h) - phi(_Z - h)) / (2 * h)
    return float(1 / np.sqrt((np.mean(phi(_Z) ** 2) + np.mean(slope**2)) / 2))


def gain_for__absolute(phi):
    """1 / E|phi(z)|, the mean size and not the root of the mean square."""
    return float(1 / np.mean(np.abs(phi(_Z))))


def gain_for__unweighted_grid(phi):
    """Averages over an even grid from -3 to 3 without the weights of the normal density."""
    z = np.linspace(-3, 3, 10_001)
    return float(1 / np.sqrt(np.mean(phi(z) ** 2)))


def gain_for__always_he(phi):
    """The root of 2, ReLU's gain, for every activation."""
    return float(np.sqrt(2))


def gain_for__no_root_again(phi):
    """It returns one over the mean square, without the root."""
    z = np.random.default_rng(0).normal(size=1_000_000)
    return float(1 / np.mean(phi(z) ** 2))


def gain_for__std(phi):
    """It divides by the standard deviation of phi(z), from which the mean has been taken away, in place of the root of the mean square."""
    z = np.random.default_rng(0).normal(size=1_000_000)
    return float(1 / phi(z).std())


def gain_for__backward(phi):
    """It keeps the gradient, by the mean square of the slope, in place of the signal."""
    z, h = np.random.default_rng(0).normal(size=1_000_000), 1e-4
    slope = (phi(z + h) - phi(z - h)) / (2 * h)
    return float(1 / np.sqrt(np.mean(slope**2)))


def gain_for__unweighted_grid_again(phi):
    """It averages over an even grid from -3 to 3 and forgets the weights of the normal density."""
    z = np.linspace(-3, 3, 100_001)
    return float(1 / np.sqrt(np.mean(phi(z) ** 2)))


def gain_for__few_samples(phi):
    """It draws only a hundred samples, so that the gain is off by a tenth by chance."""
    z = np.random.default_rng().normal(size=100)
    return float(1 / np.sqrt(np.mean(phi(z) ** 2)))


def gain_for__mean_abs(phi):
    """Takes the mean of |phi| for its root mean square."""
    z = np.random.default_rng(0).normal(size=300000)
    return 1 / np.mean(np.abs(phi(z)))


def gain_for__mean_of_phi(phi):
    """The mean of phi(z) is squared, where the mean of the square is needed; for odd functions that is nearly 0."""
    z = np.random.default_rng(0).normal(size=10**6)
    return float(1 / np.abs(np.mean(phi(z))))


def gain_for__phi_of_one(phi):
    """phi is looked at in one point only, z = 1; the mean over all z is needed."""
    return float(1 / phi(np.array([1.0]))[0])


def gain_for__integral_without_density(phi):
    """phi squared is averaged over a grid without the weights of the normal density."""
    z = np.linspace(-8, 8, 10001)
    return float(1 / np.sqrt(np.mean(phi(z) ** 2)))
