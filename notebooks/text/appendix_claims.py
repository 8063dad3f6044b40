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
# # Appendix: all other claims
#
# *Statements of lecture notes, each with an experiment that tests it. What holds, what does not, and when?*
#
# Choose an answer, commit, and the experiment runs, five times over, which takes a second or some seconds: where networks are
# compared, the best rate of each is looked for first. Each card says which arms were compared and with what settings, and in how
# many neighbouring settings the verdict holds. Six cards of each unit stand in its lesson.

# %% locked="setup"
from course_lib.units.cards import claim_card

# %% [markdown]
# ## Unit 01: vanishing gradients
#
# ### Vanishing and exploding gradients
#
# What depth does to the gradient of an untrained network is a product of factors, one a layer. The cards ask which of
# the usual causes and cures change these factors.

# %%
claim_card("01.07")

# %%
claim_card("01.08")

# %%
claim_card("01.09")

# %%
claim_card("01.10")

# %%
claim_card("01.11")

# %%
claim_card("01.12")

# %% [markdown]
# ### Depth and training
#
# A gradient that arrives is not yet a network that learns. Here deep networks are trained, with and without skip
# connections and activation functions.

# %%
claim_card("01.13")

# %%
claim_card("01.14")

# %%
claim_card("01.15")

# %% [markdown]
# ### What an activation function should be
#
# Centred, differentiable, cheap: lecture notes give lists of wishes. Each card takes one wish and measures what it is
# worth.

# %%
claim_card("01.16")

# %%
claim_card("01.17")

# %%
claim_card("01.18")

# %%
claim_card("01.19")

# %%
claim_card("01.20")

# %%
claim_card("01.21")

# %%
claim_card("01.22")

# %% [markdown]
# ### Which activation function trains in fewer steps
#
# Such comparisons are decided by the learning rate more often than by the function. So each function has its own best
# rate here.

# %%
claim_card("01.23")

# %%
claim_card("01.24")

# %%
claim_card("01.25")

# %% [markdown]
# ### Dying units
#
# A ReLU is dead when it is off for every example. The cards take the causes and the cures that are usually listed, one
# by one.

# %%
claim_card("01.26")

# %%
claim_card("01.27")

# %%
claim_card("01.28")

# %%
claim_card("01.29")

# %%
claim_card("01.30")

# %%
claim_card("01.31")

# %%
claim_card("01.32")

# %%
claim_card("01.33")

# %% [markdown]
# ### Bringing units back
#
# Variants of ReLU are meant to keep units alive. What counts is whether a unit that is off comes back.

# %%
claim_card("01.34")

# %% [markdown]
# ### SELU
#
# SELU keeps mean and variance by itself, under conditions. The cards ask what it does, and what becomes of it without
# them.

# %%
claim_card("01.35")

# %%
claim_card("01.36")

# %% [markdown]
# ### Gradient checking and clipping
#
# One of these finds mistakes, the other prevents accidents. Neither does more than that, and the cards say how far
# each goes.

# %%
claim_card("01.37")

# %%
claim_card("01.38")

# %%
claim_card("01.39")

# %%
claim_card("01.40")

# %%
claim_card("01.41")

# %%
claim_card("01.42")

# %%
claim_card("01.43")

# %% [markdown]
# ### Formulas as printed
#
# Some formulas and words in lecture notes are misprints. The experiments show what a network does that is built as
# printed.

# %%
claim_card("01.44")

# %%
claim_card("01.45")

# %%
claim_card("01.46")

# %%
claim_card("01.47")

# %%
claim_card("01.48")

# %% [markdown]
# ## Unit 02: initialization
#
# ### Equal weights
#
# Units that start equal stay equal. The cards ask what such a network still does.

# %%
claim_card("02.07")

# %%
claim_card("02.08")

# %% [markdown]
# ### The scale of random weights
#
# How wide should random numbers be, around which mean, and does it matter? In an untrained network the answer is a power of
# the depth; in training each start gets its own best rate.

