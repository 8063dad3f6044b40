# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---
# %% [markdown]
# # 1 · Vanishing gradients
#
# *Why a deep network can refuse to learn, how to measure it, and what makes gradients flow again.*
#
# **The question.** The same code that trains two layers leaves twelve layers at the level of guessing. Why? **The surprise**
# (1.5): what has become too small to be used is not lost. **At the end** you can say, for a network that you have not
# trained yet, in which layer the gradient gets lost and by which factor, and your own code trains a network that failed at
# the start.
#
# Plan two hours and a quarter, or two sittings: the core exercises take 84 minutes if you know NumPy, the chain rule and matrix
# products, and reading and experimenting another 50. In a hurry? Read 1.1, 1.4 and 1.5 without their exercises, and *What to take
# away*. At the end there are more exercises, on other activations, initial weights, clipping and the relative error, for those who
# want them. Every exercise
# says how long it takes, and every function that you write is used: you will check your gradients with your own gradient
# check, measure your network with your own ruler, and train it with your own step. Where an answer is still missing, the
# library stands in and says so, so that you can read on and come back.
#
# **How it works.** Before each experiment you are asked what you expect. Choose and commit; then it runs. The cell after
# each exercise checks your function on inputs of different shapes and scales; if it is wrong, the check tries to name the
# mistake. Hints are folded in below the verdict. *Claim cards* hold sentences that you may have read in lecture notes; five
# repetitions of an experiment say whether they hold.

# %% locked="setup"
import itertools
import math

import numpy as np

from autograder.check import HIDDEN, check, example, hint
from autograder.learner import progress, solution, yours
from course_lib.functions import activations
from course_lib.units.cards import claim_card
from course_lib.units.questions import predict
from course_lib.units.shared.digits import standardized_digits
from course_lib.units.shared.figures.seeds import Panel, over_seeds
from course_lib.units.shared.training_runs import train_on_digits
from course_lib.units.vanishing_gradients import widgets as widgets
from course_lib.units.vanishing_gradients.experiments.one_change import one_change
from course_lib.units.vanishing_gradients.experiments.standardised_features import standardised_features
from course_lib.units.vanishing_gradients.figures.activation import activation_strip
from course_lib.units.vanishing_gradients.figures.diagrams import layer_diagram, product_diagram, skip_diagram
from course_lib.units.vanishing_gradients.figures.features import FeaturesPicture

digits = standardized_digits()
x_train, y_train, x_test, y_test = digits.x_train, digits.y_train, digits.x_test, digits.y_test
SEEDS = range(5)
own = yours()  # for experiments: own.affine_backward is your affine_backward, or the library's until yours passes

# %%
progress("vanishing_gradients")

# %% [markdown]
# ## 1.1 A network that will not learn
#
# Three networks get the same task, 8×8 images of handwritten digits, and are trained in the same way. The first has two
# layers of weights and sigmoid units, the second twelve layers of the same, the third twelve layers and tanh units. A deeper
# network can come as close as you like to everything that a shallow one computes.

# %%
NAMES = ("2, sigmoid", "12, sigmoid", "12, tanh")
predict(
    "three_networks",
    lambda: [
        [train_on_digits(depth=depth, activation=activation, lr=0.05, epochs=12, seed=seed) for seed in SEEDS]
        for depth, activation in [(2, "sigmoid"), (12, "sigmoid"), (12, "tanh")]
    ],
    lambda networks: over_seeds(
        Panel(
            {name: [run.train_loss for run in runs] for name, runs in zip(NAMES, networks, strict=True)},
            "Learning, five seeds", "epoch", "training loss (nats)",
        ),
        Panel(
            {name: [run.initial_norms for run in runs] for name, runs in zip(NAMES, networks, strict=True)},
            "Before the first step", "layer, from the input", "norm of the weights' gradient", log=True,
        ),
    ),
)

# %% [markdown]
# The twelve sigmoid layers stay at a loss of $\ln 10 \approx 2.3$, which is what guessing costs: each of ten digits gets the
# probability 1/10, and the loss, which 1.2 defines, is the mean of $-\ln$ of it. (With the natural logarithm, its unit is called
# the *nat*.) It is not the learning rate: none from 0.01
# to 10 gets them going. (Try one: `train_on_digits(depth=12, activation="sigmoid", lr=1, epochs=12).train_loss`.) The
# right-hand plot shows what is different. Before the first step is taken, the gradient in their first layer is millions of
# times smaller than in the last, while the tanh network has nearly the same everywhere.
#
# This is the **vanishing gradient** (Hochreiter 1991; Bengio, Simard and Frasconi 1994). To see where it comes from we have
# to look at the training step from the inside.

# %% [markdown]
# ## 1.2 The training step
#
# Training begins with random parameters. Then four things are done for every batch: run the network **forward**, compute the
# **loss**, run **backward** to get the gradient of the loss with respect to every parameter, and **update** the parameters
# by a small step in the opposite direction. The rule behind the third is the chain rule, applied layer by layer from the end
# (Rumelhart, Hinton and Williams 1986).
#
# Write $x$ for a batch of $N$ inputs with $D$ features, one sample per row: an $(N, D)$ array. An **affine layer** maps it
# to $(N, M)$,
#
# $$ \text{out} = x\,w + b, \qquad w: (D, M), \quad b: (M,). $$
#
# Suppose someone hands you $d\text{out}$ (one name, not a product), the $(N, M)$ array of derivatives of the loss with
# respect to every entry of $\text{out}$. From $\text{out}_{nm} = \sum_d x_{nd} w_{dm} + b_m$ the chain rule gives
#
# $$
# \begin{aligned}
# \frac{\partial\,\text{loss}}{\partial x_{nd}} &= \sum_m d\text{out}_{nm}\, w_{dm}, \\
# \frac{\partial\,\text{loss}}{\partial w_{dm}} &= \sum_n x_{nd}\, d\text{out}_{nm}, \\
# \frac{\partial\,\text{loss}}{\partial b_m} &= \sum_n d\text{out}_{nm}.
# \end{aligned}
# $$

# %%
layer_diagram()

# %% [markdown]
# **Exercise.** Each line above is a sum over the index that is missing from the result. Find the matrix products that
# compute these sums; `cache` is what the forward pass has kept for the backward pass. A gradient has the shape of what it is
# the gradient of; that alone rules out most wrong answers. For `dout = [[1, 2]]`, `x = [[3]]` and `w = [[5, 7]]`, `dx` is
# `[[19]]`, `dw` is `[[3, 6]]` and `db` is `[1, 2]`. Break your function on purpose once, to see what the check says.

# %% exercise="affine_backward"
def affine_backward(dout, cache):
    """Backward pass of out = x @ w + b.

    dout is (N, M); cache is (x, w) with x (N, D) and w (D, M), which may hold integers. They must not be changed.
    Returns dx (N, D), dw (D, M) and db (M,).
    """
    x, w = cache
    ### BEGIN SOLUTION
    dx = dout @ w.T
    dw = x.T @ dout
    db = dout.sum(axis=0)
    ### END SOLUTION
    return dx, dw, db

# %% [markdown]
# ### The loss: softmax and cross-entropy
#
# For classification the network's outputs are **logits** $s_{nc}$, one per class. Softmax turns a row of them into
# probabilities, and the cross-entropy is the mean surprise at the true labels $y_n$:
#
# $$
# \begin{aligned}
# p_{nc} &= \frac{e^{s_{nc}}}{\sum_k e^{s_{nk}}}, \qquad \text{loss} = -\frac1N \sum_n \ln p_{n y_n}, \\
# \frac{\partial\,\text{loss}}{\partial s_{nc}} &= \frac1N \bigl(p_{nc} - [c = y_n]\bigr),
# \end{aligned}
# $$
#
# where $[c = y_n]$ is 1 for the true class and 0 for the others.
#
# Derive the gradient once on paper: it is "what the network said minus what it should have said".
#
# Two things can go wrong in floating point. $e^{s}$ overflows from about $s = 710$ on, and the logarithm of a probability that has
# underflowed to zero is $-\infty$. The first is cured by a shift: adding a constant to all logits *of a row* leaves $p$
# unchanged, so choose it well. The second is cured by taking the logarithm of the fraction on paper, instead of computing
# $\ln p$ from $p$.
#
# **Exercise.** For two equal logits the loss is $\ln 2 \approx 0.693$, and the gradient for the label 0 is $-0.5$ and $0.5$.

