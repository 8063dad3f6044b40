"""What tests could take for granted of a machine, taken away: those that start processes, wait, look at clocks, users,
files and limits, or print, pass all the same."""

import os
import shlex
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor

import pytest

from autograder.files import ROOT

pytestmark = [pytest.mark.soak, pytest.mark.sandbox]

SENSITIVE = """
test_cli.py test_doctor.py autograder/test_call.py autograder/test_report.py course_lib/test_files.py
course_lib/data/test_downloads.py grading/test_audit.py grading/test_cgroups.py grading/test_collect.py
grading/test_collect_owned.py grading/test_export.py grading/test_intake.py grading/test_ladder.py
grading/test_late.py grading/test_postgres.py grading/test_sandbox.py grading/test_sandbox_batches.py
grading/test_sandbox_ends.py grading/test_sandbox_zygote.py grading/test_seeds.py
""".split()
# As the user nobody, nothing of the project can be written, not even compiled kernels: those that need few. And control
# groups are root's to divide.
FOR_NOBODY = [
    name for name in SENSITIVE if name.startswith("grading/test_") and not name.endswith(("_late.py", "_cgroups.py"))
]
NOWHERE = "/proc/nowhere"  # where not even root can make anything
FOLDERS = (
    "HOME XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME MPLCONFIGDIR JUPYTER_CONFIG_DIR JUPYTER_DATA_DIR JUPYTER_PATH "
    "JUPYTER_RUNTIME_DIR IPYTHONDIR COURSE_DATA COURSE_KEY_FILE"
)
OTHERS = (
    "TZ=Pacific/Kiritimati LC_ALL=C PYTHONWARNINGS=always FORCE_COLOR=1 COLUMNS=20 "
    "LINES=5 TERM=dumb PGHOST=nowhere PGUSER=nobody"
)
SETTINGS = dict.fromkeys(FOLDERS.split(), NOWHERE) | dict(setting.split("=") for setting in OTHERS.split())
SMALL = 64 << 20  # bytes
CORES = sorted(os.sched_getaffinity(0))
IPV6_SWITCH = "/proc/sys/net/ipv6/conf/all/disable_ipv6"  # only root may


def pytest_command(python: str, root: str, names: list[str]) -> list[str]:
    options = ["-q", "-p", "no:cacheprovider", "-m", "not (browser or serial or soak or seeds)"]
    return [python, "-m", "pytest", *options, *(f"{root}/tests/{name}" for name in names)]


def niced_on_one_core(folder) -> tuple[list[str], dict[str, str]]:
    prefix = ["nice", "-n", "19", "taskset", "--cpu-list", str(CORES[0])]
    return [*prefix, *pytest_command(sys.executable, str(ROOT), SENSITIVE)], {"TZ": "America/St_Johns"}


def with_strange_settings(folder) -> tuple[list[str], dict[str, str]]:
    """And a small folder for temporary files, few open files, nothing to read from, and neither a network nor IPv6."""
    place = folder / "kleine Ablage ü"
    place.mkdir()
    command = ["bwrap", "--dev-bind", "/", "/", "--unshare-net"]
    command += ["--perms", "1777", "--size", str(SMALL), "--tmpfs", str(place), "--", "/bin/sh", "-c"]
    tests = shlex.join(pytest_command(sys.executable, str(ROOT), SENSITIVE))
    script = f"echo 1 > {IPV6_SWITCH}; umask 077; ulimit -n 256; exec {tests} < /dev/null"
    return [*command, script], {**SETTINGS, "TMPDIR": str(place)}


def as_nobody(folder) -> tuple[list[str], dict[str, str]]:
    """Below a tree that nobody can read: the interpreter and the project may lie below /root."""
    command = ["taskset", "--cpu-list", str(CORES[-1]), "bwrap", "--dev-bind", "/", "/", "--tmpfs", "/mnt"]
    places = {"/mnt/py": sys.base_prefix, "/mnt/site": sysconfig.get_path("purelib"), "/mnt/repo": str(ROOT)}
    for place, source in places.items():
        command += ["--ro-bind", source, place]
    command += ["--chdir", "/mnt/repo", "--", *"setpriv --reuid 65534 --regid 65534 --clear-groups --".split()]
    python = f"/mnt/py/bin/{os.path.basename(os.path.realpath(sys.executable))}"
    paths = {"PYTHONPATH": "/mnt/repo:/mnt/site", "LD_LIBRARY_PATH": "/mnt/py/lib", "HOME": NOWHERE}
    command += pytest_command(python, "/mnt/repo", FOR_NOBODY)
    command += ["-k", "not nbgrader_itself"]  # which looks for files that are installed beside the libraries
    return command, {**paths, "TZ": "Asia/Kathmandu"}


def run(condition, folder) -> tuple[int, str]:
    """What pytest ended with, and all that it said."""
    command, variables = condition(folder)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **variables}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, f"{condition.__name__}: {done.stdout.decode(errors='replace').strip()}"


def test_the_tests_pass_with_strange_settings(tmp_path, capsys):
    ended, said = run(with_strange_settings, tmp_path)
    assert ended == 0, said
    with capsys.disabled():
        print(f"\n{said.splitlines()[-1]}", end="")


# Beside busy processes a niced one starves, and nobody's threads are counted with those of the boxes.
@pytest.mark.serial
def test_the_tests_pass_niced_and_as_nobody_on_a_core_each(tmp_path, capsys):
    conditions = [niced_on_one_core, *([as_nobody] if os.geteuid() == 0 else [])]  # an ordinary user is one already
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(run, conditions, [tmp_path] * len(conditions)))
    for ended, said in runs:
        assert ended == 0, said
        with capsys.disabled():
            print(f"\n{said.splitlines()[-1]}", end="")
