"""Of this unit's smaller figures: what their pictures and their words say."""

import numpy as np
import pytest

from course_lib.units.regularization.figures import dropout_diagram, shrinkage_figure

pytestmark = pytest.mark.compiled


def test_the_diagram_s_mask_keeps_the_mean_and_has_no_arrow_at_a_zero():
    texts = [text.get_text() for text in dropout_diagram().figure.axes[0].texts]
    assert texts.count("0") == 2 and texts.count("2$h_1$") == texts.count("$h_1$") == 1


def test_shrinkage_has_the_three_steps():
    shown = shrinkage_figure(0.4)
    (ax,) = shown.figure.axes
    proximal, subgradient, l2 = (line.get_xydata() for line in ax.lines[:3])
    w, near = proximal[:, 0], np.abs(proximal[:, 0]) < 0.39
    assert np.all(proximal[near, 1] == 0) and np.all(proximal[np.abs(w) > 0.41, 1] != 0)
    np.testing.assert_allclose(l2[:, 1], 0.6 * w, atol=1e-12)
    far = np.abs(w) > 0.41
    np.testing.assert_allclose(subgradient[far, 1], proximal[far, 1], atol=1e-12)
    # nearer than a step to 0, the sign changes
    assert np.all(subgradient[near & (np.abs(w) > 0.01), 1] * w[near & (np.abs(w) > 0.01)] < 0)
    assert "0.08 becomes -0.32" in shown.alt and "multiplies each weight by 0.6" in shown.alt
