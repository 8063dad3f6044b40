"""Answers to the exercises as strangers wrote them, from the notebook alone: wrong ones and right ones."""
