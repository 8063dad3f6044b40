"""Units that start alike stay alike; what noise in the first weights does to them, and which tensors move at all."""

from dataclasses import dataclass

import numpy as np

from course_lib.analysis.signal import symmetry_report
from course_lib.functions.activations import ACTIVATIONS
from course_lib.initialization import constant
from course_lib.layers.network import mlp
from course_lib.optimizers.first_order import SGD
from course_lib.training.fused import mlp_fit
from course_lib.units.shared.arms import samples
from course_lib.units.shared.small_nets import affine_layers

UNITS, N_SAMPLES, RATE = 8, 128, 0.3
RECORDED = (0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 65, 80, 100, 120, 150, 200)
SHOWN = (0, 2, 10, 20, 50, 100, 200)  # steps of which the weights are kept as pictures
NOISES = (0.0, 1e-8, 1e-6, 1e-4, 1e-2)
# Units that a processor's rounding keeps apart by 1e-17 are apart by less than 1e-9 after 200 steps.
ALIKE = 1e-9
STILL = 1e-15  # a tensor that has moved by less has not moved, but for rounding


@dataclass(frozen=True)
class SymmetryRun:
    """What ``break_symmetry`` saw.

    Attributes
    ----------
    tensors : names in the order of the network, W1, b1, W2, ...
    pictures : (7, 8, 8, 8) array, after each of the steps ``SHOWN`` the weights that come into the eight units of the
        first hidden layer, as pictures like the digits
    apart : (hidden, 18) array, after each of the steps ``RECORDED`` and for each hidden layer, the largest difference
        of a weight or a bias that comes into a unit from the mean of the layer's units
    moved : (tensors, 18) array, how far each tensor has gone from where it started: the largest change of an entry
    distinct : tuple of int, for each hidden layer the number of units that differ at the end
    accuracy : float, on the training digits at the end
    """

    activation: str
    hidden: int
    start: float
    noise: float
    seed: int
    tensors: tuple[str, ...]
    pictures: np.ndarray
    apart: np.ndarray
    moved: np.ndarray
    distinct: tuple[int, ...]
    accuracy: float

    @property
    def moving(self) -> tuple[str, ...]:
        """The tensors that have moved by more than rounding at the end."""
        return tuple(name for name, way in zip(self.tensors, self.moved, strict=True) if way[-1] > STILL)


def break_symmetry(activation="tanh", hidden=1, start=0.0, noise=0.0, seed=0) -> SymmetryRun:
    """Train a small network on digits by 200 steps of plain gradient descent, all digits in each step.

    Parameters
    ----------
    activation : str, a name in ``course_lib.functions.ACTIVATIONS``
    hidden : int from 1 to 3, hidden layers of 8 units
    start : float, the first value of all weights; biases start at zero
    noise : float, the standard deviation of what is then added to the weights
    seed : int, of the noise and of the choice of 128 digits

    Raises
    ------
    ValueError
        When a parameter lies outside its range.
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, got {activation!r}")
    if not 1 <= hidden <= 3:
        raise ValueError(f"hidden must lie in [1, 3], got {hidden}")
    if not noise >= 0:
        raise ValueError(f"noise must not be negative, got {noise}")
    digits_rng, noise_rng = np.random.default_rng(seed).spawn(2)
    x, y = samples("digits", N_SAMPLES, rng=digits_rng)
    network = mlp([64, *[UNITS] * hidden, 10], activation=activation, initializer=constant(start), rng=noise_rng)
    layers = affine_layers(network)
    for layer in layers:
        layer.params["w"] += noise * noise_rng.standard_normal(layer.params["w"].shape)
    tensors = {f"{name}{at}": layer.params[name.lower()] for at, layer in enumerate(layers, 1) for name in "Wb"}
    first = {name: tensor.copy() for name, tensor in tensors.items()}
    pictures, apart, moved, optimizer, done = [], [], [], SGD(RATE), 0
    for step in RECORDED:
        mlp_fit(network, x, y, rng=digits_rng, optimizer=optimizer, epochs=step - done, batch_size=N_SAMPLES)
        done = step
        apart.append([_apart(layer) for layer in layers[:-1]])
        moved.append([np.abs(tensor - first[name]).max() for name, tensor in tensors.items()])
        if step in SHOWN:
            pictures.append(layers[0].params["w"].T.reshape(UNITS, 8, 8).copy())
    return SymmetryRun(
        activation,
        hidden,
        start,
        noise,
        seed,
        tuple(tensors),
        np.array(pictures),
        np.array(apart).T,
        np.array(moved).T,
        tuple(symmetry_report([layer.params["w"] for layer in layers], tol=ALIKE)),
        float((network.predict(x).argmax(axis=1) == y).mean()),
    )


def _apart(layer):
    units = np.vstack([layer.params["w"], layer.params["b"]])
    return np.abs(units - units.mean(axis=1, keepdims=True)).max()
