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
# You will write the training step and gradient checking from scratch, then the activation functions that the field
# has tried, skip connections and gradient clipping. Each function is checked as soon as you write it, and when it is
# wrong, the check tries to name the mistake. Set aside 60 to 90 minutes. You need NumPy, the chain rule, and a matrix
# product or two.
#
# **How a section works.** First a question: write down what you expect, even if it is a guess. Then the derivation,
# your code, and an experiment that answers the question. Statements that you may have read in lecture notes stand on
# *claim cards*: put your prediction into the cell as the card shows, and run it again to see whether the statement
# survives five repetitions of the experiment.

# %% locked="setup"
import numpy as np

from autograder.check import HIDDEN, check, example, hint
from autograder.learner import progress, solution
from course_lib.units.cards import claim_card
from course_lib.units.shared.digits import standardized_digits
from course_lib.units.shared.figures.training_runs import compare_gradient_norms, compare_runs, loss_curve
from course_lib.units.shared.training_runs import train_on_digits
from course_lib.units.vanishing_gradients import widgets as widgets

# %% [markdown]
# ## 1.1 A network that will not learn
#
# Here are three networks on the same task, 8×8 images of handwritten digits, trained in the same way. The first has
# two layers of weights and sigmoid units. The second is the same with twelve layers. The third has twelve layers and
# tanh units.
#
# A deeper network can represent everything that a shallow one can, and more. So:
#
# > **Predict.** Which of the three has the lowest loss after eight passes over the data? Which the highest?
# > By what factor do you think the gradients of the first and the last layer differ, before training starts?

# %%
compare_runs(
    [
        train_on_digits(depth=2, activation="sigmoid", lr=0.05),
        train_on_digits(depth=12, activation="sigmoid", lr=0.05),
        train_on_digits(depth=12, activation="tanh", lr=0.05),
    ]
)

# %% [markdown]
# The deep sigmoid network is stuck at a loss of $\ln 10 \approx 2.3$, which is what guessing costs with ten digits.
# The right-hand plot shows why: before the first step is taken, the gradient of its first layer is millions of times
# smaller than that of its last. The last layers learn from what the first layers hand on; the first layers have been
# told nothing, so they go on handing on noise.
#
# This is the **vanishing gradient** (Hochreiter 1991; Bengio, Simard and Frasconi 1994). It kept networks shallow for
# some twenty years. To see where it comes from we have to look at the training step from the inside.

