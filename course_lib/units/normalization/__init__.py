"""Unit 03: standardised inputs, and layers that standardise what they hand on."""
