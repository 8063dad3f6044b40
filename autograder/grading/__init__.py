"""From a folder of submissions to grades: collect, restore, run in a sandbox, compare outside, record."""