# %% [markdown]
# ## 1.2 The training step
#
# Training repeats five things: **initialise** the parameters once; then, for each batch, run the network **forward**,
# compute the **cost**, run **backward** to get the gradient of the cost with respect to every parameter, and
# **update** the parameters a little against it.
#
# Write $x$ for a batch of $N$ inputs with $D$ features, one sample in a row: an $(N, D)$ array. An **affine layer**
# maps it to $(N, M)$,
#
# $$ \text{out} = x\,w + b, \qquad w: (D, M), \quad b: (M,). $$
#
# ### Backward through an affine layer
#
# Suppose someone hands you $d\text{out}$, the $(N, M)$ array of derivatives of the loss with respect to every entry of
# $\text{out}$. From $\text{out}_{nm} = \sum_d x_{nd} w_{dm} + b_m$ the chain rule gives
#
# $$
# \begin{aligned}
# \frac{\partial\,\text{loss}}{\partial x_{nd}} &= \sum_m d\text{out}_{nm}\, w_{dm}, \\
# \frac{\partial\,\text{loss}}{\partial w_{dm}} &= \sum_n x_{nd}\, d\text{out}_{nm}, \\
# \frac{\partial\,\text{loss}}{\partial b_m} &= \sum_n d\text{out}_{nm}.
# \end{aligned}
# $$
#
# Each is a sum over the index that the result does not have. Find the matrix products that compute these sums. A
# gradient always has the shape of the thing it belongs to; that alone rules out most wrong answers.
#
# The cell after your function checks it on inputs of several shapes and scales. It shows which ones agree, and, where they
# do not, the first number that differs. If your function behaves exactly like a mistake that the course knows, it says
# so. Hints are folded in below the verdict. Break your function on purpose once, to see what the check says.

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
# ### The cost: softmax and cross-entropy
#
# For classification the network's outputs are **logits** $s_{nc}$, one per class. Softmax turns a row of them into
# probabilities, and the cross-entropy is the mean surprise at the true labels $y_n$:
#
# $$
# \begin{aligned}
# p_{nc} &= \frac{e^{s_{nc}}}{\sum_k e^{s_{nk}}}, \qquad \text{loss} = -\frac1N \sum_n \ln p_{n y_n}, \\
# \frac{\partial\,\text{loss}}{\partial s_{nc}} &= \frac1N \bigl(p_{nc} - [c = y_n]\bigr),
# \quad \text{where } [c = y_n] \text{ is 1 for the true class and 0 for the others.}
# \end{aligned}
# $$
#
# The gradient is worth deriving once on paper: it is "what the network said minus what it should have said".
#
# Two things can go wrong in floating point. $e^{s}$ overflows for $s > 709$, and the logarithm of a probability that
# has underflowed to zero is $-\infty$. Both are cured by one fact: adding a constant to all logits *of a row* leaves
# $p$ unchanged. Choose the constant well, and take the logarithm before the division, not after.

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
# Going backward you need the derivative of tanh, $\tanh'(z) = 1 - \tanh^2(z) = 1 - a^2$. Compute **all** gradients
# first and update afterwards: the gradient of layer 1 runs through the weights of layer 2 as they were in the forward
# pass. You may call the two functions that you have just written.

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
if check("training_step").passed:
    digits = standardized_digits()
    rng = np.random.default_rng(0)
    params = {
        "w1": rng.normal(0, 64**-0.5, (64, 32)),
        "b1": np.zeros(32),
        "w2": rng.normal(0, 32**-0.5, (32, 10)),
        "b2": np.zeros(10),
    }
    losses = []
    for _ in range(500):
        batch = rng.integers(0, len(digits.x_train), 64)
        params, loss = training_step(params, digits.x_train[batch], digits.y_train[batch], lr=0.1)
        losses.append(loss)
    a = np.tanh(digits.x_test @ params["w1"] + params["b1"])
    correct = (a @ params["w2"] + params["b2"]).argmax(axis=1) == digits.y_test
    print(f"{100 * correct.mean():.1f} % of the test digits are right")
    display(loss_curve(losses))
else:
    print("Solve training_step first, then run this cell again.")

# %% [markdown]
# ## 1.3 Trust a gradient only when a second method agrees
#
# A wrong gradient does not raise an error. The loss often still goes down, only more slowly, and you blame the learning
# rate. The remedy is a second way to get the same number, one that needs no derivation. By Taylor's theorem
#
# $$ \frac{f(x + h) - f(x)}{h} = f'(x) + \tfrac12 f''(x)\, h + \dots, \qquad
#    \frac{f(x + h) - f(x - h)}{2h} = f'(x) + \tfrac16 f'''(x)\, h^2 + \dots $$
#
# The **central difference** on the right costs one more evaluation, and in return its error falls with $h^2$: its even
# terms cancel. To get the gradient of $f$ with respect to an array, nudge one entry at a time, and put it back.

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
# How close is close enough? A difference of $10^{-4}$ is terrible when the gradient is $10^{-4}$, and excellent when it
# is $10^{4}$. Compare relative to the size of the two:
#
# $$ \text{rel\_error}(a, b) = \max_i \frac{|a_i - b_i|}{\max(|a_i| + |b_i|,\ \varepsilon)} . $$
#
# The maximum, because one wrong entry is a bug; the sum in the denominator, so that neither of the two is the judge of
# the other; $\varepsilon$, so that $0$ against $0$ is not a fault.

# %% exercise="rel_error"
def rel_error(a, b, eps=1e-8):
    """Largest relative difference, as defined above, between two arrays of the same shape, which may be any shape.

    They may hold integers, and must not be changed. Returns a float.
    """
    ### BEGIN SOLUTION
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    error = float(np.max(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), eps)))
    ### END SOLUTION
    return error


