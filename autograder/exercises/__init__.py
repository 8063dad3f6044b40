"""The exercises: one folder a unit, one file an exercise, found by their names."""
