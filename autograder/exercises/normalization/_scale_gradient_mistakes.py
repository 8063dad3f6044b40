"""What goes wrong in the gradients of gamma and beta, where dx is right."""

from collections.abc import Callable

from autograder.exercise import Exercise


def add_scale_gradient_mistakes(exercise: Exercise, backward: Callable):
    """``backward(dout, cache, dgamma=..., dbeta=...)`` returns dx, and in place of the right gradients these."""

    @exercise.misconception
    def dgamma_with_gamma(dout, cache):
        """gamma is a factor in dgamma, as if dxhat were used there. The derivative of gamma * xhat by gamma is xhat."""
        return backward(dout, cache, dgamma=cache[1] * (dout * cache[0]).sum(axis=0))

    @exercise.misconception
    def dbeta_with_gamma(dout, cache):
        """gamma is a factor in dbeta, as if dxhat were used there. beta is added to out, and has its gradient."""
        return backward(dout, cache, dbeta=cache[1] * dout.sum(axis=0))

    @exercise.misconception
    def dgamma_without_xhat(dout, cache):
        """dgamma is the sum of dout, without xhat. That is dbeta: gamma multiplies xhat, so each dout has its xhat as a
        factor."""
        return backward(dout, cache, dgamma=dout.sum(axis=0))

    @exercise.misconception
    def not_summed(dout, cache):
        """dgamma and dbeta have one row for each sample. gamma and beta serve all of them: add the rows up."""
        return backward(dout, cache, dgamma=dout * cache[0], dbeta=dout)

    @exercise.misconception
    def summed_over_the_features(dout, cache):
        """dgamma and dbeta are summed over the features, one number for each sample. Each feature has its own gamma and
        beta: sum over the samples, axis 0."""
        return backward(dout, cache, dgamma=(dout * cache[0]).sum(axis=1), dbeta=dout.sum(axis=1))

    @exercise.misconception
    def both_with_gamma(dout, cache):
        """dgamma and dbeta are made of dxhat = dout * gamma. They are gradients with respect to what meets xhat after
        it: made of dout alone."""
        xhat, gamma, _ = cache
        return backward(dout, cache, dgamma=gamma * (dout * xhat).sum(axis=0), dbeta=gamma * dout.sum(axis=0))
