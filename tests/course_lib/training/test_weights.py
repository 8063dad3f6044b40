"""Weights come back bit for bit, by name, and a network that does not fit is refused as a whole."""

import json
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.layers.base import Layer
from course_lib.layers.dense import Activation, Affine, Residual
from course_lib.layers.network import Sequential, mlp
from course_lib.layers.normalization import BatchNorm, LayerNorm
from course_lib.optimizers.first_order import SGD
from course_lib.training import weights
from course_lib.training.checkpoint import Checkpoint
from course_lib.training.history import Run

DTYPES = [np.float32, np.float64]
sizes = st.lists(st.integers(1, 5), min_size=2, max_size=4)


def with_norms(seed, dtype=np.float64, width=4):
    """Affine, batch norm, activation, a residual block with a batch norm of its own, affine."""
    rng = np.random.default_rng(seed)
    network = Sequential(
        Affine(3, width, rng=rng),
        BatchNorm(width),
        Activation("relu"),
        Residual(Affine(width, width, rng=rng), BatchNorm(width)),
        Affine(width, 2, rng=rng),
        dtype=dtype,
    )
    network.statistics[...] = rng.uniform(0.5, 2, network.statistics.shape)
    return network


def learnt(network):
    return network.theta.tobytes() + network.statistics.tobytes()


def header(path) -> dict:
    """Names, dtypes and shapes as the format lays them down: 8 bytes of length, then JSON."""
    content = path.read_bytes()
    return json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])


@pytest.mark.parametrize("dtype", DTYPES)
def test_parameters_and_buffers_come_back_bit_for_bit(tmp_path, dtype):
    saved, other = with_norms(1, dtype), with_norms(2, dtype)
    special = np.array([np.nan, np.inf, -0.0, np.finfo(dtype).smallest_subnormal], dtype)
    saved.theta[:4] = special
    path = tmp_path / "net.safetensors"
    before = learnt(saved)
    weights.save_weights(path, saved, {"accuracy": "0.93", "Größe": "klein"})
    assert learnt(saved) == before
    assert weights.load_weights(path, other) == {"accuracy": "0.93", "Größe": "klein"}
    assert learnt(other) == learnt(saved)
    assert other.theta.dtype == dtype


def test_names_are_leaf_and_key_and_the_file_keeps_the_dtype(tmp_path):
    path = tmp_path / "net.safetensors"
    weights.save_weights(path, with_norms(0, np.float32))
    entries = header(path)
    entries.pop("__metadata__", None)
    assert {name: entry["shape"] for name, entry in entries.items()} == {
        "0.w": [3, 4],
        "0.b": [4],
        **{f"{k}.{key}": [4] for k in (1, 4) for key in ("gamma", "beta", "mean", "var")},
        "3.w": [4, 4],
        "3.b": [4],
        "5.w": [4, 2],
        "5.b": [2],
    }
    assert {entry["dtype"] for entry in entries.values()} == {"F32"}


@given(sizes, st.integers(0, 2**32 - 1), st.sampled_from(DTYPES), st.sampled_from(DTYPES))
def test_any_perceptron_comes_back_in_the_dtype_of_the_network(tmp_path_factory, widths, seed, of_file, of_network):
    path = tmp_path_factory.mktemp("weights") / "mlp.safetensors"
    saved = mlp(widths, activation="tanh", rng=np.random.default_rng(seed), dtype=of_file)
    other = mlp(widths, activation="tanh", rng=np.random.default_rng(seed + 1), dtype=of_network)
    weights.save_weights(path, saved)
    assert weights.load_weights(path, other) == {}
    assert other.theta.dtype == of_network
    np.testing.assert_array_equal(other.theta, saved.theta.astype(of_network))


def test_the_views_stay_views(tmp_path):
    path = tmp_path / "net.safetensors"
    weights.save_weights(path, with_norms(1))
    other = with_norms(2)
    weights.load_weights(path, other)
    other.theta[...] = 0
    other.statistics[...] = 0
    assert not any(tensor.any() for tensor in weights.named_tensors(other).values())


@pytest.mark.parametrize("layers", range(6))
def test_only_the_first_layers_are_loaded(tmp_path, layers):
    path = tmp_path / "net.safetensors"
    saved, other, before = with_norms(1), with_norms(2), with_norms(2)
    weights.save_weights(path, saved)
    weights.load_weights(path, other, layers=layers)
    reused = [leaf for layer in other.layers[:layers] for leaf in layer.leaves()]
    triples = zip(other.leaves(), saved.leaves(), before.leaves(), strict=True)
    for k, (leaf, theirs, mine) in enumerate(triples):
        source = theirs if k < len(reused) else mine
        for key, value in (leaf.params | leaf.buffers).items():
            np.testing.assert_array_equal(value, (source.params | source.buffers)[key])


def test_a_body_goes_under_a_new_head(tmp_path):
    path = tmp_path / "net.safetensors"
    saved = mlp([4, 5, 3, 26], activation="relu", rng=np.random.default_rng(0))
    weights.save_weights(path, saved)
    network = mlp([4, 5, 3, 10], activation="relu", rng=np.random.default_rng(1))
    weights.load_weights(path, network, layers=4)
    x = np.random.default_rng(2).normal(size=(6, 4))
    features = [Sequential(*net.layers[:4]).forward(x) for net in (saved, network)]
    np.testing.assert_array_equal(*features)
    assert network.forward(x).shape == (6, 10)


