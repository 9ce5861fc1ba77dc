"""The one error of this room."""

from __future__ import annotations


class DataError(Exception):
    """Images that cannot be loaded. The message gives the value, the rule and the way out."""
