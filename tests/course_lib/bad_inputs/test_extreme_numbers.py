"""Numbers at the ends of their range, and data of the least size: answers that need no arithmetic to know."""

import numpy as np
import pytest
from material import net, rng, statistics

from course_lib.analysis.gradient_check import rel_error
from course_lib.analysis.surfaces import condition_number
from course_lib.compression.low_rank import low_rank_factors
from course_lib.compression.pruning import magnitude_mask
from course_lib.compression.quantization import calibrate, dequantize, quantize
from course_lib.compression.reduced_precision import round_to_bfloat16, round_to_float16
from course_lib.data.feature_scaling import min_max_fit, standardize_apply, standardize_fit
from course_lib.data.splits import k_fold
from course_lib.functions import activations as act
from course_lib.functions.attention import attention_forward, attention_weights
from course_lib.functions.convolution import conv2d_forward
from course_lib.functions.losses import binary_xent, log_softmax, mse, softmax, softmax_xent
from course_lib.functions.normalization import batchnorm_forward, layernorm_forward
from course_lib.functions.pooling import avg_pool2d_forward, global_avg_pool2d_forward, max_pool2d_forward
from course_lib.functions.regularization import l1_subgradient, max_norm, soft_threshold
from course_lib.optimizers.clipping import clip_by_global_norm, cosine, global_norm
from course_lib.optimizers.first_order import SGD
from course_lib.optimizers.moving_average import ewma
from course_lib.selection.decision_stump import fit_stump
from course_lib.selection.ensembles import average_logits, average_probabilities, majority_vote
from course_lib.training.loop import evaluate, fit

INF, NAN = np.inf, np.nan
HUGE, TINY, SUBNORMAL = 1e300, 1e-300, 5e-324
ONE = np.full((1, 1, 1, 1), 2.5)


def scaled(x):
    return standardize_apply(x, *standardize_fit(x))


def dense_norm(x):
    return batchnorm_forward(x, np.ones(x.shape[1]), np.full(x.shape[1], 0.5), statistics(x.shape[1]), True)[0]


def stepped(theta, grad):
    SGD(1.0).step(theta, grad)
    return theta


def stump(x, y):
    return fit_stump(np.array(x), np.array(y), n_classes=2)(np.array(x))


def round_trip(x):
    quantizer = calibrate(x)
    return dequantize(quantize(x, quantizer), quantizer)


def moves(x, y):
    """A network after one epoch on the data, judged on them."""
    network = net()
    fit(network, x, y, rng=rng(), epochs=1)
    return np.isfinite(evaluate(network, x, y)[0])


