"""What this machine still needs for the course, and what to type to get it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path

import psutil
from packaging.requirements import Requirement

from autograder.files import ROOT

GIB = 2**30
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLATFORMS = ("debian", "fedora", "macos", "windows")
SET_UP = dict.fromkeys(PLATFORMS[:3], "make setup") | {
    "windows": "in WSL: make setup (or, without WSL, the lines for Windows in README.md)"
}
GET_PYTHON = {
    "debian": "sudo apt install python3 python3-venv",
    "fedora": "sudo dnf install python3",
    "macos": "brew install python@3.12",
    "windows": "winget install Python.Python.3.12 (or wsl --install, then as on Ubuntu)",
}
GET_BUBBLEWRAP = {
    "debian": "sudo apt install bubblewrap",
    "fedora": "sudo dnf install bubblewrap",
    "macos": "bubblewrap needs Linux: grade in a Linux virtual machine",
    "windows": "wsl --install, then in it: sudo apt install bubblewrap",
}
GET_CHROMIUM = {
    "debian": "sudo apt install chromium (Ubuntu: .venv/bin/python -m playwright install --with-deps chromium)",
    "fedora": "sudo dnf install chromium",
    "macos": ".venv/bin/python -m playwright install chromium",
    "windows": "in WSL: .venv/bin/python -m playwright install --with-deps chromium",
}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Parameters
    ----------
    name : what was looked at.
    status : ``ok``, ``warn`` (the course works, but not at its best) or ``missing``.
    detail : what was found.
    remedy : what to type, by platform (`PLATFORMS`); empty when all is well.
    needed_by : ``students``, ``instructors`` (grading) or ``developers`` (tests).
    """

    name: str
    status: str
    detail: str
    remedy: Mapping[str, str] = field(default_factory=dict)
    needed_by: str = "students"


def examine(root: Path = ROOT) -> list[Check]:
    """Every check, students' needs first. Nothing is changed, and no check stops the others."""
    checks: list[tuple[str, str, Callable[[], Check]]] = [
        ("Python", "students", check_python),
        ("packages", "students", lambda: check_packages((root / "requirements.lock").read_text(encoding="utf-8"))),
        ("JupyterLab kernel", "students", check_kernel),
        ("notebooks", "students", lambda: check_notebooks(root)),
        ("kernel cache", "students", lambda: check_cache(root / "course_lib")),
        ("disk", "students", lambda: check_disk(shutil.disk_usage(root).free)),
        ("memory", "students", lambda: check_memory(psutil.virtual_memory().total)),
        ("cores", "students", check_cores),
        ("sandbox", "instructors", check_sandbox),
        ("Chromium", "developers", check_chromium),
    ]
    return [_guarded(name, needed_by, check) for name, needed_by, check in checks]


def exit_code(checks: Iterable[Check]) -> int:
    """1 when something is missing that a student needs, else 0."""
    return int(any(check.status == "missing" and check.needed_by == "students" for check in checks))


def as_text(checks: Iterable[Check], platform: str | None = None) -> str:
    """A line for each check, and below it what to type on ``platform`` (by default, this one)."""
    lines = []
    for check in checks:
        needed = "" if check.needed_by == "students" else f" (for {check.needed_by})"
        lines.append(f"{check.status:<8}{check.name}{needed}: {check.detail}")
        if check.remedy:
            lines.append(f"{'':<8}-> {check.remedy[platform or this_platform()]}")
    return "\n".join(lines)


def as_json(checks: Iterable[Check]) -> str:
    """All checks as a JSON list, with the remedies for every platform."""
    return json.dumps([asdict(check) for check in checks], indent=2)


def this_platform() -> str:
    """One of `PLATFORMS`; a Linux of another family counts as Debian."""
    if sys.platform in ("darwin", "win32"):
        return {"darwin": "macos", "win32": "windows"}[sys.platform]
    release = Path("/etc/os-release")
    family = release.read_text(encoding="utf-8") if release.exists() else ""
    return "fedora" if "fedora" in family or "rhel" in family else "debian"


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> Check:
    shown = ".".join(map(str, version))
    if (3, 11) <= tuple(version[:2]) <= (3, 13):
        return Check("Python", "ok", shown)
    return Check("Python", "missing", f"{shown}, but the course needs 3.11 to 3.13", GET_PYTHON)


def check_packages(lock: str, installed: Callable[[str], str] = metadata.version) -> Check:
    """Compare what is installed with the pins of a lock file."""
    pins = pinned_versions(lock)
    absent, other = [], []
    for name, pinned in pins.items():
        try:
            found = installed(name)
        except metadata.PackageNotFoundError:
            absent.append(name)
            continue
        if found != pinned:
            other.append(f"{name} {found} instead of {pinned}")
    if absent:
        return Check("packages", "missing", f"not installed: {', '.join(absent)}", SET_UP)
    if other:
        return Check("packages", "warn", f"not as in requirements.lock: {', '.join(other)}", SET_UP)
    return Check("packages", "ok", f"{len(pins)} as in requirements.lock")


