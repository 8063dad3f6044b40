"""Bad calls of ensembles, splits, compression, energy models, and of walks over surfaces and searches."""

import numpy as np
from judge import Row
from material import (
    INF,
    NAN,
    a,
    half,
    int8_quantizer,
    learner,
    net,
    one_hot,
    probs,
    rbm,
    relu_net,
    rng,
    uint8_quantizer,
    without,
    words,
    y,
)

from course_lib.analysis.descent import descend, follow
from course_lib.analysis.newtons_method import backtrack, newton, newton_step
from course_lib.analysis.surfaces import (
    Himmelblau,
    Quadratic,
    Ravine,
    Rosenbrock,
    condition_number,
    curvatures,
    largest_stable_rate,
)
from course_lib.compression.int8_inference import fixed_point, int8_affine_forward, quantize_affine, quantize_mlp
from course_lib.compression.low_rank import factorize_affine, low_rank_factors
from course_lib.compression.pruning import (
    CubicSparsity,
    MagnitudePruning,
    apply_masks,
    global_magnitude_masks,
    magnitude_mask,
)
from course_lib.compression.quantization import (
    affine_quantizer,
    calibrate,
    dequantize,
    fake_quantize_backward,
    quantize,
    symmetric_quantizer,
)
from course_lib.compression.reduced_precision import LossScaler, round_to_bfloat16, round_to_float16
from course_lib.data.splits import (
    k_fold,
    learning_curve_subsets,
    out_of_fold,
    stratified_k_fold,
    stratified_split,
)
from course_lib.layers.dense import Affine
from course_lib.models.gan import (
    discriminator_loss,
    fit_gan,
    generator_loss,
    mode_coverage,
    ring_centres,
    ring_of_gaussians,
    small_gan,
)
from course_lib.models.rbm import cd_gradient, fit_rbm, free_energy, gibbs_step, hidden_probs, init_rbm, log_likelihood
from course_lib.optimizers.adam import Adam
from course_lib.optimizers.first_order import SGD
from course_lib.selection.boosting import adaboost, resampling_learner, stump_learner, training_error_bound
from course_lib.selection.bootstrap import bagging, bootstrap_indices, out_of_bag_mask
from course_lib.selection.decision_stump import fit_stump, presort
from course_lib.selection.ensembles import (
    ambiguity_decomposition,
    average_logits,
    average_probabilities,
    bias_variance_covariance,
    majority_vote,
    vote_shares,
)
from course_lib.selection.search import (
    Choice,
    Integer,
    LogUniform,
    Uniform,
    grid_search,
    linear_scaled_lr,
    random_search,
    sqrt_scaled_lr,
    successive_halving,
)
from course_lib.selection.stacked_generalization import stack_features, stacking

STUMPS = {"n_classes": 2}
SPACE = {"lr": LogUniform(1e-4, 1e-1)}


def objective(settings, rng):
    return settings["lr"]


