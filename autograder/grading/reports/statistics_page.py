"""The statistics of a class as one HTML page with plots, to be read offline.

Every plot is an SVG inside the page, with a text that says what it shows, and the numbers in a table beside it. Its
size does not depend on that of the class.
"""

import base64
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import matplotlib
import matplotlib.dates
import matplotlib.ticker
import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure

from autograder.grading.reports.feedback import LOOK, SHOWN, render_page
from autograder.grading.reports.statistics import LOW_DISCRIMINATION, MIN_CLASS, ClassStatistics, ExerciseStatistics
from course_lib.figures.style import BLUE, CSS_PIXELS_PER_INCH, RED, TEXT, VERMILION, WIDEST, label, legend, new_figure

MAX_ROWS = 200  # students to look at that the page lists
MAX_LINES = 30  # of an example
MAX_CHARACTERS = 2000
BINS = 20
ANONYMOUS = "a student"


@dataclass(frozen=True)
class Plot:
    """``source`` is a data URI; ``text`` says what the plot shows; ``rows`` are its numbers, with their ``columns``."""

    title: str
    source: Markup
    width: int
    height: int
    text: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Change:
    """How many verdicts went from one to another when the class was graded again."""

    before: str
    after: str
    count: int


def statistics_page(statistics: ClassStatistics, *, names: bool = True, changes: Iterable[Change] = ()) -> str:
    """The page.

    Parameters
    ----------
    names : whether students are named; without, the examples and the counts stay, and no list of students is shown.
    changes : verdicts that regrades have changed, where they are on record.
    """
    changes = list(changes)
    examples = [
        {
            "exercise": row.exercise,
            "sentence": row.sentence,
            "name": row.name,
            "count": len(row.students),
            "student": row.example_student if names else ANONYMOUS,
            "code": excerpt(row.example),
        }
        for row in statistics.misconceptions
    ]
    scores = score_plot(statistics) if len(set(statistics.scores)) > 1 else None
    exercises = exercise_plot(statistics) if any(e.graded for e in statistics.exercises) else None
    times = time_plot(statistics) if statistics.submitted else None
    sections = [
        (("scores", "Scores"), True),
        (("second-looks", "Students to look at"), True),
        (("misconceptions", "Misconceptions"), True),
        (("exercises", "Exercises"), True),
        (("times", "Time line"), bool(times)),
        (("late", "Late"), bool(statistics.lateness)),
        (("regrades", "Regrades"), bool(changes)),
    ]
    return render_page(
        "statistics.html",
        s=statistics,
        names=names,
        sections=[section for section, there in sections if there],
        scores=scores,
        exercises=exercises,
        times=times,
        examples=examples,
        shown=SHOWN,
        second_looks=statistics.second_looks[:MAX_ROWS],
        more=max(0, len(statistics.second_looks) - MAX_ROWS),
        changes=changes,
        look=LOOK,
        low=LOW_DISCRIMINATION,
        min_class=MIN_CLASS,
    )


def excerpt(text: str) -> str:
    """The beginning of an answer, as far as a reader needs it."""
    lines = text.strip("\n").splitlines()
    cut = "\n".join(lines[:MAX_LINES])[:MAX_CHARACTERS]
    return cut if cut == "\n".join(lines) else f"{cut}\n..."


def score_plot(statistics: ClassStatistics) -> Plot:
    """How many students reached how many points."""
    top = max(statistics.points, *statistics.scores, 1e-9)
    counts, edges = np.histogram(statistics.scores, bins=BINS, range=(0.0, top))
    figure, (ax,) = new_figure([1], width=WIDEST, height=3.0, bottom=0.17, top=0.84)
    ax.bar(edges[:-1], counts, np.diff(edges), align="edge", color=BLUE, edgecolor="white", label="students")
    for value, style, colour, what in (
        (statistics.quantile(0.5), "-", TEXT, "median"),
        (statistics.mean, "--", RED, "mean"),
    ):
        ax.axvline(value, color=colour, linestyle=style, linewidth=1.8, label=f"{what} {value:.3g}")
    label(ax, "Scores", f"points, of {statistics.points:g}", "students")
    ax.yaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True, nbins=6))
    legend(ax)
    rows = [(f"{a:.4g} to {b:.4g}", str(n)) for a, b, n in zip(edges, edges[1:], counts, strict=False) if n]
    place = int(np.argmax(counts))
    text = (
        f"Histogram of the scores of {statistics.students} students. {statistics.in_words} Most common are "
        f"{edges[place]:.3g} to {edges[place + 1]:.3g} points, with {counts[place]} students."
    )
    return _plot("Scores", figure, text, ("points", "students"), rows)


