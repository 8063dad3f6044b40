"""Experiments on first weights: parameters in, measured values out."""
