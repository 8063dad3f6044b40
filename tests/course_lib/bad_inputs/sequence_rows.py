"""Bad calls of losses, penalties, distillation, recurrent networks, attention and transformers."""

import numpy as np
from judge import Row
from material import (
    INF,
    NAN,
    RAGGED,
    a,
    attention_params,
    block_params,
    gru,
    half,
    one_hot,
    probs,
    rng,
    rnn,
    without,
    words,
    y,
)

from course_lib.compression.distillation import Distillation, distillation_loss, distillation_targets, soft_targets
from course_lib.data.sequence_data import adding_problem, one_hot_steps, parity, recall_first
from course_lib.functions.attention import (
    additive_attention_forward,
    attention_backward,
    attention_forward,
    attention_weights,
    causal_mask,
    multi_head_attention_backward,
    multi_head_attention_forward,
    padding_mask,
)
from course_lib.functions.gru import gru_backward, gru_forward, gru_step_backward, gru_step_forward
from course_lib.functions.losses import binary_xent, log_softmax, mse, softmax, softmax_backward, softmax_xent
from course_lib.functions.lstm import lstm_backward, lstm_forward, lstm_step_backward, lstm_step_forward
from course_lib.functions.recurrent import rnn_backward, rnn_forward, rnn_step_backward, rnn_step_forward
from course_lib.functions.regularization import (
    decoupled_weight_decay_step,
    elastic_net_penalty,
    elastic_net_proximal_step,
    fgsm,
    l1_penalty,
    l1_proximal_step,
    l1_subgradient,
    l2_gradient,
    l2_loss_grad,
    l2_penalty,
    label_smooth,
    max_norm,
    smoothed_softmax_xent,
    soft_threshold,
)
from course_lib.functions.residual import residual_backward, residual_forward
from course_lib.functions.transformer import (
    embedding_backward,
    embedding_forward,
    feed_forward_forward,
    sinusoidal_encoding,
    transformer_block_backward,
    transformer_block_forward,
)


def xent(labels):
    return softmax_xent(a(4, 3), labels)


def distilled(y=(0, 1, 0, 1), teacher=None, **options):
    return distillation_loss(a(4, 2), a(4, 2) if teacher is None else teacher, np.array(y), **options)


def heads(q=None, k=None, v=None, params=None, n_heads=2, mask=None):
    q, k, v = (a(2, 3, 4) if x is None else x for x in (q, k, v))
    return multi_head_attention_forward(q, k, v, params or attention_params(), n_heads, mask)


def block(x=None, params=None, n_heads=2, **options):
    x = a(2, 3, 4) if x is None else x
    return transformer_block_forward(x, block_params() if params is None else params, n_heads, **options)


def embedded(ids):
    return embedding_forward(ids, a(5, 4))


H = (2, 2)  # (N, H)
X = (2, 5, 3)  # (N, T, D)

