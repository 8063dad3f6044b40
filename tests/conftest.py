"""Markers, the machine's needs, and the rule that CI passes only when nothing was skipped."""

import atexit
import os
import re
import shutil
import tempfile
from zlib import crc32

# Read when NumPy and Numba are imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_THREADING_LAYER", "workqueue")

import hypothesis
import numpy as np
import pytest

from autograder.doctor import check_sandbox, find_chromium
from course_lib.units import built, lesson_of

# Personal settings, which no test, and no program that a test starts, is to follow.
PERSONAL = re.compile(
    "(COURSE|DASK|IPYTHON|JPY|JUPYTER|MPL|NBCONVERT|NBGRADER|PG|XDG)_?[A-Z_]*|CLICOLOR(_FORCE)?|COLUMNS|FORCE_COLOR|LINES|"
    "NO_COLOR|PYTHON(IOENCODING|WARNINGS)"
)
CI = os.environ.get("CI", "").lower() not in ("", "0", "false")
MARKERS = {
    "browser": "drives JupyterLab in a real Chromium",
    "compiled": "says nothing about the mathematics, or takes too long, without the compiler",
    "outcome": "rests on how a training run ends, and so on rounding: `make soak` repeats it under others",
    "sandbox": "runs a student's code in bubblewrap",
    "serial": "needs the machine for itself: run alone, after the parallel tests",
    "slow": "takes more than 20 seconds",
    "soak": "repeats for minutes; `make soak` runs it, `make test` does not",
    "seeds": "repeats on further seeds what `make soak` has tried on a few: `make seeds`, for whoever changes a unit",
}
# Drawn examples are the same on every run in CI; elsewhere each run draws new ones, and failures are replayed.
# How fast this machine is at the moment says nothing about an example, or about drawing it.
UNHURRIED = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("local", max_examples=20, **UNHURRIED)
hypothesis.settings.register_profile("ci", max_examples=20, derandomize=True, **UNHURRIED)
hypothesis.settings.register_profile("thorough", max_examples=30, derandomize=True, **UNHURRIED)  # `make soak`
hypothesis.settings.register_profile("interpreted", max_examples=10, derandomize=True, **UNHURRIED)
INTERPRETED = os.environ.get("NUMBA_DISABLE_JIT", "0") != "0"
hypothesis.settings.load_profile("interpreted" if INTERPRETED else "ci" if CI else "local")


def pytest_addoption(parser):
    parser.addoption("--unit", choices=built(), help="only the share of this unit")


def pytest_configure(config):
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    if not hasattr(config, "workerinput"):  # the workers inherit it
        leave_home()


def leave_home():
    """Give this process a home folder of the tests' own, and no personal settings."""
    os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", os.path.expanduser("~/.cache/ms-playwright"))
    for name in filter(PERSONAL.fullmatch, list(os.environ)):
        del os.environ[name]
    home = tempfile.mkdtemp(prefix="home-")
    os.environ["HOME"] = home
    atexit.register(shutil.rmtree, home, ignore_errors=True)  # after what IPython does at the end


def pytest_collection_modifyitems(config, items):
    if unit := config.getoption("unit"):
        others = [item for item in items if not belongs_to(item, unit)]
        items[:] = [item for item in items if item not in set(others)]
        config.hook.pytest_deselected(items=others)
    marked = {name: [item for item in items if item.get_closest_marker(name)] for name in ("browser", "sandbox")}
    if marked["browser"] and not find_chromium():
        skip(marked["browser"], "no Chromium starts here; `course doctor` says how to get one")
    if marked["sandbox"] and (check := check_sandbox()).status != "ok":
        skip(marked["sandbox"], f"bubblewrap is not usable here: {check.detail}")


def belongs_to(item, unit) -> bool:
    """Whether a test is one of the unit's: by its folder, or by what it is given, such as an exercise or a widget."""
    if f"units/{unit}/" in item.path.as_posix():
        return True
    given = item.callspec.params.values() if hasattr(item, "callspec") else ()
    if any(f".units.{unit}." in str(getattr(value, "__module__", "")) for value in given):
        return True
    said = [getattr(value, "unit", getattr(value, "stem", value)) for value in given]
    return any(isinstance(name, str) and name in (unit, lesson_of(unit)) for name in said)


def skip(items, reason):
    for item in items:
        item.add_marker(pytest.mark.skip(reason=reason))


class SkipList:
    """Lists what was skipped, by name and reason; in CI a skip fails the run."""

    def __init__(self):
        self.skipped = {}

    def pytest_runtest_logreport(self, report):
        self._note(report)

    def pytest_collectreport(self, report):
        self._note(report)

    def _note(self, report):
        if report.skipped and not hasattr(report, "wasxfail"):
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            self.skipped[report.nodeid] = reason.removeprefix("Skipped: ")

    def pytest_sessionfinish(self, session):
        if CI and self.skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        if self.skipped:
            terminalreporter.section("skipped" + (", which fails the run in CI" if CI else ""), red=CI, yellow=not CI)
            for name, reason in self.skipped.items():
                terminalreporter.line(f"{name}: {reason}")


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session):
    if not hasattr(session.config, "workerinput"):  # the controller hears of every worker's tests
        session.config.pluginmanager.register(SkipList(), "skip-list")


@pytest.fixture
def rng(request) -> np.random.Generator:
    """A generator of the test's own: the same on every run, another for every test."""
    return np.random.default_rng(crc32(request.node.nodeid.encode()))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that starts."""
    return find_chromium()
