"""Experiments of the unit on initialisation.

``normal_means`` computes the factors of a layer, ``scale_map`` and ``order_and_chaos`` hold them against networks,
``trainable_depth`` and ``rectifier_depth`` train deep ones, ``glorot_histograms`` looks into one, ``symmetry``
starts from equal units, and ``deep_start`` trains forty layers from any weights.
"""
