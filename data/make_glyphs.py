"""Draw glyphs.npz from the fonts that matplotlib carries: ``python data/make_glyphs.py [--check]``.

The steps are those that made the handwritten digits: a black-and-white bitmap of 32 x 32 cells whose character fills
the height, then the number of black cells in every block of 4 x 4, from 0 to 16. Outlines are read unhinted and at
a large size, so that another version of FreeType gives the same images.
"""

import argparse
import sys
from functools import cache
from pathlib import Path
from string import ascii_uppercase, digits

import matplotlib
import numpy as np
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.path import Path as Outline

TRAIN_FONTS = (
    "DejaVuSans DejaVuSans-Bold DejaVuSans-Oblique DejaVuSans-BoldOblique "
    "DejaVuSansMono DejaVuSansMono-Bold DejaVuSansMono-Oblique DejaVuSansMono-BoldOblique "
    "DejaVuSerif DejaVuSerif-Bold DejaVuSerif-Italic DejaVuSerif-BoldItalic "
    "STIXGeneral STIXGeneralBol STIXGeneralItalic STIXGeneralBolIta"
).split()
TEST_FONTS = "cmr10 cmb10 cmss10 cmtt10".split()  # a family that no training font belongs to
SETS = {"digits": digits, "letters": ascii_uppercase}
VARIATIONS = 10  # of each character in each font
CELLS = 64  # the raster; 2 x 2 of them are a cell of the bitmap, 8 x 8 a pixel
TOLERANCE = 0.001  # the share of pixels that may differ by a grey level or two, where other versions round otherwise
FILE = Path(__file__).with_name("glyphs.npz")


@cache
def outline(font: str, character: str) -> list[np.ndarray]:
    """The closed polygons (n, 2) of a character, in units of the font, y upwards."""
    face = FT2Font(str(Path(matplotlib.get_data_path(), "fonts", "ttf", f"{font}.ttf")))
    face.set_size(8 * CELLS, 72)
    face.load_char(ord(character), flags=LoadFlags.NO_HINTING)
    vertices, codes = face.get_path()
    height = np.ptp(vertices[:, 1])
    # curves are flattened to a fraction of a cell
    return Outline(vertices * (4 * CELLS / height), codes).to_polygons()


def vary(polygons: list[np.ndarray], rng) -> list[np.ndarray]:
    """The polygons turned, slanted and stretched a little at random, fitted to the height of the raster."""
    angle, slant, stretch = rng.normal([0.0, 0.1, 0.0], [0.1, 0.15, 0.15])
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    matrix = np.diag([np.exp(stretch), 1.0]) @ np.array([[1.0, 0.0], [slant, 1.0]]) @ turn
    varied = [polygon @ matrix for polygon in polygons]
    low = np.min([polygon.min(axis=0) for polygon in varied], axis=0)
    size = np.max([polygon.max(axis=0) for polygon in varied], axis=0) - low
    # as wide as handwriting at most: the outer columns stay nearly empty
    scale = np.minimum(CELLS * np.array([rng.uniform(0.6, 0.8), 1.0]) / size, CELLS / size[1])
    shift = CELLS / 2 + rng.normal(0, [CELLS / 40, CELLS / 80])
    return [(polygon - low - size / 2) * scale + shift for polygon in varied]


def fill(polygons: list[np.ndarray]) -> np.ndarray:
    """The cells (CELLS, CELLS) whose centre an outline winds around, row 0 on top."""
    x0, y0 = np.concatenate([polygon[:-1] for polygon in polygons]).T
    x1, y1 = np.concatenate([polygon[1:] for polygon in polygons]).T
    centres = np.arange(CELLS) + 0.5
    edges, rows = np.nonzero((y0[:, None] <= centres) != (y1[:, None] <= centres))
    crossing = x0[edges] + (centres[rows] - y0[edges]) * ((x1 - x0)[edges] / (y1 - y0)[edges])
    columns = np.clip(np.ceil(crossing - 0.5), 0, CELLS).astype(int)
    winding = np.zeros((CELLS, CELLS + 1))
    np.add.at(winding, (rows, columns), np.sign(y1 - y0)[edges])
    return np.cumsum(winding, axis=1)[::-1, :CELLS] != 0


def pen(cells: np.ndarray, rng) -> np.ndarray:
    """The same character with strokes of another thickness: blurred, then cut at another level than one half."""
    blur, level = rng.uniform([1.0, 0.2], [3.0, 0.6])
    distance = np.subtract.outer(np.arange(CELLS), np.arange(CELLS))
    weights = np.exp(-0.5 * (distance / blur) ** 2)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ cells @ weights.T > level


def draw(font: str, character: str) -> np.ndarray:
    """All variations of a character in a font: (VARIATIONS, 8, 8) of 0 to 16."""
    rng = np.random.default_rng([ord(letter) for letter in font + character])
    images = []
    for _ in range(VARIATIONS):
        cells = pen(fill(vary(outline(font, character), rng)), rng)
        bitmap = cells.reshape(32, 2, 32, 2).mean(axis=(1, 3)) >= 0.5
        images.append(bitmap.reshape(8, 4, 8, 4).sum(axis=(1, 3)))
    return np.array(images, np.uint8)


def arrays() -> dict[str, np.ndarray]:
    """What the file holds: x of (N, 8, 8) and y of (N,) for both sets, by training and test fonts."""
    made = {}
    for name, characters in SETS.items():
        for part, fonts in (("train", TRAIN_FONTS), ("test", TEST_FONTS)):
            made[f"{name}_x_{part}"] = np.concatenate([draw(font, c) for font in fonts for c in characters])
            labels = np.repeat(np.arange(len(characters), dtype=np.uint8), VARIATIONS)
            made[f"{name}_y_{part}"] = np.tile(labels, len(fonts))
    return made


def difference(image: np.ndarray, other: np.ndarray) -> str:
    """How two arrays of images differ beyond the tolerance; empty when they do not."""
    if image.shape != other.shape:
        return f"shapes {image.shape} and {other.shape}"
    gap = np.abs(image.astype(int) - other)
    share = np.mean(gap > 0)
    return f"{share:.2%} of pixels, by {gap.max()} at most" if share > TOLERANCE or gap.max() > 2 else ""


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="Draw data/glyphs.npz.")
    options.add_argument("--check", action="store_true", help="change nothing; fail when the file differs")
    made = arrays()
    if not options.parse_args().check:
        np.savez_compressed(FILE, **made)
        sys.exit()
    with np.load(FILE) as kept:
        differing = {key: text for key in made if (text := difference(made[key], kept[key]))}
    sys.exit("\n".join(f"{key}: {text}" for key, text in differing.items()) or None)
