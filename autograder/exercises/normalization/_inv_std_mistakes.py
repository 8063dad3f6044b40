"""What goes wrong with inv_std on the way back through batch norm: missing, or in a wrong power."""

from collections.abc import Callable

from autograder.exercise import Exercise


def add_inv_std_mistakes(exercise: Exercise, backward: Callable):
    """``backward(dout, cache, through_var=...)`` is right where the way through the variance has the weight 1."""

    @exercise.misconception
    def wrong_power_of_the_variance(dout, cache):
        """The way through the variance has the wrong power of it. The derivative of var ** -0.5 is -0.5 * var ** -1.5,
        the third power of inv_std."""
        return backward(dout, cache, through_var=cache[2] ** -2.0)

    @exercise.misconception
    def third_power_with_xhat(dout, cache):
        """On the way through the variance inv_std ** 3 stands with xhat. It goes with x - mean: xhat holds two of the
        three already, in itself and in the mean of dxhat * xhat."""
        return backward(dout, cache, through_var=cache[2] ** 2.0)

    @exercise.misconception
    def one_power_too_few(dout, cache):
        """On the way through the variance a factor inv_std is missing: the derivative of (var + eps) ** -0.5 has its
        third power, and x - mean is xhat / inv_std."""
        return backward(dout, cache, through_var=1 / cache[2])

    @exercise.misconception
    def forgets_inv_std(dout, cache):
        """inv_std is missing in dx. The forward pass multiplies x - mean by it."""
        return backward(dout, cache)[0] / cache[2], *backward(dout, cache)[1:]

    @exercise.misconception
    def divides_by_inv_std(dout, cache):
        """dx is divided by inv_std. It is one over the standard deviation already: multiply."""
        return backward(dout, cache)[0] / cache[2] ** 2, *backward(dout, cache)[1:]

    @exercise.misconception
    def inv_std_squared(dout, cache):
        """dx has the square of inv_std as a factor. It is the inverse of the standard deviation, not of the variance,
        and stands there once."""
        return backward(dout, cache)[0] * cache[2], *backward(dout, cache)[1:]

    @exercise.misconception
    def inv_std_on_the_direct_way_alone(dout, cache):
        """inv_std is a factor on the direct way alone: brackets are missing. All three ways go through the division."""
        xhat, gamma, inv_std = cache
        dxhat = dout * gamma
        dx = inv_std * dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)
        return dx, *backward(dout, cache)[1:]
