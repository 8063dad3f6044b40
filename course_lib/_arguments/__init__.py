"""What the public functions demand of their arguments, each with one sentence that says what is wrong and what to type.

Kernels trust their callers and check no bounds, so every array and number goes through here before it reaches one.
"""
