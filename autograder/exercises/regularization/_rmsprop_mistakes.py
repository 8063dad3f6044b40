"""What goes wrong with the running mean of squares of RMSProp, wherever the decay of the weights is put."""

from collections.abc import Callable

import numpy as np

from autograder.exercise import Exercise


def add_rmsprop_mistakes(exercise: Exercise, right: Callable, parts: Callable):
    """``parts(w, grad, decay, decoupled)`` are what goes through the optimiser, and what goes beside it."""

    @exercise.misconception
    def old_v(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """The step is divided by the root of the old v. First v is brought up to date, then it is used."""
        g, beside = parts(w, grad, decay, decoupled)
        with np.errstate(all="ignore"):
            return w - lr * (g / (np.sqrt(v) + eps) + beside), rho * v + (1 - rho) * np.square(g)

    @exercise.misconception
    def rho_exchanged(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """rho and 1 - rho stand in each other's places. rho is the share of the old v that stays."""
        return right(w, grad, v, lr, decay, decoupled, 1 - rho, eps)

    @exercise.misconception
    def adds_up(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """The squares are added up, as in AdaGrad. v is a running mean: rho times the old, 1 - rho times the new
        square."""
        g, beside = parts(w, grad, decay, decoupled)
        v = v + np.square(g)
        return w - lr * (g / (np.sqrt(v) + eps) + beside), v

    @exercise.misconception
    def new_square_in_full(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """The new square is not multiplied by 1 - rho, so that v is larger than any mean."""
        g, beside = parts(w, grad, decay, decoupled)
        v = rho * v + np.square(g)
        return w - lr * (g / (np.sqrt(v) + eps) + beside), v

    @exercise.misconception
    def mean_of_gradients(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """v is a running mean of the gradients' sizes; the square is missing."""
        g, beside = parts(w, grad, decay, decoupled)
        v = rho * v + (1 - rho) * np.abs(g)
        return w - lr * (g / (np.sqrt(v) + eps) + beside), v

    @exercise.misconception
    def no_root(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """The step is divided by v, not by its root."""
        g, beside = parts(w, grad, decay, decoupled)
        v = rho * v + (1 - rho) * np.square(g)
        return w - lr * (g / (v + eps) + beside), v

    @exercise.misconception
    def eps_under_the_root(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """eps stands under the root. Here it is added to the root."""
        g, beside = parts(w, grad, decay, decoupled)
        v = rho * v + (1 - rho) * np.square(g)
        return w - lr * (g / np.sqrt(v + eps) + beside), v

    @exercise.misconception
    def no_eps(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """eps is missing. It keeps the step finite where all gradients so far were zero."""
        with np.errstate(all="ignore"):
            return right(w, grad, v, lr, decay, decoupled, rho, 0.0)

    @exercise.misconception
    def eps_kept_in_v(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """eps is added to the v that is returned. It belongs to the division alone."""
        new_w, v = right(w, grad, v, lr, decay, decoupled, rho, eps)
        return new_w, v + eps

    @exercise.misconception
    def corrected_v(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """v is divided by 1 - rho before its root is taken, as Adam corrects it in its first step. RMSProp has no such
        correction."""
        g, beside = parts(w, grad, decay, decoupled)
        v = rho * v + (1 - rho) * np.square(g)
        return w - lr * (g / (np.sqrt(v / (1 - rho)) + eps) + beside), v

    @exercise.misconception
    def plain_gradient_descent(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """The gradient is not divided by the root of v, so that coupled and decoupled are the same."""
        g, beside = parts(w, grad, decay, decoupled)
        return w - lr * (g + beside), rho * v + (1 - rho) * np.square(g)

    @exercise.misconception
    def forgets_v(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """The v that came in is returned, so that the next step knows nothing of this one. Return the new one."""
        return right(w, grad, v, lr, decay, decoupled, rho, eps)[0], np.array(v, dtype=float)

    @exercise.misconception
    def returns_the_root(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """The root of v is returned. What is remembered is v, the mean of squares."""
        new_w, v = right(w, grad, v, lr, decay, decoupled, rho, eps)
        return new_w, np.sqrt(v)

    @exercise.misconception
    def rho_is_fixed(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """rho is always 0.9. Use the argument."""
        return right(w, grad, v, lr, decay, decoupled, 0.9, eps)

    @exercise.misconception
    def eps_is_fixed(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """eps is always 1e-8. Use the argument."""
        return right(w, grad, v, lr, decay, decoupled, rho, 1e-8)

    @exercise.misconception
    def multiplies_by_the_root(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """The step is multiplied by the root of v, so that large gradients become larger still. It is divided by it."""
        g, beside = parts(w, grad, decay, decoupled)
        v = rho * v + (1 - rho) * np.square(g)
        return w - lr * (g * (np.sqrt(v) + eps) + beside), v

    @exercise.misconception
    def rate_is_missing(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """The step along the gradient is not multiplied by the rate: lr stands at the decay alone, or nowhere."""
        g, beside = parts(w, grad, decay, decoupled)
        v = rho * v + (1 - rho) * np.square(g)
        return w - (g / (np.sqrt(v) + eps) + lr * beside), v

    @exercise.misconception
    def old_v_and_eps_under_the_root(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """Two things at once: the step is divided by the root of the old v, where the new one is due; and eps stands
        under the root, where it is added to it."""
        g, beside = parts(w, grad, decay, decoupled)
        return w - lr * (g / np.sqrt(v + eps) + beside), rho * v + (1 - rho) * np.square(g)

    @exercise.misconception
    def rho_for_both(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """The new square is multiplied by rho as well, and not by 1 - rho, so that the weights do not add up to 1."""
        g, beside = parts(w, grad, decay, decoupled)
        v = rho * v + rho * np.square(g)
        return w - lr * (g / (np.sqrt(v) + eps) + beside), v

    @exercise.misconception
    def momentum_of_the_gradient(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """v is a running mean of the gradient, and the step goes along it: that is momentum. In RMSProp v is a running
        mean of squares, by whose root the gradient is divided."""
        g, beside = parts(w, grad, decay, decoupled)
        v = rho * v + (1 - rho) * g
        return w - lr * (v + beside), v

    @exercise.misconception
    def one_mean_square_for_all(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """v takes in the mean of all squares, and not the square of each entry: every weight has a
        running mean of its own."""
        g, beside = parts(w, grad, decay, decoupled)
        v = rho * v + (1 - rho) * np.mean(np.square(g))
        return w - lr * (g / (np.sqrt(v) + eps) + beside), v

    @exercise.misconception
    def one_sum_of_squares_for_all(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
        """v takes in the sum of all squares, the squared norm of the gradient, and not the square of each entry: every
        weight has a running mean of its own."""
        g, beside = parts(w, grad, decay, decoupled)
        v = rho * v + (1 - rho) * np.sum(np.square(g))
        return w - lr * (g / (np.sqrt(v) + eps) + beside), v
