"""The process of a run that was started from a page: the command line, and at its end the next of the queue."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Does what `python -m vae_core` would, then starts what waits, so that the queue goes on when no server is up."""
    from vae_core.__main__ import app

    try:
        app(prog_name="python -m vae_core")
    finally:
        from jobs.run_queue import start_waiting

        start_waiting(ignoring=os.getpid())


if __name__ == "__main__":
    sys.exit(main())
