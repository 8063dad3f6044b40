"""Residual connection: the input is added to what a branch of layers makes of it."""

from course_lib._arguments.arrays import as_float, same_shape
from course_lib._arguments.objects import function


def residual_forward(x, branch):
    """out = x + branch(x).

    Parameters
    ----------
    x : array of any shape
    branch : function of ``x``, returning an array of the same shape

    Returns
    -------
    out : array, the shape and dtype of ``x``

    Raises
    ------
    TypeError, ValueError
        When ``branch`` is not a function, or returns another shape.

    References
    ----------
    He et al. 2016, Deep residual learning for image recognition, eq. 1.
    """
    x = as_float(x, name="x")
    out = function(branch, name="branch", form="of x")(x)
    return x + same_shape(out, x.shape, x.dtype, name="branch(x)")


def residual_backward(dout, branch_backward):
    """Backward pass of ``residual_forward``: dx = dout + branch_backward(dout).

    Parameters
    ----------
    dout : array, the gradient of the loss with respect to ``out``
    branch_backward : function that takes the gradient at the branch's output to the gradient at its input

    Returns
    -------
    dx : array, the shape and dtype of ``dout``; the first term reaches the layers below however small the second is

    Raises
    ------
    TypeError, ValueError
        When ``branch_backward`` is not a function, or returns another shape.

    References
    ----------
    He et al. 2016, Identity mappings in deep residual networks, eq. 5.
    """
    dout = as_float(dout, name="dout")
    dx = function(branch_backward, name="branch_backward", form="of dout")(dout)
    return dout + same_shape(dx, dout.shape, dout.dtype, name="branch_backward(dout)")
