"""The first line of every benchmark: what ran, when, on what."""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime

import torch

from vae_core.training.precision import network_dtype


def heading(module: str) -> dict[str, str]:
    """Command, date and machine of this run, to print above its figures."""
    return {
        "command": " ".join(["python -m", module, *sys.argv[1:]]),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{platform.machine()} {platform.system()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, torch {torch.__version__}",
    }


def computed_in(precision: str) -> str:
    """What the networks compute in on this processor under the setting `precision`: "float32" or "bfloat16"."""
    return str(network_dtype(precision, torch.device("cpu"))).removeprefix("torch.")
