"""The history of a training run: loss, accuracy, and what the optimiser saw."""

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures import style
from course_lib.figures.style import BLUE, ORANGE, PURPLE, SLATE, VERMILION, number
from course_lib.training.history import History


def history_figure(history: History) -> Figure:
    """Three panels: loss by step with the means after each epoch, accuracy by epoch, gradient norm and rate by step."""
    figure, (loss, accuracy, step) = style.new_figure([1.15, 1, 1.15])
    n_steps, n_epochs = len(history.loss), len(history.train_loss)
    steps = np.arange(1, n_steps + 1)
    # the steps are spread evenly over the epochs, so that all panels speak of epochs
    epochs = steps / max(n_steps / max(n_epochs, 1), 1e-9) if n_epochs else steps
    unit = "epoch" if n_epochs else "step"
    ends = np.arange(1, n_epochs + 1)
    marker = {"markersize": 3.5, "linewidth": 1.6, "markevery": max(1, n_epochs // 12)}

    style.label(loss, "Loss", unit, "loss")
    loss.plot(epochs, history.loss, color=SLATE, linewidth=0.6, alpha=0.6, label="batch")
    loss.plot(ends, history.train_loss, color=BLUE, marker="o", label="train", **marker)
    if history.test_loss:
        loss.plot(ends, history.test_loss, color=ORANGE, linestyle="--", marker="s", label="test", **marker)
    style.logarithmic_y(loss)

    style.label(accuracy, "Accuracy", "epoch", "share of right answers")
    accuracy.plot(ends, history.train_accuracy, color=BLUE, marker="o", label="train", **marker)
    if history.test_accuracy:
        accuracy.plot(ends, history.test_accuracy, color=ORANGE, linestyle="--", marker="s", label="test", **marker)

    style.label(step, "Gradient and rate", unit, "")
    step.plot(epochs, history.gradient_norm, color=VERMILION, linewidth=0.8, label="gradient norm")
    step.plot(epochs, history.lr, color=PURPLE, linestyle="--", linewidth=1.4, label="learning rate")
    style.logarithmic_y(step)
    for ax in (loss, accuracy, step):
        style.legend(ax)
    style.heading(figure).set_text(describe(history))
    return figure


def describe(history: History) -> str:
    """One sentence for those who do not see the figure."""
    if not history.loss:
        return "No step was made."
    if history.diverged:
        return f"The loss was no longer finite at step {len(history.loss)}."
    if not history.train_loss:
        return f"{len(history.loss)} steps; loss of the last batch {number(history.loss[-1])}."
    sentence = f"{len(history.train_loss)} epochs; training loss {number(history.train_loss[-1])}"
    if np.isfinite(history.train_accuracy[-1]):
        sentence += f", accuracy {history.train_accuracy[-1]:.1%}"
    if history.test_loss:
        best = int(np.nanargmin(history.test_loss)) + 1
        sentence += f"; test loss {number(history.test_loss[-1])} (lowest in epoch {best})"
        if np.isfinite(history.test_accuracy[-1]):
            sentence += f", accuracy {history.test_accuracy[-1]:.1%}"
    return sentence + "."