LOSSES = [
    Row("softmax of a number", lambda: softmax(3.0), "logits"),
    Row("softmax of no classes", lambda: softmax(a(4, 0)), "logits"),
    Row("softmax of text", lambda: softmax(words(4, 3)), "logits|array"),
    Row("softmax of complex logits", lambda: softmax(a(4, 3) + 0j), "logits|array"),
    Row("log_softmax of rows of different lengths", lambda: log_softmax(RAGGED), "logits|array"),
    Row("dout of one sample for softmax", lambda: softmax_backward(a(3), probs(4, 3)), "dout"),
    Row("labels as whole floats", lambda: xent(y(4) * 1.0), "labels|y must"),
    Row("labels 1.9", lambda: xent(np.array([0, 1, 1.9, 0])), "labels|y must"),
    Row("a label beyond the classes", lambda: xent(np.array([0, 1, 3, 0])), r"\[0, 3\), got 3"),
    Row("a negative label", lambda: xent(np.array([0, -1, 1, 0])), r"\[0, 3\), got -1"),
    Row("one-hot labels", lambda: xent(one_hot(4, 3).astype(int)), "labels|y must"),
    Row("one-hot labels as floats", lambda: xent(one_hot(4, 3)), "labels|y must"),
    Row("a label too few", lambda: xent(y(3)), "labels|y must"),
    Row("labels as a column", lambda: xent(y(4)[:, None]), "labels|y must"),
    Row("one label for all", lambda: xent(1), "labels|y must"),
    Row("labels as words", lambda: xent(["cat", "dog", "cat", "dog"]), "labels|y must"),
    Row("no labels", lambda: xent(None), "labels|y must"),
    Row("labels of nothing", lambda: softmax_xent(a(0, 3), y(0)), "logits"),
    Row("logits of one sample", lambda: softmax_xent(a(3), 1), "logits"),
    Row("logits and labels exchanged", lambda: softmax_xent(y(4), a(4, 3)), "logits"),
    Row("labels -1 and 1", lambda: binary_xent(a(4), np.array([-1, 1, 1, -1])), "labels|y must|y .*0, 1"),
    Row("labels as a vector for a column", lambda: binary_xent(a(4, 1), y(4)), "shape"),
    Row("labels NaN", lambda: binary_xent(a(4), np.array([0, 1, NAN, 0])), "labels|y must|y .*0, 1"),
    Row("targets as a vector for a column", lambda: mse(a(4, 1), a(4)), "shape"),
    Row("one target for all", lambda: mse(a(4, 2), 0.5), "shape"),
    Row("the mean square of nothing", lambda: mse(a(0, 2), a(0, 2)), "at least one"),
    Row("targets as text", lambda: mse(a(4), words(4)), "real"),
    Row("float16 predictions", lambda: mse(half(4), half(4)), "float16"),
    Row("smoothed with eps 10 %", lambda: smoothed_softmax_xent(a(4, 3), y(4), 10), r"\beps\b"),
    Row("smoothed with float labels", lambda: smoothed_softmax_xent(a(4, 3), y(4) * 1.0, 0.1), "labels|y must"),
    Row("smoothed with a label too many", lambda: smoothed_softmax_xent(a(4, 3), y(5), 0.1), "labels|y must"),
    Row("labels smoothed before they are one-hot", lambda: label_smooth(y(4), 0.1), "onehot|one-hot|one_hot"),
    Row("one-hot rows that do not sum to one", lambda: label_smooth(np.ones((4, 3)), 0.1), "sum"),
    Row("smoothing by a negative eps", lambda: label_smooth(one_hot(4, 3), -0.1), r"\beps\b"),
    Row("smoothing by NaN", lambda: label_smooth(one_hot(4, 3), NAN), r"\beps\b"),
    Row("temperature 0", lambda: soft_targets(a(4, 3), 0), "temperature"),
    Row("an infinite temperature", lambda: soft_targets(a(4, 3), INF), "temperature"),
    Row("logits and temperature exchanged", lambda: soft_targets(4.0, a(4, 3)), "logits|temperature"),
    Row("a teacher of another width", lambda: distilled(teacher=a(4, 3)), "teacher|both"),
    Row("a teacher's row for all", lambda: distilled(teacher=a(1, 2)), "teacher|both"),
    Row("alpha = 1.5", lambda: distilled(alpha=1.5), "alpha"),
    Row("a negative temperature", lambda: distilled(temperature=-1.0), "temperature"),
    Row("float labels for a student", lambda: distilled(y=(0.0, 1.0, 0.0, 1.0)), "labels|y must"),
    Row("labels a student does not know", lambda: distilled(y=(0, 1, 2, 1)), r"\[0, 2\)"),
    Row("targets with a label too few", lambda: distillation_targets(a(4, 2), y(3)), "labels|y must"),
    Row("targets with float labels", lambda: distillation_targets(a(4, 2), a(4)), "labels|y must"),
    Row("a loss with alpha -1", lambda: Distillation(alpha=-1), "alpha"),
    Row("a loss with temperature 0", lambda: Distillation(0.0), "temperature"),
    Row("labels in the place of targets", lambda: Distillation()(a(4, 2), y(4)), "targets"),
    Row("targets without a teacher", lambda: Distillation()(a(4, 2), one_hot(4)), "targets|teacher"),
]