# %% exercise="softmax_xent"
def softmax_xent(logits, y):
    """Mean cross-entropy of softmax(logits) (N, C) against integer labels y (N,).

    The logits may be as large as 1000, and may be integers; they must not be changed.
    Returns the loss, a number, and its gradient with respect to the logits (N, C).
    """
    ### BEGIN SOLUTION
    n = len(y)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_probs[np.arange(n), y].mean()
    dlogits = np.exp(log_probs)
    dlogits[np.arange(n), y] -= 1
    dlogits /= n
    ### END SOLUTION
    return loss, dlogits

# %% [markdown]
# ### One step
#
# Now put the pieces together for a network with one hidden layer of tanh units,
#
# $$ a = \tanh(x w_1 + b_1), \qquad \text{logits} = a\,w_2 + b_2. $$
#
# Going backward you need the derivative of tanh, $\tanh'(z) = 1 - \tanh^2(z) = 1 - a^2$.
#
# **Exercise.** Compute *all* gradients first and update afterwards: the gradient of layer 1 runs through the weights of
# layer 2 as they were in the forward pass. Call the two functions that you have just written.

# %% exercise="training_step"
def training_step(params, x, y, lr):
    """One step of gradient descent on a batch x (N, D), which may hold integers, with labels y (N,).

    params is a dict with w1 (D, H), b1 (H,), w2 (H, C), b2 (C,); it must not be changed, nor the arrays in it.
    Returns a new dict with new arrays, the updated parameters, and the loss before the step.
    """
    ### BEGIN SOLUTION
    w1, b1, w2, b2 = (params[key] for key in ("w1", "b1", "w2", "b2"))
    a = np.tanh(x @ w1 + b1)
    loss, dlogits = softmax_xent(a @ w2 + b2, y)
    da, dw2, db2 = affine_backward(dlogits, (a, w2))
    _, dw1, db1 = affine_backward(da * (1 - a**2), (x, w1))
    grads = {"w1": dw1, "b1": db1, "w2": dw2, "b2": db2}
    new_params = {key: params[key] - lr * grads[key] for key in params}
    ### END SOLUTION
    return new_params, loss

# %% [markdown]
# That is all of training. Five hundred of your steps on batches of 64 digits:

# %%
rng = np.random.default_rng(0)
params = {
    "w1": rng.normal(0, 64**-0.5, (64, 32)), "b1": np.zeros(32),
    "w2": rng.normal(0, 32**-0.5, (32, 10)), "b2": np.zeros(10),
}  # fmt: skip
losses = []
for _ in range(500):
    batch = rng.integers(0, len(x_train), 64)
    params, loss = own.training_step(params, x_train[batch], y_train[batch], lr=0.1)
    losses.append(loss)
a = np.tanh(x_test @ params["w1"] + params["b1"])
correct = (a @ params["w2"] + params["b2"]).argmax(axis=1) == y_test
print(f"{100 * correct.mean():.1f} % of the test digits are right")
over_seeds(Panel({"each batch": [losses]}, "Your training loop", "step", "loss of the batch (nats)"))

# %% [markdown]
# ## 1.3 Trust a gradient only when a second method agrees
#
# A wrong gradient does not raise an error. The loss often still goes down, only more slowly, and you blame the learning
# rate. The remedy is a second way to get the same number, one that needs no derivation. By Taylor's theorem
#
# $$
# \begin{aligned}
# \frac{f(x + h) - f(x)}{h} &= f'(x) + \tfrac12 f''(x)\, h + \dots, \\
# \frac{f(x + h) - f(x - h)}{2h} &= f'(x) + \tfrac16 f'''(x)\, h^2 + \dots
# \end{aligned}
# $$
#
# The **central difference** in the second line costs two evaluations for each entry instead of one, and in return its error falls
# with $h^2$: the terms with $f''$ and $f''''$ cancel.
#
# **Exercise.** To get the gradient of $f$ with respect to an array, nudge one entry at a time of a copy in float64, and put
# it back. For `f = lambda x: np.sum(x**2)` at `[1, 2]` the result is `[2, 4]`, up to rounding.

# %% exercise="numeric_grad"
def numeric_grad(f, x, h=1e-5):
    """Gradient of the number f(x) with respect to every entry of the array x, by central differences.

    x may have any shape, may hold integers, and must be unchanged when you return.
    Returns a float array of the shape of x.
    """
    ### BEGIN SOLUTION
    point = np.array(x, dtype=float)
    grad = np.zeros_like(point)
    for i in np.ndindex(point.shape):
        value = point[i]
        point[i] = value + h
        above = f(point)
        point[i] = value - h
        below = f(point)
        point[i] = value
        grad[i] = (above - below) / (2 * h)
    ### END SOLUTION
    return grad

# %% [markdown]
# How close is close enough? A difference of $10^{-4}$ is terrible when the gradient is $10^{-4}$, and excellent when it is
# $10^{4}$. Compare relative to the size of the two:
#
# $$ \text{rel\_error}(a, b) = \max_i \frac{|a_i - b_i|}{\max(|a_i| + |b_i|,\ \varepsilon)} . $$
#
# The maximum, because one wrong entry is a bug; the sum in the denominator, so that neither of the two is the reference for
# the other; and the small number $\varepsilon$, such as $10^{-8}$, so that $0$ against $0$ gives 0, not nan. For `[1, 2]`
# against `[1, 2.2]` it is 0.2 / 4.2, which is 0.048.
#
# Now your formulas against your differences: your `affine_backward` and your `softmax_xent`, checked by your `numeric_grad`.

# %%
rng = np.random.default_rng(1)
x, w, b, y = rng.normal(size=(4, 5)), rng.normal(size=(5, 3)), rng.normal(size=3), np.array([0, 2, 1, 1])


def loss_of(x, w, b):
    return own.softmax_xent(x @ w + b, y)[0]


_, dlogits = own.softmax_xent(x @ w + b, y)
dx, dw, db = own.affine_backward(dlogits, (x, w))
for name, formula, function, at in [
    ("dx", dx, lambda x: loss_of(x, w, b), x),
    ("dw", dw, lambda w: loss_of(x, w, b), w),
    ("db", db, lambda b: loss_of(x, w, b), b),
]:
    numeric = own.numeric_grad(function, at)
    error = np.max(np.abs(formula - numeric) / np.maximum(np.abs(formula) + np.abs(numeric), 1e-8))
    print(f"{name}: relative error {error:.0e}")

# %% [markdown]
# All three agree to eight significant digits or more. How small should $h$ be? As it shrinks, the error of the formula shrinks. But a
# floating-point number carries about 16 digits, so the subtraction $f(x+h) - f(x-h)$ loses more and more of them.

# %%
widgets.gradient_check_explorer()

# %% [markdown]
# Both errors together make a **V**: truncation on the right, round-off on the left. Let $u$ be the relative error of a
# single rounding, $10^{-16}$ in float64. The round-off is about $u / h$ and the truncation about $h^2$. The best step is where the
# two are equal, near $h \approx u^{1/3}$, and the error there near $u^{2/3}$. For float64 that is a step of $10^{-5}$ and an error of
# about $10^{-10}$ by this estimate; the network of the widget comes to $10^{-9}$. For float32 it is a step near $10^{-2}$ and four
# digits at best, which leaves little room above a small mistake. Check gradients in float64, and away from kinks: at a kink the
# slopes on the two sides are different, and the central difference returns their mean.
#
# ### Catch the bug
#
# A backward function gets $d\text{out}$ and returns the gradient of the number $\sum d\text{out} \cdot \text{forward}(z)$.
# You may choose $d\text{out}$; some choices hide mistakes.
#
# **Exercise.** This time it is *your check* that is checked: it is tried on right backward functions and on mistakes that
# people have really made, and it must tell them apart. The right ones agree with central differences to six digits at least,
# the mistakes to two at most: where do you draw the line? Call your `numeric_grad`, and compare by the relative error.

