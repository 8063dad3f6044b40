"""A class on a real JupyterHub, as docs/jupyterhub.md tells it: every command of that page is run as it stands there.

Ada works in a real Chromium, Bob in a terminal, the teacher in another; each is a user of their own to the kernel.
"""

import os
import re
import shutil
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from chromium import ANSWER_MS, launched
from playwright.sync_api import expect

from autograder.catalogue import load
from autograder.files import ROOT
from autograder.grading.demo import expected_score, standalone
from autograder.grading.records.gradebook import Gradebook
from autograder.grading.submissions.assignment import grade_id, load_assignment
from autograder.report import TITLES

sys.path.insert(0, str(ROOT / "tests" / "browser"))
from hub_client import Hub, wait_until
from hub_machine import Machine
from notebook_page import Notebook

pytestmark = [pytest.mark.soak, pytest.mark.serial, pytest.mark.sandbox, pytest.mark.browser]

NAME = "01_vanishing_gradients"
FOLDER = f"/home/{{}}/{NAME}"
PASSWORD = "of the test alone"
RIGHT = {
    "relu_backward": "def relu_backward(dout, z):\n    return np.where(z > 0, dout, 0.0)",
    "sigmoid": "def sigmoid(z):\n    return np.exp(-np.logaddexp(0.0, -z))",
}
MISTAKE = load("tanh_backward").misconceptions[0]  # Ada's
OTHER_MISTAKE = load("relu_backward").misconceptions[1]  # Bob's


class Page:
    """docs/jupyterhub.md: its files, and its commands by section and by who types them."""

    def __init__(self, text: str):
        self.files = dict(re.findall(r"^```python\n# (/\S+)\n(.*?)^```", text, re.M | re.S))
        self.sections = {}
        for section in re.split(r"^## ", text, flags=re.M)[1:]:
            blocks = "".join(re.findall(r"^```console\n(.*?)^```", section, re.M | re.S))
            lines = [re.fullmatch(r"(\w+)[$#] (.+)", line).groups() for line in blocks.splitlines()]
            self.sections[section.splitlines()[0]] = lines
        self.not_run = [line for lines in self.sections.values() for line in lines]

    def commands(self, section: str, who: str) -> list[str]:
        """What somebody types in a section; from now on it counts as run."""
        found = [line for line in self.sections[section] if line[0] == who]
        assert found
        self.not_run = [line for line in self.not_run if line not in found]
        return [command for _, command in found]


@pytest.fixture
def page() -> Page:
    return Page((ROOT / "docs" / "jupyterhub.md").read_text(encoding="utf-8"))


@pytest.fixture
def machine(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("a hub starts servers for several users, which only root may: run this test as root")
    if not (Path(sys.prefix) / "bin" / "configurable-http-proxy").exists():
        pytest.skip("JupyterHub's proxy is not installed: run `make hub`")
    machine = Machine(tmp_path / "machine", ("teacher", "ada", "bob"))
    yield machine
    shutil.rmtree(machine.folder)


@pytest.fixture
def hub(machine, page, tmp_path):
    """The page's hub; only its ports and the way to know a password are the test's own."""
    for path, text in page.files.items():
        machine.write(path, text)
    public, own, proxy = free_ports(3)
    *preparation, start = page.commands("Setting up", "root")
    options = {
        "JupyterHub.bind_url": f"http://127.0.0.1:{public}",
        "JupyterHub.hub_port": own,
        "ConfigurableHTTPProxy.api_url": f"http://127.0.0.1:{proxy}",
        "JupyterHub.authenticator_class": "dummy",
        "DummyAuthenticator.password": f"'{PASSWORD}'",
    }
    script = [*preparation, f"exec {start} {' '.join(f'--{key}={value}' for key, value in options.items())}"]
    log = tmp_path / "hub.log"
    hub = Hub(f"http://127.0.0.1:{public}", PASSWORD)
    with machine.running("\n".join(script), log) as process:
        wait_until(lambda: hub.answers() or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        yield hub
    wait_until(lambda: not (hub.answers() or machine.processes()))


@pytest.fixture
def browser_page(chromium):
    with launched(chromium) as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 1100})
        page.set_default_timeout(ANSWER_MS)
        yield page
        (ROOT / "test-artifacts").mkdir(exist_ok=True)
        page.screenshot(path=ROOT / "test-artifacts" / "jupyterhub.png")


