"""What layers compute, as functions: forward and backward passes, losses and penalties.

``x_forward(...) -> out, cache`` and ``x_backward(dout, cache) -> dx, dw, db``; activations need no cache. Files are
named after their topic: batch norm is in ``normalization.py``. ``course_lib.layers`` has objects over these functions.
"""

from course_lib.functions.activations import (
    ACTIVATIONS,
    ActivationFunction,
    elu,
    elu_backward,
    gelu,
    gelu_backward,
    leaky_relu,
    leaky_relu_backward,
    prelu,
    prelu_backward,
    relu,
    relu_backward,
    selu,
    selu_backward,
    sigmoid,
    sigmoid_backward,
    swish,
    swish_backward,
    tanh,
    tanh_backward,
)
from course_lib.functions.affine import affine_backward, affine_forward
from course_lib.functions.attention import (
    additive_attention_backward,
    additive_attention_forward,
    attention_backward,
    attention_forward,
    attention_weights,
    causal_mask,
    multi_head_attention_backward,
    multi_head_attention_forward,
    padding_mask,
)
from course_lib.functions.convolution import conv2d_backward, conv2d_forward, conv2d_naive
from course_lib.functions.dropout import (
    alpha_dropout_backward,
    alpha_dropout_forward,
    dropout_backward,
    dropout_forward,
    mc_dropout_predict,
)
from course_lib.functions.gru import gru_backward, gru_forward, gru_step_backward, gru_step_forward
from course_lib.functions.losses import binary_xent, log_softmax, mse, softmax, softmax_backward, softmax_xent, weighted
from course_lib.functions.lstm import lstm_backward, lstm_forward, lstm_step_backward, lstm_step_forward
from course_lib.functions.normalization import (
    batchnorm_backward,
    batchnorm_forward,
    batchnorm_state,
    fold_batchnorm,
    groupnorm_backward,
    groupnorm_forward,
    instancenorm_backward,
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
from course_lib.functions.recurrent import rnn_backward, rnn_forward, rnn_step_backward, rnn_step_forward
from course_lib.functions.regularization import (
    decoupled_weight_decay_step,
    elastic_net_penalty,
    elastic_net_proximal_step,
    elastic_net_subgradient,
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
    feed_forward_backward,
    feed_forward_forward,
    sinusoidal_encoding,
    transformer_block_backward,
    transformer_block_forward,
)
from course_lib.functions.unfold import col2im, im2col
from course_lib.functions.windows import ReceptiveField, Window, image_windows, output_size, receptive_field
