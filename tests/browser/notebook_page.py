"""JupyterLab as a student uses it: open a notebook, run it, type an answer, move a slider, read what is shown."""

import re
from pathlib import Path

import nbformat
from chromium import ANSWER_MS, START_MS
from playwright.sync_api import Locator, Page, expect

AXE = Path(__file__).parent / "axe" / "axe.min.js"
NEXT_FRAME = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
# What axe finds serious or critical in outputs and text: the rest of the page is JupyterLab's.
VIOLATIONS = """async () => {
    const found = await axe.run({include: [[".jp-OutputArea-output"], [".jp-RenderedMarkdown"]]});
    return found.violations
        .filter(rule => ["serious", "critical"].includes(rule.impact))
        .flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 200)}`));
}"""


class Lab:
    """JupyterLab in one page of the browser."""

    def __init__(self, page: Page, address: str, token: str, artifacts: Path):
        self.page, self._address, self._token, self._artifacts = page, address, token, artifacts
        page.set_default_timeout(ANSWER_MS)

    def open(self, notebook: Path) -> "Notebook":
        """Open a notebook of the workspace's top folder, and wait for its kernel.

        The indicator says "idle" at first, before there is a session, and JupyterLab then drops what is to be run
        without a word. Once the page speaks to the kernel, the indicator speaks of the kernel.
        """
        with self.page.expect_websocket(lambda socket: "/channels" in socket.url, timeout=START_MS):
            self.page.goto(f"{self._address}/tree/{notebook.name}?token={self._token}&reset", timeout=START_MS)
        opened = Notebook(self.page, nbformat.read(notebook, as_version=4))
        expect(opened.cells).to_have_count(len(opened.source.cells), timeout=START_MS)
        expect(self.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_have_count(
            1, timeout=START_MS
        )
        return opened

    def screenshot(self, name: str, part: Locator | None = None) -> None:
        """Keep a picture of the page, or of a part of it."""
        if part:
            # Cells out of sight are not laid out: bring the part here, let the page settle, and then measure it.
            for _ in range(2):
                part.evaluate(f"part => {{ part.scrollIntoView({{block: 'end'}}); return {NEXT_FRAME}; }}")
        (part or self.page).screenshot(path=self._artifacts / f"{name}.png")


class Notebook:
    """The notebook that is open.

    Attributes
    ----------
    source : the notebook as it was opened.
    cells : every cell on the page, in the notebook's order.
    """

    def __init__(self, page: Page, source: nbformat.NotebookNode):
        self.page, self.source = page, source
        self.cells = page.locator(".jp-Notebook .jp-Cell")

    def cell(self, grade_id: str) -> Locator:
        """The cell with that nbgrader id."""
        ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in self.source.cells]
        return self.cells.nth(ids.index(grade_id))

    def cell_with(self, code: str) -> Locator:
        """The first code cell whose source holds ``code``."""
        sources = [cell.source if cell.cell_type == "code" else "" for cell in self.source.cells]
        return self.cells.nth(next(i for i, source in enumerate(sources) if code in source))

    def run_all(self, timeout: float = 600_000) -> None:
        """Run > Run All Cells, and wait until none is waiting: all have run, or a traceback has stopped them."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        prompts = self.page.locator(".jp-CodeCell .jp-InputPrompt")
        expect(prompts.first).not_to_have_text("[ ]:")
        expect(prompts.filter(has_text="*")).to_have_count(0, timeout=timeout)

    def run(self, cell: Locator) -> Locator:
        """Click into a cell and press Ctrl+Enter; its output once it has run."""
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.text_content()
        self._focus(cell)
        self.page.keyboard.press("Control+Enter")
        expect(prompt).not_to_have_text(before)
        expect(prompt).to_have_text(re.compile(r"\d"))
        return cell.locator(".jp-Cell-outputArea")

    def rewrite(self, cell: Locator, code: str) -> None:
        """Replace what a cell holds, through the keyboard."""
        self._focus(cell)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(code)

    def show(self, width: int, theme: str = "Light") -> Page:
        """Give the page a width, with the file browser folded away below 900 pixels, and a theme."""
        page = self.page
        page.set_viewport_size({"width": width, "height": 780})
        if page.locator(".jp-FileBrowser").is_visible() != (width >= 900):
            page.keyboard.press("Escape")
            page.keyboard.press("Control+b")
        if page.locator("body").get_attribute("data-jp-theme-name") != f"JupyterLab {theme}":
            page.get_by_role("menuitem", name="Settings", exact=True).click()
            page.locator(".lm-Menu-itemLabel").get_by_text("Theme", exact=True).click()
            page.locator(".lm-Menu-itemLabel").get_by_text(f"JupyterLab {theme}", exact=True).click()
            expect(page.locator("body")).to_have_attribute("data-jp-theme-name", f"JupyterLab {theme}")
            expect(page.locator("#jupyterlab-splash")).to_have_count(0)
        page.evaluate(NEXT_FRAME)
        return page

    def violations(self) -> list[str]:
        """What axe finds serious or critical in all outputs and texts: the rule, and the element's HTML."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        return self.page.evaluate(VIOLATIONS)

    def tracebacks(self) -> list[str]:
        """The text of every red traceback."""
        return self.page.locator(".jp-Notebook [data-mime-type='application/vnd.jupyter.stderr']").all_text_contents()

    def not_run(self) -> list[str]:
        """The source of every code cell that has not been run."""
        prompts = self.cells.locator(".jp-InputArea > .jp-InputPrompt").all_text_contents()
        cells = zip(self.source.cells, prompts, strict=True)
        return [cell.source for cell, prompt in cells if cell.cell_type == "code" and not re.search(r"\d", prompt)]

    def checks(self) -> list[str]:
        """The nbgrader ids of the check cells."""
        ids = [cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in self.source.cells]
        return [name for name in ids if name.startswith("check-")]

    def explorer(self, name: str) -> "Explorer":
        """The widget that ``name()`` of `course_lib.widgets` has put on the page."""
        return Explorer(self.page.locator(f".tdn-{name.replace('_', '-')}"))

    def _focus(self, cell: Locator) -> None:
        cell.scroll_into_view_if_needed()
        cell.locator(".cm-content").click()


class Explorer:
    """A widget of the course.

    Attributes
    ----------
    root, image, readout : the whole widget, the first panel of its picture, and what it says of the picture
    """

    def __init__(self, root: Locator):
        self.root = root
        self.image = root.locator(".tdn-picture img").first
        self.readout = root.get_by_role("status").last

    def predict(self) -> None:
        """Choose the first answer to the widget's question, and commit to it."""
        self.root.get_by_role("radio").first.check()
        self.root.get_by_role("button", name="Commit").click()
        expect(self.image).to_be_visible()

    def slider(self, label: str | None = None) -> Locator:
        """The handle of the slider with that label; by default of the first slider."""
        sliders = self.root.locator(".widget-slider")
        chosen = sliders.filter(has_text=label) if label else sliders.first
        return chosen.get_by_role("slider")

    def picture(self) -> list[list[int]]:
        """The bytes of every panel that is shown."""
        return self.root.locator(".tdn-picture img").evaluate_all(
            "all => Promise.all(all.map(async img => [...new Uint8Array(await (await fetch(img.src)).arrayBuffer())]))"
        )
