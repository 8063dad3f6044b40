"""Diagrams: a layer forward and backward, the product of factors, a skip connection."""

from course_lib.figures.diagram import BACKWARD, BLUE, FORWARD, VERMILION, Page
from course_lib.figures.picture import Shown, show
from course_lib.figures.style import TEXT


def layer_diagram() -> Shown:
    """An affine layer and its activation: what runs forward, what runs back, and all shapes."""
    page = Page(480, 262)
    for x, text in ((150, "$z = xW + b$"), (330, "$a = \\varphi(z)$")):
        page.box(x, 127, 100, 40, text)
    page.box(110, 227, 70, 40, "$W$\n$D{\\times}M$")
    page.box(200, 227, 60, 40, "$b$\n$M$")
    for start, end, above, below in (
        (8, 100, "$x$\n$N{\\times}D$", "$dx = dz\\,W^T$\n$N{\\times}D$"),
        (200, 280, "$z$\n$N{\\times}M$", "$dz$\n$N{\\times}M$"),
        (380, 472, "$a$\n$N{\\times}M$", "$da$\n$N{\\times}M$"),
    ):
        page.arrow((start, 135), (end, 135), FORWARD)
        page.text((start + end) / 2, 158, above, BLUE)
        page.arrow((end, 119), (start, 119), BACKWARD)
        page.text((start + end) / 2, 96, below, VERMILION)
    for x in (110, 200):
        page.arrow((x - 8, 205), (x - 8, 149), FORWARD)
        page.arrow((x + 8, 149), (x + 8, 205), BACKWARD)
    page.text(240, 227, "$dW = x^T dz$\n$db = $ sum of $dz$ over $N$", VERMILION, ha="left")
    page.text(330, 80, "$dz = da \\odot \\varphi'(z)$", VERMILION)
    page.key(40)
    return show(
        page.figure,
        "A layer as a computation graph. Forward: x (N by D) goes with W (D by M) and b (M) into z = xW + b (N by M), "
        "and z into a = φ(z) (N by M). Backward: da (N by M) becomes dz = da ⊙ φ'(z) (N by M); from dz come dW = xᵀ dz "
        "(D by M), db, the sum of dz over the N samples (M), and dx = dz Wᵀ (N by D), which goes to the layer before.",
    )


def product_diagram() -> Shown:
    """A chain of layers: the gradient meets a slope and a weight matrix in each of them."""
    page = Page(480, 250)
    page.text(13, 165, "$x$", TEXT)
    page.text(292, 165, "…", TEXT)
    page.text(463, 165, "loss", TEXT)
    for left, right in ((24, 43), (121, 163), (241, 278), (306, 345), (423, 446)):
        page.arrow((left, 173), (right, 173), FORWARD)
        page.arrow((right, 157), (left, 157), BACKWARD)
    for x, name in ((82, "1"), (202, "2"), (384, "n")):
        page.box(x, 165, 78, 40, f"layer ${name}$\n$\\varphi(hW_{name}{{+}}b_{name})$")
        page.text(x, 212, f"$\\times\\ W_{name}$\nthen $\\times\\ \\varphi'(z_{name})$", BLUE)
        page.text(x, 118, f"$\\times\\ \\varphi'(z_{name})$\nthen $\\times\\ W_{name}^T$", VERMILION)
    page.text(240, 75, "$dx = da_n \\odot \\varphi'(z_n)\\,W_n^T\\ \\cdots\\ \\odot \\varphi'(z_1)\\,W_1^T$", VERMILION)
    page.key(40, "forward: differences", 60)
    return show(
        page.figure,
        "A chain of n layers from x to the loss. On the way back the gradient is multiplied in each layer by the slope "
        "φ'(z) and then by the transposed weights, from layer n to layer 1: dx is da of the last layer times φ'(z_n) "
        "W_nᵀ, and so on to φ'(z_1) W_1ᵀ. On the way forward, small differences between samples are multiplied by the "
        "same weights and slopes, from layer 1 to layer n.",
    )


def skip_diagram() -> Shown:
    """A skip connection: the gradient takes two paths, and one of them has no factor."""
    page = Page(480, 250)
    page.text(16, 120, "$x$", TEXT)
    page.box(225, 120, 110, 44, "branch\n$F(x)$")
    page.circle(380, 120, 13, "+")
    page.text(464, 120, "out", TEXT)
    page.arrow((28, 128), (170, 128), FORWARD)
    page.arrow((280, 128), (365, 128), FORWARD)
    page.arrow((395, 128), (448, 128), FORWARD)
    page.path([(60, 128), (60, 208), (384, 208), (384, 137)], FORWARD)
    page.arrow((448, 112), (395, 112), BACKWARD)
    page.arrow((365, 112), (280, 112), BACKWARD)
    page.arrow((170, 112), (28, 112), BACKWARD)
    page.path([(372, 135), (372, 192), (76, 192), (76, 116)], BACKWARD)
    page.text(225, 221, "the skip: $x$ itself", BLUE)
    page.text(225, 178, "$dout$, unchanged", VERMILION)
    page.text(322, 90, "$dout$", VERMILION)
    page.text(424, 90, "$dout$", VERMILION)
    page.text(112, 88, "$dout$ through\nthe branch", VERMILION)
    page.text(322, 146, "$F(x)$", BLUE)
    page.text(240, 52, "$out = x + F(x)$          $dx = dout + dout\\ \\cdot\\ F'(x)$", TEXT)
    page.key(24)
    return show(
        page.figure,
        "A skip connection. Forward: x goes through the branch F and also past it; both meet in a sum, out = x + F(x). "
        "Backward: the sum hands dout on to both paths. Past the branch it arrives at x unchanged, through the branch "
        "it is multiplied by F'(x): dx = dout + dout · F'(x), which stays near dout when the branch's factor is small.",
    )
