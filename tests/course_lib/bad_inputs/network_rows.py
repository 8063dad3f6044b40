"""Bad calls of networks, layers, training loops and what is built on them."""

from pathlib import Path
from tempfile import mkdtemp

import numpy as np
from judge import Row
from material import (
    INF,
    NAN,
    RAGGED,
    a,
    after_forward,
    half,
    layers,
    net,
    objects,
    one_hot,
    rng,
    split,
    sum_of_losses,
    transposed_glorot,
    two_layers,
    without,
    words,
    y,
)

from course_lib.compression.sizes import csr_bytes, network_size, parameter_sizes
from course_lib.data.datasets import circles, few_labels, learning_curve_splits, moons, spirals
from course_lib.data.pretrained_networks import inputs, pretrained, task_of, untrained
from course_lib.functions.activations import relu
from course_lib.functions.losses import mse
from course_lib.initialization import (
    constant,
    glorot_uniform,
    he_normal,
    lsuv,
    orthogonal,
    scaled_normal,
    scaled_truncated_normal,
    scaled_uniform,
    zeros,
)
from course_lib.layers.attention import Embedding, MultiHeadAttention, PositionalEncoding, TransformerBlock
from course_lib.layers.autoencoder import MaskingNoise, TiedAffine
from course_lib.layers.dense import Activation, Affine, PReLU, Residual
from course_lib.layers.dropout import AlphaDropout, Dropout
from course_lib.layers.network import Sequential, mlp, residual_mlp
from course_lib.layers.normalization import BatchNorm, GroupNorm, InstanceNorm, LayerNorm
from course_lib.layers.recurrent import GRU, LSTM, RNN, AffinePerStep, LastStep, MeanOverTime
from course_lib.layers.spatial import Conv2D, Flatten, GlobalAvgPool2D, MaxPool2D
from course_lib.layers.summary import summarize
from course_lib.models.autoencoders import autoencoder, encoder_of, pretrain_layerwise
from course_lib.models.transfer import GradualUnfreezing, discriminative_rates, replace_head, reuse_layers
from course_lib.optimizers.adam import Adam
from course_lib.optimizers.first_order import SGD, AdaGrad
from course_lib.selection.learners import LogisticRegressionLearner, MLPLearner
from course_lib.training.early_stopping import EarlyStopping
from course_lib.training.fused import mlp_fit
from course_lib.training.learning_rate_range import range_test
from course_lib.training.loop import backprop, evaluate, fit, minibatches
from course_lib.training.two_layer_step import training_step
from course_lib.training.weights import load_weights, named_tensors, save_weights


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
    Row("a list of layers", lambda: Sequential(layers()), "layer"),
    Row("a class of layers", lambda: Sequential(Affine), "layer"),
    Row("the name of an activation as a layer", lambda: Sequential("relu"), "layer"),
    Row("a function as a layer", lambda: Sequential(*layers(), relu), "layer"),
    Row("one layer at two places", lambda: twice(Affine(3, 3, rng=rng())), "layer|twice|places"),
    Row("a network of integers", lambda: Sequential(*layers(), dtype=int), "dtype"),
    Row("a network of float16", lambda: Sequential(*layers(), dtype=np.float16), "dtype|float16"),
    Row("a network of a dtype's misspelt name", lambda: Sequential(*layers(), dtype="flaot32"), "dtype"),
    Row("one sample for a network", lambda: net().forward(a(3)), r"\bx\b"),
    Row("inputs of another width", lambda: net().forward(a(5, 4)), r"\bx\b|\bw\b"),
    Row("no inputs", lambda: net().forward(a(0, 3)), r"\bx\b"),
    Row("nothing for a network", lambda: net().forward(None), r"\bx\b"),
    Row("words for a network", lambda: net().forward(words(5, 3)), r"\bx\b"),
    Row("objects for a network", lambda: net().forward(objects(5, 3)), r"\bx\b"),
    Row("complex inputs of a network", lambda: net().forward(a(5, 3) + 1j), r"\bx\b"),
    Row("float16 for a network", lambda: net().forward(half(5, 3)), r"\bx\b"),
    Row("rows of different lengths for a network", lambda: net().forward(RAGGED), r"\bx\b"),
    Row("a network backward first", lambda: net().backward(a(5, 2)), "forward"),
    Row("dout of one sample for a network", lambda: after_forward(net(), a(5, 3)).backward(a(2)), "dout"),
    Row("dout of another batch", lambda: after_forward(net(), a(5, 3)).backward(a(4, 2)), "dout"),
    Row("dout of nothing", lambda: after_forward(net(), a(5, 3)).backward(None), "dout"),
    Row("a state without theta", lambda: net().restore(without(net().state(), "theta")), "theta"),
    Row("theta for a state", lambda: net().restore(net().theta), "state"),
    Row("the state of another network", lambda: net().restore(net(4).state()), "theta|state"),
    Row("a state of one number for all", lambda: net().restore({"theta": a(1), "statistics": a(0)}), "theta"),
    Row("a perceptron of one size", lambda: perceptron([3]), "sizes"),
    Row("a perceptron of the size 0", lambda: perceptron([3, 0, 2]), "fan_|sizes"),
    Row("a perceptron of the size 4.0", lambda: perceptron([3, 4.0, 2]), "fan_|sizes"),
    Row("a misspelt activation", lambda: perceptron(activation="rleu"), "relu"),
    Row("a function as activation", lambda: perceptron(activation=relu), "activation|name"),
    Row("a seed for a network", lambda: perceptron(rng=0), "rng.*default_rng"),
    Row("an old generator", lambda: perceptron(rng=np.random.RandomState(0)), "rng"),
    Row("an initialiser by name", lambda: perceptron(initializer="he_normal"), "initializer"),
    Row("weights for an initialiser", lambda: perceptron(initializer=a(3, 4)), "initializer"),
    Row("an initialiser that gives the transpose", lambda: perceptron(initializer=transposed_glorot), "initializer"),
    Row(
        "-1 residual blocks",
        lambda: residual_mlp(3, 4, 2, -1, activation="relu", initializer=he_normal, rng=rng()),
        "n_blocks",
    ),
    Row("a summary for another width", lambda: summarize(net(), 5), "layer|Affine|shape"),
    Row("a summary for a batch", lambda: summarize(net(), "3"), "input_shape"),
    Row("a summary for no inputs", lambda: summarize(net(), 0), "input"),
    Row("a summary of layers", lambda: summarize(layers(), 3), "network|Sequential"),
    Row("the size of layers", lambda: network_size(layers()), "network|Sequential"),
    Row("the sizes of a vector", lambda: parameter_sizes(a(3)), "network|Sequential"),
    Row("rows of a number", lambda: csr_bytes(3.0), r"\bw\b"),
    Row("indices of 0 bytes", lambda: csr_bytes(a(3, 2), 0), "index_bytes"),
]

