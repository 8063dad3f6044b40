"""Widgets of the unit on initialisation."""

__all__ = []
