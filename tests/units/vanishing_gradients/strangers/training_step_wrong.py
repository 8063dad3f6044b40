"""Wrong answers to training_step."""

import numpy as np


def _right_affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def _right_softmax_xent(logits, y):
    n = len(y)
    s = logits - logits.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(logp)
    d[np.arange(n), y] -= 1
    return -logp[np.arange(n), y].mean(), d / n


def _h_forward(params, x):
    a = np.tanh(x @ params["w1"] + params["b1"])
    return a, a @ params["w2"] + params["b2"]


def _h_grads(params, x, y):
    a, logits = _h_forward(params, x)
    loss, dlogits = _right_softmax_xent(logits, y)
    da, dw2, db2 = _right_affine_backward(dlogits, (a, params["w2"]))
    _, dw1, db1 = _right_affine_backward(da * (1 - a * a), (x, params["w1"]))
    return {"w1": dw1, "b1": db1, "w2": dw2, "b2": db2}, loss


def training_step__in_place(params, x, y, lr):
    """The parameter arrays handed in are changed in place and the same dict is returned."""
    a, logits = _h_forward(params, x)
    loss, dlogits = _right_softmax_xent(logits, y)
    da, dw2, db2 = _right_affine_backward(dlogits, (a, params["w2"]))
    dx, dw1, db1 = _right_affine_backward(da * (1 - a**2), (x, params["w1"]))
    params["w1"] -= lr * dw1
    params["b1"] -= lr * db1
    params["w2"] -= lr * dw2
    params["b2"] -= lr * db2
    return params, loss


def training_step__shallow_copy(params, x, y, lr):
    """Only the dict is copied, not its arrays, and then the arrays are updated in place."""
    grads, loss = _h_grads(params, x, y)
    new_params = params.copy()
    for k in new_params:
        new_params[k] -= lr * grads[k]
    return new_params, loss


def training_step__updated_w2_backward(params, x, y, lr):
    """The gradient of layer 1 is sent back through the already updated weights of layer 2."""
    new = {k: v.copy() for k, v in params.items()}
    a, logits = _h_forward(params, x)
    loss, dlogits = _right_softmax_xent(logits, y)
    new["w2"] -= lr * a.T @ dlogits
    new["b2"] -= lr * dlogits.sum(axis=0)
    dz = (dlogits @ new["w2"].T) * (1 - a**2)
    new["w1"] -= lr * x.T @ dz
    new["b1"] -= lr * dz.sum(axis=0)
    return new, loss


def training_step__loss_after(params, x, y, lr):
    """The loss returned is the one after the step, not the one before it."""
    grads, _ = _h_grads(params, x, y)
    new = {k: params[k] - lr * grads[k] for k in params}
    loss, _ = _right_softmax_xent(_h_forward(new, x)[1], y)
    return new, loss


def training_step__ascent(params, x, y, lr):
    """The step goes up the gradient instead of down."""
    grads, loss = _h_grads(params, x, y)
    return {k: params[k] + lr * grads[k] for k in params}, loss


def training_step__no_tanh_derivative(params, x, y, lr):
    """On the way back the derivative of tanh is left out."""
    w1, b1, w2, b2 = (params[k] for k in ("w1", "b1", "w2", "b2"))
    hidden = np.tanh(x @ w1 + b1)
    loss, dl = _right_softmax_xent(hidden @ w2 + b2, y)
    dh, dw2, db2 = _right_affine_backward(dl, (hidden, w2))
    _, dw1, db1 = _right_affine_backward(dh, (x, w1))
    return dict(w1=w1 - lr * dw1, b1=b1 - lr * db1, w2=w2 - lr * dw2, b2=b2 - lr * db2), loss


def training_step__tanh_twice(params, x, y, lr):
    """The derivative of tanh is taken at a instead of at z, as 1 - tanh(a)**2."""
    w1, b1, w2, b2 = params["w1"], params["b1"], params["w2"], params["b2"]
    z = x @ w1 + b1
    a = np.tanh(z)
    loss, dl = _right_softmax_xent(a @ w2 + b2, y)
    da, dw2, db2 = _right_affine_backward(dl, (a, w2))
    dz = da * (1 - np.tanh(a) ** 2)
    _, dw1, db1 = _right_affine_backward(dz, (x, w1))
    return {"w1": w1 - lr * dw1, "b1": b1 - lr * db1, "w2": w2 - lr * dw2, "b2": b2 - lr * db2}, loss


def training_step__biases_not_updated(params, x, y, lr):
    """Only the weight matrices are updated, the biases stay as they were."""
    grads, loss = _h_grads(params, x, y)
    new = {}
    for k, v in params.items():
        new[k] = v - lr * grads[k] if k.startswith("w") else v.copy()
    return new, loss


def training_step__linear_forward(params, x, y, lr):
    """The tanh is forgotten in the forward pass, so the hidden layer is linear (the backward pass still multiplies by 1 - a**2)."""
    a = x @ params["w1"] + params["b1"]
    loss, dl = _right_softmax_xent(a @ params["w2"] + params["b2"], y)
    da, dw2, db2 = _right_affine_backward(dl, (a, params["w2"]))
    dx, dw1, db1 = _right_affine_backward(da * (1 - a**2), (x, params["w1"]))
    grads = {"w1": dw1, "b1": db1, "w2": dw2, "b2": db2}
    return {k: params[k] - lr * grads[k] for k in params}, loss


