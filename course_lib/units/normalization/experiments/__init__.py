"""Experiments of the unit on normalisation.

``candidate_lines`` holds the lines of the lesson's opening. ``zigzag`` descends into a ravine, ``depth_gain`` sends
signals and gradients through untrained layers, ``ioffe`` watches one unit in training, ``noisy_norm`` disturbs what
batch norm has put in order, ``batch_gap`` varies the size of the batches, and ``sharing`` says who shares a mean. Two
are networks for the others: ``normed_network``, and ``stacked_networks``, several at once.

The other modules serve the claims: ``three_features`` and ``inputs_in_training`` those on inputs; ``internal_shift``,
``norms_in_training`` and ``as_regularizer`` those on training; ``running_statistics``, ``small_batches`` and
``recurrent_norms`` those on statistics; ``untrained_norms`` and ``norm_cost`` the rest. They train ``tuned_networks``,
a whole grid of rates at once, on ``scaled_inputs``.
"""
