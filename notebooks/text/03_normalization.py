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
# # 3 · Normalization
#
# *What a single line does for a deep network, how the gradient comes back through it, and how to get rid of it in the end.*
#
# **The question.** Twenty sigmoid layers refuse to learn, as in unit 01. One line of code gets them going. Which line, and why? **Two
# surprises**: it helps even when noise is added after it, which undoes what it has just done (3.5); and in front of it, doubling the
# weights changes nothing but how fast they learn, by a factor that is not two (3.5). **At the end** your own batch norm, forward and
# backward, trains the twenty layers, and then you fold it away.
#
# Allow three hours: the core exercises take 123 minutes, and reading and experimenting another 50. In a hurry? Read 3.1, 3.3, 3.4 and
# *What to take away*. From [unit 01](01_vanishing_gradients.ipynb) you need the training step, and from
# [unit 02](02_initialization.ipynb) the idea that in every layer the signal is multiplied by a factor. Both are recalled where they are
# used.
#
# As before, you are asked what you expect, then it runs; your functions are checked, and then put to work. Where one is
# missing, the library's stands in and says so.

# %% locked="setup"
import itertools
import time

import numpy as np

from autograder.check import HIDDEN, check, example, hint
from autograder.learner import progress, solution, yours
from course_lib.data.datasets import digits as load_digits
from course_lib.functions.convolution import conv2d_forward
from course_lib.functions.losses import softmax_xent
from course_lib.units.cards import claim_card
from course_lib.units.normalization import widgets as widgets
from course_lib.units.normalization.experiments.candidate_lines import LINES
from course_lib.units.normalization.experiments.ioffe import ioffe
from course_lib.units.normalization.experiments.noisy_norm import noisy_norm
from course_lib.units.normalization.figures.diagrams import batchnorm_diagram
from course_lib.units.normalization.figures.ioffe import ioffe_figure
from course_lib.units.normalization.figures.noise import noisy_norm_figure
from course_lib.units.normalization.figures.sharing import sharing_figure
from course_lib.units.questions import predict
from course_lib.units.shared.digits import standardized_digits
from course_lib.units.shared.figures.seeds import Panel, over_seeds

digits = standardized_digits()
x_train, y_train, x_test, y_test = digits.x_train, digits.y_train, digits.x_test, digits.y_test
SEEDS = range(5)
own = yours()  # your functions, for experiments: own.standardize is yours, or the library's until yours passes

# %%
progress("normalization")

# %% [markdown]
# ## 3.1 One line
#
# Here is the sigmoid network of unit 01 again, now of twenty layers. Each has 32 units, no biases, and normal weights of
# variance $1/n$ for $n$ inputs. Only `line` is new: in every layer but the last it gets $z = aW$, the (N, units) array of a
# whole batch, and what it makes of it goes into the sigmoid. It also returns its *way back*, the function that carries the gradient
# from what came out to what went in.

# %%
def new_weights(seed, depth=20, width=32):
    """The first weights of depth layers for the digits."""
    rng = np.random.default_rng(seed)
    return [rng.normal(0, n**-0.5, (n, m)) for n, m in itertools.pairwise([64, *[width] * (depth - 1), 10])]


def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


def sigmoid_slope(a):
    """The slope of the sigmoid, from its output."""
    return a * (1 - a)


def forward(weights, x, line):
    """What goes into each layer, the ways back through the lines, and the logits."""
    inputs, backs = [x], []
    for w in weights[:-1]:
        z, back = line(inputs[-1] @ w)
        inputs.append(sigmoid(z))
        backs.append(back)
    return inputs, backs, inputs[-1] @ weights[-1]


def backprop(weights, x, y, line):
    """The loss, and the gradients with respect to the weights of all layers."""
    inputs, backs, logits = forward(weights, x, line)
    loss, dz = softmax_xent(logits, y)
    grads = [inputs[-1].T @ dz]
    for i in reversed(range(len(backs))):
        dz = backs[i]((dz @ weights[i + 1].T) * sigmoid_slope(inputs[i + 1]))
        grads.append(inputs[i].T @ dz)
    return loss, grads[::-1]


