"""The command line that trains the same model, to copy."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import streamlit as st

from jobs import RunRequest, run_command
from jobs.estimate_task import PROJECT
from store import checkpoints_root
from ui import state
from vae_core.data import DATA_VARIABLE, data_root

WORDS = "In the project's folder this does the same as Start, to the last bit, with the page closed."


def show_command(request: RunRequest | None) -> None:
    """Draws the command of a request, folded away; nothing while there is none."""
    if request is None:
        return
    with st.expander("Command line", icon=":material/terminal:", key=state.TRAIN_COMMAND):
        st.code(command_text(request), language="shell", wrap_lines=True)
        st.caption(WORDS)


def command_text(request: RunRequest) -> str:
    """The command line as one would type it in the project's folder."""
    folder = checkpoints_root() / request.name
    command = run_command(request, folder)
    words = ["python", *command[1:]]
    words[words.index(str(folder))] = _short(folder)
    return " ".join((*_settings(request), shlex.join(words)))


def _short(folder: Path) -> str:
    """A folder below the project by its way from there."""
    return str(folder.relative_to(PROJECT)) if folder.is_relative_to(PROJECT) else str(folder)


def _settings(request: RunRequest) -> list[str]:
    """The data folder, where this server was started with another one than the project's."""
    if not os.environ.get(DATA_VARIABLE) or not (data_root() / request.data).exists():
        return []
    return [f"{DATA_VARIABLE}={shlex.quote(str(data_root()))}"]