def folds(n=6):
    return [(np.arange(n // 2), np.arange(n // 2, n)), (np.arange(n // 2, n), np.arange(n // 2))]


def boosted(x=None, labels=None, fit_weak=None, n_rounds=3, n_classes=2, **options):
    x, labels = a(6, 2) if x is None else x, y(6) if labels is None else labels
    weak = fit_weak or stump_learner(a(6, 2), y(6), **STUMPS)
    return adaboost(weak, x, labels, n_rounds=n_rounds, n_classes=n_classes, **options)


def found(space=SPACE, n_trials=2, function=objective, **options):
    return random_search(function, space, n_trials, **({"rng": rng()} | options))


def halved(**options):
    return successive_halving(lambda s, budget, rng: 0.0, SPACE, 4, **({"min_budget": 1, "rng": rng()} | options))


ENSEMBLES = [
    Row("the mean of one member without its axis", lambda: average_probabilities(probs(4, 2)), "probs"),
    Row("the mean of no members", lambda: average_probabilities(np.zeros((0, 4, 2))), "probs"),
    Row("logits for probabilities in a mean", lambda: average_probabilities(a(3, 4, 2)), "probs"),
    Row("a weight too few", lambda: average_probabilities(probs(3, 4, 2), a(2) + 2), "weights"),
    Row("a negative weight", lambda: average_probabilities(probs(3, 4, 2), [1, -1, 1]), "weights"),
    Row("no weight at all", lambda: average_logits(a(3, 4, 2), np.zeros(3)), "weights"),
    Row("a weight NaN", lambda: average_logits(a(3, 4, 2), [1, NAN, 1]), "weights"),
    Row("logits as text", lambda: average_logits(words(3, 4, 2)), "logits"),
    Row("votes of one member", lambda: vote_shares(y(4), 2), "labels"),
    Row("a vote for no class", lambda: vote_shares([[0, 2]], 2), r"labels.*\[0, 2\)"),
    Row("votes as probabilities", lambda: vote_shares(probs(3, 4), 2), "labels"),
    Row("votes for 0 classes", lambda: majority_vote([[0, 0]], 0), "n_classes"),
    Row("votes for 2.0 classes", lambda: majority_vote([[0, 0]], 2.0), "n_classes"),
    Row("a target too many", lambda: ambiguity_decomposition(a(3, 4), a(5)), "targets"),
    Row("targets as a column", lambda: ambiguity_decomposition(a(3, 4), a(4, 1)), "targets"),
    Row("one target for all samples", lambda: ambiguity_decomposition(a(3, 4), 1.0), "targets"),
    Row("predictions of one repetition", lambda: bias_variance_covariance(a(3, 4), a(4)), "predictions"),
    Row("a bootstrap of nothing", lambda: bootstrap_indices(0, rng=rng()), r"\bn\b"),
    Row("a bootstrap of the data", lambda: bootstrap_indices(a(5, 3), rng=rng()), r"\bn\b"),
    Row("a bootstrap with a seed", lambda: bootstrap_indices(5, rng=1), "rng"),
    Row("an index beyond the samples", lambda: out_of_bag_mask([0, 7], 5), "indices"),
    Row("a negative index", lambda: out_of_bag_mask([0, -1], 5), "indices"),
    Row("no members to train", lambda: bagging(learner, a(6, 2), y(6), 0, rng=rng()), "n_members"),
    Row("2.5 members to train", lambda: bagging(learner, a(6, 2), y(6), 2.5, rng=rng()), "n_members"),
    Row("a label too few to bag", lambda: bagging(learner, a(6, 2), y(5), 2, rng=rng()), r"\by\b|labels"),
    Row("a trained model to bag", lambda: bagging(probs(6, 2), a(6, 2), y(6), 2, rng=rng()), "make_model.*function"),
    Row(
        "an ensemble on fewer rows",
        lambda: bagging(learner, a(6, 2), y(6), 2, rng=rng()).out_of_bag_probabilities(a(5, 2)),
        r"\bx\b|training samples",
    ),
    Row("no rounds", lambda: boosted(n_rounds=0), "n_rounds"),
    Row("one class to boost", lambda: boosted(n_classes=1), "n_classes"),
    Row("an unknown algorithm", lambda: boosted(algorithm="SAMME.R"), "algorithm.*samme"),
    Row("float labels to boost", lambda: boosted(labels=y(6) * 1.0), "labels|y must"),
    Row("labels beyond the classes to boost", lambda: boosted(labels=y(6, 3)), r"\[0, 2\)"),
    Row("a number as weak learner", lambda: boosted(fit_weak=0.5), "fit_weak.*function"),
    Row("errors above one", lambda: training_error_bound([0.2, 1.5]), "errors"),
    Row("a resampler with a seed", lambda: resampling_learner(learner, a(6, 2), y(6), rng=0), "rng"),
    Row("a stump on labels 1.9", lambda: fit_stump(a(3, 2), np.array([0, 1, 1.9]), **STUMPS), "labels|y must"),
    Row("a stump on NaN", lambda: fit_stump(np.array([[1.0], [NAN]]), y(2), **STUMPS), "NaN|nan|finite"),
    Row("a stump on one feature without its axis", lambda: fit_stump(a(6), y(6), **STUMPS), r"\bx\b"),
    Row("a stump on a label too many", lambda: fit_stump(a(6, 2), y(7), **STUMPS), "labels|y must"),
    Row("a stump with a negative weight", lambda: fit_stump(a(3, 2), y(3), [1, -1, 1], **STUMPS), "weights"),
    Row("a stump with weights as a column", lambda: fit_stump(a(3, 2), y(3), a(3, 1) + 2, **STUMPS), "weights"),
    Row("a stump by entropy", lambda: fit_stump(a(3, 2), y(3), **STUMPS, criterion="entropy"), "criterion.*gini"),
    Row("a stump that answers for one row", lambda: fit_stump(a(6, 2), y(6), **STUMPS)(a(2)), r"\bx\b"),
    Row(
        "a stump that is given fewer features",
        lambda: fit_stump(a(6, 2)[:, ::-1] * [[9, 1]], y(6), **STUMPS)(a(3)),
        r"\bx\b",
    ),
    Row("sorting nothing", lambda: presort(a(0, 2)), r"\bx\b"),
    Row("sorting words", lambda: presort(words(3, 2)), r"\bx\b"),
    Row("features of one member", lambda: stack_features(probs(4, 2)), "probs"),
    Row("features of no members", lambda: stack_features([]), "probs"),
    Row("features of members that saw other samples", lambda: stack_features([probs(4, 2), probs(5, 2)]), "probs"),
    Row("no models to stack", lambda: stacking([], a(6, 2), y(6), folds(), n_classes=2, rng=rng()), "make_models"),
    Row(
        "a model in the place of models",
        lambda: stacking(learner, a(6, 2), y(6), folds(), n_classes=2, rng=rng()),
        "make_models",
    ),
    Row(
        "folds in the place of labels",
        lambda: stacking([learner], a(6, 2), folds(), y(6), n_classes=2, rng=rng()),
        "labels|y must|folds",
    ),
]

SELECTION = [
    Row("folds of labels", lambda: k_fold(y(10), 2, rng=rng()), r"\bn\b.*len"),
    Row("one fold", lambda: k_fold(10, 1, rng=rng()), r"\bk\b"),
    Row("more folds than samples", lambda: k_fold(4, 5, rng=rng()), r"\bk\b"),
    Row("2.0 folds", lambda: k_fold(10, 2.0, rng=rng()), r"\bk\b"),
    Row("folds with a seed", lambda: k_fold(10, 2, rng=42), "rng.*default_rng"),
    Row("stratified folds of a number", lambda: stratified_k_fold(10, 2, rng=rng()), r"\by\b|labels"),
    Row("stratified folds of one-hot rows", lambda: stratified_k_fold(one_hot(10), 2, rng=rng()), r"\by\b|labels"),
    Row(
        "shares that leave nothing",
        lambda: stratified_split(y(10), validation=0.5, test=0.5, rng=rng()),
        "learn|share|validation",
    ),
    Row("a negative share", lambda: stratified_split(y(10), validation=-0.1, rng=rng()), "validation"),
    Row("a number for a share", lambda: stratified_split(y(10), test=2, rng=rng()), "test"),
    Row("sizes that fall", lambda: learning_curve_subsets(y(10), [4, 2], rng=rng()), "sizes"),
    Row("sizes as shares", lambda: learning_curve_subsets(y(10), [0.2, 0.5], rng=rng()), "sizes"),
    Row("a size beyond the samples", lambda: learning_curve_subsets(y(10), [4, 11], rng=rng()), "sizes"),
    Row(
        "a fold that leaks",
        lambda: out_of_fold(learner, a(6, 2), y(6), [(np.arange(6), np.arange(6))], rng=rng()),
        "train|fold",
    ),
    Row("a fold left out", lambda: out_of_fold(learner, a(6, 2), y(6), folds()[:1], rng=rng()), "fold|sample"),
    Row(
        "a fold of more samples",
        lambda: out_of_fold(learner, a(6, 2), y(6), folds(8), rng=rng()),
        "fold|indices|sample|test",
    ),
    Row("the number of folds", lambda: out_of_fold(learner, a(6, 2), y(6), 2, rng=rng()), "folds"),
]

COMPRESSION = [
    Row("more than all is pruned", lambda: magnitude_mask(a(4), 1.5), "sparsity"),
    Row("sparsity in percent", lambda: magnitude_mask(a(4), 80), "sparsity"),
    Row("sparsity NaN", lambda: global_magnitude_masks([a(4)], NAN), "sparsity"),
    Row("pruning text", lambda: magnitude_mask(words(4), 0.5), r"\bw\b"),
    Row("weights and sparsity exchanged", lambda: magnitude_mask(0.5, a(4)), "sparsity"),
    Row("pruning in no steps", lambda: CubicSparsity(0.8, 0), "n_steps"),
    Row("pruning from above one", lambda: CubicSparsity(0.8, 10, initial=1.2), "initial"),
    Row("pruning with a number for a schedule", lambda: MagnitudePruning(0.8), "schedule.*function"),
    Row("pruning every 0 steps", lambda: MagnitudePruning(lambda step: 0.8, every=0), "every"),
    Row("pruning by neuron", lambda: MagnitudePruning(lambda step: 0.8, scope="neuron"), "scope.*global"),
    Row("a mask too few", lambda: apply_masks(net(), [np.ones((3, 4), bool)]), "mask"),
    Row("a mask of another layer", lambda: apply_masks(net(), [np.ones((3, 4), bool)] * 2), "mask"),
    Row("a mask of numbers for weights", lambda: apply_masks(net(), [a(3, 4), a(4, 2)]), "mask"),
    Row("a range upside down", lambda: affine_quantizer(1.0, -1.0), "low|high|range"),
    Row("a range of NaN", lambda: affine_quantizer(NAN, 1.0), "low|range"),
    Row("one bit", lambda: affine_quantizer(-1.0, 1.0, bits=1), "bits"),
    Row("16 bits", lambda: symmetric_quantizer(1.0, bits=16), "bits"),
    Row("8.0 bits", lambda: symmetric_quantizer(1.0, bits=8.0), "bits"),
    Row("a negative largest number", lambda: symmetric_quantizer(-1.0), "max_abs"),
    Row("calibrating on nothing", lambda: calibrate(a(0, 3)), r"\bx\b"),
    Row("calibrating on infinity", lambda: calibrate(np.array([1, INF])), r"\bx\b"),
    Row("calibrating along a third axis of two", lambda: calibrate(a(4, 3), axis=2), "axis"),
    Row("quantising text", lambda: quantize(words(3), uint8_quantizer()), r"\bx\b"),
    Row("quantising with a number", lambda: quantize(a(3), 8), "quantizer"),
    Row("quantising fewer channels", lambda: quantize(a(4, 2), calibrate(a(4, 3), axis=1)), "channel"),
    Row("real numbers to dequantise", lambda: dequantize(a(3), uint8_quantizer()), r"\bq\b"),
    Row("a gradient of another shape", lambda: fake_quantize_backward(a(3), np.ones((4, 3), bool)), "dout"),
    Row("int8 inputs", lambda: quantize_affine(a(3, 2), a(2), int8_quantizer(), None), "x_quantizer|uint8"),
    Row("an int8 layer with another bias", lambda: quantize_affine(a(3, 2), a(3), uint8_quantizer(), None), r"\bb\b"),
    Row(
        "an int8 layer on real inputs",
        lambda: int8_affine_forward(a(5, 3), quantize_affine(a(3, 2), a(2), uint8_quantizer(), None)),
        r"\bq\b.*uint8",
    ),
    Row("an int8 network with tanh", lambda: quantize_mlp(net(), a(5, 3)), "ReLU|relu|layers"),
    Row("an int8 network on another width", lambda: quantize_mlp(relu_net(), a(5, 4)), r"\bx\b|width|\bD\b"),
    Row("an int8 network from a list", lambda: quantize_mlp(relu_net().layers, a(5, 3)), "network|Sequential"),
    Row("a multiplier 0", lambda: fixed_point([0.0]), r"\bm\b"),
    Row("rank 0", lambda: low_rank_factors(a(4, 3), 0), "rank"),
    Row("a rank too large", lambda: low_rank_factors(a(4, 3), 4), "rank"),
    Row("rank 2.0", lambda: low_rank_factors(a(4, 3), 2.0), "rank"),
    Row("factors of images", lambda: low_rank_factors(a(2, 1, 4, 4), 1), r"\bw\b"),
    Row("factors of NaN", lambda: low_rank_factors(np.full((4, 3), NAN), 1), r"\bw\b"),
    Row("factors of a matrix for a layer", lambda: factorize_affine(a(4, 3), 2), "layer|Affine"),
    Row("a layer of rank 9", lambda: factorize_affine(Affine(4, 3, rng=rng()), 9), "rank"),
    Row("rounding float16", lambda: round_to_float16(half(3)), "float16"),
    Row("rounding complex numbers", lambda: round_to_bfloat16(a(3) + 1j), r"\bx\b|real"),
    Row("a scale 0", lambda: LossScaler(scale=0), "scale"),
    Row("a factor 1", lambda: LossScaler(factor=1), "factor"),
    Row("an interval 0", lambda: LossScaler(interval=0), "interval"),
    Row("a list to unscale", lambda: LossScaler().unscale([1.0, 2.0]), "grad"),
]

GENERATIVE = [
    Row("an RBM without hidden units", lambda: init_rbm(3, 0, rng=rng()), "n_hidden"),
    Row("an RBM with a negative spread", lambda: init_rbm(3, 2, rng=rng(), std=-1), r"\bstd\b"),
    Row("an RBM of integers", lambda: init_rbm(3, 2, rng=rng(), dtype=int), "dtype"),
    Row("states of another width", lambda: hidden_probs(rbm(), a(5, 2)), r"\bv\b|states"),
    Row("one state without its axis", lambda: free_energy(rbm(), a(3)), r"\bv\b|states"),
    Row("an RBM without c", lambda: free_energy(without(rbm(), "c"), probs(5, 3)), r"\bc\b"),
    Row("an RBM with one bias for all", lambda: hidden_probs(rbm() | {"c": a(1)}, probs(5, 3)), r"\bc\b"),
    Row("params and states exchanged", lambda: gibbs_step(probs(5, 3), rbm(), rng=rng()), r"params|\bv\b"),
    Row("no Gibbs steps", lambda: cd_gradient(rbm(), probs(5, 3), k=0, rng=rng()), r"\bk\b"),
    Row("pixels up to 255", lambda: fit_rbm(rbm(), 255 * probs(5, 3), rng=rng()), r"\bv\b"),
    Row("negative pixels", lambda: cd_gradient(rbm(), a(5, 3), rng=rng()), r"\bv\b"),
    Row("an RBM with batches of 0", lambda: fit_rbm(rbm(), probs(5, 3), rng=rng(), batch_size=0), "batch_size"),
    Row("an RBM with Adam the class", lambda: fit_rbm(rbm(), probs(5, 3), rng=rng(), optimizer=Adam), "optimizer"),
    Row("-1 epochs of an RBM", lambda: fit_rbm(rbm(), probs(5, 3), rng=rng(), epochs=-1), "epochs"),
    Row("the likelihood of nothing", lambda: log_likelihood(rbm(), a(0, 3)), r"\bv\b"),
    Row("noise of no numbers", lambda: small_gan(n_noise=0, rng=rng()), "n_noise|sizes"),
    Row("a GAN with a seed", lambda: small_gan(rng=0), "rng"),
    Row("-1 samples of a GAN", lambda: small_gan(rng=rng()).sample(-1, rng=rng()), r"\bn\b"),
    Row("logits of no fakes", lambda: discriminator_loss(a(4, 1), a(0, 1)), "logits"),
    Row("logits of fakes as text", lambda: generator_loss(words(4)), "logits"),
    Row("a GAN on data of another width", lambda: fit_gan(small_gan(rng=rng()), a(9, 3), rng=rng(), steps=1), "data"),
    Row("a GAN on no data", lambda: fit_gan(small_gan(rng=rng()), a(0, 2), rng=rng(), steps=1), "data"),
    Row(
        "a GAN with one optimiser",
        lambda: fit_gan(small_gan(rng=rng()), a(9, 2), rng=rng(), steps=1, optimizers=Adam()),
        "optimizers",
    ),
    Row(
        "a GAN with batches of 0", lambda: fit_gan(small_gan(rng=rng()), a(9, 2), rng=rng(), batch_size=0), "batch_size"
    ),
    Row(
        "no steps of the discriminator",
        lambda: fit_gan(small_gan(rng=rng()), a(9, 2), rng=rng(), discriminator_steps=0),
        "discriminator_steps",
    ),
    Row("a ring of 0 modes", lambda: ring_centres(0), "n_modes"),
    Row("a ring of radius NaN", lambda: ring_centres(8, NAN), "radius"),
    Row("a ring with negative clouds", lambda: ring_of_gaussians(9, rng=rng(), std=-1), r"\bstd\b"),
    Row("points of three dimensions", lambda: mode_coverage(a(9, 3), ring_centres(), 0.1), "points|centres"),
    Row("a spread of 0", lambda: mode_coverage(a(9, 2), ring_centres(), 0), r"\bstd\b"),
]

WALKS = [
    Row("a walk from two points", lambda: descend(Quadratic(), a(1, 2), SGD(0.1), 3), "start"),
    Row("a walk of -1 steps", lambda: descend(Quadratic(), a(2), SGD(0.1), -1), "steps"),
    Row("a walk of 2.5 steps", lambda: descend(Quadratic(), a(2), SGD(0.1), 2.5), "steps"),
    Row("a walk by a class", lambda: descend(Quadratic(), a(2), Adam, 3), "optimizer"),
    Row("a walk by a rate", lambda: descend(Quadratic(), a(2), 0.1, 3), "optimizer"),
    Row("a walk over a function", lambda: descend(lambda z: z @ z, a(2), SGD(0.1), 3), "surface"),
    Row("a walk over a class", lambda: descend(Quadratic, a(2), SGD(0.1), 3), "surface"),
    Row("a walk from words", lambda: descend(Quadratic(), words(2), SGD(0.1), 3), "start"),
    Row("a walk by no rule", lambda: follow(Quadratic(), a(2), 0.1, 3), "advance.*function"),
    Row("a negative tolerance", lambda: follow(Quadratic(), a(2), lambda z, g: z - g, 3, tol=-1), r"\btol\b"),
    Row("an unknown method of Newton", lambda: newton_step(a(2), np.eye(2), "trust_region"), "method.*saddle_free"),
    Row("a damping of 0", lambda: newton_step(a(2), np.eye(2), "damped", damping=0), "damping"),
    Row("a gradient as a column for Newton", lambda: newton_step(a(2, 1), np.eye(2)), "gradient"),
    Row("a Hessian of another size", lambda: newton_step(a(2), np.eye(3)), "hessian"),
    Row("a Hessian of one number", lambda: newton_step(a(2), 2.0), "hessian"),
    Row("a step that never shrinks", lambda: backtrack(np.sum, a(2), a(2), -a(2), shrink=1), "shrink"),
    Row("a step without a function", lambda: backtrack(1.0, a(2), a(2), -a(2)), "value.*function"),
    Row("a step of another length", lambda: backtrack(np.sum, a(2), a(2), a(3)), r"\bstep\b"),
    Row("Newton with -1 steps", lambda: newton(Quadratic(), a(2), -1), "steps"),
    Row("Newton with tol NaN", lambda: newton(Quadratic(), a(2), tol=NAN), r"\btol\b"),
    Row("a bowl of condition 0", lambda: Quadratic(0), "condition"),
    Row("a bowl turned by NaN", lambda: Quadratic(angle=NAN), "angle"),
    Row("a ravine of words", lambda: Ravine("steep"), "slope"),
    Row("a point of three numbers", lambda: Rosenbrock().value(a(3)), r"\bz\b|points"),
    Row("a number for a point", lambda: Himmelblau().gradient(1.0), r"\bz\b|points"),
    Row("points in columns", lambda: Himmelblau().hessian(a(2, 5)), r"\bz\b|points"),
    Row("curvatures of a table", lambda: curvatures(a(2, 3)), "hessian"),
    Row("the condition of a vector", lambda: condition_number(a(3)), "hessian"),
    Row("the rate of many Hessians", lambda: largest_stable_rate(a(3, 2, 2)), "hessian"),
    Row("a range to draw from upside down", lambda: Uniform(1, 0), "low|high"),
    Row("an infinite range", lambda: Uniform(0, INF), "high"),
    Row("a logarithm from 0", lambda: LogUniform(0, 1), "low"),
    Row("whole numbers from 0.5", lambda: Integer(0.5, 3), "low"),
    Row("nothing to choose from", lambda: Choice(()), "values"),
    Row("a number to choose from", lambda: Choice(3), "values"),
    Row("a draw with a seed", lambda: Uniform(0, 1).sample(0), "rng"),
    Row("a grid of 0 values", lambda: Uniform(0, 1).grid(0), r"\bn\b"),
    Row("a search of 0 trials", lambda: found(n_trials=0), "trial"),
    Row("a search of 2.5 trials", lambda: found(n_trials=2.5), "n_trials"),
    Row("a search through nothing", lambda: found(space={}), "space|dimension"),
    Row("a search through a list", lambda: found(space=[Uniform(0, 1)]), "space"),
    Row("a list of rates to search", lambda: found(space={"lr": [0.1, 0.01]}), "lr|space"),
    Row("a search with a seed", lambda: found(rng=0), "rng"),
    Row("a search of no function", lambda: found(function=0.5), "objective.*function"),
    Row("an objective that gives nothing", lambda: found(function=lambda settings, rng: None), "objective"),
    Row("an objective for each sample", lambda: found(function=lambda settings, rng: a(4)), "objective"),
    Row("a grid of no values", lambda: grid_search(objective, SPACE, 0, rng=rng()), r"\bn\b"),
    Row("eta 1 never ends", lambda: halved(eta=1), r"\beta\b"),
    Row("no budget", lambda: halved(min_budget=0), "min_budget"),
    Row("a budget of 1.5", lambda: halved(min_budget=1.5), "min_budget"),
    Row("a batch of 0 samples", lambda: linear_scaled_lr(0.1, 0, 32), "batch"),
    Row("a batch of old of 0 samples", lambda: sqrt_scaled_lr(0.1, 32, 0), "batch"),
    Row("a negative rate to scale", lambda: linear_scaled_lr(-0.1, 64, 32), r"\blr\b"),
]

ROWS = ENSEMBLES + SELECTION + COMPRESSION + GENERATIVE + WALKS
