"""Training runs side by side: the losses, and the gradient norms from which they started."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_lib.figures.picture import Shown, show
from course_lib.figures.style import BLUE, GREY, TEXT, decades, distinct_styles, label, new_figure, number
from course_lib.units.shared.training_runs import TrainingRun


def compare_runs(runs: list[TrainingRun]) -> Shown:
    """Left: the training loss after each epoch. Right: the gradient norm of each layer before the first step."""
    figure, (losses, norms) = new_figure([1, 1], height=3.6, top=0.84)
    for run, style in _draw_losses(losses, runs):
        layers = np.arange(1, len(run.initial_norms) + 1)
        norms.semilogy(layers, run.initial_norms, label=_name(run), markersize=4, **style)
    norms.set_ylim(*decades(*(run.initial_norms for run in runs), low=-2))
    label(norms, "Before the first step", "layer, from the input", "norm of the weights' gradient")
    norms.legend(fontsize=8.5, frameon=False)
    by_layer = (
        f"{run.label}: gradient norm {number(run.initial_norms[0])} in the first layer, "
        f"{number(run.initial_norms[-1])} in the last."
        for run in runs
    )
    return show(figure, " ".join([*map(_outcome, runs), *by_layer]))


def compare_gradient_norms(runs: list[TrainingRun]) -> Shown:
    """Left: the training loss after each epoch. Right: the norm of the whole gradient, before clipping, by step."""
    figure, (losses, norms) = new_figure([1, 1], height=3.6, top=0.84)
    for run, style in _draw_losses(losses, runs):
        steps = np.arange(1, len(run.gradient_norm) + 1)
        norms.semilogy(steps, run.gradient_norm, label=_name(run), linewidth=0.8, **{**style, "marker": ""})
    label(norms, "During training", "step", "norm of the gradient, before clipping")
    norms.legend(fontsize=8.5, frameon=False)
    peaks = (f"{run.label}: gradient norm up to {number(np.nanmax(run.gradient_norm))}." for run in runs)
    return show(figure, " ".join([*map(_outcome, runs), *peaks]))


def loss_curve(losses: list[float]) -> Shown:
    """The loss of every step."""
    figure, (ax,) = new_figure([1], height=3.2, bottom=0.18, top=0.83)
    ax.plot(np.arange(1, len(losses) + 1), losses, color=BLUE, linewidth=1)
    ax.set_ylim(bottom=0)
    label(ax, "Your training loop", "step", "loss of the batch (nats)")
    return show(figure, f"Loss by step, from {number(losses[0])} to {number(losses[-1])} in {len(losses)} steps.")


def _draw_losses(ax, runs):
    """Draw the losses into ``ax``, and return every run with its style."""
    styled = list(zip(runs, distinct_styles(len(runs)), strict=True))
    for run, style in styled:
        ax.plot(np.arange(1, len(run.train_loss) + 1), run.train_loss, markersize=4, **style)
    guessing = np.log(10)
    ax.axhline(guessing, color=GREY, linewidth=1)
    ax.annotate(
        "guessing",
        (0.99, guessing),
        (0, 5),
        xycoords=ax.get_yaxis_transform(),
        textcoords="offset points",
        ha="right",
        fontsize=8.5,
        color=TEXT,
    )
    highest = max((run.train_loss.max() for run in runs if run.train_loss.size), default=guessing)
    ax.set_ylim(0, np.clip(1.1 * highest, 1.15 * guessing, 2 * guessing))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    label(ax, "Learning", "epoch", "training loss (nats)")
    return styled


def _name(run: TrainingRun) -> str:
    return f"{run.label} (diverged)" if run.diverged else run.label


def _outcome(run: TrainingRun) -> str:
    ending = "diverges" if run.diverged else f"ends at a training loss of {number(run.train_loss[-1])}"
    return f"{run.label} {ending}."
