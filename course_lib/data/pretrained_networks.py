"""Small networks that come with the course, trained on printed characters: where transfer learning starts.

``data/make_pretrained.py`` trained them; data/README.md says how well they do.
"""

import numpy as np

from course_lib._arguments.objects import choice
from course_lib.data import datasets
from course_lib.files import bundled
from course_lib.initialization import he_normal
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential, mlp
from course_lib.layers.spatial import Conv2D, Flatten, MaxPool2D
from course_lib.training.weights import load_weights

SHA256 = {
    "mlp_glyphs": "3f09739503fbbd08468baccb0a77f53e72b5b665c0ddb367d4ca92b9f283a4d2",
    "cnn_glyphs": "ad7f1283757fc718e21de0f31f65bbc71ae867c7627de45d8ffc95467e43c77e",
    "mlp_glyph_letters": "0b26a9baccbf8750b467bef41cbb14cdd0608f9fcbdc16c2684330c3df12fba7",
    "cnn_glyph_letters": "26b6deef16c1f3aa6e9b5e59ca1ead34116a5485f178068251bcc044ece51554",
}
N_CLASSES = {"glyphs": 10, "glyph_letters": 26}


def pretrained(name) -> tuple[Sequential, dict[str, str]]:
    """A trained network, and what is known of it.

    Parameters
    ----------
    name : "mlp_glyphs", "cnn_glyphs", "mlp_glyph_letters" or "cnn_glyph_letters"

    Returns
    -------
    network : Sequential, float32; it takes what ``inputs(name, ...)`` gives
    metadata : dict of str; "accuracy_..." are shares of right answers, measured when the network was made

    Raises
    ------
    ValueError, FileNotFoundError
        When ``name`` is unknown, or the bundled file is missing or damaged.
    """
    network = untrained(name, rng=np.random.default_rng(0))
    return network, load_weights(bundled(file_of(name), SHA256[name]), network)


def untrained(name, *, rng) -> Sequential:
    """A network of the same layers with He's initialisation: where the comparison from scratch starts."""
    n_classes = N_CLASSES[task_of(name)]
    if name.startswith("mlp"):
        return mlp([64, 64, 32, n_classes], activation="relu", initializer=he_normal, rng=rng, dtype=np.float32)
    return Sequential(
        *(Conv2D(1, 16, 3, rng=rng), Activation("relu"), MaxPool2D(2)),
        *(Conv2D(16, 32, 3, rng=rng), Activation("relu"), MaxPool2D(2)),
        *(Flatten(), Affine(None, n_classes, rng=rng)),
        dtype=np.float32,
        input_shape=(1, 8, 8),
    )


def inputs(name, data="digits") -> datasets.Split:
    """A data set in the shape that the network takes: rows (N, 64) or images (N, 1, 8, 8).

    Parameters
    ----------
    data : "digits", "glyphs" or "glyph_letters"
    """
    loaders = {"digits": datasets.digits, "glyphs": datasets.glyphs, "glyph_letters": datasets.glyph_letters}
    task_of(name)
    return loaders[choice(data, tuple(loaders), name="data")](images=name.startswith("cnn"))


def task_of(name) -> str:
    """The data set that the network was trained on: "glyphs" or "glyph_letters"."""
    return choice(name, tuple(SHA256), name="name").partition("_")[2]


def file_of(name) -> str:
    """The path of the network's weights inside data/."""
    return f"pretrained/{name}.safetensors"
