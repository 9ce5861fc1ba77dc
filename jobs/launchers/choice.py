"""Which launcher the settings name, and the command that starts a run with it."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Mapping

from jobs.run_refused import RunRefused

LAUNCHER = "LATENT_EXPLORER_LAUNCHER"
WORKERS, CPUS, GPUS = "LATENT_EXPLORER_RAY_WORKERS", "LATENT_EXPLORER_RAY_CPUS", "LATENT_EXPLORER_RAY_GPUS"
ADDRESS = "RAY_ADDRESS"
LOCAL, RAY = "local", "ray"
RAY_RELEASE = "ray[default,train]==2.60.0"
MOST_WORKERS, MOST_GPUS = 4096, 1


class LauncherRefused(RunRefused):
    """The settings name no launcher that can be used here; the message says the value, the rule and the way out."""


def launched(command: list[str], settings: Mapping[str, str] = os.environ) -> list[str]:
    """The command that has `command` (python -m MODULE train ...) carried out where the settings say.

    That of this machine is the command itself. Ray's is a process here that submits it to the cluster, copies what it
    prints and ends when it does; the run itself writes its folder, which is on a disk that all machines share.
    Raises LauncherRefused.
    """
    launcher = settings.get(LAUNCHER) or LOCAL
    if launcher == LOCAL:
        return command
    if launcher != RAY:
        raise LauncherRefused(f"{LAUNCHER} is {launcher!r}; it can be {LOCAL} or {RAY}. Set one of them, or unset it.")
    _check_ray(settings)
    numbers = {
        "--workers": (WORKERS, 1, MOST_WORKERS),
        "--cpus": (CPUS, 1, MOST_WORKERS),
        "--gpus": (GPUS, 0, MOST_GPUS),
    }
    options = [text for option, number in numbers.items() for text in (option, str(_number(settings, *number)))]
    return [sys.executable, "-m", "jobs.launchers.ray_job", *options, "--", *command[3:]]


def _check_ray(settings: Mapping[str, str]) -> None:
    if importlib.util.find_spec("ray") is None:
        raise LauncherRefused(
            f"{LAUNCHER} is {RAY}; the package ray is not installed beside the app. Install it with "
            f"`pip install '{RAY_RELEASE}'`, or unset {LAUNCHER} to train on this machine."
        )
    address = settings.get(ADDRESS, "")
    if not address.startswith(("http://", "https://")):
        raise LauncherRefused(
            f"{ADDRESS} is {address!r}; it must be the address of the cluster's dashboard, such as http://HEAD:8265. "
            f"Set it, or unset {LAUNCHER} to train on this machine."
        )


def _number(settings: Mapping[str, str], name: str, lowest: int, highest: int) -> int:
    """A setting that is a whole number; the lowest where it is not set."""
    text = settings.get(name) or str(lowest)
    if text.isdecimal() and lowest <= int(text) <= highest:
        return int(text)
    raise LauncherRefused(
        f"{name} is {text!r}; it must be a whole number from {lowest} to {highest}. Set one, or unset it."
    )
