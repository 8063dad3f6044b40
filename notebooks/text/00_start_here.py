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
# # Start here
#
# *What makes deep networks train: a course in which you write the functions, and are told which mistake you made.*
#
# This page takes five minutes. It shows the tools that every unit uses, and ends with a map of the course. Each grey box is a
# cell: click into it and press **Shift+Enter** to run it and to go on to the next. Run the set-up cell first, as in every
# notebook: whatever comes after it needs what it imports.

# %% locked="setup"
import numpy as np

from autograder.check import check, example, hint
from autograder.learner import course_map, solution
from course_lib.units.questions import predict
from course_lib.units.vanishing_gradients import widgets as widgets

# %% [markdown]
# ## The check
#
# You write a function, and the check says whether it is right. This one is wrong, in a way that is easy to overlook: it should
# return `z` where `z` is positive, and `alpha * z` elsewhere. Run both cells.

# %%
def leaky_relu(z, alpha=0.01):
    return np.maximum(alpha * z, z)


# %%
check("leaky_relu")

# %% [markdown]
# The check has found out *which* mistake it is. Below the cases stands a line that repeats the failure: copy it into a
# cell of your own. Where the inputs are too long for a line, `example` fetches them, by the number of the case:

# %%
z, alpha = example("leaky_relu", 3)
leaky_relu(z, alpha)

# %% [markdown]
# ## Hints, and the model answer
#
# Hints go from vague to concrete, and each ends in a question. They are folded in below a failed check, and `hint` gives
# one by its number:

# %%
hint("leaky_relu", 1)

# %% [markdown]
# Now mend the function: `np.where(z > 0, z, alpha * z)` chooses for every entry. Run its cell and the check again. Once an
# answer has passed, you may compare it with the course's, and read why that is right. If you are stuck, read the hints up to
# the last one: then `solution("leaky_relu", confirm=True)` shows the answer as well.

# %%
solution("leaky_relu")

# %% [markdown]
# ## Predict first
#
# Before a result is shown you are asked what you expect. Choose, and commit: only then is it computed. A guess that
# turns out wrong is welcome: it says what to look at. Your choice is kept in this folder.

# %%
predict("fifty_layers", lambda: 0.9**50)

# %% [markdown]
# ## Turn a knob
#
# A widget recomputes whenever you move a slider. Click on one, or go there with Tab, and use the arrow keys. *Reset* brings
# back the beginning, and a line at the bottom gives the state that you see as Python, to be pasted into a cell.

# %%
widgets.activation_explorer(predict=False)

# %% [markdown]
# ## What you need, and how long it takes
#
# You need Python with NumPy (indexing, broadcasting, a matrix product), the chain rule, and an idea of what a neural network
# is. A unit takes two hours and a bit; the map says how much of that is for the core exercises. What stands under *More*
# can wait, and may be done in any order.
#
# ## The map
#
# The units build on each other. Those with a link are available; run the cell again to see how far you are. In a
# terminal, `course status` says the same of all your notebooks.

# %%
course_map()

# %% [markdown]
# **Your work stays with you.** It is in this folder, and nothing is sent anywhere. `course lab` brings new versions of
# the notebooks, and puts them beside those that you have changed. If a cell says that a name is not defined, the set-up
# cell has not been run since the kernel was started; *Run → Run All Above* in the menu runs it and what follows.
#
# Go on with [unit 01, vanishing gradients](01_vanishing_gradients.ipynb), then with
# [unit 02, initialization](02_initialization.ipynb), then with [unit 03, normalization](03_normalization.ipynb). What the
# lecture notes claim, and what came of it, stands in an appendix: [all claims](appendix_claims.ipynb).