def batches(seed, epochs, size=64):
    """Passes over the digits, each cut into batches: arrays of indices."""
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        yield np.array_split(rng.permutation(len(x_train)), len(x_train) // size)


def train(line, lr, seed, epochs=4):
    """The mean loss of each pass over the data, by plain gradient descent."""
    weights, losses = new_weights(seed), []
    for one_pass in batches(seed, epochs):
        of_batches = []
        for batch in one_pass:
            loss, grads = backprop(weights, x_train[batch], y_train[batch], line)
            of_batches.append(loss)
            weights = [w - lr * g for w, g in zip(weights, grads, strict=True)]
        losses.append(np.mean(of_batches))
    return losses


def told_apart(line, seed):
    """By how much a unit's output varies from digit to digit, before training: the mean over the units of each layer."""
    return [a.std(axis=0).mean() for a in forward(new_weights(seed), x_train, line)[0][1:]]

# %% [markdown]
# Five candidates. The sigmoid's slope is $\tfrac14$ at best; the first makes up for it:
#
# - `4 * z`
# - `z - z.mean(axis=0)`: subtract what a unit gets on average over the batch
# - `z / z.std(axis=0)`: divide by how much it varies over the batch
# - `(z - z.mean(axis=0)) / z.std(axis=0)`: both
# - the same with `axis=1`: for each digit, over the units of the layer
#
# `LINES` holds all five, together with their ways back for the gradient, which you will work out in 3.4. All train at the same rate of 0.1.

# %%
predict(
    "which_line",
    lambda: {name: [train(line, 0.1, seed) for seed in SEEDS] for name, line in LINES.items()},
    lambda losses: over_seeds(
        Panel(losses, "Learning, five seeds", "pass over the data", "loss (nats)"),
        Panel(
            {name: [told_apart(line, seed) for seed in SEEDS] for name, line in LINES.items()},
            "Before the first step", "layer, from the input", "spread of a unit's output", log=True,
        ),
    ),
)

# %% [markdown]
# One line of the five works, and it takes both halves: subtract the mean *and* divide by the standard deviation, of each unit,
# over the batch. With any other, the loss does not get below $\ln 10 \approx 2.3$, that of guessing, at any learning rate from 0.01 to 10,
# and at a rate of 10 some are far worse. (Try: `train(LINES["z - mean"], 1, 0)`.)
#
# The plot on the right was made before the first step. It shows by how much a unit's output varies from digit to digit; where it does
# not vary, no later layer can tell digits apart. With no line this spread is multiplied by 0.23 or so in each layer, as in unit
# 01. Go through the others:
#
# - **The mean alone.** Subtracting it does not affect the difference between two digits, which goes on shrinking, to about a quarter in
#   each layer.
# - **Four times.** The outputs of the layer before lie around $\tfrac12$ for *every* digit. Their weighted sum is a number that all
#   digits share, and four times that takes units out to where the sigmoid is flatter. The root of its mean squared slope is about six
#   tenths of $\tfrac14$, and so the spread still shrinks, to six tenths or so in each layer.
# - **Over the units.** Here too most of what is measured is what all digits share, so that is what gets the size 1. What
#   tells them apart is small beside it, and it shrinks to 0.38 of it or so in each layer, and to less than $10^{-8}$ in the end.
# - **The standard deviation alone.** What every unit gets varies by 1 now, but around a mean that is several times as large. Most
#   units are driven to 0 or to 1 and stay there, whatever the digit: in layer 10, at most two in five still vary by more than 0.05.
#   Some spread is left to the end, but it no longer says much of the digit: from the last layer a linear classifier reads at most three
#   digits in ten. With both halves it reads about half of them or more.
#
# What has to be done, then: take away what all digits have in common, and *then* scale up what is left. This is the heart of
# **batch normalization** (Ioffe and Szegedy 2015). Unit 01 had seen it from outside: a classifier could read the last of
# eleven untrained sigmoid layers as soon as every feature was given mean 0 and variance 1.

# %% [markdown]
# ## 3.2 First of all, the inputs
#
# Dividing by a standard deviation is much older than deep networks, and there is a reason for it with no depth at all. Take a
# single linear unit with two inputs and a squared loss,
#
# $$ \text{loss}(w) = \frac{1}{2N} \sum_n (x_n w - y_n)^2, \qquad x: (N, 2), \quad w: (2,). $$
#
# Let $w^*$ be the minimum, and $e = w - w^*$ the error. The gradient is $He$ with the matrix $H = x^\top x / N$, (2, 2), so that a
# step of gradient descent turns $e$ into $e - \eta H e$. An **eigenvector** of $H$ is a direction that $H$ does not turn but only
# stretches, by a factor $\lambda$, its eigenvalue. This $H$ has two, at right angles to each other, so that every $e$ is a sum of a
# part along each. For such a part the step is a multiplication by one number:
#
# $$ e \;\leftarrow\; (1 - \eta \lambda)\, e . $$
#
# Both directions share the rate $\eta$. The steepest one, with $\lambda_{\max}$, needs $|1 - \eta \lambda_{\max}| < 1$, that is, a
# rate below $2 / \lambda_{\max}$, **the largest stable rate**. From half of that on, $1 - \eta \lambda_{\max}$ is negative and the error along it changes
# its sign in every step: the path zig-zags. Along the flattest one it is multiplied by $1 - \eta \lambda_{\min}$ meanwhile, which is
# never less than $1 - 2 / \kappa$, where
#
# $$ \kappa = \frac{\lambda_{\max}}{\lambda_{\min}} $$
#
# is the **condition number**. It takes about $\kappa / 2$ steps until little more than a third of that error is left. The zig-zag is
# only what you see; the time goes into the other direction. At the best rate, $2 / (\lambda_{\max} + \lambda_{\min})$, both shrink
# alike:

# %%
def ravine(scales, seed=0, n=500):
    """H for two independent features of these scales, and the error of w = 0 when both matter equally."""
    x = np.random.default_rng(seed).normal(size=(n, 2)) * scales
    return x.T @ x / n, -1 / np.array(scales)


def condition(h):
    low, *_, high = np.linalg.eigvalsh(h)
    return high / low


def steps_needed(h, error):
    """Steps at the best rate until the loss is within 1 % of the way to its minimum."""
    low, *_, high = np.linalg.eigvalsh(h)
    enough, n_steps = error @ h @ error / 100, 0
    while error @ h @ error > enough:
        error = error - 2 / (low + high) * (h @ error)
        n_steps += 1
    return n_steps


predict("unequal_scales", lambda: {ratio: steps_needed(*ravine([1, ratio])) for ratio in (1, 3, 10, 100)})

# %% [markdown]
# The eigenvalues are mean *squares*, so a ratio of 100 between the features is a $\kappa$ of 10,000, and it takes about $\kappa$ steps
# to bring the loss to 1 %. That is why unequal scales are so expensive, and also why they are so cheap to cure.
#
# **Exercise.** Give every feature mean 0 and standard deviation 1, and treat other data, such as the test set, in exactly
# the same way: with the numbers of the training data. A feature that is constant there has nothing to be divided by, and is
# only shifted. For `[[1, 5], [3, 5]]` and `[[5, 7]]` the results are `[[-1, 0], [1, 0]]` and `[[3, 2]]`.

# %% exercise="standardize"
def standardize(x_train, x_other):
    """x_train (N, D) and x_other (M, D), both shifted and divided so that each feature of x_train gets mean 0 and variance 1.

    The variance is the biased one, with the divisor N.

    A feature that is the same in all rows of x_train is only shifted. Both may hold integers, and must not be changed.
    Returns the two arrays.
    """
    ### BEGIN SOLUTION
    mean, std = x_train.mean(axis=0), x_train.std(axis=0)
    std = np.where(std == 0, 1.0, std)
    train, other = (x_train - mean) / std, (x_other - mean) / std
    ### END SOLUTION
    return train, other

# %% [markdown]
# Five hundred flats, of about 100 square metres and four rooms each; the unit has a bias now, that is, a third input of 1.

# %%
rng = np.random.default_rng(0)
area = rng.normal(100, 30, 500)
flats = np.column_stack([area, np.round(area / 25 + rng.normal(0, 0.7, 500))])


def condition_with_bias(x):
    x = np.column_stack([x, np.ones(len(x))])
    return condition(x.T @ x / len(x))


for name, x in [
    ("as they are", flats),
    ("divided by the standard deviation", flats / flats.std(axis=0)),
    ("less the mean", flats - flats.mean(axis=0)),
    ("your standardize", own.standardize(flats, flats)[0]),
]:
    print(f"condition number {condition_with_bias(x):7,.0f} {name}")

# %% [markdown]
# Neither half is enough. A feature whose mean is large beside its spread is nearly the same number for every flat, as the input of the
# bias is, and so its weight can hardly be told from the bias: what has to be learned is a small difference of large effects. LeCun,
# Bottou, Orr and Müller (1998) recommend both halves for this reason. What is left after them, here 14, comes from the correlation of
# the two: large flats have more rooms. (*More* removes that as well.)

# > **Find**, with one feature ten times as wide as the other, a rate at which the path does not zig-zag. Does it arrive sooner? Then find
# > the cure, and something that this cure does not cure.

# %%
widgets.zigzag_explorer()

# %% [markdown]
# Below half of the largest stable rate the path is smooth, and takes twice as long: the zig-zag was not what cost the time. Standardising
# cures unequal scales and means alike. What it leaves is a correlation: at one of 0.9 it takes thirty steps or so, at half the largest
# stable rate, where whitening takes a single one. (*Whitening* takes correlations away as well; it is in *More*.)
#
# ### Whose mean?
#
# Why the numbers of the training data, when the test set has its own mean? Train a linear classifier on standardised pixels. Then
# let it see only the test images of one digit: once scaled by your function, and once by *their own* statistics.

# %%
raw = load_digits()
x, other = own.standardize(raw.x_train, raw.x_test)
w = np.zeros((64, 10))
for _ in range(300):
    w -= 0.3 * x.T @ softmax_xent(x @ w, raw.y_train)[1]
for digit in (0, 1, 6):
    chosen = raw.y_test == digit
    theirs, _ = own.standardize(raw.x_test[chosen], raw.x_test[chosen])
    right = [100 * np.mean((z @ w).argmax(axis=1) == digit) for z in (other[chosen], theirs)]
    print(f"test images of {digit}: {right[0]:.0f} % right; scaled by themselves, {right[1]:.0f} %")

# %% [markdown]
# What all sixes have in common is what makes them sixes, and their own mean takes it away. The classifier did not change, and
# neither did the images; each only got different numbers, because of the company it was in. Keep this in mind for 3.3.

# %%
claim_card("03.01")

# %% [markdown]
# ## 3.3 Batch norm, forward
#
# Inputs are standardised once. What goes into layer 10 changes with every step, so there it must be done again for
# every batch. Take an $(N, C)$ batch $x$, one column for each unit, which is also called a **channel**. For each column,
#
# $$
# \begin{aligned}
# \mu &= \frac1N \sum_n x_n, \qquad \sigma^2 = \frac1N \sum_n (x_n - \mu)^2, \\
# \hat x_n &= \frac{x_n - \mu}{\sqrt{\sigma^2 + \varepsilon}}, \qquad \text{out}_n = \gamma\, \hat x_n + \beta .
# \end{aligned}
# $$
#
# The $\varepsilon$ under the root, usually $10^{-5}$, keeps things finite for a unit that has the same value throughout the batch. And
# $\gamma$ and $\beta$, two numbers for each unit, are learned. Why should one undo what has just been done? Because otherwise every
# unit would have mean 0 and variance 1 forever, and a sigmoid would always be used in its middle, where it is nearly a straight line.
# With $\gamma = \sqrt{\sigma^2 + \varepsilon}$ and $\beta = \mu$ the layer is the identity. (The bias of the layer before, on the
# other hand, has become useless: the mean takes it away.)
#
# In **evaluation** an image must not depend on the images that happen to come with it; you saw above what happens otherwise.
# So training keeps **running statistics**, and evaluation uses these in place of $\mu$ and $\sigma^2$. After every training batch,
#
# $$ \text{running} \;\leftarrow\; 0.9 \cdot \text{running} + 0.1 \cdot \text{that of the batch}, $$
#
# for the mean and for the variance. Here 0.9 is called the momentum. (Keras calls it so too. PyTorch gives this name to the 0.1.)
#
# **Exercise.** `state` holds the running statistics; return a new one, and leave the old one as it is. With `x = [[1], [3]]`, $\gamma = 2$,
# $\beta = 5$ and the state 0 and 1, training gives `[[3], [7]]`, and the state has mean 0.2 and variance 1.

# %% exercise="batchnorm_forward"
def batchnorm_forward(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """Batch norm of x (N, C): gamma * xhat + beta, where xhat is x with mean 0 and variance 1 in each feature.

    gamma and beta are (C,); state is a dict of the running statistics, mean (C,) and var (C,). All may hold integers, and
    must not be changed. In training the mean and the biased variance of the batch make xhat, and the new state is
    momentum * old + (1 - momentum) * batch (a running variance of the unbiased ones, with N - 1, is accepted too, with a remark); in evaluation
    the running ones make it, and the state is returned as it is.
    eps, any positive number, is added to the variance, under the root; momentum is from 0 to 1.
    Returns out (N, C), the cache (xhat (N, C), gamma (C,), inv_std (C,)), with inv_std = 1 / sqrt(var + eps), and the state.
    """
    ### BEGIN SOLUTION
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
    inv_std = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv_std
    out = gamma * xhat + beta
    cache = (xhat, gamma, inv_std)
    ### END SOLUTION
    return out, cache, state

# %% [markdown]
# Now a network for it. A layer is a dict of `w`, `gamma`, `beta` and the running statistics, its `state`, which no gradient
# moves. A `norm` is a pair of functions, forward and backward, such as yours. (Backward is the subject of
# 3.4. Until you have written it, the library's stands in.)

# %%
def first_layers(weights):
    """The layers: w, and gamma, beta and the running statistics for all but the last, which has a bias instead."""
    layers = []
    for w in weights:
        m = w.shape[1]
        state = {"mean": np.zeros(m), "var": np.ones(m)}
        layers.append({"w": w, "gamma": np.ones(m), "beta": np.zeros(m), "state": state})
    return [*layers[:-1], {"w": weights[-1], "b": np.zeros(weights[-1].shape[1])}]


def run(layers, x, norm, training=False, phi=sigmoid):
    """What goes into each layer, the caches, the running statistics afterwards, and the logits."""
    inputs, caches, states = [x], [], []
    for layer in layers[:-1]:
        z, cache, state = norm[0](inputs[-1] @ layer["w"], layer["gamma"], layer["beta"], layer["state"], training)
        inputs.append(phi(z))
        caches.append(cache)
        states.append(state)
    return inputs, caches, states, inputs[-1] @ layers[-1]["w"] + layers[-1]["b"]


def step(layers, x, y, lr, norm, phi=sigmoid, slope=sigmoid_slope, hidden_lr=None):
    """New layers after one step of gradient descent, and the loss before it. hidden_lr is the rate of the hidden w."""
    inputs, caches, states, logits = run(layers, x, norm, True, phi)
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss, dz = -np.mean(np.log(p[np.arange(len(y)), y])), (p - np.eye(p.shape[1])[y]) / len(y)
    new = [{"w": layers[-1]["w"] - lr * inputs[-1].T @ dz, "b": layers[-1]["b"] - lr * dz.sum(axis=0)}]
    for i in reversed(range(len(caches))):
        da = dz @ layers[i + 1]["w"].T
        dz, dgamma, dbeta = norm[1](da * slope(inputs[i + 1]), caches[i])
        new.append({
            "w": layers[i]["w"] - (hidden_lr or lr) * inputs[i].T @ dz, "gamma": layers[i]["gamma"] - lr * dgamma,
            "beta": layers[i]["beta"] - lr * dbeta, "state": states[i],
        })  # fmt: skip
    return new[::-1], loss


def train_norm(norm, lr, seed, epochs=5, size=64, gain=1.0, layers=None, passes=None, **how):
    """The layers after training, and the mean loss of each pass. At first, the hidden weights are multiplied by gain."""
    *hidden, last = new_weights(seed)
    layers, losses = layers or first_layers([*(gain * w for w in hidden), last]), []
    with np.errstate(all="ignore"):  # a network may diverge: that is a result
        for one_pass in passes or batches(seed, epochs, size):
            of_batches = []
            for batch in one_pass:
                layers, loss = step(layers, x_train[batch], y_train[batch], lr, norm, **how)
                of_batches.append(loss)
            losses.append(np.mean(of_batches))
    return layers, losses

# %% [markdown]
# Train it with your `batchnorm_forward`, at the 0.03 of unit 02, and then give it the test digits: one at a time, in batches of four and
# so on, each time with the statistics of the batch that they come in. Finally, in evaluation, with the running ones.

# %%
def correct(layers, norm, size=64, training=False, phi=sigmoid):
    """The share of test digits that are labelled right when they come in batches of this size."""
    right = 0
    for i in range(0, len(x_test), size):
        logits = run(layers, x_test[i : i + size], norm, training, phi)[3]
        right += np.sum(logits.argmax(axis=1) == y_test[i : i + size])
    return right / len(x_test)


def in_company(seed):
    norm = own.batchnorm_forward, own.batchnorm_backward
    layers, _ = train_norm(norm, 0.03, seed)
    by_size = {size: correct(layers, norm, size, training=True) for size in (1, 4, 16, 64)}
    return by_size | {"evaluation": correct(layers, norm)}


predict("alone", lambda: [in_company(seed) for seed in SEEDS[:3]])

# %% [markdown]
# A batch of one has the mean $\mu = x$. So $\hat x = 0$ in every unit, and the network says the same of every image. In batches of
# four it sees something, and in batches of 64 nearly as much as with the running statistics: two to five points less. With these it
# does not matter in what company an image comes.
#
# Running statistics take time. After $k$ batches the starting values still count with $0.9^k$, and with the 0.99 that Keras takes by
# default with $0.99^k$: after 60 batches, that is more than half.

# %%
claim_card("03.02")

# %% [markdown]
# ## 3.4 Backward, through the statistics
#
# Move one entry $x_n$ of a column, and everything moves: itself, the mean and the variance, and through these all other entries. So
# the gradient reaches $x_n$ in three ways: ① directly, ② through the variance, and ③ through the mean. Cut the computation into
# pieces, each with one way in, and go back piece by piece. In what follows, $dv$ is short for the derivative of the loss with respect
# to $v$, and $d\text{out}_n$ is what comes from above. For one column, with $s = 1 / \sqrt{\sigma^2 + \varepsilon}$:
#
# $$ c_n = x_n - \mu, \qquad \hat x_n = s\, c_n, \qquad \text{out}_n = \gamma\, \hat x_n + \beta . $$

# %%
batchnorm_diagram()

# %% [markdown]
# **Scale and shift.** $\gamma$ and $\beta$ meet every entry of the column, so their gradients are sums:
#
# $$
# \begin{aligned}
# d\gamma &= \sum_n d\text{out}_n\, \hat x_n, \qquad d\beta = \sum_n d\text{out}_n, \\
# d\hat x_n &= \gamma\, d\text{out}_n .
# \end{aligned}
# $$
#
# **Division** (① and ②). In $\hat x_n = s\, c_n$ the $c_n$ stands twice: in front, and inside $s$, which knows all of them. The first
# gives $s\, d\hat x_n$. For the second, add up what $s$ does to all entries, $ds = \sum_k d\hat x_k\, c_k$, and see how $s$ depends on
# $c_n$. From $\sigma^2 = \tfrac1N \sum_k c_k^2$ comes $\partial \sigma^2 / \partial c_n = 2 c_n / N$, and from
# $s = (\sigma^2 + \varepsilon)^{-1/2}$ comes $\partial s / \partial \sigma^2 = -\tfrac12 s^3$. Together
#
# $$
# \begin{aligned}
# dc_n &= s\, d\hat x_n - s^3\, \frac{c_n}{N} \sum_k d\hat x_k\, c_k \\
#      &= s\, \Bigl( d\hat x_n - \hat x_n \cdot \frac1N \sum_k d\hat x_k\, \hat x_k \Bigr),
# \end{aligned}
# $$
#
# because each $s\,c$ is an $\hat x$.
#
# **Subtraction** (③). $\mu$ holds $\tfrac1N$ of every entry, so that $dx_n = dc_n - \tfrac1N \sum_k dc_k$. The mean of the second term
# above is 0, as the mean of $\hat x$ is. That leaves
#
# $$ dx_n \;=\; s\, \Bigl( d\hat x_n \;-\; \frac1N \sum_k d\hat x_k \;-\; \hat x_n \cdot \frac1N \sum_k d\hat x_k\, \hat x_k \Bigr) . $$
#
# Read it aloud: take the gradient, remove from it what would shift all entries alike, and remove what would stretch them, that is,
# move each in proportion to its $\hat x_n$. Neither would have had any effect, since the forward pass takes both away.
#
# **Exercise.** For the column `[1, 2, 6]`, $\gamma = 2$ and $d\text{out} = [1, 0, 0]$, $dx$ is `[0.353, -0.441, 0.088]`, $d\gamma$ is
# -0.926 and $d\beta$ is 1.

# %% exercise="batchnorm_backward"
def batchnorm_backward(dout, cache):
    """Backward pass of batchnorm_forward in training.

    dout is (N, C), which may hold integers; cache is (xhat (N, C), gamma (C,), inv_std (C,)) as the forward pass returns it.
    They must not be changed. Returns dx (N, C), dgamma (C,) and dbeta (C,).
    """
    xhat, gamma, inv_std = cache
    ### BEGIN SOLUTION
    dgamma = (dout * xhat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    dxhat = dout * gamma
    dx = inv_std * (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0))
    ### END SOLUTION
    return dx, dgamma, dbeta

# %% [markdown]
# A second opinion, by the central differences of unit 01:

# %%
rng = np.random.default_rng(0)
x, gamma, beta, dout = rng.normal(2, 3, (6, 4)), rng.normal(size=4), rng.normal(size=4), rng.normal(size=(6, 4))
state = {"mean": np.zeros(4), "var": np.ones(4)}


def weighted_sum(x, gamma, beta):
    return np.sum(dout * own.batchnorm_forward(x, gamma, beta, state, True)[0])


formulas = own.batchnorm_backward(dout, own.batchnorm_forward(x, gamma, beta, state, True)[1])
for name, formula, function, at in [
    ("dx", formulas[0], lambda x: weighted_sum(x, gamma, beta), x),
    ("dgamma", formulas[1], lambda gamma: weighted_sum(x, gamma, beta), gamma),
    ("dbeta", formulas[2], lambda beta: weighted_sum(x, gamma, beta), beta),
]:
    numeric = own.numeric_grad(function, at)
    error = np.max(np.abs(formula - numeric) / np.maximum(np.abs(formula) + np.abs(numeric), 1e-8))
    print(f"{name}: relative error {error:.0e}")

# %% [markdown]
# Now let it train the network. In 3.3 the rate was 0.03; take ten times as much. And is the long formula worth the trouble? Somebody
# could say that $\mu$ and $\sigma^2$ are just two numbers, and go back through $\hat x = s\,(x - \mu)$ as if they were constants:
# $dx = s\, d\hat x$.

# %%
def as_constants(dout, cache):
    _, dgamma, dbeta = own.batchnorm_backward(dout, cache)
    return dout * cache[1] * cache[2], dgamma, dbeta


YOURS = own.batchnorm_forward, own.batchnorm_backward
BACKWARD = {"your backward": YOURS, "as constants": (own.batchnorm_forward, as_constants)}
predict(
    "constants",
    lambda: {name: [train_norm(norm, 0.3, seed, epochs=8)[1] for seed in SEEDS[:3]] for name, norm in BACKWARD.items()},
    lambda losses: over_seeds(Panel(losses, "Twenty sigmoid layers at a rate of 0.3", "pass over the data", "loss (nats)")),
)

# %%
layers, _ = train_norm(YOURS, 0.3, seed=0, epochs=8)
print(f"{100 * correct(layers, YOURS):.1f} % of the test digits are right")

# %% [markdown]
# With the short formula the network learns, but its loss ends at 1.4 times yours or more, and rates of 0.2 and 0.6 do not
# help it: what it follows is not the gradient. With yours, the network that refused to learn labels most of the digits right.

# %%
claim_card("03.03")

# %% [markdown]
# ## 3.5 Why does it help?
#
# Your network has shown *that* it does. For the reason there are several stories, and you can try them one by one.
#
# ### Factors near one
#
# The first is that of unit 02. Signal and gradient are multiplied by a factor in every layer; with batch norm the spread over the batch
# is set back to 1 each time, whatever the weights.
#
# > **Find** out whether any gain keeps the gradient of twenty sigmoid layers without batch norm. Then **find** the activation whose
# > gradient explodes *with* it.

# %%
widgets.depth_gain_explorer()

# %% [markdown]
# Sigmoid layers lose the gradient at every gain in the widget; the best, 5, leaves a thousandth of it or so. With batch norm it
# arrives at about twice its size, whatever the gain. But ReLU layers multiply it by 1.24 each, which makes 60 or so in the 19 steps
# back, and no gain can change that any more, while *without* batch norm a gain near $\sqrt 2$ would. (Yang et al. 2019 compute the
# factor, 1.21 for wide layers.) So batch norm sets the size of the signal. That of the gradient is what comes of it.
#
# ### A higher rate
#
# The second story is that the rate may be higher. Sigmoids cannot decide it, since without batch norm no rate is any good. So take
# twenty ReLU layers with the gain of $\sqrt 2$ that unit 02 found for them. Here are the losses of the fourth pass, means of two seeds.

# %%
NO_NORM = (lambda z, gamma, beta, state, training: (z, None, state)), (lambda dout, cache: (dout, 0, 0))
RELU = {"phi": lambda z: np.maximum(z, 0), "slope": lambda a: (a > 0).astype(float)}
TANH = {"phi": np.tanh, "slope": lambda a: 1 - a**2}
RATES = (0.01, 0.03, 0.1, 0.3, 1.0)


def last_losses(norm, activation, gain):
    """The loss of the fourth pass at each rate, a row for each seed."""
    how = activation | {"epochs": 4, "gain": gain}
    return [[train_norm(norm, lr, seed, **how)[1][-1] for lr in RATES] for seed in SEEDS[:2]]


print(f"{'rate':>15}  " + "".join(f"{lr:7}" for lr in RATES))
for name, norm in [("without", NO_NORM), ("with batch norm", YOURS)]:
    of_rates = np.mean(last_losses(norm, RELU, 2**0.5), axis=0)
    print(f"{name:>15}: " + "".join(f"{loss:7.2f}" for loss in of_rates))

# %% [markdown]
# Here the story is true. Without batch norm 0.03 and 0.1 are best, and not good; at 0.3 the network is no better than guessing, at 1
# it diverges. With it, 0.3 is best, and the network learns at 1 too. At the two low rates, though, it is a little behind. With tanh
# and a gain of 1.2 the story is half true (try `last_losses(NO_NORM, TANH, 1.2)`): the best losses are about the same, at 0.1 without
# batch norm, and at 0.1 or 0.3 with it. But from 0.1 to 0.3 the loss of the plain network more than doubles, and with batch norm it
# hardly changes. So the best need not become better. The window of good rates widens at its upper end, and at its lower end it may
# close.
#
# ### A story that was told too soon
#
# Ioffe and Szegedy (2015) had a third one. While a layer learns, the distribution of its inputs changes, because the layers
# below it learn too. They called this **internal covariate shift**, and batch norm was to reduce it. Santurkar, Tsipras, Ilyas and
# Madry (2018) put that to the test. They added noise *after* each batch norm, noise whose mean and spread are
# drawn anew in every step. Now the distributions shift more than without any batch norm. If the story were true, the
# network would have to be as slow as before.

# %%
predict("noise_after", noisy_norm, noisy_norm_figure)

# %% [markdown]
# Batch norm alone does keep distributions steadier: in layers 2 and 3 the means and spreads of $z$ move by 0.02 to 0.03 in a step,
# without it by 0.1 to 0.4. So much of the story is right. But with noise, where they move by 0.8 to 0.95 in every single step, about
# twice as far as in any layer without batch norm, or more, the network learns nearly as fast. (Compared with a unit's own
# spread they move by 0.3 to 0.4, and the third layer without batch norm can do that as well.) Whatever it is that helps here, it is not that
# distributions stay where they are. (Santurkar et al. train VGG, a network of convolutions, on photographs and show the distributions themselves; here
# it is three sigmoid layers and digits, and the shift is measured. Their own explanation is a smoother loss: along a step, its
# gradient changes less.)

# %%
claim_card("03.04")

# %% [markdown]
# ### The size of weights
#
# Now for the second surprise. Batch norm takes away the size of what it gets. Let $w$ be the weights of one unit, a column of $W$:
# with $c\,w$ for $w$, where $c > 0$, its $z$ is $c$ times as large, and $\hat x$ is the same as before (up to $\varepsilon$). So the
# loss $L$ does not notice:
#
# $$ L(c\,w) = L(w) . $$
#
# Take the gradient with respect to $w$ on both sides: $c\, \nabla L(c\,w) = \nabla L(w)$. **At twice the weights, the gradient is half
# as large.** The loss is the same, yet training is not. What do you expect of the twenty layers, if all their hidden weights are
# doubled before the first step?

# %%
def doubled(seed):
    """The losses from the first weights, and from doubled ones with their rate multiplied by 1, 2 and 4."""
    plain = train_norm(YOURS, 0.03, seed)[1]
    by_factor = {k: train_norm(YOURS, 0.03, seed, gain=2.0, hidden_lr=0.03 * k)[1] for k in (1, 2, 4)}
    return {"as they were": plain} | {f"doubled, rate x {k}": losses for k, losses in by_factor.items()}


predict(
    "doubled_weights",
    lambda: [doubled(seed) for seed in SEEDS[:3]],
    lambda runs: over_seeds(
        Panel({name: [run[name] for run in runs] for name in runs[0]}, "Weights of twice the size", "pass over the data", "loss (nats)")
    ),
)

# %% [markdown]
# Twice the size costs not half of the rate but three quarters of it. The gradient is half as large, so the step $\eta\, \nabla L$ is
# half as long. And it is taken from weights that are twice as long, so it turns them by a quarter of the angle. Since only the
# direction of $w$ matters, the rate that counts is
#
# $$ \eta_{\text{eff}} = \frac{\eta}{\lVert w \rVert^2}, $$
#
# the **effective rate** of a unit. With four times the rate the two curves differ by less than a thousandth; what is left is $\varepsilon$.
#
# **Exercise.** For the weights `[[3, 0], [4, 2]]` and a rate of 1, it is `[0.04, 0.25]`.

# %% exercise="effective_rate"
def effective_rate(lr, w):
    """For weights w (D, M) in front of batch norm, the rate lr / ||w_j||^2 at which each unit's direction moves: (M,).

    lr is a positive number. w may hold integers, and must not be changed.
    """
    ### BEGIN SOLUTION
    rates = lr / np.sum(w**2, axis=0)
    ### END SOLUTION
    return rates

# %% [markdown]
# There is more in that equation. Move along $w$ itself: the loss is constant there, so the gradient has no part in
# that direction. It stands at right angles to $w$, and by Pythagoras every step makes the weights longer,
#
# $$ \lVert w - \eta\, \nabla L \rVert^2 = \lVert w \rVert^2 + \eta^2\, \lVert \nabla L \rVert^2 . $$
#
# Longer weights have a lower effective rate, the more so the longer the steps were. Here is that of the second layer, the median of
# its units, before and after eight passes at three rates:

# %%
for lr in (0.03, 0.3, 3.0):
    layers, losses = train_norm(YOURS, lr, seed=0, epochs=8)
    before, after = (np.median(own.effective_rate(lr, w)) for w in (new_weights(0)[1], layers[1]["w"]))
    print(f"rate {lr}: effective from {before:.3f} to {after:.3f}, last loss {losses[-1]:.2f}")

# %% [markdown]
# At a low rate nothing happens. At one that is much too high the weights grow, and their effective rate falls to between a half and
# two thirds of what it was. So a high rate lowers itself. That does not make it a good one: at 3 the loss is still more than twice
# that at 0.3.

# %% [markdown]
# ## 3.6 Who shares the statistics
#
# Batch norm makes each image's output depend on its company. That is its strength (3.1) and its weakness: what if the
# company is small?
#
# > **Find** the batch size from which on training and evaluation agree, and which of the two is the better one below it. Then find the
# > momentum that is worst for batches of 2, and the one that is worst for 256.

# %%
widgets.batch_explorer()

# %% [markdown]
# From about 64 on there is no difference in this network, which has two hidden layers. (In the twenty layers of 3.3 there still was one.) Below,
# it is evaluation that is better: its running statistics have seen many batches, while the mean of four digits is off by half a
# standard deviation. Only batches of two spoil the network itself. One of two entries is above their mean and the other as far below,
# so that $\hat x$ is 1 and $-1$, whatever $x$ is: all that is left of a unit is which digit had the larger value. And the memory has
# to fit: with a momentum of 0 the running statistics are those of the last two digits, and with 0.99 and batches of 256, after some 15
# steps, they still hold most of the 0 and 1 of the beginning.
#
# Small batches may turn up where you do not look for them. The 1347 digits make 21 batches of 64, and three are left over. Our
# `batches` cuts every pass into equal parts. Suppose it did not, and the three came as a batch of their own, at the end of each of six
# passes.

# %%
def exact(seed, keep_rest):
    """Six passes in batches of exactly 64; the three digits that are left over are a batch of their own, or left out."""
    rng = np.random.default_rng(seed)
    for _ in range(6):
        order = rng.permutation(len(x_train))
        yield [order[i : i + 64] for i in range(0, len(order) if keep_rest else len(order) - 3, 64)]


def with_rest(seed, keep_rest):
    """The share of test digits that are right after training in twenty sigmoid layers."""
    return correct(train_norm(YOURS, 0.1, seed, passes=exact(seed, keep_rest))[0], YOURS)


predict(
    "left_over",
    lambda: {
        name: [with_rest(seed, keep) for seed in SEEDS[:3]] for name, keep in [("left out", False), ("a batch of three", True)]
    },
)

# %% [markdown]
# Three digits in 1347, and the network has one to four in ten right, where it had nine. The mean of three is off by more than half a standard deviation in
# every unit of every layer, and one step in 22 follows a gradient that comes of it; and in the running statistics, the last batch before
# they are used counts a tenth. So leave such a rest out, or share it among the others. (The loaders of PyTorch keep it,
# unless you say `drop_last=True`.)
#
# ### Images
#
# A convolution (unit 02, section 2.4) applies the same weights at every pixel, so all pixels of a channel belong together: a channel has one mean, over the
# images of the batch *and* their pixels, and one $\gamma$ and $\beta$.
#
# **Exercise.** For images of shape (4, 3, 5, 5), each of the 3 means is over 100 numbers. Two images of one channel and two pixels,
# 1, 3 and 5, 7, become -1.342, -0.447 and 0.447, 1.342 with $\gamma = 1$ and $\beta = 0$.

# %% exercise="spatial_batchnorm"
def spatial_batchnorm(x, gamma, beta, eps=1e-5):
    """Batch norm of images x (N, C, H, W) in training: one mean and one biased variance for each channel.

    gamma and beta are (C,). All may hold integers, and must not be changed. eps, any positive number, is added to the
    variance, under the root. Returns out (N, C, H, W).
    """
    ### BEGIN SOLUTION
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True)
    xhat = (x - mean) / np.sqrt(var + eps)
    out = gamma.reshape(1, -1, 1, 1) * xhat + beta.reshape(1, -1, 1, 1)
    ### END SOLUTION
    return out

# %% [markdown]
# In unit 02 eight convolutions went wrong because somebody had forgotten the kernel when counting the fan: every layer was three times too
# large, and the last one thousands of times. The same weights, with and without your function, on *two* images:

# %%
def convolutions(normalize, seed, n_images=2):
    """The size of z in each of eight convolutions with ReLU, whose weights are three times too large."""
    rng, a, stds = np.random.default_rng(seed), x_train[:n_images].reshape(-1, 1, 8, 8), []
    for shape in [(16, 1, 3, 3)] + [(16, 16, 3, 3)] * 7:
        z, _ = conv2d_forward(a, rng.normal(0, np.sqrt(2 / shape[1]), shape), np.zeros(16), padding=1)
        z = normalize(z)
        stds.append(z.std())
        a = np.maximum(z, 0)
    return stds


over_seeds(
    Panel(
        {
            "without": [convolutions(lambda z: z, seed) for seed in SEEDS],
            "your spatial_batchnorm": [
                convolutions(lambda z: own.spatial_batchnorm(z, np.ones(16), np.zeros(16)), seed) for seed in SEEDS
            ],
        },
        "Eight convolutions, weights too large", "layer, from the input", "standard deviation of z", log=True,
    )
)

# %% [markdown]
# With it the size is 1 in every layer, whatever the weights: that is what the function sets. In 3.3 a batch of one left nothing. Here even a
# single image would do (try `n_images=1`), because it brings 64 pixels to each mean.
#
# ### Without company
#
# **Layer norm** (Ba, Kiros and Hinton 2016) turns this by ninety degrees: mean and variance of *one sample*, over
# the features of the layer. There is no batch in it, hence no running statistics, and training and evaluation are the same.
# $\gamma$ and $\beta$ stay with the features.
#
# **Exercise.** For `[[1, 3]]`, $\gamma = [2, 2]$ and $\beta = [5, 5]$ the output is `[[3, 7]]`.

# %% exercise="layernorm_forward"
def layernorm_forward(x, gamma, beta, eps=1e-5):
    """Layer norm of x (N, D): every row by its own mean and variance (divided by D). gamma and beta are (D,).

    They may hold integers, and must not be changed. eps, any positive number, is added to the variance, under the root.
    Returns out (N, D), and cache = (xhat (N, D), gamma (D,), inv_std (N, 1)).
    """
    ### BEGIN SOLUTION
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    inv_std = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv_std
    out, cache = gamma * xhat + beta, (xhat, gamma, inv_std)
    ### END SOLUTION
    return out, cache

# %% [markdown]
# **Exercise.** Backward you need no new derivation, only care: which of the sums of 3.4 turn with it, and which do not?
# For `x = [[-1, 0, 1]]`, a $\gamma$ of ones and `dout = [[1, 0, 0]]`, `dx` is about `[[0.2, -0.4, 0.2]]`.

# %% exercise="layernorm_backward"
def layernorm_backward(dout, cache):
    """Backward pass of layernorm_forward.

    dout is (N, D), and may hold integers; cache is as it was returned. They must not be changed. Returns dx (N, D),
    dgamma (D,), dbeta (D,).
    """
    xhat, gamma, inv_std = cache
    ### BEGIN SOLUTION
    dgamma, dbeta = np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)
    dxhat = dout * gamma
    along = np.mean(dxhat * xhat, axis=1, keepdims=True)
    dx = inv_std * (dxhat - dxhat.mean(axis=1, keepdims=True) - xhat * along)
    ### END SOLUTION
    return dx, dgamma, dbeta