def free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def test_a_class_works_hands_in_and_gets_its_feedback(hub, machine, page, browser_page):
    tokens = {user: hub.token(user) for user in ("teacher", "bob")}
    for user, token in tokens.items():
        hub.start_server(user, token)
    teacher, bob = (hub.terminal(user, token) for user, token in tokens.items())
    doctor, *making = page.commands("Handing out", "teacher")
    assert re.search(r"ok\s+sandbox", teacher.run(doctor))
    for command in making:
        teacher.run(command)

    fetch, submit = page.commands("Working and handing in", "student")
    bob.run(fetch)
    answer(machine, "bob", relu_backward=standalone(OTHER_MISTAKE, "relu_backward"))
    bob.run(submit)
    log_in(browser_page, hub, "ada")
    press(browser_page, "Fetch", "Submit")
    solve(browser_page, hub, machine)
    press(browser_page, "Submit", "Fetch Feedback")

    collect, grade, autograde = page.commands("Collecting and grading", "teacher")
    said = teacher.run(collect)
    assert "ada" in said and "bob" in said and "cheating" not in said
    teacher.run(grade)
    check_scores(machine)
    graded = scores(machine)

    for command in page.commands("Returning feedback", "teacher"):
        teacher.run(command)
    for command in page.commands("Returning feedback", "student"):
        bob.run(command)
    press(browser_page, "Fetch Feedback", "Fetch Feedback")
    check_feedback(browser_page, hub, machine)
    check_privacy(hub, tokens, teacher)

    teacher.run(autograde)
    assert scores(machine) == graded
    assert page.not_run == []


def log_in(page, hub, user):
    page.goto(hub.url)
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill("a guess")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Invalid username or password")).to_be_visible()
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{hub.url}/user/{user}/lab**")


def press(page, button, then):
    """Press a button of the assignment list, and wait for the one that takes its place."""
    page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
    page.get_by_role("menuitem", name="Assignment List", exact=True).click()
    with page.expect_response(lambda response: response.request.method == "POST" and "/assignments/" in response.url):
        page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("button", name=then, exact=True)).to_be_visible()


def solve(page, hub, machine):
    """Ada answers three exercises, one of them wrongly, and sees what the checks say."""
    path = machine.place(f"{FOLDER.format('ada')}/{NAME}.ipynb")
    page.goto(f"{hub.url}/user/ada/lab/tree/{NAME}/{NAME}.ipynb?reset")
    notebook = Notebook(page, nbformat.read(path, 4))
    expect(notebook.cells).to_have_count(len(notebook.source.cells))
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_have_count(1)
    notebook.run(notebook.cell("setup"))
    for name, code in (RIGHT | {"tanh_backward": standalone(MISTAKE, "tanh_backward")}).items():
        notebook.rewrite(notebook.cell(name), code)
        notebook.run(notebook.cell(name))
        verdict = notebook.run(notebook.cell(f"check-{name}"))
        expect(verdict).to_contain_text(TITLES["pass" if name in RIGHT else "fail"])
    expect(verdict).to_contain_text(words(MISTAKE))
    page.keyboard.press("Control+S")
    wait_until(lambda: MISTAKE.name not in path.read_text() and saved(path, "tanh_backward"))


def saved(path, name) -> bool:
    cells = {grade_id(cell): cell for cell in nbformat.read(path, 4).cells}
    return bool(cells[f"check-{name}"].get("outputs"))