MISFITS = {
    "wider": (lambda: with_norms(0, width=6), None, ["'0.w'", "(3, 4)", "(3, 6)", "layers="]),
    "deeper": (lambda: Sequential(*with_norms(0).layers, Affine(2, 2, rng=np.random.default_rng(0))), None, ["'6.w'"]),
    "shallower": (lambda: Sequential(*with_norms(0).layers[:4]), None, ["'5.", "no place", "layers="]),
    "too wide below": (lambda: with_norms(0, width=6), 2, ["'0.w'", "(3, 4)", "(3, 6)"]),
    "more than there are": (lambda: with_norms(0), 6, ["[0, 5]", "got 6"]),
    "fewer than none": (lambda: with_norms(0), -1, ["[0, 5]", "got -1"]),
}


@pytest.mark.parametrize("case", MISFITS)
def test_a_network_that_does_not_fit_is_refused_and_left_alone(tmp_path, case):
    build, layers, words = MISFITS[case]
    path = tmp_path / "net.safetensors"
    weights.save_weights(path, with_norms(1))
    network = build()
    before = learnt(network)
    with pytest.raises(ValueError) as error:
        weights.load_weights(path, network, layers=layers)
    assert all(word in str(error.value) for word in words)
    assert learnt(network) == before


def test_nothing_is_loaded_when_a_late_tensor_does_not_fit(tmp_path):
    path = tmp_path / "net.safetensors"
    weights.save_weights(path, mlp([4, 3, 2], activation="relu", rng=np.random.default_rng(0)))
    network = mlp([4, 3, 5], activation="relu", rng=np.random.default_rng(1))
    before = learnt(network)
    with pytest.raises(ValueError, match=r"'2\.w' has shape \(3, 2\).*\(3, 5\)"):
        weights.load_weights(path, network)
    assert learnt(network) == before


def test_as_many_numbers_in_another_shape_are_refused(tmp_path):
    path = tmp_path / "net.safetensors"
    weights.save_weights(path, Sequential(LayerNorm((2, 3))))
    with pytest.raises(ValueError, match=r"'0\.gamma' has shape \(2, 3\).*\(3, 2\)"):
        weights.load_weights(path, Sequential(LayerNorm((3, 2))))


@pytest.mark.parametrize("content", [b"", b"no weights", None])
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "net.safetensors"
    weights.save_weights(path, with_norms(1))
    path.write_bytes(path.read_bytes()[:-1] if content is None else content)
    with pytest.raises(ValueError, match=r"net\.safetensors is damaged"):
        weights.load_weights(path, with_norms(1))
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"net\.safetensors does not exist"):
        weights.load_weights(path, with_norms(1))


@pytest.mark.parametrize("metadata", [{"accuracy": 0.5}, {1: "one"}, {"labels": ["a"]}])
def test_metadata_is_text(tmp_path, metadata):
    with pytest.raises(TypeError, match="text to text, got"):
        weights.save_weights(tmp_path / "net.safetensors", with_norms(1), metadata)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        (3, TypeError, r"path must be the path of a file, got 3 \(int\)"),
        ("missing/net", FileNotFoundError, "the folder .*missing does not exist"),
        ("", IsADirectoryError, "is a folder: give the path of a file"),
    ],
)
def test_a_place_where_no_file_can_be_is_refused(tmp_path, path, error, message):
    path = path if isinstance(path, int) else tmp_path / path
    with pytest.raises(error, match=message):
        weights.save_weights(path, with_norms(1))
    with pytest.raises(error, match=message):
        Checkpoint(path, Run(with_norms(1), SGD(0.1), np.random.default_rng(0), 1))


@pytest.mark.parametrize("argument", ["0", 1.0])
def test_something_else_than_a_network_or_a_number_of_layers_is_refused(tmp_path, argument):
    weights.save_weights(tmp_path / "net", with_norms(1))
    with pytest.raises(TypeError, match="layers must be an integer"):
        weights.load_weights(tmp_path / "net", with_norms(1), layers=argument)
    for function in (weights.save_weights, weights.load_weights):
        with pytest.raises(TypeError, match="network must be a Sequential, got Affine"):
            function(tmp_path / "net", Affine(3, 4, rng=np.random.default_rng(0)))


def test_what_was_put_into_a_layer_is_saved_and_what_is_loaded_does_not_write_into_it(tmp_path):
    network, mine = with_norms(1), np.ones((3, 4))
    network.layers[0].params["w"] = mine
    weights.save_weights(tmp_path / "ones", network)
    network.layers[0].params["w"] = mine * 2
    weights.load_weights(tmp_path / "ones", network)
    np.testing.assert_array_equal(network.theta[:12], 1)
    other = with_norms(2)
    weights.save_weights(tmp_path / "other", other)
    network.layers[0].params["w"] = mine
    weights.load_weights(tmp_path / "other", network)
    assert (mine == 1).all() and learnt(network) == learnt(other)


def test_a_crash_while_saving_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "net.safetensors"
    weights.save_weights(path, with_norms(1))
    before = path.read_bytes()

    def crash(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(OSError, match="no space left"):
        weights.save_weights(path, with_norms(2))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_transposed_parameter_is_stored_in_its_own_order(tmp_path):
    """A layer may hold a view of another memory order: what counts is the array, not its memory."""

    class Transposed(Layer):
        def __init__(self):
            super().__init__()
            self.buffers = {"t": np.arange(6.0).reshape(2, 3).T}

    network, layer = Sequential(), Transposed()
    network.layers = (layer,)
    path = tmp_path / "net.safetensors"
    weights.save_weights(path, network)
    expected = layer.buffers["t"].copy()
    layer.buffers["t"][...] = 0
    weights.load_weights(path, network)
    np.testing.assert_array_equal(layer.buffers["t"], expected)
