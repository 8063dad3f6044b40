"""Experiments of the unit on initialisation.

``normal_means`` computes the factors of a layer, ``scale_map`` and ``order_and_chaos`` hold them against networks,
``trainable_depth`` and ``rectifier_depth`` train deep ones, ``glorot_histograms`` looks into one, and ``symmetry``
starts from equal units.
"""
