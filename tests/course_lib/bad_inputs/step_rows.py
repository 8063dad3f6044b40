"""Bad calls of the affine layer, the optimisers, clipping, schedules and the gradient check."""

from functools import partial

import numpy as np
from judge import Row
from material import INF, NAN, RAGGED, a, backprop_of_two_layers, frozen, half, objects, words

from course_lib.analysis.diagnostics import gradient_norms_by_layer, sigmoid_slope_bound
from course_lib.analysis.gradient_check import numeric_grad, rel_error
from course_lib.functions.affine import affine_backward, affine_forward
from course_lib.optimizers.adam import Adam, AdaMax, AdamW, Nadam
from course_lib.optimizers.clipping import (
    clip_by_global_norm,
    clip_by_value,
    clipped_sgd_step,
    clipping_cosine,
    cosine,
    global_norm,
)
from course_lib.optimizers.first_order import SGD, AdaGrad, Momentum, Nesterov, RMSProp
from course_lib.optimizers.moving_average import effective_window, ewma
from course_lib.optimizers.schedules import (
    ReduceOnPlateau,
    cosine_restarts,
    exponential,
    one_cycle,
    piecewise_constant,
    power,
    step_decay,
    triangular,
    warmup,
)
from course_lib.optimizers.schedules import cosine as cosine_schedule


def affine(x=None, w=None, b=None):
    return affine_forward(a(5, 3) if x is None else x, a(3, 2) if w is None else w, a(2) if b is None else b)


def affine_back(dout, n=5):
    return affine_backward(dout, affine(a(n, 3))[1])


def changed(optimizer, **values):
    for name, value in values.items():
        setattr(optimizer, name, value)
    optimizer.step(a(4), a(4))
    return optimizer


def two_lengths(optimizer):
    optimizer.step(a(4), a(4))
    optimizer.step(a(6), a(6))


AFFINE = [
    Row("one sample without its axis", lambda: affine(a(3)), r"\bx\b.*\(N, D\)"),
    Row("an axis too many in x", lambda: affine(a(2, 5, 3)), r"\bx\b.*\(N, D\)"),
    Row("weights as PyTorch stores them", lambda: affine(w=a(2, 3)), r"\bw\b"),
    Row("one weight for all", lambda: affine(w=0.5), r"\bw\b"),
    Row("a bias as a column", lambda: affine(b=a(2, 1)), r"\bb\b"),
    Row("a bias as a row", lambda: affine(b=a(1, 2)), r"\bb\b"),
    Row("one bias for all", lambda: affine(b=0.0), r"\bb\b"),
    Row("a bias for each sample", lambda: affine(b=a(5)), r"\bb\b"),
    Row("no samples", lambda: affine(a(0, 3)), r"\bx\b.*at least one"),
    Row("complex numbers", lambda: affine(a(5, 3) + 1j), r"\bx\b.*real"),
    Row("float16", lambda: affine(half(5, 3)), r"\bx\b.*float16"),
    Row("text", lambda: affine(words(5, 3)), r"\bx\b.*real"),
    Row("objects", lambda: affine(objects(5, 3)), r"\bx\b.*real"),
    Row("rows of different lengths", lambda: affine(RAGGED), r"\bx\b.*lengths"),
    Row("nothing as weights", lambda: affine_forward(a(5, 3), None, a(2)), r"\bw\b"),
    Row("x and w exchanged", lambda: affine_forward(a(3, 2), a(5, 3), a(2)), r"\bw\b"),
    Row("dout (M,), and N = M", lambda: affine_back(a(2), n=2), "dout"),
    Row("dout transposed", lambda: affine_back(a(2, 5)), "dout"),
    Row("dout of one sample for all", lambda: affine_back(a(1, 2)), "dout"),
    Row("dout with a column for all", lambda: affine_back(a(5, 1)), "dout"),
    Row("dout a number", lambda: affine_back(1.0), "dout"),
    Row("x in the place of the cache", lambda: affine_backward(a(5, 2), a(5, 3)), "cache|tuple"),
    Row("no cache", lambda: affine_backward(a(5, 2), None), "cache|tuple"),
    Row("dout and cache exchanged", lambda: affine_backward(affine()[1], a(5, 2)), "dout|cache|tuple"),
]

