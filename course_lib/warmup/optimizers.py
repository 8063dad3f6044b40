"""One step of every optimiser, to compile the kernels of ``course_lib.optimizers``."""

from collections.abc import Callable
from functools import partial

import numpy as np

from course_lib.optimizers.adam import Adam, AdaMax, Nadam
from course_lib.optimizers.first_order import SGD, AdaGrad, Momentum, Nesterov, RMSProp


def workloads(dtype) -> dict[str, Callable[[], object]]:
    """Label and run, for arrays of ``dtype``."""
    optimizers = {
        "SGD": SGD(0.1),
        "Momentum": Momentum(0.1),
        "Momentum, ema": Momentum(0.1, convention="ema"),
        "Nesterov": Nesterov(0.1),
        "AdaGrad": AdaGrad(),
        "RMSProp": RMSProp(),
        "Adam": Adam(),
        "AdaMax": AdaMax(),
        "Nadam": Nadam(),
    }
    return {
        name: partial(optimizer.step, np.ones(2, dtype), np.ones(2, dtype)) for name, optimizer in optimizers.items()
    }