# %% exercise="passes_gradient_check"
def passes_gradient_check(forward, backward, z):
    """Whether backward(dout, z) is the gradient with respect to z, given any dout. Returns True or False.

    forward(z) works on every entry of z by itself, and has no kink near any. z has any shape, and must not be changed.
    """
    ### BEGIN SOLUTION
    dout = np.random.default_rng(0).normal(size=z.shape)
    numeric = numeric_grad(lambda point: np.sum(dout * forward(point)), z)
    formula = backward(dout, z)
    error = np.abs(formula - numeric) / np.maximum(np.abs(formula) + np.abs(numeric), 1e-8)
    passes = bool(np.max(error) < 1e-5)
    ### END SOLUTION
    return passes

# %% [markdown]
# From here on your check can stand guard over every backward function that you write.

# %% [markdown]
# ## 1.4 Where the gradient goes
#
# Stack $L$ layers of $n$ units with an activation function $\varphi$. With $a_0 = x$, for $l = 1 \dots L$,
#
# $$ z_l = a_{l-1} W_l + b_l, \qquad a_l = \varphi(z_l), \qquad z_l, a_l: (N, n). $$
#
# Only the last layer has no $\varphi$: its $z_L$ are the logits. Let $\delta_l$ be the gradient of the loss with respect to
# $z_l$. Backward through the affine layer, then through the activation ($\odot$ multiplies entry by entry):
#
# $$ \delta_l = \bigl(\delta_{l+1} W_{l+1}^{\top}\bigr) \odot \varphi'(z_l), \qquad
#    \frac{\partial\,\text{loss}}{\partial W_l} = a_{l-1}^{\top}\, \delta_l . $$

# %%
product_diagram()

# %% [markdown]
# On its way to the input, the gradient is multiplied by a weight matrix and by a derivative **at every layer**. How large is
# that factor? Take one entry of $\delta_l$. It is a sum over the $n$ units of the next layer, times a slope:
#
# $$ \delta_{l,i} = \varphi'(z_{l,i}) \sum_{j=1}^{n} \delta_{l+1,j}\, W_{ij} . $$
#
# Write $\mathbb E$ for the mean over the random weights, and assume three things: the weights are independent with mean 0
# and variance $\sigma_w^2$; they are independent of the $\delta_{l+1,j}$; and the slope is independent of the sum. In the
# square of the sum, the mixed terms then vanish on average, because $\mathbb E[W_{ij} W_{ik}] = 0$ for $j \ne k$, and $n$
# terms $\sigma_w^2\,\mathbb E[\delta_{l+1}^2]$ are left:
#
# $$ \mathbb E[\delta_l^2] \;=\; \underbrace{n\,\sigma_w^2\;\mathbb E[\varphi'(z)^2]}_{\text{one factor per layer}}
#    \;\mathbb E[\delta_{l+1}^2] . $$
#
# The assumptions are not exactly true: the same weights make $z$ on the way forward and carry $\delta$ on the way back. So
# the formula is a prediction, and we will hold it against a measurement. It is about $\delta_l$; we measure the gradient of
# the weights, $a_{l-1}^\top \delta_l$, which follows the same factor as long as the outputs of all layers have the same
# size.
#
# The first part, $n \sigma_w^2$, is a matter of **initialisation**, the subject of unit 02. Here the weights have the
# variance $1 / n$, which makes it 1 (between layers of equal width it is what Glorot and Bengio (2010) recommend). The
# second part is a matter of the **activation function**. Let us look at one of the oldest.
#
# ### Sigmoid
#
# $$ \sigma(z) = \frac{1}{1 + e^{-z}} $$

# %%
activation_strip("sigmoid")

# %% [markdown]
# **Exercise.** The derivative can be written with the output $a = \sigma(z)$ alone, which is why implementations keep $a$
# and forget $z$: $\sigma'(z) = \sigma(z)\,\bigl(1 - \sigma(z)\bigr) = a\,(1 - a)$.

# %% exercise="sigmoid_backward"
def sigmoid_backward(dout, a):
    """Gradient with respect to z, given dout, the gradient with respect to a = sigmoid(z).

    dout and a are arrays of floats, of the same shape, which may be any shape; they must not be changed.
    """
    ### BEGIN SOLUTION
    dz = dout * a * (1 - a)
    ### END SOLUTION
    return dz

# %%
z = np.random.default_rng(0).normal(size=(3, 4))
SIGMOID = activations.sigmoid, lambda dout, z: own.sigmoid_backward(dout, activations.sigmoid(z))
passes = own.passes_gradient_check(*SIGMOID, z)
print("Your gradient check says of your sigmoid_backward:", "right" if passes else "wrong")

# %% [markdown]
# The slope is largest at $z = 0$, where $a = 1/2$, and is $1/4$ there. So even in the best case, the slopes along a path
# through the eleven sigmoid units of the network in 1.1 multiply to $(1/4)^{11}$, which is $2 \cdot 10^{-7}$.
#
# ### Measure it
#
# To see where a gradient gets lost, take its norm layer by layer. With data that do not fit into memory you get the gradient
# in batches. Each batch gives the gradient of *its own* mean loss, so a batch of ten samples must count ten times as much as
# a batch of one. And the norm of a mean is not the mean of the norms.
#
# **Exercise.** Add up the gradients first, each with its due weight, and take the norms last.

# %% exercise="gradient_norms_by_layer"
def gradient_norms_by_layer(backprop, batches):
    """Euclidean norm, for each layer, of the gradient of the mean loss over all samples.

    backprop(x, y) runs a network forward and backward on one batch and returns two lists of L arrays:
    the layers' outputs, and the gradients of the batch's mean loss with respect to the weight matrices.
    batches is a list of (x, y); they may differ in size. Returns an array (L,).
    """
    ### BEGIN SOLUTION
    total = sum(len(x) for x, _ in batches)
    mean = None
    for x, y in batches:
        _, grads = backprop(x, y)
        weighted = [len(x) / total * g for g in grads]
        mean = weighted if mean is None else [m + g for m, g in zip(mean, weighted, strict=True)]
    norms = np.array([np.linalg.norm(g) for g in mean])
    ### END SOLUTION
    return norms

# %% [markdown]
# Now build a deep network out of what you have written. Its backward pass calls your `softmax_xent` and your
# `affine_backward`, and the activation is a pair of functions, forward and backward, such as the library's sigmoid and your
# `sigmoid_backward`. (It has no biases, which keeps it short.) Its weights have the variance $g^2 / n$, where $g$ is called the
# **gain**: 1 for now.

# %%
def new_weights(depth, gain, seed, width=32):
    """The weights of depth layers for the digits, of variance gain**2 / n for a layer with n inputs."""
    rng = np.random.default_rng(seed)
    sizes = [64, *[width] * (depth - 1), 10]
    return [rng.normal(0, gain / np.sqrt(n), (n, m)) for n, m in itertools.pairwise(sizes)]


def network(weights, activation):
    """The function backprop(x, y) of a network with these weights: the layers' outputs, and the weights' gradients."""
    forward, backward = activation

    def backprop(x, y):
        inputs, zs = [x], []
        for w in weights[:-1]:
            zs.append(inputs[-1] @ w)
            inputs.append(forward(zs[-1]))
        logits = inputs[-1] @ weights[-1]
        _, dout = own.softmax_xent(logits, y)
        dout, dw, _ = own.affine_backward(dout, (inputs[-1], weights[-1]))
        grads = [dw]
        for x_in, w, z in zip(inputs[-2::-1], weights[-2::-1], zs[::-1], strict=True):
            dout, dw, _ = own.affine_backward(backward(dout, z), (x_in, w))
            grads.append(dw)
        return [*inputs[1:], logits], grads[::-1]

    return backprop


