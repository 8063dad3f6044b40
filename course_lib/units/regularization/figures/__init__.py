"""Figures of the unit on regularization."""

__all__ = []
