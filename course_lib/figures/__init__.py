"""Figures: a result of an experiment becomes a picture, and a sentence that says what the picture shows."""