TANH = np.tanh, lambda dout, z: dout * (1 - np.tanh(z) ** 2)


def norms_of(activation, gain, depth=20):
    """The norms of your network's gradients, one row for each seed."""
    batches = [(x_train[:256], y_train[:256]), (x_train[256:], y_train[256:])]
    return [own.gradient_norms_by_layer(network(new_weights(depth, gain, s), activation), batches) for s in SEEDS]

# %% [markdown]
# By which factor does the norm change from one layer of twenty to the one before it? First the prediction of the formula.
# The outputs of your network give the slopes, and the slopes give the factor:

# %%
outputs, _ = network(new_weights(depth=20, gain=1, seed=0), SIGMOID)(x_train, y_train)
slopes = [own.sigmoid_backward(np.ones_like(a), a) for a in outputs[:-1]]
predicted = np.sqrt(np.mean([np.mean(s**2) for s in slopes]))
print(f"predicted: the norm is multiplied by {predicted:.3f} at each layer")

# %%
predict(
    "factor_per_layer",
    lambda: {"predicted": predicted, "norms": norms_of(SIGMOID, gain=1)},
    lambda result: over_seeds(
        Panel(
            {"sigmoid": result["norms"], "tanh": norms_of(TANH, gain=1)},
            "Your network of 20 layers, before training", "layer, from the input", "norm of the weights' gradient",
            log=True,
        )
    ),
)

# %% [markdown]
# On the logarithmic axis the norms of the sigmoid network fall on a straight line: on average by a factor of 0.23 to 0.24 a
# layer, as predicted, and close to the best case of $1/4$, since every unit sits near $z = 0$, where the slope is largest.
# Whenever such a plot is a sloping line, depth is an exponent. (Only the first layer is off the line: an image has twice as
# many entries as a layer has outputs, and they are about twice as large.)
#
# The line of tanh is level, within a factor of four over twenty layers. Its slopes are a little below 1, and $\delta_l$ does
# lose something on the way back; the outputs $a_{l-1}$, which are larger near the input, make up for it.

# %%
claim_card("01.01")

# %% [markdown]
# ## 1.5 Small is not lost
#
# What vanishes backward also vanishes forward. A deep sigmoid unit gives nearly the same output for every digit, and what
# tells one digit from another shrinks from layer to layer. Turn the controls and compare the two plots.

# %%
widgets.signal_explorer()

# %% [markdown]
# In the sigmoid network both lines fall, by nearly the same factor a layer. That is no accident: forward, a small difference
# between two inputs is multiplied by the same weights and the same slopes as the gradient is backward.
#
# So after eleven layers the outputs for two digits differ by about a ten-millionth. Is what told them apart gone? Take the
# outputs of eleven layers that *have not been trained at all*, and train a single layer on top of them, a linear classifier.

# %%
predict(
    "untrained_layers",
    lambda: standardised_features(activations=("sigmoid",), depths=(1, 6, 11), seeds=SEEDS),
    FeaturesPicture,
)

# %% [markdown]
# The untrained layers have kept most of it: more than four fifths of the test digits are right after eleven layers, and
# after one layer, 94 %. What the classifier could not use was not noise, it was *small*: with every feature shifted to mean
# 0 and scaled to variance 1 over the digits, the same classifier on the same layers reads them. This is the idea behind
# normalization, the subject of [unit 03](03_normalization.ipynb).
#
# There is an end to it: from about 22 layers on the rounding of float64 shows, and at 26 the differences are smaller than
# it. No scaling brings them back.

# %% [markdown]
# ## 1.6 Activations that let the gradient through
#
# An activation must be **non-linear**, or all layers collapse into one. It should be cheap, have a derivative almost
# everywhere, be roughly centred on zero, and **not saturate**, at least not on both sides. The functions in use each give up
# one of these wishes for another.
#
# ### Tanh and ReLU
#
# $\tanh(z) = 2\sigma(2z) - 1$ is a sigmoid, stretched to the range $(-1, 1)$ and centred on zero; its slope at 0 is 1.
# LeCun, Bottou, Orr and Müller (1998) recommend it, in a scaled form, because its outputs average close to zero. The rectified
# linear unit (Nair and Hinton 2010) is simpler still:
#
# $$ \operatorname{relu}(z) = \max(z, 0), \qquad
#    \operatorname{relu}'(z) = \begin{cases} 1 & z > 0 \\ 0 & z < 0 \end{cases} $$

# %%
activation_strip("relu")

# %% [markdown]
# **Exercise.** For positive inputs the slope is exactly 1, however many layers you stack. At $z = 0$ there is a kink, and
# any value between 0 and 1 will do; this course takes 0.

# %% exercise="relu_backward"
def relu_backward(dout, z):
    """Gradient with respect to z, given dout, the gradient with respect to relu(z).

    dout and z are (N, D); z may hold integers. They must not be changed.
    """
    ### BEGIN SOLUTION
    dz = dout * (z > 0)
    ### END SOLUTION
    return dz

# %% [markdown]
# Half of the units pass the gradient on, and half stop it. That makes $\mathbb E\,\varphi'(z)^2$ one half, so the factor per layer
# is $n \sigma_w^2 / 2$, and weights of variance $2/n$ bring it back to 1. This is the initialisation of He et al. (2015).

# %%
RELU = lambda z: np.maximum(z, 0), own.relu_backward
z = np.array([[-1.5, -0.2, 0.3], [0.1, -0.7, 2.0]])  # no entry is within the step of the kink
print("Your gradient check says of your relu_backward:", "right" if own.passes_gradient_check(*RELU, z) else "wrong")
over_seeds(
    Panel(
        {"sigmoid": norms_of(SIGMOID, 1), "tanh": norms_of(TANH, 1), "ReLU, variance 2/n": norms_of(RELU, 2**0.5)},
        "Your network of 20 layers, before training", "layer, from the input", "norm of the weights' gradient", log=True,
    )
)

# %% [markdown]
# A unit whose $z$ is negative for *every* sample outputs zero, gets a zero gradient, and its own weights do not move any
# more. It is called **dead** (Lu et al. 2019); in a deeper layer it comes back to life only when its inputs change. A step
# that is too long can get it there: it pushes the weights so far that no sample reaches the unit any more. Shorter steps help,
# and so may a slope on the left.

# %%
widgets.activation_explorer()

# %%
claim_card("01.02")

# %%
claim_card("01.03")

# %% [markdown]
# ### Debug a run
#
# Measurements like yours also find faults. You get those of tanh networks in which at most one layer is faulty:
#
# - **saturated**: its weights are fifty times too large, so that most of its outputs are beyond 0.99 or -0.99;
# - **silent**: its weights are a million times too small, and with them its outputs, and those of all layers after it;
# - **blocked**: its outputs are healthy, but its backward pass hardly lets anything through, so that its gradient, and that of
#   every layer before it, is less than a millionth of what it should be. The last layer is never blocked.
#
# **Exercise.** Any layer may be at fault, the first and the last too, and a fault shows in others as well. A steady fall is
# no fault: in a healthy network too, the norms may fall from each layer to the one before it, by a factor of up to a hundred.
# Who is the culprit?

# %% exercise="find_fault"
def find_fault(run):
    """The faulty layer of a tanh network, counted from 0, and "saturated", "silent" or "blocked"; or None, "healthy".

    run is a dict of two entries: "outputs", a list with the outputs (N, width) of each layer, and "grad_norms", an
    array (L,) with the norm of the gradient with respect to each layer's weights.
    """
    ### BEGIN SOLUTION
    outputs, norms = run["outputs"], run["grad_norms"]
    layer, cause = None, "healthy"
    for i in range(len(norms) - 1):
        if norms[i] < 1e-4 * norms[i + 1]:
            layer, cause = i, "blocked"
    # the fault of the outputs explains that of the gradients, and the first one that of the later ones
    for i in reversed(range(len(outputs))):
        if np.mean(np.abs(outputs[i]) > 0.99) > 0.7:
            layer, cause = i, "saturated"
        elif np.max(np.abs(outputs[i])) < 1e-3:
            layer, cause = i, "silent"
    ### END SOLUTION
    return layer, cause

