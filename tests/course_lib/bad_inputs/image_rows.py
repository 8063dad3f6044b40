"""Bad calls of activations, images, windows, normalisation, dropout, augmentation and scaling."""

import numpy as np
from judge import Row
from material import INF, NAN, RAGGED, a, conv_cache, half, pool_cache, probs, rng, statistics, without, words, y

from course_lib.data.augmentation import (
    add_noise,
    flip,
    random_crop,
    random_flip,
    random_rotation,
    random_shift,
    rotate,
    shift,
)
from course_lib.data.feature_scaling import min_max_apply, min_max_fit, standardize_apply, standardize_fit
from course_lib.functions.activations import (
    elu,
    leaky_relu,
    leaky_relu_backward,
    prelu,
    prelu_backward,
    relu,
    relu_backward,
    selu,
    sigmoid,
    sigmoid_backward,
    swish,
    swish_backward,
    tanh,
    tanh_backward,
)
from course_lib.functions.convolution import conv2d_backward, conv2d_forward, conv2d_naive
from course_lib.functions.dropout import (
    alpha_dropout_forward,
    dropout_backward,
    dropout_forward,
    mc_dropout_predict,
)
from course_lib.functions.normalization import (
    batchnorm_backward,
    batchnorm_forward,
    batchnorm_state,
    fold_batchnorm,
    groupnorm_forward,
    instancenorm_forward,
    layernorm_backward,
    layernorm_forward,
)
from course_lib.functions.pooling import (
    avg_pool2d_backward,
    avg_pool2d_forward,
    global_avg_pool2d_backward,
    global_avg_pool2d_forward,
    max_pool2d_backward,
    max_pool2d_forward,
)
from course_lib.functions.unfold import col2im, im2col
from course_lib.functions.windows import Window, output_size, pad_widths, receptive_field
from course_lib.models.pretext import (
    all_rotations,
    contrastive_loss,
    mask_tokens,
    rotation_pretext,
    same_or_different_pairs,
)


def conv(x=None, w=None, b=None, **options):
    x = a(2, 1, 4, 4) if x is None else x
    return conv2d_forward(x, a(3, 1, 2, 2) if w is None else w, a(3) if b is None else b, **options)


def pool(kernel=2, **options):
    return max_pool2d_forward(a(2, 1, 4, 4), kernel, **options)


def batchnorm(x=None, state=None, training=True, gamma=None, **options):
    x, state = a(5, 3) if x is None else x, statistics() if state is None else state
    return batchnorm_forward(x, np.ones(3) if gamma is None else gamma, np.zeros(3), state, training, **options)


def images(*shape):
    return a(*shape) if shape else a(2, 1, 4, 4)


ACTIVATIONS = [
    Row("relu of text", lambda: relu("abc"), r"\bz\b|array"),
    Row("relu of nothing", lambda: relu(None), r"\bz\b|array"),
    Row("relu of complex numbers", lambda: relu(a(3) + 1j), r"\bz\b|array"),
    Row("sigmoid of float16", lambda: sigmoid(half(3)), "float16"),
    Row("tanh of rows of different lengths", lambda: tanh(RAGGED), r"\bz\b|array"),
    Row("selu of a function", lambda: selu(np.sin), r"\bz\b|array"),
    Row("dout of one entry for relu", lambda: relu_backward(a(1), a(4)), "dout"),
    Row("dout as a column for relu", lambda: relu_backward(a(4, 1), a(4)), "dout"),
    Row("dout of one sample for tanh", lambda: tanh_backward(a(3), a(5, 3)), "dout"),
    Row("dout transposed for sigmoid", lambda: sigmoid_backward(a(3, 5), a(5, 3)), "dout"),
    Row("a number as dout of swish", lambda: swish_backward(1.0, a(5, 3)), "dout"),
    Row("alpha NaN", lambda: leaky_relu(a(3), alpha=NAN), "alpha"),
    Row("alpha as text", lambda: elu(a(3), "1"), "alpha"),
    Row("a slope for each feature of leaky_relu", lambda: leaky_relu(a(5, 3), a(3)), "alpha"),
    Row("alpha infinite, backwards", lambda: leaky_relu_backward(a(3), a(3), INF), "alpha"),
    Row("beta infinite", lambda: swish(a(3), INF), "beta"),
    Row("a slope for each sample", lambda: prelu(a(5, 3), a(5)), r"\ba\b"),
    Row("dout of one sample for prelu", lambda: prelu_backward(a(3), a(5, 3), a(3)), "dout"),
    Row("slopes and inputs exchanged", lambda: prelu(a(3), a(5, 3)), r"\bz\b"),
]

