"""Figures of the unit on normalisation."""

__all__ = []