PENALTIES = [
    Row("a negative penalty", lambda: l1_penalty(a(3), -1), r"\blam\b"),
    Row("a penalty of NaN", lambda: l2_penalty(a(3), NAN), r"\blam\b"),
    Row("a penalty of text", lambda: l1_penalty(words(3), 1), r"\bw\b"),
    Row("weights and lam exchanged", lambda: l1_penalty(0.1, a(3)), r"\blam\b"),
    Row("the slope of a negative penalty", lambda: l1_subgradient(a(3), -0.1), r"\blam\b"),
    Row("an infinite decay of weights", lambda: l2_gradient(a(3), INF), r"\blam\b"),
    Row("a dict of weights", lambda: l2_loss_grad({"w": a(3)}, 0.1), "weights"),
    Row("a negative threshold", lambda: soft_threshold(a(3), -1), r"\bt\b"),
    Row("a threshold for each weight", lambda: soft_threshold(a(3), a(3)), r"\bt\b"),
    Row("a proximal step with a column", lambda: l1_proximal_step(a(3), a(3, 1), 0.1, 0.1), r"\bdw\b"),
    Row("a proximal step with a number", lambda: l1_proximal_step(a(3), 0.5, 0.1, 0.1), r"\bdw\b"),
    Row("a proximal step uphill", lambda: l1_proximal_step(a(3), a(3), -0.1, 0.1), r"\blr\b"),
    Row("a decay step with a row", lambda: decoupled_weight_decay_step(a(3, 3), a(3), 0.1, 0.1), "update"),
    Row("a negative decay in a step", lambda: decoupled_weight_decay_step(a(3), a(3), 0.1, -1), "weight_decay"),
    Row("a negative part of an elastic net", lambda: elastic_net_penalty(a(3), 0.1, -0.1), r"\bl2\b"),
    Row("an elastic step with another shape", lambda: elastic_net_proximal_step(a(3), a(4), 0.1, 0.1, 0.1), "dw"),
    Row("a ball of radius 0", lambda: max_norm(a(3, 2), 0), r"\bc\b"),
    Row("a ball of radius NaN", lambda: max_norm(a(3, 2), NAN), r"\bc\b"),
    Row("a norm along a third axis of two", lambda: max_norm(a(3, 2), 1, axis=2), "axis"),
    Row("a norm along axis 0.0", lambda: max_norm(a(3, 2), 1, axis=0.0), "axis"),
    Row("an attack with a row", lambda: fgsm(a(4, 3), a(3), 0.1), r"\bdx\b"),
    Row("an attack with a negative eps", lambda: fgsm(a(4, 3), a(4, 3), -0.1), r"\beps\b"),
    Row("an attack with eps NaN", lambda: fgsm(a(4, 3), a(4, 3), NAN), r"\beps\b"),
    Row("an attack between bounds exchanged", lambda: fgsm(a(4, 3), a(4, 3), 0.1, 1.0, 0.0), r"\blow\b|\bhigh\b"),
    Row("a branch of another width", lambda: residual_forward(a(4, 3), lambda x: x[:, :1]), "branch"),
    Row("a branch that is not a function", lambda: residual_forward(a(4, 3), a(4, 3)), "branch.*function"),
    Row("a gradient of another width", lambda: residual_backward(a(4, 3), lambda d: d[:1]), "branch"),
]

