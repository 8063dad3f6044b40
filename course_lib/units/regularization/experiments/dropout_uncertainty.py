"""What Monte-Carlo dropout is sure of: right and wrong answers, noise, and digits that are turned."""

from dataclasses import dataclass
from functools import cache
from itertools import accumulate

import numpy as np

from course_lib.data.augmentation import rotate
from course_lib.data.datasets import digits
from course_lib.units.regularization.experiments.networks import Networks, rank, train_together
from course_lib.units.shared.probabilities import entropy, softmax

RATES = (0.1, 0.3, 0.5)  # probabilities of dropping a unit
MOST_PASSES = 50
ANGLES = tuple(range(0, 121, 10))  # degrees
SHARES = np.linspace(0, 0.3, 16)  # shares of the test digits
SEEDS, WIDTH, IMAGES, BATCH_SIZE, EPOCHS, RATE = (0, 1, 2), 64, 300, 50, 40, 0.03
N_NOISE, N_TURNED = 100, 100
TURNED = (2, 3, 5, 7)  # turned on their side they are no digits; a 4 is still one to the network, as are 0 and 8
GROUPS = ("right", "wrong", "noise", "turned")
WAYS = ("dropout", "one pass")


@dataclass(frozen=True)
class Uncertainty:
    """What ``dropout_uncertainty`` measured. First axes of two: Monte-Carlo dropout, and one pass without dropout.

    Attributes
    ----------
    entropies : tuple in the order of ``GROUPS``, each a tuple of two arrays (images,), in nats, of all networks'
        images: test digits that get the right and the wrong class from the passes' mean (or from the one pass), noise,
        and turned digits
    right_by_angle, top_by_angle : (2, seeds, 13) arrays: of digits turned by each of ``ANGLES`` the share that gets the
        right class, and the mean of the largest probability
    error_kept : (2, seeds, 16) array, the error on the test digits that are left when those of highest entropy are
        refused, for each of the shares ``SHARES``
    ranking : (2, seeds) array, how often a wrong answer has a higher entropy than a right one
    """

    p_drop: float
    passes: int
    degrees: int
    entropies: tuple
    right_by_angle: np.ndarray
    top_by_angle: np.ndarray
    error_kept: np.ndarray
    ranking: np.ndarray

    def entropy(self, group) -> tuple:
        """The entropies of one of ``GROUPS``, with dropout and in one pass."""
        return self.entropies[GROUPS.index(group)]

    @property
    def column(self) -> int:
        """The column of the chosen angle."""
        return ANGLES.index(self.degrees)


def dropout_uncertainty(p_drop=0.5, passes=50, degrees=90) -> Uncertainty:
    """Average the probabilities of several passes with dropout (Gal and Ghahramani 2016), beside one pass without.

    Three networks with a hidden layer of 64 ReLU units were trained on 300 digits for 40 epochs, with dropout of the
    same rate. The entropy is that of the mean probabilities, in nats: 0 when sure, 2.3 when all classes are alike.

    Parameters
    ----------
    p_drop : float, one of ``RATES``
    passes : int from 1 to 50
    degrees : int, one of ``ANGLES``: by how much the digits 2, 3, 5 and 7 are turned

    Raises
    ------
    ValueError
        When a parameter is none of these.
    """
    for name, value, options in (("p_drop", p_drop, RATES), ("degrees", degrees, ANGLES)):
        if value not in options:
            raise ValueError(f"{name} must be one of {', '.join(map(str, options))}, got {value!r}")
    if not 1 <= passes <= MOST_PASSES:
        raise ValueError(f"passes must lie in [1, {MOST_PASSES}], got {passes!r}")
    which, data = RATES.index(p_drop), _images()
    test, noise, turned = (np.stack([sums[passes - 1] / passes, one]) for sums, one in _answers(which))
    turned = turned.reshape(2, len(SEEDS), len(ANGLES), N_TURNED, 10)
    uncertain = entropy(test)
    wrong = test.argmax(axis=-1) != data["labels"]
    at = turned[:, :, ANGLES.index(degrees)]
    groups = (
        tuple(each[~mask] for each, mask in zip(uncertain, wrong, strict=True)),
        tuple(each[mask] for each, mask in zip(uncertain, wrong, strict=True)),
        tuple(entropy(noise).reshape(2, -1)),
        tuple(entropy(at).reshape(2, -1)),
    )
    return Uncertainty(
        p_drop,
        passes,
        degrees,
        groups,
        np.mean(turned.argmax(axis=-1) == data["turned labels"], axis=-1),
        turned.max(axis=-1).mean(axis=-1),
        _error_kept(uncertain, wrong),
        np.array([[*map(rank, *each)] for each in zip(uncertain, wrong, strict=True)]),
    )


