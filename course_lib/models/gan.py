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

from course_lib._arguments.arrays import finite, matrix
from course_lib._arguments.numbers import NOT_NEGATIVE, POSITIVE, integer, shape_of
from course_lib._arguments.objects import generator, instance, with_methods
from course_lib.functions.activations import sigmoid
from course_lib.functions.losses import binary_xent
from course_lib.layers.network import Sequential, mlp
from course_lib.optimizers.adam import Adam


@dataclass(frozen=True)
class GAN:
    """``generator``: noise (N, Z) -> points (N, D); ``discriminator``: points (N, D) -> logits (N, 1).

    ``n_noise`` is Z. Training moves the parameters of both networks.
    """

    generator: Sequential
    discriminator: Sequential
    n_noise: int

    def __post_init__(self):
        instance(self.generator, Sequential, name="generator")
        instance(self.discriminator, Sequential, name="discriminator")
        integer(self.n_noise, 1, name="n_noise")

    def sample(self, n, *, rng):
        """``n`` points (n, D) of the generator, from standard normal noise."""
        return self.generator.forward(self.noise(n, rng=rng))

    def noise(self, n, *, rng):
        """Standard normal noise (n, Z) in the generator's dtype; ``n`` is at least 1."""
        shape = integer(n, 1, name="n"), self.n_noise
        return generator(rng).standard_normal(shape, dtype=self.generator.theta.dtype)


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
    """A generator and a discriminator with hidden layers of the same sizes; errors as those of ``mlp``."""
    hidden = shape_of(hidden, name="hidden")
    return GAN(
        mlp([n_noise, *hidden, n_features], activation=activation, rng=rng, dtype=dtype),
        mlp([n_features, *hidden, 1], activation=activation, rng=rng, dtype=dtype),
        n_noise,
    )


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

    Raises
    ------
    ValueError
        When the batches are empty or not equally wide, or the discriminator's output is not (N, 1).
    """
    real = matrix(real, name="real")
    fake = matrix(fake, width=real.shape[1], name="fake")
    # one pass for both: the gradient is the sum over all samples
    logits = _logits(gan, np.concatenate([real, fake]))
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

    Raises
    ------
    ValueError
        When the noise is empty or not Z wide, or the discriminator's output is not (N, 1).
    """
    noise = matrix(noise, width=gan.n_noise, name="noise")
    loss, dlogits = generator_loss(_logits(gan, gan.generator.forward(noise)), saturating)
    gan.generator.backward(gan.discriminator.backward(dlogits))
    return loss


def _logits(gan, points):
    return matrix(gan.discriminator.forward(points), width=1, name="the discriminator's output")


def fit_gan(
    gan, data, *, rng, steps=2000, batch_size=64, optimizers=None, saturating=False, discriminator_steps=1
) -> GANHistory:
    """Train both networks in turns, in place.

    Parameters
    ----------
    data : (N, D) array
    rng : numpy.random.Generator, for the batches and the noise
    steps, batch_size : int, at least 1; updates of the generator, and samples in each batch
    optimizers : pair (of the generator, of the discriminator) of objects with ``step(theta, grad)``. By default Adam
        with beta1 = 0.5 (Radford et al. 2016: momentum makes the two chase each other) and the rates 0.001 and 0.003
        (Heusel et al. 2017: D must keep up with G)
    discriminator_steps : int, at least 1, updates of D before each of G

    Returns
    -------
    GANHistory

    Raises
    ------
    TypeError
        When a count is not an integer, or ``optimizers`` is not a pair of such objects.
    ValueError
        When a count is below 1, ``data`` is empty or not as wide as the generated points, or one optimiser is to serve
        both networks.

    References
    ----------
    Goodfellow et al. 2014, algorithm 1.
    """
    counts = {"steps": steps, "batch_size": batch_size, "discriminator_steps": discriminator_steps}
    for name, count in counts.items():
        integer(count, 1, name=name)
    points = instance(gan, GAN, name="gan").generator
    (width,) = points.build((gan.n_noise,), points.dtype)
    data = matrix(data, points.dtype, width=width, name="data")
    if optimizers is None:
        optimizers = Adam(0.001, beta1=0.5), Adam(0.003, beta1=0.5)
    of_generator, of_discriminator = _pair(optimizers)
    history = GANHistory()
    for _ in range(steps):
        for _ in range(discriminator_steps):
            real = data[generator(rng).integers(0, len(data), batch_size)]
            loss, real_logits, fake_logits = discriminator_backprop(gan, real, gan.sample(batch_size, rng=rng))
            of_discriminator.step(gan.discriminator.theta, gan.discriminator.grad)
        history.discriminator_loss.append(loss)
        history.real_share.append(float(sigmoid(real_logits).mean(dtype=np.float64)))
        history.fake_share.append(float(sigmoid(fake_logits).mean(dtype=np.float64)))
        history.generator_loss.append(generator_backprop(gan, gan.noise(batch_size, rng=rng), saturating))
        of_generator.step(gan.generator.theta, gan.generator.grad)
    return history


def _pair(optimizers):
    if not isinstance(optimizers, tuple | list) or len(optimizers) != 2:
        raise TypeError(f"optimizers must be a pair, of the generator and of the discriminator, got {optimizers!r}")
    of_generator, of_discriminator = (
        with_methods(optimizer, "step", name="each of optimizers") for optimizer in optimizers
    )
    if of_generator is of_discriminator:
        raise ValueError("optimizers must be two objects: the state of one cannot serve both networks")
    return of_generator, of_discriminator


def ring_centres(n_modes=8, radius=1.0):
    """``n_modes`` points (n_modes, 2), evenly spaced on a circle, the first at (radius, 0); ``radius`` is positive."""
    angle = 2 * np.pi * np.arange(integer(n_modes, 1, name="n_modes")) / n_modes
    return POSITIVE(radius, name="radius") * np.column_stack([np.cos(angle), np.sin(angle)])


def ring_of_gaussians(n, *, rng, n_modes=8, radius=1.0, std=0.05):
    """Small round clouds on a circle, evenly filled: points (n, 2) and the number (n,) of each point's cloud."""
    centres, modes = ring_centres(n_modes, radius), np.arange(integer(n, 1, name="n")) % n_modes
    return centres[modes] + generator(rng).normal(0, NOT_NEGATIVE(std, name="std"), (n, 2)), modes


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
    points : (N, D) array; NaN and infinity are near no mode
    centres : (K, D) array, finite, those of the mixture
    std : float, positive, the standard deviation of each mode, in every direction
    n_std, enough : floats, positive

    Raises
    ------
    TypeError, ValueError
        When the shapes do not fit together or are empty, or a number is of another kind or range.

    References
    ----------
    Srivastava et al. 2017 (VEEGAN), section 4.1.
    """
    points = matrix(points, np.float64, name="points")
    centres = finite(matrix(centres, np.float64, width=points.shape[1], name="centres"), name="centres")
    radius = POSITIVE(n_std, name="n_std") * POSITIVE(std, name="std")
    enough = POSITIVE(enough, name="enough")
    distances = np.linalg.norm(points[:, None] - centres, axis=2)
    nearest = distances.argmin(axis=1)[distances.min(axis=1) <= radius]
    shares = np.bincount(nearest, minlength=len(centres)) / len(points)
    return ModeCoverage(shares, int(np.count_nonzero(shares >= enough / len(centres))), float(shares.sum()))
