"""Bad calls of networks, layers, training loops and what is built on them."""

from pathlib import Path
from tempfile import mkdtemp

import numpy as np
from judge import Row
from material import (
    NAN,
    a,
    after_forward,
    net,
    one_hot,
    rng,
    split,
    two_layers,
    y,
)

from course_lib.activations import relu
from course_lib.adam import Adam
from course_lib.autoencoder import autoencoder, pretrain_layerwise
from course_lib.datasets import few_labels, learning_curve_splits
from course_lib.early_stopping import EarlyStopping
from course_lib.fused import mlp_fit
from course_lib.initialization import (
    lsuv,
)
from course_lib.layers.attention import Embedding, MultiHeadAttention, TransformerBlock
from course_lib.layers.autoencoder import MaskingNoise
from course_lib.layers.dense import Activation
from course_lib.layers.dropout import AlphaDropout, Dropout
from course_lib.layers.normalization import BatchNorm, LayerNorm
from course_lib.layers.recurrent import GRU, LSTM, RNN, AffinePerStep
from course_lib.layers.spatial import Conv2D, GlobalAvgPool2D
from course_lib.learners import LogisticRegressionLearner, MLPLearner
from course_lib.losses import mse
from course_lib.network import Sequential, mlp
from course_lib.optimizers import SGD, AdaGrad
from course_lib.pretrained import inputs, pretrained, task_of
from course_lib.range_test import range_test
from course_lib.summary import summarize
from course_lib.training import backprop, evaluate, fit
from course_lib.training_step import training_step
from course_lib.transfer import GradualUnfreezing, discriminative_rates, replace_head, reuse_layers
from course_lib.weights import load_weights, save_weights


def perceptron(sizes=(3, 4, 2), activation="tanh", **options):
    return mlp(list(sizes), activation=activation, **({"rng": rng()} | options))


def trained(x=None, labels=None, network=None, by=fit, **options):
    x, labels = a(8, 3) if x is None else x, y(8) if labels is None else labels
    network = net() if network is None else network
    return by(network, x, labels, **({"rng": rng(), "optimizer": SGD(0.1), "epochs": 1} | options))


def fused(*arguments, **options):
    return trained(*arguments, by=mlp_fit, **options)


def tested(**options):
    return range_test(net(), a(8, 3), y(8), **({"rng": rng(), "steps": 4} | options))


def stepped(params=None, x=None, labels=None, lr=0.1):
    x, labels = a(8, 3) if x is None else x, y(8) if labels is None else labels
    return training_step(two_layers() if params is None else params, x, labels, lr)


def weights_file(network=None, content=None):
    path = Path(mkdtemp()) / "net.safetensors"
    if content is None:
        save_weights(path, network or net())
    else:
        path.write_bytes(content)
    return path


def learnt(learner, x=None, labels=None, rng=rng):
    return learner(a(8, 3) if x is None else x, y(8) if labels is None else labels, rng())


def twice(layer):
    return Sequential(layer, Activation("relu"), layer)


NETWORKS = [
    Row("one sample for a network", lambda: net().forward(a(3)), r"\bx\b"),
    Row("inputs of another width", lambda: net().forward(a(5, 4)), r"\bx\b|\bw\b"),
    Row("no inputs", lambda: net().forward(a(0, 3)), r"\bx\b"),
    Row("a misspelt activation", lambda: perceptron(activation="rleu"), "relu"),
    Row("a function as activation", lambda: perceptron(activation=relu), "activation|name"),
    Row("a summary for another width", lambda: summarize(net(), 5), "layer|Affine|shape"),
]

