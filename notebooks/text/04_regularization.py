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
# # 4 · Regularization
#
# *What a network learns that it should not, what keeps it from that, and how to choose with an honest validation set.*
#
# **The question.** A network learns every one of its labels, even if they were drawn at random. Why, then, does it get
# new digits right when it is given the real ones? **Two surprises**: the error on new digits falls, rises, and
# *falls again* as a model grows (4.1); and a penalty that is said to make weights exactly zero makes none of them zero,
# unless the step is changed (4.2). **At the end** you have two hundred digits, one label in five is wrong, and your own
# functions train a network that labels most new ones right all the same.
#
# Allow three hours: the core exercises take 108 minutes, reading and experimenting another 75. In a hurry? Read 4.1,
# *Exactly zero* in 4.2, 4.4 and *What to take away*. From [unit 01](01_vanishing_gradients.ipynb) you need the
# training step. It is recalled in the code of 4.1.
#
# As before, you are asked what you expect, then it runs; your functions are checked, and then put to work. Where one is
# missing, the library's stands in and says so.

# %% locked="setup"
import numpy as np

from autograder.check import HIDDEN, check, example, hint
from autograder.learner import progress, solution, yours
from course_lib.data.datasets import digits as load_digits
from course_lib.functions.losses import softmax_xent
from course_lib.units.cards import claim_card
from course_lib.units.questions import predict
from course_lib.units.regularization import widgets as widgets
from course_lib.units.regularization.experiments.double_descent import double_descent
from course_lib.units.regularization.experiments.srivastava import srivastava
from course_lib.units.regularization.figures import (
    double_descent_figure,
    dropout_diagram,
    shrinkage_figure,
    srivastava_figure,
)
from course_lib.units.shared.digits import standardized_digits
from course_lib.units.shared.figures.seeds import Panel, over_seeds

digits = standardized_digits()
x_train, y_train, x_test, y_test = digits.x_train, digits.y_train, digits.x_test, digits.y_test
SEEDS = range(5)
own = yours()  # your functions, for experiments: own.fgsm is yours, or the library's until yours passes

# %%
progress("regularization")

# %% [markdown]
# ## 4.1 A network that learns anything
#
# Two hundred digits, a network of one hidden layer of 128 ReLU units, and an optimiser that divides each gradient by
# its usual size (RMSProp, which you will write in 4.2). `few` draws the digits and makes some of the labels wrong.
# `train` has a place for everything that this unit is about; for now all of it is off.


# %%
def few(seed, n=200, wrong=0.2):
    """n training digits, labels of which a share is wrong, and the right labels."""
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(x_train), n, replace=False)
    right = y_train[chosen]
    labels, careless = right.copy(), rng.permutation(n)[: round(wrong * n)]
    labels[careless] = (labels[careless] + rng.integers(1, 10, len(careless))) % 10
    return x_train[chosen], labels, right


def first_params(seed, width=128):
    rng = np.random.default_rng(seed)
    w1, w2 = rng.normal(0, (2 / 64) ** 0.5, (64, width)), rng.normal(0, width**-0.5, (width, 10))
    return {"w1": w1, "b1": np.zeros(width), "w2": w2, "b2": np.zeros(10)}


def logits_of(params, x):
    return np.maximum(x @ params["w1"] + params["b1"], 0) @ params["w2"] + params["b2"]


