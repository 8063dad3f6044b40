"""Errors that users can fix."""


class UserError(Exception):
    """Something cannot be done as it stands; the message says why, and what to do."""