HYPER_PARAMETERS = [
    Row("a negative rate", lambda: SGD(-0.1), r"\blr\b"),
    Row("a rate of NaN", lambda: SGD(NAN), r"\blr\b"),
    Row("an infinite rate", lambda: Adam(INF), r"\blr\b"),
    Row("a rate as text", lambda: SGD("0.1"), r"\blr\b.*number"),
    Row("no rate", lambda: SGD(None), r"\blr\b.*number"),
    Row("a complex rate", lambda: SGD(0.1 + 0j), r"\blr\b.*number"),
    Row("a schedule as a rate", lambda: SGD(partial(cosine_schedule, lr=1, steps=9)), r"\blr\b.*number"),
    Row("a list of rates", lambda: Adam([0.1, 0.01]), r"\blr\b.*number"),
    Row("momentum 2", lambda: Momentum(0.1, momentum=2), "momentum"),
    Row("momentum 1 never ends", lambda: Momentum(0.1, 1.0), "momentum"),
    Row("a negative momentum", lambda: Nesterov(0.1, momentum=-0.5), "momentum"),
    Row("an unknown convention", lambda: Momentum(0.1, convention="nesterov"), "convention.*classic"),
    Row("a negative eps of AdaGrad", lambda: AdaGrad(0.1, eps=-1e-8), r"\beps\b"),
    Row("eps 0 of AdaGrad", lambda: AdaGrad(0.1, eps=0), r"\beps\b"),
    Row("rho 1", lambda: RMSProp(rho=1.0), r"\brho\b"),
    Row("rho NaN", lambda: RMSProp(rho=NAN), r"\brho\b"),
    Row("eps infinite", lambda: RMSProp(eps=INF), r"\beps\b"),
    Row("beta1 = 1", lambda: Adam(beta1=1), "beta1"),
    Row("beta2 above 1", lambda: Adam(beta2=1.5), "beta2"),
    Row("beta2 negative", lambda: Adam(beta2=-0.1), "beta2"),
    Row("both betas in one, as in PyTorch", lambda: Adam(1e-3, (0.9, 0.999)), "beta1"),
    Row("eps 0 of Adam", lambda: Adam(eps=0.0), r"\beps\b"),
    Row("a negative rate of Adam", lambda: Adam(-1e-3), r"\blr\b"),
    Row("a negative decay", lambda: AdamW(weight_decay=-1.0), "weight_decay"),
    Row("an infinite decay", lambda: AdamW(weight_decay=INF), "weight_decay"),
    Row("beta2 = 1 of AdaMax", lambda: AdaMax(beta2=1.0), "beta2"),
    Row("psi negative", lambda: Nadam(psi=-1.0), r"\bpsi\b"),
    Row("psi as text", lambda: Nadam(psi="0.004"), r"\bpsi\b"),
    Row("a rate set to a negative number later", lambda: changed(SGD(0.1), lr=-1.0), r"\blr\b"),
    Row("a rate set to NaN later", lambda: changed(Adam(), lr=NAN), r"\blr\b"),
    Row("a rate set to text later", lambda: changed(Nesterov(0.1), lr="0.1"), r"\blr\b"),
    Row("momentum set to 1 later", lambda: changed(Momentum(0.1), momentum=1.0), "momentum"),
    Row("beta2 set to 1 later", lambda: changed(AdamW(), beta2=1.0), "beta2"),
]

