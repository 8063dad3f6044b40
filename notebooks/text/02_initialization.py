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
# # 2 · Initialization
#
# *How large the first weights must be, and how to work it out for an activation that has no rule.*
#
# **The question.** Three networks of thirty layers differ in one number, the spread of their first weights. Which of them
# learns? **Two surprises**: a network whose weights are all zero does move (2.2), and a forgotten square root leaves
# $10^{-24}$ of a signal (2.4). **At the end** you can work out the spread that keeps a signal's size, for any activation, even
# one that you have made up yourself, and your own functions start a network of forty layers.
#
# Allow nearly two hours and a half: the core exercises take 93 minutes, and reading and experimenting another 50. In a hurry? Read 2.1, 2.3 and
# *What to take away*. From [unit 01](01_vanishing_gradients.ipynb) you need what a training step is, and one idea: on its way
# back, the gradient is multiplied by a factor in every layer, and depth is the exponent. Both are recalled where they are used.
#
# As before, you are asked what you expect, then it runs; your functions are checked, and then put to work. Where one is
# missing, the library's stands in and says so.

# %% locked="setup"
import itertools

import numpy as np

from autograder.check import HIDDEN, check, example, hint
from autograder.learner import progress, solution, yours
from course_lib.functions.convolution import conv2d_forward
from course_lib.functions.losses import softmax_xent
from course_lib.initialization import constant
from course_lib.layers.network import mlp
from course_lib.optimizers.first_order import SGD
from course_lib.training.loop import fit
from course_lib.units.cards import claim_card
from course_lib.units.initialization import widgets as widgets
from course_lib.units.initialization.experiments.glorot_histograms import glorot_histograms
from course_lib.units.initialization.experiments.rectifier_depth import rectifier_curves
from course_lib.units.initialization.experiments.symmetry import break_symmetry
from course_lib.units.initialization.figures.diagrams import fans_diagram, symmetry_diagram
from course_lib.units.initialization.figures.glorot import glorot_figure
from course_lib.units.initialization.figures.rectifiers import rectifier_figure
from course_lib.units.questions import predict
from course_lib.units.shared.digits import standardized_digits
from course_lib.units.shared.figures.seeds import Panel, over_seeds

digits = standardized_digits()
x_train, y_train, x_test, y_test = digits.x_train, digits.y_train, digits.x_test, digits.y_test
SEEDS = range(5)
own = yours()  # your functions, for experiments: own.fans is your fans, or the library's until yours passes

# %%
progress("initialization")

# %% [markdown]
# ## 2.1 Three networks
#
# The network of this unit is as plain as can be: layers of $n = 64$ units, no biases, the same activation everywhere. It sees
# $N$ digits at a time, each of $8 \times 8$ pixels, scaled so that their mean square is 1. With the images $a_0 = x$, and for
# $l = 1 \dots L$,
#
# $$ z_l = a_{l-1} W_l, \qquad a_l = \varphi(z_l), \qquad z_l, a_l: (N, n), $$
#
# where the last layer has no $\varphi$: its $z_L$, of the shape $(N, 10)$, are the logits. All its code is in the next cell, and
# nothing in it is new after unit 01. What varies is the **initializer**, a function that draws the weights of one layer. It gets a generator of
# random numbers, `rng`, and the shape: `fan_in`, the number of inputs of each unit, and `fan_out`, the number of units.

# %%
def normal(std):
    """An initializer: normal numbers of mean 0 and standard deviation std, whatever the layer."""
    return lambda rng, fan_in, fan_out: rng.normal(0, std, (fan_in, fan_out))


def new_weights(initializer, seed, depth=30, width=64):
    """The first weights of depth layers for the digits."""
    rng = np.random.default_rng(seed)
    return [initializer(rng, n, m) for n, m in itertools.pairwise([64, *[width] * (depth - 1), 10])]


def forward(weights, x, phi):
    """The inputs of all layers, and their z."""
    inputs, zs = [x], []
    for w in weights:
        zs.append(inputs[-1] @ w)
        inputs.append(phi(zs[-1]))
    return inputs[:-1], zs


def backprop(weights, x, y, activation):
    """The loss, and the gradients with respect to the weights of all layers."""
    phi, slope = activation
    inputs, zs = forward(weights, x, phi)
    loss, dz = softmax_xent(zs[-1], y)
    grads = [inputs[-1].T @ dz]
    for i in reversed(range(len(weights) - 1)):
        dz = (dz @ weights[i + 1].T) * slope(zs[i], inputs[i + 1])
        grads.append(inputs[i].T @ dz)
    return loss, grads[::-1]


