"""One step of gradient descent on a two-layer network."""

import numpy as np

from autograder.domain import Array, Labels, Number, Record
from autograder.exercise import Exercise
from course_lib.functions import losses
from course_lib.training import two_layer_step as reference

# larger weights belong to softmax_xent, which is asked about large logits
SOME = (1e-8, 1e-4, 10.0)

exercise = Exercise(
    name="training_step",
    unit="vanishing_gradients",
    points=4,
    reference=reference.training_step,
    takes={
        "params": Record(
            w1=Array("D", "H", integers=False, magnitudes=SOME),
            b1=Array("H", integers=False, magnitudes=SOME),
            w2=Array("H", "C", integers=False, magnitudes=SOME),
            b2=Array("C", integers=False, magnitudes=SOME),
        ),
        "x": Array("N", "D"),
        "y": Labels("N", "C"),
        "lr": Number(0.1, 0.5, corners=(0.0, 2.5)),
    },
    new=True,
    returns=("new_params", "loss"),
    hints=(
        "Forward: x to z1, a1, logits, loss. Backward visits the same names in reverse. Which gradient do you have "
        "first, and which one does it give you next?",
        "a1 = tanh(z1), so that the derivative 1 - tanh(z1)**2 needs no second tanh. How does it read in terms of a1?",
        "The gradient of a1 needs w2. Should that be w2 before the update or after it?",
        "The caller keeps params. Does your code build new arrays, or does `-=` write into the old ones?",
    ),
    part="core",
    minutes=10,
    difficulty=3,
    reasoning=(
        "The chain rule goes back through the lines of the forward pass in reverse order, and what each line needs "
        "was computed on the way forward. All gradients belong to the old parameters, so the update comes last, and "
        "in new arrays."
    ),
)


def _draw(rng, n_samples, n_inputs, n_hidden, n_classes, lr, scale=1.0, decimals=2):
    def normal(*shape):
        return (scale * rng.normal(size=shape)).round(decimals)

    params = {
        "w1": normal(n_inputs, n_hidden),
        "b1": normal(n_hidden),
        "w2": normal(n_hidden, n_classes),
        "b2": normal(n_classes),
    }
    x = rng.normal(size=(n_samples, n_inputs)).round(decimals)
    return {"params": params, "x": x, "y": rng.integers(0, n_classes, n_samples), "lr": lr}


@exercise.case("a few samples")
def few_samples(rng):
    return _draw(rng, int(rng.integers(5, 7)), 2, 4, 3, lr=0.5, decimals=1)


@exercise.case("a single sample")
def single_sample(rng):
    given = _draw(rng, 1, 4, 2, 3, lr=0.2)
    params, x = given["params"], given["x"]
    # where tanh is neither straight nor flat, and the least likely class, so that no gradient is too small to see
    params["b1"] = (rng.uniform(0.4, 1.2, 2) * [1, -1] - x[0] @ params["w1"]).round(2)
    given["y"] = _forward(params, x)[1].argmin(axis=1)
    return given


@exercise.case("more hidden units than samples, and large weights that saturate tanh")
def saturated(rng):
    return _draw(rng, int(rng.integers(3, 5)), 2, 8, 5, lr=0.1, scale=1.5)


@exercise.case("a large learning rate")
def large_rate(rng):
    return _draw(rng, int(rng.integers(6, 9)), 3, 5, 2, lr=3.0)


@exercise.case("biases of zero, as at the start of training")
def zero_biases(rng):
    given = _draw(rng, int(rng.integers(7, 10)), 3, 2, 4, lr=0.3)
    for name in ("b1", "b2"):
        given["params"][name][:] = 0
    return given


def _forward(params, x):
    a1 = np.tanh(x @ params["w1"] + params["b1"])
    return a1, a1 @ params["w2"] + params["b2"]


def _backward(params, x, a1, dlogits, slope):
    """Gradients, with ``slope`` in the place of tanh's derivative."""
    dz1 = dlogits @ params["w2"].T * slope
    return {"w1": x.T @ dz1, "b1": dz1.sum(axis=0), "w2": a1.T @ dlogits, "b2": dlogits.sum(axis=0)}


def _gradients(params, x, y):
    a1, logits = _forward(params, x)
    loss, dlogits = losses.softmax_xent(logits, y)
    return _backward(params, x, a1, dlogits, 1 - a1**2), loss


def _descend(params, grads, lr):
    return {name: params[name] - lr * grads[name] for name in params}


def _step_with_slope(params, x, y, lr, slope):
    """A step with ``slope(z1, a1)`` in the place of tanh's derivative."""
    a1, logits = _forward(params, x)
    loss, dlogits = losses.softmax_xent(logits, y)
    z1 = x @ params["w1"] + params["b1"]
    return _descend(params, _backward(params, x, a1, dlogits, slope(z1, a1)), lr), loss


