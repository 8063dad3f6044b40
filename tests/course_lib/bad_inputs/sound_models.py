"""Sequences, weights and ensembles with small arguments, and what they should give."""

from dataclasses import astuple

import numpy as np
from oracles import Case, classes, gru_oracle, logistic, lstm_oracle, one_hot, rnn_oracle, shares, stable_softmax, z

from course_lib.analysis.gradient_check import rel_error
from course_lib.analysis.surfaces import Rosenbrock
from course_lib.compression.low_rank import low_rank_factors
from course_lib.compression.pruning import magnitude_mask
from course_lib.compression.reduced_precision import round_to_bfloat16, round_to_float16
from course_lib.functions.attention import attention_forward
from course_lib.functions.gru import gru_forward
from course_lib.functions.lstm import lstm_forward
from course_lib.functions.recurrent import rnn_forward
from course_lib.functions.regularization import (
    decoupled_weight_decay_step,
    fgsm,
    l1_penalty,
    l1_proximal_step,
    l1_subgradient,
    l2_gradient,
    l2_penalty,
    max_norm,
    soft_threshold,
)
from course_lib.functions.transformer import embedding_forward, feed_forward_forward
from course_lib.models.pretext import contrastive_loss
from course_lib.models.rbm import hidden_probs
from course_lib.optimizers.clipping import clip_by_global_norm, clip_by_value, global_norm
from course_lib.selection.ensembles import ambiguity_decomposition, average_logits, average_probabilities, majority_vote


