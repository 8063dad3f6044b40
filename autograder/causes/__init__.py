"""Causes of mistakes that nobody has listed, derived from the reference, the domain and the model solutions.

Each module looks at what a function did with all the calls and yields what would explain it; see ``diagnose``.
"""
