"""Right answers to orthogonal."""

import numpy as np


def orthogonal__svd(rng, rows, cols, gain=1.0):
    """The thin SVD: the product of both factors without the singular values."""
    u, _, vt = np.linalg.svd(rng.standard_normal((rows, cols)), full_matrices=False)
    return gain * (u @ vt)


def orthogonal__cut_from_square(rng, rows, cols, gain=1.0):
    """A large square orthogonal matrix, cut to the shape."""
    n = max(rows, cols)
    q, r = np.linalg.qr(rng.normal(size=(n, n)))
    return gain * (q * np.sign(np.diag(r)))[:rows, :cols]


def orthogonal__gram_schmidt(rng, rows, cols, gain=1.0):
    """Gram and Schmidt by hand, twice for the rounding, on the transposed matrix when it is wide."""
    a = rng.normal(size=(max(rows, cols), min(rows, cols)))
    columns = []
    for v in a.T:
        for _ in range(2):
            for c in columns:
                v = v - (c @ v) * c
        columns.append(v / np.linalg.norm(v))
    q = np.array(columns)
    return gain * (q.T if rows >= cols else q)


def orthogonal__inverse_root(rng, rows, cols, gain=1.0):
    """A (A^T A)^(-1/2) by eigenvalues, with the transposed call when wide."""
    if rows < cols:
        return orthogonal__inverse_root(rng, cols, rows, gain).T
    a = rng.normal(0, 3, (rows, cols))
    values, vectors = np.linalg.eigh(a.T @ a)
    return a @ (vectors / np.sqrt(values)) * gain


def orthogonal__polar(rng, rows, cols, gain=1.0):
    """By the singular value decomposition: all singular values are replaced by 1."""
    u, _, vt = np.linalg.svd(rng.standard_normal((rows, cols)), full_matrices=False)
    return (u @ vt) * gain


def orthogonal__gram_schmidt_again(rng, rows, cols, gain=1.0):
    """Gram and Schmidt's method in a loop, each vector cleaned twice."""
    n, k = max(rows, cols), min(rows, cols)
    vectors = []
    for _ in range(k):
        v = rng.normal(size=n)
        for _ in range(2):
            for u in vectors:
                v = v - (u @ v) * u
        vectors.append(v / np.sqrt(v @ v))
    w = np.array(vectors) * gain
    return w if rows == k else w.T