LAYERS = [
    Row("a layer of 0 inputs", lambda: Affine(0, 3, rng=rng()), "fan_in"),
    Row("a layer of 2.0 outputs", lambda: Affine(3, 2.0, rng=rng()), "fan_out.*type 2"),
    Row("a layer with a seed", lambda: Affine(3, 2, rng=7), r"rng.*default_rng\(7\)"),
    Row("a layer with the module numpy.random", lambda: Affine(3, 2, rng=np.random), "rng"),
    Row("a layer backward first", lambda: Affine(3, 2, rng=rng()).backward(a(5, 2)), "forward"),
    Row("Relu for relu", lambda: Activation("Relu"), "relu"),
    Row("no name of an activation", lambda: Activation(None), "name|activation"),
    Row("an activation backward first", lambda: Activation("relu").backward(a(5, 2)), "forward"),
    Row("dout as a row", lambda: after_forward(Activation("relu"), a(5, 3)).backward(a(3)), "dout"),
    Row("slopes of no features", lambda: PReLU(0), "n_features"),
    Row("a slope of NaN", lambda: PReLU(3, NAN), "slope"),
    Row("a branch of classes", lambda: Residual(Affine), "layer|branch"),
    Row("a branch of a list", lambda: Residual(layers(3, 3)), "layer|branch"),
    Row("a branch of another width", lambda: Residual(*layers(3, 2)).forward(a(5, 3)), "branch"),
    Row("a layer that drops all", lambda: Dropout(1.0, rng=rng()), "p_drop"),
    Row("a layer that drops NaN", lambda: Dropout(NAN, rng=rng()), "p_drop"),
    Row("a layer that drops a word", lambda: Dropout("0.5", rng=rng()), "p_drop"),
    Row("dropout without a generator", lambda: Dropout(0.5, rng=None), "rng"),
    Row("dropout backward first", lambda: Dropout(0.5, rng=rng()).backward(a(5, 3)), "forward"),
    Row("an alpha dropout of -0.1", lambda: AlphaDropout(-0.1, rng=rng()), "p_drop"),
    Row("noise at a rate of 1.5", lambda: MaskingNoise(1.5, rng=rng()), "rate"),
    Row("batch norm of 0 channels", lambda: BatchNorm(0), "n_channels"),
    Row("batch norm of 3.0 channels", lambda: BatchNorm(3.0), "n_channels.*type 3"),
    Row("batch norm with eps -1", lambda: BatchNorm(3, eps=-1), r"\beps\b"),
    Row("batch norm with momentum 2", lambda: BatchNorm(3, momentum=2), "momentum"),
    Row("batch norm of another width", lambda: BatchNorm(3).forward(a(5, 4)), r"\bx\b|gamma|channels"),
    Row("batch norm backward first", lambda: BatchNorm(3).backward(a(5, 3)), "forward"),
    Row("layer norm of 0 features", lambda: LayerNorm(0), "shape"),
    Row("layer norm of words", lambda: LayerNorm("3"), "shape"),
    Row("layer norm of another width", lambda: LayerNorm(3).forward(a(5, 4)), r"\bx\b|gamma|axes"),
    Row("groups that do not divide", lambda: GroupNorm(6, 4), "n_groups"),
    Row("0 groups", lambda: GroupNorm(6, 0), "n_groups"),
    Row("an instance norm of NaN", lambda: InstanceNorm(3, eps=NAN), r"\beps\b"),
    Row("a recurrent layer of 0 units", lambda: RNN(3, 0, rng=rng()), "n_hidden|fan_out"),
    Row("a recurrent layer cut at 0 steps", lambda: RNN(3, 4, rng=rng(), steps=0), "steps"),
    Row("a matrix for a recurrent layer", lambda: RNN(3, 4, rng=rng()).forward(a(5, 3)), r"\bx\b"),
    Row("sequences of another width", lambda: LSTM(3, 4, rng=rng()).forward(a(2, 5, 4)), r"\bx\b|\bwx\b"),
    Row("a forget bias of NaN", lambda: LSTM(3, 4, rng=rng(), forget_bias=NAN), "forget_bias"),
    Row("an LSTM backward first", lambda: LSTM(3, 4, rng=rng()).backward(a(2, 5, 4)), "forward"),
    Row("a GRU with a seed", lambda: GRU(3, 4, rng=0), "rng"),
    Row(
        "dout of the last step for a GRU",
        lambda: after_forward(GRU(3, 4, rng=rng()), a(2, 5, 3)).backward(a(2, 4)),
        "dh|dout",
    ),
    Row("a matrix for a layer at every step", lambda: AffinePerStep(3, 2, rng=rng()).forward(a(5, 3)), r"\bx\b"),
    Row("the last step of a matrix", lambda: LastStep().forward(a(5, 3)), r"\bx\b"),
    Row("the mean over no time", lambda: MeanOverTime().forward(a(2, 0, 3)), r"\bx\b"),
    Row("the last step, backward first", lambda: LastStep().backward(a(2, 3)), "forward"),
    Row("a convolution with a kernel of 0", lambda: Conv2D(1, 2, 0, rng=rng()), "kernel"),
    Row("a convolution with a kernel of 3.0", lambda: Conv2D(1, 2, 3.0, rng=rng()), "kernel"),
    Row("a convolution that stands still", lambda: Conv2D(1, 2, 3, stride=0, rng=rng()), "stride"),
    Row("a convolution with padding Same", lambda: Conv2D(1, 2, 3, padding="Same", rng=rng()), "padding"),
    Row("a convolution without filters", lambda: Conv2D(1, 0, 3, rng=rng()), "filters"),
    Row(
        "a convolution on channels last",
        lambda: Conv2D(1, 2, 3, rng=rng()).forward(a(2, 8, 8, 1)),
        r"\bx\b|\bw\b|channels",
    ),
    Row("a convolution on images without channels", lambda: Conv2D(1, 2, 3, rng=rng()).forward(a(2, 8, 8)), r"\bx\b"),
    Row("a convolution backward first", lambda: Conv2D(1, 2, 3, rng=rng()).backward(a(2, 2, 8, 8)), "forward"),
    Row("a pooling layer of 0", lambda: MaxPool2D(0), "kernel"),
    Row("a pooling layer padded by 2", lambda: MaxPool2D(2, padding=2), "padding"),
    Row("a pooling layer backward first", lambda: MaxPool2D(2).backward(a(2, 1, 2, 2)), "forward"),
    Row("global means of vectors", lambda: GlobalAvgPool2D().forward(a(5, 3)), r"\bx\b"),
    Row("a flat vector to flatten", lambda: Flatten().forward(a(5)), r"\bx\b"),
    Row("an embedding of no features", lambda: Embedding(5, 0, rng=rng()), "n_features"),
    Row("an embedding of ids 1.5", lambda: Embedding(5, 4, rng=rng()).forward(np.array([[1.5, 2]])), r"\bids\b|\bx\b"),
    Row("an embedding of an id too large", lambda: Embedding(5, 4, rng=rng()).forward(np.array([[1, 5]])), r"\[0, 5\)"),
    Row("positions scaled by NaN", lambda: PositionalEncoding(scale=NAN), "scale"),
    Row("positions of a matrix", lambda: PositionalEncoding().forward(a(5, 3)), r"\bx\b"),
    Row("4 heads of 6 features", lambda: MultiHeadAttention(6, 4, rng=rng()), "n_heads"),
    Row("attention to a matrix", lambda: MultiHeadAttention(4, 2, rng=rng()).forward(a(5, 4)), r"\bq\b|\bx\b"),
    Row("a transformer block with norm none", lambda: TransformerBlock(4, 2, rng=rng(), norm="none"), "norm"),
    Row(
        "a transformer block of 0 inner units", lambda: TransformerBlock(4, 2, rng=rng(), n_inner=0), "n_inner|fan_out"
    ),
    Row("a layer tied to its weights", lambda: TiedAffine(a(3, 2)), "source|Affine"),
]

