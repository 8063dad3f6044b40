"""A generative adversarial network, of a size for points in the plane.

The generator G turns noise into points, the discriminator D tells them from data: its output is a logit, positive for
"real". Both learn in turns, D to tell, G to deceive (Goodfellow et al. 2014). The generator's loss has two forms:

================  ========================  ====================================================================
loss              minimises                 gradient with respect to D's logit l of a fake
================  ========================  ====================================================================
saturating        mean log(1 - sigmoid(l))  -sigmoid(l): vanishes when D is sure of the fake (l far below 0)
non-saturating    -mean log sigmoid(l)      -(1 - sigmoid(l)): largest then; what is used (section 3 of the paper)
================  ========================  ====================================================================
"""

from dataclasses import dataclass, field

import numpy as np

from course_lib._arguments import as_float
from course_lib.activations import sigmoid
from course_lib.adam import Adam
from course_lib.losses import binary_xent
from course_lib.network import Sequential, mlp


@dataclass(frozen=True)
class GAN:
    """``generator``: noise (N, Z) -> points (N, D); ``discriminator``: points (N, D) -> logits (N, 1).

    ``n_noise`` is Z. Training moves the parameters of both networks.
    """

    generator: Sequential
    discriminator: Sequential
    n_noise: int

    def sample(self, n, *, rng):
        """``n`` points (n, D) of the generator, from standard normal noise."""
        return self.generator.forward(rng.standard_normal((n, self.n_noise), dtype=self.generator.theta.dtype))


@dataclass
class GANHistory:
    """One entry per step.

    ``discriminator_loss`` : before its update; 2 log 2 = 1.39 when it cannot tell real from fake
    ``generator_loss`` : before its update
    ``real_share``, ``fake_share`` : mean probability of "real" that D gives to data and to fakes
    """

    discriminator_loss: list[float] = field(default_factory=list)
    generator_loss: list[float] = field(default_factory=list)
    real_share: list[float] = field(default_factory=list)
    fake_share: list[float] = field(default_factory=list)


def small_gan(n_features=2, *, n_noise=2, hidden=(32, 32), activation="leaky_relu", rng, dtype=np.float64) -> GAN:
    """A generator and a discriminator with hidden layers of the same sizes."""
    generator = mlp([n_noise, *hidden, n_features], activation=activation, rng=rng, dtype=dtype)
    discriminator = mlp([n_features, *hidden, 1], activation=activation, rng=rng, dtype=dtype)
    return GAN(generator, discriminator, n_noise)


def discriminator_loss(real_logits, fake_logits):
    """-mean log sigmoid(real) - mean log(1 - sigmoid(fake)), the sum of two cross-entropies.

    Parameters
    ----------
    real_logits, fake_logits : arrays of any shapes, such as (N, 1)

    Returns
    -------
    loss : float, in nats
    dreal, dfake : arrays, the gradients with respect to the logits

    References
    ----------
    Goodfellow et al. 2014, equation 1 and algorithm 1 (there maximised).
    """
    real, dreal = binary_xent(real_logits, np.ones_like(real_logits))
    fake, dfake = binary_xent(fake_logits, np.zeros_like(fake_logits))
    return real + fake, dreal, dfake


def generator_loss(fake_logits, saturating=False):
    """The generator's loss in one of its two forms, and its gradient with respect to the logits of its fakes.

    Parameters
    ----------
    fake_logits : array of any shape, such as (N, 1)
    saturating : bool

    Returns
    -------
    loss : float, in nats; the saturating one is at most 0
    dfake : array, the shape of ``fake_logits``

    References
    ----------
    Goodfellow et al. 2014, equation 1 and the end of section 3.
    """
    if saturating:
        loss, dfake = binary_xent(fake_logits, np.zeros_like(fake_logits))
        return -loss, -dfake
    return binary_xent(fake_logits, np.ones_like(fake_logits))


def discriminator_backprop(gan, real, fake):
    """Fill ``gan.discriminator.grad`` from a batch of data and one of fakes.

    Parameters
    ----------
    real, fake : arrays (N, D) and (M, D)

    Returns
    -------
    loss : float
    real_logits, fake_logits : arrays (N, 1) and (M, 1)
    """
    # one pass for both: the gradient is the sum over all samples
    logits = gan.discriminator.forward(np.concatenate([real, fake]))
    real_logits, fake_logits = logits[: len(real)], logits[len(real) :]
    loss, dreal, dfake = discriminator_loss(real_logits, fake_logits)
    gan.discriminator.backward(np.concatenate([dreal, dfake]))
    return loss, real_logits, fake_logits


