"""A convolution alone, forward and backward, in float32: against this machine's matrix product, PyTorch, NumPy, loops.

"share of sgemm" is the rate of the useful multiplications and additions, over that of a large square np.dot that takes
its turn in the same rounds. PyTorch runs eagerly with oneDNN, in both of its memory layouts, and its faster one counts.
NumPy's im2col is what a student would vectorise: windows, a matrix product, and a sum for each tap on the way back.
The naive loops are plain Python.
Run ``python benchmarks/convolution.py``.
"""

from common import threads  # noqa: F401  first, before numpy

# isort: split
import numpy as np
import torch
from common.results import OURS, Row, report
from common.timing import measure

from course_lib.functions.convolution import conv2d_backward, conv2d_forward, conv2d_naive
from course_lib.functions.unfold import col2im, im2col

torch.set_num_threads(1)
# (batch, channels, filters, pixels on a side, kernel, stride, dilation)
CASES = [
    (32, 8, 8, 28, 3, 1, 1),
    (32, 8, 16, 14, 3, 1, 1),
    (32, 16, 16, 28, 3, 1, 1),
    (32, 32, 32, 28, 3, 1, 1),
    (32, 32, 64, 16, 3, 1, 1),
    (16, 64, 64, 32, 3, 1, 1),
    (32, 1, 16, 28, 3, 1, 1),
    (32, 3, 32, 32, 3, 1, 1),
    (32, 7, 7, 28, 5, 1, 1),
    (32, 16, 32, 28, 3, 2, 1),
    (32, 16, 16, 28, 3, 1, 2),
    (32, 64, 64, 14, 1, 1, 1),
]
LAYOUTS = (torch.contiguous_format, torch.channels_last)
NAIVE = (1, 4, 8, 14, 3, 1, 1)
SQUARE = 512  # np.dot is as fast here as at 1024 and 1536


def inputs(case, rng):
    n, channels, filters, size, kernel, stride, dilation = case
    shapes = ((n, channels, size, size), (filters, channels, kernel, kernel), (filters,))
    arrays = [rng.normal(size=shape).astype(np.float32) for shape in shapes]
    return arrays, (stride, dilation * (kernel // 2), dilation)


def share_of_sgemm(case, flops, seconds, sgemm_seconds):
    """The share of the matrix product's rate, beside what is aimed at for 3x3 kernels."""
    _, channels, filters, _, kernel, stride, dilation = case
    share = flops / seconds / (2 * SQUARE**3 / sgemm_seconds)
    wanted = 0.6 if min(channels, filters) >= 32 else 0.4 if min(channels, filters) >= 8 else None
    if (kernel, stride, dilation) != (3, 1, 1) or wanted is None:
        return f"{share:.0%}"
    return f"{share:.0%} (>= {wanted:.0%}{'' if share >= wanted else ' missed'})"


def rows():
    rng = np.random.default_rng(0)
    a, product = rng.normal(size=(SQUARE, SQUARE)).astype(np.float32), np.empty((SQUARE, SQUARE), np.float32)
    for case in CASES:
        (x, w, b), window = inputs(case, rng)
        out, cache = conv2d_forward(x, w, b, *window)
        dout = rng.normal(size=out.shape).astype(np.float32)
        n, channels, filters, size, kernel, stride, dilation = case
        name = f"{n}x{channels}x{size}, {filters} of {kernel}x{kernel}"
        name += (f", stride {stride}" if stride > 1 else "") + (f", dilation {dilation}" if dilation > 1 else "")
        flops = 2 * out.size * w[0].size
        for direction, candidates, work in (
            ("forward", forwards(x, w, b, window, cache), flops),
            ("backward", backwards(x, w, b, window, cache, dout), 2 * flops),
        ):
            seconds = measure(candidates | {"sgemm": lambda: np.dot(a, a, out=product)}, seconds=0.3)
            layouts = [seconds.pop(key) for key in ("contiguous", "channels_last")]
            share = share_of_sgemm(case, work, seconds[OURS], seconds.pop("sgemm"))
            yield Row(f"{name}, {direction}", seconds | {"torch": min(layouts)}, {}, {"share of sgemm": share})
    (x, w, b), window = inputs(NAIVE, rng)
    loops = {OURS: lambda: conv2d_forward(x, w, b, *window), "loops": lambda: conv2d_naive(x, w, b, *window)}
    yield Row("one image 4x14, 8 of 3x3, forward", measure(loops, seconds=0.5, least=2))


def forwards(x, w, b, window, cache):
    def student():
        product = w.reshape(len(w), -1) @ im2col(x, w.shape[2:], *window)
        return product.reshape(cache[-1]) + b[:, None, None]

    candidates = {OURS: lambda: conv2d_forward(x, w, b, *window), "NumPy im2col": student}
    for name, arrays in torch_inputs(x, w, b):

        def run(arrays=arrays):
            with torch.no_grad():
                return torch.nn.functional.conv2d(*arrays, *window)

        # two summations of one sum in float32
        np.testing.assert_allclose(run().numpy(), student(), rtol=0, atol=1e-2)
        np.testing.assert_allclose(candidates[OURS]()[0], student(), rtol=0, atol=1e-2)
        candidates[name] = run
    return candidates


def backwards(x, w, b, window, cache, dout):
    cols = im2col(x, w.shape[2:], *window)

    def student():
        flat = dout.reshape(*dout.shape[:2], -1)
        dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
        dcols = w.reshape(len(w), -1).T @ flat
        return col2im(dcols, x.shape, w.shape[2:], *window), dw, dout.sum(axis=(0, 2, 3))

    candidates = {OURS: lambda: conv2d_backward(dout, cache), "NumPy im2col": student}
    for name, arrays in torch_inputs(x, w, b):
        arrays = [array.requires_grad_() for array in arrays]
        out = torch.nn.functional.conv2d(*arrays, *window)
        gradient = torch.tensor(dout).contiguous(memory_format=layout_of(name))
        candidates[name] = lambda o=out, a=arrays, g=gradient: torch.autograd.grad(o, a, g, retain_graph=True)
    return candidates


def layout_of(name):
    return dict(zip(("contiguous", "channels_last"), LAYOUTS, strict=True))[name]


def torch_inputs(x, w, b):
    for name in ("contiguous", "channels_last"):
        images, kernels = (torch.tensor(array).contiguous(memory_format=layout_of(name)) for array in (x, w))
        yield name, [images, kernels, torch.tensor(b)]


if __name__ == "__main__":
    report("Convolution alone", list(rows()), "convolution")
