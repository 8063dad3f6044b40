"""What several units use: the digits as inputs, small networks and their training, training runs and their figures."""
