"""One process, two under torchrun and two workers of Ray Train beside one another: the same losses, step by step.

    .venv-extras/bin/python -m benchmarks.launchers [--epochs 10] [--batch-size 64] [--launchers torchrun ray]

The same command (10 epochs of the bundled digits in batches of 64: 200 steps) in each way, one thread per process, at
the same global batch; every step line of metrics.jsonl is compared with that of the one process. The largest relative
difference is to be at most 1e-4. Starts a Ray of its own on this machine; needs `make extras`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from benchmarks.machine import heading
from benchmarks.ray_cluster import local_ray
from jobs.launchers import launched
from vae_core.checkpoint import read_metrics, read_steps

GOAL = 1e-4
PROCESSES = 2
COMPARED = ("loss", "reconstruction", "kl", "gradient_norm")


def train_command(folder: Path, options: argparse.Namespace) -> list[str]:
    """The command line of the run, as a person types it."""
    settings = {"data": options.data, "epochs": options.epochs, "batch-size": options.batch_size, "out": folder}
    arguments = [text for name, value in settings.items() for text in (f"--{name}", str(value))]
    return [sys.executable, "-m", "vae_core", "train", *arguments, "--threads", "1"]


def with_launcher(command: list[str], launcher: str, address: str) -> list[str]:
    """The command in one process, under torchrun or handed to Ray."""
    if launcher == "torchrun":
        several = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(PROCESSES)]
        return [sys.executable, *several, *command[1:]]
    if launcher == "ray":
        settings = {"RAY_ADDRESS": address, "LATENT_EXPLORER_RAY_WORKERS": str(PROCESSES)}
        return launched(command, settings | {"LATENT_EXPLORER_LAUNCHER": "ray"})
    return command


def trained(root: Path, launcher: str, options: argparse.Namespace, address: str = "") -> Path:
    """The folder of the run. Raises RuntimeError, with what the run said, when it did not finish."""
    folder = root / f"by-{launcher}"
    command = with_launcher(train_command(folder, options), launcher, address)
    environment = os.environ | {"OMP_NUM_THREADS": "1", "RAY_ADDRESS": address}
    run = subprocess.run(command, env=environment, capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(f"{launcher}: {run.stdout[-4000:]}\n{run.stderr[-4000:]}")
    return folder


def largest_difference(one: Path, other: Path) -> float:
    """The largest relative difference of any loss, its parts and the gradient's length, in step and epoch lines."""
    pairs = list(zip(read_steps(one), read_steps(other), strict=True))
    between = [abs(a[name] - b[name]) / abs(a[name]) for a, b in pairs for name in COMPARED]
    epochs = zip(read_metrics(one), read_metrics(other), strict=True)
    between += [abs(a[name] - b[name]) / abs(a[name]) for a, b in epochs for name in ("train_loss", "validation_loss")]
    return max(between)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="digits")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=64, help="of all processes together (64)")
    parser.add_argument("--launchers", nargs="+", default=["torchrun", "ray"])
    options = parser.parse_args()
    rows = {}
    with (
        tempfile.TemporaryDirectory() as scratch,
        local_ray() if "ray" in options.launchers else nullcontext("") as address,
    ):
        one = trained(Path(scratch), "one", options)
        for launcher in options.launchers:
            started = time.monotonic()
            folder = trained(Path(scratch), launcher, options, address)
            rows[launcher] = {
                "steps_compared": len(read_steps(folder)),
                "last_step": read_steps(folder)[-1]["step"],
                "largest_relative_difference": largest_difference(one, folder),
                "seconds": round(time.monotonic() - started, 1),
            }
    print(json.dumps({**heading("benchmarks.launchers"), "goal": GOAL, "against": "one process", **rows}, indent=2))
    return 0 if all(row["largest_relative_difference"] <= GOAL for row in rows.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