def train(weights, activation, lr, seed, epochs=6):
    """Gradient descent on batches of 64. Returns the trained weights, and the mean loss of each pass over the data."""
    rng, losses = np.random.default_rng(seed), []
    with np.errstate(all="ignore"):  # a network may diverge: that is a result
        for _ in range(epochs):
            order, of_batches = rng.permutation(len(x_train)), []
            for batch in np.array_split(order, len(order) // 64):
                loss, grads = backprop(weights, x_train[batch], y_train[batch], activation)
                of_batches.append(loss)
                weights = [w - lr * g for w, g in zip(weights, grads, strict=True)]
            losses.append(np.mean(of_batches))
    return weights, losses


def sizes(weights, phi):
    """The standard deviation of z in each layer but the last, over units and digits."""
    return [z.std() for z in forward(weights, x_train, phi)[1][:-1]]


TANH = np.tanh, lambda z, a: 1 - a**2  # the activation, and its slope at z, where a = tanh(z)
RELU = lambda z: np.maximum(z, 0), lambda z, a: (z > 0).astype(float)

# %% [markdown]
# Thirty layers of tanh, started three times from normal weights: of standard deviation 0.05, of 0.15 and of 0.45. All else is
# the same, the learning rate of 0.03 too.

# %%
STDS = (0.05, 0.15, 0.45)
predict(
    "three_widths",
    lambda: {std: [train(new_weights(normal(std), seed), TANH, 0.03, seed)[1] for seed in SEEDS] for std in STDS},
    lambda losses: over_seeds(
        Panel({str(std): rows for std, rows in losses.items()}, "Learning, five seeds", "pass over the data", "loss (nats)"),
        Panel(
            {str(std): [sizes(new_weights(normal(std), seed), np.tanh) for seed in SEEDS] for std in STDS},
            "Before the first step", "layer, from the input", "standard deviation of z", log=True,
        ),
    ),
)

# %% [markdown]
# Only the one in the middle learns. The other two end at $\ln 10 \approx 2.3$, the loss of guessing, and no learning rate from
# 0.001 to 1 gets either of them below 2.2 in the same time. (Try: `train(new_weights(normal(0.45), 0), TANH, 0.01, 0)[1]`.)
#
# The right-hand plot, made before the first step, shows that they fail for different reasons. With the small weights $z$ has
# shrunk to a few times $10^{-12}$ at layer 29. With the large ones it is large everywhere, and as steady as in the network that learns. So
# size is not all. In 2.3 you will compute all three lines without a network, and 2.7 says what is wrong with the third.

# %% [markdown]
# ## 2.2 All alike
#
# Why random numbers at all? Their mean is zero, so why not begin right there? Give a network with one hidden layer,
# $a = \varphi(x W_1 + b_1)$ and logits $a W_2 + b_2$, weights and biases that are all zero, and train it for 200 steps.

# %%
predict("zero_weights", lambda: {name: break_symmetry(name) for name in ("tanh", "relu", "sigmoid")})

# %% [markdown]
# Whoever says that zero weights never move has forgotten the sigmoid, and the last bias. The gradient of $W_2$ is $a^\top
# \delta$, where $\delta$, the gradient with respect to the logits, is not zero. With tanh and ReLU $a = \varphi(0) = 0$, so
# $W_2$ stays zero; the gradient that goes further back is $\delta W_2^\top = 0$, and everything below stays as well. Only
# $b_2$ moves: it learns how frequent each digit is.
#
# The sigmoid gives $a = \tfrac12$ instead. So $W_2$ moves in the first step, and from the second on $\delta W_2^\top$ is
# not zero, and $W_1$ moves. But look at what moves it:

# %%
symmetry_diagram()

# %% [markdown]
# Two units with equal weights, incoming and outgoing, compute the same $a$, get the same gradient, and take the same step. They
# were equal, and they stay equal. Sixteen such units are one unit with sixteen names.
#
# **Exercise.** Count the units that differ. With `weights` of the shapes (64, 16) and (16, 10), hidden unit $i$ is the column `weights[0][:, i]`
# together with the row `weights[1][i]`. For `[[1, 1, 2]]` followed by `[[3], [3], [3]]` the answer is `[2]`. After
# training, rounding may have touched the last digits, so numbers count as equal if they agree to eight decimals, and only then:
# round them, or allow for a difference of $10^{-8}$, whatever their size.

# %% exercise="symmetry_report"
def symmetry_report(weights):
    """How many different units each hidden layer has. Two are the same when all their weights, in and out, agree.

    weights is a list of L arrays (fan_in, fan_out) of consecutive layers, which must not be changed.
    Returns a list of L - 1 integers.
    """
    ### BEGIN SOLUTION
    counts = []
    for incoming, outgoing in itertools.pairwise(weights):
        units = np.hstack([incoming.T, outgoing])
        counts.append(len(np.unique(np.round(units, 8), axis=0)))
    ### END SOLUTION
    return counts

# %% [markdown]
# Let it look at networks *after* training: from zero, from a constant, and from random weights. Beside its count stands the
# share of the test digits that the network gets right.

# %%
def started_from(initializer, activation, seed=0):
    """The weights of the library's network, two hidden layers of 16 units with biases, after 20 passes; its accuracy."""
    rng = np.random.default_rng(seed)
    net = mlp([64, 16, 16, 10], activation=activation, initializer=initializer, rng=rng)
    fit(net, x_train, y_train, rng=rng, optimizer=SGD(0.3), epochs=20)
    return [layer.params["w"] for layer in net.layers if layer.params], np.mean(net.predict(x_test).argmax(axis=1) == y_test)


for name, initializer in [("zero", constant(0)), ("0.05", constant(0.05)), ("normal, 0.1", normal(0.1))]:
    for activation in ("tanh", "sigmoid"):
        weights, accuracy = started_from(initializer, activation)
        different = own.symmetry_report(weights)
        print(f"{name:>11}, {activation:7}: {different} different, {100 * accuracy:3.0f} % right")

# %% [markdown]
# From zero and from a constant, each hidden layer is a single unit, and one number, a weighted sum of pixels, does not tell ten digits apart.
# What is missing is that the weights *differ*. By how much must they differ?
#
# > **Find** the least noise with which the units of a tanh network go separate ways within 200 steps. Then do the same for
# > the sigmoid.

# %%
widgets.symmetry_explorer(noise=0.01, predict=False)

# %% [markdown]
# Where all weights are zero, the least noise in the menu, $10^{-8}$, is plenty for tanh units ($10^{-10}$ would do): within 200 steps the difference
# grows to about a half, and the network labels nearly all of its 128 digits right. Sigmoid units take longer. A difference
# of $10^{-8}$ is still below a thousandth by then, and one of $10^{-4}$ has come to four tenths at most. Only with $10^{-2}$
# are some four fifths of the digits labelled right. So it takes next to nothing to break the symmetry. How large the
# weights should be is another question.

# %%
claim_card("02.01")

# %% [markdown]
# ## 2.3 The factor per layer
#
# ### Forward
#
# One unit of the next layer adds up $n$ terms:
#
# $$ z_{l+1,j} = \sum_{i=1}^{n} \varphi(z_{l,i})\, W_{ij} . $$
#
# Let the weights be independent of each other, with mean 0 and variance $\sigma_w^2$, and write $\mathbb E$ for the mean over
# them. Square the sum. A product of two different weights has the mean 0, and $n$ squares remain:
#
# $$ \mathbb E[z_{l+1,j}^2] = \sum_i \mathbb E[W_{ij}^2]\, \varphi(z_{l,i})^2 = n\, \sigma_w^2 \cdot \text{mean of } \varphi(z_l)^2 . $$
#
# $W_{l+1}$ is drawn independently of everything below it, so that nothing else had to be assumed. To go on, we need the mean of
# $\varphi(z_l)^2$, and here is the one approximation. As a sum of $n$ independent terms, $z_l$ is close to **normally
# distributed**, the closer the larger $n$. Its mean is 0, so that a single number describes it, its variance $q_l$; and from
# that follows the next:
#
# $$ q_{l+1} = \underbrace{n\,\sigma_w^2}_{g^2} \cdot F(q_l) \cdot q_l, \qquad
#    F(q) = \frac{\mathbb E[\varphi(z)^2]}{q} , $$
#
# where $z$ is normal, with mean 0 and variance $q$. As in unit 01, $g$ is the **gain**, and
# $\sigma_w = g / \sqrt{n}$.
#
# ### Backward
#
# Unit 01 had the other direction: the gradient $\delta_l$ with respect to $z_l$ is $(\delta_{l+1} W_{l+1}^\top) \odot
# \varphi'(z_l)$. It adds up one term for every unit that the output goes to, and these are $m$, the `fan_out` of $W_{l+1}$.
# Under the assumptions made there (the weights are independent of $\delta_{l+1}$, and the slopes of both),
#
# $$ \mathbb E[\delta_l^2] = m\,\sigma_w^2 \cdot B(q_l) \cdot \mathbb E[\delta_{l+1}^2], \qquad
#    B(q) = \mathbb E[\varphi'(z)^2] . $$

# %%
fans_diagram()

# %% [markdown]
# **Exercise.** Compute $F(q)$ and $B(q)$, the factors forward and backward, for any function $\varphi$. You may draw a
# million normal numbers and take means, or sum over a fine grid, weighted with the normal density. You have no formula for
# $\varphi'$: use the central difference $\bigl(\varphi(z + h) - \varphi(z - h)\bigr) / 2h$, with an $h$ that is small
# compared with $\sqrt q$; $q$ may be tiny, such as $10^{-8}$. For tanh and $q = 1$ the two numbers are 0.394 and 0.464.

# %% exercise="variance_factor"
def variance_factor(phi, q=1.0):
    """The pair E[phi(z)^2] / q and E[phi'(z)^2], for normal z of mean 0 and variance q > 0.

    phi takes an array of any shape and works on every entry by itself; it may have kinks. Returns two floats, right
    to within 5 %: a hundred thousand samples will do, or a fine grid, and a numerical derivative.
    """
    ### BEGIN SOLUTION
    nodes = np.linspace(-8, 8, 16001)
    weights = np.exp(-(nodes**2) / 2)
    weights /= weights.sum()
    z, h = np.sqrt(q) * nodes, 1e-4 * np.sqrt(q)
    slope = (phi(z + h) - phi(z - h)) / (2 * h)
    forward, backward = weights @ phi(z) ** 2 / q, weights @ slope**2
    ### END SOLUTION
    return forward, backward

# %% [markdown]
# Start with images of mean square 1 and apply the formula again and again: that predicts the whole line, from one function and
# one number. Here it is for the three networks of the beginning. Their $g$ is $\sigma_w \sqrt{64} = 8\,\sigma_w$.

# %%
def predicted(phi, gain, depth=29):
    """The standard deviation of z in each layer, by the formula for q."""
    q = [gain**2]  # the mean square of all pixels is 1
    while len(q) < depth:
        q.append(gain**2 * own.variance_factor(phi, q[-1])[0] * q[-1])
    return np.sqrt(q)


over_seeds(
    Panel(
        {f"{std}, measured": [sizes(new_weights(normal(std), seed), np.tanh) for seed in SEEDS] for std in STDS}
        | {f"{std}, predicted": predicted(np.tanh, 8 * std) for std in STDS},
        "Three networks, and your prediction", "layer, from the input", "standard deviation of z", log=True,
    )
)

# %% [markdown]
# The three pairs of lines lie on top of each other, over twelve powers of ten.
#
# **Exercise.** Now turn the question round: which gain keeps $z$ at the variance 1, so that $g^2\, \mathbb E[\varphi(z)^2]
# = 1$ at $q = 1$? For ReLU it is $\sqrt 2$, because half of $\mathbb E[z^2]$ is lost; for tanh it is 1.59.

# %% exercise="gain_for"
def gain_for(phi):
    """The gain g for which weights of standard deviation g / sqrt(fan_in) keep z at variance 1. A float, right to
    within 2.5 %.

    phi takes an array of any shape and works on every entry by itself.
    """
    ### BEGIN SOLUTION
    gain = 1 / np.sqrt(variance_factor(phi)[0])
    ### END SOLUTION
    return gain

# %% [markdown]
# ### An activation without a rule
#
# You will not find a gain for this one in a library. It is a staircase with rounded steps; replace it by one of your own,
# if you like.

# %%
def staircase(z):
    return (z + np.sin(z)) / 4


STAIRCASE = staircase, lambda z, a: (1 + np.cos(z)) / 4
print(f"F(1), B(1) = {own.variance_factor(staircase)[0]:.3f}, {own.variance_factor(staircase)[1]:.3f}")
print(f"your gain: {own.gain_for(staircase):.3f}")

# %%
GAINS = {"1": 1.0, "√2": 2**0.5, "yours": own.gain_for(staircase)}


def with_gain(gain):
    return lambda rng, fan_in, fan_out: rng.normal(0, gain / np.sqrt(fan_in), (fan_in, fan_out))


predict(
    "without_a_rule",
    lambda: {
        name: [train(new_weights(with_gain(gain), seed), STAIRCASE, 0.1, seed)[1] for seed in SEEDS[:3]]
        for name, gain in GAINS.items()
    },
    lambda losses: over_seeds(
        Panel(
            {name: [sizes(new_weights(with_gain(gain), seed), staircase) for seed in SEEDS] for name, gain in GAINS.items()}
            | {f"{name}, predicted": predicted(staircase, gain) for name, gain in GAINS.items()},
            "Thirty layers of the staircase", "layer, from the input", "standard deviation of z", log=True,
        ),
        Panel(losses, "Learning, three seeds", "pass over the data", "loss (nats)"),
    ),
)

# %% [markdown]
# Where $z$ is small, the staircase is $z / 2$. So with a gain of 1 the signal is halved at each layer, with $\sqrt 2$ it loses
# three tenths, and the network goes on guessing. Yours keeps it level, and the network learns. At rates of 0.01 and 0.03 it is
# the same.
#
# ### What the gain does not see
#
# The size of the signal is only half of the matter. Where all layers have one width, so that $m = n$, the mean square of
# the gradient is multiplied by $g^2 B(q)$, and that may be something else:

# %%
ACTIVATIONS = {
    "linear": lambda z: z, "ReLU": RELU[0], "tanh": np.tanh, "staircase": staircase,
    "SELU": lambda z: 1.0507 * np.where(z > 0, z, 1.6733 * np.expm1(np.minimum(z, 0))),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}  # fmt: skip
for name, phi in ACTIVATIONS.items():
    gain = own.gain_for(phi)
    print(f"{name:>9}: gain {gain:.2f}, the gradient's factor {gain**2 * own.variance_factor(phi)[1]:.2f}")

# %% [markdown]
# For most of them it is near 1. The sigmoid is the exception. Its gain of 1.85 keeps $z$ at size 1, but what it keeps is
# the same for every image: the outputs lie around $\tfrac12$, and $\mathbb E[\varphi(z)^2]$ counts the $\tfrac12$ as signal.
# What tells two digits apart is multiplied by the slopes, forward as well as backward, and shrinks as the gradient does: each
# layer leaves 0.15 of its mean square (unit 01, section 1.5; 2.7 comes back to it). Both factors should be 1.
#
# > **Find** the gain at which, over thirty tanh layers, signal *and* gradient end nearest to the size 1.

# %%
widgets.scale_explorer()

# %% [markdown]
# A gain of 2 keeps $z$ level and lets the gradient explode. With 1.6, which is about yours, it still grows by a factor of
# five to thirteen. Near 1.2 it stays what it was, and $z$ settles at one half, where both factors are close to 1. That is the
# network of 2.1 that learned: $8 \cdot 0.15 = 1.2$.

# %%
claim_card("02.02")

# %% [markdown]
# ## 2.4 The rules with names
#
# You have just found them. LeCun, Bottou, Orr and Müller (1998) take the gain 1, for a stretched tanh that roughly keeps
# the size; He, Zhang, Ren and Sun (2015) take the gain $\sqrt 2$ of ReLU. Glorot and Bengio (2010) looked at both directions at once, as if the units were linear: forward,
# $n\,\sigma_w^2$ should be 1, and backward $m\,\sigma_w^2$. Unless $n = m$ you cannot have both. Their compromise takes the
# mean of the two fans,
#
# $$ \sigma_w^2 = \frac{2}{n + m}, \qquad n = \text{fan\_in}, \quad m = \text{fan\_out}. $$
#
# **Exercise.** Draw normal weights of this variance. For 50 inputs and 150 units their standard deviation is 0.1.

# %% exercise="glorot_normal"
def glorot_normal(rng, fan_in, fan_out):
    """Normal weights (fan_in, fan_out) of mean 0 and variance 2 / (fan_in + fan_out).

    They are drawn from rng, an np.random.Generator.
    """
    ### BEGIN SOLUTION
    w = rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))
    ### END SOLUTION
    return w

