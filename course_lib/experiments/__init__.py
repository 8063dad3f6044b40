"""Experiments: parameters in, a frozen result out. Notebooks, figures, widgets and claims share them."""
