"""Judge what was submitted: run it in a box, compare outside, and decide who may see what."""