def pinned_versions(lock: str) -> dict[str, str]:
    """Name -> version of what a pip lock file pins for this Python and platform."""
    lines = [line.split("\\")[0] for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    requirements = [Requirement(line) for line in lines]
    wanted = [r for r in requirements if r.marker is None or r.marker.evaluate()]
    return {r.name: next(iter(r.specifier)).version for r in wanted}


def check_kernel() -> Check:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Check("JupyterLab kernel", "missing", "no kernel is called python3", SET_UP)
    python = shutil.which(spec.argv[0]) or spec.argv[0]
    # Jupyter runs a bare "python" as the Python that it runs in itself.
    own = spec.argv[0].startswith("python") or Path(python).parent.resolve() == Path(sys.executable).parent.resolve()
    if not own:
        detail = f"python3 is {python}, not this Python; `course lab` puts its own first, plain `jupyter lab` does not"
        return Check("JupyterLab kernel", "warn", detail, dict.fromkeys(PLATFORMS, "course lab"))
    return Check("JupyterLab kernel", "ok", spec.display_name)


def check_notebooks(root: Path) -> Check:
    from autograder.release import ReleaseError, build

    rebuild = dict.fromkeys(PLATFORMS, "course build")
    if not list((root / "notebooks").glob("*.ipynb")):
        return Check("notebooks", "missing", "none is built", rebuild)
    try:
        drifted = build(root, check=True)
    except ReleaseError as error:
        return Check("notebooks", "warn", str(error), rebuild)
    if drifted:
        names = ", ".join(path.name for path in drifted)
        return Check("notebooks", "warn", f"differ from their text: {names}", rebuild)
    return Check("notebooks", "ok", "built from their texts")


def check_cache(package: Path) -> Check:
    """Whether numba can keep what it compiles beside the code, and whether all modules are compiled."""
    cache = Path(os.environ.get("NUMBA_CACHE_DIR") or package / "__pycache__")
    if not os.access(cache if cache.exists() else cache.parent, os.W_OK):
        detail = f"{cache} cannot be written: every start compiles again"
        return Check(
            "kernel cache", "warn", detail, dict.fromkeys(PLATFORMS, "export NUMBA_CACHE_DIR=<a folder of yours>")
        )
    tag = f"py{sys.version_info.major}{sys.version_info.minor}"
    cold = []
    for module in sorted(package.glob("*.py")):
        if "\n@kernel" in module.read_text(encoding="utf-8"):
            indices = cache.rglob(f"{module.stem}.*.{tag}.nbi")
            if not any(index.stat().st_mtime >= module.stat().st_mtime for index in indices):
                cold.append(module.stem)
    if cold:
        detail = f"not compiled yet: {', '.join(cold)}; the first call of each function waits for the compiler"
        return Check("kernel cache", "warn", detail, dict.fromkeys(PLATFORMS, "course warmup"))
    return Check("kernel cache", "ok", "kernels are compiled")


def check_disk(free: int) -> Check:
    """``free`` in bytes: the packages take 1 GiB, compiled kernels and gradebooks some more."""
    status = "ok" if free >= 2 * GIB else "warn" if free >= GIB // 4 else "missing"
    remedy = {} if status == "ok" else dict.fromkeys(PLATFORMS, "free 2 GiB on this disk")
    return Check("disk", status, f"{free / GIB:.1f} GiB free", remedy)


def check_memory(total: int) -> Check:
    """``total`` in bytes: JupyterLab, a browser and a kernel or two."""
    status = "ok" if total >= 3.5 * GIB else "warn"
    remedy = {} if status == "ok" else dict.fromkeys(PLATFORMS, "close other programs; 4 GiB is comfortable")
    return Check("memory", status, f"{total / GIB:.1f} GiB", remedy)


def check_cores(cores: int | None = None) -> Check:
    """``cores`` that may be used; by default, those of this process."""
    from autograder.grading.isolation.processes import usable_cores

    cores = usable_cores() if cores is None else cores
    if cores >= 2:
        return Check("cores", "ok", str(cores))
    detail = "1: a training run makes the sliders wait"
    return Check("cores", "warn", detail, dict.fromkeys(PLATFORMS, "give the virtual machine 2 cores"))


def check_sandbox() -> Check:
    """Which sandboxes work here, best first; all but the best are a reason to do something about it."""
    from autograder.grading.isolation import cgroups, ladder
    from autograder.grading.isolation.sandbox import probe

    usable, explanation = probe()
    if not usable:
        return Check("sandbox", "missing", explanation, GET_BUBBLEWRAP, "instructors")
    lacking = [f"not {rung.level}: {rung.reason}" for rung in ladder.survey() if rung.reason]
    level = explanation.partition(":")[0]
    best, differs = level == ladder.LEVELS[0], filter(None, [ladder.DIFFERENCES.get(level)])
    detail = "; ".join([explanation, *differs, f"control groups: {cgroups.find()[1]}", *lacking])
    return Check("sandbox", "ok" if best else "warn", detail, {} if best else GET_BUBBLEWRAP, "instructors")


def check_chromium() -> Check:
    found = find_chromium()
    if found:
        return Check("Chromium", "ok", found, needed_by="developers")
    return Check("Chromium", "missing", "none starts; the browser tests need one", GET_CHROMIUM, "developers")


def find_chromium() -> str | None:
    """The path of a Chromium or Chrome that starts: the system's, else the one that Playwright installed."""
    downloads = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or os.path.expanduser("~/.cache/ms-playwright"))
    candidates = [path for name in CHROMIUM_NAMES if (path := shutil.which(name))]
    candidates += sorted(map(str, downloads.glob("chromium-*/chrome-linux*/chrome")))
    return next((path for path in candidates if _starts(path)), None)


def _starts(program: str) -> bool:
    # Ubuntu's `chromium` is a stub that asks for snap and fails.
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _guarded(name: str, needed_by: str, check: Callable[[], Check]) -> Check:
    # A doctor runs on broken machines: whatever one check meets, the others still report.
    try:
        return check()
    except Exception as error:
        detail = f"could not be checked: {type(error).__name__}: {error}"
        return Check(name, "missing", detail, SET_UP, needed_by)
