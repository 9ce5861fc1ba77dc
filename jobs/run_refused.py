"""Why something cannot be done with a run."""

from __future__ import annotations


class RunRefused(Exception):
    """The run cannot be started, steered or moved; the message says the value, the rule and the way out."""