# %% [markdown]
# $\sigma_w^2$ is a variance, and `rng.normal` wants its root. How much depends on that? One set of lecture notes multiplies
# normal numbers by $1/n$. Take layers of $n = 256$ units, $\sigma_w = 1/n$ in place of $1/\sqrt n$, and look at layer 20.
# Work it out before you choose: what is the factor per layer?

# %%
ROOT, NO_ROOT = (lambda rng, n, m: rng.normal(0, n**-0.5, (n, m))), (lambda rng, n, m: rng.normal(0, 1 / n, (n, m)))
predict(
    "one_over_n",
    lambda: {
        name: [sizes(new_weights(initializer, seed, depth=21, width=256), np.tanh) for seed in SEEDS]
        for name, initializer in [("1/√n", ROOT), ("1/n", NO_ROOT)]
    },
    lambda result: over_seeds(
        Panel(result, "Twenty tanh layers of 256 units", "layer, from the input", "standard deviation of z", log=True)
    ),
)

# %% [markdown]
# The factor per layer is $\sqrt n \cdot \tfrac1n = \tfrac1{16}$, which does not look like a catastrophe: $\tfrac18$ in the
# first layer, with its 64 inputs, and $\tfrac1{16}$ in each of the next nineteen make $2 \cdot 10^{-24}$.
#
# **Exercise.** The formula asks for a variance, and says nothing about the distribution. Uniform numbers between $-r$ and
# $r$ have the variance $r^2 / 3$: which $r$ gives them Glorot's?

