"""The layers of a transformer."""

import numpy as np

from course_lib.attention import causal_mask, multi_head_attention_backward, multi_head_attention_forward
from course_lib.initialization import glorot_uniform, he_normal, scaled_normal
from course_lib.layers.base import Layer
from course_lib.layers.dense import Activation, Residual
from course_lib.layers.normalization import LayerNorm
from course_lib.layers.recurrent import AffinePerStep
from course_lib.transformer import embedding_backward, embedding_forward, sinusoidal_encoding


class Embedding(Layer):
    """A trained vector for each of ``n_symbols`` symbols: ids (N, T) to (N, T, D). The first layer of a network.

    A network hands floats from layer to layer; the ids come back as the integers they are. There is no gradient with
    respect to ids, so ``backward`` returns None.

    Parameters
    ----------
    n_symbols, n_features : int, V and D
    initializer : function (rng, fan_in, fan_out) -> table (V, D); normal with variance 1 / D by default, so that the
        vectors have length 1. PyTorch's variance is 1.
    """

    def __init__(self, n_symbols, n_features, *, rng, initializer=None):
        super().__init__()
        initializer = initializer or scaled_normal(n_features**-0.5)
        self._set_params(table=np.asarray(initializer(rng, n_symbols, n_features)))

    def forward(self, x):
        ids = np.asarray(x).astype(np.int64)
        if not np.array_equal(ids, x):
            raise ValueError(f"ids must be whole numbers, got {np.asarray(x)[ids != x][0]}")
        out, self._cache = embedding_forward(ids, self.params["table"])
        return out

    def backward(self, dout):
        self.grads["table"][...] = embedding_backward(dout, self._cache)


class PositionalEncoding(Layer):
    """scale * x + the sinusoidal encoding of the step; ``scale`` is sqrt(D) in Vaswani et al. 2017, here 1."""

    def __init__(self, *, scale=1.0):
        super().__init__()
        self.scale = float(scale)

    def forward(self, x):
        return self.scale * x + sinusoidal_encoding(*x.shape[1:]).astype(x.dtype)

    def backward(self, dout):
        return self.scale * dout


class MultiHeadAttention(Layer):
    """Multi-head self-attention, (N, T, D) to (N, T, D).

    Parameters
    ----------
    n_features, n_heads : int; the second divides the first
    causal : bool; a step may then not attend to later ones

    Attributes
    ----------
    mask : bool array (Q, K) or (N, Q, K), True = may attend, on top of the causal one; None at first. Set it before
        ``forward``, such as to a ``padding_mask``
    weights : (N, n_heads, Q, K) array, the attention weights of the last forward pass
    """

    def __init__(self, n_features, n_heads, *, rng, causal=False, initializer=glorot_uniform):
        super().__init__()
        if n_heads < 1 or n_features % n_heads:
            raise ValueError(f"n_heads must divide the number of features, {n_features}, got {n_heads}")
        weights = {f"w{name}": np.asarray(initializer(rng, n_features, n_features)) for name in "qkvo"}
        self._set_params(**weights, **{f"b{name}": np.zeros(n_features) for name in "qkvo"})
        self.n_heads, self.causal, self.mask = n_heads, causal, None

    def forward(self, x):
        mask = self.mask
        if self.causal:
            future_hidden = causal_mask(x.shape[1])
            mask = future_hidden if mask is None else future_hidden & mask
        out, self._cache = multi_head_attention_forward(x, x, x, self.params, self.n_heads, mask)
        self.weights = self._cache[-1]
        return out

    def backward(self, dout):
        dq, dk, dv, grads = multi_head_attention_backward(dout, self._cache)
        for key, grad in grads.items():
            self.grads[key][...] = grad
        return dq + dk + dv


class TransformerBlock(Layer):
    """``course_lib.transformer.transformer_block_forward`` as a composite of layers.

    Parameters
    ----------
    n_features, n_heads : int, D and a divisor of it
    n_inner : int, the width F of the feed-forward network; 4 D by default
    causal : bool; a step may then not attend to later ones
    norm : "pre" or "post"

    Attributes
    ----------
    attention : MultiHeadAttention, which takes a mask and keeps the weights
    """

    def __init__(self, n_features, n_heads, *, rng, n_inner=None, causal=False, norm="pre"):
        super().__init__()
        if norm not in ("pre", "post"):
            raise ValueError(f"norm must be 'pre' or 'post', got {norm!r}")
        n_inner = n_inner or 4 * n_features
        self.attention = MultiHeadAttention(n_features, n_heads, rng=rng, causal=causal)
        feed_forward = (
            AffinePerStep(n_features, n_inner, rng=rng, initializer=he_normal),
            Activation("relu"),
            AffinePerStep(n_inner, n_features, rng=rng),
        )
        norms = LayerNorm(n_features), LayerNorm(n_features)
        if norm == "pre":
            self.layers = (Residual(norms[0], self.attention), Residual(norms[1], *feed_forward))
        else:
            self.layers = (Residual(self.attention), norms[0], Residual(*feed_forward), norms[1])

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout

    def leaves(self):
        for layer in self.layers:
            yield from layer.leaves()