# %% [markdown]
# Put it to work where batch norm could not: twenty tanh layers with weights that are too small, a gain of 0.5, and batches of *two*
# digits. Each has its best rate of 0.0003, 0.001, 0.003, 0.01 and 0.03. And then in the opening's network of sigmoids, with batches of
# 64 again: does layer norm rescue it too?

# %%
LAYER_NORM = (
    lambda z, gamma, beta, state, training: (*own.layernorm_forward(z, gamma, beta), state),
    lambda dout, cache: own.layernorm_backward(dout, cache),
)
for name, norm, lr in [("no norm", NO_NORM, 0.03), ("batch norm", YOURS, 0.001), ("layer norm", LAYER_NORM, 0.001)]:
    runs = [train_norm(norm, lr, seed, epochs=1, size=2, gain=0.5, **TANH)[0] for seed in SEEDS[:2]]
    right = [100 * correct(layers, norm, phi=np.tanh) for layers in runs]
    print(f"{name}: {', '.join(f'{share:.0f} %' for share in right)} of the test digits right")

# %%
predict(
    "layer_norm_too",
    lambda: {
        name: [train_norm(norm, 0.3, seed, epochs=4)[1] for seed in SEEDS[:3]]
        for name, norm in [("batch norm", YOURS), ("layer norm", LAYER_NORM)]
    },
    lambda losses: over_seeds(Panel(losses, "Twenty sigmoid layers, batches of 64", "pass over the data", "loss (nats)")),
)

