"""Wrong answers to residual_backward."""

import numpy as np


def residual_backward__skip_forgotten(dout, branch_backward):
    """The path around the branch is forgotten; only what comes through F is returned."""
    return branch_backward(dout)


def residual_backward__branch_forgotten(dout, branch_backward):
    """The branch is ignored, only dout is passed on."""
    branch_backward(dout)
    return dout.copy()


def residual_backward__product(dout, branch_backward):
    """The two paths are multiplied instead of added."""
    return dout * branch_backward(dout)


def residual_backward__dout_changed(dout, branch_backward):
    """The branch's gradient is added to dout in place."""
    dout += branch_backward(dout)
    return dout


def residual_backward__adds_into_branch(dout, branch_backward):
    """dout is added in place to the array that the branch returned, which may be dout itself or an array the branch keeps."""
    dx = branch_backward(dout)
    dx += dout
    return dx


def residual_backward__mean(dout, branch_backward):
    """The two paths are averaged."""
    return (dout + branch_backward(dout)) / 2


def residual_backward__plus_one(dout, branch_backward):
    """1 is added for the skip path instead of dout, the derivative without the chain rule."""
    return 1 + branch_backward(dout)


def residual_backward__through_twice(dout, branch_backward):
    """The sum of both paths is sent through the branch once more."""
    dx = dout + branch_backward(dout)
    return dout + branch_backward(dx)


def residual_backward__jacobian_by_ones(dout, branch_backward):
    """The branch is called with ones and its result multiplied by dout, as if its Jacobian were diagonal."""
    return dout * (1 + branch_backward(np.ones_like(dout)))


def residual_backward__minus(dout, branch_backward):
    """The branch's gradient is subtracted."""
    return dout - branch_backward(dout)


def residual_backward__skip_twice(dout, branch_backward):
    """dout is added twice."""
    dx = dout.copy()
    dx += dout + branch_backward(dout)
    return dx


def residual_backward__function_not_called(dout, branch_backward):
    """The branch's function is added without being called, which raises an error."""
    return dout + branch_backward


def residual_backward__tuple(dout, branch_backward):
    """The two paths are returned as a pair and not added."""
    return dout, branch_backward(dout)


def residual_backward__row_by_row(dout, branch_backward):
    """The branch is called with one sample at a time, which fails or goes wrong for branches that remember the whole batch."""
    return np.array([d + branch_backward(d) for d in dout])


_h_branch_cache = {}


def residual_backward__remembered(dout, branch_backward):
    """The branch's result is remembered by the shape of dout, so a second call with other numbers gets the old result."""
    if dout.shape not in _h_branch_cache:
        _h_branch_cache[dout.shape] = branch_backward(dout)
    return dout + _h_branch_cache[dout.shape]


def residual_backward__dout_kept_as_result(dout, branch_backward):
    """dout is an attempt at a copy by slicing, dout[:], which is a view, and so dout is changed."""
    dx = dout[:]
    dx += branch_backward(dout)
    return dx


def residual_backward__larger_path(dout, branch_backward):
    """The larger of the two paths is taken entry by entry instead of their sum."""
    return np.maximum(dout, branch_backward(dout))


def residual_backward__lost_return(dout, branch_backward):
    """The function computes the sum but has no return statement."""
    dx = dout + branch_backward(dout)


def residual_backward__branch_halved_input(dout, branch_backward):
    """dout is shared out, half to each path, instead of going in full down both."""
    half = dout / 2
    return half + branch_backward(half)


def residual_backward__either_or(dout, branch_backward):
    """The skip path is used only when nothing comes back through the branch, instead of always adding it."""
    d = branch_backward(dout)
    return d if np.any(d != 0) else dout.copy()


def residual_backward__scaled_branch(dout, branch_backward):
    """The branch counts one tenth only."""
    return dout + 0.1 * branch_backward(dout)


def residual_backward__norm_kept(dout, branch_backward):
    """The sum is scaled back to the norm of dout so that the gradient does not grow."""
    dx = dout + branch_backward(dout)
    return dx * np.linalg.norm(dout) / (np.linalg.norm(dx) + 1e-300)


def residual_backward__concatenated(dout, branch_backward):
    """The two gradients are put one behind the other instead of added."""
    return np.concatenate([dout, branch_backward(dout)], axis=-1)


def residual_backward__doubled_input(dout, branch_backward):
    """The branch is called with the sum dout + dout, so its part counts twice."""
    d = dout + dout
    return branch_backward(d) + dout


def residual_backward__input_reused(dout, branch_backward):
    """dout is doubled in place before it goes through the branch, so the caller's array is changed."""
    dout *= 2
    return dout / 2 + branch_backward(dout / 2)
