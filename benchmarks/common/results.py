"""A benchmark's figures as a table of ratios, and as JSON beside it."""

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

OURS = "course_lib"


@dataclass(frozen=True)
class Row:
    """One case. ``seconds`` has the median per call of each candidate, "course_lib" first; ``goals`` the ratio to it
    (peer / course_lib) that is aimed at; ``extra`` further figures, such as a share of the machine's peak."""

    case: str
    seconds: dict[str, float]
    goals: dict[str, float] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)

    def ratio(self, peer: str) -> float:
        """How many times longer ``peer`` takes."""
        return self.seconds[peer] / self.seconds[OURS]


def report(title: str, rows: list[Row], name: str) -> None:
    """Print the table, and write its figures as JSON."""
    peers = list(dict.fromkeys(peer for row in rows for peer in row.seconds if peer != OURS))
    extras = list(dict.fromkeys(key for row in rows for key in row.extra))
    table = Table(title=title)
    table.add_column("case")
    for heading in (OURS, *(f"x {peer}" for peer in peers), *extras):
        table.add_column(heading, justify="right")
    for row in rows:
        ratios = [_cell(row, peer) for peer in peers]
        table.add_row(row.case, _duration(row.seconds[OURS]), *ratios, *(row.extra.get(key, "") for key in extras))
    console = Console(width=max(100, 26 + 16 * (1 + len(peers) + len(extras))))
    console.print(table)
    console.print("Median time per call; how many times longer each peer takes (goal). One thread each, same run.\n")
    write_json(name, {"title": title, "rows": [asdict(row) for row in rows]})


def write_json(name: str, figures: dict) -> None:
    """Write ``<name>.json`` into the folder $BENCH_RESULTS, or bench-results."""
    folder = Path(os.environ.get("BENCH_RESULTS", "bench-results"))
    folder.mkdir(parents=True, exist_ok=True)
    figures = {"machine": platform.machine(), "python": platform.python_version(), **figures}
    (folder / f"{name}.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")


def _cell(row: Row, peer: str) -> str:
    if peer not in row.seconds:
        return ""
    ratio = row.ratio(peer)
    if peer not in row.goals:
        return f"{ratio:.2f}"
    verdict = "" if ratio >= row.goals[peer] else " missed"
    return f"{ratio:.2f} (>= {row.goals[peer]:g}{verdict})"


def _duration(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"
