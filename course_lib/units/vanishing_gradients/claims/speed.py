"""Claims about which activation function trains in fewer steps."""

import numpy as np

from course_lib.claims.claim import Claim, above
from course_lib.units.vanishing_gradients.experiments.activation_speed import selu_speed, speed

UNIT = "vanishing_gradients"

CLAIMS = (
    Claim(
        id="N05-relu-fastest",
        unit=UNIT,
        statement="ReLU converges faster than sigmoid and tanh.",
        question="Seven hidden layers, each activation at its best rate: which one takes the fewest steps?",
        options=("ReLU", "tanh", "sigmoid"),
        answer=lambda r: int(np.argmin([r.relu_best, r.tanh_best, r.sigmoid_best])),
        experiment=speed,
        rule=(above("sigmoid_over_relu", 1.5), above("relu_over_tanh_at_best_rates", 1.15)),
        verdict="misleading",
        evidence="Steps at a small rate: ReLU {relu_small_rate:.0f}, tanh {tanh_small_rate:.0f}. At the best "
        "of four rates: ReLU {relu_best:.0f}, tanh {tanh_best:.0f}; the sigmoid is not there after "
        "{sigmoid_best:.0f}.",
        correction="Faster than the sigmoid: yes. Than tanh with Glorot's initialisation: not when each has "
        "its best rate, since tanh bears a larger one.",
        source="Nair and Hinton 2010; Glorot and Bengio 2010, section 4; Krizhevsky et al. 2012, section 3.1",
    ),
    Claim(
        id="C58-outperforms",
        unit=UNIT,
        statement="SELU often outperforms other activation functions in deep networks.",
        question="Eight hidden layers, rates 0.1 and 0.5: where does SELU train faster than tanh?",
        options=("at both", "at 0.1 only", "at 0.5 only", "at neither"),
        answer=lambda r: 2 * (r.selu_moderate >= r.tanh_moderate) + (r.selu_large >= r.tanh_large),
        experiment=selu_speed,
        rule=(above("gain_at_moderate_rate", 2.0), above("loss_at_large_rate", 2.0)),
        verdict="misleading",
        evidence="Steps at rate 0.1: SELU {selu_moderate:.0f}, tanh {tanh_moderate:.0f}. At rate 0.5: tanh "
        "{tanh_large:.0f}, SELU is not there after {selu_large:.0f}.",
        correction="It depends on the setting. SELU was shown for dense networks with LeCun's initialisation "
        "and standardised inputs; it is fast there, and fails first when the rate grows.",
        source="Klambauer et al. 2017, section 3",
    ),
)
