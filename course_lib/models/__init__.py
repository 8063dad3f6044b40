"""Models that are trained in a way of their own: autoencoders, Boltzmann machines, GANs; transfer and pretext tasks."""

from course_lib.models.autoencoders import Autoencoder, autoencoder, encoder_of, pretrain_layerwise
from course_lib.models.gan import (
    GAN,
    GANHistory,
    ModeCoverage,
    discriminator_backprop,
    discriminator_loss,
    fit_gan,
    generator_backprop,
    generator_loss,
    mode_coverage,
    ring_centres,
    ring_of_gaussians,
    small_gan,
)
from course_lib.models.pretext import (
    all_rotations,
    contrastive_loss,
    mask_tokens,
    rotation_pretext,
    same_or_different_pairs,
)
from course_lib.models.rbm import (
    Machine,
    RBMHistory,
    cd_gradient,
    fit_rbm,
    free_energy,
    gibbs_step,
    hidden_probs,
    init_rbm,
    log_likelihood,
    visible_probs,
)
from course_lib.models.transfer import GradualUnfreezing, discriminative_rates, replace_head, reuse_layers