RECURRENT = [
    Row("an RNN on one sequence without its axis", lambda: rnn_forward(a(5, 3), a(*H), *rnn()), r"\bx\b.*N, T, D"),
    Row("an RNN without steps", lambda: rnn_forward(a(2, 0, 3), a(*H), *rnn()), r"\bx\b"),
    Row("an RNN without samples", lambda: rnn_forward(a(0, 5, 3), a(0, 2), *rnn()), r"\bx\b"),
    Row("an RNN with one state for all", lambda: rnn_forward(a(*X), a(2), *rnn()), r"\bh0?\b|states"),
    Row("an RNN with a state (1, H)", lambda: rnn_forward(a(*X), a(1, 2), *rnn()), r"\bh0?\b|states"),
    Row("an RNN without a state", lambda: rnn_forward(a(*X), None, *rnn()), r"\bh0?\b|states?"),
    Row("an RNN with wx and wh exchanged", lambda: rnn_forward(a(*X), a(*H), a(2, 2), a(3, 2), a(2)), r"\bw[xh]\b"),
    Row("an RNN with a bias as a row", lambda: rnn_forward(a(*X), a(*H), a(3, 2), a(2, 2), a(1, 2)), r"\bb\b"),
    Row("an RNN with complex inputs", lambda: rnn_forward(a(*X) + 1j, a(*H), *rnn()), r"\bx\b"),
    Row("an RNN step on a sequence", lambda: rnn_step_forward(a(*X), a(*H), *rnn()), r"\bx\b.*N, D"),
    Row("an RNN step with a state too wide", lambda: rnn_step_forward(a(2, 3), a(2, 4), *rnn()), r"\bh\b|\bw[xh]\b"),
    Row(
        "dh of the last step only",
        lambda: rnn_backward(a(*H), rnn_forward(a(*X), a(*H), *rnn())[1]),
        r"\bdh\b",
    ),
    Row(
        "back through 0 steps",
        lambda: rnn_backward(a(2, 5, 2), rnn_forward(a(*X), a(*H), *rnn())[1], steps=0),
        "steps",
    ),
    Row(
        "back through 2.0 steps",
        lambda: rnn_backward(a(2, 5, 2), rnn_forward(a(*X), a(*H), *rnn())[1], steps=2.0),
        "steps",
    ),
    Row(
        "a step back with one sample for all",
        lambda: rnn_step_backward(a(1, 2), rnn_step_forward(a(2, 3), a(*H), *rnn())[1]),
        r"\bdh_next\b",
    ),
    Row("an LSTM with an RNN's weights", lambda: lstm_forward(a(*X), a(*H), a(*H), *rnn()), r"\bw[xh]\b"),
    Row("an LSTM with a GRU's weights", lambda: lstm_forward(a(*X), a(*H), a(*H), *rnn(3)), r"\bw[xh]\b"),
    Row("an LSTM with a cell (1, H)", lambda: lstm_forward(a(*X), a(*H), a(1, 2), *rnn(4)), r"\bc0?\b|states"),
    Row("an LSTM with transposed inputs", lambda: lstm_forward(a(2, 3, 5), a(*H), a(*H), *rnn(4)), r"\bx\b|\bwx\b"),
    Row("an LSTM step without a cell", lambda: lstm_step_forward(a(2, 3), a(*H), None, *rnn(4)), r"\bc\b|states?"),
    Row(
        "an LSTM step back with one dc for all",
        lambda: lstm_step_backward(a(*H), a(2), lstm_step_forward(a(2, 3), a(*H), a(*H), *rnn(4))[2]),
        r"\bdc_next\b",
    ),
    Row(
        "an LSTM back with a cache of an RNN",
        lambda: lstm_backward(a(2, 5, 2), rnn_forward(a(*X), a(*H), *rnn())[1]),
        "cache",
    ),
    Row("an LSTM back with nothing", lambda: lstm_backward(a(2, 5, 2), None), "cache"),
    Row("a GRU with an LSTM's weights", lambda: gru_forward(a(*X), a(*H), *rnn(4), a(8)), r"\bw[xh]\b"),
    Row("a GRU with a bias of one part", lambda: gru_forward(a(*X), a(*H), *gru()[:3], a(2)), r"\bb[xh]?\b"),
    Row("a GRU with one bias for all", lambda: gru_step_forward(a(2, 3), a(*H), *gru()[:2], 0.0, 0.0), r"\bb[xh]?\b"),
    Row(
        "a GRU back with transposed dh",
        lambda: gru_backward(a(5, 2, 2), gru_forward(a(*X), a(*H), *gru())[1]),
        r"\bdh\b",
    ),
    Row(
        "a GRU step back with one state for all",
        lambda: gru_step_backward(a(2), gru_step_forward(a(2, 3), a(*H), *gru())[1]),
        r"\bdh_next\b",
    ),
    Row("one step to add two numbers", lambda: adding_problem(4, 1, rng=rng()), "n_steps"),
    Row("sequences with a seed", lambda: recall_first(4, 5, rng=0), "rng"),
    Row("sequences of 5.0 bits", lambda: parity(4, 5.0, rng=rng()), "n_steps"),
    Row("-4 sequences", lambda: parity(-4, 5, rng=rng()), "n_samples"),
    Row("no symbols", lambda: recall_first(4, 5, rng=rng(), n_symbols=0), "n_symbols"),
    Row("a symbol beyond the last", lambda: one_hot_steps(np.array([[0, 3]]), 3), r"\bids\b"),
    Row("symbols as floats", lambda: one_hot_steps(a(2, 3), 3), r"\bids\b"),
]

