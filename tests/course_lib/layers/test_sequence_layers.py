"""Recurrent layers and layers of the transformer inside networks."""

import numpy as np
import pytest

from course_lib.analysis.gradient_check import numeric_grad
from course_lib.functions.attention import padding_mask
from course_lib.functions.gru import gru_forward
from course_lib.functions.lstm import lstm_forward
from course_lib.functions.recurrent import rnn_forward
from course_lib.functions.transformer import sinusoidal_encoding, transformer_block_backward, transformer_block_forward
from course_lib.layers.attention import Embedding, MultiHeadAttention, PositionalEncoding, TransformerBlock
from course_lib.layers.dense import Affine
from course_lib.layers.network import Sequential
from course_lib.layers.recurrent import GRU, LSTM, RNN, AffinePerStep, LastStep, MeanOverTime
from course_lib.warmup import attention as attention_workloads
from course_lib.warmup import recurrent as recurrent_workloads

NETWORKS = {
    "rnn": lambda rng: [RNN(3, 4, rng=rng), LastStep(), Affine(4, 2, rng=rng)],
    "lstm": lambda rng: [LSTM(3, 4, rng=rng), MeanOverTime(), Affine(4, 2, rng=rng)],
    "gru": lambda rng: [GRU(3, 4, rng=rng), AffinePerStep(4, 2, rng=rng)],
    "stacked": lambda rng: [LSTM(3, 2, rng=rng), RNN(2, 2, rng=rng), LastStep()],
    "attention": lambda rng: [AffinePerStep(3, 4, rng=rng), MultiHeadAttention(4, 2, rng=rng, causal=True)],
    "pre": lambda rng: [PositionalEncoding(scale=2), AffinePerStep(3, 4, rng=rng), TransformerBlock(4, 2, rng=rng)],
    "post": lambda rng: [AffinePerStep(3, 4, rng=rng), TransformerBlock(4, 1, rng=rng, norm="post"), MeanOverTime()],
}
every_network = pytest.mark.parametrize("make", NETWORKS.values(), ids=NETWORKS)


@every_network
def test_gradients_of_theta_and_x_equal_numerical_ones(make, rng):
    network = Sequential(*make(rng))
    network.theta += 0.1 * rng.normal(size=network.theta.shape)  # biases too
    x = rng.normal(size=(2, 3, 3))
    dout = rng.normal(size=network.forward(x).shape)
    dx = network.backward(dout)

    def loss_of_theta(theta):
        network.theta[...] = theta
        return np.sum(dout * network.forward(x))

    theta, grad = network.theta.copy(), network.grad.copy()
    expected = numeric_grad(loss_of_theta, theta)
    network.theta[...] = theta
    np.testing.assert_allclose(grad, expected, rtol=0, atol=1e-6 * np.abs(expected).max())
    expected = numeric_grad(lambda value: np.sum(dout * network.forward(value)), x)
    np.testing.assert_allclose(dx, expected, rtol=0, atol=1e-6 * np.abs(expected).max())


@every_network
def test_networks_keep_float32_and_accept_batches_of_any_size(make, rng):
    network = Sequential(*make(rng), dtype=np.float32)
    for n_samples, n_steps in ((1, 1), (4, 2), (2, 5)):
        out = network.forward(rng.normal(size=(n_samples, n_steps, 3)))
        dx = network.backward(np.ones_like(out))
        assert out.dtype == dx.dtype == np.float32
        assert dx.shape == (n_samples, n_steps, 3)
        assert len(out) == n_samples


