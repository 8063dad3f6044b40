"""What the lesson asks before it shows it. The answers are those of the median over the seeds."""

import numpy as np

from course_lib.widgets.prediction import Question

LEARNS = 2.0  # nats: guessing costs 2.3
FACTORS = (1, 2, 4)


def _final(rows) -> float:
    return float(np.median([losses[-1] for losses in rows]))


def _final_losses(losses) -> str:
    said = ", ".join(f"{_final(rows):.2f} ({name})" for name, rows in losses.items())
    return f"The last losses, medians of {len(next(iter(losses.values())))} seeds: {said}."


def _which_line(losses) -> int:
    learns = [_final(rows) < LEARNS for rows in list(losses.values())[1:]]
    return learns.index(True) if sum(learns) == 1 else len(learns)


def _share(runs, size) -> float:
    return float(np.median([run[size] for run in runs]))


def _gap(runs, factor) -> float:
    """How far the losses of the doubled network are from those of the first, at most, as a median over the seeds."""
    gaps = [np.abs(np.subtract(run["as they were"], run[f"doubled, rate x {factor}"])).max() for run in runs]
    return float(np.median(gaps))


def _which_factor(runs) -> int:
    gaps = [_gap(runs, factor) for factor in FACTORS]
    return int(np.argmin(gaps)) if min(gaps) < 0.05 else len(FACTORS)


def _way_kept(result) -> float:
    """Where the accuracy with noise lies over the whole training: at 0 without batch norm, at 1 with it."""
    without, normed, noisy = np.median(result.accuracy.mean(axis=2), axis=1)
    return float((noisy - without) / (normed - without))


def _rescued(loss, of_the_other) -> int:
    """0 when the loss is about that of the other network, 1 when it is higher, 2 when the network has not learned."""
    return 2 if loss > LEARNS else int(loss > 1.2 * of_the_other)


QUESTIONS = (
    Question(
        name="which_line",
        text="Which of the five lines gets the loss of the twenty sigmoid layers below 2 (guessing: 2.3) within four "
        "passes over the data?",
        options=("4 z", "z - mean", "z / std", "(z - mean) / std", "the same with axis=1", "more than one, or none"),
        answer=_which_line,
        explanation=_final_losses,
    ),
    Question(
        name="unequal_scales",
        text="With two features of the same scale a step or two is enough. Now one of them is 100 times as wide as the "
        "other. How many steps does it take, at the best rate that there is?",
        options=("about 10", "about 100", "about 1,000", "about 10,000"),
        answer=lambda steps: int(np.searchsorted([30, 300, 3000], steps[100])),
        explanation=lambda steps: (
            f"Steps by the ratio of the scales: {', '.join(f'{n:,} (1 to {ratio})' for ratio, n in steps.items())}."
        ),
    ),
    Question(
        name="alone",
        text="The trained network gets the test digits one at a time, and each is normalised by the mean and the "
        "variance of the batch in which it comes. How many are labelled right?",
        options=("as many as in batches of 64", "about half as many", "one in ten: it guesses"),
        answer=lambda runs: 2 - int(np.searchsorted([0.2, 0.8 * _share(runs, 64)], _share(runs, 1))),
        explanation=lambda runs: (
            "Right, medians of three seeds: "
            + ", ".join(
                f"{_share(runs, size):.0%} ({f'batches of {size}' if size != 'evaluation' else size})"
                for size in runs[0]
            )
            + "."
        ),
    ),
    Question(
        name="constants",
        text="Mean and variance are taken for constants on the way back, so that dx = s dxhat. What does the network "
        "do at the rate of 0.3?",
        options=(
            "the same as with the whole formula",
            "it learns, but its loss stays clearly higher",
            "it does not learn at all",
        ),
        answer=lambda losses: _rescued(_final(losses["as constants"]), _final(losses["your backward"])),
        explanation=_final_losses,
    ),
    Question(
        name="noise_after",
        text="Three networks of three sigmoid layers, each at its best rate: without batch norm, with it, and with "
        "noise of ever new mean and spread after it. How does the third one learn?",
        options=(
            "worse than the one without batch norm",
            "like the one without",
            "about half-way between the two",
            "nearly like the one with batch norm and no noise",
        ),
        answer=lambda result: int(np.searchsorted([-0.25, 0.25, 0.75], _way_kept(result))),
        explanation=lambda result: (
            "Right at the end, medians of the seeds: {:.0%} without, {:.0%} with, {:.0%} with noise.".format(
                *np.median(result.accuracy[:, :, -1], axis=1)
            )
        ),
    ),
    Question(
        name="doubled_weights",
        text="All hidden weights are doubled before the first step. By which factor must their learning rate be "
        "multiplied, so that the losses are the same as before?",
        options=("by 1: nothing has changed", "by 2", "by 4", "there is none"),
        answer=_which_factor,
        explanation=lambda runs: (
            "How far the losses are from those before, at most: "
            + ", ".join(f"{_gap(runs, factor):.4f} (rate times {factor})" for factor in FACTORS)
            + "."
        ),
    ),
    Question(
        name="layer_norm_too",
        text="Twenty sigmoid layers, batches of 64 and a rate of 0.3, once with batch norm and once with layer norm in "
        "the same places. Does layer norm rescue the network as well?",
        options=("yes, as well as batch norm", "yes, but it learns less", "no, it goes on guessing"),
        answer=lambda losses: (
            2
            if _final(losses["layer norm"]) > 2.2
            else int(_final(losses["layer norm"]) > 1.2 * _final(losses["batch norm"]))
        ),
        explanation=_final_losses,
    ),
    Question(
        name="folded_first",
        text="Before the first step, batch norm by one batch is folded into the weights; then the twenty sigmoid "
        "layers are trained without any. What becomes of it, beside the network that has batch norm in every step?",
        options=("it learns as well", "it learns, but its loss stays higher", "it goes on guessing"),
        answer=lambda losses: _rescued(_final(losses["folded first"]), _final(losses["batch norm"])),
        explanation=_final_losses,
    ),
    Question(
        name="left_over",
        text="Three of the 1347 digits come as a batch of their own, once at the end of each pass; all others have 64. "
        "How many test digits does the network get right, compared with the same training without those three?",
        options=("about as many are right", "some points fewer", "most are wrong: it is ruined"),
        answer=lambda shares: int(
            np.searchsorted(
                [0.05, 0.3], np.median(shares["left out"]) - np.median(shares["a batch of three"]), side="right"
            )
        ),
        explanation=lambda shares: (
            "Right, medians of three seeds: "
            + ", ".join(f"{np.median(share):.0%} ({name})" for name, share in shares.items())
            + "."
        ),
    ),
)
