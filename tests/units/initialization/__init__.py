"""Tests of the unit on initialisation."""
