"""A training step of a small CNN (convolution, ReLU, pooling, twice, and a dense layer) against PyTorch.

Forward, softmax cross-entropy, backward, gradient descent, in float32. PyTorch runs eagerly with oneDNN, in both of its
memory layouts, and its faster one counts. Neither computes the gradient of the images.
Run ``python benchmarks/cnn.py``.
"""

from common import threads  # noqa: F401  first, before numpy

# isort: split
import numpy as np
import torch
from common.results import OURS, Row, report
from common.timing import measure

from course_lib.functions.losses import softmax_xent
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential
from course_lib.layers.spatial import Conv2D, Flatten, MaxPool2D
from course_lib.optimizers.first_order import SGD

torch.set_num_threads(1)
N_CLASSES = 10
LR = 0.01
# (batch, channels, pixels on a side, widths of the two convolutions, kernel), and the goal
CASES = [
    ((32, 1, 8, (16, 32), 3), 1.0),
    ((32, 1, 28, (16, 32), 3), 1.0),
    ((64, 1, 28, (16, 32), 3), 1.0),
    ((32, 3, 32, (32, 64), 3), 1.0),
    ((32, 1, 28, (8, 16), 3), 2.5),
    ((32, 1, 28, (8, 16), 5), None),
    ((17, 7, 21, (11, 13), 3), None),
    ((8, 3, 64, (16, 32), 3), None),
]


def our_step(x, y, widths, kernel, rng):
    """A function that does one step with this library's layers."""
    first, second = widths
    network = Sequential(
        Conv2D(x.shape[1], first, kernel, rng=rng, input_gradient=False),
        Activation("relu"),
        MaxPool2D(),
        Conv2D(first, second, kernel, rng=rng),
        Activation("relu"),
        MaxPool2D(),
        Flatten(),
        Affine(second * (x.shape[2] // 4) ** 2, N_CLASSES, rng=rng),
        dtype=np.float32,
    )
    optimizer = SGD(LR)

    def step():
        loss, dlogits = softmax_xent(network.forward(x), y)
        network.backward(dlogits)
        optimizer.step(network.theta, network.grad)
        return loss

    return step, network


def torch_step(x, y, network, layout):
    """The same step, from the same parameters, in PyTorch."""
    conv1, conv2, dense = (layer for layer in network.layers if layer.params)
    modules = []
    for conv in (conv1, conv2):
        filters, channels, kernel, _ = conv.params["w"].shape
        module = torch.nn.Conv2d(channels, filters, kernel, padding=kernel // 2)
        modules += [_filled(module, conv.params["w"], conv.params["b"]), torch.nn.ReLU(), torch.nn.MaxPool2d(2)]
    w = dense.params["w"]
    modules += [torch.nn.Flatten(), _filled(torch.nn.Linear(*w.shape), w.T, dense.params["b"])]
    model = torch.nn.Sequential(*modules).to(memory_format=layout)
    images, labels = torch.tensor(x).to(memory_format=layout), torch.tensor(y)
    optimizer, loss_of = torch.optim.SGD(model.parameters(), LR), torch.nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(model(images), labels)
        loss.backward()
        optimizer.step()
        return loss

    return step


def _filled(module, w, b):
    with torch.no_grad():
        module.weight.copy_(torch.tensor(w.copy()))
        module.bias.copy_(torch.tensor(b.copy()))
    return module


def rows():
    rng = np.random.default_rng(0)
    for (n, channels, size, widths, kernel), goal in CASES:
        x = rng.normal(size=(n, channels, size, size)).astype(np.float32)
        y = rng.integers(N_CLASSES, size=n)
        ours, network = our_step(x, y, widths, kernel, rng)
        layouts = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
        peers = {name: torch_step(x, y, network, layout) for name, layout in layouts.items()}
        first = ours()
        for name, peer in peers.items():
            # the same network: losses near ln(10) that differ by rounding in float32
            np.testing.assert_allclose(peer().item(), first, rtol=1e-4, err_msg=name)
        seconds = measure({OURS: ours, **peers}, seconds=2.0)
        best = min(peers, key=seconds.get)
        yield Row(
            f"{n}x{channels}x{size}, {widths[0]}-{widths[1]}, {kernel}x{kernel}",
            {OURS: seconds[OURS], "torch": seconds[best]},
            {} if goal is None else {"torch": goal},
            {"torch layout": best, "per image": f"{1e6 * seconds[OURS] / n:.1f} us"},
        )


if __name__ == "__main__":
    report("CNN, training step", list(rows()), "cnn")