# %% exercise="glorot_uniform"
def glorot_uniform(rng, fan_in, fan_out):
    """Uniform weights (fan_in, fan_out), symmetric around 0, of variance 2 / (fan_in + fan_out).

    They are drawn from rng, an np.random.Generator.
    """
    ### BEGIN SOLUTION
    r = np.sqrt(6 / (fan_in + fan_out))
    w = rng.uniform(-r, r, (fan_in, fan_out))
    ### END SOLUTION
    return w

# %%
over_seeds(
    Panel(
        {
            name: [sizes(new_weights(initializer, seed), np.tanh) for seed in SEEDS]
            for name, initializer in [
                ("your glorot_normal", own.glorot_normal), ("your glorot_uniform", own.glorot_uniform),
                ("signs", lambda rng, n, m: rng.choice([-1, 1], (n, m)) * np.sqrt(2 / (n + m))),
            ]
        },
        "One variance, three distributions", "layer, from the input", "standard deviation of z",
    )
)  # fmt: skip

# %% [markdown]
# The medians stay within a third or so of each other, even for weights that take only two values. (All three fall slowly: the
# gain is 1, and that of tanh would be 1.59.)
#
# **Exercise.** One function for all of these rules: the variance is $g^2 / n$, $g^2 / m$ or $2 g^2 / (n + m)$, by `mode`.
# With 100 inputs and a gain of 2, the standard deviation is 0.2 in the mode "fan_in". You need not refuse other modes.

