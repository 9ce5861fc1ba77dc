"""A run killed with SIGKILL again and again and resumed each time, beside the same run left alone.

    python -m benchmarks.kill_resume [--kills 50] [--cache] [--precision float32] [--network mlp]

Each run is a process of its own that trains on the bundled digits with everything that a state must hold: a running
average, clipped gradients, a falling learning rate, binarisation. It saves after every step, so that kills fall into
saving too. The first tenth of the kills come within 2 s of the start of training, before its first save among them, the
others at random moments after the first step of the process. What counts: a resumed run never refuses to go on, no file
is damaged, and the last weights and metrics.jsonl (but for its clocks) are those of the run left alone, bit for bit.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file

from benchmarks.machine import heading
from vae_core.checkpoint import read_metrics
from vae_core.data import ImageSet, cache_images, load_images, read_cache
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training import run as run_module
from vae_core.training import train_model
from vae_core.training.state import STATE_FILE

CLOCKS = {"images_per_second", "seconds"}
EARLY = 0.1
HIDDEN = {"mlp": (32,), "conv": (8,)}


@dataclass(frozen=True)
class Outcome:
    """What came of a run that was killed: kills that met a process at work, and what they broke.

    refused: resumed runs that ended with an error. damaged: kills after which a file could not be read.
    before_first_save: kills after which there was no state yet. in_saving: kills that left a half-written file.
    """

    kills: int
    before_first_save: int
    in_saving: int
    refused: int
    damaged: int
    weights_equal: bool
    metrics_equal: bool


def train(folder: Path, options: argparse.Namespace) -> None:
    """The run, new or resumed, in this process; says on standard output when it starts and when it has learned."""
    torch.set_num_threads(1)
    run_module.PULSE_SECONDS, run_module.SAVE_SECONDS = -1.0, -1.0
    model = ModelSettings(
        network=options.network,
        image_shape=(1, 8, 8),
        latent_dim=4,
        likelihood="bernoulli",
        hidden=HIDDEN[options.network],
    )
    training = TrainingSettings(
        epochs=options.epochs,
        batch_size=100,
        learning_rate=3e-3,
        schedule="cosine",
        ema=0.99,
        clip_norm=100.0,
        precision=options.precision,
        patience=10_000,
    )
    images, said = _images(options), []

    def first_step(status) -> None:
        if not said:
            said.append(True)
            print("learning", flush=True)

    print("training", flush=True)
    train_model(images, model, training, folder, resume=True, on_pulse=first_step)


def _images(options: argparse.Namespace) -> ImageSet:
    return read_cache(options.cache_folder, "digits") if options.cache_folder else load_images("digits")


def start(folder: Path, options: argparse.Namespace, lines: int) -> subprocess.Popen:
    """The run in a process of its own, once it has said so many lines: 1 when it starts, 2 after its first step."""
    command = [sys.executable, "-m", "benchmarks.kill_resume", "--train", str(folder)]
    command += ["--epochs", str(options.epochs), "--network", options.network, "--precision", options.precision]
    command += ["--cache-folder", str(options.cache_folder)] if options.cache_folder else []
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    for _ in range(lines):
        process.stdout.readline()
    return process


def broken_files(folder: Path) -> int:
    """How many of the files that a resumed run and a reader need are there and cannot be read."""
    broken = 0
    for file in (folder / "model.safetensors", folder / STATE_FILE):
        try:
            broken += file.exists() and not load_file(file)
        except Exception:  # whatever the reader says: it is damaged
            broken += 1
    for file in (folder / "config.json", folder / "run" / "status.json"):
        try:
            _ = json.loads(file.read_text()) if file.exists() else None
        except ValueError:
            broken += 1
    return broken


def half_written(folder: Path) -> bool:
    """Whether a file was being written when the process was killed."""
    return any(file.name.startswith(".") for file in folder.rglob(".*"))


def killed_and_resumed(folder: Path, whole: Path, options: argparse.Namespace, seconds: float) -> Outcome:
    """Kill the run ``options.kills`` times, each at a random moment, let it end, and compare it with ``whole``.

    ``seconds``: how long the whole run trains; the kills are spread over it.
    """
    chance = random.Random(options.seed)
    kills = before_first_save = in_saving = refused = damaged = 0
    while kills < options.kills:
        early = kills < EARLY * options.kills
        process = start(folder, options, lines=1 if early else 2)
        try:
            process.wait(timeout=chance.uniform(0.0, min(2.0, seconds) if early else 1.2 * seconds / options.kills))
        except subprocess.TimeoutExpired:
            process.kill()
            kills += 1
        process.communicate()
        if process.returncode > 0:
            refused += 1
            break
        if process.returncode == 0:
            break  # it came to its end before all kills were spent
        before_first_save += not (folder / STATE_FILE).exists()
        in_saving += half_written(folder)
        damaged += broken_files(folder)
    last = start(folder, options, lines=1)
    _, said = last.communicate()
    if last.returncode:
        print(said, file=sys.stderr)
        refused += 1
    weights = not refused and _same_weights(folder, whole)
    metrics = not refused and _figures(folder) == _figures(whole)
    return Outcome(kills, before_first_save, in_saving, refused, damaged, weights, metrics)


def _same_weights(one: Path, other: Path) -> bool:
    first, second = (load_file(folder / "model.safetensors") for folder in (one, other))
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def _figures(folder: Path) -> list[dict]:
    return [{key: line[key] for key in line if key not in CLOCKS} for line in read_metrics(folder)]


def measure(options: argparse.Namespace) -> Outcome:
    """Train once left alone and once killed again and again."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        if options.cache:
            cache_images(load_images("digits"), root / "cache")
            options.cache_folder = root / "cache"
        process, started = start(root / "whole", options, lines=2), time.monotonic()
        _, said = process.communicate()
        seconds = time.monotonic() - started
        if process.returncode:
            raise RuntimeError(said)
        outcome = killed_and_resumed(root / "killed", root / "whole", options, seconds)
        shutil.rmtree(root / "killed")
        return outcome


def options_of(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--epochs", type=int, default=60, help="of 13 steps each, every one of them saved (60)")
    parser.add_argument("--network", choices=("mlp", "conv"), default="mlp")
    parser.add_argument("--precision", choices=("float32", "bf16"), default="float32")
    parser.add_argument("--cache", action="store_true", help="read the images from a cache on disk, in blocks")
    parser.add_argument("--seed", type=int, default=0, help="of the moments of the kills")
    parser.add_argument("--cache-folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--train", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main() -> int:
    options = options_of()
    if options.train:
        train(options.train, options)
        return 0
    outcome = measure(options)
    print(json.dumps({**heading("benchmarks.kill_resume"), **asdict(outcome)}, indent=2))
    good = outcome.weights_equal and outcome.metrics_equal and not outcome.refused and not outcome.damaged
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