# %% [markdown]
# > **Predict.** As $h$ shrinks, the error of the formula shrinks. Floating-point numbers carry about 16 digits, so the
# > subtraction $f(x+h) - f(x-h)$ loses more and more of them. Where is the best $h$ for float64: near $10^{-2}$,
# > $10^{-5}$, $10^{-8}$ or $10^{-12}$? And for float32?

# %%
widgets.gradient_check_explorer()

# %% [markdown]
# Both errors together make a **V**: truncation on the right, round-off on the left. With a relative machine precision
# $\epsilon$ the round-off is about $\epsilon / h$ and the truncation about $h^2$, so for central differences the best step is
# near $h \approx \epsilon^{1/3}$ and the error there near $\epsilon^{2/3}$. For float64 that is a step of $10^{-5}$ and, in this
# network, an error of about $10^{-9}$. For float32 it is a step near $10^{-2}$, and four digits at best: too few to tell a small
# bug from noise. Check gradients in float64.
#
# **A check that gives a verdict.** A backward function gets $d\text{out}$ and returns the gradient of the number
# $\sum d\text{out} \cdot \text{forward}(z)$. So you can check it with any $d\text{out}$ that you like, and some are better than
# others. This time it is your check that is checked: it is tried on right backward functions and on mistakes that people
# have really made, and it must tell them apart. The right ones agree with central differences to six digits at least, the
# mistakes to two at most: where do you draw the line?

# %% exercise="passes_gradient_check"
def passes_gradient_check(forward, backward, z):
    """Whether backward(dout, z) is the gradient with respect to z, given any dout. Returns True or False.

    forward(z) works on every entry of z by itself, and has no kink near any. z has any shape, and must not be changed.
    """
    ### BEGIN SOLUTION
    dout = np.random.default_rng(0).normal(size=z.shape)
    numeric = numeric_grad(lambda point: np.sum(dout * forward(point)), z)
    passes = rel_error(backward(dout, z), numeric) < 1e-5
    ### END SOLUTION
    return passes


# %% [markdown]
# Lecture notes often put it like this:

# %%
claim_card("C42")

# %%
claim_card("C43-checking")

# %% [markdown]
# ## 1.4 Where the gradient goes
#
# Stack $L$ layers: $a_0 = x$, and for $l = 1 \dots L$
#
# $$ z_l = a_{l-1} W_l + b_l, \qquad a_l = \varphi(z_l). $$
#
# Let $\delta_l$ be the gradient of the loss with respect to $z_l$. Backward through the affine layer, then through the
# activation:
#
# $$ \delta_l = \bigl(\delta_{l+1} W_{l+1}^{\top}\bigr) \odot \varphi'(z_l), \qquad
#    \frac{\partial\,\text{loss}}{\partial W_l} = a_{l-1}^{\top}\, \delta_l . $$
#
# On its way down, the gradient is multiplied by a weight matrix and by a derivative **at every layer**. A product of
# many factors does one of three things: it dies out, it blows up, or its factors are kept near one on purpose. If the
# weights have mean zero and variance $\sigma_w^2$, and a layer has $n$ units, then on average
#
# $$ \mathbb E\,\delta_l^2 \;\approx\; \underbrace{n\,\sigma_w^2\;\mathbb E\,\varphi'(z)^2}_{\text{one factor per layer}}
#    \;\mathbb E\,\delta_{l+1}^2 . $$
#
# The first part of the factor, $n \sigma_w^2$, is a matter of **initialisation**, and the subject of unit 2; the Glorot
# rule used here makes it 1. The second is a matter of the **activation function**. Let us look at the oldest one.
#
# ### Sigmoid
#
# $$ \sigma(z) = \frac{1}{1 + e^{-z}} = \frac{e^{z}}{1 + e^{z}} $$
#
# The two forms are equal on paper. In floating point, one of them overflows for very negative $z$ and the other for
# very positive $z$. Yours should return a finite number for every finite $z$.

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
# Its derivative can be written with the output $a = \sigma(z)$ alone, which is why implementations keep $a$ and forget
# $z$:
#
# $$ \sigma'(z) = \sigma(z)\,\bigl(1 - \sigma(z)\bigr) = a\,(1 - a). $$