STEPS = [
    Row("integer theta", lambda: SGD(0.1).step(np.arange(4), np.arange(4)), "theta"),
    Row("integer theta of Adam", lambda: Adam().step(np.arange(4), a(4)), "theta"),
    Row("boolean theta", lambda: Adam().step(np.ones(4, bool), a(4)), "theta"),
    Row("a matrix for SGD", lambda: SGD(0.1).step(a(4, 3), a(4, 3)), "theta"),
    Row("a matrix for Adam", lambda: Adam().step(a(4, 3), a(4, 3)), "theta"),
    Row("a row for theta", lambda: AdamW().step(a(1, 4), a(1, 4)), "theta"),
    Row("a theta that is read-only", lambda: SGD(0.1).step(frozen(4), a(4)), "theta"),
    Row("a theta that is read-only, for Nadam", lambda: Nadam().step(frozen(4), a(4)), "theta"),
    Row("every second entry as theta", lambda: RMSProp().step(a(8)[::2], a(4)), "theta"),
    Row("theta backwards", lambda: Momentum(0.1).step(a(4)[::-1], a(4)), "theta"),
    Row("a list as theta", lambda: SGD(0.1).step([1.0, 2.0], a(2)), "theta"),
    Row("a list of arrays as theta", lambda: Adam().step([a(3, 2), a(2)], [a(3, 2), a(2)]), "theta"),
    Row("a dict of arrays as theta", lambda: Adam().step({"w": a(2)}, {"w": a(2)}), "theta"),
    Row("nothing as theta", lambda: Adam().step(None, a(4)), "theta"),
    Row("a shorter gradient", lambda: SGD(0.1).step(a(4), a(3)), "grad"),
    Row("a longer gradient", lambda: AdaGrad().step(a(4), a(5)), "grad"),
    Row("a gradient of one entry for all", lambda: AdaMax().step(a(4), a(1)), "grad"),
    Row("a gradient as a column", lambda: Nesterov(0.1).step(a(4), a(4, 1)), "grad"),
    Row("a gradient as a matrix of as many", lambda: SGD(0.1).step(a(4), a(2, 2)), "grad"),
    Row("a number as gradient", lambda: SGD(0.1).step(a(4), 1.0), "grad"),
    Row("nothing as gradient", lambda: Adam().step(a(4), None), "grad"),
    Row("a complex gradient", lambda: Adam().step(a(4), a(4) + 1j), "grad"),
    Row("a float16 gradient", lambda: Adam().step(a(4), half(4)), "grad"),
    Row("float16 theta", lambda: Adam().step(half(4), a(4)), "theta"),
    Row("complex theta", lambda: SGD(0.1).step(a(4) + 0j, a(4)), "theta"),
    Row("theta of another length than before", lambda: two_lengths(Adam()), "theta|state|entries"),
    Row("theta of another length for Momentum", lambda: two_lengths(Momentum(0.1)), "theta|state|entries"),
]

CLIPPING = [
    Row("a negative limit of a value", lambda: clip_by_value([a(3)], -1), r"\bc\b"),
    Row("limit 0 of a value", lambda: clip_by_value([a(3)], 0), r"\bc\b"),
    Row("a limit of NaN", lambda: clip_by_value([a(3)], NAN), r"\bc\b"),
    Row("a negative norm turns the gradient round", lambda: clip_by_global_norm([a(3)], -1), r"\bc\b"),
    Row("a norm of NaN does not clip", lambda: clip_by_global_norm([a(3)], NAN), r"\bc\b"),
    Row("a norm as text", lambda: clip_by_global_norm([a(3)], "1"), r"\bc\b"),
    Row("nothing among the gradients", lambda: clip_by_global_norm([a(3), None], 1), "grads"),
    Row("a float16 gradient to clip", lambda: clip_by_global_norm([half(3)], 1), "float16"),
    Row("a dict of gradients", lambda: clip_by_global_norm({"w": a(3)}, 1), "grads"),
    Row("a number for a list of gradients", lambda: global_norm(3.0), "grads"),
    Row("text among the gradients", lambda: global_norm(["a"]), "grads"),
    Row("complex gradients", lambda: global_norm([a(3) + 1j]), "real"),
    Row("fewer gradients than parameters", lambda: clipped_sgd_step([a(3), a(2)], [a(3)], 0.1, 1.0), "grads"),
    Row("a gradient as a column of parameters", lambda: clipped_sgd_step([a(3)], [a(3, 1)], 0.1, 1), "grads"),
    Row("a negative rate of a clipped step", lambda: clipped_sgd_step([a(3)], [a(3)], -0.1, 1.0), r"\blr\b"),
    Row("limit 0 of a clipped step", lambda: clipped_sgd_step([a(3)], [a(3)], 0.1, 0), r"\bc\b"),
    Row("angle between a row and a column", lambda: cosine([a(3)], [a(3, 1)]), "shape"),
    Row("angle between vectors of two lengths", lambda: cosine([a(3)], [a(4)]), "shape"),
    Row("a negative limit of the angle", lambda: clipping_cosine([a(3)], -1), r"\bc\b"),
]

