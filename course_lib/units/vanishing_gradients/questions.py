"""What the lesson asks before it shows it. The answers are those of the median over the seeds."""

import numpy as np

from course_lib.units.vanishing_gradients.experiments.one_change import CHANGES
from course_lib.widgets.prediction import Question

LAST = 20  # steps, over which the loss of single batches is averaged
GUESSING = np.log(10)


def _final_losses(networks) -> list[float]:
    return [float(np.median([run.train_loss[-1] for run in runs])) for runs in networks]


def _three_losses(networks) -> str:
    said = zip(networks, _final_losses(networks), strict=True)
    return f"The losses are {', '.join(f'{loss:.2f} ({runs[0].label})' for runs, loss in said)}."


def _measured_factor(result) -> float:
    """From the second layer to the last but one: the first has other inputs, the last other outputs."""
    inner = np.array(result["norms"])[:, 1:-1]
    return float(np.median((inner[:, 0] / inner[:, -1]) ** (1 / (inner.shape[1] - 1))))


def _error_of_prediction(result) -> int:
    ratio = _measured_factor(result) / result["predicted"]
    return int(np.searchsorted([0.05, 0.3], abs(np.log(ratio))))


def _heads(result) -> tuple[float, float]:
    return float(np.median(result.raw[0, -1])), float(np.median(result.standardised[0, -1]))


def _who_can_read(result) -> int:
    raw, standardised = _heads(result)
    return int(standardised > 0.5) + int(raw > 0.5)


def _final_of_batches(losses) -> float:
    return float(np.median([np.mean(one[-LAST:]) for one in losses]))


def _which_learns(losses) -> int:
    return int(np.argmin([_final_of_batches(of_seeds) for of_seeds in losses.values()]))


def _losses_by_name(losses) -> str:
    return f"The last losses: {', '.join(f'{_final_of_batches(of):.2f} ({name})' for name, of in losses.items())}."


def _what_clipping_does(runs) -> int:
    free, clipped = (_final_of_batches([losses for losses, _ in of_seeds]) for of_seeds in runs.values())
    if free < GUESSING:
        return 0 if clipped > free else 1
    return 3 if clipped < 0.95 * GUESSING else 2  # nan is no loss below guessing either


def _what_clipping_did(runs) -> str:
    free, clipped = runs.values()
    lost = sum(not np.isfinite(losses[-1]) for losses, _ in free)
    losses = [np.mean(losses[-LAST:]) for losses, _ in clipped]
    return (
        f"Without clipping, {lost} of {len(free)} networks end with a loss that is not a number; with it, the losses "
        f"are {min(losses):.1f} to {max(losses):.1f}, where guessing costs 2.3."
    )


QUESTIONS = (
    Question(
        name="three_networks",
        text="Which of the three networks has the lowest loss after twelve passes over the data?",
        options=("two layers, sigmoid", "twelve layers, sigmoid", "twelve layers, tanh"),
        answer=lambda networks: int(np.argmin(_final_losses(networks))),
        explanation=_three_losses,
    ),
    Question(
        name="factor_per_layer",
        text="The formula rests on three assumptions, none of which is quite true. How far is the factor that you will "
        "measure from the one that it predicts?",
        options=("by 5 % at most", "by 5 to 30 %", "by more than 30 %"),
        answer=_error_of_prediction,
        explanation=lambda result: (
            f"Predicted: {result['predicted']:.3f} a layer; measured: {_measured_factor(result):.3f}, the median of "
            f"{len(result['norms'])} seeds."
        ),
    ),
    Question(
        name="untrained_layers",
        text="A linear classifier is trained on what eleven untrained sigmoid layers make of the digits. It gets their "
        "outputs once as they are, and once standardised: each shifted to mean 0 and scaled to variance 1. How many of "
        "the test digits does it read?",
        options=(
            "hardly more than guessing, either way",
            "hardly more than guessing as they are, more than half of them standardised",
            "more than half of them, either way",
        ),
        answer=_who_can_read,
        explanation=lambda result: (
            "As they are: {:.0%}; standardised: {:.0%}.".format(*_heads(result)) + " Both are medians of five seeds."
        ),
    ),
    Question(
        name="skip_connections",
        text="Your network of thirty tanh layers, with and without skip connections. Which has the lower loss "
        "after eight passes over the data?",
        options=("the one without", "the one with skip connections"),
        answer=_which_learns,
        explanation=_losses_by_name,
    ),
    Question(
        name="clipping",
        text="Twelve ReLU layers with weights of variance 4/n, at a learning rate of 0.03. What does clipping the norm "
        "at 1 do?",
        options=(
            "the network learns more slowly",
            "the network learns faster",
            "no network learns, with clipping or without",
            "only the network with clipping learns",
        ),
        answer=_what_clipping_does,
        explanation=_what_clipping_did,
    ),
    Question(
        name="one_change",
        text="6 layers of 16 sigmoid units on the spirals, as above. Which of these changes alone gets them to label "
        "nearly all points right within 2000 steps?",
        options=tuple(CHANGES),
        answer=lambda result: int(np.argmax(result.changed)),
        explanation=lambda result: (
            f"Unchanged, the network is right for {result.unchanged:.0%} of the points; with "
            + ", ".join(f"{name}, {share:.0%}" for name, share in zip(CHANGES, result.changed, strict=True))
            + ". Weights of standard deviation 1 make n σ² equal to 16: the first part of the factor per layer then "
            "makes up for much of the second."
        ),
    ),
)
