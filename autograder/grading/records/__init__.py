"""What is kept of a grading: results, audit log, gradebook, and the order in which they are written."""
