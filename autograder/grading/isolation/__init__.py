"""Run what students wrote where it can do no harm: boxes, how they are started, and what they may use."""
