"""From a gradient to a step: optimisers, schedules of the learning rate, gradient clipping, moving averages."""

from course_lib.optimizers.adam import Adam, AdaMax, AdamW, Nadam
from course_lib.optimizers.clipping import (
    clip_by_global_norm,
    clip_by_value,
    clipped_sgd_step,
    clipping_cosine,
    global_norm,
)
from course_lib.optimizers.first_order import SGD, AdaGrad, Momentum, Nesterov, Optimizer, RMSProp
from course_lib.optimizers.moving_average import effective_window, ewma
from course_lib.optimizers.schedules import (
    Cycle,
    ReduceOnPlateau,
    cosine,
    cosine_restarts,
    exponential,
    one_cycle,
    piecewise_constant,
    power,
    step_decay,
    triangular,
    warmup,
)