# %% exercise="scaled"
def scaled(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """Weights (fan_in, fan_out) of mean 0 and standard deviation gain / sqrt(fan).

    They are drawn from rng, an np.random.Generator. mode says which fan: "fan_in", "fan_out" or "fan_avg", the mean of the
    two, which need not be a whole number. distribution is "normal" or "uniform". gain is any positive number.
    """
    ### BEGIN SOLUTION
    fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
    std = gain / np.sqrt(fan)
    if distribution == "normal":
        w = rng.normal(0, std, (fan_in, fan_out))
    else:
        w = rng.uniform(-np.sqrt(3) * std, np.sqrt(3) * std, (fan_in, fan_out))
    ### END SOLUTION
    return w

# %% [markdown]
# Does the mode matter? Where all layers are equally wide there is no difference. So take a funnel: from 512 units down to 10,
# half as many in each layer. It is linear, so that nothing but the fans can make a difference.

# %%
FUNNEL = [64, 512, 256, 128, 64, 32, 16, 10]


def funnel(mode, seed):
    """The sizes of z on the way forward, and of a random gradient with respect to z on the way back."""
    rng = np.random.default_rng(seed)
    weights = [own.scaled(rng, n, m, mode=mode) for n, m in itertools.pairwise(FUNNEL)]
    zs = forward(weights, x_train[:200], lambda z: z)[1]
    deltas = [rng.normal(size=zs[-1].shape)]
    for w in weights[:0:-1]:
        deltas.append(deltas[-1] @ w.T)
    return [z.std() for z in zs], [delta.std() for delta in deltas[::-1]]


both = {mode: [funnel(mode, seed) for seed in SEEDS] for mode in ("fan_in", "fan_out", "fan_avg")}
over_seeds(
    Panel({mode: [there for there, _ in rows] for mode, rows in both.items()}, "Forward", "layer", "standard deviation of z"),
    Panel({mode: [back for _, back in rows] for mode, rows in both.items()}, "Backward", "layer", "size of the gradient"),
)  # fmt: skip

# %% [markdown]
# `fan_in` keeps the signal level and lets the gradient shrink by a factor of about seven towards the input. `fan_out`
# keeps the gradient and lets the signal grow by as much, and `fan_avg` shares the damage. But with either fan it is *one*
# such factor, $\sqrt{512/10} \approx 7$, and not one per layer: each layer contributes the ratio of its widths, and in the
# product all widths between the first and the last cancel. So He et al. (2015) conclude that either will do. A wrong gain,
# in contrast, has depth as its exponent. And there are networks in which the compromise loses a factor in every layer, too: the
# card at the end of this section shows one.
#
# Layers for images are often **convolutions**, the subject of a later unit. An image may have several *channels*, such as
# red, green and blue. For one output, the layer looks at a small patch, 3 pixels by 3, say: it multiplies each pixel of it, in every
# channel, by a weight, and adds up. The same weights, the *kernel*, are moved over the image pixel by pixel, and give one
# output at each place. These outputs are a channel for the next layer, and for each channel that it makes the layer has a
# kernel of its own.
#
# **Exercise.** The weights of C_out kernels are (C_out, C_in, K1, K2), the outputs first: C_in channels come in, and a patch
# is K1 by K2 pixels. How many terms does an output add up? And to how many outputs does an input go, away from the
# border? For (8, 3, 5, 5) the answer is 75 and 200.

# %% exercise="fans"
def fans(shape):
    """fan_in and fan_out of weights of the shape (D, M) of a dense layer, or (C_out, C_in, K1, K2) of a convolution.

    Returns two numbers.
    """
    ### BEGIN SOLUTION
    if len(shape) == 2:
        fan_in, fan_out = shape
    else:
        c_out, c_in, k1, k2 = shape
        fan_in, fan_out = c_in * k1 * k2, c_out * k1 * k2
    ### END SOLUTION
    return fan_in, fan_out

# %%
def convolutions(fan_in_of, seed, depth=8):
    """The size of z after each of depth convolutions with ReLU, on the digits as images of one channel."""
    rng, a, stds = np.random.default_rng(seed), x_train[:64].reshape(-1, 1, 8, 8), []
    for shape in [(16, 1, 3, 3)] + [(16, 16, 3, 3)] * (depth - 1):
        w = rng.normal(0, np.sqrt(2 / fan_in_of(shape)), shape)
        z, _ = conv2d_forward(a, w, np.zeros(shape[0]), padding=1)
        stds.append(z.std())
        a = np.maximum(z, 0)
    return stds


over_seeds(
    Panel(
        {
            "your fan_in": [convolutions(lambda shape: own.fans(shape)[0], seed) for seed in SEEDS],
            "channels only": [convolutions(lambda shape: shape[1], seed) for seed in SEEDS],
        },
        "Eight convolutions, He's weights", "layer, from the input", "standard deviation of z", log=True,
    )
)  # fmt: skip

# %% [markdown]
# Forgetting the kernel makes each 3×3 layer three times too large, and eight of them $3^8 \approx 6{,}600$ times. With your
# fan $z$ stays within a factor of four. Part of what it loses is lost at the border, where the kernel reaches over the edge
# and adds up zeros.

# %%
claim_card("02.03")

# %% [markdown]
# ### Catch the bug
#
# The mistakes of this section have all been made by somebody: a variance for a standard deviation, $1/n$, the wrong fan,
# a spread off by a tenth, one spread for all shapes, uniform numbers for normal ones, or too many large ones (those of
# Laplace's distribution), a mean half a standard deviation from 0, all numbers positive, a row or column in four a copy
# of its neighbour, the shape turned round, the same numbers again in the next call with the same generator. None raises
# an error, and your function will be tried on each. How do you test a function whose result is random?
#
# **Exercise.** Draw enough numbers and compare statistics with what they should be, and allow for chance. Of $k$ normal
# numbers, the standard deviation comes out within $1/\sqrt{2k}$ of the true one, relatively, and the mean within
# $1/\sqrt k$ standard deviations of 0, each two times out of three, and hardly ever beyond four times that. Right
# functions must pass nearly always, so leave that much room. Which shape tells `fan_in` from `fan_out`, and which
# statistic tells normal from uniform numbers?

# %% exercise="is_glorot_normal"
def is_glorot_normal(initializer, seed):
    """Whether initializer(rng, fan_in, fan_out) is right: True or False.

    In every call a right one draws from rng, which goes on from call to call, an array (fan_in, fan_out) of new, independent
    normal weights of mean 0 and Glorot's variance. seed is an integer, to make generators from with np.random.default_rng.
    You may call initializer as often as you like, with fans of your choice.
    """
    ### BEGIN SOLUTION
    n, m = 300, 100
    std = np.sqrt(2 / (n + m))
    rng = np.random.default_rng(seed)
    w = initializer(rng, n, m) / std
    again = initializer(rng, n, m) / std
    chance = 5 / np.sqrt(w.size)
    right = w.shape == (n, m)
    right = right and abs(w.mean()) < chance
    right = right and abs(w.std() - 1) < chance / np.sqrt(2)
    right = right and abs(np.mean(w**4) - 3) < chance * np.sqrt(96)
    for one, other in ((w[1:], w[:-1]), (w[:, 1:], w[:, :-1]), (w, again)):
        right = right and abs(np.mean(one * other)) < chance
    ### END SOLUTION
    return bool(right)

# %% [markdown]
# It has your own functions to judge:

# %%
for name, initializer in [
    ("your glorot_normal", own.glorot_normal),
    ("your glorot_uniform", own.glorot_uniform),
    ('your scaled, mode="fan_avg"', lambda rng, n, m: own.scaled(rng, n, m, mode="fan_avg")),
    ('your scaled, mode="fan_in"', lambda rng, n, m: own.scaled(rng, n, m, mode="fan_in")),
    ("1/n", NO_ROOT),
]:
    print(f"{name}: {own.is_glorot_normal(initializer, seed=0)}")

# %% [markdown]
# ## 2.5 Orthogonal weights
#
# All of these rules keep a *mean* square. What happens to a single direction? Fifty linear layers of 64 units are one
# matrix, the product $W_1 W_2 \cdots W_{50}$. Its **singular values** say by how much it stretches each of 64 directions
# that stand at right angles to each other.
#
# A square matrix $Q$ is **orthogonal** if its columns have the length 1 and stand at right angles to each other, in a word:
# are **orthonormal**. It keeps every length, $\lVert x Q \rVert = \lVert x \rVert$ for every $x$, and a product of such matrices is
# one of them again (Saxe, McClelland and Ganguli 2014). A matrix that is not square can still have orthonormal columns, or
# rows, whichever are fewer.
#
# **Exercise.** `np.linalg.qr` makes orthonormal columns from a random matrix that is at least as tall as it is wide. What
# do you do with a wide one? With `gain=3`, the product `w.T @ w` of a tall result is nine times the identity.

# %% exercise="orthogonal"
def orthogonal(rng, rows, cols, gain=1.0):
    """gain times a random matrix (rows, cols) whose rows or columns, whichever are fewer, are orthonormal.

    It is made from normal numbers drawn from rng, an np.random.Generator. gain is any number.
    """
    ### BEGIN SOLUTION
    tall = rng.normal(size=(max(rows, cols), min(rows, cols)))
    q, r = np.linalg.qr(tall)
    q = q * np.sign(np.diag(r))
    w = gain * (q if rows >= cols else q.T)
    ### END SOLUTION
    return w

# %%
def stretches(initializer, seed, depth=50):
    """The singular values of the product of depth square matrices, largest first."""
    product = np.linalg.multi_dot(new_weights(initializer, seed, depth + 1)[:-1])
    return np.linalg.svd(product, compute_uv=False)


over_seeds(
    Panel(
        {
            "normal": [stretches(with_gain(1.0), seed)[:48] for seed in SEEDS],
            "your orthogonal": [stretches(own.orthogonal, seed)[:48] for seed in SEEDS],
        },
        "Fifty linear layers", "direction", "stretched by", log=True,
    )
)  # fmt: skip

# %% [markdown]
# (The plot has the first 48 directions; those of the normal weights soon fall below what float64 can tell.) The normal
# weights, of variance $1/n$, keep the mean square, and keep it in a handful of directions: the one in the middle is
# squeezed to less than a ten-millionth of the first. Your orthogonal ones stretch every direction by 1.
#
# That is a linear network. Does it help one with tanh? Sixty layers, a gain of 1.2, and for each kind its own best rate
# of 0.003, 0.01, 0.03 and 0.1.

# %%
BEST = {"normal": (with_gain(1.2), 0.01), "orthogonal": (lambda rng, n, m: own.orthogonal(rng, n, m, gain=1.2), 0.03)}
predict(
    "sixty_layers",
    lambda: {
        name: [train(new_weights(initializer, seed, depth=60), TANH, lr, seed)[1] for seed in SEEDS[:3]]
        for name, (initializer, lr) in BEST.items()
    },
    lambda losses: over_seeds(Panel(losses, "Sixty tanh layers, three seeds", "pass over the data", "loss (nats)")),
)

# %% [markdown]
# The orthogonal network ends at about a tenth of the loss of the other. The variance of the weights is the same in both,
# and with it the factor per layer; what differs, as in the linear network, is how evenly it falls on all directions. Take the
# slopes of tanh into the product, too: before training, from the first layer to the last but one, the middle one of 64
# directions is squeezed to about a hundredth of the first by orthogonal weights, and to some $10^{-11}$ by normal ones. The
# price is one QR decomposition per layer, once.

# %%
claim_card("02.04")

# %% [markdown]
# ## 2.6 Let the data decide
#
# Everything so far was worked out before any data were seen. You could also *look*: send a batch through the first layer,
# measure the standard deviation of $z$, divide the weights by it; then do the same with the second layer, and so on. This
# is LSUV, layer-sequential unit variance (Mishkin and Matas 2016, who start it from orthogonal matrices).
#
# **Exercise.** If $z$ has the standard deviation 4 in the first layer, its weights are divided by 4. Go on layer by layer:
# what the second gets depends on what has been done to the first.

# %% exercise="lsuv"
def lsuv(weights, x, phi, tol=1e-3):
    """New weights, each scaled by one number so that its z has the standard deviation 1, up to tol, on the batch x.

    weights is a list of arrays (fan_in, fan_out) of consecutive layers without biases, x is (N, D). The standard deviation is
    that over all samples and units, of z before the activation; it is never 0. phi works on every entry of an array by
    itself. The arguments must not be changed.
    """
    ### BEGIN SOLUTION
    scaled_weights, a = [], x
    for w in weights:
        w = w / np.std(a @ w)
        scaled_weights.append(w)
        a = phi(a @ w)
    ### END SOLUTION
    return scaled_weights

# %% [markdown]
# Take the two networks of 2.1 that failed, with *the same* random numbers, and give each layer the one factor that your `lsuv`
# finds.

# %%
mended = {
    std: [own.lsuv(new_weights(normal(std), seed), x_train[:256], np.tanh) for seed in SEEDS[:3]] for std in (0.05, 0.45)
}
over_seeds(
    Panel({f"from {std}": [sizes(w, np.tanh) for w in rows] for std, rows in mended.items()}, "After your lsuv", "layer", "standard deviation of z"),
    Panel(
        {f"from {std}": [train(w, TANH, 0.03, seed)[1] for seed, w in enumerate(rows)] for std, rows in mended.items()},
        "Learning, three seeds", "pass over the data", "loss (nats)",
    ),
)  # fmt: skip

# %% [markdown]
# Both learn. (The size of $z$ is 1 on the 256 images that `lsuv` saw; the plot has all images.) As the two networks differed in scale alone, they
# are even the same network afterwards, up to rounding. That their curves part all the same is what training thirty layers
# makes of a difference in the sixteenth digit. And you already know the gain that `lsuv` finds:

# %%
stds = [w.std() * 8 for w in mended[0.05][0][1:-1]]
print(f"lsuv's gain from layer 2 on: {np.mean(stds):.2f}; your gain_for(np.tanh): {own.gain_for(np.tanh):.2f}")

# %% [markdown]
# Where you can compute the gain, measuring finds the same one. But measuring needs neither an integral nor inputs of size 1.

# %%
claim_card("02.05")

# %% [markdown]
# ## 2.7 Order and chaos
#
# One question is left: what is wrong with the third network of 2.1, whose $z$ is as steady as can be? Take an image, and a
# copy with noise of a thousandth of its size. Send both through the networks, and watch how far apart they are in each layer,
# compared with their size there.

# %%
def distances(std, seed):
    """How far images and their noisy copies are apart, relative to their size: in the input, and after each layer."""
    rng, x = np.random.default_rng(seed), x_train[:200]
    noise = rng.normal(size=x.shape)
    noise *= 1e-3 * np.linalg.norm(x) / np.linalg.norm(noise)
    weights = new_weights(normal(std), seed)
    images, copies = (forward(weights, batch, np.tanh)[0] for batch in (x, x + noise))
    return [np.linalg.norm(b - a) / np.linalg.norm(a) for a, b in zip(images, copies, strict=True)]


predict(
    "noisy_copies",
    lambda: {str(std): [distances(std, seed) for seed in SEEDS] for std in STDS},
    lambda result: over_seeds(
        Panel(result, "An image and its noisy copy", "layer (1 is the input)", "distance, relative to size", log=True)
    ),
)

# %% [markdown]
# In the third network an image and its copy end up further apart than their own size: the copy is then nearly as unlike the
# image as any other image is. This is **chaos** in the exact sense: small differences grow exponentially, until they are all
# there is. (With the small weights, difference and image shrink together.)
#
# You know the factor already. A small difference is multiplied by the same weights and slopes as the gradient, so its square
# is multiplied by $\chi = g^2 B(q)$ in each layer, where $q$ is the variance of $z$ after many layers. Your function gives both:

# %%
def settled(phi, gain, n_layers=50):
    """The variance of z after many layers, and the factor chi there."""
    q = gain**2
    for _ in range(n_layers):
        q = gain**2 * own.variance_factor(phi, q)[0] * q
    return q, gain**2 * own.variance_factor(phi, q)[1]


for std in STDS:
    q, chi = settled(np.tanh, 8 * std)
    print(f"{std}: z ends at {np.sqrt(q):.2g}; chi is {chi:.2f}, and its root {np.sqrt(chi):.2f}")

# %% [markdown]
# The line of the third network does rise by a factor of 1.47, the root, in each layer, until it saturates. Below $\chi = 1$ is **order**, where
# differences die out and the gradient vanishes; above it is chaos, where both grow. Far from 1 on either side, depth does
# its work in a few layers: over $1 / |\ln \chi|$ of them, the square of a difference changes by a factor of $e$. For the
# network that learned, that is thirty layers or so; for the other two, less than two. (The one that learned is just above 1: over
# all its layers, the noise about doubles.) Poole et al. (2016) drew the map of order and chaos, and Schoenholz et al. (2017)
# showed that the depth that can be trained follows it. Biases, which we have left out, are the second axis of the map.

# > **Find**, for biases of variance 0.05, the variance of the weights at which $\chi$ is nearest to 1. Then press *Measure*: is that
# > where the deepest networks learn?

# %%
widgets.phase_explorer()

# %% [markdown]
# $\chi$ passes 1 between 1.7 and 1.8, and it is at 1.8 that the deepest networks learn, those of 40 layers. At 0.6 none
# deeper than 8 does.

# %%
claim_card("02.06")

# %% [markdown]
# ### Debug a start
#
# Somebody has started a ReLU network of 256 units per layer with He's weights, and got some layers wrong. You are given the
# standard deviation and the mean of $z$ in each layer, for inputs of mean square 1. Three kinds of faults occur, none or
# several of them, though never in neighbouring layers:
#
# - **small**: the weights were divided by $n$ instead of $\sqrt n$, and are 16 times too small;
# - **large**: they were not divided at all, and are 16 times too large;
# - **shifted**: they have lost their signs, and all are positive, so that the mean of $z$ is more than twice its standard
#   deviation. In layers that are not shifted it is less than half of it, of either sign.
#
# A size that steadily falls or rises, by less than a factor of two from layer to layer, is no fault.
#
# **Exercise.** A fault stays in the numbers of all layers after it, and a large layer may make good what a small one has
# spoilt. Who is to blame? And what is the size of what a layer *gets*, when the layer before it is shifted? For the
# standard deviations `[1.4, 0.09, 0.09, 1.4]` and means of 0, the answer is `[(1, "small"), (3, "large")]`;
# for `[1.4, 1.9, 16]` and the means `[0, 11, 2]` it is `[(1, "shifted")]`.

# %% exercise="find_scale_faults"
def find_scale_faults(run):
    """The faulty layers of a ReLU network, a list of pairs: the layer, counted from 0, and "small", "large" or "shifted".

    run is a dict of two arrays (L,), "stds" and "means": standard deviation and mean of z in each layer. Layer 0 gets the
    inputs, of mean square 1; it may be small or large, and is never shifted. The arrays must not be changed. The list is
    in the order of the layers, and empty if nothing is wrong.
    """
    ### BEGIN SOLUTION
    faults, before = [], 1.0
    for layer, (std, mean) in enumerate(zip(run["stds"], run["means"], strict=True)):
        if std < before / 4:
            faults.append((layer, "small"))
        elif std > before * 4:
            faults.append((layer, "large"))
        elif abs(mean) > 2 * std:
            faults.append((layer, "shifted"))
        before = max(std, abs(mean))
    ### END SOLUTION
    return faults

# %% [markdown]
# Plant three in a network of your own, and let your function find them:

# %%
rng = np.random.default_rng(0)
weights = [own.scaled(rng, n, 256, gain=2**0.5) for n in [64] + [256] * 19]
weights[4] /= 16
weights[9] = np.abs(weights[9])
weights[15] *= 16
zs = forward(weights, x_train[:200], RELU[0])[1]
print(own.find_scale_faults({"stds": np.array([z.std() for z in zs]), "means": np.array([z.mean() for z in zs])}))

# %% [markdown]
# ## 2.8 Project: forty layers
#
# Your functions start a network that you never see. It has forty layers, and an activation for which there is no rule: a
# rounded staircase that rises everywhere, or a line with a bend, its numbers drawn at random. Its task is to tell four
# digits apart, their pixels mixed by a random rotation and their labels permuted. You choose the first weights, nothing
# else. Then 150 plain gradient steps are taken, in batches of 32 with a rate of 0.0125, and the network must label 65 %
# of new images right.
#
# **Exercise.** You may call $\varphi$ as often as you like, and you get 128 of the images. You have everything you need:
# which of your functions do you put together?

# %% exercise="start_deep_network"
def start_deep_network(rng, sizes, phi, x):
    """First weights of a deep network without biases: a list of arrays (sizes[l], sizes[l + 1]).

    They are drawn from rng, an np.random.Generator. sizes is a list of integers: the inputs, the units of each hidden
    layer, the outputs. phi is the activation, a function of an array of any shape. x is a batch of images
    (N, sizes[0]), of mean square 1. sizes and x must not be changed.
    """
    ### BEGIN SOLUTION
    weights = [orthogonal(rng, n, m) for n, m in itertools.pairwise(sizes)]
    weights = lsuv(weights, x, phi)
    ### END SOLUTION
    return weights

# %% [markdown]
# And all ten digits, in forty layers of your staircase of 2.3. From Glorot's weights the network only guesses.

# %%
SIZES = [64, *[64] * 39, 10]
STARTS = {
    "your start": lambda seed: own.start_deep_network(np.random.default_rng(seed), SIZES, staircase, x_train[:128]),
    "your glorot_normal": lambda seed: new_weights(own.glorot_normal, seed, depth=40),
}
curves = {}
for name, start in STARTS.items():
    runs = [train(start(seed), STAIRCASE, 0.1, seed, epochs=4) for seed in SEEDS[:3]]
    curves[name] = [losses for _, losses in runs]
    right = [np.mean(forward(w, x_test, staircase)[1][-1].argmax(axis=1) == y_test) for w, _ in runs]
    print(f"{name}: {', '.join(f'{100 * share:.0f} %' for share in right)} of the test digits right")
over_seeds(Panel(curves, "Forty layers of the staircase, three seeds", "pass over the data", "loss (nats)"))

# %% [markdown]
# A start from the gain alone gets four fifths to nine tenths of the digits right here. The course's own solution, which
# puts two of your functions together, gets 94 to 98 %. If yours is below that: which two could they be? One is in 2.5.

# %% [markdown]
# ## What to take away
#
# - Equal units stay equal: random weights are there to make units differ. Zero weights move where $\varphi(0) \ne 0$, and still leave
#   one unit per layer.
# - Forward, the variance of $z$ is multiplied by $g^2\, \mathbb E[\varphi(z)^2] / q$ in each layer; backward, the gradient's by
#   $g^2\, \mathbb E[\varphi'(z)^2]$. Both should be 1, and depth is the exponent.
# - For any activation, one integral gives the gain that keeps $z$ at variance 1: $g = 1 / \sqrt{\mathbb E[\varphi(z)^2]}$. It is 1 for
#   linear layers (Glorot) and $\sqrt 2$ for ReLU (He). The second factor says whether the gradient keeps its size too; the
#   sigmoid's does not.
# - The standard deviation is $g / \sqrt{n}$, with a root. For the size of the signal the variance counts; normal numbers,
#   uniform ones and signs make little difference.
# - Fan-in keeps the signal, fan-out the gradient. Between the two there is a single factor for the whole network.
# - Square orthogonal matrices keep every length, and not only the mean.
# - Size is not all: $\chi = g^2\, \mathbb E[\varphi'(z)^2]$ is also what the square of a small difference is multiplied by. Well above 1,
#   differences grow until they are all there is.
#
# **Next:** [unit 03](03_normalization.ipynb) keeps the sizes right *during* training, by normalization.

# %% [markdown] part="more"
# ## More rules
#
# Everything from here on is for those who want more; nothing later depends on it. The exercises take 19 minutes.

# %% [markdown]
# ### He and LeCun
#
# The next three rules are your `scaled`, with a mode and a gain. Write them once as they stand in the papers.
#
# **Exercise.** For ReLU: $\sigma_w^2 = 2 / n$ (He et al. 2015).

# %% exercise="he_normal"
def he_normal(rng, fan_in, fan_out):
    """Normal weights (fan_in, fan_out) of mean 0 and variance 2 / fan_in, drawn from rng, an np.random.Generator."""
    ### BEGIN SOLUTION
    w = rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))
    ### END SOLUTION
    return w

