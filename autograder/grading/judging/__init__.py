"""Judge what was handed in: run it in a box, compare outside, and say to whom what may be shown."""