@every_network
def test_the_same_seed_makes_the_same_network(make):
    first, second = (Sequential(*make(np.random.default_rng(8))).theta for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_recurrent_layers_call_the_functions_from_a_zero_state(rng):
    x, zeros = rng.normal(size=(2, 5, 3)), np.zeros((2, 4))
    for layer, expected in (
        (RNN(3, 4, rng=rng), lambda p: rnn_forward(x, zeros, p["wx"], p["wh"], p["b"])[0]),
        (LSTM(3, 4, rng=rng), lambda p: lstm_forward(x, zeros, zeros, p["wx"], p["wh"], p["b"])[0]),
        (GRU(3, 4, rng=rng), lambda p: gru_forward(x, zeros, p["wx"], p["wh"], p["bx"], p["bh"])[0]),
    ):
        np.testing.assert_array_equal(layer.forward(x), expected(layer.params))


@pytest.mark.parametrize("cls", [RNN, LSTM, GRU])
def test_recurrent_weights_start_orthogonal_and_the_forget_bias_at_one(cls, rng):
    layer = cls(3, 4, rng=rng)
    for gate in np.split(layer.params["wh"], cls.n_gates, axis=1):
        np.testing.assert_allclose(gate.T @ gate, np.eye(4), rtol=0, atol=1e-14)  # 4 products of order 1
    biases = {key: value for key, value in layer.params.items() if key.startswith("b")}
    if cls is LSTM:
        assert biases["b"].tolist() == [0] * 4 + [1] * 4 + [0] * 8
        assert LSTM(3, 4, rng=rng, forget_bias=3).params["b"][4:8].tolist() == [3] * 4
    else:
        assert not any(value.any() for value in biases.values())


@pytest.mark.parametrize("cls", [RNN, LSTM, GRU])
def test_truncated_layers_do_not_reach_beyond_the_cut(cls, rng):
    layer = cls(3, 4, rng=rng, steps=2)
    layer.forward(rng.normal(size=(2, 5, 3)))
    dout = np.zeros((2, 5, 4))
    dout[:, 3] = 1
    reached = np.abs(layer.backward(dout)).max(axis=(0, 2)) > 0
    assert reached.tolist() == [False, False, True, True, False]


def test_last_step_and_mean_over_time(rng):
    x = rng.normal(size=(2, 4, 3))
    np.testing.assert_array_equal(LastStep().forward(x), x[:, 3])
    # another order of summing 4 numbers
    np.testing.assert_allclose(MeanOverTime().forward(x), sum(x[:, t] for t in range(4)) / 4, rtol=0, atol=1e-15)


def test_embedding_takes_the_floats_of_a_network_back_to_ids(rng):
    network = Sequential(Embedding(5, 3, rng=rng), PositionalEncoding(), LastStep(), dtype=np.float32)
    ids = np.array([[4, 0, 2], [1, 1, 1]])
    table = network.layers[0].params["table"]
    expected = table[ids[:, 2]] + sinusoidal_encoding(3, 3)[2].astype(np.float32)
    np.testing.assert_array_equal(network.forward(ids), expected)
    network.backward(np.ones((2, 3)))
    assert network.grad.reshape(5, 3).tolist() == [[0] * 3, [1] * 3, [1] * 3, [0] * 3, [0] * 3]
    with pytest.raises(ValueError, match=r"got 0\.5"):
        network.forward([[0.5]])


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_the_block_of_layers_is_the_block_of_functions(norm, rng):
    block = TransformerBlock(6, 3, rng=rng, n_inner=5, norm=norm)
    Sequential(block).theta[...] = rng.normal(size=Sequential(block).theta.shape)
    names = {
        "MultiHeadAttention": iter([{}]),
        "LayerNorm": iter([{"gamma": "gamma1", "beta": "beta1"}, {"gamma": "gamma2", "beta": "beta2"}]),
        "AffinePerStep": iter([{"w": "w1", "b": "b1"}, {"w": "w2", "b": "b2"}]),
        "Activation": iter([{}]),
    }
    leaves = [(leaf, next(names[type(leaf).__name__])) for leaf in block.leaves()]
    params = {new.get(key, key): value for leaf, new in leaves for key, value in leaf.params.items()}
    x, dout = rng.normal(size=(2, 2, 4, 6))
    block.attention.mask = padding_mask([2, 4], 4)
    expected, cache = transformer_block_forward(x, params, 3, block.attention.mask, norm)
    np.testing.assert_array_equal(block.forward(x), expected)
    dx, grads = transformer_block_backward(dout, cache)
    np.testing.assert_array_equal(block.backward(dout), dx)
    for leaf, new in leaves:
        for key, grad in leaf.grads.items():
            np.testing.assert_array_equal(grad, grads[new.get(key, key)])


def test_masks_of_the_attention_layer_add_up(rng):
    layer = MultiHeadAttention(4, 2, rng=rng, causal=True)
    x = rng.normal(size=(2, 3, 4))
    layer.forward(x)
    assert np.array_equal(layer.weights[0, 0] > 0, np.tri(3, dtype=bool))
    layer.mask = padding_mask([1, 3], 3)
    layer.forward(x)
    assert (layer.weights[0, 1] > 0).tolist() == [[True, False, False]] * 3
    assert np.array_equal(layer.weights[1, 1] > 0, np.tri(3, dtype=bool))


LAYERS = {
    "RNN": lambda rng: RNN(4, 4, rng=rng),
    "LSTM": lambda rng: LSTM(4, 4, rng=rng),
    "GRU": lambda rng: GRU(4, 4, rng=rng),
    "AffinePerStep": lambda rng: AffinePerStep(4, 4, rng=rng),
    "LastStep": lambda rng: LastStep(),
    "MeanOverTime": lambda rng: MeanOverTime(),
    "PositionalEncoding": lambda rng: PositionalEncoding(),
    "MultiHeadAttention": lambda rng: MultiHeadAttention(4, 2, rng=rng),
    "pre": lambda rng: TransformerBlock(4, 2, rng=rng),
    "post": lambda rng: TransformerBlock(4, 2, rng=rng, norm="post"),
}
every_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)


