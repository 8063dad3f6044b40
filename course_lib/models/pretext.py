"""Pretext and auxiliary tasks: labels that cost nothing, to train a network on before its real task.

Turned images (which way up?), pairs (same class or not?) and masked sequences (which token stood here?). Each function
makes data from data; the contrastive loss for pairs is here too.
"""

import numpy as np

from course_lib._arguments import arrays, entries, numbers, objects


def rotation_pretext(images, *, rng):
    """Turn each image by 0, 90, 180 or 270 degrees, drawn for each by itself; the label is the number of turns.

    Turns are counter-clockwise, as ``np.rot90`` makes them, and exact: no border or interpolation gives them away.
    Gidaris et al. put all four copies of each image into a batch: that is ``all_rotations``.

    Parameters
    ----------
    images : (N, ..., S, S) array: rows and columns are the last two axes

    Returns
    -------
    turned : array, the shape and dtype of ``images``
    labels : (N,) array of int in [0, 4)

    Raises
    ------
    TypeError
        When ``rng`` is not a generator.
    ValueError
        When the images are not square, or there are none.

    References
    ----------
    Gidaris, Singh and Komodakis 2018, section 2.1.
    """
    images = _square(images)
    labels = objects.generator(rng).integers(0, 4, len(images))
    turned = np.empty_like(images)
    for turns in range(4):
        chosen = labels == turns
        turned[chosen] = np.rot90(images[chosen], turns, axes=(-2, -1))
    return turned, labels


def all_rotations(images):
    """All four turns of each image (Gidaris et al. 2018, section 2.1).

    Parameters
    ----------
    images : (N, ..., S, S) array

    Returns
    -------
    turned : (4 N, ..., S, S) array: first all images as they are, then all turned once, and so on
    labels : (4 N,) array of int in [0, 4)

    Raises
    ------
    ValueError
        When the images are not square, or there are none.
    """
    images = _square(images)
    turned = np.concatenate([np.rot90(images, turns, axes=(-2, -1)) for turns in range(4)])
    return turned, np.repeat(np.arange(4), len(images))


def same_or_different_pairs(labels, n_pairs, *, rng):
    """Pairs of samples, the first half of one class and the rest of two (Bromley et al. 1993).

    A pair of the same class starts from a sample drawn evenly among those that have a partner, the other kind from any
    sample; the second is drawn evenly among those that fit. No sample is paired with itself.

    Parameters
    ----------
    labels : (N,) array of classes, of any type that can be sorted
    n_pairs : int, P; for 0 the arrays are empty

    Returns
    -------
    first, second : (P,) arrays of indices into ``labels``
    same : (P,) array of bool; (P + 1) // 2 of them are True

    Raises
    ------
    TypeError
        When ``n_pairs`` is not an integer, or ``rng`` not a generator.
    ValueError
        When ``labels`` is not a vector, ``n_pairs`` is negative, there is only one class, or no class with two samples.
    """
    n_pairs, rng = numbers.integer(n_pairs, 0, name="n_pairs"), objects.generator(rng)
    if np.ndim(labels) != 1:
        raise ValueError(f"labels must have the shape (N,), got {np.shape(labels)}")
    _, classes, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    if len(sizes) < 2 or sizes.max() < 2:
        raise ValueError(f"two classes and two samples in one of them expected, got the class sizes {sizes.tolist()}")
    order = np.argsort(classes, kind="stable")
    starts = np.cumsum(sizes) - sizes
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))  # the place of each sample in the line of all samples, class after class

    n_same = (n_pairs + 1) // 2
    left = rng.choice(np.flatnonzero(sizes[classes] > 1), n_same)
    size, start = sizes[classes[left]], starts[classes[left]]
    right = order[start + (rank[left] - start + rng.integers(1, size)) % size]

    other = rng.integers(0, len(order), n_pairs - n_same)
    size, start = sizes[classes[other]], starts[classes[other]]
    stranger = order[(start + size + rng.integers(0, len(order) - size)) % len(order)]
    return np.concatenate([left, other]), np.concatenate([right, stranger]), np.arange(n_pairs) < n_same