def _step_with_dlogits(params, x, y, lr, change):
    """A step with ``change(dlogits, logits)`` in the place of the gradient of the loss."""
    a1, logits = _forward(params, x)
    loss, dlogits = losses.softmax_xent(logits, y)
    return _descend(params, _backward(params, x, a1, change(dlogits, logits), 1 - a1**2), lr), loss


@exercise.misconception
def ascends(params, x, y, lr):
    """The gradient is added, which climbs: the gradient points to where the loss grows. Subtract it."""
    grads, loss = _gradients(params, x, y)
    return _descend(params, grads, -lr), loss


@exercise.misconception
def updates_in_place(params, x, y, lr):
    """The new values are right, but `-=` wrote them into the caller's arrays. Build new ones, so that the step can be
    repeated or undone."""
    grads, loss = _gradients(params, x, y)
    for name in params:
        params[name] -= lr * grads[name]
    return params, loss


@exercise.misconception
def updates_layer_2_first(params, x, y, lr):
    """w2 was updated before the gradient went back through it. All gradients belong to the same point: compute all of
    them, then update."""
    a1, logits = _forward(params, x)
    loss, dlogits = losses.softmax_xent(logits, y)
    updated = {**params, "w2": params["w2"] - lr * a1.T @ dlogits}
    return _descend(params, _backward(updated, x, a1, dlogits, 1 - a1**2), lr), loss


@exercise.misconception
def forgets_the_tanh_derivative(params, x, y, lr):
    """The gradient passes tanh unchanged. The chain rule multiplies it by the derivative, 1 - a1**2."""
    return _step_with_slope(params, x, y, lr, lambda z1, a1: 1.0)


@exercise.misconception
def derivative_from_z(params, x, y, lr):
    """The derivative is taken as 1 - z1**2. It is 1 - tanh(z1)**2, that is 1 - a1**2."""
    return _step_with_slope(params, x, y, lr, lambda z1, a1: 1 - z1**2)


@exercise.misconception
def tanh_applied_twice(params, x, y, lr):
    """The derivative is taken as 1 - tanh(a1)**2, but a1 is already tanh(z1). It is 1 - a1**2."""
    return _step_with_slope(params, x, y, lr, lambda z1, a1: 1 - np.tanh(a1) ** 2)


@exercise.misconception
def forgets_the_square(params, x, y, lr):
    """The derivative is taken as 1 - a1. It is 1 - a1**2, which is 1 at a1 = 0 and falls on both sides."""
    return _step_with_slope(params, x, y, lr, lambda z1, a1: 1 - a1)


@exercise.misconception
def sigmoid_derivative(params, x, y, lr):
    """a1 * (1 - a1) is the derivative of the sigmoid. That of tanh is 1 - a1**2."""
    return _step_with_slope(params, x, y, lr, lambda z1, a1: a1 * (1 - a1))


@exercise.misconception
def relu_derivative(params, x, y, lr):
    """The gradient passes where z1 > 0, which is the derivative of ReLU. That of tanh is 1 - a1**2."""
    return _step_with_slope(params, x, y, lr, lambda z1, a1: z1 > 0)


@exercise.misconception
def multiplies_by_tanh(params, x, y, lr):
    """The gradient is multiplied by a1 itself. The chain rule asks for the derivative of tanh, 1 - a1**2."""
    return _step_with_slope(params, x, y, lr, lambda z1, a1: a1)


@exercise.misconception
def biases_not_updated(params, x, y, lr):
    """The weights move, the biases stay where they were. They are parameters too."""
    grads, loss = _gradients(params, x, y)
    return {**_descend(params, grads, lr), "b1": params["b1"].copy(), "b2": params["b2"].copy()}, loss


@exercise.misconception
def biases_not_added(params, x, y, lr):
    """The forward pass leaves the biases out. A layer computes x @ w + b."""
    without = {name: value * (name in ("w1", "w2")) for name, value in params.items()}
    grads, loss = _gradients(without, x, y)
    return _descend(params, grads, lr), loss


@exercise.misconception
def only_the_last_layer(params, x, y, lr):
    """Only w2 and b2 move. The gradient has to go on through w2 and tanh to the first layer."""
    grads, loss = _gradients(params, x, y)
    return {**_descend(params, grads, lr), "w1": params["w1"].copy(), "b1": params["b1"].copy()}, loss


@exercise.misconception
def loss_after_the_step(params, x, y, lr):
    """The parameters are right, but the loss is that of the new ones. Return the loss that the gradients belong to,
    from before the step."""
    grads, _ = _gradients(params, x, y)
    new_params = _descend(params, grads, lr)
    return new_params, losses.softmax_xent(_forward(new_params, x)[1], y)[0]


