"""Tests of the unit on vanishing gradients."""