LAYERS = [
    Row("Relu for relu", lambda: Activation("Relu"), "relu"),
    Row("no name of an activation", lambda: Activation(None), "name|activation"),
    Row("dout as a row", lambda: after_forward(Activation("relu"), a(5, 3)).backward(a(3)), "dout"),
    Row("a layer that drops all", lambda: Dropout(1.0, rng=rng()), "p_drop"),
    Row("a layer that drops NaN", lambda: Dropout(NAN, rng=rng()), "p_drop"),
    Row("an alpha dropout of -0.1", lambda: AlphaDropout(-0.1, rng=rng()), "p_drop"),
    Row("noise at a rate of 1.5", lambda: MaskingNoise(1.5, rng=rng()), "rate"),
    Row("batch norm of another width", lambda: BatchNorm(3).forward(a(5, 4)), r"\bx\b|gamma|channels"),
    Row("layer norm of another width", lambda: LayerNorm(3).forward(a(5, 4)), r"\bx\b|gamma|axes"),
    Row("a matrix for a recurrent layer", lambda: RNN(3, 4, rng=rng()).forward(a(5, 3)), r"\bx\b"),
    Row("sequences of another width", lambda: LSTM(3, 4, rng=rng()).forward(a(2, 5, 4)), r"\bx\b|\bwx\b"),
    Row(
        "dout of the last step for a GRU",
        lambda: after_forward(GRU(3, 4, rng=rng()), a(2, 5, 3)).backward(a(2, 4)),
        "dh|dout",
    ),
    Row("a matrix for a layer at every step", lambda: AffinePerStep(3, 2, rng=rng()).forward(a(5, 3)), r"\bx\b"),
    Row(
        "a convolution on channels last",
        lambda: Conv2D(1, 2, 3, rng=rng()).forward(a(2, 8, 8, 1)),
        r"\bx\b|\bw\b|channels",
    ),
    Row("a convolution on images without channels", lambda: Conv2D(1, 2, 3, rng=rng()).forward(a(2, 8, 8)), r"\bx\b"),
    Row("global means of vectors", lambda: GlobalAvgPool2D().forward(a(5, 3)), r"\bx\b"),
    Row("an embedding of ids 1.5", lambda: Embedding(5, 4, rng=rng()).forward(np.array([[1.5, 2]])), r"\bids\b|\bx\b"),
    Row("an embedding of an id too large", lambda: Embedding(5, 4, rng=rng()).forward(np.array([[1, 5]])), r"\[0, 5\)"),
    Row("4 heads of 6 features", lambda: MultiHeadAttention(6, 4, rng=rng()), "n_heads"),
    Row("attention to a matrix", lambda: MultiHeadAttention(4, 2, rng=rng()).forward(a(5, 4)), r"\bq\b|\bx\b"),
    Row("a transformer block with norm none", lambda: TransformerBlock(4, 2, rng=rng(), norm="none"), "norm"),
]

TRAINING = [
    Row("fit with test data of two lengths", lambda: trained(test=(a(4, 3), y(5))), "test|labels|y"),
    Row("fit with a label too many", lambda: trained(labels=y(9)), r"\by\b|labels"),
    Row("fit with float labels", lambda: trained(labels=y(8) * 1.0), "labels|y must"),
    Row("fit with one-hot labels", lambda: trained(labels=one_hot(8)), "labels|y must"),
    Row("fit with labels as a column", lambda: trained(labels=y(8)[:, None]), "labels|y must"),
    Row("fit with a label beyond the classes", lambda: trained(labels=y(8, 3)), r"\[0, 2\)"),
    Row("fit on a vector", lambda: trained(a(8)), r"\bx\b"),
    Row("fit with x and y exchanged", lambda: trained(y(8), a(8, 3)), r"\bx\b"),
    Row("fit on another width", lambda: trained(a(8, 5)), r"\bx\b|\bw\b"),
    Row(
        "fit to a vector where the output is a column",
        lambda: trained(network=net(n_classes=1), labels=a(8), loss=mse),
        "shape",
    ),
    Row("backprop with a label too many", lambda: backprop(net(), a(8, 3), y(9)), "labels|y must"),
    Row("judging by a label too few", lambda: evaluate(net(), a(8, 3), y(7)), r"\by\b|labels"),
    Row("fused with a class of optimisers", lambda: fused(optimizer=Adam), "optimizer"),
    Row("fused with AdaGrad", lambda: fused(optimizer=AdaGrad()), "optimizer|AdaGrad"),
    Row("fused with an unknown loss", lambda: fused(loss="cross_entropy"), "loss.*softmax_xent"),
    Row("fused with a loss function", lambda: fused(loss=mse), "loss"),
    Row("fused with one-hot labels", lambda: fused(labels=one_hot(8)), "labels|y must"),
    Row("fused with a label beyond the classes", lambda: fused(labels=y(8, 3)), r"\[0, 2\)"),
    Row("fused with a label too few", lambda: fused(labels=y(7)), r"\by\b|labels"),
    Row("fused on another width", lambda: fused(a(8, 4)), r"\bx\b"),
    Row(
        "fused on columns of targets", lambda: fused(network=net(n_classes=1), labels=a(8), loss="mse"), r"\by\b|shape"
    ),
    Row(
        "fused on a convolution",
        lambda: fused(a(2, 1, 4, 4), y(2), Sequential(Conv2D(1, 2, 3, rng=rng()))),
        "layer|network",
    ),
    Row("a range of rates upside down", lambda: tested(lr_min=1, lr_max=0.1), "lr_m"),
    Row("a range of rates from 0", lambda: tested(lr_min=0), "lr_min"),
    Row("a range in one step", lambda: tested(steps=1), "steps"),
    Row("a range that never forgets", lambda: tested(beta=1), "beta"),
    Row("a step with float labels", lambda: stepped(labels=y(8) * 1.0), "labels|y must"),
    Row("a step on one sample", lambda: stepped(x=a(3)), r"\bx\b"),
    Row("no patience to stop", lambda: EarlyStopping(0), "patience"),
    Row("a negative improvement", lambda: EarlyStopping(3, min_delta=-1), "min_delta"),
    Row("Keras's name of the loss", lambda: EarlyStopping(3, monitor="val_loss"), "monitor.*test_loss"),
    Row("the best before the first", lambda: EarlyStopping(3).restore(net()), "evaluation|best|finite"),
]