CONVOLUTION = [
    Row("images without channels", lambda: conv(a(2, 4, 4)), r"\bx\b.*C, H, W"),
    Row("channels last", lambda: conv(a(2, 4, 4, 3), a(5, 3, 2, 2), a(5)), r"\bx\b|\bw\b|channels"),
    Row("no images", lambda: conv(a(0, 1, 4, 4)), r"\bx\b.*at least one"),
    Row("images without pixels", lambda: conv(a(2, 1, 0, 4)), r"\bx\b"),
    Row("kernels of Keras", lambda: conv(w=a(2, 2, 1, 3)), r"\bw\b|channels|\bb\b"),
    Row("a kernel without channels", lambda: conv(w=a(2, 2)), r"\bw\b"),
    Row("a bias for one of three filters", lambda: conv(b=a(1)), r"\bb\b"),
    Row("stride 0", lambda: conv(stride=0), "stride"),
    Row("stride 2.0", lambda: conv(stride=2.0), "stride.*type 2"),
    Row("a stride as text", lambda: conv(stride="2"), "stride"),
    Row("a negative stride", lambda: conv(stride=-1), "stride"),
    Row("three strides", lambda: conv(stride=(1, 1, 1)), "stride"),
    Row("a negative padding", lambda: conv(padding=-1), "padding"),
    Row("an unknown padding", lambda: conv(padding="SAME"), "padding"),
    Row("a padding of 0.5", lambda: conv(padding=0.5), "padding"),
    Row("dilation 0", lambda: conv(dilation=0), "dilation"),
    Row("a kernel larger than the image", lambda: conv(w=a(3, 1, 5, 5)), "window|kernel"),
    Row("complex images", lambda: conv(images() + 1j), r"\bx\b"),
    Row("dout of a smaller output", lambda: conv2d_backward(a(2, 3, 2, 2), conv_cache()), "dout"),
    Row("dout of one pixel", lambda: conv2d_backward(a(2, 3, 1, 1), conv_cache()), "dout"),
    Row("dout flat", lambda: conv2d_backward(a(2, 27), conv_cache()), "dout"),
    Row("dout a number", lambda: conv2d_backward(1.0, conv_cache()), "dout"),
    Row("the cache of a pooling", lambda: conv2d_backward(a(2, 3, 3, 3), pool_cache()), "cache|conv2d"),
    Row("no cache for conv2d", lambda: conv2d_backward(a(2, 3, 3, 3), None), "cache|conv2d"),
    Row("stride 0 in plain loops", lambda: conv2d_naive(images(), a(3, 1, 2, 2), a(3), stride=0), "stride"),
    Row("one image in plain loops", lambda: conv2d_naive(a(4, 4), a(3, 1, 2, 2), a(3)), r"\bx\b"),
    Row("im2col of a matrix", lambda: im2col(a(4, 4), 2), r"\bx\b|images"),
    Row("im2col with a kernel of 0", lambda: im2col(images(), 0), "kernel"),
    Row("im2col with the weights as kernel", lambda: im2col(images(), a(3, 1, 2, 2)), "kernel"),
    Row("col2im of a matrix", lambda: col2im(a(4, 9), (2, 1, 4, 4), 2), "cols"),
    Row("col2im into a matrix", lambda: col2im(a(2, 4, 9), (4, 4), 2), "shape"),
    Row("col2im into half a pixel", lambda: col2im(a(2, 4, 9), (2, 1, 4.5, 4), 2), "shape"),
]