# %% exercise="sigmoid_backward"
def sigmoid_backward(dout, a):
    """Gradient with respect to z, given dout, the gradient with respect to a = sigmoid(z).

    dout and a are arrays of floats, of the same shape, which may be any shape; they must not be changed.
    """
    ### BEGIN SOLUTION
    dz = dout * a * (1 - a)
    ### END SOLUTION
    return dz


# %% [markdown]
# Now the heart of the matter. For which $z$ is $\sigma'(z)$ largest, and how large is it there? Use that to bound the
# product of the derivatives along a path through `n_layers` sigmoid units.

# %% exercise="sigmoid_slope_bound"
def sigmoid_slope_bound(n_layers):
    """Largest possible value of sigmoid'(z_1) * ... * sigmoid'(z_n) over all inputs, for n = n_layers from 0 to 500.

    Returns a float.
    """
    ### BEGIN SOLUTION
    bound = 0.25**n_layers
    ### END SOLUTION
    return bound


# %% [markdown]
# ### Tanh
#
# $\tanh(z) = 2\sigma(2z) - 1$ is a sigmoid, stretched to the range $(-1, 1)$ and centred on zero. With $a = \tanh(z)$ its
# derivative is $1 - a^2$: it reaches 1 at $z = 0$, four times the sigmoid's. It saturates just the same.

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
# ### Measure it
#
# To see where a gradient gets lost, take its norm layer by layer. With a data set that does not fit into memory you
# get the gradient in batches. Each batch gives the gradient of *its own* mean loss, so a batch of 10 samples must count
# ten times as much as a batch of one. And the norm of a mean is not the mean of the norms: add up first.

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
# > **Predict.** In a 20-layer network of sigmoid units with Glorot weights, by what factor does the gradient change from
# > one layer to the one before it? And with tanh? With ReLU and weights of variance $2/n$?
# >
# > Then find, with the sliders: a combination that explodes; one that neither vanishes nor explodes at depth 50; and
# > the activation that is least sensitive to the gain.

# %%
widgets.signal_explorer()

# %% [markdown]
# On the logarithmic axis the norms of the sigmoid network fall on a straight line: the same factor again and again,
# close to the $1/4$ that you have derived (every unit sits near $z = 0$, where the derivative is largest; that is the
# *best* case). Whenever such a plot is a sloping line, depth is an exponent.

# %%
claim_card("C01")

# %%
claim_card("H01-sigmoid-vanishes")

# %% [markdown]
# **Debug a run.** Such measurements also find faults. Here are those of tanh networks in which at most one layer is at fault:
#
# - **saturated**: its weights are fifty times too large, so that most of its outputs are beyond 0.99 or -0.99;
# - **silent**: its weights are a million times too small, and with them its outputs, and those of all layers after it;
# - **blocked**: its outputs are healthy, but its backward pass hardly lets anything through, so that its gradient, and that of
#   every layer before it, is less than a millionth of what it should be. The last layer is never blocked.
#
# A fault shows in other layers too. Who is the culprit?

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
# One more argument against the sigmoid has to do with the sign of its outputs.

# %%
claim_card("C52-signs")

# %% [markdown]
# ## 1.5 Activations that let the gradient through
#
# What would an ideal activation look like? It must be **non-linear**, or all layers collapse into one:

# %%
claim_card("H07-linear-without-activation")

