"""Unit 02: how the first weights decide whether a deep network can be trained."""
