"""A whole training run of a small network in compiled code.

On a network of a few thousand parameters, Python spends more time on calling the layers than the layers spend on
their work. ``mlp_fit`` runs the same kernels as the layer objects, one after the other, without going back to Python
between the steps: fast enough for a slider that trains again whenever it moves.
"""

import numpy as np

from course_lib._arguments.arrays import same_shape
from course_lib._arguments.numbers import UNIT
from course_lib._arguments.objects import choice
from course_lib.functions import activations as act
from course_lib.functions import losses
from course_lib.functions.activations import ACTIVATIONS, SELU_ALPHA, SELU_LAMBDA
from course_lib.kernels.decorators import kernel
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential
from course_lib.optimizers import adam
from course_lib.optimizers import first_order as optimizers
from course_lib.training._fit_arguments import labels_of, pair_of, settings

LOSSES = ("softmax_xent", "binary_xent", "mse")
OPTIMIZERS = (
    optimizers.SGD,
    optimizers.Momentum,
    optimizers.Nesterov,
    optimizers.RMSProp,
    adam.Adam,
    adam.AdamW,
)
CODES = tuple(ACTIVATIONS)
IDENTITY, RELU, LEAKY_RELU = CODES.index("identity"), CODES.index("relu"), CODES.index("leaky_relu")
SIGMOID, TANH = CODES.index("sigmoid"), CODES.index("tanh")
ELU, SELU, SWISH, GELU = (CODES.index(name) for name in ("elu", "selu", "swish", "gelu"))
SOFTMAX_XENT, BINARY_XENT, MSE = range(len(LOSSES))
SGD, MOMENTUM, NESTEROV, RMSPROP, ADAM, ADAMW = range(len(OPTIMIZERS))


