"""Residual connection: the input is added to what a branch of layers makes of it."""


def residual_forward(x, branch):
    """out = x + branch(x).

    Parameters
    ----------
    x : array of any shape
    branch : function of ``x``, returning an array of the same shape

    Returns
    -------
    out : array, the shape of ``x``

    References
    ----------
    He et al. 2016, Deep residual learning for image recognition, eq. 1.
    """
    return x + branch(x)


def residual_backward(dout, branch_backward):
    """Backward pass of ``residual_forward``: dx = dout + branch_backward(dout).

    Parameters
    ----------
    dout : array, the gradient of the loss with respect to ``out``
    branch_backward : function that takes the gradient at the branch's output to the gradient at its input

    Returns
    -------
    dx : array, the shape of ``dout``; the first term reaches the layers below however small the second is

    References
    ----------
    He et al. 2016, Identity mappings in deep residual networks, eq. 5.
    """
    return dout + branch_backward(dout)
