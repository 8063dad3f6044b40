"""Tests of the unit on regularization."""