# %% [markdown]
# **Exercise.** The same variance, uniformly distributed.

# %% exercise="he_uniform"
def he_uniform(rng, fan_in, fan_out):
    """Uniform weights (fan_in, fan_out), symmetric around 0, of variance 2 / fan_in.

    They are drawn from rng, an np.random.Generator.
    """
    ### BEGIN SOLUTION
    r = np.sqrt(6 / fan_in)
    w = rng.uniform(-r, r, (fan_in, fan_out))
    ### END SOLUTION
    return w

# %% [markdown]
# **Exercise.** For layers whose activation keeps the mean square at 1, such as SELU: $\sigma_w^2 = 1 / n$ (LeCun et al. 1998;
# Klambauer et al. 2017).

# %% exercise="lecun_normal"
def lecun_normal(rng, fan_in, fan_out):
    """Normal weights (fan_in, fan_out) of mean 0 and variance 1 / fan_in, drawn from rng, an np.random.Generator."""
    ### BEGIN SOLUTION
    w = rng.normal(0, np.sqrt(1 / fan_in), (fan_in, fan_out))
    ### END SOLUTION
    return w

# %%
RULES = {"he_normal": own.he_normal, "he_uniform": own.he_uniform, "lecun_normal": own.lecun_normal}
for name, initializer in RULES.items():
    ends = {phi: np.median([sizes(new_weights(initializer, seed), ACTIVATIONS[phi])[-1] for seed in SEEDS])
            for phi in ("ReLU", "tanh", "SELU")}  # fmt: skip
    print(f"{name:>12}: {', '.join(f'{phi} {size:.2g}' for phi, size in ends.items())}")

