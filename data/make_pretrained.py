"""Train the networks in pretrained/ on printed characters: ``python data/make_pretrained.py``, some seconds.

Prints a line for data/README.md and the checksum for each. The weights depend on the rounding of the machine's matrix
product, so a rerun elsewhere gives networks that are as good, and not the same bytes.
"""

from pathlib import Path

import numpy as np

from course_lib.data import pretrained_networks as pretrained
from course_lib.data.augmentation import add_noise
from course_lib.files import sha256
from course_lib.optimizers.adam import AdamW
from course_lib.training.loop import evaluate, fit
from course_lib.training.weights import save_weights

EPOCHS = 20
FOLDER = Path(__file__).parent


def make(name: str) -> tuple[Path, dict[str, str]]:
    """Train one network, and write its weights with what is known of them."""
    task = pretrained.task_of(name)
    data, real = pretrained.inputs(name, task), pretrained.inputs(name, "digits")
    rng = np.random.default_rng(0)
    network = pretrained.untrained(name, rng=rng)
    optimizer = AdamW(lr=0.002, weight_decay=0.1)
    images = data.x_train.reshape(-1, 1, 8, 8)
    for _ in range(EPOCHS):  # with new noise every time
        x = add_noise(images, 0.2, rng=rng).reshape(data.x_train.shape)
        fit(network, x, data.y_train, rng=rng, optimizer=optimizer, epochs=1, batch_size=32)
    accuracies = {"accuracy_held_out_fonts": evaluate(network, data.x_test, data.y_test)[1]}
    if task == "glyphs":
        accuracies["accuracy_handwritten_digits"] = evaluate(network, real.x_test, real.y_test)[1]
    metadata = {
        "trained_on": f"course_lib.data.datasets.{task}(), training fonts, {EPOCHS} epochs of AdamW, noise 0.2",
        "parameters": str(network.theta.size),
        **{key: f"{value:.4f}" for key, value in accuracies.items()},
    }
    path = FOLDER / pretrained.file_of(name)
    path.parent.mkdir(exist_ok=True)
    save_weights(path, network, metadata)
    return path, metadata


if __name__ == "__main__":
    for name in pretrained.SHA256:
        path, metadata = make(name)
        print(f"{name}: {path.stat().st_size} bytes, {metadata}, {sha256(path)}")