# %% [markdown]
# It should be cheap, have a derivative almost everywhere, be roughly centred on zero, and **not saturate**, at least not
# on both sides. Keep these five wishes in mind; no function grants them all.
#
# ### ReLU
#
# $$ \operatorname{relu}(z) = \max(z, 0), \qquad
#    \operatorname{relu}'(z) = \begin{cases} 1 & z > 0 \\ 0 & z < 0 \end{cases} $$
#
# For positive inputs the derivative is exactly 1, however many layers you stack. At $z = 0$ there is a kink, and any
# value between 0 and 1 will do; this course takes 0.

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
# Half of the units pass the gradient on, and half stop it. That halves $\mathbb E\,\varphi'(z)^2$, so the factor per layer
# is $n \sigma_w^2 / 2$, and weights of variance $2/n$ bring it back to 1. This is the He initialisation (He et al. 2015),
# which unit 2 takes up.
#
# The same can be done for any activation whose mean squared slope $\mathbb E\,\varphi'(z)^2$ is known. The distribution does not
# matter, only its mean, 0, and its variance. Random numbers have no right value to compare with, so the check looks at their
# statistics.

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
# **Dying ReLU.** A unit whose $z$ is negative for *every* sample outputs zero, gets a zero gradient, and does not move any
# more. How does it get there, and what helps?

# %%
claim_card("C19")

# %%
claim_card("H12-leaky-stays-alive")

# %% [markdown]
# ### Leaky ReLU and PReLU
#
# If a flat half is the trouble, tilt it:
#
# $$ \operatorname{leaky\_relu}(z) = \begin{cases} z & z > 0 \\ \alpha z & z \le 0 \end{cases} $$
#
# Some write this as $\max(\alpha z, z)$. For which $\alpha$ is that the same? Yours should be right for all of them.

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
# **PReLU** (He et al. 2015) learns the slope. Give each of the $D$ features a slope $a_d$ of its own:

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
# A learned slope needs a gradient as well. All $N$ samples share it, so their contributions add up:
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


# %%
claim_card("C16")

# %% [markdown]
# ### ELU
#
# The exponential linear unit (Clevert et al. 2016) bends smoothly towards $-\alpha$. Its negative outputs pull the mean
# of a layer towards zero:
#
# $$ \operatorname{elu}(z) = \begin{cases} z & z > 0 \\ \alpha\,(e^{z} - 1) & z \le 0 \end{cases} $$
#
# Mind the branch that you do *not* need: $e^{1000}$ is infinite, and infinity times zero is not zero.

# %% exercise="elu"
def elu(z, alpha=1.0):
    """z where z > 0, else alpha * (exp(z) - 1), for an alpha of at least 0.

    z is an array of any shape, may hold integers, and must not be changed.
    """
    ### BEGIN SOLUTION
    out = np.where(z > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1))
    ### END SOLUTION
    return out


# %% exercise="elu_backward"
def elu_backward(dout, z, alpha=1.0):
    """Gradient with respect to z, given dout, the gradient with respect to elu(z, alpha), for an alpha of at least 0.

    dout and z are arrays of the same shape, which may be any shape. z may hold integers. They must not be changed.
    """
    ### BEGIN SOLUTION
    dz = dout * np.where(z > 0, 1, alpha * np.exp(np.minimum(z, 0)))
    ### END SOLUTION
    return dz


# %%
claim_card("C18")

# %% [markdown]
# ### SELU
#
# Klambauer et al. (2017) asked: for which $\lambda$ and $\alpha$ does $\lambda \cdot \operatorname{elu}(z, \alpha)$ map a
# standard normal input to an output of mean 0 and variance 1 again? The answer is unique,
#
# $$ \lambda \approx 1.0507009873554805, \qquad \alpha \approx 1.6732632423543772, $$
#
# and, more than that, the map pulls other means and variances *towards* 0 and 1, layer after layer.

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
# These constants are easily mixed up. What would a small slip do, after fifty layers?

# %%
claim_card("C15")

# %%
claim_card("C14")

# %% [markdown]
# ### Swish
#
# Ramachandran et al. (2017) let a search loose on formulas, and it came back with a sigmoid used as a gate:
#
# $$ \operatorname{swish}(z) = z\,\sigma(\beta z) $$
#
# With $\beta = 1$ it is also called SiLU. Unlike everything so far it is not monotone: it dips below zero and comes back.

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
# Derive the backward pass with the product rule and the chain rule. Then check the sign of the derivative at $z = -3$.

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
# Compare them all. For each function, look for the regions where the derivative is nearly zero (saturated), and ask how
# much of a typical input distribution falls into them.
#
# > **Predict.** Shift the mean of the inputs to $-2$. Which activations lose most of their gradient?

