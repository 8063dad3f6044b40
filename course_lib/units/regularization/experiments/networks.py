"""Small networks of one shape side by side: the first axis of every array is that of the networks, in float32.

``stacked_networks`` trains them by many methods, for the claims; ``train_together`` by one, for figures and widgets.
"""

from itertools import pairwise

import numpy as np

from course_lib.units.shared.probabilities import softmax

MOMENTUM = np.float32(0.9)


class Networks:
    """K networks of affine layers with ReLUs between them; ``w`` and ``b`` are lists of (K, D, M) and (K, 1, M).

    ``linear`` leaves the ReLUs out.
    """

    def __init__(self, w, b, linear=False):
        self.w, self.b, self.linear = w, b, linear

    @classmethod
    def of_sizes(cls, sizes, rngs, linear=False):
        """As many networks as generators, with He's variance in every layer, 2 / fan_in, and biases of 0."""
        pairs = list(pairwise(sizes))
        drawn = [[rng.standard_normal(pair) * np.sqrt(2 / pair[0]) for pair in pairs] for rng in rngs]
        w = [np.array(each, np.float32) for each in zip(*drawn, strict=True)]
        return cls(w, [np.zeros((len(rngs), 1, fan_out), np.float32) for _, fan_out in pairs], linear)

    def forward(self, x, masks=None, keep=False):
        """Logits (K, N, classes) of samples (K or 1, N, D), and with ``keep`` what each layer got.

        ``masks`` are what the pixels and each hidden layer are multiplied by, (K, N, D) or None.
        """
        masks = masks or [None] * len(self.w)
        received = []
        for i, (w, b) in enumerate(zip(self.w, self.b, strict=True)):
            if masks[i] is not None:
                x = x * masks[i]
            received.append(x)
            x = x @ w
            x += b
            if i < len(self.w) - 1 and not self.linear:
                np.maximum(x, 0, out=x)
        return (x, received) if keep else x

    def gradients(self, x, targets, masks=None):
        """Those of the mean cross-entropy with targets (K, N, classes), for all weights and all biases."""
        logits, received = self.forward(x, masks, keep=True)
        d = (softmax(logits) - targets) / np.float32(x.shape[1])
        dw, db = [], []
        ones = np.ones((1, x.shape[1]), np.float32)  # their product with d is its sum, in less time
        for i in range(len(self.w) - 1, -1, -1):
            dw.append(received[i].swapaxes(1, 2) @ d)
            db.append(ones @ d)
            if i:
                d = self._back(i, d, received)
                if masks and masks[i] is not None:
                    d *= masks[i]
        return dw[::-1], db[::-1]

    def _back(self, i, d, received):
        d = d @ np.ascontiguousarray(self.w[i].swapaxes(1, 2))  # BLAS takes no transposed stack
        if not self.linear:
            d *= received[i] > 0
        return d

    def input_gradient(self, x, targets):
        """The gradient (K, N, D) of each sample's loss with respect to its pixels, without dropout."""
        logits, received = self.forward(x, keep=True)
        d = softmax(logits) - targets
        for i in range(len(self.w) - 1, 0, -1):
            d = self._back(i, d, received)
        return d @ self.w[0].swapaxes(1, 2)

    def passes(self, x, p_drop, n_passes, rng):
        """One after another the probabilities (K, N, classes) of passes with dropout behind the one hidden layer.

        ``p_drop`` is of shape (K, 1, 1). All networks have the same draws.
        """
        hidden = np.maximum(x @ self.w[0] + self.b[0], 0) / (1 - p_drop)  # the same for all passes
        for _ in range(n_passes):
            kept = hidden * (rng.random(hidden.shape[1:], dtype=np.float32) >= p_drop)
            yield softmax(kept @ self.w[1] + self.b[1])


def rank(score, wrong) -> float:
    """The probability that a wrong answer scores higher than a right one, ties counting half: (N,) and (N,) booleans.

    That is the area under the curve of hits against false alarms. NaN when all answers are right, or none is.
    """
    bad, good = score[wrong][:, None], score[~wrong]
    if not bad.size or not good.size:
        return np.nan
    return float((bad > good).mean() + 0.5 * (bad == good).mean())


def dropout_masks(networks, p_drop, n, rng):
    """Masks (K, n, M) of inverted dropout for each hidden layer, other ones for each network; None for the pixels."""
    shapes = [(len(w), n, w.shape[2]) for w in networks.w[:-1]]
    return [None, *((rng.random(shape, dtype=np.float32) >= p_drop) / (1 - p_drop) for shape in shapes)]


def train_together(
    networks, x, y, *, epochs, batch_size, rate, order, p_drop=0.0, noise=None, change=None, watch=None
) -> Networks:
    """Gradient descent with momentum 0.9 on samples (K, N, D) with labels (K, N), in one order for all networks.

    Parameters
    ----------
    order, noise : numpy.random.Generator, of the batches and of the masks
    p_drop : the probability of dropping a hidden unit, for all networks or for each
    change : function of the images and labels of a batch, which returns those that are trained on in their place
    watch : function of the number of epochs, called after each
    """
    p_drop = np.reshape(np.array(p_drop, np.float32), (-1, 1, 1))
    params, classes = (*networks.w, *networks.b), np.eye(networks.w[-1].shape[2], dtype=np.float32)
    speeds = [np.zeros_like(param) for param in params]
    for epoch in range(1, epochs + 1):
        permuted = order.permutation(x.shape[1])
        for start in range(0, x.shape[1], batch_size):
            batch = permuted[start : start + batch_size]
            images, labels = x[:, batch], y[:, batch]
            if change is not None:
                images, labels = change(images, labels)
            masks = dropout_masks(networks, p_drop, images.shape[1], noise) if p_drop.any() else None
            dw, db = networks.gradients(images, classes[labels], masks)
            for param, speed, grad in zip(params, speeds, (*dw, *db), strict=True):
                speed *= MOMENTUM
                speed += grad
                param -= np.float32(rate) * speed
        if watch is not None:
            watch(epoch)
    return networks