# %% [markdown]
# In batches of two, only layer norm learns: it has half to two thirds of the digits right, after a single pass. Without a norm the
# small weights leave no signal, and batch norm guesses or nearly so. But a norm is not always worth having. With the gain of 1.2 that
# unit 02 found for tanh, the same layers have 65 to 80 % right in batches of two with *no* norm, and layer norm only costs. Nor does
# it rescue the sigmoids, whatever the rate. This is the last line of 3.1 again: what a sigmoid layer gives is nearly the same for all
# digits, and only a comparison *between* digits can take that away. Tanh layers are centred by themselves and do not need it. Which
# norm is the better one depends on what is to be removed.
#
# ### In between
#
# **Group norm** (Wu and He 2018) is for images in small batches. It divides the channels of one image into groups of neighbours, and
# each group has its own mean and variance over its channels and pixels. With one group that is layer norm (but for $\gamma$ and
# $\beta$, which every channel has for itself), and with as many groups as channels it is called **instance norm** (Ulyanov, Vedaldi
# and Lempitsky 2016).

# %%
sharing_figure()

# %% [markdown]
# **Exercise.** For 6 channels and 3 groups, channels 0 and 1 are the first group. A single pixel with the channels 1, 3, 2, 6 and
# two groups has $\hat x = -1, 1, -1, 1$, up to $\varepsilon$.

