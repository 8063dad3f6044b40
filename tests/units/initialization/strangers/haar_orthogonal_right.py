"""Right answers to haar_orthogonal."""

import numpy as np


def haar_orthogonal__polar(rng, n):
    """The polar factor of a normal matrix, by the SVD."""
    u, _, vt = np.linalg.svd(rng.standard_normal((n, n)))
    return u @ vt


def haar_orthogonal__gram_schmidt(rng, n):
    """Gram and Schmidt, column by column; each direction drawn anew and freed of the earlier ones twice."""
    q = np.zeros((n, n))
    for j in range(n):
        v = rng.normal(size=n)
        for _ in range(2):
            v -= q[:, :j] @ (q[:, :j].T @ v)
        q[:, j] = v / np.linalg.norm(v)
    return q


def haar_orthogonal__random_signs(rng, n):
    """Q of qr with its signs replaced by those of further normal numbers, which makes them as likely as each other."""
    q, _ = np.linalg.qr(rng.normal(size=(n, n)))
    return q @ np.diag(np.sign(rng.normal(size=n)))


def haar_orthogonal__gram_schmidt_of_columns(rng, n):
    """Gram-Schmidt of normal columns keeps the diagonal of R positive by itself."""
    a = rng.normal(size=(n, n))
    q = np.zeros((n, n))
    for j in range(n):
        v = a[:, j].copy()
        for _ in range(2):
            v -= q[:, :j] @ (q[:, :j].T @ v)
        q[:, j] = v / np.sqrt(v @ v)
    return q
