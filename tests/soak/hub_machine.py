"""A machine with users of its own, on which JupyterHub runs: a view of this one that vanishes with its last process.

bubblewrap, started as root, shows the real file system read-only, and puts folders of the test's own over the places
where users and their files are: /home, /srv, /etc. The users exist only in the machine's /etc/passwd; their servers
run under their own user ids, so that who may read what is decided by the kernel.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import psutil
import websocket

from autograder.files import ROOT

FIRST_UID = 64_100  # given to nobody on Debian and its like
ETC = ("alternatives", "fonts", "hosts", "ld.so.cache", "localtime", "nsswitch.conf", "resolv.conf", "ssl")
OWN_FILES = ("/tmp", "/var/tmp", "/run", "/root", "/media", "/mnt", "/dev/shm")
# bubblewrap covers parts of its /proc, and the kernel then lets no sandbox of a user's mount another one
OWN_PROC = "mount -t proc proc /proc"
COMMAND_SECONDS = 180


class Machine:
    """The folders of a machine, and the command that starts a program of root's on it.

    Parameters
    ----------
    folder : an empty folder that every user may pass through.
    users : their names; each gets a home that others may read, as on many systems.
    """

    def __init__(self, folder: Path, users: tuple[str, ...]):
        self.folder = folder
        for name in ("etc/jupyter", "home", "srv/jupyterhub"):
            (folder / name).mkdir(parents=True)
        self.uids = range(FIRST_UID, FIRST_UID + len(users))
        people = {"root": (0, "/root")} | {user: (FIRST_UID + i, f"/home/{user}") for i, user in enumerate(users)}
        lines = [f"{name}:x:{uid}:{uid}::{home}:/bin/bash" for name, (uid, home) in people.items()]
        (folder / "etc" / "passwd").write_text("\n".join(lines) + "\n")
        (folder / "etc" / "group").write_text("".join(f"{name}:x:{uid}:\n" for name, (uid, _) in people.items()))
        for user in users:
            (folder / "home" / user).mkdir(mode=0o755)
            os.chown(folder / "home" / user, people[user][0], people[user][0])

    def write(self, path: str, text: str):
        """Write a file of the administrator's: ``path`` is as the machine has it."""
        place = self.place(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def place(self, path: str) -> Path:
        """Where this machine, outside, has a file of /etc, /home or /srv."""
        return self.folder / path.removeprefix("/")

    def processes(self) -> list[psutil.Process]:
        """Every process of its users."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.NoSuchProcess):
                found += [process] if process.uids().real in self.uids else []
        return found

    def command(self, *program: str) -> list[str]:
        """The command line that runs a program on the machine; when it ends, all that it started is killed."""
        options = ["--die-with-parent", "--unshare-pid", "--unshare-ipc", "--ro-bind", "/", "/"]
        options += ["--proc", "/proc", "--dev", "/dev"]
        for place in OWN_FILES:
            # whoever has /tmp has the modes that programs expect
            options += ["--perms", "1777" if place.endswith(("tmp", "shm")) else "0755", "--tmpfs", place]
        for name in ("etc", "home", "srv"):
            options += ["--bind", str(self.folder / name), f"/{name}"]
        for name in ETC:
            options += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
        # the course and its Python, should they stand below a folder that is hidden now
        for path in sorted({str(ROOT), sys.prefix, sys.base_prefix}):
            for parent in reversed(Path(path).parents[:-1]):
                options += ["--perms", "0755", "--dir", str(parent)]  # by itself bwrap makes them root's only
            options += ["--ro-bind", path, path]
        variables = {"PATH": f"{sysconfig.get_path('scripts')}:/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
        options += ["--clearenv"]
        for name, value in variables.items():
            options += ["--setenv", name, value]
        return ["bwrap", *options, "--chdir", "/", "--", *program]

    @contextlib.contextmanager
    def running(self, script: str, log: Path):
        """A shell script of root's that runs on the machine until the context ends."""
        with log.open("w") as output:
            process = subprocess.Popen(
                self.command("/bin/sh", "-euc", f"{OWN_PROC}\n{script}"),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            # bwrap is the machine's first process: the kernel ends all others with it
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class Terminal:
    """A terminal of JupyterLab's in the server of a user.

    Parameters
    ----------
    url, token : of its web socket, and of the user.
    """

    def __init__(self, url: str, token: str):
        self.url, self.header, self.count = url, [f"Authorization: token {token}"], 0

    def run(self, command: str, fails: bool = False) -> str:
        """Type a command, and wait until it is done; what it printed. It must succeed, or it must fail."""
        self.count += 1
        said, deadline = "", time.monotonic() + COMMAND_SECONDS
        # a connection for each command, since one that is silent for a while is closed; the shell stays
        connection = websocket.create_connection(self.url, header=self.header, timeout=COMMAND_SECONDS)
        with contextlib.closing(connection):
            # what is typed is echoed, and must not look like the end
            typed = f"{command}; printf 'DO''NE%d:%d\\n' {self.count} $?\r"
            connection.send(json.dumps(["stdin", typed]))
            while not (done := re.search(rf"DONE{self.count}:(\d+)", said)):
                assert time.monotonic() < deadline, said
                kind, *content = json.loads(connection.recv())
                said += "".join(content) if kind == "stdout" else ""
        assert (done[1] != "0") == fails, f"{command} ended with {done[1]}:\n{said}"
        return said[said.rindex(command, 0, done.start()) if command in said else 0 : done.start()]