SCHEDULES = [
    Row("a negative rate falls", lambda: step_decay(0, lr=-1, factor=0.5, every=10), r"\blr\b"),
    Row("a factor 0", lambda: step_decay(5, lr=1, factor=0, every=10), "factor"),
    Row("a fall every 0 steps", lambda: step_decay(5, lr=1, factor=0.5, every=0), "every"),
    Row("a step as text", lambda: step_decay("5", lr=1, factor=0.5, every=10), "step"),
    Row("half a step", lambda: cosine_schedule(2.5, lr=1, steps=10), "step"),
    Row("a negative factor", lambda: exponential(1, lr=1, factor=-0.5), "factor"),
    Row("a factor of NaN", lambda: exponential(1, lr=1, factor=NAN), "factor"),
    Row("exponential every 0", lambda: exponential(1, lr=1, factor=0.5, every=0), "every"),
    Row("power every 0", lambda: power(1, lr=1, every=0), "every"),
    Row("a negative exponent", lambda: power(1, lr=1, every=5, exponent=-1), "exponent"),
    Row("boundaries that fall", lambda: piecewise_constant(3, boundaries=[9, 4], values=[3, 2, 1]), "boundaries"),
    Row("as many values as boundaries", lambda: piecewise_constant(3, boundaries=[4, 9], values=[2, 1]), "values"),
    Row("a value as text", lambda: piecewise_constant(3, boundaries=[4], values=["2", "1"]), "value"),
    Row("a cosine of 0 steps", lambda: cosine_schedule(1, lr=1, steps=0), "steps"),
    Row("a cosine of 10.0 steps", lambda: cosine_schedule(1, lr=1, steps=10.0), "steps.*type 10"),
    Row("a cosine to a negative rate", lambda: cosine_schedule(1, lr=1, steps=9, lr_min=-1), "lr_min"),
    Row("cosines that shrink", lambda: cosine_restarts(100, lr=1, period=10, growth=0.5), "growth"),
    Row("cosines of no length", lambda: cosine_restarts(100, lr=1, period=10, growth=0), "growth"),
    Row("a period of 0", lambda: cosine_restarts(100, lr=1, period=0), "period"),
    Row("a negative warm-up", lambda: warmup(3, steps=-1, then=lambda step: 0.1), "steps"),
    Row("a rate after the warm-up, no function", lambda: warmup(3, steps=5, then=0.1), "then.*function"),
    Row("a triangle without width", lambda: triangular(3, lr_min=0.1, lr_max=1, half=0), "half"),
    Row("a triangle upside down", lambda: triangular(3, lr_min=1, lr_max=0.1, half=5), "lr_m"),
    Row("one cycle of two steps", lambda: one_cycle(1, lr_max=1, steps=2), "steps"),
    Row("one cycle that only dies out", lambda: one_cycle(1, lr_max=1, steps=9, annihilation=1), "annihilation"),
    Row("one cycle divided by 0", lambda: one_cycle(1, lr_max=1, steps=9, div=0), r"\bdiv\b"),
    Row("momentum 1 in a cycle", lambda: one_cycle(1, lr_max=1, steps=9, momentum_max=1.5), "momentum_max"),
    Row("a negative rate on a plateau", lambda: ReduceOnPlateau(lr=-1), r"\blr\b"),
    Row("a factor that raises the rate", lambda: ReduceOnPlateau(lr=1, factor=1.5), "factor"),
    Row("no patience", lambda: ReduceOnPlateau(lr=1, patience=0), "patience"),
    Row("patience 2.5", lambda: ReduceOnPlateau(lr=1, patience=2.5), "patience"),
    Row("a negative cooldown", lambda: ReduceOnPlateau(lr=1, cooldown=-1), "cooldown"),
    Row("a loss as text", lambda: ReduceOnPlateau(lr=1).update("0.3"), "loss"),
    Row("a loss for each sample", lambda: ReduceOnPlateau(lr=1).update(a(4)), "loss"),
]

