"""How fast the real training loop is, beside the same step on one fixed batch that already lies in memory.

    python -m benchmarks.training --data-dir DATA_DIR/mnist [--rounds 5] [--network mlp] [--batch-size 128]

Both sides do the whole step: float conversion, dynamic binarisation, the ELBO, its gradient and Adam. The loop does
besides what a run needs: it gathers each batch from the data set, keeps running sums, beats its heart, looks for
requests to stop and saves. Images per second count training steps; the loop's figure with validation is stated apart.
The two sides take turns in one process, so that whatever else the machine does falls on both; a first round is thrown
away, and the result is the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import torch

from vae_core import ModelSettings, TrainingSettings, build_vae, default_hidden
from vae_core.data import DataError, ImageSet, load_images
from vae_core.model_card import public_command
from vae_core.objectives import Moment, build_objective
from vae_core.training import EpochRecord, train_model
from vae_core.training.results import machine_words
from vae_core.training.step import TrainingStep

GOAL = 0.9


@dataclass(frozen=True)
class Round:
    """Images per second of one turn: the loop's steps, the loop with its validation, the fixed batch."""

    loop: float
    loop_with_validation: float
    fixed_batch: float

    @property
    def ratio(self) -> float:
        """Share of the fixed batch's speed that the loop reaches."""
        return self.loop / self.fixed_batch


def loop_speed(images: ImageSet, model: ModelSettings, training: TrainingSettings) -> tuple[float, float]:
    """Images per second of one epoch of a whole run: steps alone, and with validation."""
    records: list[EpochRecord] = []
    with tempfile.TemporaryDirectory() as folder:
        train_model(images, model, training, Path(folder) / "run", progress=records.append)
    return records[-1].images_per_second, len(images.train) / records[-1].seconds


def fixed_batch_speed(images: ImageSet, model: ModelSettings, training: TrainingSettings) -> float:
    """Images per second of as many steps as an epoch has, all on the same batch of uint8 pixels."""
    objective = build_objective(model, training)
    step = TrainingStep(build_vae(model, 0), objective, training, torch.Generator().manual_seed(0))
    batch = torch.from_numpy(images.images[images.train[: training.batch_size]])
    steps = max(1, len(images.train) // training.batch_size)
    started = time.monotonic()
    for _ in range(steps):
        step(batch, Moment())
    return steps * len(batch) / (time.monotonic() - started)


def measure(images: ImageSet, model: ModelSettings, training: TrainingSettings, rounds: int) -> list[Round]:
    """The rounds, each side first in every other one; one more before them is thrown away."""
    measured = []
    for number in range(rounds + 1):
        if number % 2:
            bare = fixed_batch_speed(images, model, training)
            loop, validated = loop_speed(images, model, training)
        else:
            loop, validated = loop_speed(images, model, training)
            bare = fixed_batch_speed(images, model, training)
        if number:
            measured.append(Round(loop, validated, bare))
            print(
                f"round {number}: loop {loop:,.0f}, fixed batch {bare:,.0f} images/s, ratio {loop / bare:.3f}",
                flush=True,
            )
    return measured


def report(images: ImageSet, model: ModelSettings, training: TrainingSettings, rounds: list[Round]) -> dict:
    """What was measured, on what, by which command."""
    return {
        "command": public_command(sys.argv[1:]).replace("-m vae_core", "-m benchmarks.training", 1),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{machine_words(torch.get_num_threads())}, Python {platform.python_version()}",
        "data": images.name,
        "model": f"{model.network} {model.hidden}, {model.latent_dim} latent dimensions, {model.likelihood}",
        "batch_size": training.batch_size,
        "images_per_second": {
            field: round(statistics.median(getattr(entry, field) for entry in rounds))
            for field in ("loop", "loop_with_validation", "fixed_batch")
        },
        "ratio": round(statistics.median(entry.ratio for entry in rounds), 3),
        "goal": GOAL,
        "rounds": [asdict(entry) for entry in rounds],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="mnist", help="digits, mnist or fashion (mnist)")
    parser.add_argument("--data-dir", type=Path, help="the folder with its IDX files; left out: by name")
    parser.add_argument("--network", choices=("mlp", "conv"), default="mlp")
    parser.add_argument("--latent-dim", type=int, default=16)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, help="processor cores (as torch finds them)")
    parser.add_argument("--out", type=Path, help="a file for the figures as JSON")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    try:
        images = load_images(options.data, options.data_dir, download=True, progress=print)
    except DataError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    model = ModelSettings(
        network=options.network,
        image_shape=images.image_shape,
        latent_dim=options.latent_dim,
        likelihood="bernoulli",
        hidden=default_hidden(options.network, images.image_shape),
    )
    training = TrainingSettings(epochs=1, batch_size=options.batch_size, learning_rate=1e-3, seed=0, patience=1)
    figures = report(images, model, training, measure(images, model, training, options.rounds))
    text = json.dumps(figures, indent=2)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