TABLE = {
    "sigmoid at the ends": (lambda: act.sigmoid([-HUGE, -0.0, 0.0, HUGE, NAN]), [0, 0.5, 0.5, 1, NAN]),
    "sigmoid at infinity": (lambda: act.sigmoid([-INF, INF]), [0, 1]),
    "tanh at the ends": (lambda: act.tanh([-HUGE, HUGE, -INF, INF, NAN]), [-1, 1, -1, 1, NAN]),
    "tanh of the smallest": (lambda: act.tanh([TINY, SUBNORMAL, -SUBNORMAL]), [TINY, SUBNORMAL, -SUBNORMAL]),
    "relu keeps NaN": (lambda: act.relu([NAN, -INF, INF, -0.0]), [NAN, 0, INF, 0]),
    "relu of the smallest": (lambda: act.relu([SUBNORMAL, -SUBNORMAL]), [SUBNORMAL, 0]),
    "relu_backward where it is off": (lambda: act.relu_backward([INF, NAN, 2.0], [-1.0, -1.0, 1.0]), [0, 0, 2]),
    "elu at the ends": (lambda: act.elu([-HUGE, HUGE, -INF]), [-1, HUGE, -1]),
    "elu of the smallest": (lambda: act.elu([-TINY, SUBNORMAL]), [-TINY, SUBNORMAL]),
    "swish at the ends": (lambda: act.swish([-HUGE, HUGE]), [0, HUGE]),
    "leaky relu of infinity": (lambda: act.leaky_relu([-INF, INF], 0.5), [-INF, INF]),
    "softmax of the largest": (lambda: softmax([[HUGE, -HUGE], [1e308, 1e308]]), [[1, 0], [0.5, 0.5]]),
    "softmax of one class": (lambda: softmax([[7.0], [-INF]])[:1], [[1]]),
    "softmax rules out -inf": (lambda: softmax([[0.0, -INF, 0.0]]), [[0.5, 0, 0.5]]),
    "softmax of no axis but the last": (lambda: softmax([5.0, 5.0]), [0.5, 0.5]),
    "log_softmax where exp underflows": (lambda: log_softmax([[0.0, -1e4]]), [[0, -1e4]]),
    "cross-entropy of one class": (lambda: softmax_xent([[3.0], [-9.0]], [0, 0])[0], 0),
    "cross-entropy of a wrong, sure answer": (lambda: softmax_xent([[1e4, 0.0]], [1])[0], 1e4),
    "cross-entropy with labels as uint8": (lambda: softmax_xent([[0.0, 1e4]], np.array([1], np.uint8))[0], 0),
    "cross-entropy with labels as bool": (lambda: softmax_xent([[0.0, 1e4]], [True])[0], 0),
    "binary cross-entropy of sure answers": (lambda: binary_xent([1e4, -1e4], [1.0, 0.0])[0], 0),
    "binary cross-entropy of wrong ones": (lambda: binary_xent([1e4, -1e4], [0.0, 1.0])[0], 1e4),
    "mse of one number": (lambda: mse(3.0, 1.0)[0], 4),
    "a pool of one pixel": (lambda: max_pool2d_forward(ONE, 1)[0], ONE),
    "a padded pool of one pixel": (lambda: max_pool2d_forward(-ONE, 2, padding=1)[0], -ONE),
    "a pool of one pixel, same": (lambda: max_pool2d_forward(-ONE, 2, padding="same")[0], -ONE),
    "a pool of the lowest": (lambda: max_pool2d_forward(np.full((1, 1, 2, 2), -INF))[0], np.full((1, 1, 1, 1), -INF)),
    "a mean of one pixel": (lambda: avg_pool2d_forward(ONE, 1)[0], ONE),
    "a global mean of one pixel": (lambda: global_avg_pool2d_forward(ONE)[0], [[2.5]]),
    "a convolution of one pixel": (lambda: conv2d_forward(ONE, 2 * ONE, [1.0])[0], 13.5 + 0 * ONE),
    "a convolution of one pixel, same": (lambda: conv2d_forward(ONE, np.ones((1, 1, 3, 3)), [0.0], padding=1)[0], ONE),
    "batch norm of one sample": (lambda: dense_norm(np.array([[3.0, -7.0]])), [[0.5, 0.5]]),
    "batch norm of equal samples": (lambda: dense_norm(np.full((4, 1), 0.1)), np.full((4, 1), 0.5)),
    "layer norm of one feature": (lambda: layernorm_forward([[3.0], [9.0]], [2.0], [0.5])[0], [[0.5], [0.5]]),
    "scaling one sample": (lambda: scaled(np.array([[3.0, HUGE]])), [[0, 0]]),
    "scaling a constant feature": (lambda: scaled(np.full((5, 1), 0.1)), np.zeros((5, 1))),
    "a range of one sample": (lambda: min_max_fit([[TINY, -0.0]]), [[TINY, 0], [TINY, 0]]),
    "an average of one": (lambda: ewma([3.0], 0.9), [3]),
    "an average without memory": (lambda: ewma([3.0, -1.0, HUGE], 0.0), [3, -1, HUGE]),
    "an average after NaN": (lambda: ewma([[1.0, 1.0], [NAN, 1.0], [1.0, 1.0]], 0.5), [[1, 1], [NAN, 1], [NAN, 1]]),
    "attention to one key": (lambda: attention_forward([[HUGE]], [[1.0]], [[7.0]])[0], [[7]]),
    "attention to nothing": (lambda: attention_weights([[1.0, 2.0]], [[False, False]]), [[0, 0]]),
    "attention by the largest": (lambda: attention_weights([[HUGE, -HUGE]]), [[1, 0]]),
    "the norm of the largest": (lambda: global_norm([[3e300], [4e300]]) / 5e300, 1),
    "the norm of the smallest": (lambda: global_norm([np.array([3e-300]), np.array([4e-300])]) / 5e-300, 1),
    "the norm of nothing but zeros": (lambda: clip_by_global_norm([np.zeros(3)], 1.0)[0], [[0, 0, 0]]),
    "the angle of the smallest": (lambda: cosine([np.array([TINY, 0.0])], [np.array([TINY, 0.0])]), 1),
    "the error of zeros": (lambda: rel_error([0.0, -0.0], [-0.0, 0.0]), 0),
    "the error of the smallest": (lambda: rel_error([SUBNORMAL], [-SUBNORMAL]) < 1e-300, True),
    "a step of the smallest": (lambda: stepped(np.array([0.0, 1.0]), np.array([SUBNORMAL, -1.0])), [-SUBNORMAL, 2]),
    "a step with one parameter": (lambda: stepped(np.array([1.0]), np.array([0.25])), [0.75]),
    "a step with a list": (lambda: stepped(np.array([1.0, 2.0]), [1, 2]), [0, 0]),
    "pruning signed zeros": (lambda: magnitude_mask([-0.0, 1.0, 0.0, -2.0], 0.5), [False, True, False, True]),
    "pruning -128 last": (lambda: magnitude_mask(np.array([-128, 1], np.int8), 0.5), [True, False]),
    "pruning nothing": (lambda: magnitude_mask([[SUBNORMAL]], 0), [[True]]),
    "shrinking signed zeros": (lambda: soft_threshold([-0.0, 0.5, -2.0], 1), [0, 0, -1]),
    "the slope of the penalty at zero": (lambda: l1_subgradient([-0.0, SUBNORMAL], 2.0), [0, 2]),
    "a ball around zero": (lambda: max_norm([[0.0]], 1.0), [[0]]),
    "factors of one number": (lambda: np.matmul(*low_rank_factors([[-4.0]], 1)), [[-4]]),
    "8 bits for nothing but zeros": (lambda: round_trip(np.zeros(3)), [0, 0, 0]),
    "8 bits for one number": (lambda: round_trip(np.array([255.0])), [255]),
    "float16 overflows": (lambda: round_to_float16([65519.0, 65520.0, 1e-8, -INF]), [65504, INF, 0, -INF]),
    "bfloat16 keeps NaN": (lambda: round_to_bfloat16([NAN, 1.0, -INF]), [NAN, 1, -INF]),
    "a stump on one class": (lambda: stump([[1.0], [2.0]], [1, 1]), [1, 1]),
    "a stump on one sample": (lambda: stump([[1.0]], [0]), [0]),
    "a stump on a constant feature": (lambda: stump([[1.0], [1.0], [1.0]], [0, 1, 1]), [1, 1, 1]),
    "a stump between neighbours": (lambda: stump([[1.0], [np.nextafter(1.0, 2)]], [0, 1]), [0, 1]),
    "a vote of one": (lambda: majority_vote([[1, 0]], 2), [1, 0]),
    "a tie goes to the first": (lambda: majority_vote([[2], [1]], 3), [1]),
    "a mean of one member": (lambda: average_probabilities([[[0.25, 0.75]]]), [[0.25, 0.75]]),
    "a mean of the surest": (lambda: average_logits([[[1e300, 0.0]]]), [[1, 0]]),
    "as many folds as samples": (lambda: sorted(test.tolist() for _, test in k_fold(3, 3, rng=rng())), [[0], [1], [2]]),
    "the condition of one number": (lambda: condition_number([[-TINY]]), 1),
    "training on one sample": (lambda: moves(np.ones((1, 3)), np.array([0])), True),
    "training on one class": (lambda: moves(np.ones((4, 3)), np.ones(4, int)), True),
    "training on lists": (lambda: moves([[1, 2, 3], [4, 5, 6]], [0, 1]), True),
    "training on float32": (lambda: moves(np.ones((4, 3), np.float32), np.arange(4) % 2), True),
    "training on whole numbers": (lambda: moves(np.ones((4, 3), int), np.array([0, 1, 1, 0], np.uint8)), True),
}


@pytest.mark.parametrize("name", TABLE)
def test_extreme_but_sound(name):
    call, expected = TABLE[name]
    # a handful of roundings
    np.testing.assert_allclose(call(), expected, rtol=1e-12, atol=0)