# %% exercise="groupnorm"
def groupnorm(x, gamma, beta, n_groups, eps=1e-5):
    """Group norm of images x (N, C, H, W): every image and group of C / n_groups neighbouring channels by itself.

    gamma and beta are (C,). n_groups divides C. Arrays may hold integers, and must not be changed. Variances are biased;
    eps, any positive number, is added to them, under the root. Returns out (N, C, H, W).
    """
    ### BEGIN SOLUTION
    groups = x.reshape(len(x), n_groups, -1)
    mean, var = groups.mean(axis=2, keepdims=True), groups.var(axis=2, keepdims=True)
    xhat = ((groups - mean) / np.sqrt(var + eps)).reshape(x.shape)
    out = gamma[:, None, None] * xhat + beta[:, None, None]
    ### END SOLUTION
    return out

# %% [markdown]
# What a norm shares, it cannot see any more. Change something, and look whether the output for the first of four images changes:

# %%
rng = np.random.default_rng(0)
images = rng.normal(size=(4, 6, 5, 5))
others, brighter, one_channel = images.copy(), images.copy(), images.copy()
others[1:] = 3 * others[1:] + 1
brighter[0] = 3 * brighter[0] + 1
one_channel[0, 2] = 3 * one_channel[0, 2] + 1
ones, zeros = np.ones(6), np.zeros(6)
NORMS = {
    "batch norm": lambda x: own.spatial_batchnorm(x, ones, zeros),
    "layer norm (1 group)": lambda x: own.groupnorm(x, ones, zeros, 1),
    "group norm (3 groups)": lambda x: own.groupnorm(x, ones, zeros, 3),
    "instance norm (6 groups)": lambda x: own.groupnorm(x, ones, zeros, 6),
}
changes = {
    name: [np.abs(norm(x)[0] - norm(images)[0]).max() for x in (others, brighter, one_channel)]
    for name, norm in NORMS.items()
}
alone = np.abs(own.spatial_batchnorm(images[:1], ones, zeros) - own.groupnorm(images[:1], ones, zeros, 6)).max()
flat = own.layernorm_forward(images.reshape(4, -1), np.ones(150), np.zeros(150))[0].reshape(images.shape)
print(f"{'':24}{'the others':>11}{'brighter':>10}{'one channel':>13}")
for name, (by_others, by_brighter, by_channel) in changes.items():
    print(f"{name:>24}{by_others:11.1f}{by_brighter:10.1f}{by_channel:13.1f}")
