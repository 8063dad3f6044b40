"""Checks of what students write: what is wrong, where, and which known mistake it is.

An exercise (``exercise``, ``exercises``) holds a reference, cases, misconceptions and hints. ``check`` calls the
student's function on the cases (``call``), compares (``compare``), names the mistake (``diagnose``) and says so
(``report``); ``lint`` proves the exercises themselves. ``grading`` does the same for a class, out of reach of the
students' code, and ``cli`` is the ``course`` command.
"""
