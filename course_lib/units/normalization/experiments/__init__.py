"""Experiments of the unit on normalisation.

``normed_network`` is a deep network whose batch norm may be a learner's; ``deep_sigmoid`` trains twenty layers of it
with and without, ``noisy_norm`` disturbs what batch norm has put in order, and ``ioffe`` watches one unit. ``zigzag``
descends into a ravine, ``depth_gain`` sends signals and gradients through untrained layers, ``scale_free`` multiplies
weights, ``batch_gap`` varies the size of the batches, and ``sharing`` says which entries of a tensor share a mean.
"""