print(f"instance norm less batch norm of a single image: {alone:.0e}")
print(f"one group less your layernorm_forward: {np.abs(flat - NORMS['layer norm (1 group)'](images)).max():.0e}")

# %% [markdown]
# Only to batch norm do the others matter, and only it notices that the image as a whole is brighter; to the other three that is the same
# image. Instance norm does not even notice that one channel has changed: brightness and contrast of every channel are gone. Where these are
# but the style of a picture that may be right, and where the strength of a channel means something it is not.

# > **Find** the number of groups with which group norm returns nothing but zeros for images of a single pixel. Which other norm does the same?

# %%
widgets.sharing_explorer()

# %% [markdown]
# It is eight, as many as there are channels: each mean is then over a single number. Instance norm is the same thing by another
# name. And so is batch norm, when the single pixel is that of a single image.

# %%
claim_card("03.05")

# %% [markdown]
# ### Catch the bug
#
# Batch norm behaves differently in training and in evaluation, and it has a memory. So it can be wrong in ways that
# no single call shows: statistics that are never updated, updated in evaluation too, or with the two weights exchanged;
# a standard deviation kept where a variance is expected; evaluation by the batch's own statistics; $\gamma$ and $\beta$ left out there.
# Or it does in a batch of one what it should not: in training that gives $\beta$, in evaluation what any sample gives.
#
# **Exercise.** Write the test. Call the function several times, each time with the state that it returned: train, evaluate, evaluate
# again, evaluate a single sample, train on one, train once more. Compare with what should come out. Leave some room: $\varepsilon$ may
# be anything up to $10^{-3}$, and the running variance may be that with $N - 1$ (PyTorch takes it). But not too much: an $\varepsilon$
# of $0.1$ is wrong, and so is $N - 1$ in the variance that normalises. The new state must be $0.9$ of the old and $0.1$ of the
# batch's.

