"""A PostgreSQL server of the tests' own: started in a temporary folder, reached through a socket in it."""

import contextlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from public_folder import public_folder

INSTALLED = Path("/usr/lib/postgresql")  # where Debian and Ubuntu keep the server's programs, off the path


def programs() -> Path | None:
    """The folder with the newest server's programs."""
    found = sorted(INSTALLED.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Start a server, yield the URL of a database without the name, and end it.

    PostgreSQL refuses to run as root; then it is the unprivileged user nobody's.
    """
    with public_folder("pg-") as folder:
        unprivileged = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("nobody")
            os.chown(folder, user.pw_uid, user.pw_gid)
            unprivileged = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        options = {"cwd": folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"}, **unprivileged}
        bin_folder, data, log = programs(), folder / "data", folder / "log"
        run(bin_folder / "initdb", "-D", data, "-U", "grader", "-A", "trust", "-E", "UTF8", "--no-sync", **options)
        server = [bin_folder / "pg_ctl", "-D", data, "-w", "-t", "600", "-l", log]
        try:
            run(*server, "start", "-o", f"-c listen_addresses='' -c unix_socket_directories={folder}", **options)
            yield f"postgresql://grader@/{{}}?host={folder}"
        finally:
            run(*server, "stop", "-m", "immediate", **options)


def run(*command, **options):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=600, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
