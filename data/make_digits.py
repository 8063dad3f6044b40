"""Make digits.npz from the copy of the UCI digits that scikit-learn carries: ``python data/make_digits.py``."""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

N_TEST = 450

if __name__ == "__main__":
    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.target))
    images = digits.images[order].astype(np.uint8)
    labels = digits.target[order].astype(np.uint8)
    np.savez_compressed(
        Path(__file__).with_name("digits.npz"),
        x_train=images[N_TEST:],
        y_train=labels[N_TEST:],
        x_test=images[:N_TEST],
        y_test=labels[:N_TEST],
    )
