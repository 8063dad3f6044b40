"""What the lesson asks before it shows it. The answers are those of the median over the seeds."""

import numpy as np

from course_lib.widgets.prediction import Question

POINT = 1.0  # of a hundred: a difference of less is none


def _last(rows, which) -> float:
    """Of the last pass, the share (%) of wrong ones among the training digits (0) or the new ones (1)."""
    return float(np.median([row[which][-1] for row in rows]))


def _saved(results, careful) -> float:
    """The points that weight decay saves on new digits, with careless labels (0) or careful ones (1)."""
    return float(np.median(results["plain"][careful]) - np.median(results["weight_decay"][careful]))


def _helped(results) -> int:
    careless, careful = _saved(results, 0) > POINT, _saved(results, 1) > POINT
    return 2 * (not careless) + (careless != careful)


def _in_order(runs) -> tuple[float, float]:
    """The share (%) of pairs in which the wrong answer is the less certain: with many passes, and with one."""
    often, once = 100 * np.median([run["order"] for run in runs], axis=0)
    return float(often), float(once)


def _crops(results) -> str:
    names = {
        (0, 0.0, 60): "plain, 60 passes",
        (1, 0.0, 60): "crops, 60 passes",
        (1, 0.0, 240): "crops, 240 passes",
        (0, 0.5, 240): "mirrored, 240 passes",
    }
    said = "; ".join(f"{names[key]}: {still:.0f} % and {by_one:.0f} %" for key, (still, by_one) in results.items())
    return (
        f"Wrong on new digits, as they are and moved by a pixel, medians of three seeds. {said[0].upper()}{said[1:]}."
    )


QUESTIONS = (
    Question(
        name="random_labels",
        text="Two hundred digits with labels that were drawn by chance, and 120 passes over them. To how many of these "
        "training digits does the network give another label in the end than the one drawn?",
        options=("nine in ten: there is nothing to learn", "about half", "hardly any, or none"),
        answer=lambda runs: 2 - int(np.searchsorted([10, 75], _last(runs["random labels"], 0))),
        explanation=lambda runs: (
            "Wrong in the end, medians of five seeds: "
            + "; ".join(
                f"{name}, {_last(rows, 0):.0f} % of the training digits and {_last(rows, 1):.0f} % of the new ones"
                for name, rows in runs.items()
            )
            + "."
        ),
    ),
    Question(
        name="decay_helps",
        text="Weight decay at its best strength for careless labels, of which one in five is wrong; and the same "
        "strength where all labels are right; the learning rate is 0.001 for all. Does it save errors on new digits, "
        "by more than one in a hundred?",
        options=(
            "with both kinds of labels",
            "with careless labels, not with right ones",
            "with neither",
            "with right labels, not with careless ones",
        ),
        answer=_helped,
        explanation=lambda results: (
            f"Of a hundred new digits it saves {_saved(results, 0):.0f} with careless labels. With right ones it "
            f"{'saves' if _saved(results, 1) > 0 else 'costs'} {abs(_saved(results, 1)):.1f}."
        ),
    ),
    Question(
        name="dropout_left_on",
        text="Fifty passes with dropout left on, and the entropy of their mean; and one plain pass of the same "
        "network, and its entropy. Which tells the wrong answers from the right ones better?",
        options=("fifty passes, by more than two points", "neither", "one pass, by more than two points"),
        answer=lambda runs: int(np.searchsorted([-2, 2], _in_order(runs)[1] - _in_order(runs)[0])),
        explanation=lambda runs: (
            "The wrong answer is the less certain in {:.0f} % of all pairs with fifty passes, and in {:.0f} % with "
            "one.".format(*_in_order(runs))
        ),
    ),
    Question(
        name="moved_digits",
        text="Digits that are moved by up to a pixel in training, for 60 passes. Of new digits, which stand in the "
        "middle as ever, how many more or fewer get the wrong label than without it?",
        options=("fewer", "as many, within a point", "more"),
        answer=lambda results: int(np.searchsorted([-POINT, POINT], results[1, 0.0, 60][0] - results[0, 0.0, 60][0])),
        explanation=_crops,
    ),
)
