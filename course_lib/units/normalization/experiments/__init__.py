"""Experiments of the unit on normalisation."""
