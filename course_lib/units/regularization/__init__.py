"""Unit 04: regularization, what keeps a network from learning what it should not."""
