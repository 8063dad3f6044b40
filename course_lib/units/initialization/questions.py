"""What the lesson asks before it shows it. The answers are those of the median over the seeds."""

import numpy as np

from course_lib.widgets.prediction import Question

LEARNS = 1.5  # nats: guessing costs 2.3


def _final(rows) -> float:
    return float(np.median([losses[-1] for losses in rows]))


def _final_losses(losses, of="") -> str:
    said = ", ".join(f"{_final(rows):.2f} ({of}{name})" for name, rows in losses.items())
    return f"The last losses, medians of {len(next(iter(losses.values())))} seeds: {said}."


def _who_learns(losses) -> tuple[bool, ...]:
    return tuple(_final(rows) < LEARNS for rows in losses.values())


def _which_of_three(losses) -> int:
    learns = _who_learns(losses)
    return learns.index(True) if sum(learns) == 1 else 3


def _which_gains(losses) -> int:
    return {(True, True, True): 0, (False, True, True): 1, (False, False, True): 2}.get(_who_learns(losses), 3)


def _what_moves(runs) -> int:
    """By the tensors that have moved with tanh, ReLU and sigmoid."""
    tensors = [set(run.moving) for run in runs.values()]
    if not any(tensors):
        return 0
    if all(len(names) == 4 for names in tensors):
        return 3
    return 1 if all(names == {"b2"} for names in tensors) else 2


def _left_at_the_end(result) -> float:
    """What is left of the signal in the last layer, with the second of two initialisers; the input has size 1."""
    return float(np.median([sizes[-1] for sizes in list(result.values())[1]]))


def _growth_of_distance(result) -> tuple[float, float]:
    """The distance between an image and its copy in the third network: at first, and at the end."""
    rows = np.array(list(result.values())[-1])
    return float(np.median(rows[:, 0])), float(np.median(rows[:, -1]))


QUESTIONS = (
    Question(
        name="three_widths",
        text="Thirty layers of 64 tanh units, with normal weights of standard deviation 0.05, 0.15 and 0.45. Which of "
        "the three networks gets its loss below 1.5 (guessing: 2.3) within six passes over the data?",
        options=("only that with 0.05", "only that with 0.15", "only that with 0.45", "more than one, or none"),
        answer=_which_of_three,
        explanation=_final_losses,
    ),
    Question(
        name="zero_weights",
        text="One hidden layer, and all of W1, b1, W2 and b2 are zero. It is trained by gradient descent, once with "
        "tanh, once with ReLU and once with sigmoid units. What moves?",
        options=(
            "nothing at all, whatever the units",
            "b2 alone, whatever the units",
            "with some units b2 alone, with others all four",
            "all four, whatever the units",
        ),
        answer=_what_moves,
        explanation=lambda runs: (
            "After 200 steps, this has moved: "
            + "; ".join(f"{', '.join(run.moving) or 'nothing'} ({name})" for name, run in runs.items())
            + "."
        ),
    ),
    Question(
        name="without_a_rule",
        text="Thirty layers of the staircase, with weights of standard deviation gain / √n. Three gains: 1 and √2, "
        "which two well-known rules take (2.4), and yours. Which networks get their loss below 1.5 within six passes?",
        options=("all three", "those with √2 and with yours", "only that with yours", "none, or some other choice"),
        answer=_which_gains,
        explanation=lambda losses: _final_losses(losses, "gain "),
    ),
    Question(
        name="one_over_n",
        text="Tanh layers of 256 units, and images of size 1. The standard deviation of the weights is 1/n by mistake. "
        "How large is z in layer 20?",
        options=("about 1/20", "about a millionth", "about 1e-12", "less than 1e-20"),
        answer=lambda result: 3 - int(np.searchsorted([-20, -9, -3], np.log10(_left_at_the_end(result)))),
        explanation=lambda result: (
            f"Left at layer 20: {_left_at_the_end(result):.0e}. With 1/√n it is "
            f"{np.median([sizes[-1] for sizes in next(iter(result.values()))]):.2f}."
        ),
    ),
    Question(
        name="sixty_layers",
        text="Sixty tanh layers, once with normal and once with orthogonal weights of the same variance, each at its "
        "best rate. Which has the lower loss after six passes?",
        options=("the normal one, clearly", "they differ by less than a factor of two", "the orthogonal one, clearly"),
        answer=lambda losses: int(
            np.searchsorted([0.5, 2.0], _final(losses["normal"]) / _final(losses["orthogonal"]), side="right")
        ),
        explanation=_final_losses,
    ),
    Question(
        name="noisy_copies",
        text="An image and its copy go through the third of the three networks, that with 0.45, before training. At "
        "the input they differ by a thousandth of their size. And after the last hidden layer?",
        options=(
            "by less than a thousandth",
            "by about a thousandth still",
            "by some per cent",
            "by as much as their size",
        ),
        answer=lambda result: int(np.searchsorted([5e-4, 5e-3, 0.5], _growth_of_distance(result)[1])),
        explanation=lambda result: "With 0.45 the distance goes from {:.4f} to {:.2f} of the size.".format(
            *_growth_of_distance(result)
        ),
    ),
)
