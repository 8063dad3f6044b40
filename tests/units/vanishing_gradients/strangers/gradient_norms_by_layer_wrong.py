"""Wrong answers to gradient_norms_by_layer."""

import numpy as np


def gradient_norms_by_layer__unweighted(backprop, batches):
    """All batches count the same, whatever their size."""
    total = None
    for x, y in batches:
        _, grads = backprop(x, y)
        total = (
            [g / len(batches) for g in grads] if total is None else [t + g / len(batches) for t, g in zip(total, grads)]
        )
    return np.array([np.linalg.norm(t) for t in total])


def gradient_norms_by_layer__mean_of_norms(backprop, batches):
    """The norms of the batches are averaged, with weights, instead of taking the norm of the averaged gradient."""
    n_all = sum(len(x) for x, _ in batches)
    norms = 0
    for x, y in batches:
        norms = norms + len(x) / n_all * np.array([np.linalg.norm(g) for g in backprop(x, y)[1]])
    return norms


def gradient_norms_by_layer__plain_mean_of_norms(backprop, batches):
    """The norms of the batches are averaged without weights: neither the order (add first) nor the batch sizes are respected."""
    return np.mean([[np.sqrt((g**2).sum()) for g in backprop(x, y)[1]] for x, y in batches], axis=0)


def gradient_norms_by_layer__outputs_used(backprop, batches):
    """The first list, the layers' outputs, is used in place of the gradients."""
    norms, n = None, 0
    for x, y in batches:
        outs, grads = backprop(x, y)
        sq = np.array([np.sum(o**2) for o in outs])
        norms = sq if norms is None else norms + sq
        n += len(x)
    return np.sqrt(norms) / n


def _h_mean_gradients(backprop, batches):
    total, n = None, 0
    for x, y in batches:
        _, grads = backprop(x, y)
        n += len(x)
        if total is None:
            total = [len(x) * g for g in grads]
        else:
            total = [t + len(x) * g for t, g in zip(total, grads)]
    return [t / n for t in total]


def gradient_norms_by_layer__reversed(backprop, batches):
    """The layers come out in the order of the backward pass, last layer first."""
    return np.array([np.linalg.norm(g) for g in reversed(_h_mean_gradients(backprop, batches))])


def gradient_norms_by_layer__squared(backprop, batches):
    """The square root is missing, the squared norms are returned."""
    return np.array([np.sum(np.square(g)) for g in _h_mean_gradients(backprop, batches)])


def gradient_norms_by_layer__not_divided(backprop, batches):
    """The weighted gradients are added up but never divided by the number of samples."""
    acc = {}
    for x, y in batches:
        for i, g in enumerate(backprop(x, y)[1]):
            acc[i] = acc.get(i, 0) + x.shape[0] * g
    return np.array([np.linalg.norm(acc[i]) for i in sorted(acc)])


def gradient_norms_by_layer__spectral(backprop, batches):
    """The spectral norm (largest singular value) of each matrix is taken instead of the Euclidean norm."""
    return np.array([np.linalg.norm(g, 2) for g in _h_mean_gradients(backprop, batches)])


def gradient_norms_by_layer__sum_of_abs(backprop, batches):
    """The 1-norm, the sum of absolute values, is taken."""
    return np.array([np.abs(g).sum() for g in _h_mean_gradients(backprop, batches)])


def gradient_norms_by_layer__last_batch(backprop, batches):
    """The gradients are overwritten in the loop, so only the last batch counts."""
    for x, y in batches:
        outputs, grads = backprop(x, y)
        norms = [np.sqrt(np.sum(g * g)) for g in grads]
    return np.array(norms)


def gradient_norms_by_layer__features_as_weight(backprop, batches):
    """Each batch is weighted with x.shape[1], the number of features, instead of the number of samples."""
    tot, weight = None, 0.0
    for x, y in batches:
        k = x.shape[1]
        _, grads = backprop(x, y)
        if tot is None:
            tot = [np.zeros(g.shape) for g in grads]
        for t, g in zip(tot, grads):
            t += k * g
        weight += k
    return np.array([np.linalg.norm(t / weight) for t in tot])


def gradient_norms_by_layer__root_mean_square(backprop, batches):
    """The norm is divided by the square root of the number of weights (a root mean square)."""
    return np.array([np.sqrt(np.mean(g**2)) for g in _h_mean_gradients(backprop, batches)])


def gradient_norms_by_layer__one_norm_for_all(backprop, batches):
    """One norm over all layers together is returned instead of one per layer."""
    return np.sqrt(sum(np.sum(g**2) for g in _h_mean_gradients(backprop, batches)))