@every_layer
def test_a_gradient_without_a_forward_pass_or_of_another_is_refused(make, rng):
    layer = make(rng)
    with pytest.raises(RuntimeError, match=r"backward needs a forward pass first: call forward\(x\)"):
        layer.backward(np.ones((2, 3, 4)))
    out = layer.forward(rng.normal(size=(2, 3, 4)))
    with pytest.raises(ValueError, match=r"dout must have the shape \(2, .*, got \(2, 1, 4\)"):
        layer.backward(np.ones((2, 1, 4)))
    assert layer.backward(np.ones_like(out)).shape == (2, 3, 4)


@every_layer
@pytest.mark.parametrize("n_steps", [1, 3])
def test_a_layer_on_its_own_takes_the_dtype_of_its_input_and_leaves_it_alone(make, n_steps, rng):
    layer = make(rng)
    x = rng.normal(size=(2, n_steps, 4)).astype(np.float32)
    frozen = x.copy()
    frozen.flags.writeable = False
    out = layer.forward(frozen)
    dx = layer.backward(np.ones(out.shape))  # float64
    assert out.dtype == dx.dtype == np.float32
    assert not np.shares_memory(layer.forward(x), x)
    np.testing.assert_array_equal(x, frozen)
    assert layer.forward(np.ones((2, n_steps, 4), int)).dtype == np.float64


@every_layer
@pytest.mark.parametrize("x", [np.ones((3, 4)), np.ones((0, 3, 4)), np.ones((2, 0, 4)), 1.0])
def test_what_is_not_a_batch_of_sequences_is_refused(make, x, rng):
    with pytest.raises(ValueError, match="x must have "):
        make(rng).forward(x)


def test_layers_take_their_width_from_the_network(rng):
    network = Sequential(
        GRU(None, 4, rng=rng), LSTM(None, 2, rng=rng), AffinePerStep(None, 3, rng=rng), input_shape=(6, 5)
    )
    assert network.forward(np.ones((2, 7, 5))).shape == (2, 7, 3)
    assert [repr(layer) for layer in network.layers] == ["GRU(5, 4)", "LSTM(4, 2)", "AffinePerStep(2, 3)"]
    assert network.layers[1].params["b"].tolist() == [0] * 2 + [1] * 2 + [0] * 4
    with pytest.raises(RuntimeError, match="does not know the width"):
        RNN(None, 4, rng=rng).step(np.ones((2, 5)))
    with pytest.raises(ValueError, match=r"x must have the shape \(N, T, D\)"):
        Sequential(RNN(None, 4, rng=rng), input_shape=5)