def attended(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    return stable_softmax(scores) @ v


def largest_first(w, sparsity):
    """True but for the round(sparsity * size) smallest, of equal ones the first."""
    keep = np.ones(w.size, bool)
    keep[np.argsort(abs(w).ravel(), kind="stable")[: round(sparsity * w.size)]] = False
    return keep.reshape(w.shape)


def clipped(g, c):
    norm = np.sqrt((g**2).sum())
    return g * min(1, c / norm) if norm else g, norm


def votes(labels, n_classes):
    return one_hot(labels, n_classes).sum(0).argmax(-1)


def shrunk(w, t):
    return np.sign(w) * np.maximum(abs(w) - t, 0)


def within(w, c):
    norms = np.sqrt((w**2).sum(0))
    return w * np.where(norms > c, c / np.where(norms > 0, norms, 1), 1)


def ambiguity(p, t):
    mean = p.mean(0)
    return ((mean - t) ** 2).mean(), ((p - t) ** 2).mean(), ((p - mean) ** 2).mean()


SEQUENCES = [
    Case(
        "rnn_forward",
        lambda *arrays: rnn_forward(*arrays)[0],
        lambda n, d: (z(n, d, 3), z(n, 2), z(3, 2), z(2, 2), z(2)),
        rnn_oracle,
    ),
    Case(
        "lstm_forward",
        lambda *arrays: lstm_forward(*arrays)[0],
        lambda n, d: (z(n, d, 3), z(n, 1), z(n, 1, start=1), z(3, 4), z(1, 4), z(4)),
        lstm_oracle,
    ),
    Case(
        "gru_forward",
        lambda *arrays: gru_forward(*arrays)[0],
        lambda n, d: (z(n, d, 3), z(n, 2), z(3, 6), z(2, 6), z(6), z(6, start=1)),
        gru_oracle,
    ),
    Case(
        "attention_forward",
        lambda q, k, v: attention_forward(q, k, v)[0],
        lambda n, d: (z(n, 2, d), z(n, 3, d, start=2), z(n, 3, 2)),
        attended,
    ),
    Case(
        "feed_forward",
        lambda *arrays: feed_forward_forward(*arrays)[0],
        lambda n, d: (z(n, 2, d), z(d, 3), z(3), z(3, d), z(d)),
        lambda x, w1, b1, w2, b2: np.maximum(x @ w1 + b1, 0) @ w2 + b2,
    ),
    Case(
        "embedding_forward",
        lambda ids, table: embedding_forward(ids, table)[0],
        lambda n, d: (classes(n, 3), z(3, d)),
        lambda ids, table: table[ids.astype(int)],
    ),
]

WEIGHTS = [
    Case("l1_penalty", lambda w: l1_penalty(w, 0.5), lambda n, d: (z(n, d),), lambda w: 0.5 * abs(w).sum()),
    Case("l2_penalty", lambda w: l2_penalty(w, 0.5), lambda n, d: (z(n, d),), lambda w: 0.25 * (w**2).sum()),
    Case("l1_subgradient", lambda w: l1_subgradient(w, 0.5), lambda n, d: (z(n, d),), lambda w: 0.5 * np.sign(w)),
    Case("l2_gradient", lambda w: l2_gradient(w, 0.5), lambda n, d: (z(n, d),), lambda w: 0.5 * w),
    Case("soft_threshold", lambda w: soft_threshold(w, 1), lambda n, d: (z(n, d),), lambda w: shrunk(w, 1)),
    Case(
        "l1_proximal_step",
        lambda w, dw: l1_proximal_step(w, dw, 0.5, 1),
        lambda n, d: (z(n, d), z(n, d, start=2)),
        lambda w, dw: shrunk(w - 0.5 * dw, 0.5),
    ),
    Case(
        "decoupled_weight_decay_step",
        lambda w, u: decoupled_weight_decay_step(w, u, 0.5, 0.25),
        lambda n, d: (z(n, d), z(n, d, start=2)),
        lambda w, u: w - 0.5 * (u + 0.25 * w),
    ),
    Case("max_norm", lambda w: max_norm(w, 2), lambda n, d: (z(n, d),), lambda w: within(w, 2)),
    Case(
        "fgsm",
        lambda x, dx: fgsm(x, dx, 0.25),
        lambda n, d: (z(n, d), z(n, d, start=2)),
        lambda x, dx: np.clip(x + 0.25 * np.sign(dx), 0, 1),
    ),
    Case("magnitude_mask", lambda w: magnitude_mask(w, 0.5), lambda n, d: (z(n, d),), lambda w: largest_first(w, 0.5)),
    Case("round_to_float16", round_to_float16, lambda n, d: (z(n, d),), lambda x: x),
    Case("round_to_bfloat16", round_to_bfloat16, lambda n, d: (z(n, d),), lambda x: x),
    Case(
        "low_rank_factors",
        lambda w: np.matmul(*low_rank_factors(w, min(np.shape(w)))),
        lambda n, d: (z(n, d),),
        lambda w: w,
    ),
    Case("clip_by_value", lambda g: clip_by_value([g], 1)[0], lambda n, d: (z(n, d),), lambda g: np.clip(g, -1, 1)),
    Case(
        "clip_by_global_norm",
        lambda g: (clip_by_global_norm([g], 1)[0][0], clip_by_global_norm([g], 1)[1]),
        lambda n, d: (z(n, d),),
        lambda g: clipped(g, 1),
    ),
    Case("global_norm", lambda g: global_norm([g, g]), lambda n, d: (z(n, d),), lambda g: np.sqrt(2 * (g**2).sum())),
    Case(
        "rel_error",
        rel_error,
        lambda n, d: (z(n, d), z(n, d, start=1)),
        lambda a, b: (abs(a - b) / np.maximum(abs(a) + abs(b), 1e-8)).max(),
    ),
]

MODELS = [
    Case("average_probabilities", average_probabilities, lambda n, d: (shares(2, n, d),), lambda p: p.mean(0)),
    Case("average_logits", average_logits, lambda n, d: (z(2, n, d),), lambda x: stable_softmax(x.mean(0))),
    Case(
        "majority_vote",
        lambda labels: majority_vote(labels, 3),
        lambda n, d: (classes(n * 3, 3).reshape(3, n),),
        lambda labels: votes(labels, 3),
    ),
    Case(
        "ambiguity_decomposition",
        lambda p, t: astuple(ambiguity_decomposition(p, t)),
        lambda n, d: (z(d, n), z(n)),
        ambiguity,
    ),
    Case(
        "Rosenbrock",
        Rosenbrock().value,
        lambda n, d: (z(n, d, 2),),
        lambda p: (1 - p[..., 0]) ** 2 + 100 * (p[..., 1] - p[..., 0] ** 2) ** 2,
    ),
    Case(
        "contrastive_loss",
        lambda a, b: contrastive_loss(a, b, np.ones(len(a), bool)),
        lambda n, d: (z(n, d), z(n, d, start=2)),
        lambda a, b: (((a - b) ** 2).sum() / 2 / len(a), (a - b) / len(a), (b - a) / len(a)),
    ),
    Case(
        "hidden_probs",
        lambda v, w, b, c: hidden_probs({"w": w, "b": b, "c": c}, v),
        lambda n, d: (shares(n, d), z(d, 2), z(d), z(2)),
        lambda v, w, b, c: logistic(c + v @ w),
    ),
]

CASES = SEQUENCES + WEIGHTS + MODELS
