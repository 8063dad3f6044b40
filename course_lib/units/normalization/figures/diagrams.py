"""The graph of batch norm, forward, and the three ways on which a gradient comes back."""

from course_lib.figures.diagram import BACKWARD, BLUE, FORWARD, VERMILION, Page
from course_lib.figures.picture import Shown, show
from course_lib.figures.style import TEXT

TOP, LOW = 220, 120  # the rows of the nodes, in pixels from below


def batchnorm_diagram() -> Shown:
    """x, its mean, what is left, its variance, xhat and out, with arrows forward and backward."""
    page = Page(480, 290)
    page.box(32, TOP, 40, 36, "$x$")
    page.circle(112, LOW, 20, "$\\mu$")
    page.box(184, TOP, 58, 36, "$x - \\mu$")
    page.circle(258, LOW, 20, "$\\sigma^2$")
    page.box(338, TOP, 66, 36, "$\\hat{x}$")
    page.box(444, TOP, 60, 36, "$\\gamma\\hat{x} + \\beta$")
    # along the top
    for left, right in ((52, 155), (213, 305), (371, 414)):
        page.arrow((left, TOP + 7), (right, TOP + 7), FORWARD)
        page.arrow((right, TOP - 7), (left, TOP - 7), BACKWARD)
    # down to a mean and up again: a pair of arrows for each edge, the second a little aside
    for box, node in ((32, 112), (184, 258)):
        page.arrow((box + 12, TOP - 18), (node - 8, LOW + 19), FORWARD)
        page.arrow((node - 18, LOW + 9), (box - 1, TOP - 18), BACKWARD)
    for node, box in ((112, 184), (258, 338)):
        page.arrow((node + 18, LOW + 9), (box + 1, TOP - 20), FORWARD)
        page.arrow((box - 13, TOP - 20), (node + 8, LOW + 19), BACKWARD)
    page.text(259, TOP - 22, "①", VERMILION)
    page.text(310, LOW + 22, "②", VERMILION)
    page.text(160, LOW + 22, "③", VERMILION)
    page.text(420, TOP - 34, "$d\\hat{x} = \\gamma\\, dout$", VERMILION)
    page.text(32, TOP + 36, "(N, C)", BLUE)
    page.text(338, TOP + 36, "$(x - \\mu)\\,/\\,\\sqrt{\\sigma^2 + \\epsilon}$", BLUE)
    page.text(
        240,
        70,
        "$dx = (\\,d\\hat{x}\\;-\\;\\hat{x}\\cdot$mean of $d\\hat{x}\\,\\hat{x}\\;-\\;$mean of "
        "$d\\hat{x}\\,)\\,/\\,\\sqrt{\\sigma^2 + \\epsilon}$",
        TEXT,
    )
    page.text(119, 90, "①", VERMILION)
    page.text(206, 90, "②", VERMILION)
    page.text(306, 90, "③", VERMILION)
    page.key(42)
    return show(
        page.figure,
        "The graph of batch norm for one unit. Forward: x, its mean μ over the batch, x − μ, the variance σ², "
        "x̂ = (x − μ) / √(σ² + ε), and γ x̂ + β. Backward: from dx̂ = γ dout three ways lead to x: ① straight through "
        "x − μ, ② through the variance σ², ③ through the mean μ. Together, dx is 1/√(σ² + ε) times (dx̂ − x̂ · mean of "
        "dx̂ x̂ − mean of dx̂), where the three terms belong to ①, ② and ③.",
    )