# %% [markdown]
# Try it on your own network: plant a fault and let your function find it.

# %%
for factor in (1, 50, 1e-6):
    weights = new_weights(depth=8, gain=1, seed=0)
    weights[3] = factor * weights[3]
    backprop = network(weights, TANH)
    outputs, _ = backprop(x_train[:256], y_train[:256])
    norms = own.gradient_norms_by_layer(backprop, [(x_train[:256], y_train[:256])])
    found = own.find_fault({"outputs": outputs[:-1], "grad_norms": norms[:-1]})  # without the logits
    print(f"layer 3 multiplied by {factor:g}: your function says {found}")

# %%
claim_card("01.04")

# %% [markdown]
# ## 1.7 Skip connections
#
# There is another way to keep a factor from falling below one: add a path on which nothing is multiplied at all. A **residual block** (He
# et al. 2016; with nothing else on the path, as here, He et al. 2016b) computes
#
# $$ \text{out} = x + F(x), $$
#
# so that
#
# $$ \frac{\partial\,\text{loss}}{\partial x} = d\text{out} + \text{what comes back through } F . $$

# %%
skip_diagram()

# %% [markdown]
# **Exercise.** Write the backward pass for any branch $F$. You are handed its backward function.

# %% exercise="residual_backward"
def residual_backward(dout, branch_backward):
    """Gradient with respect to x of out = x + F(x).

    dout is an array of floats of any shape. branch_backward(dout) returns the gradient that comes back through F, of
    the same shape; it may be dout itself. dout must not be changed.
    """
    ### BEGIN SOLUTION
    dx = dout + branch_backward(dout)
    ### END SOLUTION
    return dx

# %% [markdown]
# Build it into your network: every layer between the first and the last becomes a block. Two things change. Forward, the
# input of a layer is added to its output; backward, each layer is handed to your `residual_backward` as a function.

# %%
def residual_network(weights, activation):
    """As network, with a skip connection around every layer but the first and the last."""
    forward, backward = activation

    def backprop(x, y):
        inputs, zs = [x], []
        for w in weights[:-1]:
            zs.append(inputs[-1] @ w)
            skipped = inputs[-1] if len(inputs) > 1 else 0
            inputs.append(skipped + forward(zs[-1]))
        logits = inputs[-1] @ weights[-1]
        _, dout = own.softmax_xent(logits, y)
        dout, dw, _ = own.affine_backward(dout, (inputs[-1], weights[-1]))
        grads = [dw]
        for i in reversed(range(len(zs))):

            def through_the_layer(dout, i=i):
                dx, dw, _ = own.affine_backward(backward(dout, zs[i]), (inputs[i], weights[i]))
                grads.append(dw)
                return dx

            dout = own.residual_backward(dout, through_the_layer) if i else through_the_layer(dout)
        return [*inputs[1:], logits], grads[::-1]

    return backprop


