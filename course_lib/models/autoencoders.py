"""Autoencoders: a network that reproduces its input through a narrow code, and learns from data without labels.

Train one as any network, with the input as its own target: ``fit(model, x, x, loss=mse, rng=rng)``. Judge it on data
that it was not trained on: ``fit(..., test=(x_test, x_test))``.
"""

from copy import deepcopy
from itertools import pairwise

import numpy as np

from course_lib._arguments.arrays import as_float, matrix
from course_lib._arguments.numbers import BELOW_ONE, shape_of
from course_lib._arguments.objects import instance
from course_lib.functions.losses import mse
from course_lib.initialization import glorot_normal
from course_lib.layers.autoencoder import MaskingNoise, TiedAffine
from course_lib.layers.base import Chain, Layer, evaluating
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential
from course_lib.optimizers.adam import Adam
from course_lib.optimizers.first_order import Optimizer
from course_lib.training.history import History
from course_lib.training.loop import fit


class Autoencoder(Sequential):
    """An encoder and a decoder, one after the other, with all parameters in one ``theta``.

    Parameters
    ----------
    encoder, decoder : sequences of layers; a ``TiedAffine`` of the decoder shares the weights of its encoder layer,
        whose gradient is then the sum over both uses
    dtype, input_shape : as for ``Sequential``

    Attributes
    ----------
    encoder, decoder : tuples of layers, together ``layers``
    """

    def __init__(self, encoder, decoder, dtype=np.float64, input_shape=None):
        for layers, name in ((encoder, "encoder"), (decoder, "decoder")):
            if not isinstance(layers, list | tuple):
                raise TypeError(f"{name} must be a list of layers, got {type(layers).__name__}: type [layer]")
        self.encoder, self.decoder = tuple(encoder), tuple(decoder)
        super().__init__(*self.encoder, *self.decoder, dtype=dtype, input_shape=input_shape)

    def encode(self, x):
        """Codes (N, M) of the inputs ``x`` (N, D), in evaluation mode: without noise."""
        return self._run(self.encoder, x)

    def decode(self, codes):
        """Inputs (N, D) as the decoder makes them from ``codes`` (N, M)."""
        return self._run(self.decoder, codes)

    def reconstruct(self, x):
        """``decode(encode(x))``."""
        return self.decode(self.encode(x))

    def _run(self, layers, x):
        x = as_float(x, self.dtype, name="x")
        with evaluating(self):
            return Chain(*layers).forward(x)

    def __reduce__(self):
        # as for Sequential: a copy is built again, so that its arrays are views into one theta again
        return Autoencoder, (self.encoder, self.decoder, self.dtype, self.input_shape)


def autoencoder(
    sizes,
    *,
    activation="sigmoid",
    output="identity",
    tied=False,
    noise=0.0,
    initializer=glorot_normal,
    rng,
    dtype=np.float64,
) -> Autoencoder:
    """An autoencoder of affine layers; the decoder mirrors the encoder.

    Parameters
    ----------
    sizes : list of int, such as [64, 32, 8]: inputs, hidden layers, code. The decoder goes 8, 32, 64
    activation : str, after every layer but the last, the code too; a name in ``functions.ACTIVATIONS``
    output : str, the activation of the last layer: "identity", or "sigmoid" for data in [0, 1]
    tied : bool; the decoder's weights are those of the encoder, transposed
    noise : float in [0, 1), the share of the inputs that is blanked in training while the target stays whole: a
        denoising autoencoder (Vincent et al. 2008)
    initializer : function (rng, fan_in, fan_out) -> weights

    Raises
    ------
    TypeError, ValueError
        When a size is not an integer or below 1, the noise out of its range, or an activation unknown.

    References
    ----------
    Hinton and Salakhutdinov 2006.
    """
    sizes, noise = shape_of(sizes, name="sizes"), BELOW_ONE(noise, name="noise")
    if len(sizes) < 2:
        raise ValueError(f"sizes must name the inputs and the code, such as [64, 8], got {list(sizes)}")
    encoder, decoder = [MaskingNoise(noise, rng=rng)] if noise else [], []
    for depth, (fan_in, fan_out) in enumerate(pairwise(sizes)):
        down = Affine(fan_in, fan_out, rng=rng, initializer=initializer)
        up = TiedAffine(down) if tied else Affine(fan_out, fan_in, rng=rng, initializer=initializer)
        encoder += [down, Activation(activation)]
        decoder = [up, Activation(output if depth == 0 else activation), *decoder]
    return Autoencoder(encoder, decoder, dtype)


def pretrain_layerwise(
    sizes, x, *, rng, optimizer: Optimizer | None = None, epochs=10, batch_size=32, activation="sigmoid", **options
) -> tuple[Autoencoder, list[History]]:
    """Train a deep autoencoder one layer at a time: each reproduces the codes that the layers below it make.

    The stack that comes out, all encoders and then all decoders in reverse, is the start of a joint training
    (``fit(model, x, x, loss=mse, ...)``), or its encoder that of a classifier (``encoder_of``).

    Parameters
    ----------
    sizes : list of int, as for ``autoencoder``
    x : (N, D) array of training inputs, unlabelled
    optimizer : copied for each layer; Adam with its default rate when None
    epochs, batch_size : int, for each layer
    activation, options : as for ``autoencoder``; with ``noise`` every layer is a denoising one, and the stack has the
        noise of the first

    Returns
    -------
    stack : Autoencoder
    histories : list of History, one for each layer

    Raises
    ------
    TypeError, ValueError
        When ``autoencoder`` or ``fit`` refuses an argument.

    References
    ----------
    Hinton and Salakhutdinov 2006, with restricted Boltzmann machines; Bengio et al. 2007, with autoencoders;
    Vincent et al. 2008, section 2.4, with denoising ones.
    """
    output = options.pop("output", "identity")
    sizes, x = shape_of(sizes, name="sizes"), matrix(x)
    encoder, decoder, histories, codes = [], [], [], x
    for depth, pair in enumerate(pairwise(sizes)):
        target = output if depth == 0 else activation
        layer = autoencoder(pair, activation=activation, output=target, rng=rng, **options)
        fresh = Adam() if optimizer is None else deepcopy(optimizer)
        history = fit(layer, codes, codes, loss=mse, rng=rng, optimizer=fresh, epochs=epochs, batch_size=batch_size)
        codes = layer.encode(codes)
        encoder += [part for part in layer.encoder if depth == 0 or not isinstance(part, MaskingNoise)]
        decoder = [*layer.decoder, *decoder]
        histories.append(history)
    return Autoencoder(encoder, decoder, options.get("dtype", np.float64)), histories


def encoder_of(model: Autoencoder, *head: Layer) -> Sequential:
    """A network of a copy of the encoder, without its noise, and ``head``: labels can now train it further.

    The autoencoder keeps its own parameters. All layers are trainable at first; ``freeze`` those that are to stay.

    References
    ----------
    Hinton and Salakhutdinov 2006; Erhan et al. 2010 for why it helps.
    """
    instance(model, Autoencoder, name="model")
    layers = deepcopy([layer for layer in model.encoder if not isinstance(layer, MaskingNoise)])
    network = Sequential(*layers, *head, dtype=model.dtype, input_shape=model.input_shape)
    network.freeze(False)
    return network