@exercise.misconception
def gradient_not_averaged(params, x, y, lr):
    """The gradients are sums over the samples. The loss is their mean, so that its gradient has a factor 1/N."""
    return _step_with_dlogits(params, x, y, lr, lambda dlogits, logits: dlogits * len(y))


@exercise.misconception
def gradient_and_loss_not_averaged(params, x, y, lr):
    """Loss and gradients are sums over the samples. Divide by N, so that the learning rate need not change with the
    size of the batch."""
    new_params, loss = gradient_not_averaged(params, x, y, lr)
    return new_params, loss * len(y)


@exercise.misconception
def loss_not_averaged(params, x, y, lr):
    """The step is right, but the loss is the sum over the samples. Return their mean."""
    grads, loss = _gradients(params, x, y)
    return _descend(params, grads, lr), loss * len(y)


@exercise.misconception
def averages_twice(params, x, y, lr):
    """The gradients are divided by N once more on the way back. The 1/N of the mean is already part of dlogits."""
    return _step_with_dlogits(params, x, y, lr, lambda dlogits, logits: dlogits / len(y))


@exercise.misconception
def bias_gradients_averaged(params, x, y, lr):
    """The bias gradients are means over the samples. The 1/N is already part of dlogits: add up."""
    grads, loss = _gradients(params, x, y)
    return _descend(params, {**grads, "b1": grads["b1"] / len(y), "b2": grads["b2"] / len(y)}, lr), loss


@exercise.misconception
def gradient_without_softmax(params, x, y, lr):
    """dlogits is taken as logits minus labels, as for a squared error. For softmax with cross-entropy it is
    probabilities minus labels, divided by N."""
    return _step_with_dlogits(params, x, y, lr, lambda dlogits, logits: (logits - np.eye(logits.shape[1])[y]) / len(y))


@exercise.misconception
def tanh_on_the_logits(params, x, y, lr):
    """tanh is applied to the logits as well, which keeps them between -1 and 1. The last layer is affine, and softmax
    follows."""
    a1, logits = _forward(params, x)
    a2 = np.tanh(logits)
    loss, da2 = losses.softmax_xent(a2, y)
    return _descend(params, _backward(params, x, a1, da2 * (1 - a2**2), 1 - a1**2), lr), loss


@exercise.misconception
def no_activation(params, x, y, lr):
    """The hidden layer has no tanh, forward or backward. Two affine layers in a row are one affine layer."""
    hidden = x @ params["w1"] + params["b1"]
    loss, dlogits = losses.softmax_xent(hidden @ params["w2"] + params["b2"], y)
    return _descend(params, _backward(params, x, hidden, dlogits, 1.0), lr), loss


@exercise.misconception
def returns_the_gradients(params, x, y, lr):
    """The gradients are right, but they are returned instead of the parameters. Subtract lr times each of them from
    its parameter."""
    return _gradients(params, x, y)


@exercise.misconception
def ignores_the_learning_rate(params, x, y, lr):
    """The whole gradient is subtracted. The step is lr times the gradient."""
    grads, loss = _gradients(params, x, y)
    return _descend(params, grads, 1.0), loss


@exercise.misconception
def returns_the_loss_first(params, x, y, lr):
    """Loss and parameters are right, but in the wrong order. Return new_params, loss."""
    grads, loss = _gradients(params, x, y)
    return loss, _descend(params, grads, lr)


@exercise.equivalent
def written_out(params, x, y, lr):
    w1, b1, w2, b2 = (params[name] for name in ("w1", "b1", "w2", "b2"))
    z1 = x @ w1 + b1
    a1 = np.tanh(z1)
    logits = a1 @ w2 + b2
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs = e / e.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    loss = -np.log(probs[rows, y]).mean()
    probs[rows, y] -= 1
    dlogits = probs / len(y)
    dz1 = dlogits @ w2.T * (1 - np.tanh(z1) ** 2)
    return {
        "w1": w1 - lr * x.T @ dz1,
        "b1": b1 - lr * dz1.sum(axis=0),
        "w2": w2 - lr * a1.T @ dlogits,
        "b2": b2 - lr * dlogits.sum(axis=0),
    }, loss


@exercise.equivalent
def copies_then_updates_in_place(params, x, y, lr):
    grads, loss = _gradients(params, x, y)
    new_params = {name: value.copy() for name, value in params.items()}
    for name, value in new_params.items():
        value -= lr * grads[name]
    return new_params, loss


@exercise.equivalent
def sample_by_sample(params, x, y, lr):
    new_params, loss = {name: value.copy() for name, value in params.items()}, 0.0
    for n in range(len(y)):
        grads, sample_loss = _gradients(params, x[n : n + 1], y[n : n + 1])
        loss += sample_loss / len(y)
        new_params = _descend(new_params, grads, lr / len(y))
    return new_params, loss