TRAINING = [
    Row("fit with a class of optimisers", lambda: trained(optimizer=Adam), r"optimizer.*Adam\("),
    Row("fit with a rate for an optimiser", lambda: trained(optimizer=0.1), "optimizer"),
    Row("fit with an optimiser's name", lambda: trained(optimizer="adam"), "optimizer"),
    Row("fit with a seed", lambda: trained(rng=0), "rng.*default_rng"),
    Row("fit for -1 epochs", lambda: trained(epochs=-1), "epochs"),
    Row("fit for 2.5 epochs", lambda: trained(epochs=2.5), "epochs"),
    Row("fit with batches of 0", lambda: trained(batch_size=0), "batch_size"),
    Row("fit with batches of 8.0", lambda: trained(batch_size=8.0), "batch_size.*type 8"),
    Row("fit with a negative norm", lambda: trained(max_norm=-1), "max_norm"),
    Row("fit with norm 0", lambda: trained(max_norm=0), "max_norm"),
    Row("fit with norm NaN", lambda: trained(max_norm=NAN), "max_norm"),
    Row("fit with a loss by name", lambda: trained(loss="mse"), "loss.*function"),
    Row("fit with a loss without a gradient", lambda: trained(loss=sum_of_losses), "loss"),
    Row("fit with test data without labels", lambda: trained(test=a(4, 3)), "test"),
    Row("fit with test data of two lengths", lambda: trained(test=(a(4, 3), y(5))), "test|labels|y"),
    Row("fit with a label too few", lambda: trained(labels=y(7)), r"\by\b|labels"),
    Row("fit with a label too many", lambda: trained(labels=y(9)), r"\by\b|labels"),
    Row("fit with float labels", lambda: trained(labels=y(8) * 1.0), "labels|y must"),
    Row("fit with one-hot labels", lambda: trained(labels=one_hot(8)), "labels|y must"),
    Row("fit with labels as a column", lambda: trained(labels=y(8)[:, None]), "labels|y must"),
    Row("fit with a label beyond the classes", lambda: trained(labels=y(8, 3)), r"\[0, 2\)"),
    Row("fit on nothing", lambda: trained(a(0, 3), y(0)), r"\bx\b"),
    Row("fit on a vector", lambda: trained(a(8)), r"\bx\b"),
    Row("fit on words", lambda: trained(words(8, 3)), r"\bx\b"),
    Row("fit with x and y exchanged", lambda: trained(y(8), a(8, 3)), r"\bx\b"),
    Row("fit on another width", lambda: trained(a(8, 5)), r"\bx\b|\bw\b"),
    Row("fit with a number for a schedule", lambda: trained(schedule=0.1), "schedule.*function"),
    Row("fit with a callback without a list", lambda: trained(callbacks=print), "callbacks"),
    Row("fit with nothing among the callbacks", lambda: trained(callbacks=[None]), "callback"),
    Row("fit a list of layers", lambda: trained(network=layers()), "network|Sequential"),
    Row("fit a class", lambda: trained(network=Sequential), "network|Sequential"),
    Row(
        "fit to a vector where the output is a column",
        lambda: trained(network=net(n_classes=1), labels=a(8), loss=mse),
        "shape",
    ),
    Row("batches of 0 samples", lambda: next(minibatches(10, 0, rng=rng())), "batch_size"),
    Row("batches of -1 samples", lambda: next(minibatches(10, -1, rng=rng())), "batch_size"),
    Row("batches of 10.0 samples in all", lambda: next(minibatches(10.0, 2, rng=rng())), r"\bn\b"),
    Row("batches of the samples themselves", lambda: next(minibatches(a(8, 3), 2, rng=rng())), r"\bn\b"),
    Row("batches with a seed", lambda: next(minibatches(10, 2, rng=0)), "rng"),
    Row("backprop with a label too many", lambda: backprop(net(), a(8, 3), y(9)), "labels|y must"),
    Row("backprop without a loss", lambda: backprop(net(), a(8, 3), y(8), None), "loss.*function"),
    Row("judging on nothing", lambda: evaluate(net(), a(0, 3), y(0)), r"\bx\b"),
    Row("judging by a label too few", lambda: evaluate(net(), a(8, 3), y(7)), r"\by\b|labels"),
    Row("judging a list of layers", lambda: evaluate(layers(), a(8, 3), y(8)), "network|Sequential"),
    Row("fused with a class of optimisers", lambda: fused(optimizer=Adam), "optimizer"),
    Row("fused with AdaGrad", lambda: fused(optimizer=AdaGrad()), "optimizer|AdaGrad"),
    Row("fused with an unknown loss", lambda: fused(loss="cross_entropy"), "loss.*softmax_xent"),
    Row("fused with a loss function", lambda: fused(loss=mse), "loss"),
    Row("fused with one-hot labels", lambda: fused(labels=one_hot(8)), "labels|y must"),
    Row("fused with a label beyond the classes", lambda: fused(labels=y(8, 3)), r"\[0, 2\)"),
    Row("fused with a label too few", lambda: fused(labels=y(7)), r"\by\b|labels"),
    Row("fused with batches of 0", lambda: fused(batch_size=0), "batch_size"),
    Row("fused with a negative norm", lambda: fused(max_norm=-1), "max_norm"),
    Row("fused with a seed", lambda: fused(rng=0), "rng"),
    Row("fused for -1 epochs", lambda: fused(epochs=-1), "epochs"),
    Row("fused on another width", lambda: fused(a(8, 4)), r"\bx\b"),
    Row("fused on nothing", lambda: fused(a(0, 3), y(0)), r"\bx\b"),
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
    Row("a range with a class", lambda: tested(optimizer=Adam), "optimizer"),
    Row("a range with a burst of NaN", lambda: tested(burst=NAN), "burst"),
    Row("a step without w2", lambda: stepped(without(two_layers(), "w2")), "w2"),
    Row("a step with capital names", lambda: stepped({k.upper(): v for k, v in two_layers().items()}), "w1"),
    Row("a step with a list", lambda: stepped(list(two_layers().values())), "params"),
    Row("a step with transposed weights", lambda: stepped(two_layers() | {"w1": a(4, 3)}), r"\bw1?\b"),
    Row("a step with one bias for all", lambda: stepped(two_layers() | {"b1": a(1)}), r"\bb1?\b"),
    Row("a step uphill", lambda: stepped(lr=-0.1), r"\blr\b"),
    Row("a step of NaN", lambda: stepped(lr=NAN), r"\blr\b"),
    Row("a step with float labels", lambda: stepped(labels=y(8) * 1.0), "labels|y must"),
    Row("a step on one sample", lambda: stepped(x=a(3)), r"\bx\b"),
    Row("no patience to stop", lambda: EarlyStopping(0), "patience"),
    Row("patience 1.5 to stop", lambda: EarlyStopping(1.5), "patience"),
    Row("a negative improvement", lambda: EarlyStopping(3, min_delta=-1), "min_delta"),
    Row("Keras's name of the loss", lambda: EarlyStopping(3, monitor="val_loss"), "monitor.*test_loss"),
    Row("the best before the first", lambda: EarlyStopping(3).restore(net()), "evaluation|best|finite"),
    Row("an evaluation in words", lambda: EarlyStopping(3).update("0.3", a(3)), "value"),
]

