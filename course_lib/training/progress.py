"""A progress bar for training, in the terminal and in a notebook."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from course_lib.training.history import Callback, Run


@contextmanager
def training_bar(run: Run, steps_per_epoch: int) -> Iterator[Callback]:
    """Within the block, the callback that it yields moves a bar with the epoch, the loss and the time left.

    The bar is closed properly when the training stops early, diverges, or is interrupted.
    """
    columns = (
        TextColumn("epoch {task.fields[epoch]}"),
        BarColumn(),
        TextColumn("loss {task.fields[loss]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns) as bar:
        task = bar.add_task("training", total=run.epochs * steps_per_epoch, epoch="", loss="")

        def show(run: Run) -> None:
            epoch = f"{min(run.epoch + 1, run.epochs)}/{run.epochs}"
            loss = f"{run.history.loss[-1]:.4g}" if run.history.loss else "-"
            bar.update(task, completed=run.step, epoch=epoch, loss=loss)

        show(run)
        yield show
