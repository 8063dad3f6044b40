"""Unit 01: vanishing and exploding gradients, activation functions, the training step, gradient checking."""
