"""Wrong answers to orthogonal."""

import numpy as np


def orthogonal__wide_not_transposed(rng, rows, cols, gain=1.0):
    """Takes the QR of the wide matrix as it is, so that a wide one gets the shape (rows, rows)."""
    q, _ = np.linalg.qr(rng.normal(size=(rows, cols)))
    return gain * q


def orthogonal__r_returned(rng, rows, cols, gain=1.0):
    """Returns a wide matrix made of Q @ R of the wide normal one, which is the normal matrix itself."""
    a = rng.normal(size=(rows, cols))
    q, r = np.linalg.qr(a)
    return gain * (q if rows >= cols else q @ r)


def orthogonal__normalised_columns(rng, rows, cols, gain=1.0):
    """Only normalises the columns of a normal matrix: they have length 1, but are not at right angles."""
    w = rng.normal(size=(rows, cols))
    return gain * w / np.linalg.norm(w, axis=0)


def orthogonal__uniform_numbers(rng, rows, cols, gain=1.0):
    """Made from uniform numbers between 0 and 1, so that the first column has entries of one sign only."""
    q, _ = np.linalg.qr(rng.random((max(rows, cols), min(rows, cols))))
    return gain * (q if rows >= cols else q.T)


def orthogonal__gain_forgotten_when_wide(rng, rows, cols, gain=1.0):
    """The gain is forgotten in the wide case."""
    if rows >= cols:
        return gain * np.linalg.qr(rng.normal(size=(rows, cols)))[0]
    return np.linalg.qr(rng.normal(size=(cols, rows)))[0].T


def orthogonal__scaled_to_variance(rng, rows, cols, gain=1.0):
    """Multiplies by the root of the larger side, so that the entries and not the lengths have size 1."""
    n, m = max(rows, cols), min(rows, cols)
    q, _ = np.linalg.qr(rng.normal(size=(n, m)))
    w = q if rows >= cols else q.T
    return gain * w * np.sqrt(n)


def orthogonal__reshaped(rng, rows, cols, gain=1.0):
    """Reshapes the tall Q to the wide shape in place of transposing it."""
    q, _ = np.linalg.qr(rng.normal(size=(max(rows, cols), min(rows, cols))))
    return gain * q.reshape(rows, cols)


def orthogonal__root_of_gain(rng, rows, cols, gain=1.0):
    """Squares the gain."""
    q, _ = np.linalg.qr(rng.normal(size=(max(rows, cols), min(rows, cols))))
    return gain**2 * (q if rows >= cols else q.T)


def orthogonal__reshaped_again(rng, rows, cols, gain=1.0):
    """A wide matrix is made by reshaping the tall one in place of transposing it, so that its rows are not orthonormal."""
    q, _ = np.linalg.qr(rng.normal(size=(max(rows, cols), min(rows, cols))))
    return gain * q.reshape(rows, cols)


def orthogonal__length_only(rng, rows, cols, gain=1.0):
    """It brings the columns or rows to the length 1, but never makes them stand at right angles."""
    a = rng.normal(size=(rows, cols))
    return gain * a / np.linalg.norm(a, axis=0 if rows >= cols else 1, keepdims=True)


def orthogonal__wide_without_gain(rng, rows, cols, gain=1.0):
    """The gain is forgotten when the matrix is wide."""
    if rows >= cols:
        q, _ = np.linalg.qr(rng.normal(size=(rows, cols)))
        return gain * q
    q, _ = np.linalg.qr(rng.normal(size=(cols, rows)))
    return q.T


def orthogonal__uniform(rng, rows, cols, gain=1.0):
    """It starts from uniform positive numbers, so that the first column or row always points about the same way."""
    q, _ = np.linalg.qr(rng.random((max(rows, cols), min(rows, cols))))
    return gain * (q if rows >= cols else q.T)


def orthogonal__complete(rng, rows, cols, gain=1.0):
    """The complete decomposition makes a square Q, so that the shape is wrong unless rows and cols are equal."""
    q, _ = np.linalg.qr(rng.normal(size=(max(rows, cols), min(rows, cols))), mode="complete")
    return gain * (q if rows >= cols else q.T)


def orthogonal__div_root_rows(rng, rows, cols, gain=1.0):
    """A wide matrix is divided by the root of its rows."""
    a = rng.normal(size=(max(rows, cols), min(rows, cols)))
    q = np.linalg.qr(a)[0]
    return gain * (q if rows >= cols else q.T / np.sqrt(rows))


def orthogonal__returns_r(rng, rows, cols, gain=1.0):
    """The second factor of the decomposition is returned, the triangle R."""
    q, r = np.linalg.qr(rng.normal(size=(max(rows, cols), max(rows, cols))))
    return gain * r[:rows, :cols]