def answer(machine, user, **answers):
    """Change a notebook as a student does who has another editor."""
    path = machine.place(f"{FOLDER.format(user)}/{NAME}.ipynb")
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
    path.write_text(nbformat.writes(notebook))


def check_privacy(hub, tokens, teacher):
    """What is Bob's, the teacher's and the hub's is not Ada's to read; the exchange does not list what it has."""
    ada = hub.token("ada")
    bobs = teacher.run("ls -d /srv/nbgrader/exchange/deep/inbound/bob*")
    assert f"bob+{NAME}+" in bobs
    secrets = (
        f"{FOLDER.format('bob')}/{NAME}.ipynb",
        f"{FOLDER.format('bob')}/feedback/*/{NAME}.html",
        "/home/teacher/deep/hidden-cases.key",
        "/home/teacher/deep/gradebook.db",
        f"/home/teacher/deep/source/{NAME}/{NAME}.ipynb",
        "/srv/jupyterhub/jupyterhub.sqlite",
        "/srv/jupyterhub/jupyterhub_cookie_secret",
    )
    terminal = hub.terminal("ada", ada)
    terminal.run(f"cat {FOLDER.format('ada')}/{NAME}.ipynb > /dev/null")
    for path in secrets:
        assert "Permission denied" in terminal.run(f"cat {path}", fails=True)
    for folder in ("inbound", "feedback"):
        assert "Permission denied" in terminal.run(f"ls /srv/nbgrader/exchange/deep/{folder}", fails=True)
    # in another folder of that name she would get what the others hand in
    assert "not permitted" in terminal.run("mv /srv/nbgrader/exchange/deep /srv/nbgrader/exchange/away", fails=True)
    for user, token, status in (("bob", ada, 403), ("bob", "", 403), ("bob", tokens["bob"], 200)):
        assert status_of(hub, f"/user/{user}/api/contents/{NAME}", token) == status


def status_of(hub, path, token) -> int:
    try:
        hub.ask(path, token)
    except urllib.error.HTTPError as error:
        return error.code
    return 200


def scores(machine) -> dict[str, dict[str, float]]:
    with Gradebook(f"sqlite:///{machine.place('/home/teacher/deep/gradebook.db')}") as gradebook:
        return gradebook.scores(NAME)


def check_scores(machine):
    """Full marks for what is right, what its cases give for what is wrong, nothing for the rest."""
    deserved = {
        "ada": {name: load(name).points for name in RIGHT},
        "bob": {"relu_backward": expected_score(load("relu_backward"), OTHER_MISTAKE)},
    }
    deserved["ada"]["tanh_backward"] = expected_score(load("tanh_backward"), MISTAKE)
    got = scores(machine)
    assert got.keys() == deserved.keys()
    for student, cells in got.items():
        names = {cell.removeprefix("check-"): score for cell, score in cells.items()}
        # scores are rounded to cents
        assert names == pytest.approx(dict.fromkeys(names, 0.0) | deserved[student], abs=0.005)
        assert deserved[student].keys() <= names.keys()


def check_feedback(page, hub, machine):
    """Ada's page says her score and her mistake; Bob's says his, and each has one page."""
    total = sum(scores(machine)["ada"].values())
    pages = {}
    for user in ("ada", "bob"):
        (pages[user],) = machine.place(FOLDER.format(user)).glob(f"feedback/*/{NAME}.html")
    page.goto(f"{hub.url}/user/ada/files/{pages['ada'].relative_to(machine.place('/home/ada'))}")
    body = page.locator("body")
    expect(body).to_contain_text(f"{total:g} of {load_assignment(NAME).points:g} points")
    expect(body).to_contain_text(words(MISTAKE))
    expect(body).not_to_contain_text(words(OTHER_MISTAKE))
    assert words(OTHER_MISTAKE) in " ".join(pages["bob"].read_text().split())


def words(form) -> str:
    """The beginning of the sentence that a student reads about a mistake."""
    return " ".join(form.function.__doc__.split())[:60]