# %% [markdown]
# These are sizes of $z$ in layer 29, medians of five seeds. Each rule has its activation: He's keeps ReLU near 1 and lets SELU grow ten- to twentyfold,
# LeCun's keeps SELU and loses ReLU. At a gain of 1 or more, tanh forgives more than the others: where $z$ is large it saturates, and where it is small it shrinks
# slowly at most.
#
# ### Truncated tails
#
# Keras draws its "normal" weights from a **truncated** normal distribution: numbers beyond two standard deviations are
# drawn again. What is left is narrower, by a factor of 0.8796.
#
# **Exercise.** Correct for it: the standard deviation *after* the cut is to be `std`.

# %% exercise="truncated_normal"
def truncated_normal(rng, fan_in, fan_out, std):
    """Weights (fan_in, fan_out), normal but cut at two standard deviations of the normal, and of spread std.

    They are drawn from rng, an np.random.Generator. No weight is further from 0 than 2 * std / 0.8796; their standard deviation is std.
    """
    ### BEGIN SOLUTION
    z = rng.normal(size=(fan_in, fan_out))
    while np.any(outside := np.abs(z) > 2):
        z[outside] = rng.normal(size=np.count_nonzero(outside))
    w = std / 0.8796 * z
    ### END SOLUTION
    return w