def mlp_fit(network: Sequential, x, y, *, rng, optimizer, epochs, batch_size=32, loss="softmax_xent", max_norm=None):
    """Train a multi-layer perceptron in place, as ``course_lib.training.fit`` does, up to rounding.

    Parameters
    ----------
    network : affine layers, with or without an activation between them, such as ``course_lib.layers.mlp`` makes
    x : (N, D) array
    y : (N,) integer labels for ``softmax_xent``; for the other losses an array of the shape of the output, (N, M)
    rng : numpy.random.Generator, for the order of the samples; drawn from as in ``fit``
    optimizer : SGD, Momentum (classic), Nesterov, RMSProp, Adam or AdamW; its state is used and kept
    loss : "softmax_xent", "binary_xent" or "mse"
    max_norm : float; the global gradient norm above which the gradient is scaled down, or None

    Returns
    -------
    losses : (S,) float64 array, the loss of every step's batch before the step. Training ends after a loss that is not
        finite.

    Raises
    ------
    TypeError, ValueError
        When an argument is not as above, such as other layers or frozen ones.
    """
    epochs, batch_size, max_norm = settings(network, optimizer, rng, epochs, batch_size, max_norm)
    choice(loss, LOSSES, name="loss")
    theta = network.theta  # and now the layers' arrays are windows onto it, and their shapes its layout
    sizes, codes = _describe(network)
    rule, hyper = _rule_of(optimizer)
    x, y = pair_of(x, y)
    x = same_shape(x, (len(x), sizes[0]), network.dtype, name="x")
    labels, targets = _targets(y, loss, (len(x), sizes[-1]), network.dtype)
    first, second = _moments(optimizer, rule, network)
    orders = np.stack([rng.permutation(len(x)) for _ in range(epochs)]) if epochs else np.empty((0, len(x)), np.int64)
    batch_size = min(batch_size, len(x))
    history = np.empty(epochs * -(-len(x) // batch_size))
    limit = float("inf") if max_norm is None else max_norm
    t = int(optimizer.state.get("t", 0))
    widths = np.array(sizes)
    done = _fit(
        theta, network.grad, first, second, rule, hyper, t, limit,
        x, labels, targets, LOSSES.index(loss), orders, batch_size, widths, codes, history,
    )  # fmt: skip
    if rule in (ADAM, ADAMW):
        optimizer.state["t"] = np.asarray(t + done)
    return history[:done]


def _describe(network):
    """The widths from input to output, and the code of the activation after each affine layer."""
    sizes, codes = [], []
    for i, layer in enumerate(network.layers):
        # of these classes and no other: a subclass may compute something else
        if type(layer) is Affine:
            w, b = layer.params["w"], layer.params["b"]
            fan_in = sizes[-1] if sizes else w.shape[0]
            if w.shape != (fan_in, b.size):
                raise ValueError(f"w of layers[{i}] must have the shape {(fan_in, b.size)}, got {w.shape}")
            sizes += [b.size] if sizes else [fan_in, b.size]
            codes.append(IDENTITY)
        elif type(layer) is Activation and codes and codes[-1] == IDENTITY:
            codes[-1] = CODES.index(layer.name)
        else:
            raise ValueError(f"mlp_fit trains affine layers and activations, got {type(layer).__name__}: use fit")
    if not sizes:
        raise ValueError("mlp_fit needs at least one affine layer")
    if not network.trains_as_one:
        raise ValueError("mlp_fit trains all layers alike: use fit for frozen layers and rates of their own")
    return sizes, np.array(codes)


def _rule_of(optimizer):
    """The code of the optimiser, and its hyper-parameters as the kernel wants them."""
    kind = type(optimizer)
    if kind not in OPTIMIZERS or getattr(optimizer, "convention", "classic") != "classic" or optimizer.steps_on_parts:
        names = ", ".join(each.__name__ for each in OPTIMIZERS)
        raise ValueError(f"optimizer must be one of {names} (Momentum classic), got {optimizer}: use fit")
    rule = OPTIMIZERS.index(kind)
    if rule == RMSPROP:
        values = (optimizer.lr, optimizer.rho, optimizer.eps)
    elif rule in (ADAM, ADAMW):
        decay = optimizer.weight_decay if rule == ADAMW else 0.0
        values = (optimizer.lr, optimizer.beta1, optimizer.beta2, optimizer.eps, decay)
    else:
        values = (optimizer.lr, getattr(optimizer, "momentum", 0.0))
    return rule, np.array(values, np.float64)


def _moments(optimizer, rule, network):
    """The arrays of the optimiser's state; an empty one where it needs none."""
    names = {SGD: (), ADAM: ("m", "v"), ADAMW: ("m", "v")}.get(rule, ("v",))
    _, *moments = optimizer._vectors(network.theta, network.grad, *names)
    empty = np.empty(0, network.theta.dtype)
    return (*moments, empty, empty)[:2]


def _targets(y, loss, shape, dtype):
    """``y`` as integer labels and as an array, one of them empty."""
    if loss == "softmax_xent":
        return labels_of(y, shape[0], shape[1:]), np.empty((0, 0), dtype)
    targets = same_shape(y, shape, dtype, name="y")
    if loss == "binary_xent":
        UNIT.every(targets, name="y")
    return np.empty(0, np.int64), targets


@kernel
def _fit(theta, grad, first, second, rule, hyper, t, limit, x, labels, targets, loss, orders, batch_size, sizes, codes,
         history):  # fmt: skip
    """All epochs. Returns the number of steps; ``history`` has their losses."""
    # For the inputs and then the outputs of every layer: z before and a after the activation, and their gradients.
    # Four arrays, because a loop that writes what it reads is not vectorised.
    n_units = batch_size * sizes.sum()
    z, a = np.empty(n_units, theta.dtype), np.empty(n_units, theta.dtype)
    dz, da = np.empty(n_units, theta.dtype), np.empty(n_units, theta.dtype)
    step = 0
    for order in orders:
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            _gather(x, batch, a)
            _forward(theta, sizes, codes, len(batch), z, a)
            value = _loss(loss, labels, targets, batch, sizes, a, da)
            _backward(theta, grad, sizes, codes, len(batch), z, a, dz, da)
            history[step] = value
            step += 1
            _clip(grad, limit)
            _update(rule, theta, grad, first, second, hyper, t + step)
            if not np.isfinite(value):
                return step
    return step


@kernel
def _gather(x, batch, a):
    n_features = x.shape[1]
    for n in range(len(batch)):
        row, copy = x[batch[n]], a[n * n_features : (n + 1) * n_features]
        for i in range(n_features):
            copy[i] = row[i]


@kernel
def _matrix(flat, start, rows, columns):
    return flat[start : start + rows * columns].reshape(rows, columns)


@kernel
def _forward(theta, sizes, codes, n_samples, z, a):
    param, unit = 0, 0
    for layer in range(len(codes)):
        fan_in, fan_out = sizes[layer], sizes[layer + 1]
        after = unit + n_samples * fan_in
        w, b = _matrix(theta, param, fan_in, fan_out), theta[param + fan_in * fan_out :]
        out = _matrix(z, after, n_samples, fan_out)
        np.dot(_matrix(a, unit, n_samples, fan_in), w, out)
        for n in range(n_samples):
            row = out[n]
            for j in range(fan_out):
                row[j] += b[j]
        end = after + n_samples * fan_out
        _activate(codes[layer], z[after:end], a[after:end])
        param += (fan_in + 1) * fan_out
        unit = after


@kernel
def _backward(theta, grad, sizes, codes, n_samples, z, a, dz, da):
    """Fill ``grad``; ``da`` holds the gradient of the output at its end."""
    param, end = len(theta), n_samples * sizes.sum()
    for layer in range(len(codes) - 1, -1, -1):
        fan_in, fan_out = sizes[layer], sizes[layer + 1]
        param -= (fan_in + 1) * fan_out
        after = end - n_samples * fan_out
        unit = after - n_samples * fan_in
        _activate_backward(codes[layer], z[after:end], a[after:end], da[after:end], dz[after:end])
        dout = _matrix(dz, after, n_samples, fan_out)
        np.dot(_matrix(a, unit, n_samples, fan_in).T, dout, _matrix(grad, param, fan_in, fan_out))
        db = grad[param + fan_in * fan_out : param + (fan_in + 1) * fan_out]
        db[:] = 0
        for n in range(n_samples):
            row = dout[n]
            for j in range(fan_out):
                db[j] += row[j]
        if layer > 0:
            np.dot(dout, _matrix(theta, param, fan_in, fan_out).T, _matrix(da, unit, n_samples, fan_in))
        end = after


@kernel
def _activate(code, z, a):
    if code == IDENTITY:
        a[:] = z
    elif code == RELU:
        act._relu(z, a)
    elif code == LEAKY_RELU:
        act._leaky_relu(z, 0.01, a)
    elif code == SIGMOID:
        act._sigmoid(z, a)
    elif code == TANH:
        act._tanh(z, a)
    elif code == ELU:
        act._elu(z, 1.0, a)
    elif code == SELU:
        act._elu(z, SELU_ALPHA, a)
        a *= a.dtype.type(SELU_LAMBDA)
    elif code == SWISH:
        act._swish(z, 1.0, a)
    elif code == GELU:
        act._gelu(z, a)
    else:  # a row of ACTIVATIONS without a branch here, and in the function below
        a[:] = np.nan


@kernel
def _activate_backward(code, z, a, da, dz):
    if code == IDENTITY:
        dz[:] = da
    elif code == RELU:
        act._relu_backward(da, z, dz)
    elif code == LEAKY_RELU:
        act._leaky_relu_backward(da, z, 0.01, dz)
    elif code == SIGMOID:
        act._sigmoid_backward(da, a, dz)
    elif code == TANH:
        act._tanh_backward(da, a, dz)
    elif code == ELU:
        act._elu_backward(da, z, 1.0, dz)
    elif code == SELU:
        act._elu_backward(da, z, SELU_ALPHA, dz)
        dz *= dz.dtype.type(SELU_LAMBDA)
    elif code == SWISH:
        act._swish_backward(da, z, 1.0, dz)
    elif code == GELU:
        act._gelu_backward(da, z, dz)
    else:
        dz[:] = np.nan


@kernel
def _loss(loss, labels, targets, batch, sizes, a, da):
    """The mean loss of the batch; its gradient goes to the end of ``da``."""
    n_samples, n_outputs = len(batch), sizes[-1]
    start = n_samples * (sizes.sum() - n_outputs)
    out, dout = _matrix(a, start, n_samples, n_outputs), _matrix(da, start, n_samples, n_outputs)
    if loss == SOFTMAX_XENT:
        return losses._softmax_xent(out, labels[batch], dout)
    wanted = targets[batch]
    if loss == BINARY_XENT:
        return losses._binary_xent(out.ravel(), wanted.ravel(), dout.ravel())
    return losses._mse(out.ravel(), wanted.ravel(), dout.ravel())


@kernel
def _clip(grad, limit):
    if limit == np.inf:
        return
    total = np.float64(0)
    for g in grad:
        total += np.float64(g) * np.float64(g)
    norm = np.sqrt(total)
    if not norm <= limit:  # nor where it is NaN
        grad *= grad.dtype.type(limit / norm)


@kernel
def _update(rule, theta, grad, first, second, hyper, t):
    lr = hyper[0]
    if rule == SGD:
        optimizers._sgd(theta, grad, lr)
    elif rule == MOMENTUM:
        optimizers._momentum(theta, grad, first, lr, hyper[1])
    elif rule == NESTEROV:
        optimizers._nesterov(theta, grad, first, lr, hyper[1])
    elif rule == RMSPROP:
        optimizers._rmsprop(theta, grad, first, lr, hyper[1], 1 - hyper[1], hyper[2])
    else:
        beta1, beta2, eps, weight_decay = hyper[1], hyper[2], hyper[3], hyper[4]
        adam._adam(
            theta, grad, first, second, lr, beta1, 1 - beta1, beta2, 1 - beta2, eps,
            1 / (1 - beta1**t), 1 / (1 - beta2**t), weight_decay,
        )  # fmt: skip
