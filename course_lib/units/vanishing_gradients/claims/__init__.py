"""Claims of the unit on vanishing and exploding gradients: each module has its ``CLAIMS``."""
