"""The printed characters are what their script draws, look like the handwritten digits, and are split by font."""

import importlib.util
import subprocess
import sys

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from course_lib.data import datasets
from course_lib.files import DATA


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_glyphs", DATA / "make_glyphs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.soak
def test_the_script_draws_the_bundled_file():
    done = subprocess.run([sys.executable, DATA / "make_glyphs.py", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_check_would_notice_another_font_or_variation(script):
    image = script.draw("DejaVuSans", "7")
    assert script.difference(image, image.copy()) == ""
    assert script.difference(image, script.draw("DejaVuSans-Bold", "7"))
    assert script.difference(image, np.roll(image, 1, axis=0))
    assert "shapes" in script.difference(image, image[1:])


def test_a_rounded_grey_level_passes_the_check(script):
    image = np.concatenate([script.draw("STIXGeneral", c) for c in "0123456789"])
    rounded = image.copy()
    rounded[3, 2, 4] ^= 1
    assert script.difference(image, rounded) == ""
    rounded[3, 2, 4] ^= 8
    assert "by 8 at most" in script.difference(image, rounded) or "by 9 at most" in script.difference(image, rounded)


def test_no_test_font_nor_its_family_is_trained_on(script):
    def families(fonts):
        return {"cm" if font.startswith("cm") else font[:4] for font in fonts}

    assert families(script.TRAIN_FONTS) == {"Deja", "STIX"}
    assert families(script.TEST_FONTS) == {"cm"}


@pytest.mark.parametrize(("loader", "n_classes"), [(datasets.glyphs, 10), (datasets.glyph_letters, 26)])
def test_every_font_shows_every_character_equally_often(script, loader, n_classes):
    data = loader()
    for labels, fonts in ((data.y_train, script.TRAIN_FONTS), (data.y_test, script.TEST_FONTS)):
        expected = np.full(n_classes, len(fonts) * script.VARIATIONS)
        assert np.array_equal(np.bincount(labels), expected)


@pytest.mark.parametrize("loader", [datasets.glyphs, datasets.glyph_letters])
def test_pixels_have_the_range_and_statistics_of_the_handwritten_digits(loader):
    ours, real = loader().x_train, datasets.digits().x_train
    assert set(np.unique(ours * 16)) == set(range(17))
    # one network takes both without any rescaling: mean and spread agree to a twentieth of the range
    assert abs(ours.mean() - real.mean()) < 0.05
    assert abs(ours.std() - real.std()) < 0.05
    assert abs((ours == 0).mean() - (real == 0).mean()) < 0.05
    # the character fills the height, and leaves the outer columns nearly empty
    images = ours.reshape(-1, 8, 8)
    assert images.any(axis=2).mean(axis=0).min() > 0.98
    assert images.any(axis=1).mean(axis=0)[[0, 7]].max() < 0.5


@pytest.mark.parametrize(("loader", "chance"), [(datasets.glyphs, 0.1), (datasets.glyph_letters, 1 / 26)])
def test_characters_can_be_told_apart_in_fonts_never_seen(loader, chance):
    data = loader()
    accuracy = KNeighborsClassifier(3).fit(data.x_train, data.y_train).score(data.x_test, data.y_test)
    assert accuracy > 0.8 > 5 * chance


def test_handwriting_is_harder_than_print_but_far_above_chance():
    glyphs, real = datasets.glyphs(), datasets.digits()
    by_print = KNeighborsClassifier(3).fit(glyphs.x_train, glyphs.y_train)
    transferred = by_print.score(real.x_test, real.y_test)
    assert 0.4 < transferred < by_print.score(glyphs.x_test, glyphs.y_test) - 0.1


def test_winding_fills_counters_as_holes_and_overlaps_as_ink(script):
    """A square with a hole that runs the other way round, and two squares that overlap."""

    def square(low, high, clockwise=False):
        corners = np.array([[low, low], [high, low], [high, high], [low, high], [low, low]], float)
        return corners[::-1] if clockwise else corners

    n = script.CELLS
    ring = script.fill([square(8, n - 8), square(16, n - 16, clockwise=True)])
    assert ring.sum() == (n - 16) ** 2 - (n - 32) ** 2
    assert not ring[n // 2, n // 2]
    both = script.fill([square(8, 40), square(24, 56)])
    assert both.sum() == 2 * 32**2 - 16**2
    assert both[n - 1 - 10, 10] and not both[10, 10]  # row 0 is on top
