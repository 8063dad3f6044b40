"""Wrong answers to haar_orthogonal."""

import numpy as np


def haar_orthogonal__plain(rng, n):
    """Q of np.linalg.qr as it is, without correcting the signs."""
    return np.linalg.qr(rng.normal(size=(n, n)))[0]


def haar_orthogonal__diagonal_of_q(rng, n):
    """Makes the diagonal of Q positive, not that of R."""
    q, _ = np.linalg.qr(rng.normal(size=(n, n)))
    return q * np.sign(np.diag(q))


def haar_orthogonal__uniform(rng, n):
    """Begins with uniform numbers between 0 and 1, so that the first column has entries of one sign."""
    q, r = np.linalg.qr(rng.random((n, n)))
    return q * np.sign(np.diag(r))


def haar_orthogonal__rotations_only(rng, n):
    """Turns the reflections into rotations: the determinant is always 1."""
    q, r = np.linalg.qr(rng.normal(size=(n, n)))
    q = q * np.sign(np.diag(r))
    if np.linalg.det(q) < 0:
        q[:, 0] *= -1
    return q


def haar_orthogonal__diagonal_itself(rng, n):
    """Multiplies the columns by the diagonal of R and not by its signs: they are no longer of length 1."""
    q, r = np.linalg.qr(rng.normal(size=(n, n)))
    return q * np.diag(r)


def haar_orthogonal__first_row_positive(rng, n):
    """The first row of Q is made positive, which prefers one side."""
    q, r = np.linalg.qr(rng.normal(size=(n, n)))
    return q * np.sign(q[0])


def haar_orthogonal__first_column_positive(rng, n):
    """The first column is made positive, by turning rows round."""
    q, _ = np.linalg.qr(rng.normal(size=(n, n)))
    return q * np.sign(q[:, :1])