BUILT = [
    Row("a head in the place of 9 layers", lambda: replace_head(net(), remove=9), "remove|layers"),
    Row("a head in the place of -1 layers", lambda: replace_head(net(), remove=-1), "remove"),
    Row("a head of weights", lambda: replace_head(net(), a(4, 2)), "head|layer"),
    Row("layers of another network", lambda: reuse_layers(net(), net(5), 1), "layer|shape|match"),
    Row("more layers than there are", lambda: reuse_layers(net(), net(), 9), "n_layers|layers"),
    Row("-1 layers to reuse", lambda: reuse_layers(net(), net(), -1), "n_layers"),
    Row("rates divided by 0", lambda: discriminative_rates(net(), 0), "factor"),
    Row("rates divided by NaN", lambda: discriminative_rates(net(), NAN), "factor"),
    Row("unfreezing every 0 epochs", lambda: GradualUnfreezing([net().layers], every=0), "every"),
    Row("unfreezing layers without groups", lambda: GradualUnfreezing(net().layers), "groups"),
    Row("numbers as metadata", lambda: save_weights(Path(mkdtemp()) / "x", net(), {"accuracy": 0.9}), "metadata|text"),
    Row("weights of a list", lambda: save_weights(Path(mkdtemp()) / "x", layers()), "network|Sequential"),
    Row("weights of another network", lambda: load_weights(weights_file(), net(4)), "w|shape"),
    Row(
        "weights of a file that is none", lambda: load_weights(weights_file(content=b"PK" * 40), net()), "file|damaged"
    ),
    Row("weights of an empty file", lambda: load_weights(weights_file(content=b""), net()), "file|damaged"),
    Row("weights of 99 layers", lambda: load_weights(weights_file(), net(), layers=99), "layers"),
    Row("weights of -1 layers", lambda: named_tensors(net(), -1), "layers"),
    Row("an autoencoder of one size", lambda: autoencoder([3], rng=rng()), "sizes"),
    Row("an autoencoder that blanks all", lambda: autoencoder([3, 2], rng=rng(), noise=1.0), "noise|rate"),
    Row(
        "an autoencoder with an unknown output",
        lambda: autoencoder([3, 2], rng=rng(), output="softmax"),
        "output|sigmoid",
    ),
    Row("an autoencoder with a seed", lambda: autoencoder([3, 2], rng=1), "rng"),
    Row("codes of another width", lambda: autoencoder([3, 2], rng=rng()).decode(a(5, 3)), r"\bx\b|codes"),
    Row("one code without its axis", lambda: autoencoder([3, 2], rng=rng()).decode(a(2)), r"\bx\b|codes"),
    Row("pretraining on another width", lambda: pretrain_layerwise([4, 2], a(8, 3), rng=rng(), epochs=1), r"\bx\b"),
    Row(
        "pretraining with a class", lambda: pretrain_layerwise([3, 2], a(8, 3), rng=rng(), optimizer=Adam), "optimizer"
    ),
    Row("the encoder of a perceptron", lambda: encoder_of(net()), "model|[Aa]utoencoder"),
    Row("weights of 0 inputs", lambda: he_normal(rng(), 0, 3), "fan_in"),
    Row("weights of 2.5 inputs", lambda: glorot_uniform(rng(), 2.5, 3), "fan_in"),
    Row("weights with the generator last", lambda: he_normal(3, 4, rng()), "rng"),
    Row("weights of zeros with -1 outputs", lambda: zeros(rng(), 3, -1), "fan_out"),
    Row("weights of a negative spread", lambda: scaled_normal(-1), r"\bstd\b"),
    Row("weights of the spread NaN", lambda: scaled_truncated_normal(NAN), r"\bstd\b"),
    Row("weights of a negative limit", lambda: scaled_uniform(-1), "limit"),
    Row("weights of words", lambda: constant("a"), "value"),
    Row("an orthogonal gain of infinity", lambda: orthogonal(rng(), 3, 3, gain=INF), "gain"),
    Row("unit variance on another width", lambda: lsuv(net(), a(8, 5)), r"\bx\b|\bw\b"),
    Row("unit variance without tolerance", lambda: lsuv(net(), a(8, 3), tol=-0.1), r"\btol\b"),
    Row("unit variance of a list", lambda: lsuv(layers(), a(8, 3)), "network|Sequential"),
    Row("-1 points", lambda: moons(-1, rng=rng()), r"\bn\b"),
    Row("10.0 points", lambda: circles(10.0, rng=rng()), r"\bn\b.*type 10"),
    Row("points with a seed", lambda: moons(10, rng=0), "rng"),
    Row("points with negative noise", lambda: moons(10, rng=rng(), noise=-0.1), "noise"),
    Row("a spiral of NaN turns", lambda: spirals(10, rng=rng(), turns=NAN), "turns"),
    Row("more labels than there are", lambda: few_labels(split(), 9, rng=rng()), "per_class|class"),
    Row("-1 labels of each class", lambda: few_labels(split(), -1, rng=rng()), "per_class"),
    Row("a tuple for a split", lambda: few_labels((a(8, 3), y(8)), 1, rng=rng()), "data|Split"),
    Row("growing sets that shrink", lambda: learning_curve_splits(split(), [4, 2], rng=rng()), "sizes"),
    Row("a learner of no classes", lambda: learnt(MLPLearner(0)), "n_classes|sizes"),
    Row("a learner with a negative rate", lambda: learnt(MLPLearner(2, lr=-1)), r"\blr\b"),
    Row("a learner with a seed", lambda: learnt(MLPLearner(2), rng=lambda: 0), "rng"),
    Row("a learner with a label too few", lambda: learnt(MLPLearner(2), labels=y(7)), r"\by\b|labels"),
    Row("a regression with l2 = -1", lambda: learnt(LogisticRegressionLearner(2, l2=-1)), r"\bl2\b"),
    Row("a regression on more classes", lambda: learnt(LogisticRegressionLearner(2), labels=y(8, 3)), r"\[0, 2\)"),
    Row("an unknown trained network", lambda: pretrained("mlp_mnist"), "mlp_glyphs"),
    Row("an untrained network with a seed", lambda: untrained("mlp_glyphs", rng=0), "rng"),
    Row("a trained network on unknown data", lambda: inputs("mlp_glyphs", "mnist"), "data.*digits"),
    Row("the task of nothing", lambda: task_of(None), "name|mlp_glyphs"),
]

ROWS = NETWORKS + LAYERS + TRAINING + BUILT