def training_step__lr_over_n(params, x, y, lr):
    """The step is divided by the batch size once more, although the loss is already a mean."""
    grads, loss = _h_grads(params, x, y)
    n = x.shape[0]
    return {k: params[k] - lr / n * grads[k] for k in params}, loss


def training_step__sigmoid_derivative(params, x, y, lr):
    """The derivative of the sigmoid, a * (1 - a), is used for the tanh units."""
    a, logits = _h_forward(params, x)
    loss, dl = _right_softmax_xent(logits, y)
    dz = dl @ params["w2"].T * a * (1 - a)
    return {
        "w1": params["w1"] - lr * x.T @ dz,
        "b1": params["b1"] - lr * dz.sum(0),
        "w2": params["w2"] - lr * a.T @ dl,
        "b2": params["b2"] - lr * dl.sum(0),
    }, loss


def training_step__b1_forgotten_forward(params, x, y, lr):
    """The first bias is not added in the forward pass."""
    p = dict(params)
    p["b1"] = np.zeros_like(params["b1"])
    grads, loss = _h_grads(p, x, y)
    return {k: params[k] - lr * grads[k] for k in params}, loss


def training_step__returns_gradients(params, x, y, lr):
    """The dict returned holds the gradients times the learning rate, not the updated parameters."""
    grads, loss = _h_grads(params, x, y)
    return {k: lr * g for k, g in grads.items()}, loss


_h_velocity = {}


def training_step__momentum_left_over(params, x, y, lr):
    """A velocity is kept between calls (momentum), so a second call gives a different step than the first."""
    grads, loss = _h_grads(params, x, y)
    new = {}
    for k in params:
        old = _h_velocity.get((k, params[k].shape), 0.0)
        _h_velocity[(k, params[k].shape)] = 0.9 * old + grads[k]
        new[k] = params[k] - lr * _h_velocity[(k, params[k].shape)]
    return new, loss


def training_step__only_weights_in_dict(params, x, y, lr):
    """The new dict has only the weights w1 and w2, the biases are missing."""
    grads, loss = _h_grads(params, x, y)
    return {k: params[k] - lr * grads[k] for k in ("w1", "w2")}, loss


def training_step__tanh_on_logits(params, x, y, lr):
    """tanh is applied to the output layer as well, so the logits are squashed to between -1 and 1."""
    w1, b1, w2, b2 = params["w1"], params["b1"], params["w2"], params["b2"]
    a = np.tanh(x @ w1 + b1)
    out = np.tanh(a @ w2 + b2)
    loss, dl = _right_softmax_xent(out, y)
    dl = dl * (1 - out**2)
    da, dw2, db2 = _right_affine_backward(dl, (a, w2))
    _, dw1, db1 = _right_affine_backward(da * (1 - a**2), (x, w1))
    return {"w1": w1 - lr * dw1, "b1": b1 - lr * db1, "w2": w2 - lr * dw2, "b2": b2 - lr * db2}, loss


def training_step__z_for_a(params, x, y, lr):
    """The gradient of w2 is computed with z, the values before the tanh, instead of a."""
    grads, loss = _h_grads(params, x, y)
    z = x @ params["w1"] + params["b1"]
    _, dl = _right_softmax_xent(np.tanh(z) @ params["w2"] + params["b2"], y)
    grads["w2"] = z.T @ dl
    return {k: params[k] - lr * grads[k] for k in params}, loss


def training_step__one_minus_z_squared(params, x, y, lr):
    """The derivative of tanh is taken as 1 - z**2 instead of 1 - a**2."""
    z = x @ params["w1"] + params["b1"]
    a = np.tanh(z)
    loss, dl = _right_softmax_xent(a @ params["w2"] + params["b2"], y)
    dz = dl @ params["w2"].T * (1 - z**2)
    g = {"w1": x.T @ dz, "b1": dz.sum(0), "w2": a.T @ dl, "b2": dl.sum(0)}
    return {k: params[k] - lr * g[k] for k in g}, loss


def training_step__layer_after_layer(params, x, y, lr):
    """Layer 1 is updated first and layer 2 gets its gradient from a second forward pass through the updated layer 1."""
    g, loss = _h_grads(params, x, y)
    new = {"w1": params["w1"] - lr * g["w1"], "b1": params["b1"] - lr * g["b1"], "w2": params["w2"], "b2": params["b2"]}
    g2, _ = _h_grads(new, x, y)
    new["w2"] = params["w2"] - lr * g2["w2"]
    new["b2"] = params["b2"] - lr * g2["b2"]
    return new, loss


def training_step__biases_averaged(params, x, y, lr):
    """The gradients of the biases are averaged over the batch, although the loss already contains 1/N."""
    g, loss = _h_grads(params, x, y)
    n = len(y)
    return {k: params[k] - lr * (g[k] / n if g[k].ndim == 1 else g[k]) for k in g}, loss


def training_step__first_sample_only(params, x, y, lr):
    """Only the first sample of the batch is used for the gradients (stochastic gradient descent misunderstood)."""
    _, loss = _h_grads(params, x, y)
    g, _ = _h_grads(params, x[:1], y[:1])
    return {k: params[k] - lr * g[k] for k in g}, loss


def training_step__normalizes_gradient(params, x, y, lr):
    """Every gradient is divided by its norm, so the steps have a fixed length."""
    g, loss = _h_grads(params, x, y)
    return {k: params[k] - lr * g[k] / (np.linalg.norm(g[k]) + 1e-12) for k in g}, loss