X, RNG = np.ones((2, 3, 4)), np.random.default_rng(0)


def attend(mask, causal=False):
    layer = MultiHeadAttention(4, 2, rng=RNG, causal=causal)
    layer.mask = mask
    return layer.forward(X)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: RNN(4.0, 2, rng=RNG), TypeError, r"n_inputs must be an integer, got 4.0 \(float\): type 4"),
        (lambda: LSTM(4, 0, rng=RNG), ValueError, "n_hidden must be at least 1, got 0"),
        (lambda: GRU(4, 2, rng=0), TypeError, r"type rng=np.random.default_rng\(0\)"),
        (lambda: RNN(4, 2, rng=RNG, steps=0), ValueError, "steps must be at least 1, got 0"),
        (lambda: LSTM(4, 2, rng=RNG, forget_bias=np.nan), ValueError, "forget_bias must be finite, got nan"),
        (lambda: RNN(5, 2, rng=RNG).forward(X), ValueError, r"expected, got \(2, 3, 4\)"),
        (lambda: AffinePerStep(3, 2, rng=RNG).forward(X), ValueError, r"shape \(N, T, 3\), got \(2, 3, 4\)"),
        (lambda: AffinePerStep(3, 2.0, rng=RNG), TypeError, "fan_out must be an integer"),
        (lambda: TransformerBlock(6, 4, rng=RNG), ValueError, "n_heads must divide .*, 6, got 4"),
        (lambda: TransformerBlock(6, 3, rng=RNG, norm="both"), ValueError, "'pre', 'post', got 'both'"),
        (lambda: TransformerBlock(6, 3, rng=RNG, n_inner=0), ValueError, "n_inner must be at least 1, got 0"),
        (lambda: TransformerBlock(6, 3, rng=None), TypeError, "rng must be a numpy.random.Generator"),
        (lambda: TransformerBlock(6, 3, rng=RNG).forward(X), ValueError, r"\(2, 3, 4\)"),
        (lambda: MultiHeadAttention(4, 2.0, rng=RNG), TypeError, "n_heads must be an integer, got 2.0"),
        (lambda: attend(np.ones((3, 3))), TypeError, "mask must be boolean, True = may attend, got float64"),
        (lambda: attend(np.ones((2, 3), bool)), ValueError, r"mask must .*\(2, 3, 3\).*, got \(2, 3\)"),
        (lambda: attend(np.ones((2, 3), bool), causal=True), ValueError, r"mask must .*\(2, 3, 3\).*, got \(2, 3\)"),
        (lambda: PositionalEncoding(scale=np.inf), ValueError, "scale must be finite, got inf"),
        (lambda: Embedding(5, 0, rng=RNG), ValueError, "n_features must be at least 1, got 0"),
        (lambda: Embedding(5, 3, rng=RNG).forward([[0.5]]), ValueError, "ids must be whole numbers, got 0.5"),
        (lambda: Embedding(5, 3, rng=RNG).forward([[5]]), ValueError, r"ids must lie in \[0, 5\), got 5"),
        (lambda: Embedding(5, 3, rng=RNG).forward(["a"]), TypeError, "ids must hold real numbers"),
        (lambda: Embedding(5, 3, rng=RNG).backward(X), RuntimeError, "Embedding.backward needs a forward pass first"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_value(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("workloads", [recurrent_workloads.workloads, attention_workloads.workloads])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_workloads_run(workloads, dtype):
    for label, run in workloads(dtype).items():
        assert np.dtype(dtype).name in label
        run()
