"""Experiments of the unit on regularization.

``double_descent`` varies the number of features, ``srivastava`` trains without and with dropout, ``penalty_paths``
follows weights under L1, L2 and decay, ``thinned_networks`` averages the networks that dropout leaves,
``adversarial_digits`` moves pixels along the sign of a gradient, and ``dropout_uncertainty`` asks what Monte-Carlo
dropout is sure of.

The other modules serve the claims. The networks of all are those of ``networks``, which ``stacked_networks`` trains by
many methods.
"""