# %%
widgets.activation_explorer()

# %% [markdown]
# Does it matter in training? Seven activations in twelve layers, each with the initialisation meant for it, the gradient
# norm clipped at 1 (more on that below):
#
# > **Predict.** Which one does not leave the start? Is ReLU, the most used of them, the best of them here?

# %%
compare_runs(
    [
        train_on_digits(depth=12, activation=name, initialization=initialization, lr=0.05, max_norm=1.0, label=name)
        for name, initialization in [
            ("sigmoid", "glorot_normal"),
            ("tanh", "glorot_normal"),
            ("relu", "he_normal"),
            ("leaky_relu", "he_normal"),
            ("elu", "he_normal"),
            ("selu", "lecun_normal"),
            ("swish", "he_normal"),
        ]
    ]
)

# %%
claim_card("C58-automatic")

# %% [markdown]
# One task and one rate decide nothing about which activation is best in general. What the figure does show is the
# mechanism: whoever keeps the norms level can train, and the sigmoid cannot.

# %% [markdown]
# ## 1.6 Skip connections
#
# There is another way to keep a factor near one: add a path on which nothing is multiplied at all. A **residual block**
# (He et al. 2016) computes
#
# $$ \text{out} = x + F(x), \qquad \text{so that} \qquad
#    \frac{\partial\,\text{loss}}{\partial x} = d\text{out} + \text{what comes back through } F . $$
#
# Write the backward pass for any branch $F$. You are handed its backward function.

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
# > **Predict.** Thirty layers of tanh units, with and without skip connections. What will the gradient norms by layer look
# > like in the two networks? Which one trains?

# %%
compare_runs(
    [
        train_on_digits(depth=30, activation="tanh", lr=0.05, label="plain"),
        train_on_digits(depth=30, activation="tanh", lr=0.05, residual=True, label="with skip connections"),
    ]
)

# %% [markdown]
# The plain network's gradients are not small: tanh with Glorot weights keeps them within a factor of ten. And yet it
# trains badly. So vanishing gradients cannot be the whole story of depth, and this is just what the inventors of the
# residual network said about *their* plain networks.

# %%
claim_card("C02")

# %% [markdown]
# ## 1.7 Exploding gradients and clipping
#
# When the factor per layer is above one, or the loss surface has a cliff, a single batch can throw the parameters far
# away. The crude and effective remedy is to bound the gradient before it is used (Pascanu, Mikolov and Bengio 2013).
# There are two common ways, and they are not the same.
#
# **By value**: every entry of every array is limited to $[-c, c]$.

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
# **By global norm**: if the norm of *all* gradients taken together, as one long vector, exceeds $c$, all of them are
# scaled by the same factor:
#
# $$ \lVert g \rVert = \sqrt{\textstyle\sum_i \lVert g_i \rVert^2}, \qquad
#    g_i \leftarrow g_i \cdot \min\!\left(1, \frac{c}{\lVert g \rVert}\right). $$
#
# Return the norm *before* clipping as well. It is the number to watch during training.

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


# %% [markdown]
# Where in the training step does clipping belong? It is the *gradient* that is bounded by $c$, so that no step is longer
# than $\text{lr} \cdot c$.

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


# %% [markdown]
# > **Predict.** Which of the two ways of clipping changes the *direction* of the gradient? By how much, at worst?
#
# Measure it: the cosine of the angle between the gradient and its clipped version, all arrays read as one long vector.

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
claim_card("C10")

# %% [markdown]
# Now the effect on training. Three ReLU layers at a learning rate of 2, far too large, with and without a limit on the
# norm:
#
# > **Predict.** Clipping at 0.5 makes the steps smaller. Will the network learn more slowly, or at all?

