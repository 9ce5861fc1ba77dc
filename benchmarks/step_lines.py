"""What the lines of single steps in metrics.jsonl cost: the same run with them and without, side by side.

    python -m benchmarks.step_lines [--steps 400] [--repeats 5]

Steps of the default 28x28 network on random images, batch 128, one thread, in one process that trains some steps with
their lines (gradient norm and sums of every logged step, written five times a second) and as many without, by turns.
Processor time, since a busy machine's clock would tell nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import torch

from benchmarks.machine import heading
from vae_core.checkpoint import append_metrics
from vae_core.objectives import Moment, build_objective
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training.step import TrainingStep
from vae_core.training.step_log import StepLog
from vae_core.training.step_record import FIRST_STEPS, is_logged
from vae_core.vae import build_vae

BATCH, STEPS_A_LOOK = 128, 60  # about as many as there are in 0.2 s


def processor_seconds(step: TrainingStep, steps: int, folder: Path, lines: bool) -> float:
    """Of so many steps, beyond the first ones that all have a line."""
    pixels, log = torch.randint(256, (BATCH, 1, 28, 28), dtype=torch.uint8), StepLog()
    started = time.process_time()
    for number in range(FIRST_STEPS + 1, FIRST_STEPS + steps + 1):
        logged = lines and is_logged(number, 10_000)
        log.add(step(pixels, Moment(0.5, 60_000), logged=logged), BATCH)
        if logged:
            log.log(number, 1, BATCH, 1e-3, 1.0, step.gradient_norm)
        if number % STEPS_A_LOOK == 0:
            append_metrics(folder, *(line.as_line() for line in log.read()[1]))
    return time.process_time() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = ModelSettings(
        network="mlp", image_shape=(1, 28, 28), latent_dim=16, likelihood="bernoulli", hidden=(256, 128)
    )
    training = TrainingSettings(epochs=1, batch_size=BATCH, learning_rate=1e-3, patience=1)
    vae = build_vae(model, 0)
    step = TrainingStep(vae, build_objective(model, training), training, torch.Generator().manual_seed(0))
    with tempfile.TemporaryDirectory() as folder:
        processor_seconds(step, 100, Path(folder), lines=True)  # warm
        ratios, plain = [], []
        for _ in range(options.repeats):
            without = processor_seconds(step, options.steps, Path(folder), lines=False)
            ratios.append(processor_seconds(step, options.steps, Path(folder), lines=True) / without)
            plain.append(without / options.steps * 1000)
    figures = {"ms per step without": round(median(plain), 3), "with, times as much": round(median(ratios), 4)}
    print(
        json.dumps({**heading("benchmarks.step_lines"), **figures, "ratios": [round(r, 4) for r in ratios]}, indent=1)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
