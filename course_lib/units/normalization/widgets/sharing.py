"""Batch, layer, group and instance norm: which entries share a mean, and what that makes a norm blind to."""

import ipywidgets

from course_lib.units.normalization.experiments.sharing import GROUPS, LARGEST_SIDE, MOST_IMAGES, NORMS, sharing
from course_lib.units.normalization.figures.sharing import SharingPicture
from course_lib.widgets import controls
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.prediction import Question


def sharing_explorer(norm="batch", groups=2, n=4, side=3, seed=0, predict=True) -> Explorer:
    """Explore which entries of a tensor share a mean in four norms, and which changes they do not notice.

    Parameters
    ----------
    norm, groups, n, side, seed
        The first values of the controls; see ``sharing``.
    predict : bool, whether to ask for a prediction before anything is shown

    Returns
    -------
    Explorer, whose ``result`` is a ``Sharing``
    """
    norms, of_group_norm = controls.choice("Norm", norm, NORMS), controls.choice("Groups", groups, GROUPS)
    ipywidgets.dlink((norms, "value"), (of_group_norm, "disabled"), lambda chosen: chosen != "group")
    return Explorer(
        maker=sharing_explorer,
        controls={
            "norm": norms,
            "groups": of_group_norm,
            "n": controls.whole("Images", n, 1, MOST_IMAGES),
            "side": controls.whole("Side (pixels)", side, 1, LARGEST_SIDE),
            "seed": controls.seed(seed),
        },
        run=sharing,
        picture=SharingPicture,
        question=_question(norm, groups, n, side) if predict else None,
    )


def _question(norm, groups, n, side):
    name = f"Group norm with {groups} groups" if norm == "group" else f"{norm.capitalize()} norm"
    return Question(
        f"{name} is given {n} images of 8 channels and {side} × {side} pixels. Three things are tried, one at a time: "
        "the other images are replaced; image 1 becomes brighter, everywhere alike; the first channel of all images is "
        "multiplied by 3. How many of these leave the output of image 1 as it was?",
        ("none", "one", "two", "all three"),
        lambda result: len(result.unnoticed),
        _what_it_forgets,
    )


def _what_it_forgets(result):
    unnoticed = ", ".join(result.unnoticed) or "none"
    return (
        f"Not noticed: {unnoticed}. There are {result.means} means, each over {result.entries} of the entries: what "
        "shifts or stretches all entries of a mean alike is taken out, and what is not among them has no effect."
    )
