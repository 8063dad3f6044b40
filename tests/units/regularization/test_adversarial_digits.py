"""The adversarial step: gradients against differences, what the widget says of it, and the picture."""

import numpy as np
import pytest

from course_lib.data.datasets import digits
from course_lib.units.regularization import widgets
from course_lib.units.regularization.experiments import adversarial_digits as experiment
from course_lib.units.regularization.experiments.adversarial_digits import SIZES, TRAININGS, adversarial_digits
from course_lib.units.regularization.experiments.networks import Networks
from course_lib.units.regularization.figures import AdversarialPicture
from course_lib.units.regularization.figures.adversarial_digits import ABOVE, BESIDE, SIDE, canvas
from course_lib.units.shared.probabilities import softmax

pytestmark = pytest.mark.compiled


def test_the_input_gradient_is_that_of_central_differences():
    rng = np.random.default_rng(0)
    networks = Networks.of_sizes([5, 6, 4, 3], [rng])
    networks.w, networks.b = ([each.astype(float) for each in part] for part in (networks.w, networks.b))
    x, labels = rng.normal(size=(1, 4, 5)), np.array([0, 2, 1, 1])
    gradient, h = networks.input_gradient(x, np.eye(3)[labels]), 1e-6

    def loss(x):
        return -np.log(softmax(networks.forward(x))[0, np.arange(4), labels]).sum()

    for at in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[at] += h
        down[at] -= h
        # rounding of the loss over 2h: 1e-10
        assert gradient[at] == pytest.approx((loss(up) - loss(down)) / (2 * h), abs=1e-8)


def test_both_steps_have_one_size_and_stay_between_0_and_1():
    result, data = adversarial_digits("plain", 0.1, 3), digits()
    np.testing.assert_array_equal(result.digit.ravel(), data.x_test[3])
    assert result.label == data.y_test[3]
    np.testing.assert_allclose(result.moved, np.clip(result.digit + 0.1 * result.sign, 0, 1))
    for after in (result.moved, result.noisy):
        inside = (after > 0) & (after < 1)
        # decimal fractions, rounded
        np.testing.assert_allclose(np.abs(after - result.digit)[inside & (result.sign != 0)], 0.1, atol=1e-12)
        assert after.min() >= 0 and after.max() <= 1


def test_errors_are_those_of_the_networks_and_start_alike():
    result = adversarial_digits("adversarial", 0.1, 0)
    np.testing.assert_array_equal(result.error[0, :, 0], result.error[1, :, 0])
    x = digits().x_test[None].astype(np.float32)
    right = experiment._trained("adversarial").forward(x).argmax(axis=-1) == digits().y_test
    np.testing.assert_allclose(result.error[0, :, 0], 1 - right.mean(axis=1))
    assert SIZES[result.column] == 0.1


@pytest.mark.outcome
def test_the_direction_does_the_harm_and_adversarial_training_helps():
    (plain, random), (hardened, _) = (np.median(adversarial_digits(each).error[..., 5], axis=1) for each in TRAININGS)
    # on 39 other networks 43 to 50 %, 4 to 7 %, and 27 to 30 %
    assert plain > 0.38 and random < 0.1 and 0.2 < hardened < 0.35
    # right digits cost nothing: 4 to 6 % wrong in both
    assert abs(np.diff([np.median(adversarial_digits(each).error[0, :, 0]) for each in TRAININGS])[0]) < 0.03


@pytest.mark.parametrize("wrong", [{"training": "hard"}, {"eps": -0.1}, {"image": 50}])
def test_adversarial_digits_refuses(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        adversarial_digits(**wrong)


def test_no_control_trains_again(monkeypatch):
    explorer = widgets.adversarial_explorer(predict=False)
    monkeypatch.setattr(Networks, "gradients", lambda *_: 1 / 0)
    for name, value in (("training", "adversarial"), ("eps", 0.3), ("image", 7)):
        getattr(explorer.controls, name).value = value
        assert getattr(explorer.result, name) == value


def test_the_answer_has_its_control():
    explorer = widgets.adversarial_explorer()
    result = explorer.measure_answer()
    signed, random = np.median(result.error[..., 5], axis=1)
    text = explorer.prediction.question.explain(result)
    assert f"networks: {signed:.0%}." in text and f"it is {random:.0%}" in text


def test_the_picture_has_the_four_images_and_the_probabilities():
    result = adversarial_digits("plain", 0.2, 4)
    image = canvas(result)
    left, low = SIDE + BESIDE, SIDE + 2 * ABOVE
    np.testing.assert_allclose(
        image[low:, :SIDE, 0] < image[ABOVE : ABOVE + SIDE, :SIDE, 0] - 1e-9, result.moved > result.digit + 1e-9
    )
    up = result.sign > 0
    assert len(np.unique(image[ABOVE : ABOVE + SIDE, left:][up], axis=0)) == 1
    _, seen, error = AdversarialPicture(result).figure.axes
    for line, values in zip(seen.lines, result.probabilities, strict=True):
        np.testing.assert_allclose(line.get_ydata()[1::3], values)
    lines = {line.get_label(): line.get_ydata() for line in error.lines}
    np.testing.assert_array_equal(lines["random signs"], np.median(result.error[1], axis=0))
    said = AdversarialPicture.describe(result)
    assert f"after the gradient's sign: {result.probabilities[1, result.label]:.2f} for {result.label}" in said
