"""Experiments of the unit on vanishing and exploding gradients."""