def _error_kept(uncertain, wrong):
    order = np.argsort(uncertain, axis=-1)
    sorted_wrong = np.take_along_axis(wrong, order, axis=-1)  # from the surest on
    kept = np.round((1 - SHARES) * wrong.shape[-1]).astype(int)
    return np.cumsum(sorted_wrong, axis=-1)[..., kept - 1] / kept


@cache
def _images():
    """Inputs of the networks (N, 64), each pixel centred on its mean over the training digits, and labels."""
    data, rng = digits(), np.random.default_rng(0)
    mean = data.x_train.mean(axis=0)
    std = (data.x_train - mean).std()
    some = np.flatnonzero(np.isin(data.y_test, TURNED))[:N_TURNED]
    pictures = data.x_test[some].reshape(-1, 1, 8, 8)
    turned = np.stack([rotate(pictures, np.full(len(some), float(angle))).reshape(-1, 64) for angle in ANGLES])
    inputs = {"test": data.x_test, "noise": rng.uniform(size=(N_NOISE, 64)), "turned": turned.reshape(-1, 64)}
    scaled = {name: ((x - mean) / std).astype(np.float32) for name, x in inputs.items()}
    return {**scaled, "labels": data.y_test, "turned labels": data.y_test[some], "scale": (mean, std)}


@cache
def _trained() -> Networks:
    """For each rate three networks, trained side by side."""
    data, (mean, std) = digits(), _images()["scale"]
    x, y = [], []
    for seed in SEEDS:
        chosen = np.random.default_rng(seed).choice(len(data.x_train), IMAGES, replace=False)
        x.append((data.x_train[chosen] - mean) / std)
        y.append(data.y_train[chosen])
    x, y = np.tile(np.array(x, np.float32), (len(RATES), 1, 1)), np.tile(np.array(y), (len(RATES), 1))
    networks = Networks.of_sizes([64, WIDTH, 10], [np.random.default_rng([s, 1]) for _ in RATES for s in SEEDS])
    orders = {"order": np.random.default_rng(0), "noise": np.random.default_rng(1)}
    rates = np.repeat(RATES, len(SEEDS))
    return train_together(networks, x, y, epochs=EPOCHS, batch_size=BATCH_SIZE, rate=RATE, p_drop=rates, **orders)


@cache
def _answers(which):
    """For test digits, noise and turned digits: the sums of the probabilities (50, seeds, N, 10) of the first pass, the
    first two, and so on, with dropout; and the probabilities (seeds, N, 10) of one pass without it."""
    all_rates, rng, found = _trained(), np.random.default_rng(which), []
    mine = slice(len(SEEDS) * which, len(SEEDS) * (which + 1))
    networks = Networks([w[mine] for w in all_rates.w], [b[mine] for b in all_rates.b])
    for name in ("test", "noise", "turned"):
        images = _images()[name][None]
        sums = list(accumulate(networks.passes(images, np.float32(RATES[which]), MOST_PASSES, rng)))
        found.append((sums, softmax(networks.forward(images))))
    return found
