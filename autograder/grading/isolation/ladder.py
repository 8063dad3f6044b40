"""The ladder of sandboxes: the best that works on this machine, and for each that does not, the reason."""

import os
import shutil
from dataclasses import dataclass
from functools import cache

from autograder.grading.isolation import bubblewrap, cgroups
from autograder.grading.isolation.bubblewrap import ROOT_TOOLS, BubblewrapLauncher
from autograder.grading.isolation.exchange import Box
from autograder.grading.isolation.launch import Launcher
from autograder.grading.isolation.limits import LEVELS, UNSAFE, Limits, SandboxUnavailable
from autograder.grading.isolation.plain import PlainLauncher
from autograder.grading.isolation.zygote_launcher import ZygoteLauncher

# How a level differs from the best, for the instructor; tests/soak/test_attacks_at_every_level.py holds them to it.
DIFFERENCES = {
    "bwrap": "as strict as zygote, and slower: a box takes 0.2 s to start",
    "landlock": (
        "a box sees the machine's name, its own process number there, and which files exist where its user may look, "
        "though not what is in them; it may write no file and start no process, so that an answer which needs to fails"
    ),
}


@dataclass(frozen=True)
class Rung:
    """One level on this machine.

    ``launcher`` is None when it cannot be used; ``reason`` then says why, and what to do.
    """

    level: str
    launcher: Launcher | None
    reason: str


def choose(levels: tuple[str, ...] = LEVELS) -> Launcher:
    """The first of these levels that works here; each is tried once in a process, and then remembered.

    Raises
    ------
    SandboxUnavailable
        When none works; the message has the reason for each.
    """
    rungs = []
    for level in levels:
        rungs.append(_rung(level))
        if rungs[-1].launcher:
            return rungs[-1].launcher
    reasons = {rung.reason: rung.level for rung in reversed(rungs)}
    raise SandboxUnavailable("; ".join(f"{level}: {reason}" for reason, level in reversed(reasons.items())))


def survey(levels: tuple[str, ...] = LEVELS) -> list[Rung]:
    """Every level on this machine."""
    return [_rung(level) for level in levels]


def _rung(level: str) -> Rung:
    return _tried(level, os.getpid(), tuple(map(shutil.which, ("bwrap", *ROOT_TOOLS))))


@cache
def _tried(level: str, process: int, tools: tuple[str | None, ...]) -> Rung:
    """The level, after a box was started; ``process``, for a fork must not use its parent's zygote."""
    try:
        launcher = _launcher(level)
        Box(launcher, Limits(), {}).close()
        return Rung(level, launcher, "")
    except SandboxUnavailable as error:
        return Rung(level, None, str(error))


@cache
def _groups(process: int) -> cgroups.Cgroups | None:
    return cgroups.find()[0]


def _launcher(level: str) -> Launcher:
    groups = _groups(os.getpid())
    if level == "zygote":
        return ZygoteLauncher(bubblewrap.find(), groups)
    if level == "bwrap":
        return BubblewrapLauncher(bubblewrap.find(), groups)
    if level in ("landlock", UNSAFE):
        return PlainLauncher(groups, confined=level != UNSAFE)
    raise ValueError(f"there is no level {level!r}: {', '.join((*LEVELS, UNSAFE))}")