POOLING = [
    Row("a kernel of 0", lambda: pool(0), "kernel"),
    Row("a kernel of 2.0", lambda: pool(2.0), "kernel.*type 2"),
    Row("a negative kernel", lambda: pool(-2), "kernel"),
    Row("a kernel of nothing", lambda: pool(None), "kernel"),
    Row("a kernel with three sides", lambda: pool((2, 2, 2)), "kernel"),
    Row("pooling at stride 0", lambda: pool(stride=0), "stride"),
    Row("padding wider than half the kernel", lambda: pool(padding=2), "padding"),
    Row("pooling with an unknown padding", lambda: pool(padding="full"), "padding"),
    Row("pooling a window larger than the image", lambda: pool(5), "window|kernel"),
    Row("pooling images without channels", lambda: max_pool2d_forward(a(2, 4, 4)), r"\bx\b"),
    Row("pooling no images", lambda: max_pool2d_forward(a(0, 1, 4, 4)), r"\bx\b"),
    Row("pooling text", lambda: max_pool2d_forward(words(2, 1, 4, 4)), r"\bx\b|array"),
    Row("dout of the image's size", lambda: max_pool2d_backward(images(), pool_cache()), "dout"),
    Row("dout of max pooling for one image", lambda: max_pool2d_backward(a(1, 1, 2, 2), pool_cache()), "dout"),
    Row("the cache of a convolution", lambda: max_pool2d_backward(a(2, 1, 2, 2), conv_cache()), "cache|dout"),
    Row("x in the place of a pooling's cache", lambda: max_pool2d_backward(a(2, 1, 2, 2), images()), "cache"),
    Row("a mean over no window", lambda: avg_pool2d_forward(images(), 0), "kernel"),
    Row("a mean at half a stride", lambda: avg_pool2d_forward(images(), 2, 0.5), "stride"),
    Row("no cache for avg_pool2d", lambda: avg_pool2d_backward(a(2, 1, 2, 2), ()), "cache"),
    Row("the global mean of features", lambda: global_avg_pool2d_forward(a(5, 3)), r"\bx\b"),
    Row("the global mean of no pixels", lambda: global_avg_pool2d_forward(a(2, 1, 0, 4)), r"\bx\b"),
    Row(
        "dout with pixels for the global mean",
        lambda: global_avg_pool2d_backward(a(2, 1, 1, 1), global_avg_pool2d_forward(images())[1]),
        "dout",
    ),
    Row("a window of 0 taps", lambda: Window(0), "kernel"),
    Row("a window of 3.0 taps", lambda: Window(3.0), "kernel.*type 3"),
    Row("a window that stands still", lambda: Window(3, stride=0), "stride"),
    Row("a window with padding in words", lambda: Window(3, padding="reflect"), "padding"),
    Row("an axis without pixels", lambda: output_size(0, Window(1)), "size|window"),
    Row("a size of 8.0", lambda: output_size(8.0, Window(3)), "size"),
    Row("a number in the place of a window", lambda: pad_widths(8, 3), "window|Window"),
    Row("numbers in the place of windows", lambda: receptive_field([3, 3]), "window|Window"),
    Row("same padding of an unknown size", lambda: receptive_field([Window(3, padding="same")]), "size"),
]

