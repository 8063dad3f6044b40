"""The student's workspace in a real JupyterLab, seen through a headless Chromium; one of each for the whole session."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from chromium import launched
from notebook_page import Lab
from xdist.scheduler import LoadScopeScheduling

from autograder.files import ROOT
from autograder.lab import lab_command, lab_environment, prepare

TOKEN = "browser-tests"
VIEWPORT = {"width": 1400, "height": 1100}
START_SECONDS = 300


class PageByPage(LoadScopeScheduling):
    """Tests that share a page go to one worker: those of a module or, where it opens every lesson, of a lesson."""

    def _split_scope(self, nodeid):
        module, _, test = nodeid.partition("::")
        lesson = test.partition("[")[2].rstrip("]")
        return f"{module}::{lesson}" if module.endswith("test_notebook.py") else module


def pytest_xdist_make_scheduler(config, log):
    return PageByPage(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.fixture(scope="session")
def workspace(tmp_path_factory) -> Path:
    """A student's folder, as `course lab` prepares it."""
    folder = tmp_path_factory.mktemp("student") / "workspace"
    prepare(folder, ROOT / "notebooks")
    return folder


@pytest.fixture(scope="session")
def jupyterlab(workspace, tmp_path_factory):
    """The address of a JupyterLab on the workspace, started by `course lab`'s own command."""
    home = tmp_path_factory.mktemp("jupyter")
    own_settings = {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = (f"--IdentityProvider.token={TOKEN}", "--ServerApp.port_retries=0")
    log = home / "jupyterlab.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            lab_command(workspace, browser=False, port=port, options=options),
            env={**lab_environment(), **own_settings},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(server, f"{address}/api/status?token={TOKEN}", log)
        yield address
    finally:
        stop(server)


def wait_until_it_answers(server, url, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"JupyterLab ended with {server.returncode}:\n{log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(url, timeout=60):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab gives no answer after {START_SECONDS} s:\n{log.read_text()[-2000:]}")


def stop(server):
    """End JupyterLab and its kernels: SIGTERM lets it shut them down, SIGKILL ends what is left of the group."""
    server.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(timeout=15)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


@pytest.fixture(scope="session")
def browser(chromium):
    """A headless Chromium."""
    with launched(chromium) as chrome:
        yield chrome


@pytest.fixture(scope="session")
def artifacts() -> Path:
    """Where screenshots and timings are kept; git ignores it."""
    folder = ROOT / "test-artifacts"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("FAILED-*.png"):
        old.unlink()
    return folder


@pytest.fixture(scope="module")
def lab(browser, jupyterlab, artifacts):
    """JupyterLab in a fresh page of the browser, which the tests of a module share."""
    context = browser.new_context(viewport=VIEWPORT)
    yield Lab(context.new_page(), f"{jupyterlab}/lab", TOKEN, artifacts)
    context.close()


@pytest.fixture(autouse=True)
def picture_of_a_failure(lab, request):
    """Keep a picture of the page when the test fails."""
    yield
    if getattr(request.node, "failed", False):
        lab.screenshot(f"FAILED-{request.node.name}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    item.failed = getattr(item, "failed", False) or report.failed
    return report
