"""Figures of the unit on initialisation."""
