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

from autograder.grading.reports.feedback import render_page
from autograder.grading.reports.statistics import ClassStatistics, ExerciseStatistics
from autograder.report import COLOURS, MARKS, OTHER_COLOUR, TITLES
from course_lib.figures.style import BLUE, GREY, ORANGE, RED, label, legend, new_figure

MAX_ROWS = 200  # students to look at that the page lists
MAX_LINES = 30  # of an example
MAX_CHARACTERS = 2000
BINS = 20
ANONYMOUS = "a student"


@dataclass(frozen=True)
class Plot:
    """``source`` is a data URI; ``rows`` the numbers that are drawn, with their ``columns``."""

    source: Markup
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
    return render_page(
        "statistics.html",
        s=statistics,
        names=names,
        scores=score_plot(statistics) if statistics.students else None,
        exercises=exercise_plot(statistics) if statistics.students and statistics.exercises else None,
        times=time_plot(statistics) if statistics.submitted else None,
        examples=examples,
        most=max((row["count"] for row in examples), default=1),
        attention=statistics.attention[:MAX_ROWS],
        more=max(0, len(statistics.attention) - MAX_ROWS),
        changes=list(changes),
        marks=MARKS,
        titles=TITLES,
        colours={verdict: COLOURS.get(verdict, OTHER_COLOUR) for verdict in MARKS},
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
    figure, (ax,) = new_figure([1], height=3.0, bottom=0.17, top=0.84)
    ax.bar(edges[:-1], counts, np.diff(edges), align="edge", color=BLUE, edgecolor="white", label="students")
    for value, style, colour, what in (
        (statistics.quantile(0.5), "-", ORANGE, "median"),
        (statistics.mean, "--", RED, "mean"),
    ):
        ax.axvline(value, color=colour, linestyle=style, linewidth=1.8, label=f"{what} {value:.3g}")
    label(ax, "Scores", f"points, of {statistics.points:g}", "students")
    _whole_numbers(ax)
    legend(ax)
    rows = [(f"{a:.4g} to {b:.4g}", str(n)) for a, b, n in zip(edges, edges[1:], counts, strict=False) if n]
    text = (
        f"Histogram of the scores of {statistics.students} students: from {statistics.scores[0]:g} to "
        f"{statistics.scores[-1]:g} of {statistics.points:g} points, median {statistics.quantile(0.5):.3g}."
    )
    return Plot(_svg(figure), text, ("points", "students"), tuple(rows))


def exercise_plot(statistics: ClassStatistics) -> Plot:
    """Difficulty against discrimination: low on the left is hard, low at the bottom does not tell students apart."""
    rows = []
    figure, (ax,) = new_figure([1], height=3.9, bottom=0.14, top=0.87)
    placed = [e for e in statistics.exercises if e.difficulty is not None and e.discrimination is not None]
    ax.scatter(
        [e.difficulty for e in placed],
        [e.discrimination for e in placed],
        color=BLUE,
        s=34,
        label="exercises",
        zorder=3,
    )
    for e in _worth_a_name(placed):
        ax.annotate(
            e.name, (e.difficulty, e.discrimination), xytext=(5, 3), textcoords="offset points", fontsize=8, zorder=4
        )
    ax.axhline(0.2, color=GREY, linestyle=":", linewidth=1.4, label="0.2: below, have a look")
    ax.set_xlim(-0.03, 1.12)
    ax.set_ylim(min(-0.1, *(e.discrimination - 0.1 for e in placed)) if placed else -0.1, 1.05)
    label(ax, "Exercises", "difficulty: mean share of the points", "discrimination")
    legend(ax)
    for e in statistics.exercises:
        rows.append((e.name, _share(e.difficulty), "-" if e.discrimination is None else f"{e.discrimination:.2f}"))
    unplaced = len(statistics.exercises) - len(placed)
    text = (
        f"{len(placed)} exercises by difficulty and discrimination"
        + (f"; {unplaced} have no discrimination, since all scores are equal or few" if unplaced else "")
        + "."
    )
    return Plot(_svg(figure), text, ("exercise", "difficulty", "discrimination"), tuple(rows))


def time_plot(statistics: ClassStatistics) -> Plot:
    """Submissions over time, by the day; against the due date where there is one."""
    first, last = statistics.submitted[0], statistics.submitted[-1]
    days = Counter(moment.date() for moment in statistics.submitted)
    figure, (ax,) = new_figure([1], height=2.8, bottom=0.17, top=0.83)
    ax.step(
        statistics.submitted, np.arange(1, len(statistics.submitted) + 1), where="post", color=BLUE, label="handed in"
    )
    span = [first, last]
    if statistics.due:
        ax.axvline(statistics.due, color=RED, linestyle="--", linewidth=1.6, label=f"due {statistics.due:%d %b %H:%M}")
        span.append(statistics.due)
    margin = max((max(span) - min(span)) / 30, timedelta(minutes=10))
    ax.set_xlim(min(span) - margin, max(span) + margin)
    ax.set_ylim(0, len(statistics.submitted) * 1.06)
    locator = matplotlib.dates.AutoDateLocator(maxticks=8)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(matplotlib.dates.ConciseDateFormatter(locator))
    label(ax, "Submissions", "", "handed in")
    legend(ax)
    due = f", {statistics.late} after the due date {_moment(statistics.due)}" if statistics.due else ""
    text = f"{len(statistics.submitted)} submissions from {_moment(first)} to {_moment(last)}{due}."
    rows = tuple((f"{day:%Y-%m-%d}", str(count)) for day, count in sorted(days.items())[-60:])
    return Plot(_svg(figure), text, ("day", "submissions"), rows)


def _worth_a_name(placed: list[ExerciseStatistics]) -> list[ExerciseStatistics]:
    """The exercises at the edges that have room for a name: names on all of two dozen points cannot be read."""
    hardest = sorted(placed, key=lambda e: e.difficulty)[:4]
    weakest = sorted(placed, key=lambda e: e.discrimination)[:4]
    named: list[ExerciseStatistics] = []
    for e in [*weakest, *hardest]:
        near = [
            o
            for o in named
            if abs(o.difficulty - e.difficulty) < 0.22 and abs(o.discrimination - e.discrimination) < 0.07
        ]
        if not near:
            named.append(e)
    return named


def _whole_numbers(ax):
    ax.yaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True, nbins=6))


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _svg(figure: Figure) -> Markup:
    out = io.BytesIO()
    # no date, no random ids: the same results give the same page
    with matplotlib.rc_context({"svg.hashsalt": "statistics"}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return Markup("data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode())
