"""Layers as objects, and networks made of them.

``Sequential`` keeps all parameters in one flat vector; ``mlp`` and ``residual_mlp`` build the usual networks, and
``summarize`` prints a table of one.
"""

from course_lib.layers.attention import Embedding, MultiHeadAttention, PositionalEncoding, TransformerBlock
from course_lib.layers.autoencoder import MaskingNoise, TiedAffine
from course_lib.layers.base import Chain, Layer, evaluating
from course_lib.layers.dense import Activation, Affine, PReLU, Residual
from course_lib.layers.dropout import AlphaDropout, Dropout
from course_lib.layers.flat_vector import FlatVector
from course_lib.layers.network import Part, Sequential, mlp, residual_mlp
from course_lib.layers.normalization import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, Norm
from course_lib.layers.recurrent import GRU, LSTM, RNN, AffinePerStep, LastStep, MeanOverTime, Recurrent
from course_lib.layers.spatial import AvgPool2D, Conv2D, Flatten, GlobalAvgPool2D, MaxPool2D
from course_lib.layers.summary import LayerRow, Summary, summarize