def generator_backprop(gan, noise, saturating=False):
    """Fill ``gan.generator.grad``: forward through G and D, and back through D to G.

    The gradient of the discriminator is overwritten too, and means nothing: only G learns from this pass.

    Parameters
    ----------
    noise : (N, Z) array

    Returns
    -------
    loss : float
    """
    loss, dlogits = generator_loss(gan.discriminator.forward(gan.generator.forward(noise)), saturating)
    gan.generator.backward(gan.discriminator.backward(dlogits))
    return loss


def fit_gan(
    gan, data, *, rng, steps=2000, batch_size=64, optimizers=None, saturating=False, discriminator_steps=1
) -> GANHistory:
    """Train both networks in turns, in place.

    Parameters
    ----------
    data : (N, D) array
    rng : numpy.random.Generator, for the batches and the noise
    steps : int, updates of the generator
    optimizers : pair (of the generator, of the discriminator) of objects with ``step(theta, grad)``. By default Adam
        with beta1 = 0.5 (Radford et al. 2016: momentum makes the two chase each other) and the rates 0.001 and 0.003
        (Heusel et al. 2017: D must keep up with G)
    discriminator_steps : int, at least 1, updates of D before each of G

    Returns
    -------
    GANHistory

    References
    ----------
    Goodfellow et al. 2014, algorithm 1.
    """
    if discriminator_steps < 1:
        raise ValueError(f"discriminator_steps must be at least 1, got {discriminator_steps}")
    of_generator, of_discriminator = optimizers or (Adam(0.001, beta1=0.5), Adam(0.003, beta1=0.5))
    generator, discriminator = gan.generator, gan.discriminator
    data = as_float(data, generator.theta.dtype)
    history = GANHistory()
    for _ in range(steps):
        for _ in range(discriminator_steps):
            real, fake = data[rng.integers(0, len(data), batch_size)], gan.sample(batch_size, rng=rng)
            loss, real_logits, fake_logits = discriminator_backprop(gan, real, fake)
            of_discriminator.step(discriminator.theta, discriminator.grad)
        history.discriminator_loss.append(loss)
        history.real_share.append(float(sigmoid(real_logits).mean()))
        history.fake_share.append(float(sigmoid(fake_logits).mean()))
        noise = rng.standard_normal((batch_size, gan.n_noise), dtype=generator.theta.dtype)
        history.generator_loss.append(generator_backprop(gan, noise, saturating))
        of_generator.step(generator.theta, generator.grad)
    return history


def ring_centres(n_modes=8, radius=1.0):
    """``n_modes`` points (n_modes, 2), evenly spaced on a circle, the first at (radius, 0)."""
    angle = 2 * np.pi * np.arange(n_modes) / n_modes
    return radius * np.column_stack([np.cos(angle), np.sin(angle)])


def ring_of_gaussians(n, *, rng, n_modes=8, radius=1.0, std=0.05):
    """Small round clouds on a circle, evenly filled: points (n, 2) and the number (n,) of each point's cloud."""
    modes = np.arange(n) % n_modes
    return ring_centres(n_modes, radius)[modes] + rng.normal(0, std, (n, 2)), modes


@dataclass(frozen=True)
class ModeCoverage:
    """How much of a mixture of Gaussians the samples reach.

    ``shares`` : (K,) array, the share of the samples that lie near each mode
    ``covered`` : int, the modes that get enough of them
    ``near`` : float in [0, 1], the share of the samples that lie near any mode
    """

    shares: np.ndarray
    covered: int
    near: float


def mode_coverage(points, centres, std, n_std=3.0, enough=0.1) -> ModeCoverage:
    """Count the modes that a generator has found; a collapsed one finds few.

    A sample belongs to the nearest mode, and lies near it within ``n_std`` standard deviations: 98.9 % of true samples
    do in the plane. A mode is covered when it gets ``enough`` times the even share 1 / K of all samples; Srivastava et
    al. count it from one sample on, which a few strays between the modes suffice for.

    Parameters
    ----------
    points : (N, D) array
    centres : (K, D) array, those of the mixture
    std : float, the standard deviation of each mode, in every direction

    References
    ----------
    Srivastava et al. 2017 (VEEGAN), section 4.1.
    """
    points, centres = as_float(points), as_float(centres)
    if points.ndim != 2 or centres.ndim != 2 or points.shape[1] != centres.shape[1]:
        raise ValueError(f"points (N, D) and centres (K, D) expected, got {points.shape} and {centres.shape}")
    distances = np.linalg.norm(points[:, None] - centres, axis=2)
    nearest = distances.argmin(axis=1)[distances.min(axis=1) <= n_std * std]
    shares = np.bincount(nearest, minlength=len(centres)) / len(points)
    return ModeCoverage(shares, int(np.count_nonzero(shares >= enough / len(centres))), float(shares.sum()))