# %%
claim_card("02.09")

# %%
claim_card("02.10")

# %%
claim_card("02.11")

# %%
claim_card("02.12")

# %%
claim_card("02.13")

# %% [markdown]
# ### The rules with names
#
# Glorot's, He's and LeCun's rules are one idea with different assumptions. The cards test what is said of them, and for which
# activations it holds.

# %%
claim_card("02.14")

# %%
claim_card("02.15")

# %%
claim_card("02.16")

# %%
claim_card("02.17")

# %%
claim_card("02.18")

# %%
claim_card("02.19")

# %%
claim_card("02.20")

# %%
claim_card("02.21")

# %% [markdown]
# ### Orthogonal weights and other distributions
#
# If the variance is right, is there more to gain? And at which price?

# %%
claim_card("02.22")

# %%
claim_card("02.23")

# %% [markdown]
# ### Formulas and calls as printed
#
# Some formulas in lecture notes are misprints, or leave open what they give. The experiments show what a network does that is
# built as printed.

# %%
claim_card("02.24")

# %%
claim_card("02.25")

# %%
claim_card("02.26")

# %% [markdown]
# ## Unit 03: normalization
#
# ### The scale of the inputs
#
# Two ways to put features on one scale, and what they do with features that are odd.

# %%
claim_card("03.07")

# %%
claim_card("03.08")

# %%
claim_card("03.09")

# %%
claim_card("03.10")

# %% [markdown]
# ### What batch norm does for training
#
# Higher rates, bad weights, saturating activations, exploding gradients, new data. Each network has its own best rate, with
# batch norm and without.

# %%
claim_card("03.11")

# %%
claim_card("03.12")

# %%
claim_card("03.13")

# %%
claim_card("03.14")

# %%
claim_card("03.15")

# %% [markdown]
# ### Where it stands, and what may stand in its place
#
# Before or after the activation, in front of all layers, or nowhere.

# %%
claim_card("03.16")

# %%
claim_card("03.17")

# %%
claim_card("03.18")

# %% [markdown]
# ### Scale, shift and statistics
#
# What gamma and beta are for, and who moves the running statistics.

# %%
claim_card("03.19")

# %%
claim_card("03.20")

# %%
claim_card("03.21")

# %% [markdown]
# ### Sequences
#
# Sequences have steps, and may be alone in their batch.

# %%
claim_card("03.22")

# %%
claim_card("03.23")

# %% [markdown]
# ### What it costs
#
# Time, in training and in a prediction.

# %%
claim_card("03.24")

# %%
claim_card("03.25")

# %% [markdown]
# ## Unit 04: regularization
#
# ### Penalties on the weights
#
# What L1, L2 and both do to a weight, and to the errors of a network that learns its labels by heart.

# %%
claim_card("04.07")

# %%
claim_card("04.08")

# %%
claim_card("04.09")

# %%
claim_card("04.10")

# %%
claim_card("04.11")

# %%
claim_card("04.12")

# %% [markdown]
# ### Dropout
#
# What dropout is good for, how much of it and where, and what has to be done when the network is used.

# %%
claim_card("04.13")

# %%
claim_card("04.14")

# %%
claim_card("04.15")

# %%
claim_card("04.16")

# %%
claim_card("04.17")

# %%
claim_card("04.18")

# %%
claim_card("04.19")

# %%
claim_card("04.20")

# %% [markdown]
# ### Early stopping
#
# Training runs are stopped in several ways. What counts is the loss and the errors on digits that no rule has seen.

# %%
claim_card("04.21")

# %%
claim_card("04.22")

# %%
claim_card("04.23")

# %% [markdown]
# ### Data, size and labels
#
# More samples, smaller networks, changed images and smoothed labels. The gap between test and training error is one thing,
# the test error another.

# %%
claim_card("04.24")

# %%
claim_card("04.25")

# %%
claim_card("04.26")

# %%
claim_card("04.27")
