"""Letters that deceive: written backwards, invisible, stacked up high, halves of letters, look-alikes of tags."""

import warnings

LETTERS = (
    "\u202estniop 1 fo 1\u202c", "\u2066\u2067\u2069\u200e\u200f\u061c", "a" + "\u0301\u0489" * 1000, "\ud83d",
    "\udc80", "\ud83d\ude00"[:1], "\ufffe\uffff\U0010ffff", "\u200b\u200c\u200d\u2060\ufeff", "\u02c2img src=x\u02c3",
    "\uff1cscript\uff1ealert(1)", "\U000e0041\U000e0042", "\ufff9x\ufffa", "\u115f\u3164\u00ad", "\u2028\u2029",
)  # fmt: skip


def relu_backward(dout, z):
    text = " ".join(LETTERS)
    warnings.warn(text)
    print(text)
    if z.shape[0] % 2:
        raise ValueError(text)
    return {text: text, "\udcff": "\ud800"}