def gradient_norms_by_layer__squares_of_batches(backprop, batches):
    """The squared norms of the batches are averaged and the root is taken at the end, so opposite gradients do not cancel."""
    n_all = sum(x.shape[0] for x, y in batches)
    sq = 0
    for x, y in batches:
        sq = sq + x.shape[0] / n_all * np.array([np.sum(g**2) for g in backprop(x, y)[1]])
    return np.sqrt(sq)


def gradient_norms_by_layer__norm_per_column(backprop, batches):
    """np.linalg.norm is called with axis=0, giving a norm per unit instead of one per layer."""
    return np.concatenate([np.linalg.norm(g, axis=0) for g in _h_mean_gradients(backprop, batches)])


def gradient_norms_by_layer__stacked(backprop, batches):
    """The gradients of all layers are put into one array, which fails when the layers have different shapes."""
    n = sum(len(x) for x, _ in batches)
    total = sum(len(x) / n * np.array(backprop(x, y)[1]) for x, y in batches)
    return np.sqrt((total**2).sum(axis=(1, 2)))


def gradient_norms_by_layer__first_batch_size(backprop, batches):
    """All batches are taken to be as large as the first one."""
    size = len(batches[0][0])
    n = size * len(batches)
    total = None
    for x, y in batches:
        grads = backprop(x, y)[1]
        total = [size * g for g in grads] if total is None else [t + size * g for t, g in zip(total, grads)]
    return np.array([np.linalg.norm(t) / n for t in total])


def gradient_norms_by_layer__list(backprop, batches):
    """A Python list is returned instead of an array."""
    return [float(np.linalg.norm(g)) for g in _h_mean_gradients(backprop, batches)]


def gradient_norms_by_layer__running_mean(backprop, batches):
    """A running mean (old + new) / 2 is formed, so later batches count more than earlier ones."""
    mean = None
    for x, y in batches:
        grads = backprop(x, y)[1]
        mean = list(grads) if mean is None else [(m + g) / 2 for m, g in zip(mean, grads)]
    return np.array([np.linalg.norm(m) for m in mean])


def gradient_norms_by_layer__relative_to_last(backprop, batches):
    """The norms are divided by that of the last layer."""
    n = np.array([np.linalg.norm(g) for g in _h_mean_gradients(backprop, batches)])
    return n / n[-1]


def gradient_norms_by_layer__log10(backprop, batches):
    """The base-ten logarithms of the norms are returned, as for the plot."""
    return np.log10([np.linalg.norm(g) for g in _h_mean_gradients(backprop, batches)])


def gradient_norms_by_layer__cumulative(backprop, batches):
    """The squares are accumulated from layer to layer, so each entry also contains the layers before it."""
    return np.sqrt(np.cumsum([np.sum(g**2) for g in _h_mean_gradients(backprop, batches)]))


def gradient_norms_by_layer__unit_gradients(backprop, batches):
    """Every batch's gradient is scaled to length one before the weighted mean, so only directions count."""
    n = sum(len(x) for x, _ in batches)
    total = None
    for x, y in batches:
        v = [len(x) / n * g / (np.linalg.norm(g) + 1e-300) for g in backprop(x, y)[1]]
        total = v if total is None else [a + b for a, b in zip(total, v)]
    return np.array([np.linalg.norm(t) for t in total])


def gradient_norms_by_layer__weights_inverted(backprop, batches):
    """The batches are weighted by one over their size."""
    w = np.array([1 / len(x) for x, _ in batches])
    w = w / w.sum()
    total = None
    for wi, (x, y) in zip(w, batches):
        v = [wi * g for g in backprop(x, y)[1]]
        total = v if total is None else [a + b for a, b in zip(total, v)]
    return np.array([np.linalg.norm(t) for t in total])


def gradient_norms_by_layer__same_list(backprop, batches):
    """[zeros] * L makes L names of one array, so the sums of all layers run together (or do not fit)."""
    first = backprop(*batches[0])[1]
    sums = [np.zeros(first[0].shape)] * len(first)
    n = 0
    for x, y in batches:
        n += len(x)
        for i, g in enumerate(backprop(x, y)[1]):
            sums[i] += len(x) * g
    return np.array([np.linalg.norm(s / n) for s in sums])


def gradient_norms_by_layer__sums_in_place(backprop, batches):
    """The sums are formed in place in the arrays that backprop returned, which spoils them if backprop keeps them."""
    sums, n = None, 0
    for x, y in batches:
        grads = backprop(x, y)[1]
        n += len(x)
        for g in grads:
            g *= len(x)
        if sums is None:
            sums = grads
        else:
            for s, g in zip(sums, grads):
                s += g
    return np.array([np.linalg.norm(s) / n for s in sums])
