"""Make docs/start_page.png: the start page in a real JupyterLab, its cells run. Needs what `make test` needs."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path += [str(ROOT / "tests"), str(ROOT / "tests" / "browser")]

from chromium import launched  # noqa: E402
from notebook_page import Lab  # noqa: E402

from autograder.doctor import find_chromium  # noqa: E402
from autograder.lab import START_PAGE, lab_command, lab_environment, prepare  # noqa: E402

PORT, TOKEN = 8917, "picture"
VIEW = {"width": 1200, "height": 1000}


def main(out: Path = ROOT / "docs" / "start_page.png") -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder, "workspace")
        prepare(workspace, ROOT / "notebooks")
        own = {f"JUPYTER_{name}_DIR": str(Path(folder, name)) for name in ("CONFIG", "DATA", "RUNTIME")}
        server = subprocess.Popen(
            lab_command(workspace, browser=False, port=PORT, options=(f"--IdentityProvider.token={TOKEN}",)),
            env=lab_environment() | own | {"IPYTHONDIR": str(Path(folder, "ipython"))},
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_for(f"http://127.0.0.1:{PORT}/api/status?token={TOKEN}")
            with launched(find_chromium()) as browser:
                page = browser.new_page(viewport=VIEW)
                photograph(Lab(page, f"http://127.0.0.1:{PORT}/lab", TOKEN, Path(folder)), workspace / START_PAGE, out)
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()


def photograph(lab: Lab, notebook: Path, out: Path) -> None:
    """Run the cells, and keep what can be seen from the function to the verdict."""
    opened = lab.open(notebook)
    opened.run_all()
    first, last = (opened.cell_with(code) for code in ("def leaky_relu", "check("))
    first.evaluate("cell => cell.scrollIntoView()")
    time.sleep(1)  # for what JupyterLab moves
    top, bottom = first.bounding_box(), last.bounding_box()
    clip = {"x": top["x"], "y": top["y"], "width": top["width"], "height": bottom["y"] + bottom["height"] - top["y"]}
    lab.page.screenshot(path=out, clip=clip)
    Image.open(out).convert("RGB").quantize(64).save(out, optimize=True)


def wait_for(address: str) -> None:
    for _ in range(600):
        with suppress(OSError):
            urllib.request.urlopen(address)
            return
        time.sleep(0.2)
    raise TimeoutError(f"JupyterLab gives no answer at {address}")


if __name__ == "__main__":
    main()