# %% exercise="is_batchnorm"
def is_batchnorm(norm):
    """Whether norm(x, gamma, beta, state, training) is right: True or False.

    A right one does what batchnorm_forward does, and returns out and the new state, a dict of mean (C,) and var (C,). It
    keeps 0.9 of the old running statistics; its eps may be anything up to 1e-3; its running variance may be the biased or the
    unbiased one, which is the biased one for a batch of one. Wrong ones do something else: in training or in evaluation, with
    several samples or one, with features that differ, or in the state. None changes its arguments. You may call norm as
    often as you like, with arguments of your choice, which go by position.
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(0)
    gamma, beta = np.array([1.5, -0.7, 2.0]), np.array([0.4, 1.1, -0.8])
    state = {"mean": np.array([2.0, -3.0, 0.5]), "var": np.array([4.0, 1.6, 2.5])}
    right = True

    def close(got, expected):
        return np.shape(got) == np.shape(expected) and np.allclose(got, expected, rtol=0.005, atol=0.005)

    for n, training in [(6, True), (5, False), (1, False), (1, True), (4, True), (3, False)]:
        x = rng.normal([1, -2, 4], [3, 1.5, 2], (n, 3))
        mean, var = (x.mean(axis=0), x.var(axis=0)) if training else (state["mean"], state["var"])
        out, new = norm(x, gamma, beta, state, training)
        right = right and close(out, gamma * (x - mean) / np.sqrt(var + 1e-5) + beta)
        if training:
            variances = [0.9 * state["var"] + 0.1 * v for v in (var, var * n / max(n - 1, 1))]
            right = right and close(new["mean"], 0.9 * state["mean"] + 0.1 * mean)
            right = right and any(close(new["var"], v) for v in variances)
        else:
            right = right and close(new["mean"], state["mean"]) and close(new["var"], state["var"])
        state = new
    ### END SOLUTION
    return bool(right)

# %% [markdown]
# Judge your own, and some that are not:

# %%
def without_cache(forward):
    def norm(*arguments):
        out, _, state = forward(*arguments)
        return out, state

    return norm


def with_batch_statistics(x, gamma, beta, state, training):
    return without_cache(own.batchnorm_forward)(x, gamma, beta, state, True)


def layer_norm(x, gamma, beta, state, training):
    return own.layernorm_forward(x, gamma, beta)[0], state


def torch_by_mistake(x, gamma, beta, state, training):
    out, _, state = own.batchnorm_forward(x, gamma, beta, state, training, momentum=0.1)
    return out, state


for name, norm in [
    ("your batchnorm_forward", without_cache(own.batchnorm_forward)),
    ("always by the batch", with_batch_statistics),
    ("your layer norm", layer_norm),
    ("momentum of 0.1", torch_by_mistake),
]:
    print(f"{name}: {own.is_batchnorm(norm)}")

# %% [markdown]
# ### Debug an evaluation
#
# A network is good in training and bad in evaluation. Batch norm is the first suspect, since nothing else here behaves
# differently in the two.
#
# **Exercise.** You get the record of one layer, with all batches that it was trained on. So you need not guess: what should the running
# statistics be after these batches, by the right rule and by each wrong one? Which of them are recorded?
# If those are right, what should come out, and what does?

# %% exercise="diagnose_batchnorm"
def diagnose_batchnorm(record):
    """What is wrong with a batch norm that is good in training and bad in evaluation: one of six words.

    record is a dict of arrays, which must not be changed. "batches" (T, N, C) are those of its training, in their order;
    "mean" and "var" (C,) are the running statistics after them, which should begin at 0 and 1, keep 0.9 of their value at
    each batch, and take biased variances; "gamma" and "beta" are (C,); "x" (M, C) is what it evaluates, with eps=1e-5, and "out" (M, C)
    what comes out.

    "frozen": the running statistics were never updated. "reversed": they keep 0.1 of their value, and not 0.9.
    "std": at each batch the running variance takes the standard deviation in place of the variance. "batch": evaluation uses the statistics of x.
    "unscaled": evaluation leaves gamma and beta out. "healthy": nothing is wrong. There is one fault at most; but for "batch",
    evaluation uses the recorded "mean" and "var", whatever they are.
    """
    ### BEGIN SOLUTION
    def running(keep, power=1.0):
        mean, var = 0.0, 1.0
        for batch in record["batches"]:
            mean = keep * mean + (1 - keep) * batch.mean(axis=0)
            var = keep * var + (1 - keep) * batch.var(axis=0) ** power
        return mean, var

    def is_state(mean, var):
        return np.allclose(record["mean"], mean) and np.allclose(record["var"], var)

    def normalized(mean, var):
        return (record["x"] - mean) / np.sqrt(var + 1e-5)

    x, gamma, beta = record["x"], record["gamma"], record["beta"]
    if is_state(0.0, 1.0):
        cause = "frozen"
    elif is_state(*running(0.1)):
        cause = "reversed"
    elif is_state(*running(0.9, 0.5)):
        cause = "std"
    elif np.allclose(record["out"], gamma * normalized(x.mean(axis=0), x.var(axis=0)) + beta):
        cause = "batch"
    elif np.allclose(record["out"], normalized(record["mean"], record["var"])):
        cause = "unscaled"
    else:
        cause = "healthy"
    ### END SOLUTION
    return cause

# %% [markdown]
# Record the layer of somebody who has taken PyTorch's 0.1 for the weight of the old value, and let your function find it:

# %%
seen = np.random.default_rng(0).normal(3, 2, (30, 32, 4))
state, gamma, beta = {"mean": np.zeros(4), "var": np.ones(4)}, np.full(4, 1.5), np.full(4, 0.5)
for batch in seen:
    _, _, state = own.batchnorm_forward(batch, gamma, beta, state, True, momentum=0.1)
out, _, _ = own.batchnorm_forward(seen[0], gamma, beta, state, False)
print(own.diagnose_batchnorm({"batches": seen, **state, "gamma": gamma, "beta": beta, "x": seen[0], "out": out}))

# %% [markdown]
# ## 3.7 Fold it away
#
# In evaluation, $\mu$ and $\sigma^2$ are constants, so batch norm is $\gamma s\, (z - \mu) + \beta$ with
# $s = 1 / \sqrt{\sigma^2 + \varepsilon}$, a straight line. And $z = a\,w + b$ was one too. Two affine maps in a row are one:
#
# $$ \gamma s\, (a\,w + b - \mu) + \beta \;=\; a\, \underbrace{(w\, \gamma s)}_{w'} + \underbrace{(b - \mu)\, \gamma s + \beta}_{b'} . $$
#
# **Exercise.** For `w = [[1, 2]]`, `b = [0, 0]`, $\gamma = [2, 2]$, $\beta = [1, 1]$, means `[1, 0]` and variances `[4, 1]`, `w2` is
# `[[1, 4]]` and `b2` is `[0, 1]`, up to $\varepsilon$.

# %% exercise="fold_batchnorm"
def fold_batchnorm(w, b, gamma, beta, state, eps=1e-5):
    """w2 (D, M) and b2 (M,) for which a @ w2 + b2 is batch norm, in evaluation, of a @ w + b.

    w is (D, M); b, gamma and beta are (M,); state is a dict with the running mean (M,) and var (M,), which is never
    negative. They may hold integers, and must not be changed. eps, any positive number, is added to the variance, under the root.
    """
    ### BEGIN SOLUTION
    scale = gamma / np.sqrt(state["var"] + eps)
    w2, b2 = w * scale, (b - state["mean"]) * scale + beta
    ### END SOLUTION
    return w2, b2

# %% [markdown]
# Fold the network that you trained in 3.4. The result is a plain network of pairs (w, b).

# %%
layers, _ = train_norm(YOURS, 0.3, seed=0, epochs=8)
pairs = [
    own.fold_batchnorm(layer["w"], np.zeros(32), layer["gamma"], layer["beta"], layer["state"]) for layer in layers[:-1]
]
pairs.append((layers[-1]["w"], layers[-1]["b"]))


def plain_network(pairs, x):
    """The logits of a network of affine layers and sigmoids, nothing else."""
    for w, b in pairs[:-1]:
        x = sigmoid(x @ w + b)
    return x @ pairs[-1][0] + pairs[-1][1]


difference = np.abs(plain_network(pairs, x_test) - run(layers, x_test, YOURS)[3]).max()
right = np.mean(plain_network(pairs, x_test).argmax(axis=1) == y_test)
print(f"{100 * right:.1f} % of the test digits are right")
print(f"the logits differ by {difference:.0e} at most")


def microseconds(function, n=200):
    """The least time of n calls."""
    times = []
    for _ in range(n):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return 1e6 * min(times)


one = x_test[:1]
print(f"one image, with batch norm: {microseconds(lambda: run(layers, one, YOURS)):.0f} µs")
print(f"one image, folded: {microseconds(lambda: plain_network(pairs, one)):.0f} µs")

# %% [markdown]
# The same digits are right, to the last, and the network is a plain one: sigmoid layers and nothing in between, like the one that
# could not be trained. So it was never a matter of what twenty sigmoid layers can *compute*. They could not be *found* from where
# gradient descent started.
#
# From where it started? Then fold *before* the first step: take the mean and the variance of one batch, fold them into the first
# weights, and train what you get without any batch norm, at a rate of 0.2.

# %%
SHIFT = (  # in place of batch norm: a bias
    lambda z, gamma, beta, state, training: (z + beta, None, state),
    lambda dout, cache: (dout, 0, dout.sum(axis=0)),
)


def folded_first(seed):
    """The first layers, into which batch norm by the first 256 digits has been folded, one layer after the other."""
    layers, a = first_layers(new_weights(seed)), x_train[:256]
    for layer in layers[:-1]:
        z = a @ layer["w"]
        state = {"mean": z.mean(axis=0), "var": z.var(axis=0)}
        layer["w"], layer["beta"] = own.fold_batchnorm(layer["w"], np.zeros(32), layer["gamma"], layer["beta"], state)
        a = sigmoid(a @ layer["w"] + layer["beta"])
    return layers


predict(
    "folded_first",
    lambda: {
        "batch norm": [train_norm(YOURS, 0.2, seed)[1] for seed in SEEDS[:3]],
        "folded first": [train_norm(SHIFT, 0.2, seed, layers=folded_first(seed))[1] for seed in SEEDS[:3]],
        "never": [train_norm(SHIFT, 0.2, seed)[1] for seed in SEEDS[:3]],
    },
    lambda losses: over_seeds(Panel(losses, "Twenty sigmoid layers at a rate of 0.2", "pass over the data", "loss (nats)")),
)

# %% [markdown]
# It learns. So much of the rescue is the start: means and variances that are right once, as the spread was in unit 02. To keep them
# right in every step is what takes the network with batch norm further: at the best rate of each, too, it ends at 0.7 to 0.8, and
# the folded one at 1.1 to 1.4.

# %%
claim_card("03.06")

# %% [markdown]
# ## 3.8 Project: train, then fold
#
# Twenty sigmoid layers once more, on digits that you have not seen: their pixels a hundred times larger and mixed by a random rotation, their
# labels exchanged. You are given the first weights, drawn by Glorot's rule ([unit 02](02_initialization.ipynb)), and a limited number of batches. What you
# hand in is a *plain* network, twenty pairs (w, b) with sigmoids in between. From these weights it cannot be trained as it is: whatever the
# rate, it only guesses. It has to label 75 % of new images right. Folding once, before the
# first step, as in 3.7, seldom gets there.
#
# **Exercise.** Put your batch norm in, train, and take it out again. All functions that you need stand above, `first_layers` and `step` among
# them. (In an answer, call your own functions by their names, without `own`.)

# %% exercise="train_and_fold"
def train_and_fold(next_batch, n_batches, weights):
    """Twenty pairs (w, b): a plain network of affine layers with sigmoids between them, trained with batch norm and folded.

    Each call of next_batch() returns another batch of 64 images, x (64, 64), and their labels y (64,); after n_batches calls,
    which are 100 or 200, there is no more. A rate of 0.1 does, and the eps of your own functions.
    weights is a list of 20 arrays (fan_in, fan_out) to begin with, and must not be changed; the last has a column for each class.
    There are batch norm and a sigmoid behind every affine layer but the last, which has a bias instead. Takes at most 5 seconds.
    """
    ### BEGIN SOLUTION
    norm = batchnorm_forward, batchnorm_backward
    layers = first_layers(weights)
    for _ in range(n_batches):
        x, y = next_batch()
        layers, _ = step(layers, x, y, 0.1, norm)
    pairs = []
    for layer in layers[:-1]:
        no_bias = np.zeros(layer["w"].shape[1])
        pairs.append(fold_batchnorm(layer["w"], no_bias, layer["gamma"], layer["beta"], layer["state"]))
    pairs.append((layers[-1]["w"], layers[-1]["b"]))
    ### END SOLUTION
    return pairs

# %% [markdown]
# All ten digits as they are, three times:

# %%
for seed in SEEDS[:3]:
    feed = iter([(x_train[b], y_train[b]) for one_pass in batches(seed, epochs=8) for b in one_pass])
    found = own.train_and_fold(lambda feed=feed: next(feed), 160, new_weights(seed))
    print(f"{100 * np.mean(plain_network(found, x_test).argmax(axis=1) == y_test):.1f} % of the test digits are right")

# %% [markdown]
# ## What to take away
#
# - Batch norm gives each unit mean 0 and variance 1 over the batch. Twenty sigmoid layers need both: what all samples share has to
#   go before what tells them apart can be scaled up.
# - On a squared loss, gradient descent needs about $\kappa$ steps to bring the loss to 1 %, and no rate from $2 / \lambda_{\max}$ on is
#   stable. Standardise the inputs, with the statistics of the training data.
# - Backward, the gradient loses what would shift the batch and what would stretch it. If you treat mean and variance as
#   constants, the network learns less well.
# - Evaluation uses running statistics, so that no sample depends on its company; they need some dozens of batches to be right.
# - In front of batch norm the size of weights does not matter, but their effective rate is $\eta / \lVert w \rVert^2$. Doubled weights
#   learn at a quarter of the rate.
# - With noise after batch norm, distributions shift more than without it, and it still helps. So less shift is not what is needed.
# - Layer, group and instance norm need no batch. Each removes something else, and batch norm can be folded away.
#
# **Next:** [unit 04](04_regularization.ipynb) is about networks that learn too well.

# %% [markdown] part="more"
# ## More norms
#
# Everything from here on is for those who want more; nothing later depends on it. The exercises take 19 minutes.

# %% [markdown]
# ### Two more ways to scale inputs
#
# **Exercise.** Min-max scaling maps the smallest value of each feature to 0 and the largest to 1. As before, the training data decide,
# so other data may lie outside: `[[1, 5], [3, 5]]` and `[[5, 7]]` become `[[0, 0], [1, 0]]` and `[[2, 2]]`.

# %% exercise="min_max"
def min_max(x_train, x_other):
    """The pair (x_train, x_other), every feature shifted and scaled so that those of x_train go from 0 to 1.

    x_train is (N, D), x_other (M, D); they may hold integers, and must not be changed. A feature that is constant in
    x_train is only shifted.
    """
    ### BEGIN SOLUTION
    low, high = x_train.min(axis=0), x_train.max(axis=0)
    width = np.where(high == low, 1, high - low)
    train, other = (x_train - low) / width, (x_other - low) / width
    ### END SOLUTION
    return train, other

# %% [markdown]
# **Exercise.** Standardising leaves the correlations. **Whitening** takes them away as well: with the covariance $U \Lambda U^\top$ of
# the centred data $c$, (N, D), it is $c\, U (\Lambda + \varepsilon)^{-1/2} U^\top$. (Of all matrices that do it, this one changes the
# data least; it is called ZCA.) `np.linalg.eigh` gives $\Lambda$ and $U$. Up to $\varepsilon$, `[[1, 1], [-1, -1], [2, -2], [-2, 2]]`
# becomes `[[1, 1], [-1, -1], [1, -1], [-1, 1]]`.

# %% exercise="whiten"
def whiten(x, eps=1e-5):
    """x (N, D) less its mean, times the matrix U (L + eps)^(-1/2) U^T, where U L U^T is its covariance (divided by N).

    x may hold integers, and must not be changed. eps is a positive number. Returns (N, D).
    """
    ### BEGIN SOLUTION
    centred = x - x.mean(axis=0)
    values, u = np.linalg.eigh(centred.T @ centred / len(x))
    out = centred @ (u / np.sqrt(values + eps)) @ u.T
    ### END SOLUTION
    return out

# %%
for name, x in [
    ("your min_max", own.min_max(flats, flats)[0]),
    ("your standardize", own.standardize(flats, flats)[0]),
    ("your whiten", own.whiten(flats)),
]:
    print(f"condition number {condition_with_bias(x):6.1f}  {name}")

# %% [markdown]
# Min-max scaling makes the scales equal and leaves the means, which cost a factor of forty here. Whitening leaves nothing.
#
# ### Without the mean
#
# RMSNorm (Zhang and Sennrich 2019) is layer norm without its first half: every sample is divided by the root of its mean square.
#
# **Exercise.** With $\gamma = 1$, `[[3, 4]]` becomes `[[0.849, 1.131]]`.

# %% exercise="rmsnorm"
def rmsnorm(x, gamma, eps=1e-5):
    """gamma times x (N, D), every row divided by sqrt(mean of its squares + eps). gamma is (D,).

    x and gamma may hold integers, and must not be changed. eps is any positive number. Returns (N, D).
    """
    ### BEGIN SOLUTION
    out = gamma * x / np.sqrt(np.mean(x**2, axis=1, keepdims=True) + eps)
    ### END SOLUTION
    return out

# %%
rng = np.random.default_rng(0)
x = rng.normal(size=(5, 32))
for name, norm in [
    ("your layernorm_forward", lambda x: own.layernorm_forward(x, np.ones(32), np.zeros(32))[0]),
    ("your rmsnorm", lambda x: own.rmsnorm(x, np.ones(32))),
]:
    tripled, moved = np.abs(norm(3 * x) - norm(x)).max(), np.abs(norm(x + 1) - norm(x)).max()
    print(f"{name}: changes by {tripled:.3f} (x tripled), {moved:.3f} (x + 1)")

# %% [markdown]
# Both forget the size of a sample; layer norm forgets its mean as well.
#
# ### Two conventions
#
# Keras and PyTorch disagree twice about running statistics. Keras' `momentum` is the weight of the old value, PyTorch's that of the
# new one. And PyTorch multiplies the variance of the batch by $N / (N - 1)$ before it goes into the running one.
#
# **Exercise.** From the state 0 and 1, the batch `[[1], [3]]` makes 0.2 and 1 with Keras' 0.9, and 0.2 and 1.1 with PyTorch's 0.1.

# %% exercise="running_update"
def running_update(state, x, momentum, convention):
    """The running statistics after the batch x (N, C), N > 1: a new dict {"mean": (C,), "var": (C,)}.

    state is a dict of arrays, mean (C,) and var (C,), as the result is. momentum is a number from 0 to 1.
    convention "keras": momentum is the weight of the old value, and the variance is divided by N. "torch": momentum is the
    weight of the new value, and the variance is divided by N - 1. state and x may hold integers, and must not be
    changed.
    """
    ### BEGIN SOLUTION
    torch = convention == "torch"
    old = 1 - momentum if torch else momentum
    new = {"mean": x.mean(axis=0), "var": x.var(axis=0, ddof=int(torch))}
    state = {key: old * state[key] + (1 - old) * new[key] for key in new}
    ### END SOLUTION
    return state

# %%
rng = np.random.default_rng(0)
for size in (2, 64):
    by_convention = {"keras": 0.9, "torch": 0.1}
    for convention, momentum in by_convention.items():
        state = {"mean": np.zeros(100), "var": np.ones(100)}
        for _ in range(200):
            state = own.running_update(state, rng.normal(size=(size, 100)), momentum, convention)
        print(f"{convention:>5}, batches of {size:2}: variance {state['var'].mean():.2f}")

# %% [markdown]
# The samples have variance 1. For batches of 64 it is all the same. For batches of two Keras' running variance is half of the true
# one. Yet neither is wrong: one is the variance of a batch, and the other that of the data that it was drawn from.
#
# ### What the paper saw
#
# Ioffe and Szegedy (2015) began with a network of three sigmoid layers, and watched one unit of the last: the 15th, 50th and 85th
# percentile of what goes into its sigmoid. Theirs had 100 units a layer and saw MNIST's digits, of 28 by 28 pixels, for 50,000 steps; here it is 50 units, small digits and
# 252 steps, each network at its own best rate.

# %%
ioffe_figure(ioffe())

# %% [markdown]
# With batch norm it gets to 90 % in a fifth of the steps or so. In both networks the unit's input becomes several times as wide, but
# with batch norm its median stays within 1 of 0, and without it wanders to $-2$ or so. That is what the authors explained by internal
# covariate shift; 3.5 has shown what comes of the explanation.
#
# All other claims of this unit, with their experiments, are in the notebook [Claims](appendix_claims.ipynb).

# %% [markdown]
# ## References
#
# - Ba, Kiros, Hinton (2016). Layer normalization. [arXiv 1607.06450](https://arxiv.org/abs/1607.06450)
# - Ioffe, Szegedy (2015). Batch normalization: accelerating deep network training by reducing internal covariate shift. *ICML*.
#   [arXiv 1502.03167](https://arxiv.org/abs/1502.03167)
# - LeCun, Bottou, Orr, Müller (1998). Efficient BackProp. In *Neural Networks: Tricks of the Trade*.
#   [doi 10.1007/3-540-49430-8_2](https://doi.org/10.1007/3-540-49430-8_2)
# - Santurkar, Tsipras, Ilyas, Madry (2018). How does batch normalization help optimization? *NeurIPS*.
#   [arXiv 1805.11604](https://arxiv.org/abs/1805.11604)
# - Ulyanov, Vedaldi, Lempitsky (2016). Instance normalization: the missing ingredient for fast stylization.
#   [arXiv 1607.08022](https://arxiv.org/abs/1607.08022)
# - Wu, He (2018). Group normalization. *ECCV*. [arXiv 1803.08494](https://arxiv.org/abs/1803.08494)
# - Yang, Pennington, Rao, Sohl-Dickstein, Schoenholz (2019). A mean field theory of batch normalization. *ICLR*.
#   [arXiv 1902.08129](https://arxiv.org/abs/1902.08129)
# - Zhang, Sennrich (2019). Root mean square layer normalization. *NeurIPS*. [arXiv 1910.07467](https://arxiv.org/abs/1910.07467)