# %%
CUT = {
    "corrected": lambda rng, n, m: own.truncated_normal(rng, n, m, np.sqrt(2 / n)),
    "not corrected": lambda rng, n, m: 0.8796 * own.truncated_normal(rng, n, m, np.sqrt(2 / n)),
}
over_seeds(
    Panel(
        {name: [sizes(new_weights(initializer, seed), RELU[0]) for seed in SEEDS] for name, initializer in CUT.items()},
        "Thirty ReLU layers, He's variance, tails cut", "layer, from the input", "standard deviation of z", log=True,
    )
)

# %% [markdown]
# Twelve per cent looks like nothing, but $0.8796^{29}$ is 0.024.
#
# ### Every rotation equally likely
#
# A random orthogonal matrix ought to prefer no direction: **Haar's** measure. `np.linalg.qr` alone does not give it,
# because it follows a rule of its own about signs: about half of $R$'s diagonal comes out negative, but most of $Q$'s. If the
# diagonal of $R$ is made positive, the decomposition is unique, and $Q$ inherits the symmetry of the normal distribution (Mezzadri 2007).
#
# **Exercise.** Draw such a matrix: decompose a normal one, and mend the signs.

# %% exercise="haar_orthogonal"
def haar_orthogonal(rng, n):
    """A random orthogonal matrix (n, n), no rotation or reflection likelier than another.

    It is made from normal numbers drawn from rng, an np.random.Generator.
    """
    ### BEGIN SOLUTION
    q, r = np.linalg.qr(rng.normal(size=(n, n)))
    q = q * np.sign(np.diag(r))
    ### END SOLUTION
    return q

# %%
rng = np.random.default_rng(0)
plain = np.mean([np.trace(np.linalg.qr(rng.normal(size=(8, 8)))[0]) for _ in range(1000)])
haar = np.mean([np.trace(own.haar_orthogonal(rng, 8)) for _ in range(1000)])
print(f"mean trace of 1000 matrices (8, 8): {plain:.2f} from np.linalg.qr alone, {haar:.2f} from yours")

# %% [markdown]
# If no direction is preferred, the diagonal is as often positive as negative. That of plain $Q$ leans to the negative side.
# Lengths are kept by either.
#
# ### What the papers saw
#
# Glorot and Bengio (2010) looked at histograms, layer by layer: the outputs of tanh, and the gradients on their way back.
# First come the uniform weights that were usual then, of variance $1 / 3n$ ("standard"), then theirs ("normalised").

# %%
glorot_figure(glorot_histograms())

# %% [markdown]
# The older weights lose both: outputs narrow towards the last layer, gradients towards the first. With those of the paper, the outputs
# of the fifth layer are more than half as wide as those of the first, and the gradients the other way round.
#
# He et al. (2015) trained ReLU networks of 22 and of 30 layers, from Glorot's weights (they say "Xavier", Glorot's first
# name) and from their own. Here it is digits instead of photographs, and dense layers, each start at its best rate:

# %%
rectifier_figure(rectifier_curves())

# %% [markdown]
# With 22 layers Xavier's weights are far behind. With 30 they stay at guessing, an error of 0.9, while He's get more than half
# of the test digits right. In the paper, 22 layers learned from either, sooner from He's, and 30 only from He's. Between the
# two lies a factor of $\sqrt 2$ a layer.
#
# All other claims of this unit, with their experiments, are in the notebook [Claims](appendix_claims.ipynb).

# %% [markdown]
# ## References
#
# - Glorot, Bengio (2010). Understanding the difficulty of training deep feedforward neural networks. *AISTATS*, PMLR 9.
# - He, Zhang, Ren, Sun (2015). Delving deep into rectifiers. *ICCV*. [arXiv 1502.01852](https://arxiv.org/abs/1502.01852)
# - Klambauer, Unterthiner, Mayr, Hochreiter (2017). Self-normalizing neural networks. *NeurIPS*.
#   [arXiv 1706.02515](https://arxiv.org/abs/1706.02515)
# - LeCun, Bottou, Orr, Müller (1998). Efficient BackProp. In *Neural Networks: Tricks of the Trade*.
#   [doi 10.1007/3-540-49430-8_2](https://doi.org/10.1007/3-540-49430-8_2)
# - Mezzadri (2007). How to generate random matrices from the classical compact groups. *Notices of the AMS* 54.
#   [arXiv math-ph/0609050](https://arxiv.org/abs/math-ph/0609050)
# - Mishkin, Matas (2016). All you need is a good init. *ICLR*. [arXiv 1511.06422](https://arxiv.org/abs/1511.06422)
# - Poole, Lahiri, Raghu, Sohl-Dickstein, Ganguli (2016). Exponential expressivity in deep neural networks through transient
#   chaos. *NeurIPS*. [arXiv 1606.05340](https://arxiv.org/abs/1606.05340)
# - Saxe, McClelland, Ganguli (2014). Exact solutions to the nonlinear dynamics of learning in deep linear neural networks.
#   *ICLR*. [arXiv 1312.6120](https://arxiv.org/abs/1312.6120)
# - Schoenholz, Gilmer, Ganguli, Sohl-Dickstein (2017). Deep information propagation. *ICLR*.
#   [arXiv 1611.01232](https://arxiv.org/abs/1611.01232)
