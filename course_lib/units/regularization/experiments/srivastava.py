"""Test error in training, without and with dropout, for several depths (Srivastava et al. 2014, figure 4)."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from course_lib.units.regularization.experiments.networks import Networks, train_together
from course_lib.units.shared.digits import centred_digits

DEPTHS, WIDTH, IMAGES, BATCH_SIZE, EPOCHS, EVERY = (1, 2, 3), 64, 300, 50, 60, 4
P_DROP = 0.5
RATE = 0.03


@dataclass(frozen=True)
class Srivastava:
    """What ``srivastava`` measured. Rows of ``error``: all labels right, a share of them wrong; then without dropout,
    with it; then the depths.

    Attributes
    ----------
    wrong : float, the share of wrong labels in the second row
    epochs : (points,) array, the epochs after which the networks were tested
    error : (2, 2, depths, seeds, points) array, the share of 450 test digits that get the wrong digit
    repeated : (2, depths, seeds) array, the share of the images with a wrong label that get just this label in the end,
        without dropout and with it
    """

    wrong: float
    p_drop: float
    depths: tuple[int, ...]
    seeds: tuple[int, ...]
    epochs: np.ndarray
    error: np.ndarray
    repeated: np.ndarray


@lru_cache(maxsize=4)
def srivastava(
    seeds=(0, 1, 2, 3, 4), *, wrong=0.2, p_drop=P_DROP, rate=RATE, depths=DEPTHS, images=IMAGES, epochs=EPOCHS
) -> Srivastava:
    """Train networks of 1 to 3 hidden layers of 64 ReLU units on 300 digits, with right labels and with wrong ones.

    The original has 2 to 4 layers of 1024 to 2048 units on MNIST's 60 000 images, with their own labels, drops inputs
    too, and limits the norm of the weights. Here it is hidden units alone, and one rate for all: of 0.003, 0.01, 0.03,
    0.1 and 0.2 none has a test error lower by more than one point at its best moment, without dropout or with it, on
    other seeds. Networks of one seed have the same images, batches and first weights.
    """
    found = [_train(depth, seeds, wrong, p_drop, rate, images, epochs) for depth in depths]
    error, repeated = np.stack([each[0] for each in found], axis=2), np.stack([each[1] for each in found], axis=1)
    return Srivastava(wrong, p_drop, tuple(depths), tuple(seeds), np.arange(EVERY, epochs + 1, EVERY), error, repeated)


def _train(depth, seeds, wrong, p_drop, rate, images, epochs):
    """The errors (2, 2, seeds, points) and the wrong labels that are repeated (2, seeds) of one depth."""
    data = centred_digits()
    x, y, n_wrong = [], [], round(wrong * images)
    for share in (0, n_wrong):
        for seed in (*seeds, *seeds):  # without dropout, with it
            rng = np.random.default_rng(seed)
            chosen = rng.choice(len(data.x_train), images, replace=False)
            labels, moved = data.y_train[chosen], rng.integers(1, 10, images)
            moved[share:] = 0
            x.append(data.x_train[chosen])
            y.append((labels + moved) % 10)
    x, y, test = np.array(x, np.float32), np.array(y), data.x_test[None].astype(np.float32)
    rngs = [np.random.default_rng([seed, depth]) for seed in (*seeds,) * 4]
    rates = np.repeat([0.0, p_drop, 0.0, p_drop], len(seeds))
    networks, error, shape = Networks.of_sizes([64, *[WIDTH] * depth, 10], rngs), [], (2, 2, len(seeds))

    def watch(epoch):
        if epoch % EVERY == 0:
            error.append(np.mean(networks.forward(test).argmax(axis=-1) != data.y_test, axis=1).reshape(shape))

    orders = {"order": np.random.default_rng(depth), "noise": np.random.default_rng(seeds)}
    steps = {"epochs": epochs, "batch_size": BATCH_SIZE, "rate": rate}
    train_together(networks, x, y, p_drop=rates, watch=watch, **steps, **orders)
    answers = networks.forward(x[:, : max(n_wrong, 1)]).argmax(axis=-1)
    repeated = np.mean(answers == y[:, : max(n_wrong, 1)], axis=1).reshape(shape)
    return np.stack(error, axis=-1), repeated[1]
