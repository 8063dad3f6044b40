"""The table of a network: its numbers against counting by hand."""

import numpy as np
import pytest
from networks import regularized

from course_lib.layers.dense import Activation, Affine, Residual
from course_lib.layers.network import Sequential, mlp
from course_lib.layers.summary import summarize


def test_rows_count_what_is_there(rng):
    network = regularized(rng, dtype=np.float32)
    summary = summarize(network, 4)
    assert [row.kind for row in summary.rows] == ["Affine", "BatchNorm", "Activation", "Dropout", "Affine"]
    assert [row.n_params for row in summary.rows] == [4 * 8 + 8, 8 + 8, 0, 0, 8 * 3 + 3]
    assert [row.shape for row in summary.rows] == [(8,)] * 4 + [(3,)]
    assert [row.n_buffers for row in summary.rows] == [0, 16, 0, 0, 0]
    assert summary.n_params == summary.n_trainable == network.theta.size
    assert summary.n_bytes == 4 * (network.theta.size + 16)


def test_frozen_layers_do_not_train(rng):
    network = regularized(rng)
    network.layers[0].freeze()
    assert summarize(network, (4,)).n_trainable == network.theta.size - 40


def test_a_composite_layer_is_one_row(rng):
    block = Residual(Affine(3, 3, rng=rng), Activation("relu"), Affine(3, 3, rng=rng))
    summary = summarize(Sequential(block), 3)
    assert [(row.kind, row.n_params) for row in summary.rows] == [("Residual", 2 * 12)]


def test_looking_changes_nothing(rng):
    network = regularized(rng)
    before, draw = network.state(), network.layers[3].rng.bit_generator.state
    summarize(network, 4)
    assert all(leaf.training for leaf in network.leaves())
    assert network.layers[3].rng.bit_generator.state == draw
    np.testing.assert_array_equal(network.statistics, before["statistics"])


def test_text_and_html_show_every_number(rng):
    summary = summarize(mlp([100, 50, 10], activation="relu", rng=rng), 100)
    lines = str(summary).splitlines()
    assert len(lines) == 1 + 3 + 1 + 1
    assert all(number in str(summary) and number in summary._repr_html_() for number in ("5,050", "510", "5,560"))
    assert len({len(line) for line in lines[:-1]}) == 1  # columns are aligned
    assert summary._repr_html_().count("<tr>") == len(lines) - 1


def test_a_layer_that_does_not_fit_is_named(rng):
    network = Sequential(Affine(4, 5, rng=rng), Activation("relu"), Affine(6, 2, rng=rng))
    with pytest.raises(ValueError, match=r"layers\[2\], Affine\(6, 2\), cannot take an input of shape \(N, 5\): "):
        summarize(network, 4)