# %%
compare_gradient_norms(
    [
        train_on_digits(depth=3, activation="relu", initialization="he_normal", lr=2.0, label="no clipping"),
        train_on_digits(
            depth=3, activation="relu", initialization="he_normal", lr=2.0, max_norm=0.5, label="norm clipped at 0.5"
        ),
    ]
)

# %% [markdown]
# Look at the right-hand plot. The unclipped network meets larger gradients from step to step, and lands where nearly all of
# its ReLU units are off for every digit. From then on little more than the output biases can move. The clipped one meets
# gradients beyond the limit again and again, and takes them in steps of at most $\text{lr} \cdot c = 1$.

# %%
claim_card("C67")

# %% [markdown]
# ## 1.8 Playground
#
# Everything together, in two dimensions where you can watch it. Choose the spirals, six layers of sigmoid units, and
# press play: the boundary does not move, and the plot of gradient norms says why. Then change one thing at a time.
#
# > **Find** the cheapest change that gets the sigmoid network going. Then make a ReLU network die.

# %%
widgets.playground()

# %% [markdown]
# ## 1.9 Project: train a network
#
# To end with, a task that you have not seen: images of digits, turned by a rotation in all 64 dimensions, with their labels
# exchanged. You get a limited number of batches. Then your network, which has one hidden layer of tanh units as in 1.2, is given
# new images, and must label 90 % of them right. All that you need is above.

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


# %%
progress("vanishing_gradients")

# %% [markdown]
# ## What to take away
#
# - Backpropagation multiplies by a weight matrix and a derivative at every layer. Gradients vanish or explode because a
#   **product of many factors** does; depth is the exponent.
# - The factor is $n \sigma_w^2 \cdot \mathbb E\,\varphi'(z)^2$. The sigmoid's derivative never exceeds $1/4$. ReLU's is 1
#   where the unit is on, tanh's is near 1 around zero.
# - **Measure before you cure**: gradient norm by layer, on a logarithmic axis, before the first step.
# - Every activation is a trade. ReLU is cheap and can die; the leaky ones keep a way back; ELU and SELU centre the
#   outputs and cost an exponential; swish is smooth and not monotone.
# - Skip connections give the gradient a path without factors. They help even where gradients did not vanish.
# - Clip by global norm to survive a cliff: it keeps the direction. Clipping by value does not.
# - Check a gradient against central differences in float64, with a relative error and away from kinks.
#
# **Next:** unit 2 takes up the other half of the factor, $n \sigma_w^2$: how to choose the first weights.
#
# ## References
#
# - Bengio, Simard, Frasconi (1994). Learning long-term dependencies with gradient descent is difficult. *IEEE TNN* 5.
# - Clevert, Unterthiner, Hochreiter (2016). Fast and accurate deep network learning by exponential linear units. *ICLR*.
# - Glorot, Bengio (2010). Understanding the difficulty of training deep feedforward neural networks. *AISTATS*.
# - He, Zhang, Ren, Sun (2015). Delving deep into rectifiers. *ICCV*.
# - He, Zhang, Ren, Sun (2016). Deep residual learning for image recognition. *CVPR*.
# - Hochreiter (1991). Untersuchungen zu dynamischen neuronalen Netzen. Diploma thesis, TU München.
# - Klambauer, Unterthiner, Mayr, Hochreiter (2017). Self-normalizing neural networks. *NeurIPS*.
# - LeCun, Bottou, Orr, Müller (1998). Efficient BackProp. In *Neural Networks: Tricks of the Trade*.
# - Lu, Shin, Su, Karniadakis (2019). Dying ReLU and initialization: theory and numerical examples.
# - Maas, Hannun, Ng (2013). Rectifier nonlinearities improve neural network acoustic models. *ICML workshop*.
# - Nair, Hinton (2010). Rectified linear units improve restricted Boltzmann machines. *ICML*.
# - Pascanu, Mikolov, Bengio (2013). On the difficulty of training recurrent neural networks. *ICML*.
# - Ramachandran, Zoph, Le (2017). Searching for activation functions.
# - Rumelhart, Hinton, Williams (1986). Learning representations by back-propagating errors. *Nature* 323.
