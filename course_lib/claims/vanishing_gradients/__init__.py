"""Claims of the unit on vanishing and exploding gradients."""

from course_lib.claims.vanishing_gradients import (
    activations,
    checking_and_clipping,
    dying_relu,
    printed_formulas,
    self_normalization,
    signal_and_depth,
    speed,
)

CLAIMS = (
    *signal_and_depth.CLAIMS,
    *activations.CLAIMS,
    *printed_formulas.CLAIMS,
    *speed.CLAIMS,
    *dying_relu.CLAIMS,
    *self_normalization.CLAIMS,
    *checking_and_clipping.CLAIMS,
)
