"""Run what students wrote where it can do no harm: boxes, how they start, and what they may use."""
