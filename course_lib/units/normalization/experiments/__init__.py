"""Experiments of the unit on normalisation.

``candidate_lines`` holds the lines of the lesson's opening. ``zigzag`` descends into a ravine, ``depth_gain`` sends
signals and gradients through untrained layers, ``ioffe`` watches one unit in training, ``noisy_norm`` disturbs what
batch norm has put in order, ``batch_gap`` varies the size of the batches, and ``sharing`` says who shares a mean. Two
are networks for the others: ``normed_network``, and ``stacked_networks``, several at once.
"""