NORMALIZATION = [
    Row("batch norm of one sample without its axis", lambda: batchnorm(a(3)), r"\bx\b"),
    Row("batch norm of a sequence", lambda: batchnorm(a(5, 3, 3)), r"\bx\b"),
    Row("batch norm of nothing makes NaN", lambda: batchnorm(a(0, 3)), r"\bx\b.*at least one"),
    Row("batch norm of float16", lambda: batchnorm(half(5, 3)), "float16"),
    Row("gamma for one of three channels", lambda: batchnorm(gamma=np.ones(1)), "gamma"),
    Row("gamma a number", lambda: batchnorm(gamma=1.0), "gamma"),
    Row("gamma for each sample", lambda: batchnorm(gamma=np.ones(5)), "gamma"),
    Row("a negative eps", lambda: batchnorm(eps=-1e-5), r"\beps\b"),
    Row("eps NaN", lambda: batchnorm(eps=NAN), r"\beps\b"),
    Row("a momentum of 2", lambda: batchnorm(momentum=2), "momentum"),
    Row("a state without var", lambda: batchnorm(state=without(statistics(), "var")), "var"),
    Row("a state with PyTorch's names", lambda: batchnorm(state={"running_mean": a(3)}), "mean"),
    Row("a state as a tuple", lambda: batchnorm(state=(a(3), a(3))), "state"),
    Row("a state for another width", lambda: batchnorm(state=statistics(4)), "mean|var|stat"),
    Row("a state for one channel", lambda: batchnorm(state=statistics(1), training=False), "mean|var|stat"),
    Row("a negative variance", lambda: batchnorm(state={"mean": a(3), "var": -np.ones(3)}, training=False), "var"),
    Row("dout of one sample for batch norm", lambda: batchnorm_backward(a(3), batchnorm()[1]), "dout"),
    Row("batch norm's out in the place of its cache", lambda: batchnorm_backward(a(5, 3), a(5, 3)), "cache"),
    Row("statistics of no channels", lambda: batchnorm_state(0), "n_channels"),
    Row("statistics as integers", lambda: batchnorm_state(3, dtype=int), "dtype"),
    Row(
        "folding with too few means",
        lambda: fold_batchnorm(a(4, 3), a(3), a(3), a(3), a(1), np.ones(3)),
        "mean|vectors",
    ),
    Row("folding along a third axis of two", lambda: fold_batchnorm(a(4, 3), *[a(3)] * 4, np.ones(3), axis=2), "axis"),
    Row(
        "folding with the outputs first",
        lambda: fold_batchnorm(a(3, 4), *[a(3)] * 4, np.ones(3)),
        r"\bb\b|\bw\b|vectors",
    ),
    Row("layer norm with gamma of one", lambda: layernorm_forward(a(5, 3), np.ones(1), np.zeros(1)), "gamma|axes"),
    Row("layer norm with gamma a number", lambda: layernorm_forward(a(5, 3), 1.0, 0.0), "gamma"),
    Row("layer norm with another beta", lambda: layernorm_forward(a(5, 3), np.ones(3), np.zeros(1)), "beta"),
    Row("layer norm with eps -1", lambda: layernorm_forward(a(5, 3), np.ones(3), np.zeros(3), eps=-1), r"\beps\b"),
    Row(
        "dout of one sample for layer norm",
        lambda: layernorm_backward(a(3), layernorm_forward(a(5, 3), np.ones(3), np.zeros(3))[1]),
        "dout",
    ),
    Row("4 groups of 6 channels", lambda: groupnorm_forward(a(5, 6), np.ones(6), np.zeros(6), 4), "n_groups"),
    Row("no groups", lambda: groupnorm_forward(a(5, 6), np.ones(6), np.zeros(6), 0), "n_groups"),
    Row("2.0 groups", lambda: groupnorm_forward(a(5, 6), np.ones(6), np.zeros(6), 2.0), "n_groups"),
    Row("gamma for each group", lambda: groupnorm_forward(a(5, 6), np.ones(2), np.zeros(2), 2), "gamma"),
    Row("instance norm of features", lambda: instancenorm_forward(a(5, 3), np.ones(3), np.zeros(3)), r"\bx\b"),
]

DROPOUT = [
    Row("every unit is dropped", lambda: dropout_forward(a(5, 3), 1.0, True, rng=rng()), "p_drop"),
    Row("p = 1.5", lambda: dropout_forward(a(5, 3), 1.5, True, rng=rng()), "p_drop"),
    Row("p negative, in evaluation", lambda: dropout_forward(a(5, 3), -0.5, False, rng=rng()), "p_drop"),
    Row("p NaN", lambda: dropout_forward(a(5, 3), NAN, True, rng=rng()), "p_drop"),
    Row("p as text", lambda: alpha_dropout_forward(a(5, 3), "0.5", True, rng=rng()), "p_drop"),
    Row("a seed for a generator", lambda: dropout_forward(a(5, 3), 0.5, True, rng=0), "rng.*default_rng"),
    Row("the module for a generator", lambda: dropout_forward(a(5, 3), 0.5, True, rng=np.random), "rng"),
    Row("x and p exchanged", lambda: dropout_forward(0.5, a(5, 3), True, rng=rng()), "p_drop"),
    Row("dout of one sample for dropout", lambda: dropout_backward(a(3), a(5, 3)), "dout|mask"),
    Row("dout as a column for dropout", lambda: dropout_backward(a(5, 1), a(5, 3)), "dout|mask"),
    Row("no passes", lambda: mc_dropout_predict(probs, a(5, 3), 0), "n_passes"),
    Row("2.5 passes", lambda: mc_dropout_predict(lambda x: probs(5, 2), a(5, 3), 2.5), "n_passes"),
    Row("logits for probabilities", lambda: mc_dropout_predict(lambda x: 5 * x, a(5, 3), 2), "predict|logits"),
    Row("probabilities for a function", lambda: mc_dropout_predict(probs(5, 2), a(5, 3), 2), "predict.*function"),
]

