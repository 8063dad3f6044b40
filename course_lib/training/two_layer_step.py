"""One step of gradient descent, written out: forward, loss, backward, update."""

from course_lib._arguments.arrays import as_float
from course_lib._arguments.numbers import NOT_NEGATIVE
from course_lib._arguments.objects import with_keys
from course_lib.functions.activations import tanh, tanh_backward
from course_lib.functions.affine import affine_backward, affine_forward
from course_lib.functions.losses import softmax_xent

KEYS = ("w1", "b1", "w2", "b2")


def training_step(params, x, y, lr):
    """One step of gradient descent on a two-layer tanh network with softmax cross-entropy.

    Parameters
    ----------
    params : dict with ``w1`` (D, M), ``b1`` (M,), ``w2`` (M, C), ``b2`` (C,); left unchanged
    x : (N, D) array
    y : (N,) array of integer labels in [0, C)
    lr : float, the learning rate, at least 0

    Returns
    -------
    new_params : dict of new arrays, with these keys, and the shapes and dtypes of ``params``
    loss : float, in nats per sample, before the step

    Raises
    ------
    TypeError, ValueError
        When a key is missing, the shapes do not fit together, a label is not one of the classes, or ``lr`` is negative.

    References
    ----------
    Rumelhart, Hinton and Williams 1986.
    """
    with_keys(params, KEYS)
    params = {name: as_float(params[name], name=name) for name in KEYS}
    lr = NOT_NEGATIVE(lr, name="lr")
    z1, cache1 = affine_forward(x, params["w1"], params["b1"])
    a1 = tanh(z1)
    logits, cache2 = affine_forward(a1, params["w2"], params["b2"])
    loss, dlogits = softmax_xent(logits, y)

    da1, dw2, db2 = affine_backward(dlogits, cache2)
    dz1 = tanh_backward(da1, a1)
    _, dw1, db1 = affine_backward(dz1, cache1)

    grads = {"w1": dw1, "b1": db1, "w2": dw2, "b2": db2}
    return {name: p - (lr * grads[name]).astype(p.dtype) for name, p in params.items()}, loss
