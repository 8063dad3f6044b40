"""The bundled networks do as well as their metadata and data/README.md say, and are worth starting from."""

import re

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from course_lib.data import datasets
from course_lib.data import pretrained_networks as pretrained
from course_lib.files import DATA, sha256
from course_lib.models.transfer import reuse_layers
from course_lib.optimizers.adam import Adam
from course_lib.training.loop import evaluate, fit
from course_lib.training.weights import named_tensors

N_SEEDS = 32
ACCURACY = {"accuracy_held_out_fonts": None, "accuracy_handwritten_digits": "digits"}
README = (DATA / "README.md").read_text(encoding="utf-8")


def logits(network, x):
    """The forward pass written out with NumPy, from the weights alone."""
    tensors = {name: tensor.astype(float) for name, tensor in named_tensors(network).items()}
    names = iter(tensors)
    layers = [(tensors[name], tensors[next(names)]) for name in names]
    for k, (w, b) in enumerate(layers):
        if w.ndim == 4:
            windows = sliding_window_view(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))), (3, 3), axis=(2, 3))
            x = np.einsum("nchwij,mcij->nmhw", windows, w, optimize=True) + b[:, None, None]
            n, m, h, w = x.shape
            x = np.maximum(x, 0).reshape(n, m, h // 2, 2, w // 2, 2).max(axis=(3, 5))
        else:
            x = x.reshape(len(x), -1) @ w + b
            x = np.maximum(x, 0) if k < len(layers) - 1 else x
    return x


def stated(name):
    """metadata key -> (the accuracy stated, inputs and labels that it was measured on)."""
    _, metadata = pretrained.pretrained(name)
    rows = {}
    for key, data in ACCURACY.items():
        if key in metadata:
            split = pretrained.inputs(name, data or pretrained.task_of(name))
            rows[key] = float(metadata[key]), split.x_test, split.y_test
    return rows


@pytest.mark.outcome
@pytest.mark.parametrize("name", pretrained.SHA256)
def test_the_stated_accuracy_is_what_a_forward_pass_in_numpy_gives(name):
    network, _ = pretrained.pretrained(name)
    rows = stated(name)
    assert ("accuracy_handwritten_digits" in rows) == name.endswith("_glyphs")
    for accuracy, x, y in rows.values():
        measured = np.mean(logits(network, x).argmax(axis=1) == y)
        # four decimals, and one sample whose two best logits are equal to within the rounding of float32
        assert abs(measured - accuracy) <= 5e-5 + 1 / len(y)


@pytest.mark.parametrize("name", pretrained.SHA256)
def test_the_network_computes_what_numpy_does(name):
    network, _ = pretrained.pretrained(name)
    x = pretrained.inputs(name).x_test[:5]
    out = network.forward(x)
    assert out.dtype == np.float32
    expected = logits(network, x)
    # sums of at most 144 products in three layers: some ten roundings of the largest term
    np.testing.assert_allclose(out, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("name", pretrained.SHA256)
def test_the_readme_states_checksum_size_and_accuracy(name):
    network, metadata = pretrained.pretrained(name)
    file = pretrained.file_of(name).rpartition("/")[2]
    (row,) = re.findall(rf"^\| {re.escape(file)} \|.*$", README, re.MULTILINE)
    assert pretrained.SHA256[name] == sha256(DATA / pretrained.file_of(name))
    for text in (pretrained.SHA256[name], str(network.theta.size), metadata["parameters"]):
        assert f"| {text} |" in row
    for accuracy, _, _ in stated(name).values():
        assert f"{accuracy:.2%}" in row
    assert (DATA / pretrained.file_of(name)).stat().st_size < 150_000


@pytest.mark.parametrize("name", pretrained.SHA256)
def test_a_pretrained_network_is_the_callers_own(name):
    (mine, _), (other, _) = pretrained.pretrained(name), pretrained.pretrained(name)
    before = other.theta.copy()
    mine.theta[...] = 0
    assert np.array_equal(other.theta, before)
    assert np.array_equal(pretrained.pretrained(name)[0].theta, before)


def test_unknown_names_are_refused_with_the_known_ones():
    for function in (
        pretrained.pretrained,
        pretrained.inputs,
        lambda name: pretrained.untrained(name, rng=np.random.default_rng(0)),
    ):
        with pytest.raises(ValueError, match=r"'mlp_glyphs', .*got 'resnet'"):
            function("resnet")
    with pytest.raises(ValueError, match=r"'digits', 'glyphs', 'glyph_letters', got 'mnist'"):
        pretrained.inputs("mlp_glyphs", "mnist")


def gains(name, n_layers, target, per_class):
    """Test accuracy after fine-tuning on few labels minus that from scratch, for each seed.

    Both start from the same head, see the same samples in the same order, and take the same steps.
    """
    source, _ = pretrained.pretrained(name)
    data = pretrained.inputs(name, target)
    differences = []
    for seed in range(N_SEEDS):
        few = datasets.few_labels(data, per_class, rng=np.random.default_rng(seed))
        accuracies = []
        for reused in (n_layers, 0):
            network = pretrained.untrained(name.partition("_")[0] + "_glyphs", rng=np.random.default_rng([seed, 1]))
            reuse_layers(source, network, reused)
            order = np.random.default_rng([seed, 2])
            fit(network, few.x_train, few.y_train, rng=order, optimizer=Adam(0.002), epochs=30, batch_size=10)
            accuracies.append(evaluate(network, data.x_test, data.y_test)[1])
        differences.append(accuracies[0] - accuracies[1])
    return np.array(differences)


# (network, layers reused, target, labels per class, least and greatest mean gain): measured on 48 seeds, the means
# are 0.23, 0.13, 0.20, 0.035, 0.07 and -0.06. The bounds are four standard errors of a mean over 32 seeds away, or more
STARTS = [
    ("mlp_glyphs", 5, "digits", 1, 0.15, 0.32),
    ("mlp_glyphs", 5, "digits", 2, 0.06, 0.2),
    ("cnn_glyphs", 8, "digits", 1, 0.12, 0.28),
    # the filters of the first layer serve any writing
    ("cnn_glyph_letters", 1, "digits", 2, 0.005, 0.08),
    # without weight sharing, the first layer serves other printed characters
    ("mlp_glyph_letters", 2, "glyphs", 1, 0.02, 0.13),
    # and both layers together are too special for handwriting: negative transfer (Yosinski et al. 2014, section 4.2)
    ("mlp_glyph_letters", 4, "digits", 2, -0.12, -0.005),
]


@pytest.mark.soak
@pytest.mark.outcome
@pytest.mark.compiled
@pytest.mark.parametrize(("name", "n_layers", "target", "per_class", "least", "most"), STARTS)
def test_what_a_pretrained_start_is_worth_with_few_labels(name, n_layers, target, per_class, least, most):
    mean = gains(name, n_layers, target, per_class).mean()
    assert least < mean < most
