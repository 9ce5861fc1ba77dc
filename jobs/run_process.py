"""Starting the process of a run: detached, at low priority, its words in run/log.txt."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

from jobs.launchers import launched
from vae_core.data import DATA_VARIABLE, data_root
from vae_core.training.run_folder import LOG, run_folder

NICENESS = 10
PROJECT = Path(__file__).resolve().parent.parent


def log_file(folder: Path) -> Path:
    """Where a run's process writes what it prints."""
    return run_folder(folder) / LOG


def start_process(arguments: list[str], folder: Path) -> subprocess.Popen:
    """Start `train` with these words in a process of its own, which goes on when this one ends.

    Raises OSError when it cannot be started, and LauncherRefused when the settings name a launcher that cannot be used.
    """
    command = launched([sys.executable, "-m", "jobs.trained_run", "train", *arguments])
    with log_file(folder).open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            # the same places as this process, which may stand in another folder than the project's
            env={**os.environ, DATA_VARIABLE: str(data_root())},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    _make_way(process.pid)
    return process


def _make_way(pid: int) -> None:
    """Low priority for a process with a session of its own.

    Linux shares the processor among sessions first ("autogroup"), where niceness counts only within one: without a
    word for the whole session a training run took as much as the server and all its pages together.
    """
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):  # it may be over already
            os.setpriority(os.PRIO_PROCESS, pid, NICENESS)
    with contextlib.suppress(OSError):  # another system, a kernel without autogroups
        Path(f"/proc/{pid}/autogroup").write_text(str(NICENESS), encoding="ascii")
