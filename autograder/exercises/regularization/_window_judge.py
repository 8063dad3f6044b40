"""The judge of random windows of padded images: each is found among all windows of its own image."""

import numpy as np

from autograder.compare import Difference
from autograder.exercises.regularization._random_masks import SIGMAS, near, number_or_array

FEWEST = 200  # images, of whose offsets a share says something


def windows(images: np.ndarray, pad: int, mode: str = "constant", axis: int = -1) -> tuple[np.ndarray, np.ndarray]:
    """All windows of each padded image, (N, rows, columns, C, H, W): as they are, and mirrored along an axis."""
    padded = np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode=mode)
    cut = np.lib.stride_tricks.sliding_window_view(padded, images.shape[2:], axis=(2, 3))
    cut = np.moveaxis(cut, 1, 3)
    return cut, np.flip(cut, axis)


def _found(value, candidates) -> np.ndarray:
    """Which window each image may be, (N, rows, columns, 2)."""
    middle = (..., 0, value.shape[2] // 2, value.shape[3] // 2)
    both = []
    for cut in candidates:
        # a single pixel leaves few windows to compare whole
        found = near(value[:, None, None][middle], cut[middle])
        places = np.nonzero(found)
        found[places] = near(value[places[0]], cut[places]).all(axis=(1, 2, 3))
        both.append(found)
    return np.stack(both, axis=-1)


def judge(inputs, value) -> Difference | None:
    """What is wrong with the windows: what they are cut from, where, and which are mirrored."""
    images, pad, p = np.asarray(inputs["images"], dtype=float), inputs["pad"], inputs["p_flip"]
    problem = number_or_array(value, images.shape, "the result")
    if problem:
        return problem
    value = np.array(value, dtype=float)
    found = _found(value, windows(images, pad))
    if not found.any(axis=(1, 2, 3)).all():
        return _other_windows(images, pad, value)
    is_plain, is_mirrored = found[..., 0].any(axis=(1, 2)), found[..., 1].any(axis=(1, 2))
    for probability, never in ((0, ~is_plain), (1, ~is_mirrored)):
        if p == probability and never.any():
            what = "are mirrored" if not p else "are not mirrored"
            return Difference(f"flip at {p:g}", f"{never.sum()} of {len(images)} images {what}, and p_flip is {p:g}")
    if len(images) < FEWEST or (found.sum(axis=(1, 2, 3)) > 1).any():
        return None
    _, rows, columns, flipped = np.nonzero(found)
    return _offsets(rows, columns, pad) or _flips(flipped, p) or _together(rows, columns, flipped, p, pad)


def _other_windows(images, pad, value) -> Difference:
    known = {
        "up-down": ("constant", -2, "some images are mirrored top to bottom"),
        "channels": ("constant", -3, "the channels of some images are in reverse order"),
        "wrap": ("wrap", -1, "what leaves an image on one side comes in on the other"),
        "edge": ("edge", -1, "the pixels around an image are those of its edge, and should be 0"),
    }
    if pad < min(images.shape[2:]):
        known["reflect"] = ("reflect", -1, "the pixels around an image are its own, reflected, and should be 0")
    for name, (mode, axis, text) in known.items():
        if images.shape[axis] > 1 and _found(value, windows(images, pad, mode, axis)).any(axis=(1, 2, 3)).all():
            return Difference(f"windows: {name}", text)
    if images.shape[1] > 1 and _found(_by_channel(value), windows(_by_channel(images), pad)).any(axis=(1, 2, 3)).all():
        return Difference("windows: of channels", "the channels of an image are cut or mirrored in different ways")
    if pad and _found(value, windows(images, 2 * pad)).any(axis=(1, 2, 3)).all():
        return Difference("windows: too far", f"some images are moved by more than {pad} rows or columns")
    if np.isin(value.round(9), np.append(0.0, images.round(9))).all() and value.any():
        pairs = zip(value.round(9), images.round(9), strict=True)
        if not all(np.isin(got[got != 0], image).all() for got, image in pairs):
            return Difference("windows: of others", "some results show pixels of another image of the batch")
    return Difference("windows: none", "some results are no windows of their padded images, mirrored or not")


def _by_channel(images):
    return images.reshape(-1, 1, *images.shape[2:])


def _offsets(rows, columns, pad) -> Difference | None:
    n, sides = len(rows), 2 * pad + 1
    if pad and (rows == rows[0]).all() and (columns == columns[0]).all():
        return Difference("one offset", "all images are cut at the same place: each should have an offset of its own")
    margin = SIGMAS * np.sqrt((1 - 1 / sides) / sides / n)
    for name, offset in (("rows", rows), ("columns", columns)):
        share = np.bincount(offset, minlength=sides) / n
        wrong = np.abs(share - 1 / sides) > margin
        if wrong.any():
            never = ", ".join(str(i) for i in np.flatnonzero(share == 0))
            text = f"the {name} of the windows begin at {np.flatnonzero(wrong)[0]} too often or too seldom"
            if never:
                text = f"no {name} of the windows begin at {never}: the offset goes from 0 to {2 * pad}, both included"
            return Difference(f"{name}: never {never}" if never else f"{name}: uneven", text)
    return None


def _flips(flipped, p) -> Difference | None:
    share = flipped.mean()
    if 0 < p < 1 and share in (0, 1):
        return Difference("flip: all alike", "all images are mirrored, or none: each should have a draw of its own")
    if abs(share - p) * np.sqrt(len(flipped)) <= SIGMAS * np.sqrt(p * (1 - p)):
        return None
    known = {"kept": 1 - p, "half": 0.5, "other": p * p}
    nearest = min(known, key=lambda name: abs(known[name] - share))
    return Difference(f"flip: {nearest}", f"a share of {p:.3g} should be mirrored, and {share:.3g} of the images are")


def _together(rows, columns, flipped, p, pad) -> Difference | None:
    """Whether the three draws of an image depend on each other, or on those of the image before."""
    if not pad:
        return None
    sides, n = 2 * pad + 1, len(rows)
    pairs = {
        "rows and columns": (rows, columns, 1 / sides**2),
        "rows and flips": (rows, flipped, p / sides),
        "columns and flips": (columns, flipped, p / sides),
        "neighbours": (rows[1:], rows[:-1], 1 / sides**2),
    }
    for name, (one, other, expected) in pairs.items():
        table = np.zeros((sides, max(sides, 2)))
        np.add.at(table, (one, other), 1 / len(one))
        cells = table[:, 1] if "flips" in name else table[:, :sides]
        # Bernstein's bound: counts of a dozen have longer tails than normal numbers
        margin = SIGMAS * np.sqrt(expected * (1 - expected) / n) + SIGMAS**2 / (3 * n)
        if (np.abs(cells - expected) > margin).any():
            return Difference(f"together: {name}", f"the draws of {name} depend on each other")
    return None