BUILT = [
    Row("a head in the place of 9 layers", lambda: replace_head(net(), remove=9), "remove|layers"),
    Row("a head in the place of -1 layers", lambda: replace_head(net(), remove=-1), "remove"),
    Row("layers of another network", lambda: reuse_layers(net(), net(5), 1), "layer|shape|match"),
    Row("more layers than there are", lambda: reuse_layers(net(), net(), 9), "n_layers|layers"),
    Row("-1 layers to reuse", lambda: reuse_layers(net(), net(), -1), "n_layers"),
    Row("rates divided by 0", lambda: discriminative_rates(net(), 0), "factor"),
    Row("rates divided by NaN", lambda: discriminative_rates(net(), NAN), "factor"),
    Row("unfreezing every 0 epochs", lambda: GradualUnfreezing([net().layers], every=0), "every"),
    Row("numbers as metadata", lambda: save_weights(Path(mkdtemp()) / "x", net(), {"accuracy": 0.9}), "metadata|text"),
    Row("weights of another network", lambda: load_weights(weights_file(), net(4)), "w|shape"),
    Row(
        "weights of a file that is none", lambda: load_weights(weights_file(content=b"PK" * 40), net()), "file|damaged"
    ),
    Row("weights of an empty file", lambda: load_weights(weights_file(content=b""), net()), "file|damaged"),
    Row("weights of 99 layers", lambda: load_weights(weights_file(), net(), layers=99), "layers"),
    Row("an autoencoder that blanks all", lambda: autoencoder([3, 2], rng=rng(), noise=1.0), "noise|rate"),
    Row(
        "an autoencoder with an unknown output",
        lambda: autoencoder([3, 2], rng=rng(), output="softmax"),
        "output|sigmoid",
    ),
    Row("codes of another width", lambda: autoencoder([3, 2], rng=rng()).decode(a(5, 3)), r"\bx\b|codes"),
    Row("one code without its axis", lambda: autoencoder([3, 2], rng=rng()).decode(a(2)), r"\bx\b|codes"),
    Row("pretraining on another width", lambda: pretrain_layerwise([4, 2], a(8, 3), rng=rng(), epochs=1), r"\bx\b"),
    Row("unit variance on another width", lambda: lsuv(net(), a(8, 5)), r"\bx\b|\bw\b"),
    Row("more labels than there are", lambda: few_labels(split(), 9, rng=rng()), "per_class|class"),
    Row("-1 labels of each class", lambda: few_labels(split(), -1, rng=rng()), "per_class"),
    Row("growing sets that shrink", lambda: learning_curve_splits(split(), [4, 2], rng=rng()), "sizes"),
    Row("a learner with a negative rate", lambda: learnt(MLPLearner(2, lr=-1)), r"\blr\b"),
    Row("a regression on more classes", lambda: learnt(LogisticRegressionLearner(2), labels=y(8, 3)), r"\[0, 2\)"),
    Row("an unknown trained network", lambda: pretrained("mlp_mnist"), "mlp_glyphs"),
    Row("a trained network on unknown data", lambda: inputs("mlp_glyphs", "mnist"), "data.*digits"),
    Row("the task of nothing", lambda: task_of(None), "name|mlp_glyphs"),
]

ROWS = NETWORKS + LAYERS + TRAINING + BUILT
