"""Figures that several units show."""
