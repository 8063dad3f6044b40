"""Widgets: controls, an experiment, and a live picture of its result."""