ATTENTION = [
    Row("a mask of -1 steps", lambda: causal_mask(-1), "n_steps"),
    Row("a mask of 3.0 steps", lambda: causal_mask(3.0), "n_steps"),
    Row("a sequence longer than all", lambda: padding_mask(np.array([2, 9]), 5), "lengths"),
    Row("half a length", lambda: padding_mask(np.array([2.5, 3]), 5), "lengths"),
    Row("a mask of numbers", lambda: attention_weights(a(3, 3), np.ones((3, 3))), "mask.*bool"),
    Row("a mask of text", lambda: attention_weights(a(3, 3), "causal"), "mask.*bool"),
    Row("a mask for other keys", lambda: attention_weights(a(3, 3), np.ones((3, 4), bool)), "mask"),
    Row("a mask with more axes than scores", lambda: attention_weights(a(3, 3), np.ones((2, 3, 3), bool)), "mask"),
    Row("scores a number", lambda: attention_weights(1.0), "scores"),
    Row("queries and keys of two widths", lambda: attention_forward(a(3, 4), a(5, 2), a(5, 4)), r"\bk\b|\bq\b"),
    Row("more values than keys", lambda: attention_forward(a(3, 4), a(5, 4), a(6, 4)), r"\bv\b"),
    Row("a query without its axis", lambda: attention_forward(a(4), a(5, 4), a(5, 4)), r"\bq\b"),
    Row("keys of one sample for two", lambda: attention_forward(a(2, 3, 4), a(1, 5, 4), a(1, 5, 4)), r"\bk\b"),
    Row("no keys", lambda: attention_forward(a(3, 4), a(0, 4), a(0, 4)), r"\bk\b"),
    Row(
        "dout of one query",
        lambda: attention_backward(a(1, 4), attention_forward(a(3, 4), a(5, 4), a(5, 4))[1]),
        "dout",
    ),
    Row("attention's out for its cache", lambda: attention_backward(a(3, 4), a(3, 4)), "cache"),
    Row("3 heads for 4 features", lambda: heads(n_heads=3), "n_heads"),
    Row("no heads", lambda: heads(n_heads=0), "n_heads"),
    Row("2.0 heads", lambda: heads(n_heads=2.0), "n_heads"),
    Row("heads on one sequence", lambda: heads(q=a(3, 4)), r"\bq\b"),
    Row("heads without wo", lambda: heads(params=without(attention_params(), "wo")), "wo"),
    Row("heads with PyTorch's names", lambda: heads(params={"in_proj_weight": a(12, 4)}), "wq"),
    Row("heads with a bias of one", lambda: heads(params=attention_params() | {"bq": a(1)}), "bq"),
    Row("heads with a list of weights", lambda: heads(params=list(attention_params().values())), "params"),
    Row("heads with a mask for each head", lambda: heads(mask=np.ones((2, 2, 3, 3), bool)), "mask"),
    Row("heads with additive numbers as a mask", lambda: heads(mask=np.zeros((3, 3))), "mask.*bool"),
    Row("heads back with a row", lambda: multi_head_attention_backward(a(4), heads()[1]), "dout"),
    Row(
        "additive attention with ws as a column",
        lambda: additive_attention_forward(a(2, 3, 4), a(2, 5, 3), a(2, 5, 2), a(4, 6), a(3, 6), a(6, 1)),
        r"\bws\b",
    ),
    Row(
        "additive attention with wq and wk exchanged",
        lambda: additive_attention_forward(a(2, 3, 4), a(2, 5, 3), a(2, 5, 2), a(3, 6), a(4, 6), a(6)),
        r"\bw[qk]\b",
    ),
    Row("ids 1.9", lambda: embedded(np.array([0.0, 1.9])), r"\bids\b"),
    Row("an id beyond the table", lambda: embedded(np.array([0, 5])), r"\bids\b.*\[0, 5\)"),
    Row("a negative id", lambda: embedded(np.array([0, -1])), r"\bids\b.*\[0, 5\)"),
    Row("ids as letters", lambda: embedded(np.array(["a", "b"])), r"\bids\b"),
    Row("a table without features", lambda: embedding_forward(np.array([0]), a(5)), "table"),
    Row("dout of another length", lambda: embedding_backward(a(3, 4), embedded(y(2))[1]), "dout"),
    Row("positions of -1 features", lambda: sinusoidal_encoding(3, -1), "n_features"),
    Row("positions of 3.0 steps", lambda: sinusoidal_encoding(3.0, 4), "n_steps"),
    Row("a feed-forward network on vectors", lambda: feed_forward_forward(a(2, 4), a(4, 8), a(8), a(8, 4), a(4)), "x"),
    Row("a feed-forward bias of one", lambda: feed_forward_forward(a(2, 3, 4), a(4, 8), a(1), a(8, 4), a(4)), "b1"),
    Row("norm Pre", lambda: block(norm="Pre"), "norm.*pre"),
    Row("norm True", lambda: block(norm=True), "norm.*pre"),
    Row("a block without gamma2", lambda: block(params=without(block_params(), "gamma2")), "gamma2"),
    Row("a block with transposed w1", lambda: block(params=block_params() | {"w1": a(8, 4)}), "w1"),
    Row("a block without params", lambda: block(params=()), "params"),
    Row("a block on one sequence", lambda: block(a(3, 4)), r"\bx\b|\bq\b"),
    Row("a block with a negative eps", lambda: block(eps=-1), r"\beps\b"),
    Row("a block back with one step", lambda: transformer_block_backward(a(2, 1, 4), block()[1]), "dout"),
]

ROWS = LOSSES + PENALTIES + RECURRENT + ATTENTION
