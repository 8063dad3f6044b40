"""Small runs that compile the kernels of attention and the transformer."""

from functools import partial

import numpy as np

from course_lib.functions.attention import additive_attention_backward, additive_attention_forward, causal_mask
from course_lib.layers.attention import Embedding, TransformerBlock


def workloads(dtype):
    """Label -> one forward and backward pass with ``dtype``."""
    name = np.dtype(dtype).name
    return {
        f"transformer block, {name}": partial(run_block, dtype),
        f"additive attention, {name}": partial(
            run_additive, *(np.ones(shape, dtype) for shape in ((1, 1, 1), (1, 2, 1), (1, 2, 1), (1, 1), (1, 1), 1))
        ),
    }


def run_block(dtype) -> None:
    """Two symbols through an embedding and a block, and back."""
    rng = np.random.default_rng(0)
    embedding, block = Embedding(2, 2, rng=rng), TransformerBlock(2, 1, rng=rng, causal=True)
    for leaf in (embedding, *block.leaves()):
        leaf.params = {key: value.astype(dtype) for key, value in leaf.params.items()}
    out = block.forward(embedding.forward(np.array([[0, 1]])))
    embedding.backward(block.backward(out))


def run_additive(q, k, v, wq, wk, ws) -> None:
    """One query over two keys."""
    out, cache = additive_attention_forward(q, k, v, wq, wk, ws, causal_mask(2)[1:])
    additive_attention_backward(out, cache)
