"""Diagrams: of how many terms a unit's size is made, forward and backward; why equal units stay equal."""

from course_lib.figures.diagram import BACKWARD, BLUE, FORWARD, VERMILION, Page
from course_lib.figures.picture import Shown, show
from course_lib.figures.style import TEXT

ROWS = ((208, 216), (168, 178), (108, 104))  # a first, a second and a last unit, and the letters at their arrows


def fans_diagram() -> Shown:
    """One layer of weights: n terms meet in a unit on the way forward, m terms in an input on the way back."""
    page = Page(480, 300)
    for (y, letters), i in zip(ROWS, ("1", "2", "n"), strict=True):
        page.circle(40, y, 17, f"$a_{i}$")
        page.arrow((58, y), (165, 158 + (y - 158) / 6), FORWARD)
        page.text(96, letters, f"$W_{{{i}j}}$", BLUE)
    page.text(40, 139, "⋮", TEXT)
    page.circle(184, 158, 18, "$z_j$")
    page.text(108, 262, "forward: $n$ terms,\nthe fan-in of unit $j$", BLUE)
    page.text(108, 58, "$\\mathbb{E}\\,z_j^2 = n\\,\\sigma_w^2 \\cdot$ mean of $a_i^2$", BLUE)
    for (y, letters), j in zip(ROWS, ("1", "2", "m"), strict=True):
        page.circle(440, y, 17, f"$\\delta_{j}$")
        page.arrow((422, y), (315, 158 + (y - 158) / 6), BACKWARD)
        page.text(384, letters, f"$W_{{i{j}}}$", VERMILION)
    page.text(440, 139, "⋮", TEXT)
    page.circle(296, 158, 18, "$a_i$")
    page.text(372, 262, "backward: $m$ terms,\nthe fan-out of input $i$", VERMILION)
    page.text(372, 58, "$\\mathbb{E}\\,da_i^2 = m\\,\\sigma_w^2 \\cdot$ mean of $\\delta_j^2$", VERMILION)
    page.key(32)
    return show(
        page.figure,
        "The same weights (n by m), seen twice. Forward, n terms a_i W_ij meet in the unit z_j, and E z_j² is n σ_w² "
        "times the mean of a_i². Backward, m terms δ_j W_ij meet in the input a_i, and the mean square of its gradient "
        "is m σ_w² times the mean of δ_j².",
    )


def symmetry_diagram() -> Shown:
    """Two units with equal weights: equal outputs forward, equal gradients backward, equal steps."""
    page = Page(480, 262)
    page.box(52, 145, 60, 120, "$x$")
    page.box(428, 145, 60, 120, "logits")
    for y, name in ((188, "1"), (102, "2")):
        page.box(240, y, 92, 40, f"unit {name}\n$a = \\varphi(xw)$")
        page.arrow((82, y + 8), (194, y + 8), FORWARD)
        page.arrow((194, y - 8), (82, y - 8), BACKWARD)
        page.arrow((286, y + 8), (398, y + 8), FORWARD)
        page.arrow((398, y - 8), (286, y - 8), BACKWARD)
        page.text(138, y + 21, "weights $w$", BLUE)
        page.text(138, y - 21, "$dw = x^T dz$", VERMILION)
        page.text(342, y + 21, "weights $v$", BLUE)
        page.text(342, y - 21, "$da = \\delta\\, v^T$", VERMILION)
    page.text(
        240, 240, "equal $w$ and equal $v$: equal $a$, equal $da$,\nequal $dw$ and $dv$, and so they stay equal", TEXT
    )
    page.key(46)
    return show(
        page.figure,
        "Two hidden units between x and the logits, with the same incoming weights w and the same outgoing weights v. "
        "Forward, both compute the same a = φ(xw). Backward, both get the same da = δ vᵀ, and so the same dw = xᵀ dz, "
        "and the same gradient of v: after the step they are equal again.",
    )