IMAGES = [
    Row("one flag for two images", lambda: flip(images(), np.array([True])), "flipped"),
    Row("one flag for all", lambda: flip(images(), True), "flipped"),
    Row("numbers for flags", lambda: flip(images(), np.array([0.2, 0.7])), "flipped"),
    Row("p = 2 of flipping", lambda: random_flip(images(), 2, rng=rng()), r"\bp\b"),
    Row("flipping with a seed", lambda: random_flip(images(), rng=3), "rng"),
    Row("flipping one image", lambda: random_flip(a(4, 4), rng=rng()), "images"),
    Row("half a pixel", lambda: shift(images(), np.array([0.5, 1]), np.array([0, 0])), "rows"),
    Row("one shift for two images", lambda: shift(images(), np.array([1]), np.array([1])), "rows"),
    Row("a negative largest shift", lambda: random_shift(images(), -1, rng=rng()), "max_shift"),
    Row("a largest shift of 1.5", lambda: random_shift(images(), 1.5, rng=rng()), "max_shift"),
    Row("a negative pad", lambda: random_crop(images(), -1, rng=rng()), r"\bpad\b"),
    Row("a window larger than the padded image", lambda: random_crop(images(), 1, (9, 9), rng=rng()), "size|window"),
    Row("a window with one side", lambda: random_crop(images(), 1, (3,), rng=rng()), "size"),
    Row("three angles for two images", lambda: rotate(images(), a(3)), "degrees|angle"),
    Row("one angle for all", lambda: rotate(images(), 90.0), "degrees|angle"),
    Row("an infinite largest angle", lambda: random_rotation(images(), INF, rng=rng()), "max_degrees"),
    Row("negative noise", lambda: add_noise(images(), -0.1, rng=rng()), r"\bstd\b"),
    Row("noise on features", lambda: add_noise(a(5, 3), 0.1, rng=rng()), "images"),
    Row("turning images that are not square", lambda: rotation_pretext(a(2, 1, 4, 5), rng=rng()), "square"),
    Row("turning with a seed", lambda: rotation_pretext(images(), rng=0), "rng"),
    Row("turning a vector", lambda: all_rotations(a(4)), "images"),
    Row("pairs of one class", lambda: same_or_different_pairs(y(6, 1), 4, rng=rng()), "class"),
    Row("-4 pairs", lambda: same_or_different_pairs(y(6), -4, rng=rng()), "n_pairs"),
    Row("codes of two lengths", lambda: contrastive_loss(a(4, 2), a(4, 3), y(4) == 1), r"\ba\b.*\bb\b|shape"),
    Row("the difference of pairs in numbers", lambda: contrastive_loss(a(4, 2), a(4, 2), a(4)), "same"),
    Row("margin 0", lambda: contrastive_loss(a(4, 2), a(4, 2), y(4) == 1, margin=0), "margin"),
    Row("tokens as floats", lambda: mask_tokens(a(2, 3), 5, 0, rng=rng()), "tokens"),
    Row("a token beyond the vocabulary", lambda: mask_tokens(np.array([[1, 7]]), 5, 0, rng=rng()), "tokens"),
    Row("a mask beyond the vocabulary", lambda: mask_tokens(np.array([[1, 2]]), 5, 5, rng=rng()), "mask_id"),
    Row("a rate of 15 %", lambda: mask_tokens(np.array([[1, 2]]), 5, 0, rng=rng(), rate=15), "rate"),
]

SCALING = [
    Row("scaling one feature without its axis", lambda: standardize_fit(a(5)), r"\bx\b"),
    Row("scaling nothing", lambda: standardize_fit(a(0, 3)), r"\bx\b"),
    Row("scaling text", lambda: min_max_fit(words(5, 3)), r"\bx\b|array"),
    Row("scaling images", lambda: min_max_fit(images()), r"\bx\b"),
    Row("one mean for all features", lambda: standardize_apply(a(5, 3), a(1), np.ones(1)), "mean|fitted"),
    Row("a mean for each sample", lambda: standardize_apply(a(3, 2), a(3), np.ones(3)), "mean|fitted"),
    Row("means as a row", lambda: standardize_apply(a(5, 3), a(1, 3), np.ones(3)), "mean|fitted"),
    Row("a negative spread", lambda: standardize_apply(a(5, 3), a(3), -np.ones(3)), r"\bstd\b"),
    Row("both bounds in one", lambda: min_max_apply(a(5, 3), (a(3), a(3)), np.ones(3)), r"\blow\b|fitted"),
    Row("bounds exchanged", lambda: min_max_apply(a(5, 3), np.ones(3), np.zeros(3)), "high|low"),
]

ROWS = ACTIVATIONS + CONVOLUTION + POOLING + NORMALIZATION + DROPOUT + IMAGES + SCALING
