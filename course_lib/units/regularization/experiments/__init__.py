"""Experiments of the unit on regularization."""
