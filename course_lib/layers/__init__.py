"""Layer objects: ``forward``, ``backward``, and the dicts ``params``, ``grads`` and ``buffers``.

Put them into a ``course_lib.network.Sequential``; the mathematics is in the functions that they call.

``base``
    Layer, which all inherit; Chain, layers one after the other; evaluating, evaluation mode for a while
``dense``
    Affine, Activation (by its name), PReLU, Residual
``spatial``
    Conv2D, MaxPool2D, AvgPool2D, GlobalAvgPool2D, Flatten
``normalization``
    BatchNorm, LayerNorm, GroupNorm, InstanceNorm
``dropout``
    Dropout, AlphaDropout
``recurrent``
    RNN, LSTM, GRU, AffinePerStep, LastStep, MeanOverTime
``attention``
    Embedding, PositionalEncoding, MultiHeadAttention, TransformerBlock
``autoencoder``
    TiedAffine, MaskingNoise
"""
