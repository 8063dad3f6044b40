"""The layers of a transformer."""

import numpy as np

from course_lib._arguments.arrays import array_of
from course_lib._arguments.entries import whole
from course_lib._arguments.numbers import FINITE, integer
from course_lib._arguments.objects import choice, generator
from course_lib.functions._sequences import as_mask, head_count
from course_lib.functions.attention import causal_mask, multi_head_attention_backward, multi_head_attention_forward
from course_lib.functions.transformer import embedding_backward, embedding_forward, sinusoidal_encoding
from course_lib.initialization import check_source, draw_weights, glorot_uniform, he_normal, scaled_normal
from course_lib.layers.base import Chain, Layer
from course_lib.layers.dense import Activation, Residual
from course_lib.layers.normalization import LayerNorm
from course_lib.layers.recurrent import AffinePerStep


class Embedding(Layer):
    """A trained vector for each of ``n_symbols`` symbols: ids (N, T) to (N, T, D). The first layer of a network.

    A network hands floats from layer to layer; the ids come back as the integers they are, and floats that are not
    whole are refused. There is no gradient with respect to ids, so ``backward`` returns None.

    Parameters
    ----------
    n_symbols, n_features : int, V and D
    rng : numpy.random.Generator
    initializer : function (rng, fan_in, fan_out) -> table (V, D); normal with variance 1 / D by default, so that the
        vectors have length 1. PyTorch's variance is 1.
    """

    def __init__(self, n_symbols, n_features, *, rng, initializer=None):
        super().__init__()
        self.n_symbols, self.n_features = (
            integer(n_symbols, 1, name="n_symbols"),
            integer(n_features, 1, name="n_features"),
        )
        source = check_source(initializer or scaled_normal(self.n_features**-0.5), rng)
        self._set_params(table=draw_weights(*source, self.n_symbols, self.n_features))

    def _sizes(self):
        return f"{self.n_symbols}, {self.n_features}"

    def forward(self, x):
        return self._remember(*embedding_forward(whole(x, name="ids"), self.params["table"]))

    def backward(self, dout):
        self.grads["table"][...] = embedding_backward(*self._recall(dout))


class PositionalEncoding(Layer):
    """scale * x + the sinusoidal encoding of the step; ``scale`` is sqrt(D) in Vaswani et al. 2017, here 1."""

    def __init__(self, *, scale=1.0):
        super().__init__()
        self.scale = FINITE(scale, name="scale")

    def _sizes(self):
        return f"scale={self.scale:g}"

    def forward(self, x):
        x = array_of(x, ("N", "T", "D"))
        return self._remember(self.scale * x + sinusoidal_encoding(*x.shape[1:]).astype(x.dtype), None)

    def backward(self, dout):
        dout, _ = self._recall(dout)
        return self.scale * dout


class MultiHeadAttention(Layer):
    """Multi-head self-attention, (N, T, D) to (N, T, D).

    Parameters
    ----------
    n_features, n_heads : int; the second divides the first
    rng : numpy.random.Generator
    causal : bool; a step may then not attend to later ones
    initializer : function (rng, fan_in, fan_out) -> weights

    Attributes
    ----------
    mask : bool array (T, T) or (N, T, T), queries before keys, or one that broadcasts to them, True = may attend, on
        top of the causal one; None at first. Set it before ``forward``, such as to a ``padding_mask``
    weights : (N, n_heads, T, T) array, the attention weights of the last forward pass; None before the first

    Raises
    ------
    TypeError, ValueError
        When a size is not an integer, ``n_heads`` does not divide ``n_features``, or the initialiser does not return
        such weights.
    """

    def __init__(self, n_features, n_heads, *, rng, causal=False, initializer=glorot_uniform):
        super().__init__()
        self.n_features = integer(n_features, 1, name="n_features")
        self.n_heads = head_count(n_heads, self.n_features)
        source = check_source(initializer, rng)
        weights = {f"w{name}": draw_weights(*source, self.n_features, self.n_features) for name in "qkvo"}
        self._set_params(**weights, **{f"b{name}": np.zeros(self.n_features) for name in "qkvo"})
        self.causal, self.mask, self.weights = causal, None, None

    def _sizes(self):
        return f"{self.n_features}, {self.n_heads}"

    def forward(self, x):
        x = array_of(x, ("N", "T", "D"))
        n_samples, n_steps, _ = x.shape
        mask = self.mask if self.mask is None else as_mask(self.mask, (n_samples, n_steps, n_steps))
        if self.causal:
            future_hidden = causal_mask(n_steps)
            mask = future_hidden if mask is None else future_hidden & mask
        out, cache = multi_head_attention_forward(x, x, x, self.params, self.n_heads, mask)
        self.weights = cache[-1]
        return self._remember(out, cache)

    def backward(self, dout):
        dq, dk, dv, grads = multi_head_attention_backward(*self._recall(dout))
        for key, grad in grads.items():
            self.grads[key][...] = grad
        return dq + dk + dv


class TransformerBlock(Chain):
    """``course_lib.functions.transformer_block_forward`` as a composite of layers.

    Parameters
    ----------
    n_features, n_heads : int, D and a divisor of it
    rng : numpy.random.Generator
    n_inner : int, the width F of the feed-forward network; 4 D by default
    causal : bool; a step may then not attend to later ones
    norm : "pre" or "post"

    Attributes
    ----------
    attention : MultiHeadAttention, which takes a mask and keeps the weights

    Raises
    ------
    TypeError, ValueError
        When a size is not an integer, or below 1, ``n_heads`` does not divide ``n_features``, or ``norm`` is neither.
    """

    def __init__(self, n_features, n_heads, *, rng, n_inner=None, causal=False, norm="pre"):
        choice(norm, ("pre", "post"), name="norm")
        attention = MultiHeadAttention(n_features, n_heads, rng=generator(rng), causal=causal)
        n_inner = 4 * n_features if n_inner is None else integer(n_inner, 1, name="n_inner")
        feed_forward = (
            AffinePerStep(n_features, n_inner, rng=rng, initializer=he_normal),
            Activation("relu"),
            AffinePerStep(n_inner, n_features, rng=rng),
        )
        norms = LayerNorm(n_features), LayerNorm(n_features)
        if norm == "pre":
            super().__init__(Residual(norms[0], attention), Residual(norms[1], *feed_forward))
        else:
            super().__init__(Residual(attention), norms[0], Residual(*feed_forward), norms[1])
        self.attention = attention

    def forward(self, x):
        return super().forward(array_of(x, ("N", "T", "D")))
