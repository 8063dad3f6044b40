"""A network with dropout as the mean of its thinned networks (Srivastava et al. 2014, section 1): where it is one."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from course_lib.units.regularization.experiments.networks import Networks, train_together
from course_lib.units.shared.digits import centred_digits
from course_lib.units.shared.probabilities import softmax

NETWORKS = {"2 linear layers": (2, True), "1 ReLU layer": (1, False), "3 ReLU layers": (3, False)}
RATES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)  # probabilities of dropping a unit
COUNTS = (1, 2, 4, 8, 16, 32, 64, 128)  # of thinned networks
SEEDS, WIDTH, IMAGES, BATCH_SIZE, EPOCHS, RATE = (0, 1, 2), 32, 300, 50, 40, 0.03
N_TESTED, N_THINNED = 100, COUNTS[-1]


@dataclass(frozen=True)
class Thinned:
    """What ``thinned`` measured on 100 test digits; the columns of arrays are in the order of ``COUNTS``.

    Attributes
    ----------
    gap : (seeds, 8) array, the root mean square difference between the mean logits of so many thinned networks and the
        logits of the whole one, over its logits' standard deviation
    error : (seeds, 8) array, the share of digits to which the mean probabilities of so many give the wrong class
    whole_error : (seeds,) array, the same of the whole network
    passes : (128, 10) array, of the first network: the probabilities that its thinned networks give to the chosen image
    whole : (10,) array, those of the whole network
    label : int, the chosen image's digit
    """

    network: str
    p_drop: float
    image: int
    gap: np.ndarray
    error: np.ndarray
    whole_error: np.ndarray
    passes: np.ndarray
    whole: np.ndarray
    label: int

    @property
    def excess(self) -> float:
        """The gap of 128 thinned networks over what it would be if it shrank as 1 / √number from the first on."""
        return float(np.median(self.gap[:, -1] * np.sqrt(COUNTS[-1]) / self.gap[:, 0]))


def thinned(network="3 ReLU layers", p_drop=0.5, image=0) -> Thinned:
    """Average thinned networks, each with masks of its own, and compare them with the whole network.

    Three networks with hidden layers of 32 units were trained on 300 digits for 40 epochs, with inverted dropout of the
    same rate on all hidden units; the whole network then needs no other weights.

    Parameters
    ----------
    network : str, one of ``NETWORKS``: what its hidden layers are
    p_drop : float, one of ``RATES``
    image : int from 0 to 99, the test digit whose probabilities are shown

    Raises
    ------
    ValueError
        When a parameter is none of these.
    """
    for name, value, options in (("network", network, NETWORKS), ("p_drop", p_drop, RATES)):
        if value not in options:
            raise ValueError(f"{name} must be one of {', '.join(map(str, options))}, got {value!r}")
    if not 0 <= image < N_TESTED:
        raise ValueError(f"image must lie in [0, {N_TESTED - 1}], got {image!r}")
    gap, error, whole_error, passes, whole = _compared(network, RATES.index(p_drop))
    label = int(_test()[1][image])
    return Thinned(network, p_drop, image, gap, error, whole_error, passes[:, image], whole[image], label)


@cache
def _test():
    """100 test digits (100, 64) of 32 bits, and their labels."""
    data = centred_digits()
    return data.x_test[:N_TESTED].astype(np.float32), data.y_test[:N_TESTED]


@cache
def trained(network) -> Networks:
    """For each rate three networks, trained side by side."""
    depth, linear = NETWORKS[network]
    data, x, y = centred_digits(), [], []
    for seed in SEEDS:
        chosen = np.random.default_rng(seed).choice(len(data.x_train), IMAGES, replace=False)
        x.append(data.x_train[chosen])
        y.append(data.y_train[chosen])
    x, y = np.tile(np.array(x, np.float32), (len(RATES), 1, 1)), np.tile(np.array(y), (len(RATES), 1))
    rngs = [np.random.default_rng([seed, depth]) for _ in RATES for seed in SEEDS]
    orders = {"order": np.random.default_rng(len(SEEDS)), "noise": np.random.default_rng(depth)}
    rates = np.repeat(RATES, len(SEEDS))
    networks = Networks.of_sizes([64, *[WIDTH] * depth, 10], rngs, linear)
    return train_together(networks, x, y, epochs=EPOCHS, batch_size=BATCH_SIZE, rate=RATE, p_drop=rates, **orders)


@cache
def _compared(network, which):
    """The measurements on all images; of the probabilities those of the first network alone."""
    answers = _test()[1]
    passes, whole = logits_of(network, which)
    scale, gap, error = whole.std(axis=(1, 2)), [], []
    probabilities = softmax(passes)
    for count in COUNTS:
        # means of groups that share no network: each is a draw of its own
        groups = (len(passes), N_THINNED // count, count, N_TESTED, 10)
        off = passes.reshape(groups).mean(axis=2) - whole[:, None]
        gap.append(np.sqrt((off**2).mean(axis=(1, 2, 3))) / scale)
        chosen = probabilities.reshape(groups).mean(axis=2).argmax(axis=-1)
        error.append(np.mean(chosen != answers, axis=(1, 2)))
    whole_error = np.mean(whole.argmax(axis=-1) != answers, axis=1)
    return np.stack(gap, axis=1), np.stack(error, axis=1), whole_error, probabilities[0], softmax(whole[0])


def logits_of(network, which):
    """Logits (seeds, 128, 100, 10) of thinned networks and (seeds, 100, 10) of whole ones, of rate number ``which``."""
    networks, linear = trained(network), NETWORKS[network][1]
    x, rng, p_drop = _test()[0], np.random.default_rng(which), np.float32(RATES[which])
    mine = slice(len(SEEDS) * which, len(SEEDS) * (which + 1))
    whole, some = x, x
    *hidden, last = [(w[mine], b[mine]) for w, b in zip(networks.w, networks.b, strict=True)]
    for w, b in hidden:
        whole = whole @ w + b
        # the first layer is the same for all thinned networks
        some = whole[:, None] if some is x else some @ w[:, None] + b[:, None]
        if not linear:
            whole, some = np.maximum(whole, 0), np.maximum(some, 0)
        draws = rng.random((len(SEEDS), N_THINNED, N_TESTED, WIDTH), dtype=np.float32)
        some = some * ((draws >= p_drop) / (1 - p_drop))
    w, b = last
    return some @ w[:, None] + b[:, None], whole @ w + b