def contrastive_loss(a, b, same, margin=1.0):
    """Draw the codes of equals together, push those of others apart up to a margin.

    The loss of a pair at the distance d is d**2 / 2 when it is of the same class, else max(0, margin - d)**2 / 2; the
    loss is the mean over the pairs (the paper takes the sum, and Y = 0 for same). PyTorch and Keras have none.

    Parameters
    ----------
    a, b : (P, D) arrays, the codes of the pairs' two members
    same : (P,) array of bool; in the paper's Y, 0 stands for the same class
    margin : float, positive

    Returns
    -------
    loss : float
    da, db : (P, D) arrays, the gradients of ``loss``; db = -da. At d = 0 a pair of others has no direction to part in:
        its gradient is taken as 0.

    Raises
    ------
    TypeError
        When ``same`` holds other than booleans.
    ValueError
        When the shapes do not fit together, there is no pair, or the margin is not positive.

    References
    ----------
    Hadsell, Chopra and LeCun 2006, equations 4 to 8.
    """
    a = arrays.array_of(a, ("P", "D"), name="a")
    b = arrays.same_shape(b, a.shape, a.dtype, name="b")
    same, margin = entries.booleans(same, a.shape[:1], name="same"), numbers.POSITIVE(margin, name="margin")
    difference = a - b
    distance = np.linalg.norm(difference, axis=1)
    short = np.maximum(margin - distance, 0)
    loss = np.where(same, distance, short) ** 2 / 2
    # d loss / d a = pull * (a - b): 1 for equals, -short / distance for others
    apart = np.divide(-short, distance, out=np.zeros_like(distance), where=distance > 0)
    pull = np.where(same, a.dtype.type(1), apart)
    da = difference * (pull / len(a))[:, None]
    return float(np.mean(loss, dtype=np.float64)), da, -da


def mask_tokens(tokens, n_tokens, mask_id, *, rng, special=(), rate=0.15):
    """Hide some tokens of each sequence, to be predicted from the others (masked language model).

    Every position is chosen with probability ``rate``, by itself. Of the chosen, 80 % become ``mask_id``, 10 % a random
    token and 10 % stay as they are, so that the network must watch every position: the mask never occurs in use.
    Train on the chosen positions only: ``softmax_xent(logits, np.where(chosen, tokens, -1), ignore=-1)``, as PyTorch's
    and Keras' losses do with ``ignore_index`` and ``ignore_class``.

    Parameters
    ----------
    tokens : integer array of any shape, such as (N, T), each in [0, n_tokens)
    n_tokens : int, the size of the vocabulary, ``mask_id`` and ``special`` included
    mask_id : int
    special : tokens that are never chosen, and never put in at random, such as padding and separators
    rate : float in [0, 1]

    Returns
    -------
    inputs : array, the shape and dtype of ``tokens``
    chosen : array of bool, the shape of ``tokens``

    Raises
    ------
    TypeError
        When tokens are not integers, or ``rng`` is not a generator.
    ValueError
        When a token or ``mask_id`` lies outside [0, n_tokens), the rate outside [0, 1], no ordinary token is left, or
        the integers of ``tokens`` are too small for n_tokens.

    References
    ----------
    Devlin et al. 2019, section 3.1, task 1, and appendix A.1.
    """
    n_tokens, rng = numbers.integer(n_tokens, 1, name="n_tokens"), objects.generator(rng)
    mask_id, rate = numbers.integer(mask_id, 0, n_tokens - 1, name="mask_id"), numbers.UNIT(rate, name="rate")
    special = [numbers.integer(token, 0, n_tokens - 1, name="special") for token in special]
    entries.labels(tokens, n_tokens, name="tokens")
    tokens = np.asarray(tokens)
    if n_tokens - 1 > np.iinfo(tokens.dtype).max:
        raise ValueError(f"tokens are {tokens.dtype}, which ends before {n_tokens - 1}: pass tokens.astype(int)")
    ordinary = np.setdiff1d(np.arange(n_tokens), [mask_id, *special])
    if not ordinary.size:
        raise ValueError(f"ordinary tokens expected, got {n_tokens} tokens, all of them special")
    chosen = (rng.random(tokens.shape) < rate) & ~np.isin(tokens, special)
    kind = rng.random(tokens.shape)
    inputs = np.where(chosen & (kind < 0.8), mask_id, tokens)
    inputs = np.where(chosen & (kind >= 0.9), rng.choice(ordinary, tokens.shape), inputs)
    return inputs.astype(tokens.dtype), chosen


def _square(images):
    images = arrays.not_empty(np.asarray(images), name="images")
    if images.ndim < 3 or images.shape[-1] != images.shape[-2]:
        raise ValueError(f"square images (N, ..., S, S) expected, got {images.shape}")
    return images