def probabilities(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def errors(params, x, y):
    """The share that gets another label than y."""
    return np.mean(logits_of(params, x).argmax(axis=1) != y)


def gradients(params, x, targets, p_drop=0.0, rng=None):
    """The gradients of the mean cross-entropy for targets (N, 10), and that with respect to x."""
    z = x @ params["w1"] + params["b1"]
    a, mask = own.dropout_forward(np.maximum(z, 0), p_drop, p_drop > 0, rng)
    dlogits = (probabilities(a @ params["w2"] + params["b2"]) - targets) / len(x)
    dz = own.dropout_backward(dlogits @ params["w2"].T, mask) * (z > 0)
    grads = {"w1": x.T @ dz, "b1": dz.sum(axis=0), "w2": a.T @ dlogits, "b2": dlogits.sum(axis=0)}
    return grads, dz @ params["w1"].T


def train(
    x,
    y,
    seed,
    passes=60,
    lr=0.001,
    decay=0.0,
    decoupled=True,
    l1=0.0,
    p_drop=0.0,
    smoothing=0.0,
    change=None,
    after=None,
):
    """The parameters after some passes over x and y, in batches of 20.

    decay and l1 act on the weights, not on the biases. change makes other inputs of a batch, after(params) is called
    after each pass and may return True to stop.
    """
    rng, params = np.random.default_rng([seed, 1]), first_params(seed)
    v = {name: np.zeros_like(p) for name, p in params.items()}
    targets = own.smooth_labels(y, 10, smoothing)
    for _ in range(passes):
        for part in np.array_split(rng.permutation(len(x)), len(x) // 20):
            batch = x[part] if change is None else change(x[part], targets[part], params, rng)
            grads, _ = gradients(params, batch, targets[part], p_drop, rng)
            for name, grad in grads.items():
                is_weight = name.startswith("w")
                params[name], v[name] = own.weight_decay_step(
                    params[name], grad, v[name], lr, decay * is_weight, decoupled
                )
                if l1 and is_weight:
                    params[name] = own.soft_threshold(params[name], lr * l1)
        if after is not None and after(params):
            break
    return params


# %% [markdown]
# Now give it labels that have nothing to do with the digits, each drawn at random, and train for 120 passes.


# %%
def learned(seed, is_random):
    """Errors on the training digits after each of 120 passes, and on new ones."""
    x, y, _ = few(seed, wrong=0.0)
    if is_random:
        y = np.random.default_rng([seed, 9]).integers(0, 10, len(y))
    seen = []
    train(
        x, y, seed, passes=120, after=lambda params: seen.append([errors(params, x, y), errors(params, x_test, y_test)])
    )
    return 100 * np.array(seen).T


predict(
    "random_labels",
    lambda: {
        name: [learned(seed, is_random) for seed in SEEDS]
        for name, is_random in (("right labels", False), ("random labels", True))
    },
    lambda runs: over_seeds(
        Panel(
            {name: [r[0] for r in rows] for name, rows in runs.items()}, "On the training digits", "pass", "wrong (%)"
        ),
        Panel({name: [r[1] for r in rows] for name, rows in runs.items()}, "On new digits", "pass", "wrong (%)"),
    ),
)

# %% [markdown]
# It learns them all, by heart: no training digit is wrong in the end, and of new ones nine in ten are, as by guessing.
# With the right labels the same network, from the same first weights, gets more than nine in ten of the new ones right.
# Zhang, Bengio, Hardt, Recht and Vinyals (2017) did this with the photographs of ImageNet and CIFAR-10. So it is not that the
# network *could not* do otherwise. What it can represent says nothing about which of all the functions that fit the
# training data it will find. This unit is about what decides that: the data, the way of training, and what you add.
#
# The difference between the two errors, on new data and on the training data, is called the **gap**. What is meant to
# lower the error on new data, even at the price of a higher one on the training data, is called **regularization**.
#
# ### How large should a model be?
#
# The oldest answer: small. A model with few parameters cannot learn many images by heart. Here is a model whose size is
# easy to change: a hidden layer that is *not* trained, with random weights, and behind it the best output weights, by
# least squares. (Where several fit equally well, the smallest.) That needs no learning rate and no passes.
#
# > **Find** the number of features at which the error on new digits is highest. What else happens there? Then find two
# > cures that do not change the size.

# %%
widgets.capacity_explorer()

# %% [markdown]
# The peak lies where there are as many features as images, 100. From there on the targets are met exactly, and just
# there it takes the largest weights to do so: there is exactly one way. With more features there are many, of which
# least squares takes the smallest, and their norm falls the more there is to choose from: from 980 at the peak to 31
# at the right end. This is **double descent** (Belkin, Hsu, Ma and Mandal 2019). Right labels hardly lower the peak: 86
# % become 80 %. One cure is a ridge, which is a penalty on the weights and the subject of 4.2: with one of 0.1, 22 %
# are wrong at 100 features. The other is another number of images. The peak moves with it: with 50 images as well as
# with 150, a network of 100 features gets about half as many wrong.

# %%
double_descent_figure(double_descent())

# %% [markdown]
# The median of five draws, and their range. Belkin and colleagues had 10,000 images of MNIST (digits of 28 by 28 pixels), and waves (cosines) in
# random directions as features; here it is 100 small digits and random ReLUs. On the far right the error is lower than at the best size on
# the left, with one label in five wrong as well as with right ones. So "a simpler model overfits less" is true on the
# left side only.
#
# **What follows** lies between the two cases of the opening: two hundred digits of which one label in five is wrong,
# as if somebody had labelled them carelessly. A network without regularization learns these, too. Weight decay and
# dropout are tried with right labels as well, since they may cost something there.

# %% [markdown]
# ## 4.2 Small weights, and none at all
#
# The peak above came with large weights. So put a price on them: add $\tfrac\lambda2 \sum w^2$ to the loss, which is
# called **L2** or ridge. Its gradient is $\lambda w$, and a step of plain gradient descent at the rate $\eta$ becomes
#
# $$ w \;\leftarrow\; w - \eta\, (g + \lambda w) \;=\; (1 - \eta \lambda)\, w - \eta\, g . $$
#
# Read from the right: in each step every weight loses the share $\eta \lambda$ of itself. That is **weight decay**. The
# two are the same thing, said once of the loss and once of the step, and they stay the same as long as the step is the
# gradient times a number.
#
# An adaptive optimiser divides each gradient by its usual size. Then it matters where $\lambda w$ comes in: *before*
# the division (coupled), or *after* it (decoupled; Loshchilov and Hutter 2019, whose AdamW this is for Adam).

# %% [markdown]
# **Exercise.** One step of RMSProp with weight decay, coupled or decoupled. Let $g$ be the gradient of the loss,
# without any penalty. The optimiser keeps $v$, a running mean of squares, and divides by its root:
#
# $$ v \leftarrow \rho\, v + (1 - \rho)\, g^2, \qquad w \leftarrow w - \eta\, \frac{g}{\sqrt{v} + \varepsilon} . $$
#
# *Coupled*, the penalty's gradient $\lambda w$ is added to $g$ at the beginning, and goes into $v$ as well.
# *Decoupled*, the optimiser sees the gradient of the loss alone, and $\eta \lambda w$, with the old $w$, is subtracted
# in addition. For $w = 2$, $g = 3$, $v = 0$, $\eta = 0.1$, $\lambda = 0.5$ and $\rho = 0.75$ the step leads to $v = 4$
# and $w = 1.8$ coupled, and to $v = 2.25$ and $w = 1.7$ decoupled.


# %% exercise="weight_decay_step"
def weight_decay_step(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """One step of RMSProp with weight decay: the new w, and the new running mean v of squared gradients.

    w, grad and v are arrays of one shape, any shape; they may hold integers, and must not be changed. grad is the gradient of the loss
    without the penalty; v is nowhere negative. lr is positive, decay at least 0, rho from 0 to below 1; eps, any positive number, is
    added to the root. decoupled is True or False. Returned are two new arrays.
    """
    ### BEGIN SOLUTION
    g = grad if decoupled else grad + decay * w
    v = rho * v + (1 - rho) * g**2
    step = g / (np.sqrt(v) + eps)
    if decoupled:
        step = step + decay * w
    w = w - lr * step
    ### END SOLUTION
    return w, v


# %% [markdown]
# Coupled, the decay is divided along with the gradient: where gradients are large, little of it is left. To see that
# alone, take two weights that have nothing to learn: their gradients are noise around zero, for one of them a hundred
# times as large as for the other. Both begin at 1.

# %%
for name, decoupled in (("coupled", False), ("decoupled", True)):
    rng, w, v = np.random.default_rng(0), np.ones((1000, 2)), np.zeros((1000, 2))
    for _ in range(500):
        noise = rng.normal(0, [0.1, 10.0], w.shape)
        w, v = own.weight_decay_step(w, noise, v, 0.01, 0.1, decoupled)
    small, large = w.mean(axis=0)
    print(f"{name:>9}: {small:.2f} is left on average where gradients are small, {large:.2f} where they are large")

# %% [markdown]
# Decoupled, both weights lose the same share: after 500 steps of $\eta \lambda = 0.001$, $0.999^{500} \approx 0.61$
# should be left, and it is, but for the noise. Coupled, the one with small gradients is gone, and about 95 % of the
# other is left. Note as well that the same number means different things in the two: a strength that you read
# somewhere belongs to one of them.

# %%
claim_card("04.01")

# %% [markdown]
# Does it help? Train with a strength of 3, so that at the rate of 0.001 every weight loses 0.3 % of itself in a step,
# with one label in five wrong and with all right.


# %%
def compared(seed, wrong, **how):
    """Errors on new digits after training that way, and the share of the wrong labels that are repeated (in %)."""
    x, y, right = few(seed, wrong=wrong)
    params = train(x, y, seed, **how)
    bad = y != right
    return 100 * np.array([errors(params, x_test, y_test), 1 - errors(params, x[bad], y[bad]) if bad.any() else 0.0])


def compare(**methods):
    """The errors of each method over the seeds, with wrong labels and with right ones; a line for each."""
    results = {}
    for name, how in methods.items():
        careless, careful = (np.array([compared(seed, wrong, **how) for seed in SEEDS]) for wrong in (0.2, 0.0))
        results[name] = careless[:, 0], careful[:, 0]
        print(f"{name:>16}: wrong on new digits {np.median(careless[:, 0]):.0f} %,", end=" ")
        print(f"with right labels {np.median(careful[:, 0]):.0f} %; repeats {np.median(careless[:, 1]):.0f} %")
    return results


predict("decay_helps", lambda: compare(plain={}, weight_decay={"decay": 3.0}))

# %% [markdown]
# With careless labels, weight decay saves about a third of the errors, and the network repeats only one or two in ten
# of the wrong labels. With right ones it saves nothing. It costs up to a point or so on most draws, though the
# rounded medians are often the same.
#
# That is at one rate, 0.001, at which a plain network learns most of the wrong labels in its sixty passes. A lower rate
# holds it back as well: over many draws it gets 15 of a hundred new digits wrong at 0.0003, which suits it best, and 19
# at 0.001. Weight decay at its best rate, 0.0005, gets 12 or 13 wrong. So it saves about a sixth of the errors where each
# has its own rate, and a good rate does part of its work, as it does part of what L1 and dropout do below. (Try
# `compare(plain={"lr": 0.0003}, weight_decay={"lr": 0.0005, "decay": 3.0})`.)
#
# ### Exactly zero
#
# L1 charges $\lambda \sum |w|$ instead. Its slope is $\lambda$ however small a weight is, so that at the minimum many
# weights are exactly zero (Tibshirani 1996). At the minimum: but does training get there? A step along the slope
# subtracts $\eta \lambda \operatorname{sign}(w)$ from each weight. (At the kink $w = 0$ the sign 0 stands in for the slope, so it is called a
# **sub-gradient** step.) One that is nearer to zero than $\eta \lambda$ jumps
# across, and jumps back in the next step. The **proximal step** asks what the penalty wants instead: the point that is
# close to $w$ and cheap,
#
# $$ \arg\min_u \; \tfrac12 (u - w)^2 + t\, |u| , \qquad t = \eta \lambda . $$
#
# For $u > 0$ the slope is $u - w + t$, so the minimum lies at $w - t$, if that is positive; for $u < 0$ at $w + t$, if
# that is negative. If neither is the case, so for $|w| \le t$, it lies at 0.

# %%
shrinkage_figure()

# %% [markdown]
# **Exercise.** The proximal step of L1: every entry moves towards zero by $t$, and those that would cross it stop
# there. For $w = (3, -0.5, 1, -2)$ and $t = 1$ that is $(2, 0, 0, -1)$.


# %% exercise="soft_threshold"
def soft_threshold(w, t):
    """Every entry of w moved towards 0 by t, at the most to 0: an array of the shape of w.

    w is an array of any shape, of floats or integers, which must not be changed. t is at least 0.
    """
    ### BEGIN SOLUTION
    shrunk = np.sign(w) * np.maximum(np.abs(w) - t, 0)
    ### END SOLUTION
    return shrunk


# %% [markdown]
# `train` takes your proximal step after each step of the optimiser when `l1` is above 0. The other way is to subtract
# the sign; the loop for that is short enough to be written here, as a `change` that leaves the batch alone and moves
# the weights.


# %%
def by_sign(l1, lr=0.001):
    """Moves the weights along the sub-gradient of L1, and leaves the batch as it is."""

    def change(x, targets, params, rng):
        for name in ("w1", "w2"):
            params[name] = params[name] - lr * l1 * np.sign(params[name])
        return x

    return change


for name, how in [("proximal", {"l1": 0.3}), ("sub-gradient", {"change": by_sign(0.3)}), ("plain", {})]:
    found = []
    for seed in SEEDS:
        x, y, _ = few(seed)
        params = train(x, y, seed, **how)
        found.append(
            [np.mean(params["w1"] == 0), np.mean(np.abs(params["w1"]) < 0.001), errors(params, x_test, y_test)]
        )
    zero, small, wrong = 100 * np.mean(found, axis=0)
    print(
        f"{name:>12}: {zero:4.1f} % of the weights are 0, {small:4.1f} % below 0.001; wrong on new digits {wrong:.0f} %"
    )

# %% [markdown]
# > **Find** the way of training after which most of the 15 weights that have nothing to do are exactly 0, and one after
# > which they are small and not 0. Then let the inputs have different scales: whose weights end up off their best
# > value?

# %%
widgets.paths_explorer()

# %% [markdown]
# In the network both kinds of step make weights small, and both save about three errors in ten. Only the proximal one
# makes zeros: of about one weight in ten of the first layer at this strength of 0.3, and of about three in four at 1.
# In the widget, too: after proximal steps 10 to 15 of the 20 weights are exactly 0, at a strength of 0.1; along the
# sub-gradient, and with L2, none is. With adaptive steps the coupled decay ends near the best value, whatever the
# scales. The decoupled one ends 0.2 off, and twice as far where the scales differ by a factor of 5: it minimises
# something else. If you want weights that are exactly zero, it is the step that makes them.

# %%
claim_card("04.02")

# %% [markdown]
# ## 4.3 Dropout
#
# Another way to keep a network from learning by heart: let it forget a part of itself, another part each time. In every
# step of training, each hidden unit is switched off with probability $p$ (Srivastava, Hinton, Krizhevsky, Sutskever and
# Salakhutdinov 2014). Each sample draws its own mask, so that in one batch twenty different **thinned networks** are at
# work, and all of them share their weights.
#
# In evaluation all units are on, and more arrives at the next layer than in training, unless something is done about
# it. If a unit is kept with probability $1 - p$, and then multiplied by $1 / (1 - p)$, what it hands on is $h$ on
# average:
#
# $$ \mathbb E[\text{out}] = (1 - p) \cdot \frac{h}{1 - p} + p \cdot 0 = h . $$
#
# Done so, evaluation needs no correction at all; it is called **inverted** dropout. (The paper does both the other
# way round: its $p$ is the probability of *keeping* a unit, and it leaves the kept units as they are in training and
# multiplies the weights by $p$ in evaluation.)

# %%
dropout_diagram()

# %% [markdown]
# **Exercise.** Inverted dropout. In training every entry of $x$ is set to zero with probability `p_drop`, by a draw of
# its own, and what is kept is divided by $1 - p_{\text{drop}}$, so that the expected output is $x$. Outside of training
# nothing happens. Return the mask as well, with the factor in it, so that the output is `x * mask`: the way back will
# need it. For $x = (3, -1, 4, 2)$, `p_drop=0.2` and a draw that drops the second entry, the mask is $(1.25, 0, 1.25,
# 1.25)$ and the output $(3.75, 0, 5, 2.5)$.


# %% exercise="dropout_forward"
def dropout_forward(x, p_drop, training, rng):
    """Inverted dropout: out and mask, two arrays of the shape of x, with out = x * mask.

    x is an array of any shape, of floats or of integers, which must not be changed. p_drop is at least 0 and below 1.
    In training (True) every entry of mask is 0 with probability p_drop, else 1 / (1 - p_drop), independently of all
    others and of x. The draws come from rng, an np.random.Generator, in any way you like: not the numbers are compared,
    but how often and where entries are dropped. Not in training (False), out equals x, mask is 1 everywhere, and nothing is
    drawn: rng may then be None.
    """
    ### BEGIN SOLUTION
    if training:
        keep = rng.random(x.shape) >= p_drop
        mask = keep / (1 - p_drop)
    else:
        mask = np.ones(x.shape)
    out = x * mask
    ### END SOLUTION
    return out, mask


# %% [markdown]
# The output is random, its mean is not. Averaged over 2000 masks, four numbers come out close to themselves:

# %%
rng = np.random.default_rng(0)
numbers = np.array([3.0, -1.0, 4.0, 2.0])
outputs = [own.dropout_forward(numbers, 0.2, True, rng)[0] for _ in range(2000)]
print("one output:", outputs[0])
print("mean:", np.mean(outputs, axis=0).round(2), " standard deviation:", np.std(outputs, axis=0).round(2))

# %% [markdown]
# **Exercise.** The way back. $x$ is multiplied by the mask, so the gradient is, too: by the same mask, zeros and factor
# included. With the mask $(1.25, 0, 1.25, 1.25)$ and `dout` $= (2, 5, -1, 0)$ it is $(2.5, 0, -1.25, 0)$.


# %% exercise="dropout_backward"
def dropout_backward(dout, mask):
    """The gradient with respect to x, from dout, that with respect to out, and the mask that dropout_forward returned.

    dout and mask are arrays of one shape, any shape, dout also of integers. They must not be changed.
    """
    ### BEGIN SOLUTION
    dx = dout * mask
    ### END SOLUTION
    return dx


# %% [markdown]
# With the mask held fixed, dropout multiplies by constants, so differences of outputs must agree with the gradient:

# %%
rng = np.random.default_rng(0)
x, dout = rng.normal(size=(2, 4)), rng.normal(size=(2, 4))
_, mask = own.dropout_forward(x, 0.4, True, rng)
h = 1e-6
steps = h * np.eye(x.size).reshape(-1, *x.shape)
numeric = [np.sum(dout * ((x + step) * mask - (x - step) * mask)) / (2 * h) for step in steps]
print("largest difference:", np.abs(own.dropout_backward(dout, mask).ravel() - numeric).max())

# %% [markdown]
# Now `train` does it with your functions. Compare rates.

# %%
with_dropout = compare(
    plain={},
    drops_half={"p_drop": 0.5},
    drops_most={"p_drop": 0.7},
    weight_decay={"decay": 3.0},
    both={"p_drop": 0.5, "decay": 3.0},
)

# %% [markdown]
# With careless labels it saves three or four of the 18 errors in a hundred. Compared draw by draw, over more draws,
# that is about a quarter of the errors at the usual rate of 0.5, and three in ten at 0.7, which is not better on every
# draw. With the learning rate that suits each best, 0.5 saves less: 14 errors in a hundred instead of 15. It repeats
# fewer of the wrong labels, about half of them at 0.5 and a fifth at 0.7. One guess is that what a few units know by
# heart is missing whenever they are off. With right labels it costs a point or so on most draws, which the rounded
# medians here hardly show. And two good things together are not twice as good. Weight decay and dropout together, at
# these strengths, save no more on new digits than weight decay alone, although even fewer wrong labels are repeated.
# With right labels they cost two points or so.
#
# The figure after Srivastava and colleagues (their figure 4) shows the error over the course of training, for networks
# of one to three hidden layers:

# %%
srivastava_figure(srivastava())

# %% [markdown]
# With right labels there is next to nothing between the curves. With careless ones, without dropout the error falls,
# and then rises, while the wrong labels are learned; with dropout it rises less. Theirs had two to four hidden layers
# of 1024 to 2048 units, and the 60,000 images of MNIST with right labels. There dropout lowered the error; on two or
# three hundred small digits with right labels it does not.
#
# ### What does the whole network compute?
#
# As long as what is dropped goes through linear layers only, the mean over all masks is what the whole network
# computes: that is what the factor was chosen for. Once it goes through another ReLU, that is no longer exact.
#
# > **Find** the network for which the mean of its thinned networks comes ever closer to the whole network, and one for
# > which it stops short. Is the error of the mean any lower there?

# %%
widgets.dropout_explorer()

# %% [markdown]
# With linear layers, or with a single ReLU layer whose output is dropped, the mean of the logits over all masks is
# exactly what the whole network computes, and what difference remains comes from drawing only some of the masks. With
# three ReLU layers the whole network is only close to the mean. Its answers are as good, for the price of one pass:
# at a rate of 0.5 a single thinned network gets 46 % of the digits wrong, the mean of 128 of them 14 %, and the whole
# network 15 %.

# %%
claim_card("04.03")

# %% [markdown]
# ### Catch the bug
#
# Dropout that is wrong does not crash. It drops too often or not often enough, scales by the wrong factor, or also in
# evaluation; it drops whole rows, the same entries in every call, always the same number of entries, or preferably
# small ones; or it returns a mask that is not the one it used. The network trains all the same, and nobody looks.
#
# **Exercise.** Write the test. The layer is random, so look at many entries, and compare shares with what they should
# be. Of $k$ independent entries a share of $p$ is dropped, give or take $\sqrt{p (1 - p) / k}$, and hardly ever five
# times that. Of two entries that are independent, both are dropped with probability $p^2$: how does that tell a layer
# that drops whole rows? By how much should the number of dropped entries vary from call to call, and from row to row,
# and which layer varies too little? At which rate does nobody see whether `p_drop` is the probability of dropping or
# of keeping, and for which $x$ does nobody see that small entries go first?


# %% exercise="is_dropout"
def is_dropout(layer):
    """Whether layer(x, p_drop, training, rng) is right: True or False.

    A right one does what dropout_forward does, and returns out and mask. It may draw from rng in another way than
    yours, so that other entries are dropped: judge by statistics. With a generator of the same seed it drops the same
    entries again, and with one that has been drawn from, others.
    A wrong one has at least one fault, and shows it in every call of that kind: entries are dropped too often or not
    often enough (by a tenth of p_drop at least, if it is below 0.5); those of a row x[i], of a column or of several
    calls depend on each other, or their numbers vary too little; large and small entries of x are not dropped equally
    often; the draws do not come from rng; or out, the factor or the mask is wrong, in training or in evaluation.
    Every layer returns two arrays of floats of the shape of x, and changes none of its arguments. You may call it as
    often as you like, by position: with an array x of your choice, a p_drop above 0 and below 1, True or False, and
    an np.random.Generator. Whether it leaves that alone in evaluation is not asked. For each layer you have 5
    seconds; 100 calls with 5000 entries each take a small part of that.
    """
    ### BEGIN SOLUTION
    x, p = np.random.default_rng(0).uniform(1, 3, (50, 60)), 0.4
    small = x < 2
    rng = np.random.default_rng(1)
    pairs = [layer(x, p, True, rng) for _ in range(12)]
    outs, masks = np.array([out for out, _ in pairs]), np.array([mask for _, mask in pairs])
    right = np.allclose(outs, x * masks) and np.allclose(masks[masks != 0], 1 / (1 - p))
    # what is dropped, minus its expectation and divided by its spread: independent numbers of mean 0 and variance 1
    z = ((masks == 0) - p) / np.sqrt(p * (1 - p))
    chance = 5 / np.sqrt(z.size)
    right = right and abs(z.mean()) < chance
    for one, other in ((z[1:], z[:-1]), (z[:, 1:], z[:, :-1]), (z[:, :, 1:], z[:, :, :-1])):
        right = right and abs(np.mean(one * other)) < chance
    right = right and abs(z[:, small].mean() - z[:, ~small].mean()) < 2 * chance
    # sums of independent numbers vary: those of calls and those of rows
    right = right and 0.2 < np.std(z.sum(axis=(1, 2))) / np.sqrt(x.size) < 2
    right = right and 0.8 < np.std(z.sum(axis=2)) / np.sqrt(x.shape[1]) < 1.2
    _, again = layer(x, p, True, np.random.default_rng(1))
    right = right and np.array_equal(again, masks[0])
    out, mask = layer(x, p, False, rng)
    right = right and np.allclose(out, x) and np.allclose(mask, 1)
    ### END SOLUTION
    return bool(right)


# %% [markdown]
# Judge your own, and some that are not:


# %%
def never_scales(x, p_drop, training, rng):
    _, mask = own.dropout_forward(x, p_drop, training, rng)
    return x * (mask > 0), mask


def always_drops(x, p_drop, training, rng):
    return own.dropout_forward(x, p_drop, True, rng)


def one_mask_for_all(x, p_drop, training, rng):
    _, mask = own.dropout_forward(x[:1], p_drop, training, rng)
    return x * mask, mask + 0 * x


for layer in (own.dropout_forward, never_scales, always_drops, one_mask_for_all):
    print(f"{layer.__name__}: {own.is_dropout(layer)}")

# %% [markdown]
# ### If the noise stays on
#
# What if masks are drawn in evaluation, too? Then the same image gets other probabilities in every pass, and how far
# they differ may say how sure the network is. Gal and Ghahramani (2016) read the mean of many such passes as an
# approximation to Bayes' answer, the mean over all weights, each counted by how probable the data make it. It is called **Monte-Carlo dropout**.

# %% [markdown]
# **Exercise.** Monte-Carlo dropout. Send $x$ through the network `n_passes` times with dropout on the hidden layer, new
# masks in every pass, and average the *probabilities*. Then take the entropy of this average, $-\sum_k \bar p_k \ln
# \bar p_k$: it is 0 when one class has everything, and $\ln K$ when all have the same. If two passes give the
# probabilities $(0.9, 0.1)$ and $(0.3, 0.7)$, the mean is $(0.6, 0.4)$ and its entropy 0.673. (The mean of the two
# entropies would be 0.468, which is something else.)


# %% exercise="mc_dropout_predict"
def mc_dropout_predict(x, params, p_drop, n_passes, rng):
    """Mean (N, K) of the probabilities of n_passes passes with dropout, and its entropy (N,) in nats.

    x is (N, D), of floats or integers; params is a dict of w1 (D, H), b1 (H,), w2 (H, K) and b2 (K,). A pass is x @ w1 + b1, ReLU,
    inverted dropout at rate p_drop (at least 0, below 1), @ w2 + b2, softmax. In every pass every sample's hidden units have draws of
    their own, from rng, an np.random.Generator, in any way you like. n_passes is at least 1.
    Logits may be in the thousands, and a probability of the mean may be 0, which adds 0 to the entropy. x and
    params must not be changed.
    """
    ### BEGIN SOLUTION
    hidden = np.maximum(x @ params["w1"] + params["b1"], 0)
    total = 0.0
    for _ in range(n_passes):
        keep = rng.random(hidden.shape) >= p_drop
        logits = hidden * keep / (1 - p_drop) @ params["w2"] + params["b2"]
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        total = total + e / e.sum(axis=1, keepdims=True)
    mean = total / n_passes
    entropy = -np.sum(mean * np.log(np.where(mean > 0, mean, 1)), axis=1)
    ### END SOLUTION
    return mean, entropy


# %% [markdown]
# A network of two hidden units, one for each class, and an $x$ of which it gives 96 % to the first class. The more
# units are dropped, the less sure the mean is:

# %%
small = {"w1": np.eye(2), "b1": np.zeros(2), "w2": 4 * np.eye(2), "b2": np.zeros(2)}
for p_drop in (0.0, 0.2, 0.5):
    average, unsure = own.mc_dropout_predict(np.array([[1.0, 0.2]]), small, p_drop, 2000, np.random.default_rng(0))
    print(f"p_drop = {p_drop}: mean {average[0].round(3)}, entropy {unsure[0]:.3f} (at most {np.log(2):.3f})")

# %% [markdown]
# Is a network more uncertain where it is wrong? Take every pair of a wrong and a right answer, and count how often the
# wrong one has the larger entropy: 50 % would be chance. But compare with something. The control is one single pass
# *without* dropout, of the same network.


# %%
def entropy(p):
    return -np.sum(p * np.log(np.where(p > 0, p, 1)), axis=1)


def pairs_in_order(uncertainty, is_wrong):
    """The share of all pairs of a wrong and a right answer in which the wrong one is the less certain."""
    return np.mean(uncertainty[is_wrong][:, None] > uncertainty[~is_wrong])


def asked_often(seed, p_drop=0.5):
    """For new digits, the same turned by 90 degrees, and shuffled pixels: both ways of asking, means in %."""
    x, y, _ = few(seed, wrong=0.0)
    params, rng = train(x, y, seed, p_drop=p_drop), np.random.default_rng(seed)
    turned = np.rot90(x_test.reshape(-1, 8, 8), axes=(1, 2)).reshape(-1, 64)
    found = {}
    for name, images in (
        ("new", x_test),
        ("turned", turned),
        ("noise", rng.permutation(x_test.ravel()).reshape(-1, 64)),
    ):
        mean, uncertainty = own.mc_dropout_predict(images, params, p_drop, 50, rng)
        once = probabilities(logits_of(params, images))
        found[name] = [mean.max(axis=1).mean(), once.max(axis=1).mean(), np.mean(mean.argmax(axis=1) == y_test)]
        if name == "new":
            in_order = pairs_in_order(uncertainty, mean.argmax(axis=1) != y_test)
            found["order"] = [in_order, pairs_in_order(entropy(once), once.argmax(axis=1) != y_test)]
    return found


predict("dropout_left_on", lambda: [asked_often(seed) for seed in SEEDS])

# %% [markdown]
# Yes: a wrong answer is the less certain in more than nine pairs of ten. But one plain pass knows that as well as fifty
# passes with dropout do. Does the mean give better probabilities, then?

# %%
runs = [asked_often(seed) for seed in SEEDS]
for name in ("new", "turned", "noise"):
    often, once, right = 100 * np.median([run[name] for run in runs], axis=0)
    print(
        f"{name:>6}: probability of the chosen digit {often:.0f} % (50 passes), {once:.0f} % (one); right {right:.0f} %"
    )

# %% [markdown]
# On new digits one pass is right about as often as it says. The fifty passes say 88 % and get 93 % right: they are too
# unsure. On shuffled pixels they give 47 % to what they choose, one pass 60 %: less, and still a lot where there is
# nothing to recognise. And on digits that were turned, they are wrong nearly nine times in ten, and give about three
# quarters to what they choose. They are less sure than one pass, and far too sure still. Being unsure of noise does not
# mean being unsure of whatever is new.
#
# > **Find** the angles at which the fifty passes are surest of what is wrong. Then compare their entropy with that of
# > one plain pass, at a low rate and at a high one.

# %%
widgets.uncertainty_explorer()

# %% [markdown]
# Here only the digits 2, 3, 5 and 7 are turned, which are no digits on their side. Turned by 80 to 100 degrees,
# hardly any of them is labelled right. Still the fifty passes give 0.78 on average to what they choose at a rate of
# 0.5, and 0.88 or so at 0.1; of upright ones it is 0.91 and 0.95. At 90 degrees the median entropy of one plain pass
# is near 0. That of the fifty is 0.1 at the rate 0.1, and 0.5 at 0.5. But a high rate makes them less sure of
# everything, of right answers too.

# %%
claim_card("04.04")

# %% [markdown]
# ## 4.4 When to stop, and how sure to be
#
# You saw it in Srivastava's figure: with careless labels the error on new digits falls, and then rises. Here is what
# the network learns meanwhile.


# %%
def fitted(seed, passes=(5, 10, 20, 60)):
    """After so many passes, in %: right labels that are reproduced, wrong labels that are, and errors on new digits."""
    x, y, right = few(seed)
    bad, found = y != right, []

    def after(params):
        found.append(
            [1 - errors(params, x[~bad], y[~bad]), 1 - errors(params, x[bad], y[bad]), errors(params, x_test, y_test)]
        )

    train(x, y, seed, after=after)
    return 100 * np.array([found[n - 1] for n in passes])


for n, (good, wrong, new) in zip((5, 10, 20, 60), np.median([fitted(seed) for seed in SEEDS], axis=0), strict=True):
    print(f"after {n:2} passes it repeats {good:3.0f} % of the right labels,", end=" ")
    print(f"{wrong:2.0f} % of the wrong ones; wrong on new digits: {new:.0f} %")

# %% [markdown]
# The right labels are learned first. After ten passes it repeats more than nine in ten of them, and no more of the
# wrong ones than a network would by guessing. Then it learns these as well, one by one, and the error on new digits
# goes up. That is an answer to the question of the opening, as far as this experiment goes: such a network *can*
# learn anything, and what the digits of a class have in common it learns first.
#
# So stop in between (Prechelt 1998). When is that? The training loss does not say: it goes on falling. A part of the
# data has to be kept out of training, the **validation set**, and what happens on it is watched.
#
# One bad pass is no reason to stop, since such curves are noisy. So training goes on for `patience` passes after the
# best one. By then the weights are no longer the best, so these have to be kept.

# %% [markdown]
# **Exercise.** What happens after every pass. `state` is what early stopping remembers: the best validation loss so
# far, a *copy* of the weights that reached it, and how many passes have gone by since. A loss is an improvement if it
# is below the best by more than `min_delta`. Training stops with the pass that makes `waited` reach `patience`. With
# `patience=2` and the losses 1.0, 0.8, 0.9, 0.85 the answers are False, False, False, True; the best is 0.8, and the
# weights are those of the second pass.


# %% exercise="early_stopping"
def early_stopping(state, loss, weights, patience, min_delta=0.0):
    """What to remember after a pass, and whether to stop.

    state is None at the first pass, which is the best so far; afterwards it is the dict that the pass before has
    returned: "best", the lowest validation loss that counted; "weights", a list of arrays, those of that pass;
    "waited", the number of passes since.
    loss is the validation loss of this pass, and weights the list of arrays after it. If loss is below the best by
    more than min_delta (at least 0), it is the new best. An improvement, like the first pass, sets waited to 0; any
    other pass adds 1, and leaves best and weights as they are. NaN is no improvement on a number, and any number is
    one on NaN; NaN after NaN is not asked for.
    state and weights must not be changed. Returns a new dict and stop: True when waited has reached patience (at
    least 1), else False. Training goes on to change the arrays of weights in place: in the dict there are copies.
    """
    ### BEGIN SOLUTION
    if state is None or np.isnan(state["best"]) or loss < state["best"] - min_delta:
        state = {"best": loss, "weights": [w.copy() for w in weights], "waited": 0}
    else:
        state = {**state, "waited": state["waited"] + 1}
    stop = state["waited"] >= patience
    ### END SOLUTION
    return state, stop


# %%
def stopped(seed, patience=10, n_valid=40):
    """Errors on new digits (%) with early stopping, after all 100 passes, and at the best pass of all; and the passes."""
    x, y, _ = few(seed)
    x_valid, y_valid, x, y = x[-n_valid:], y[-n_valid:], x[:-n_valid], y[:-n_valid]
    state, passes, best = None, 0, []

    def after(params):
        nonlocal state, passes
        best.append(errors(params, x_test, y_test))
        loss, _ = softmax_xent(logits_of(params, x_valid), y_valid)
        state, stop = own.early_stopping(state, loss, list(params.values()), patience)
        passes += 1
        return stop

    params = train(x, y, seed, passes=100, after=after)
    kept = dict(zip(params, state["weights"], strict=True))
    to_the_end = []
    train(x, y, seed, passes=100, after=lambda params: to_the_end.append(errors(params, x_test, y_test)))
    return 100 * np.array([errors(kept, x_test, y_test), to_the_end[-1], min(to_the_end)]), passes


runs = [stopped(seed) for seed in SEEDS]
early, late, luckiest = np.median([run[0] for run in runs], axis=0)
print(f"stopped after {np.median([run[1] for run in runs]):.0f} of 100 passes: wrong on new digits {early:.0f} %")
print(f"after all of them: {late:.0f} %; in the pass that was best on the new digits themselves: {luckiest:.0f} %")

# %% [markdown]
# It saves about three quarters of the passes, and five or six points of error. (Not all of that is a gain: a network
# that is trained on all two hundred digits for 60 passes, with nothing kept out, is one point worse than the stopped
# one on these draws, as you saw in 4.2, and two or three points on others.) It does not find the best pass: forty
# digits, about eight of them wrong, are a poor judge. To look for the best pass on the *test* digits would be
# cheating, and the last number is there only to show what it would claim. A loss that was chosen because it is the
# lowest looks better than it would on other digits labelled in the same way, and that holds for the validation set as
# well. If you want to know how good the network is, you need data that no choice was based on.
#
# So far the target is 1 for the label and 0 for all others. The loss gets to zero only when the label's logit is
# infinitely far above the others, and training does what it can. **Label smoothing** asks for less (Szegedy, Vanhoucke,
# Ioffe, Shlens and Wojna 2016).

# %% [markdown]
# **Exercise.** Smoothed targets: $1 - \varepsilon$ on the label, and $\varepsilon$ shared out evenly over all $K$
# classes, the label among them. For the labels $(2, 0)$, $K = 4$ and $\varepsilon = 0.2$ that is $(0.05, 0.05, 0.85,
# 0.05)$ and $(0.85, 0.05, 0.05, 0.05)$.


# %% exercise="smooth_labels"
def smooth_labels(y, n_classes, eps):
    """Targets (N, n_classes): 1 - eps on the label, plus eps / n_classes on every class.

    y is (N,), integer labels from 0 to n_classes - 1, which must not be changed. n_classes is at least 2, eps from 0 to 1.
    """
    ### BEGIN SOLUTION
    targets = np.full((len(y), n_classes), eps / n_classes)
    targets[np.arange(len(y)), y] += 1 - eps
    ### END SOLUTION
    return targets


# %% [markdown]
# Which logits does that ask for? The probabilities that minimise the cross-entropy are the targets themselves, $1 -
# \varepsilon + \varepsilon / K$ for the label and $\varepsilon / K$ for every other class. Probabilities are
# proportional to $e^{\text{logit}}$, so that the label's logit has to be above the others by
#
# $$ \ln \frac{1 - \varepsilon + \varepsilon / K}{\varepsilon / K} , $$
#
# which for $\varepsilon = 0.1$ and $K = 10$ is $\ln 91 \approx 4.5$, and no more.

# %%
for smoothing in (0.0, 0.1):
    found = []
    for seed in SEEDS:
        x, y, _ = few(seed, wrong=0.0)
        params = train(x, y, seed, smoothing=smoothing)
        logits, label = logits_of(params, x), np.arange(10) == y[:, None]
        above = np.median(logits[label] - np.mean(logits[~label].reshape(len(x), 9), axis=1))
        p = probabilities(logits_of(params, x_test))
        found.append([above, 100 * p.max(axis=1).mean(), 100 * errors(params, x_test, y_test)])
    above, sure, wrong = np.median(found, axis=0)
    print(
        f"smoothing {smoothing}: label above the others by {above:.1f}; new digits: gives the chosen one {sure:.0f} %,",
        end=" ",
    )
    print(f"wrong {wrong:.0f} %")

# %% [markdown]
# The logits do what the formula says. On new digits the network is about as often right as before, and less sure: it
# gives 78 % on average to what it chooses, and gets more than nine in ten right. Before, it gave 97 %. It was a
# little too sure, and now it is far too unsure.

# %%
claim_card("04.05")

# %% [markdown]
# ## 4.5 More data out of the same
#
# The surest means is more data, and sometimes you know how to make some. A digit that is moved by a pixel is the same
# digit. So move each image at random whenever it is used: at nine places instead of one, if it is a pixel at the most
# (Simard, Steinkraus and Platt 2003). What must *not* change is the label, and that depends on the data. A photograph
# of a cat, mirrored, is one of a cat.

# %% [markdown]
# **Exercise.** New images from old ones. Surround each image with `pad` pixels of zeros on all four sides, and cut a
# window of the old size out of it. Its upper left corner lies at row $r$ and column $c$ of the padded image, both drawn
# evenly from $0, 1, \dots, 2\,$`pad`, so that $r = c =$ `pad` gives the image back. Then mirror the window left to
# right with probability `p_flip`. Every image of the batch has draws of its own, and its channels are treated alike.
# With `pad=1`, $r = 0$ and $c = 1$, the image $\begin{pmatrix}1&2\\3&4\end{pmatrix}$ becomes
# $\begin{pmatrix}0&0\\1&2\end{pmatrix}$, and mirrored $\begin{pmatrix}0&0\\2&1\end{pmatrix}$.


# %% exercise="random_crop_flip"
def random_crop_flip(images, pad, p_flip, rng):
    """The images, each moved and perhaps mirrored: a new array of the shape of images, (N, C, H, W).

    images holds floats or integers, and must not be changed; integers may come back as floats. pad is an integer, at
    least 0; p_flip lies between 0 and 1. For each image, the row and the column of the window are drawn from 0, 1,
    ..., 2 pad, each number as likely as the others, and whether it is mirrored is drawn with probability p_flip, all
    three independently. The draws come from rng, an np.random.Generator, in any way you like: the check looks at
    whether every result is a window of its own image, and at how often each window occurs.
    """
    ### BEGIN SOLUTION
    n, _, height, width = images.shape
    padded = np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    rows, columns = rng.integers(0, 2 * pad + 1, size=(2, n))
    out = np.empty_like(images)
    for i in range(n):
        out[i] = padded[i, :, rows[i] : rows[i] + height, columns[i] : columns[i] + width]
        if rng.random() < p_flip:
            out[i] = out[i, :, :, ::-1].copy()
    ### END SOLUTION
    return out


# %%
raw = load_digits()  # pixels from 0 to 1
MEAN, STD = raw.x_train.mean(), raw.x_train.std()


def as_images(x):
    return (x * STD + MEAN).reshape(-1, 1, 8, 8)


def as_inputs(images):
    return (images.reshape(len(images), 64) - MEAN) / STD


def crops(pad, p_flip):
    return lambda x, targets, params, rng: as_inputs(own.random_crop_flip(as_images(x), pad, p_flip, rng))


def moved(x, rows, columns):
    padded = np.pad(as_images(x), ((0, 0), (0, 0), (1, 1), (1, 1)))
    return as_inputs(padded[:, :, 1 + rows : 9 + rows, 1 + columns : 9 + columns])


def augmented(seed, pad, p_flip, passes):
    """Errors (%) on new digits, and on the same moved by a pixel in one of four directions."""
    x, y, _ = few(seed, wrong=0.0)
    params = train(x, y, seed, passes=passes, change=crops(pad, p_flip) if pad or p_flip else None)
    by_one = [errors(params, moved(x_test, *way), y_test) for way in ((0, 1), (0, -1), (1, 0), (-1, 0))]
    return 100 * np.array([errors(params, x_test, y_test), np.mean(by_one)])


predict(
    "moved_digits",
    lambda: {
        (pad, p_flip, passes): np.median([augmented(seed, pad, p_flip, passes) for seed in SEEDS[:3]], axis=0)
        for pad, p_flip, passes in ((0, 0.0, 60), (1, 0.0, 60), (1, 0.0, 240), (0, 0.5, 240))
    },
)

# %% [markdown]
# These are 200 digits with right labels. Every test digit stands in the middle, as those in training did: so crops
# bring nothing for them. In 60 passes they even cost five points or so, in 240 passes about one. On digits that were
# moved by a single pixel, the network without crops gets more than half wrong, and the one with crops one in six
# after 60 passes and one in eleven after 240. And mirroring costs a point or two of errors, though the network has
# had four times as long: most digits, mirrored, are no digits any more, or look like another one. An augmentation
# says what the label must not depend on. It helps only as far as that is true of the images to come.
#
# ### The worst change
#
# Random moves are one thing. How much can a change do that was *chosen*? For a small step of $\epsilon$ in every pixel,
# the loss changes by about $\sum_i \pm \epsilon\, \partial \text{loss} / \partial x_i$, and that is largest when each
# sign is that of the gradient: $x + \epsilon \operatorname{sign}(dx)$. That is the fast gradient sign method
# (Goodfellow, Shlens and Szegedy 2015). The gradient with respect to the *input* costs one more product in
# backpropagation: `gradients` returns it, too.

# %% [markdown]
# **Exercise.** The fast gradient sign method. `dx` is the gradient of the loss with respect to the *input* `x`, of the
# same shape. Every entry of `x` moves by `eps` in the direction in which the loss grows, $x + \epsilon
# \operatorname{sign}(dx)$, and the result is clipped to what an image can be, from `low` to `high`. For $x = (0.5,
# 0.95, 0.3)$, $dx = (-2, 0.01, 0)$ and `eps=0.1` that is $(0.4, 1, 0.3)$.


# %% exercise="fgsm"
def fgsm(x, dx, eps, low=0.0, high=1.0):
    """x + eps * sign(dx), clipped to [low, high]: a new array of the shape of x.

    x and dx are arrays of one shape, any shape, also of integers; they must not be changed. eps is at least 0. Where dx is 0, nothing
    is added.
    """
    ### BEGIN SOLUTION
    adversarial = np.clip(x + eps * np.sign(dx), low, high)
    ### END SOLUTION
    return adversarial


# %%
LOW, HIGH = -MEAN / STD, (1 - MEAN) / STD  # black and white, in standardised units


def attacked(params, x, y, eps):
    """The images x, every pixel moved by eps of its range, so that the loss of params grows."""
    _, dx = gradients(params, x, own.smooth_labels(y, 10, 0.0))
    return own.fgsm(x, dx, eps / STD, LOW, HIGH)


def noisy(x, eps, rng):
    return np.clip(x + eps / STD * rng.choice([-1, 1], x.shape), LOW, HIGH)


def on_attacked(x, targets, params, rng):
    return attacked(params, x, targets.argmax(axis=1), 0.1)


for name, change in [
    ("plain", None),
    ("trained on noise", lambda x, targets, params, rng: noisy(x, 0.1, rng)),
    ("trained on attacks", on_attacked),
]:
    found = []
    for seed in SEEDS:
        x, y, _ = few(seed, wrong=0.0)
        params, rng = train(x, y, seed, change=change), np.random.default_rng(seed)
        tests = (x_test, noisy(x_test, 0.1, rng), attacked(params, x_test, y_test, 0.1))
        found.append([100 * errors(params, images, y_test) for images in tests])
    alone, random, signs = np.median(found, axis=0)
    print(f"{name}: {alone:.0f} % of new digits wrong as they are, {random:.0f} % with random signs,", end=" ")
    print(f"{signs:.0f} % with the gradient's signs")

# %% [markdown]
# A tenth of a pixel's range, at random, does next to nothing. The same tenth with the gradient's signs makes the
# plain network wrong in nearly half of all digits. Training on noise does not help against that. Training on images
# that are attacked anew in every step does: about three in ten are wrong then, and digits as they are do not suffer.
# This is **adversarial training**, and it needs no second network: the gradient is the network's own. It was tried against this attack alone, which
# takes one step. Stronger ones take several (Madry, Makelov, Schmidt, Tsipras and Vladu 2018).
#
# > **Find** a digit that a change you can hardly see turns into another, and watch what random signs of the same size
# > do. Then find out what adversarial training gives when $\epsilon$ is twice as large as in training.

# %%
widgets.adversarial_explorer()

# %% [markdown]
# Where the gradient's signs make 47 % of the digits wrong, random signs of the same size make 6 % wrong. With $\epsilon
# = 0.2$, twice what it was trained with, the adversarially trained network gets three quarters wrong, and the plain one
# nearly all.

# %%
claim_card("04.06")

# %% [markdown]
# ## 4.6 Which of all that?
#
# You have half a dozen methods by now, and each has a strength. How is that chosen? The strengths above were chosen
# on many draws of these digits. In practice you will not have many draws. What you have is one data set, and a part
# of it can be kept as a validation set, as for early stopping: train with each strength, and keep the one with the
# fewest validation errors. The test digits are looked at once, with what was chosen.

# %%
STRENGTHS = (0.0, 0.3, 1.0, 3.0, 10.0)


def chosen(seed, n_valid=40):
    """The strength of weight decay with the fewest validation errors; errors (%) there and on new digits; without decay."""
    x, y, _ = few(seed)
    x_valid, y_valid, x, y = x[-n_valid:], y[-n_valid:], x[:-n_valid], y[:-n_valid]
    networks = {decay: train(x, y, seed, decay=decay) for decay in STRENGTHS}
    valid = {decay: errors(params, x_valid, y_valid) for decay, params in networks.items()}
    best = min(valid, key=valid.get)
    test = [errors(networks[decay], x_test, y_test) for decay in (best, 0.0)]
    return best, 100 * valid[best], 100 * test[0], 100 * test[1]


for seed in SEEDS[:3]:
    best, valid, test, plain = chosen(seed)
    print(
        f"chosen: {best}; wrong: {valid:.0f} % of the validation labels, {test:.0f} % of the new digits (without decay {plain:.0f} %)"
    )

# %% [markdown]
# With what is chosen, fewer new digits are wrong than without decay, on nearly every draw. It is not always the best
# strength: forty digits are few. And the validation error is no estimate of the error on new digits. Being the lowest
# of five makes it a little too low. But on most draws here it is far too high, since one in five of the *validation*
# labels is wrong as well, and no network should repeat these. It can still rank the strengths.
#
# Before anything is chosen, though, a run has to be looked at: what you see may be no matter of regularization at all.

# %% [markdown]
# ### Debug this run
#
# A training curve that looks bad has many causes, and one that looks good may have some too. You get what a run has
# logged: the curves, and three things that decide where curves alone cannot.
#
# **Exercise.** Name what is wrong with the run. The last pass alone is noisy, so the *last value* of a curve is here
# the mean of its last five. Where training ends at an accuracy of 1.00 and validation at 0.81, the gap of 0.19 says
# that the regularization is "too weak", but only if the first three faults of the list are ruled out: they spoil the
# curves, so that these say nothing about regularization. (The losses of the batches are there to be looked at; no
# rule needs them.)


# %% exercise="diagnose_curve"
def diagnose_curve(record):
    """What is wrong with a run: the first of these that applies, one of six strings.

    "leak": more than a tenth of the validation images are also training images, equal in every pixel.
    "not shuffled": more than half of the batches hold one or two classes only. The loss is then a saw-tooth within a pass.
    "evaluated in training mode": two evaluations of the same weights differ by more than 1e-6, as with dropout left on.
    "too strong": the last training accuracy and the last validation accuracy are both below 0.7.
    "too weak": the last training accuracy is at least 0.99, and either the last validation accuracy is more than 0.15 below
    it, or the last validation loss is more than 1.5 times the smallest of all validation losses.
    "healthy": none of these. A last value is the mean over the last five passes.

    record is a dict of arrays, which must not be changed. "train_loss", "valid_loss", "train_accuracy", "valid_accuracy" (T,)
    hold one value for each of at least five passes; those of training are logged during the pass, with dropout on.
    "evaluations" (2,) are two validation losses of the last weights. "batch_loss" (B,) and "batch_labels" (B, n) are the losses and
    the labels of the batches of the last pass, in their order, out of ten classes. "x_train" (N, D) and "x_valid" (M, D) are images.
    """
    ### BEGIN SOLUTION
    train, valid, loss = (record[name][-5:].mean() for name in ("train_accuracy", "valid_accuracy", "valid_loss"))
    known = {tuple(image) for image in record["x_train"]}
    shared = np.mean([tuple(image) in known for image in record["x_valid"]])
    sorted_batches = np.mean([len(set(labels)) <= 2 for labels in record["batch_labels"]])
    if shared > 0.1:
        cause = "leak"
    elif sorted_batches > 0.5:
        cause = "not shuffled"
    elif np.ptp(record["evaluations"]) > 1e-6:
        cause = "evaluated in training mode"
    elif max(train, valid) < 0.7:
        cause = "too strong"
    elif train >= 0.99 and (train - valid > 0.15 or loss > 1.5 * record["valid_loss"].min()):
        cause = "too weak"
    else:
        cause = "healthy"
    ### END SOLUTION
    return cause


# %% [markdown]
# A run in which fifty validation digits were training digits, too. Its curves are those of a network that does well:

# %%
rng = np.random.default_rng(0)
passes = np.arange(1, 21)
run = {
    "train_loss": 2.3 / passes,
    "valid_loss": 2.5 / passes,
    "train_accuracy": 1 - 0.9 / passes,
    "valid_accuracy": 1 - 1.1 / passes,
}
run |= {
    "evaluations": np.array([0.125, 0.125]),
    "batch_loss": np.full(30, 0.12),
    "batch_labels": rng.integers(0, 10, (30, 16)),
}
run |= {"x_train": x_train[:480], "x_valid": x_train[430:580]}
print(own.diagnose_curve(run))
print(own.diagnose_curve(run | {"x_valid": x_train[480:580]}))

# %% [markdown]
# ## 4.7 Project: two hundred digits, and some of the labels wrong
#
# Two hundred digits, twenty of each class, and whoever labelled them was careless: 40 labels, one in five, are wrong.
# Which ones is not said. A network of 128 hidden units, trained to the end without regularization, repeats all 40
# wrong labels, and on average it labels 78 % of the new digits right. Yours has to do two things: label at least 78 %
# of the new digits right on every draw, and repeat fewer than half of the wrong labels. Both together are out of
# reach without regularization, and within reach of several methods. Nobody gives you validation digits. If you want
# some, they have to come out of the two hundred.
#
# **Exercise.** Choose your methods and put them together. In the check, the loop of training and the gradients have
# to be your own: `train` and `gradients` of 4.1 call `own`, which is not at hand there. Copy what you need of them
# into your function. You can use `first_params`, `logits_of` and `probabilities`, and your own functions by their
# names, without `own`.


# %% exercise="train_on_few"
def train_on_few(x, y, seed):
    """Train a network on 200 digits of which 40 are labelled wrong, and return its parameters.

    x is (200, 64), digits as in this lesson but for a little noise, in random order; y is (200,), the labels from 0 to 9. They must
    not be changed. What is random comes from the integer seed alone: the same seed gives the same parameters, another one others.
    Returned is a dict of arrays of floats, "w1" (64, H), "b1" (H,), "w2" (H, 10), "b2" (10,), with H at most 256. It is run
    without dropout: np.maximum(x @ w1 + b1, 0) @ w2 + b2, and the largest of the ten outputs is the answer. At least 78 % of
    about 1600 new digits have to be labelled right, and of the 40 wrong labels fewer than 20 may be repeated. Takes at
    most 5 seconds.
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(x))
    valid, train = order[:40], order[40:]
    params = {"w1": rng.normal(0, 0.18, (64, 128)), "b1": np.zeros(128)}
    params |= {"w2": rng.normal(0, 0.12, (128, 10)), "b2": np.zeros(10)}
    v = {name: np.zeros_like(p) for name, p in params.items()}
    state, stop = None, False
    while not stop:
        for part in np.array_split(rng.permutation(train), 8):
            z = x[part] @ params["w1"] + params["b1"]
            a, mask = dropout_forward(np.maximum(z, 0), 0.3, True, rng)
            dlogits = (probabilities(a @ params["w2"] + params["b2"]) - np.eye(10)[y[part]]) / len(part)
            dz = dropout_backward(dlogits @ params["w2"].T, mask) * (z > 0)
            grads = {"w1": x[part].T @ dz, "b1": dz.sum(axis=0), "w2": a.T @ dlogits, "b2": dlogits.sum(axis=0)}
            for name, grad in grads.items():
                decay = 3.0 if name.startswith("w") else 0.0
                params[name], v[name] = weight_decay_step(params[name], grad, v[name], 0.001, decay, True)
        p = probabilities(logits_of(params, x[valid]))
        loss = -np.mean(np.log(p[np.arange(len(valid)), y[valid]]))
        state, stop = early_stopping(state, loss, list(params.values()), 10)
    params = dict(zip(params, state["weights"], strict=True))
    ### END SOLUTION
    return params


# %% [markdown]
# Two hundred of the lesson's digits, three times:

# %%
for seed in SEEDS[:3]:
    rng = np.random.default_rng(seed)
    order = np.argsort(y_train + rng.random(len(y_train)))  # by class, at random within it
    first = np.searchsorted(y_train[order], range(10))
    chosen = order[first[:, None] + np.arange(20)]  # (10, 20), twenty of each class
    labels = y_train[chosen]
    labels[:, :4] = (labels[:, :4] + rng.integers(1, 10, (10, 4))) % 10  # four of each are wrong
    shuffled = rng.permutation(200)
    params = own.train_on_few(x_train[chosen.ravel()[shuffled]], labels.ravel()[shuffled], seed)
    right = 100 * (1 - errors(params, x_test, y_test))
    repeated = np.sum(logits_of(params, x_train[chosen[:, :4].ravel()]).argmax(axis=1) == labels[:, :4].ravel())
    print(f"{right:.1f} % of the test digits are right, {repeated} of 40 wrong labels are repeated")

# %% [markdown]
# ## What to take away
#
# - A network can learn random labels by heart. That it does not do so with real ones is a matter of data and training,
#   not of its size: as many features as images can be worse than few, and many more can be better than either.
# - L2 and weight decay are the same for plain gradient descent. In an adaptive optimiser they differ: the gradient of
#   L2 is divided by the gradients' size, weight decay is not.
# - L1 makes weights exactly zero if the step stops at zero; a step along the sign does so only by chance.
# - Dropout draws a mask for every sample in every step, and scales by $1 / (1 - p)$, so that evaluation needs no
#   correction.
# - On these digits, weight decay, L1, dropout and early stopping save errors where labels are wrong, and so does a
#   lower learning rate, which does part of their work. Where all are right, weight decay and dropout cost up to about a
#   point.
# - Of a wrong and a right answer the wrong one mostly has the larger entropy, with fifty noisy passes as with one plain
#   pass; and both are too sure of turned digits.
# - An augmentation says what the label must not depend on. A validation set by which something was chosen no longer
#   says how good that is.
#
# **Next:** unit 05 is about optimisers, of which RMSProp is one.

# %% [markdown] part="more"
# ## More methods
#
# Everything from here on is for those who want more; nothing later depends on it. The exercises take 36 minutes.

# %% [markdown]
# ### Both penalties at once
#
# Of two pixels that nearly always go together, L1 tends to keep one and to drop the other. The **elastic net** adds
# some L2, which prefers to share (Zou and Hastie 2005).

# %% [markdown]
# **Exercise.** L1 and L2 at once, with a strength for each: $\lambda_1 \sum |w| + \tfrac12 \lambda_2 \sum w^2$, over
# all entries. For $w = (3, -4)$, $\lambda_1 = 0.1$ and $\lambda_2 = 0.02$ it is $0.7 + 0.25 = 0.95$.


# %% exercise="elastic_net_penalty"
def elastic_net_penalty(w, l1, l2):
    """The penalty of the elastic net: l1 times the sum of |w|, plus half of l2 times the sum of w squared. A number.

    w is an array of any shape, of floats or integers, which must not be changed. l1 and l2 are at least 0.
    """
    ### BEGIN SOLUTION
    penalty = l1 * np.sum(np.abs(w)) + l2 / 2 * np.sum(w**2)
    ### END SOLUTION
    return penalty


# %%
for w in ([1.0, 0.0], [0.5, 0.5]):
    print(w, "costs", own.elastic_net_penalty(np.array(w), 1.0, 0.0), "with L1 alone,", end=" ")
    print(own.elastic_net_penalty(np.array(w), 1.0, 1.0), "with both")

# %% [markdown]
# To L1 it is all the same whether one weight does the work or two share it. With some L2, sharing is cheaper.
#
# ### A limit

# %% [markdown]
# **Exercise.** Instead of a penalty, a limit: no unit's weights may be longer than $c$. A unit is a column of $w$. One
# that is too long is shortened to $c$, keeping its direction; the others stay as they are. For the columns $(3, 4)$ and
# $(0, 1)$ and $c = 2.5$ the result has the columns $(1.5, 2)$ and $(0, 1)$.


# %% exercise="max_norm"
def max_norm(w, c):
    """w with every column that is longer than c shortened to the length c: a new array (D, M).

    The length is the Euclidean norm. w is (D, M), of floats or integers, and must not be changed; a column may be 0. c is
    positive.
    """
    ### BEGIN SOLUTION
    norms = np.sqrt(np.sum(w**2, axis=0))
    limited = w * np.minimum(1, c / np.where(norms > 0, norms, c))
    ### END SOLUTION
    return limited


# %%
def limited(c):
    def change(x, targets, params, rng):
        params["w1"] = own.max_norm(params["w1"], c)
        return x

    return change


limits = compare(plain={}, drops_half={"p_drop": 0.5}, limit_and_half={"p_drop": 0.5, "change": limited(1.0)})

# %% [markdown]
# Srivastava and colleagues (2014) recommend the two together, since with a limit the learning rate can be high and no
# weight explodes. The name is that of a norm of matrices (Srebro and Shraibman 2005). At this rate and a limit of 1,
# the two together do hardly better here than dropout alone.
#
# ### Dropout for networks that need mean 0 and variance 1

# %% [markdown]
# **Exercise.** Dropout for SELU networks. SELU keeps mean 0 and variance 1, and zeros would change the variance. So a
# dropped entry becomes $\alpha' = -\lambda \alpha \approx -1.758$, the value of SELU at minus infinity, and then *all*
# entries go through $a x + b$, which restores mean and variance: with $q = 1 - p_{\text{drop}}$,
#
# $$ a = \bigl(q + \alpha'^2 q (1 - q)\bigr)^{-1/2}, \qquad b = -a\,(1 - q)\,\alpha'. $$
#
# For `p_drop=0.1` that is $a = 0.921$ and $b = 0.162$: a dropped entry comes out as $-1.458$, and a kept 2 as $2.005$.


# %% exercise="alpha_dropout"
def alpha_dropout(x, p_drop, rng):
    """Alpha dropout of x, in training: an array of the shape of x.

    x is an array of any shape, of floats or of integers, which must not be changed. p_drop is at least 0 and below 1: the probability
    with which an entry is dropped, independently of all others and of x. The draws come from rng, an np.random.Generator, in any
    way you like. lambda is 1.0507009873554805, alpha is 1.6732632423543772.
    """
    ### BEGIN SOLUTION
    dropped = -1.0507009873554805 * 1.6732632423543772
    q = 1 - p_drop
    a = (q + dropped**2 * q * (1 - q)) ** -0.5
    b = -a * (1 - q) * dropped
    keep = rng.random(x.shape) < q
    out = a * np.where(keep, x, dropped) + b
    ### END SOLUTION
    return out


# %% [markdown]
# The mean and the variance of 100 000 numbers after alpha dropout was applied thirty times, and after inverted
# dropout was:

# %%
rng = np.random.default_rng(0)
a = b = rng.normal(size=100_000)
for _ in range(30):
    a, b = own.alpha_dropout(a, 0.1, rng), own.dropout_forward(b, 0.1, True, rng)[0]
print(
    f"alpha dropout: mean {a.mean():.2f}, variance {a.var():.2f}; inverted: mean {b.mean():.2f}, variance {b.var():.2f}"
)

# %% [markdown]
# Klambauer, Unterthiner, Mayr and Hochreiter (2017) made it for SELU networks, which rest on mean 0 and variance 1.
# Inverted dropout keeps the mean, and multiplies the mean square by $1 / (1 - p)$ each time.
#
# ### In between
#
# If two images are mixed, what is the right label? As much of each as there is in the image (Zhang, Cisse, Dauphin and
# Lopez-Paz 2018).

# %% [markdown]
# **Exercise.** Mixup. Each sample gets a partner out of the batch, and a share `lam` of it stays: $\tilde x_i = \lambda
# x_i + (1 - \lambda)\, x_{\pi(i)}$ and $\tilde y_i = \lambda y_i + (1 - \lambda)\, y_{\pi(i)}$, with one random
# permutation $\pi$ for both. `y` holds the labels one-hot, $(N, K)$: a 1 at the label, and else 0. For $x = (0, 10)$ with the labels $(1, 0)$ and
# $(0, 1)$, $\lambda = 0.8$ and the permutation that swaps the two, that is $\tilde x = (2, 8)$ with the labels $(0.8,
# 0.2)$ and $(0.2, 0.8)$.


# %% exercise="mixup" part="more"
def mixup(x, y, lam, rng):
    """The mixed samples and the mixed labels, two new arrays of the shapes of x and y.

    x is (N, D), of floats or of integers, and y is (N, K); they must not be changed. lam, between 0 and 1, is the share of itself that
    every sample keeps: it is given, and not drawn here. The partners are a permutation of the batch, drawn from rng, an
    np.random.Generator, in any way you like, with each permutation as likely as the others: a sample may be its own partner by chance.
    """
    ### BEGIN SOLUTION
    partner = rng.permutation(len(x))
    x_mixed = lam * x + (1 - lam) * x[partner]
    y_mixed = lam * y + (1 - lam) * y[partner]
    ### END SOLUTION
    return x_mixed, y_mixed


# %%
def mixed(seed, wrong, lam, lr=0.001):
    """Errors (%) on new digits of a network that is trained on mixtures: by hand, since targets are mixed as well."""
    x, y, _ = few(seed, wrong=wrong)
    rng, params = np.random.default_rng([seed, 1]), first_params(seed)
    v = {name: np.zeros_like(p) for name, p in params.items()}
    targets = own.smooth_labels(y, 10, 0.0)
    for _ in range(60):
        for part in np.array_split(rng.permutation(len(x)), 10):
            grads, _ = gradients(params, *own.mixup(x[part], targets[part], lam, rng))
            for name, grad in grads.items():
                params[name], v[name] = own.weight_decay_step(params[name], grad, v[name], lr, 0.0, True)
    return 100 * errors(params, x_test, y_test)


for wrong in (0.2, 0.0):
    plain, half = (np.median([mixed(seed, wrong, lam) for seed in SEEDS]) for lam in (1.0, 0.7))
    print(f"{100 * wrong:.0f} % of the labels wrong: {plain:.0f} % wrong on new digits; with mixtures of 7 to 3, {half:.0f} %")

# %% [markdown]
# With careless labels, mixing saves about a quarter of the errors at this rate; where each has its best, 0.0003 without and
# 0.0005 with mixing, less than a tenth. With right ones it saves nothing, and costs about a point.
#
# ### Turned
#
# A crop moves an image by whole pixels. Turning needs values in between.

# %% [markdown]
# **Exercise.** Turn images counter-clockwise about their middle, row $m = (H - 1) / 2$ and column $k = (W - 1) / 2$.
# Ask for each pixel $(i, j)$ of the *result* where it comes from:
#
# $$
# \begin{aligned}
# r &= m + \cos\theta\,(i - m) + \sin\theta\,(j - k), \\
# c &= k - \sin\theta\,(i - m) + \cos\theta\,(j - k).
# \end{aligned}
# $$
#
# That is seldom a whole number, so mix the four pixels around $(r, c)$: the one at row $a$ and column $b$ has the
# weight $(1 - |r - a|)\,(1 - |c - b|)$ (bilinear interpolation), and outside of the image all pixels are zero. Turned by
# 90 degrees, $\begin{pmatrix}1&2\\3&4\end{pmatrix}$ becomes $\begin{pmatrix}2&4\\1&3\end{pmatrix}$; turned by 45, the
# pixel in the upper left comes from $r = 0.5 - 0.707$, $c = 0.5$, and is $0.793 \cdot 1.5 = 1.19$.


# %% exercise="rotate" part="more"
def rotate(images, degrees):
    """The images, turned counter-clockwise about their middle: a new array of the shape of images, (N, C, H, W).

    images holds floats or integers (the result is floats), and must not be changed. degrees is (N,): an angle for each image, in degrees,
    of either sign, for all of its channels. Bilinear interpolation; the pixels outside of an image are zero.
    """
    ### BEGIN SOLUTION
    n, channels, height, width = images.shape
    m, k = (height - 1) / 2, (width - 1) / 2
    padded = np.pad(images.astype(float), ((0, 0), (0, 0), (1, 2), (1, 2)))
    i, j = np.arange(height)[:, None] - m, np.arange(width) - k
    out = np.zeros((n, channels, height, width))
    for image, angle in enumerate(np.deg2rad(degrees)):
        # rounding removes the 6e-17 of cos(90 degrees)
        cosine, sine = np.round(np.cos(angle), 15), np.round(np.sin(angle), 15)
        r = np.clip(m + cosine * i + sine * j, -1, height)
        c = np.clip(k - sine * i + cosine * j, -1, width)
        top, left = np.floor(r).astype(int), np.floor(c).astype(int)
        for a in (top, top + 1):
            for b in (left, left + 1):
                weight = (1 - np.abs(r - a)) * (1 - np.abs(c - b))
                out[image] += weight * padded[image][:, a + 1, b + 1]
    ### END SOLUTION
    return out


# %%
def turned_errors(seed, most):
    """Errors (%) on new digits that are turned by up to 30 degrees, after training on digits turned by up to ``most``."""

    def change(x, targets, params, rng):
        return as_inputs(own.rotate(as_images(x), rng.uniform(-most, most, len(x))))

    x, y, _ = few(seed, wrong=0.0)
    params = train(x, y, seed, passes=30, change=change if most else None)
    angles = np.random.default_rng(seed).uniform(-30, 30, len(x_test))
    return 100 * errors(params, as_inputs(own.rotate(as_images(x_test), angles)), y_test)


for most in (0, 30):
    print(
        f"trained on digits turned by up to {most:2}: {np.median([turned_errors(s, most) for s in SEEDS[:3]]):.0f} % wrong"
    )

# %% [markdown]
# A network that has seen only upright digits gets a quarter of the turned ones wrong. Turning them in training, too,
# halves that.
#
# All other claims of this unit, with their experiments, are in the notebook [Claims](appendix_claims.ipynb).

# %% [markdown]
# ## References
#
# - Belkin, Hsu, Ma, Mandal (2019). Reconciling modern machine-learning practice and the classical bias-variance
#   trade-off. *PNAS*. [arXiv 1812.11118](https://arxiv.org/abs/1812.11118)
# - Gal, Ghahramani (2016). Dropout as a Bayesian approximation: representing model uncertainty in deep learning.
#   *ICML*. [arXiv 1506.02142](https://arxiv.org/abs/1506.02142)
# - Goodfellow, Shlens, Szegedy (2015). Explaining and harnessing adversarial examples. *ICLR*.
#   [arXiv 1412.6572](https://arxiv.org/abs/1412.6572)
# - Klambauer, Unterthiner, Mayr, Hochreiter (2017). Self-normalizing neural networks. *NeurIPS*.
#   [arXiv 1706.02515](https://arxiv.org/abs/1706.02515)
# - Loshchilov, Hutter (2019). Decoupled weight decay regularization. *ICLR*. [arXiv
#   1711.05101](https://arxiv.org/abs/1711.05101)
# - Madry, Makelov, Schmidt, Tsipras, Vladu (2018). Towards deep learning models resistant to adversarial attacks.
#   *ICLR*. [arXiv 1706.06083](https://arxiv.org/abs/1706.06083)
# - Prechelt (1998). Early stopping - but when? In *Neural Networks: Tricks of the Trade*.
#   [doi 10.1007/3-540-49430-8_3](https://doi.org/10.1007/3-540-49430-8_3)
# - Simard, Steinkraus, Platt (2003). Best practices for convolutional neural networks applied to visual document
#   analysis. *ICDAR*. [doi 10.1109/ICDAR.2003.1227801](https://doi.org/10.1109/ICDAR.2003.1227801)
# - Srebro, Shraibman (2005). Rank, trace-norm and max-norm. *COLT*. [doi
#   10.1007/11503415_37](https://doi.org/10.1007/11503415_37)
# - Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov (2014). Dropout: a simple way to prevent neural networks
#   from overfitting. *Journal of Machine Learning Research* 15.
#   [jmlr.org/papers/v15/srivastava14a](https://jmlr.org/papers/v15/srivastava14a.html)
# - Szegedy, Vanhoucke, Ioffe, Shlens, Wojna (2016). Rethinking the Inception architecture for computer vision. *CVPR*.
#   [arXiv 1512.00567](https://arxiv.org/abs/1512.00567)
# - Tibshirani (1996). Regression shrinkage and selection via the lasso. *Journal of the Royal Statistical Society B*
#   58. [doi 10.1111/j.2517-6161.1996.tb02080.x](https://doi.org/10.1111/j.2517-6161.1996.tb02080.x)
# - Zhang, Bengio, Hardt, Recht, Vinyals (2017). Understanding deep learning requires rethinking generalization. *ICLR*.
#   [arXiv 1611.03530](https://arxiv.org/abs/1611.03530)
# - Zhang, Cisse, Dauphin, Lopez-Paz (2018). mixup: beyond empirical risk minimization. *ICLR*.
#   [arXiv 1710.09412](https://arxiv.org/abs/1710.09412)
# - Zou, Hastie (2005). Regularization and variable selection via the elastic net. *Journal of the Royal Statistical
#   Society B* 67. [doi 10.1111/j.1467-9868.2005.00503.x](https://doi.org/10.1111/j.1467-9868.2005.00503.x)
