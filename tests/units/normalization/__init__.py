"""Tests of the unit on normalisation."""
