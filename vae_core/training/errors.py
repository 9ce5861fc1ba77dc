"""The errors of this room."""

from __future__ import annotations


class TrainingError(Exception):
    """A run that cannot be started, continued or finished. The message gives the value, the rule and the way out."""


class RunDiscarded(TrainingError):
    """The run was told to end and to keep nothing."""
