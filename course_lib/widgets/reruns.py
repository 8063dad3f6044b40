"""A cell that is run again replaces its widgets: those of the run before are closed.

Otherwise every run would leave its widgets in the kernel, a playground training in its thread, and all their pictures
in the notebook whenever it is saved.
"""

from collections.abc import Iterator

import ipywidgets
from IPython import get_ipython

_runs: dict[str, tuple[str, list]] = {}  # cell -> its latest run, and the widgets of that run


def replace_earlier(widget: ipywidgets.Widget) -> None:
    """Remember the widget as one of the running cell's, and close those that an earlier run of the cell has made.

    Only where the front end says which cell it is that runs, as JupyterLab and Notebook do.
    """
    parent = getattr(get_ipython(), "parent_header", None) or {}
    cell, run = parent.get("metadata", {}).get("cellId"), parent.get("header", {}).get("msg_id")
    if not cell:
        return
    latest, widgets = _runs.get(cell, (run, []))
    if latest != run:
        for old in widgets:
            for part in list(parts(old)):
                part.close()
        widgets = []
    _runs[cell] = (run, [*widgets, widget])


def parts(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """The widget, with its layout and style, and all that is in it."""
    yield widget
    yield from (getattr(widget, name) for name in ("layout", "style") if hasattr(widget, name))
    for child in getattr(widget, "children", ()):
        yield from parts(child)