GRADIENTS = [
    Row("a function that gives a vector", lambda: numeric_grad(lambda x: x * 2, a(3)), r"\bf\b"),
    Row("a number in the place of f", lambda: numeric_grad(3.0, a(3)), r"\bf\b.*function"),
    Row("f and x exchanged", lambda: numeric_grad(a(3), np.sum), r"\bf\b.*function"),
    Row("a function that gives nothing", lambda: numeric_grad(lambda x: None, a(3)), r"\bf\b"),
    Row("a step of 0", lambda: numeric_grad(np.sum, a(3), h=0), r"\bh\b"),
    Row("a negative step", lambda: numeric_grad(np.sum, a(3), h=-1e-5), r"\bh\b"),
    Row("the gradient at complex numbers", lambda: numeric_grad(np.sum, a(3) + 1j), r"\bx\b"),
    Row("the gradient at float16", lambda: numeric_grad(np.sum, half(3)), r"\bx\b"),
    Row("a vector against a column", lambda: rel_error(np.ones(3), np.ones((3, 1))), "shape"),
    Row("a vector against a number", lambda: rel_error(np.ones(3), 1.0), "shape"),
    Row("vectors of two lengths", lambda: rel_error(a(3), a(4)), "shape"),
    Row("dicts of gradients", lambda: rel_error({"w": a(3)}, {"w": a(3)}), "real"),
    Row("a negative eps of an error", lambda: rel_error(a(3), a(3), eps=-1), r"\beps\b"),
    Row("eps NaN of an error", lambda: rel_error(a(3), a(3), eps=NAN), r"\beps\b"),
    Row("no batches", lambda: gradient_norms_by_layer(backprop_of_two_layers, []), "batches"),
    Row("a batch in the place of batches", lambda: gradient_norms_by_layer(backprop_of_two_layers, a(5, 3)), "batch"),
    Row("no backprop", lambda: gradient_norms_by_layer(None, [(a(5, 3), a(5))]), "backprop.*function"),
    Row("-1 layers", lambda: sigmoid_slope_bound(-1), "n_layers"),
    Row("2.5 layers", lambda: sigmoid_slope_bound(2.5), "n_layers"),
    Row("an average that never forgets", lambda: ewma(a(5), 1.0), "beta"),
    Row("a negative beta", lambda: ewma(a(5), -0.1), "beta"),
    Row("beta NaN", lambda: ewma(a(5), NAN), "beta"),
    Row("beta and series exchanged", lambda: ewma(0.9, a(5)), "beta|xs"),
    Row("the average of a number", lambda: ewma(3.0, 0.9), r"\bxs\b"),
    Row("the average of text", lambda: ewma(words(3), 0.9), r"\bxs\b|array"),
    Row("a window without end", lambda: effective_window(1), "beta"),
]

ROWS = AFFINE + HYPER_PARAMETERS + STEPS + CLIPPING + SCHEDULES + GRADIENTS
