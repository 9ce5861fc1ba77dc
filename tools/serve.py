"""Starts the app on a port, after making sure that nobody else holds it. Run by `make app`."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def port_problem(text: str) -> str | None:
    """The sentence to show when the port cannot be used; None when it is free."""
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        return f"PORT is {text!r}; it must be a whole number from 1 to 65535. Try: make app PORT=8502"
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", int(text))) != 0:
            return None
    return (
        f"Port {text} is taken: another program (perhaps this app) answers there. "
        f"Close it, or choose another port: make app PORT={min(int(text) + 1, 65535)}"
    )


def main(port: str) -> None:
    """Replaces this process by the Streamlit server; exits with a sentence when the port is taken."""
    problem = port_problem(port)
    if problem:
        sys.exit(problem)
    os.chdir(PROJECT)
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", port]
    os.execv(sys.executable, command)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "8501")
