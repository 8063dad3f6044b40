"""Names for screen readers, where ipywidgets 8 gives none.

Sliders have no name and speak the position of a logarithmic one, groups of radio buttons are no groups, images have no
alternative text, what changes is not announced, and the focus is lost with the button that had it. No trait reaches
these attributes, so a style element in the widget sets them when it is loaded, and again whenever something in the
widget changes. It does so wherever widgets are shown, without a kernel too; a front end that forbids it shows the same
widget without these names.
"""

from html import escape

import ipywidgets

SHELL, STATUS, READOUT, PICTURE, COMMIT = "tdn-shell", "tdn-status", "tdn-readout", "tdn-picture", "tdn-commit"

SCRIPT = """
const shell = this.closest('.tdn-shell');
const set = (element, name, value) => {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
};
const describe = () => {
    for (const handle of shell.querySelectorAll('.noUi-handle')) {
        const slider = handle.closest('.widget-slider'), readout = slider.querySelector('.widget-readout');
        const name = slider.querySelector('.widget-label').textContent;
        set(handle, 'aria-label', name);
        set(handle, 'aria-valuetext', readout.textContent.replaceAll('\u2212', '-'));
        set(readout, 'role', 'textbox');
        set(readout, 'aria-label', name + ', to type');
    }
    for (const box of shell.querySelectorAll('.widget-radio-box')) {
        set(box, 'role', 'radiogroup');
        set(box, 'aria-label', box.parentElement.querySelector('.widget-label').textContent);
        box.group ??= Math.random().toString(36);  // of one name, the arrow keys move between them
        for (const button of box.querySelectorAll('input')) set(button, 'name', box.group);
    }
    for (const element of shell.querySelectorAll('.noUi-handle, .widget-radio-box input, select'))
        set(element, 'data-lm-suppress-shortcuts', 'true');  // JupyterLab would take the arrow keys
    for (const toggle of shell.querySelectorAll('.widget-toggle-button'))
        set(toggle, 'aria-pressed', String(toggle.classList.contains('mod-active')));
    for (const status of shell.querySelectorAll('.tdn-status .widget-html-content')) set(status, 'role', 'status');
    for (const picture of shell.querySelectorAll('.tdn-picture')) {
        const readout = picture.closest('.tdn-shell').querySelector('.tdn-readout');
        set(picture, 'role', 'img');
        set(picture, 'aria-label', readout.textContent);
        for (const image of picture.querySelectorAll('img')) set(image, 'alt', '');
    }
    keep_focus();
};
// The question goes, and the focus with it: the answer takes it, unless something else has it by then.
let asked_last = false;
shell.addEventListener('focusin', () => { asked_last = shell.querySelector('.tdn-commit') !== null; });
shell.addEventListener('focusout', event => { if (event.relatedTarget) asked_last = false; });
const keep_focus = () => {
    const commit = shell.querySelector('.tdn-commit'), running = commit?.disabled;
    if (!asked_last || running || document.activeElement !== document.body) return;
    const next = commit ?? shell.querySelector('.tdn-status .widget-html-content');
    if (!commit) set(next, 'tabindex', '-1');
    next.focus();
};
new MutationObserver(describe).observe(shell, {
    subtree: true, childList: true, characterData: true, attributeFilter: ['aria-valuetext', 'class', 'disabled']
});
// Asked for at every change, the widths would cost a layout of the page each time.
new ResizeObserver(() => {
    for (const picture of shell.querySelectorAll('.tdn-picture'))
        set(picture, 'tabindex', picture.scrollWidth > picture.clientWidth ? '0' : '-1');  // the arrow keys scroll it
}).observe(shell);
describe();
"""


# A text area as high as its text; in a notebook that is opened again, one line in place of a broken link at each part.
# ipywidgets' own focus is a thin line of another shade, which nobody finds who has lost it.
# JupyterLab breaks printed lines at any letter: once a widget is on the page, all of its outputs break between words.
STYLE = """
.jp-OutputArea-output pre { word-break: normal; overflow-wrap: anywhere; }
.tdn-shell :focus-visible { outline: 2px solid #1976d2 !important; outline-offset: 1px; }
.tdn-shell .widget-radio-box { margin-bottom: 4px !important; }
.tdn-shell textarea { field-sizing: content; height: auto; }
.tdn-shell .widget-textarea { height: auto; }
.tdn-shell .jupyter-widgets-disconnected::before { display: none; }
.tdn-shell.jupyter-widgets-disconnected::before {
    content: "As it was saved. Run the cell to use it."; font: italic 1em sans-serif; color: inherit;
}
.tdn-shell .tdn-shell.jupyter-widgets-disconnected::before { display: none; }
"""


def names() -> ipywidgets.HTML:
    """What a widget of class ``SHELL`` must have among its children; it is not seen."""
    return ipywidgets.HTML(f'<style onload="{escape(SCRIPT)}">{STYLE}</style>', layout={"display": "none"})
