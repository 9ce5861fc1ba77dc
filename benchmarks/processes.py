"""One process beside two that share every batch: the same losses, step by step, and the images per second of both.

    python -m benchmarks.processes [--objective elbo beta-tcvae] [--steps 200] [--processes 2]

The same run (bundled digits enlarged to 24x24, mlp) with the same global batch, once in one process and once under
torchrun, one thread each. The training loss of every logged step (the first 100, then every fourth) is compared: the
largest relative difference is to be at most 1e-4. What grows apart is only the order in which sums are rounded.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from benchmarks.machine import heading
from vae_core.checkpoint import read_steps
from vae_core.data import ImageSet, from_arrays, load_images
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training import train_model
from vae_core.training.processes import is_first_process

GOAL = 1e-4
SIDE = 24


def enlarged_digits() -> ImageSet:
    """The bundled digits, each pixel three by three."""
    images = load_images("digits").images[:, 0].repeat(3, axis=1).repeat(3, axis=2)
    return from_arrays(images, name="enlarged-digits")


def train(out: Path, objective: str, steps: int, batch_size: int) -> None:
    """Train for so many steps in this process (one of several, perhaps); the first writes losses and speed."""
    torch.set_num_threads(1)
    images = enlarged_digits()
    model = ModelSettings(
        network="mlp", image_shape=(1, SIDE, SIDE), latent_dim=8, likelihood="bernoulli", hidden=(512, 256)
    )
    epochs = -(-steps // -(-len(images.train) // batch_size))
    training = TrainingSettings(
        objective=objective, epochs=epochs, batch_size=batch_size, learning_rate=1e-3, patience=10_000
    )
    times: list[float] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(os.environ.get("BENCHMARK_FOLDER", scratch)) / "run"
        train_model(images, model, training, folder, progress=lambda record: times.append(record.images_per_second))
        if is_first_process():
            losses = [line["loss"] for line in read_steps(folder) if line["step"] <= steps]
            out.write_text(json.dumps({"losses": losses, "images_per_second": float(np.median(times))}))


def measured(processes: int, objective: str, options: argparse.Namespace) -> dict:
    """``train`` in so many processes."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out.json"
        launcher = [] if processes == 1 else ["-m", "torch.distributed.run", "--standalone"]
        launcher += [] if processes == 1 else ["--nproc-per-node", str(processes)]
        command = [sys.executable, *launcher, "-m", "benchmarks.processes", "--train", str(out)]
        command += ["--objective", objective, "--steps", str(options.steps), "--batch-size", str(options.batch_size)]
        environment = os.environ | {"OMP_NUM_THREADS": "1", "BENCHMARK_FOLDER": scratch}
        started = time.monotonic()
        run = subprocess.run(command, capture_output=True, text=True, env=environment)
        if run.returncode:
            raise RuntimeError(run.stderr)
        return {**json.loads(out.read_text()), "seconds": time.monotonic() - started}


def compared(objective: str, options: argparse.Namespace) -> dict:
    """Losses and speeds of one process and of several."""
    one, several = (measured(count, objective, options) for count in (1, options.processes))
    first, second = np.array(one["losses"]), np.array(several["losses"])
    if first.shape != second.shape or not len(first):
        raise RuntimeError(f"{len(first)} and {len(second)} losses of {options.steps} steps")
    return {
        "objective": objective,
        "steps": options.steps,
        "steps_compared": len(first),
        "batch_size": options.batch_size,
        "largest_relative_difference": float(np.max(np.abs(first - second) / np.abs(first))),
        "goal": GOAL,
        "images_per_second": {
            "1": round(one["images_per_second"]),
            str(options.processes): round(several["images_per_second"]),
        },
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objective", nargs="+", default=["elbo"], help="names of objectives (elbo)")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--batch-size", type=int, default=128, help="of all processes together (128)")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--train", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.train:
        train(options.train, options.objective[0], options.steps, options.batch_size)
        return 0
    rows = [compared(objective, options) for objective in options.objective]
    print(json.dumps({**heading("benchmarks.processes"), "rows": rows}, indent=2))
    return 0 if all(row["largest_relative_difference"] <= GOAL for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