def train(build, activation, depth, gain, lr, seed, step=None, epochs=8):
    """Train your network on batches of 64. Returns its weights, and the loss and the gradient's norm at each step."""
    rng = np.random.default_rng(seed)
    weights, losses, norms = new_weights(depth, gain, seed), [], []
    step = step or (lambda weights, grads, lr: [w - lr * g for w, g in zip(weights, grads, strict=True)])
    with np.errstate(all="ignore"):  # a network may diverge: that is a result
        for _ in range(epochs):
            order = rng.permutation(len(x_train))
            for batch in np.array_split(order, len(order) // 64):
                outputs, grads = build(weights, activation)(x_train[batch], y_train[batch])
                losses.append(own.softmax_xent(outputs[-1], y_train[batch])[0])
                norms.append(np.sqrt(sum(np.sum(g**2) for g in grads)))
                weights = step(weights, grads, lr)
    return weights, losses, norms

# %%
predict(
    "skip_connections",
    lambda: {
        name: [train(build, TANH, depth=30, gain=1, lr=0.05, seed=seed)[1] for seed in SEEDS[:3]]
        for name, build in [("plain", network), ("with skip connections", residual_network)]
    },
    lambda losses: over_seeds(
        Panel(losses, "Your network of 30 tanh layers, three seeds", "step", "loss of the batch (nats)"),
        Panel(
            {
                name: [
                    own.gradient_norms_by_layer(build(new_weights(30, 1, s), TANH), [(x_train, y_train)])
                    for s in SEEDS[:3]
                ]
                for name, build in [("plain", network), ("with skip connections", residual_network)]
            },
            "Before the first step", "layer, from the input", "norm of the weights' gradient", log=True,
        ),
    ),
)

# %% [markdown]
# With skip connections the factor is a little above one, and the gradient grows towards the input. But the gradients of the plain
# network are not small: tanh keeps them level. And yet it learns slowly: after eight passes its
# loss is near 1, that of the network with skip connections below 0.3, after a start at which it rises. Are the larger
# gradients just larger steps? No: at rates from 0.1 to 0.8 the plain network does no better, and with a tenth of the rate
# the other still gets further. So vanishing gradients cannot be the whole story of depth. The inventors of the residual
# network say the same of their plain networks, which had batch normalization (unit 03): their gradients had healthy norms.

# %%
claim_card("01.05")

# %% [markdown]
# ## 1.8 Exploding gradients and clipping
#
# A factor far above one is just as bad. Give twelve ReLU layers weights of variance $4/n$: each layer multiplies the squared norm by
# $n \sigma_w^2 / 2 = 2$. A crude but effective remedy is to bound the gradient before it is used (Pascanu, Mikolov and
# Bengio 2013). If the norm of *all* gradients taken together, as one long vector, exceeds $c$, all of them are scaled by the
# same factor:
#
# $$ \lVert g \rVert = \sqrt{\textstyle\sum_i \lVert g_i \rVert^2}, \qquad
#    g_i \leftarrow g_i \cdot \min\!\left(1, \frac{c}{\lVert g \rVert}\right). $$
#
# **Exercise.** Return the norm *before* clipping as well. It is the number to watch during training. For the gradients `[3]`
# and `[4]` the norm is 5, and with $c = 1$ they become `[0.6]` and `[0.8]`.

# %% exercise="clip_by_global_norm"
def clip_by_global_norm(grads, c):
    """Scale the arrays in the list grads so that their common norm is at most c. Inputs must not be changed.

    Returns a list of new arrays, and the norm before clipping, a float. All-zero gradients stay as they are.
    """
    ### BEGIN SOLUTION
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    scale = min(1.0, c / norm) if norm > 0 else 1.0
    clipped = [g * scale for g in grads]
    ### END SOLUTION
    return clipped, norm

# %%
def clipped_at_one(weights, grads, lr):
    clipped, _ = own.clip_by_global_norm(grads, 1.0)  # no step is longer than lr * 1
    return [w - lr * g for w, g in zip(weights, clipped, strict=True)]


predict(
    "clipping",
    lambda: {
        name: [train(network, RELU, depth=12, gain=2, lr=0.03, seed=seed, step=step)[1:] for seed in SEEDS]
        for name, step in [("no clipping", None), ("norm clipped at 1", clipped_at_one)]
    },
    lambda runs: over_seeds(
        Panel(
            {name: [np.clip(losses, 0, 20) for losses, _ in of_seeds] for name, of_seeds in runs.items()},
            "Your network of 12 ReLU layers, five seeds", "step", "loss of the batch (nats), cut off at 20",
        ),
        Panel(
            {name: [norms for _, norms in of_seeds] for name, of_seeds in runs.items()},
            "The gradient that each step meets", "step", "norm, before clipping", log=True,
        ),
    ),
)

# %% [markdown]
# Without clipping the norms climb beyond $10^{20}$ within a few steps. Then the loss is nan, where the lines end, or whole
# layers are dead and let nothing through. With clipping, the network meets gradients in the hundreds at first, takes them in steps of at most
# $\text{lr} \cdot c = 0.03$, and learns, though little: clipping treats the symptom. The cause, the factor of 2, is treated
# in unit 02.

# %%
claim_card("01.06")

# %% [markdown]
# ## 1.9 Playground
#
# Everything together, in two dimensions where you can watch it. Choose the spirals, six layers of sigmoid units, and press
# play: the boundary does not move, and the plot of gradient norms says why. Then change one thing at a time.
#
# > **Find** a single change that gets the sigmoid network going, and keep the sigmoid. Then make a ReLU network die.

# %%
widgets.playground()

# %%
predict("one_change", one_change)

# %% [markdown]
# The sigmoid is not doomed: the weights can make up for its slopes, at least in six layers. And ReLU dies at a learning rate of 3,
# with weights of variance $1/n$, which the menu calls `glorot_normal`: within 500 steps the network says the same of every point, and no gradient reaches its first layer.

# %% [markdown]
# ## 1.10 Project: a task that you have not seen
#
# The digits again, but with their 64 pixel values mixed by a random rotation, and
# their labels permuted. You get a limited number of batches. Then your network, which has one hidden layer of tanh units as
# in 1.2, is given new images, and must label 90 % of them right.
#
# **Exercise.** All that you need is above: your `training_step`, a learning rate, and weights that start at the right scale.

# %% exercise="train_classifier"
def train_classifier(next_batch, n_batches, n_features, n_classes, seed):
    """Parameters of a network that has been trained on n_batches batches.

    Each call of next_batch() returns another batch x (N, n_features), y (N,), with labels y below n_classes. After
    n_batches calls there is no more. seed is an integer, to seed a generator with. Takes at most 5 seconds. Returns a dict
    with w1 (n_features, H), b1 (H,), w2 (H, n_classes), b2 (n_classes,), where H is your choice.
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    h = 32
    params = {
        "w1": rng.normal(0, n_features**-0.5, (n_features, h)),
        "b1": np.zeros(h),
        "w2": rng.normal(0, h**-0.5, (h, n_classes)),
        "b2": np.zeros(n_classes),
    }
    for _ in range(n_batches):
        x, y = next_batch()
        params, _ = training_step(params, x, y, lr=0.2)
    ### END SOLUTION
    return params

# %% [markdown]
# On the original digits, with 300 batches, your function reaches:

# %%
shuffled = np.random.default_rng(0).permutation(len(x_train))
batches = iter(np.array_split(np.tile(shuffled, 16), 330)[:300])


def next_batch():
    chosen = next(batches)
    return x_train[chosen], y_train[chosen]


params = own.train_classifier(next_batch, n_batches=300, n_features=64, n_classes=10, seed=0)
logits = np.tanh(x_test @ params["w1"] + params["b1"]) @ params["w2"] + params["b2"]
print(f"{100 * np.mean(logits.argmax(axis=1) == y_test):.1f} % of the test digits are right")

# %% [markdown]
# And the network that failed at the start: twelve layers, now with what you know. Change the activation, the gain, the rate,
# the skip connections, until it labels 90 % of the test digits right; more than one change will be needed. As it stands, it
# fails like the one of 1.1:

# %%
build, activation, gain, lr = network, SIGMOID, 1.0, 0.1
weights, losses, _ = train(build, activation, depth=12, gain=gain, lr=lr, seed=0, step=clipped_at_one)
outputs, _ = build(weights, activation)(x_test, y_test)
print(f"{100 * np.mean(outputs[-1].argmax(axis=1) == y_test):.1f} % of the test digits are right")

# %% [markdown]
# ## What to take away
#
# - Backpropagation multiplies by a weight matrix and a slope at every layer. Gradients vanish or explode because a **product of many
#   factors** does; depth is the exponent.
# - The factor of the squared norm is $n \sigma_w^2 \cdot \mathbb E\,\varphi'(z)^2$. The sigmoid's slope never exceeds $1/4$. ReLU's
#   is 1 where the unit is on, and tanh's is near 1 around zero.
# - In a random network, what vanishes backward vanishes forward as well. Small is not lost: scaled up again, most of it
#   can be read.
# - **Measure before you cure**: gradient norm by layer, on a logarithmic axis, before the first step.
# - Skip connections give the gradient a path without factors. They help even where gradients did not vanish.
# - Clip by global norm to survive an explosion; it keeps the direction, and does not treat the cause.
# - Check a gradient against central differences in float64, with a relative error and away from kinks.
#
# **Next:** [unit 02](02_initialization.ipynb) takes up the other half of the factor, $n \sigma_w^2$: how to choose the first weights.

# %% [markdown] part="more"
# ## More activations, and more tools
#
# Everything from here on is for those who want more; nothing later depends on it. The exercises take 56 minutes.
#
# Most activations answer a fault of an earlier one. Each of yours will go into the network of 1.4.
#
# ### Sigmoid, exactly
#
# **Exercise.** On paper, $1 / (1 + e^{-z})$ and $e^{z} / (1 + e^{z})$ are equal. In floating point, the second is nan for large $z$
# (infinity divided by infinity); the first gives the right number for every $z$, and a warning about an overflow on the way for
# very negative ones. Yours must be finite for every finite $z$.

# %% exercise="sigmoid"
def sigmoid(z):
    """Logistic function of every entry of z; exact also for |z| of 1000.

    z is an array of any shape, may hold integers, and must not be changed.
    """
    ### BEGIN SOLUTION
    e = np.exp(-np.abs(z))
    a = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
    ### END SOLUTION
    return a

# %% [markdown]
# **Exercise.** In 1.4, $z = 0$ was said to be where the slope is largest. Show it on paper, and write the bound of the product
# of the slopes along a path through `n_layers` sigmoid units.

# %% exercise="sigmoid_slope_bound"
def sigmoid_slope_bound(n_layers):
    """Largest possible value of sigmoid'(z_1) * ... * sigmoid'(z_n) over all inputs, for n = n_layers from 0 to 500.

    Returns a float.
    """
    ### BEGIN SOLUTION
    bound = 0.25**n_layers
    ### END SOLUTION
    return bound

# %%
print(f"eleven units: {own.sigmoid_slope_bound(11):.0e}")
z = np.array([-1000.0, -2.0, 0.0, 2.0, 1000.0])
print("your sigmoid:", own.sigmoid(z), "its slope:", own.sigmoid_backward(np.ones(5), own.sigmoid(z)))

# %% [markdown]
# ### Tanh
#
# **Exercise.** With $a = \tanh(z)$ the slope is $1 - a^2$.

# %% exercise="tanh_backward"
def tanh_backward(dout, a):
    """Gradient with respect to z, given dout, the gradient with respect to a = tanh(z).

    dout and a are arrays of floats, of the same shape, which may be any shape; they must not be changed.
    """
    ### BEGIN SOLUTION
    dz = dout * (1 - a**2)
    ### END SOLUTION
    return dz

# %% [markdown]
# ### Leaky ReLU and PReLU
#
# If a flat half is the trouble, tilt it (Maas, Hannun and Ng 2013):
#
# $$ \operatorname{leaky\_relu}(z) = \begin{cases} z & z > 0 \\ \alpha z & z \le 0 \end{cases} $$

# %%
activation_strip("leaky_relu")

# %% [markdown]
# **Exercise.** Some write this as $\max(\alpha z, z)$. For which $\alpha$ is that the same? Yours should be right for all of
# them.

# %% exercise="leaky_relu"
def leaky_relu(z, alpha=0.01):
    """z where z > 0, else alpha * z, for any number alpha.

    z is an array of any shape, may hold integers, and must not be changed.
    """
    ### BEGIN SOLUTION
    out = np.where(z > 0, z, alpha * z)
    ### END SOLUTION
    return out

# %% [markdown]
# **PReLU** (He et al. 2015) learns the slope.
#
# **Exercise.** Give each of the $D$ features a slope $a_d$ of its own:

# %% exercise="prelu"
def prelu(z, a):
    """z where z > 0, else a * z, for z (N, D) and one slope per feature, a (D,).

    z and a may hold integers, and must not be changed.
    """
    ### BEGIN SOLUTION
    out = np.where(z > 0, z, a * z)
    ### END SOLUTION
    return out

# %% [markdown]
# **Exercise.** A learned slope needs a gradient as well. All $N$ samples share it, so their contributions add up (at $z = 0$
# take the lower line, for `dz` too):
#
# $$ \frac{\partial\,\text{loss}}{\partial a_d} = \sum_n d\text{out}_{nd} \cdot
#    \begin{cases} 0 & z_{nd} > 0 \\ z_{nd} & z_{nd} \le 0 \end{cases} $$

# %% exercise="prelu_backward"
def prelu_backward(dout, z, a):
    """Gradients with respect to z (N, D) and to the slopes a (D,), given dout (N, D).

    z and a may hold integers. The arguments must not be changed. Returns dz (N, D) and da (D,).
    """
    ### BEGIN SOLUTION
    dz = np.where(z > 0, dout, a * dout)
    da = np.where(z > 0, 0, z * dout).sum(axis=0)
    ### END SOLUTION
    return dz, da

# %% [markdown]
# ### ELU and SELU
#
# The exponential linear unit (Clevert et al. 2016) runs smoothly towards $-\alpha$ on the left. Its negative outputs pull
# the mean of a layer towards zero:
#
# $$ \operatorname{elu}(z) = \begin{cases} z & z > 0 \\ \alpha\,(e^{z} - 1) & z \le 0 \end{cases} $$

# %%
activation_strip("elu")

# %% [markdown]
# **Exercise.** `np.where` computes both branches before it chooses: for $z = 1000$ the one that you do not need overflows,
# which is harmless until it is multiplied by 0: infinity times 0 is nan. Best is not to overflow at all.

# %% exercise="elu"
def elu(z, alpha=1.0):
    """z where z > 0, else alpha * (exp(z) - 1), for an alpha of at least 0.

    z is an array of any shape, may hold integers, and must not be changed.
    """
    ### BEGIN SOLUTION
    out = np.where(z > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1))
    ### END SOLUTION
    return out

# %% [markdown]
# **Exercise.**

# %% exercise="elu_backward"
def elu_backward(dout, z, alpha=1.0):
    """Gradient with respect to z, given dout, the gradient with respect to elu(z, alpha), for an alpha of at least 0.

    dout and z are arrays of the same shape, which may be any shape. z may hold integers. They must not be changed.
    """
    ### BEGIN SOLUTION
    dz = dout * np.where(z > 0, 1, alpha * np.exp(np.minimum(z, 0)))
    ### END SOLUTION
    return dz

# %% [markdown]
# Klambauer et al. (2017) asked: for which $\lambda$ and $\alpha$ does $\lambda \cdot \operatorname{elu}(z, \alpha)$ map a
# standard normal input to an output of mean 0 and variance 1 again? For $\lambda > 0$ the answer is unique,
#
# $$ \lambda \approx 1.0507009873554805, \qquad \alpha \approx 1.6732632423543772, $$
#
# and, more than that: where the weights of each unit sum to 0 and their squares to 1, as they do on average when they are drawn
# with mean 0 and variance $1/n$, the map pulls means and variances that are not too far off *towards* 0 and 1, layer after layer.
#
# **Exercise.**

# %% exercise="selu"
def selu(z):
    """lambda * elu(z, alpha) with the two constants above.

    z is an array of any shape, may hold integers, and must not be changed.
    """
    ### BEGIN SOLUTION
    scale, alpha = 1.0507009873554805, 1.6732632423543772
    out = scale * np.where(z > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1))
    ### END SOLUTION
    return out

# %% [markdown]
# ### Swish
#
# Ramachandran et al. (2017) let a search loose on formulas, and it came back with a sigmoid used as a gate:
#
# $$ \operatorname{swish}(z) = z\,\sigma(\beta z) $$
#
# With $\beta = 1$ it is also called SiLU. Unlike ReLU and ELU it is not monotone: it dips below zero and comes back.

# %%
activation_strip("swish")

# %% [markdown]
# **Exercise.**

# %% exercise="swish"
def swish(z, beta=1.0):
    """z * sigmoid(beta * z) for any number beta; finite for every finite z.

    z is an array of any shape, may hold integers, and must not be changed.
    """
    ### BEGIN SOLUTION
    out = z * sigmoid(beta * z)
    ### END SOLUTION
    return out

# %% [markdown]
# **Exercise.** Use the product rule and the chain rule. Then look at the derivative at $z = -3$: it is negative.

# %% exercise="swish_backward"
def swish_backward(dout, z, beta=1.0):
    """Gradient with respect to z, given dout, the gradient with respect to swish(z, beta), for any number beta.

    dout and z are arrays of the same shape, which may be any shape. z may hold integers. They must not be changed.
    """
    ### BEGIN SOLUTION
    s = sigmoid(beta * z)
    dz = dout * (s + beta * z * s * (1 - s))
    ### END SOLUTION
    return dz

# %% [markdown]
# ### GELU
#
# The Gaussian error linear unit (Hendrycks and Gimpel 2016) has another gate: the probability $\Phi(z)$ that a standard
# normal number is below $z$,
#
# $$ \operatorname{gelu}(z) = z\,\Phi(z), \qquad
#    \Phi(z) = \tfrac12 \Bigl(1 + \operatorname{erf}\bigl(z / \sqrt 2\,\bigr)\Bigr). $$

# %%
activation_strip("gelu")

# %% [markdown]
# **Exercise.** Python has `math.erf`, for one number at a time. GELU of 1 is 0.8413.

# %% exercise="gelu"
def gelu(z):
    """z times the probability that a standard normal number is below z, exactly (no approximation with tanh).

    z is an array of any shape, may hold integers, and must not be changed.
    """
    ### BEGIN SOLUTION
    out = 0.5 * z * (1 + np.vectorize(math.erf)(z / np.sqrt(2)))
    ### END SOLUTION
    return out


# %% [markdown]
# ### The weights that go with them
#
# The factor per layer can be made 1 for any activation whose mean squared slope $\mathbb E\,\varphi'(z)^2$ is known. The
# distribution does not matter, only its mean, 0, and its variance. Random numbers have no right value to compare with, so
# the check looks at their statistics.
#
# **Exercise.**

# %% exercise="initial_weights"
def initial_weights(n, n_layers, slope, seed):
    """Random weights of n_layers layers of n units each, for which the factor per layer is 1.

    slope is the mean squared slope of the activation, any positive number; seed is an integer, to seed a generator with.
    Returns a list of n_layers float arrays (n, n), whose entries have mean 0 and are independent of each other.
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    weights = [rng.normal(0, 1 / np.sqrt(n * slope), (n, n)) for _ in range(n_layers)]
    ### END SOLUTION
    return weights

# %% [markdown]
# Now all of them in your deep network: for each, the mean squared slope at standard normal inputs gives the weights, and
# your gradient check has a last look at the backward passes.

# %%
ACTIVATIONS = {
    "tanh": (np.tanh, lambda dout, z: own.tanh_backward(dout, np.tanh(z))),
    "leaky ReLU": (
        lambda z: own.leaky_relu(z, 0.1),
        lambda dout, z: own.prelu_backward(dout, z, np.full(z.shape[1], 0.1))[0],
    ),
    "PReLU": (
        lambda z: own.prelu(z, np.full(z.shape[1], 0.25)),
        lambda dout, z: own.prelu_backward(dout, z, np.full(z.shape[1], 0.25))[0],
    ),
    "ELU": (own.elu, own.elu_backward),
    "SELU": (own.selu, lambda dout, z: 1.0507009873554805 * own.elu_backward(dout, z, 1.6732632423543772)),
    "swish": (own.swish, own.swish_backward),
    # without a formula for its slope: the central difference of your own function
    "GELU": (own.gelu, lambda dout, z: dout * (own.gelu(z + 1e-5) - own.gelu(z - 1e-5)) / 2e-5),
}
z = np.random.default_rng(0).normal(size=(1000, 1))
norms = {}
for name, (forward, backward) in ACTIVATIONS.items():
    slope = np.mean(backward(np.ones_like(z), z) ** 2)
    hidden = own.initial_weights(32, 19, slope, seed=0)
    first, *_, last = new_weights(depth=20, gain=1, seed=0)
    backprop = network([first, *hidden[:18], last], (forward, backward))
    norms[name] = [own.gradient_norms_by_layer(backprop, [(x_train, y_train)])]
    right = own.passes_gradient_check(forward, backward, z[:6] + 0.01)
    print(f"{name}: mean squared slope {slope:.2f}, backward pass {'right' if right else 'wrong'}")
over_seeds(
    Panel(norms, "Your activations in 20 layers", "layer, from the input", "norm of the weights' gradient", log=True)
)

# %% [markdown]
# In this run all are level within a factor of three, from layer 2 on. Swish and GELU sag in the middle: their weights were made
# for standard normal inputs, and after some layers their $z$ are not standard normal any more.

# %% [markdown]
# ### A clipped step, and another way to clip
#
# **Exercise.** The step of 1.8, as a function with $c$ as an argument: no step is longer than $\text{lr} \cdot c$.

# %% exercise="clipped_sgd_step"
def clipped_sgd_step(params, grads, lr, c):
    """One step of gradient descent with the global norm of the gradients clipped at c.

    params and grads are lists of arrays of the same shapes, which must not be changed. Returns a list of new arrays.
    """
    ### BEGIN SOLUTION
    clipped, _ = clip_by_global_norm(grads, c)
    new_params = [p - lr * g for p, g in zip(params, clipped, strict=True)]
    ### END SOLUTION
    return new_params

# %%
for name, step in [("1.8", clipped_at_one), ("yours", lambda w, g, lr: own.clipped_sgd_step(w, g, lr, c=1.0))]:
    print(f"step of {name}: loss {train(network, RELU, depth=12, gain=2, lr=0.03, seed=0, step=step, epochs=2)[1][-1]:.4f}")

# %% [markdown]
# **By value**: every entry of every array is limited to $[-c, c]$.
#
# **Exercise.**

# %% exercise="clip_by_value"
def clip_by_value(grads, c):
    """A list of new arrays with every entry of the arrays in the list grads limited to [-c, c], where c > 0.

    grads and its arrays must not be changed.
    """
    ### BEGIN SOLUTION
    clipped = [np.clip(g, -c, c) for g in grads]
    ### END SOLUTION
    return clipped

# %% [markdown]
# Which of the two ways of clipping changes the *direction* of the gradient? Measure it: the cosine of the angle between the
# gradient and its clipped version, all arrays read as one long vector.
#
# **Exercise.**

# %% exercise="clipping_cosine"
def clipping_cosine(grads, c):
    """Cosine of the angle between grads and clip_by_value(grads, c), each read as one long vector. A float.

    grads is a list of arrays, which must not be changed.
    """
    ### BEGIN SOLUTION
    before = np.concatenate([g.ravel() for g in grads])
    after = np.concatenate([g.ravel() for g in clip_by_value(grads, c)])
    cosine = float(before @ after / (np.linalg.norm(before) * np.linalg.norm(after)))
    ### END SOLUTION
    return cosine

# %%
gradients = [np.concatenate([[100.0], np.full(9999, 0.001)])]
print(f"by value at 0.001, one entry among ten thousand large: {own.clipping_cosine(gradients, 0.001):.3f}")
arrows = [np.array([3.0, 4.0])]
print("(3, 4) limited to 1 by value is", own.clip_by_value(arrows, 1.0)[0], "and by norm", own.clip_by_global_norm(arrows, 1.0)[0][0])
scaled, _ = own.clip_by_global_norm(gradients, 0.001)
cosine = gradients[0] @ scaled[0] / np.linalg.norm(gradients[0]) / np.linalg.norm(scaled[0])
print(f"by global norm: {cosine:.3f}")

# %% [markdown]
# Clipping by value can turn the gradient by nearly a right angle: with one large entry among $n$, and a limit $c$ no larger
# than the others, the cosine comes close to $1/\sqrt{n}$, here 0.011 with $n = 10{,}000$.
#
# ### The relative error
#
# **Exercise.** Write the comparison of 1.3 as a function of its own.

# %% exercise="rel_error"
def rel_error(a, b, eps=1e-8):
    """Largest relative difference, as defined in 1.3, between two arrays of the same shape, which may be any shape.

    They may hold integers, and must not be changed. Returns a float.
    """
    ### BEGIN SOLUTION
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    error = float(np.max(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), eps)))
    ### END SOLUTION
    return error