def exercise_plot(statistics: ClassStatistics) -> Plot:
    """Difficulty and discrimination of every exercise that was graded, the hardest at the top."""
    graded = sorted((e for e in statistics.exercises if e.graded), key=lambda e: e.difficulty)
    placed = [(y, e) for y, e in enumerate(graded) if e.discrimination is not None]
    # names and bars have their size in inches, however many there are
    width, height = 9.6, 1.1 + 0.22 * len(graded)
    figure = Figure(figsize=(width, height))
    left = min(4.0, 0.3 + 0.066 * max(len(e.name) for e in graded)) / width
    sides = {"left": left, "right": 0.985, "bottom": 0.4 / height, "top": 1 - 0.5 / height, "wspace": 0.08}
    axes = figure.subplots(1, 2 if placed else 1, squeeze=False, gridspec_kw=sides)[0]
    axes[0].barh(range(len(graded)), [e.difficulty for e in graded], height=0.6, color=BLUE)
    axes[0].set_xlim(0, 1.0)
    label(axes[0], "Difficulty: mean share of the points", "", "")
    axes[0].set_yticks(range(len(graded)), [e.name for e in graded])
    if placed:
        for keep, colour, marker in ((True, VERMILION, "X"), (False, BLUE, "o")):
            points = [(e.discrimination, y) for y, e in placed if e.doubtful is keep]
            axes[1].scatter(*np.reshape(points, (-1, 2)).T, color=colour, marker=marker, s=34, zorder=3)
        axes[1].axvline(LOW_DISCRIMINATION, color=TEXT, linestyle=":", linewidth=1.4)
        axes[1].set_xlim(min(0.0, *(e.discrimination - 0.1 for _, e in placed)), 1.0)
        label(axes[1], f"Discrimination; below {LOW_DISCRIMINATION}, have a look", "", "")
        axes[1].set_yticks(range(len(graded)), [])
    for ax in axes:
        ax.set_ylim(len(graded) - 0.4, -0.6)
        ax.title.set_y(1.0 - 0.12 / height)
    text = _hardness(graded) + _telling([e for _, e in placed], len(graded))
    return _plot("Exercises", figure, text)  # its numbers are in the page's table of exercises


def _hardness(graded: list[ExerciseStatistics]) -> str:
    hard, easy = graded[0], graded[-1]
    if hard.difficulty == easy.difficulty:
        return f"Mean share of the points: {100 * hard.difficulty:.0f} % in each exercise. "
    return (
        f"Mean share of the points: from {100 * hard.difficulty:.0f} % in {hard.name}, the hardest, "
        f"to {100 * easy.difficulty:.0f} % in {easy.name}. "
    )


def _telling(placed: list[ExerciseStatistics], graded: int) -> str:
    if not placed:
        return f"No discrimination: that takes {MIN_CLASS} students with different scores."
    few, much = (find(placed, key=lambda e: e.discrimination) for find in (min, max))
    low = [e.name for e in placed if e.doubtful]
    without = f", {graded - len(placed)} without, since everybody has the same score" if len(placed) < graded else ""
    return (
        f"Discrimination: from {few.discrimination:.2f} in {few.name} to {much.discrimination:.2f} in {much.name}, "
        f"{'below' if low else 'none below'} {LOW_DISCRIMINATION}{' in ' if low else ''}{', '.join(low)}{without}."
    )


def time_plot(statistics: ClassStatistics) -> Plot:
    """Submissions over time, by the day; against the due date where there is one."""
    count, first, last = len(statistics.submitted), statistics.submitted[0], statistics.submitted[-1]
    days = Counter(moment.date() for moment in statistics.submitted)
    figure, (ax,) = new_figure([1], width=WIDEST, height=2.9, bottom=0.22, top=0.83)
    ax.step(statistics.submitted, np.arange(1, count + 1), where="post", color=BLUE, label="submitted")
    span = [first, last]
    if statistics.due:
        ax.axvline(statistics.due, color=RED, linestyle="--", linewidth=1.6, label=f"due {statistics.due:%d %b %H:%M}")
        span.append(statistics.due)
    margin = max((max(span) - min(span)) / 30, timedelta(minutes=10))
    ax.set_xlim(min(span) - margin, max(span) + margin)
    ax.set_ylim(0, count * 1.06)
    ax.yaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True, nbins=6))
    locator = matplotlib.dates.AutoDateLocator(maxticks=8)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(matplotlib.dates.ConciseDateFormatter(locator, show_offset=False))
    months = dict.fromkeys(f"{moment:%B %Y}" for moment in (first, last))
    label(ax, "Submissions", f"UTC, {' to '.join(months)}", "submitted")
    ax.xaxis.set_label_coords(0.5, -0.19)
    legend(ax)
    due = f", {statistics.late} after the due date {_moment(statistics.due)}" if statistics.due else ""
    text = (
        f"{count} submissions from {_moment(first)} to {_moment(last)}{due} (UTC)."
        if count > 1
        else f"There was one submission, {_moment(first)}{due} (UTC)."
    )
    rows = [(f"{day:%Y-%m-%d}", str(number)) for day, number in sorted(days.items())[-60:]]
    return _plot("Time line", figure, text, ("day", "submissions"), rows)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _plot(title: str, figure: Figure, text: str, columns: tuple[str, ...] = (), rows: Iterable[tuple] = ()) -> Plot:
    out = io.BytesIO()
    # no date, no random ids: the same results give the same page
    with matplotlib.rc_context({"svg.hashsalt": "statistics"}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    source = Markup("data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode())
    width, height = (round(inches * CSS_PIXELS_PER_INCH) for inches in figure.get_size_inches())
    return Plot(title, source, width, height, text, columns, tuple(rows))