# %% [markdown]
# With your two functions you see the V of 1.3 once more, in three points:

# %%
x = np.array([0.5, -1.0, 2.0])
for h in (1e-2, 1e-5, 1e-8):
    numeric = own.numeric_grad(lambda x: np.sum(np.exp(x)), x, h)
    print(f"h = {h:.0e}: relative error {own.rel_error(np.exp(x), numeric):.0e}")

# %% [markdown]
# All other claims of this unit, with their experiments, are in the notebook [Claims](appendix_claims.ipynb).

# %% [markdown]
# ## References
#
# - Bengio, Simard, Frasconi (1994). Learning long-term dependencies with gradient descent is difficult. *IEEE Transactions on
#   Neural Networks* 5. [doi 10.1109/72.279181](https://doi.org/10.1109/72.279181)
# - Clevert, Unterthiner, Hochreiter (2016). Fast and accurate deep network learning by exponential linear units. *ICLR*.
#   [arXiv 1511.07289](https://arxiv.org/abs/1511.07289)
# - Glorot, Bengio (2010). Understanding the difficulty of training deep feedforward neural networks. *AISTATS*, PMLR 9.
# - He, Zhang, Ren, Sun (2015). Delving deep into rectifiers. *ICCV*. [arXiv 1502.01852](https://arxiv.org/abs/1502.01852)
# - He, Zhang, Ren, Sun (2016). Deep residual learning for image recognition. *CVPR*.
#   [arXiv 1512.03385](https://arxiv.org/abs/1512.03385)
# - He, Zhang, Ren, Sun (2016b). Identity mappings in deep residual networks. *ECCV*.
#   [arXiv 1603.05027](https://arxiv.org/abs/1603.05027)
# - Hendrycks, Gimpel (2016). Gaussian error linear units. [arXiv 1606.08415](https://arxiv.org/abs/1606.08415)
# - Hochreiter (1991). Untersuchungen zu dynamischen neuronalen Netzen. Diploma thesis, TU München.
# - Klambauer, Unterthiner, Mayr, Hochreiter (2017). Self-normalizing neural networks. *NeurIPS*.
#   [arXiv 1706.02515](https://arxiv.org/abs/1706.02515)
# - LeCun, Bottou, Orr, Müller (1998). Efficient BackProp. In *Neural Networks: Tricks of the Trade*.
#   [doi 10.1007/3-540-49430-8_2](https://doi.org/10.1007/3-540-49430-8_2)
# - Lu, Shin, Su, Karniadakis (2019). Dying ReLU and initialization: theory and numerical examples.
#   [arXiv 1903.06733](https://arxiv.org/abs/1903.06733)
# - Maas, Hannun, Ng (2013). Rectifier nonlinearities improve neural network acoustic models. *ICML workshop*.
# - Nair, Hinton (2010). Rectified linear units improve restricted Boltzmann machines. *ICML*.
# - Pascanu, Mikolov, Bengio (2013). On the difficulty of training recurrent neural networks. *ICML*.
#   [arXiv 1211.5063](https://arxiv.org/abs/1211.5063)
# - Ramachandran, Zoph, Le (2017). Searching for activation functions. [arXiv 1710.05941](https://arxiv.org/abs/1710.05941)
# - Rumelhart, Hinton, Williams (1986). Learning representations by back-propagating errors. *Nature* 323.
#   [doi 10.1038/323533a0](https://doi.org/10.1038/323533a0)
