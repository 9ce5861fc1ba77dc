"""Peak private memory (RssAnon) of a whole training run: MNIST in memory, and a cache on disk of any size.

    python -m benchmarks.big_data --data-dir DATA_DIR/mnist [--gigabytes 10 --scratch FOLDER] [--seconds 60]

Private memory is what the process alone holds: pages of a mapped file do not count, since the system takes them back
when it needs them. It is sampled every 10 ms in the process that trains, through loading, training, validation and the
evaluation at the end. The big cache is of random images, written first and dropped from the page cache, so that the run
starts cold, and run a second time, when what fits of it is in the page cache; it is deleted afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.machine import heading

GOAL_MB = 900
SIDE = 28
PIECE = 20_000  # images written at once


def private_mb() -> float:
    """RssAnon of this process, in units of 10^6 bytes."""
    with Path("/proc/self/status").open(encoding="ascii") as status:
        kilobytes = next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))
    return kilobytes * 1024 / 1e6


class Peak:
    """Samples the private memory of this process in a thread; the peak of each named phase."""

    def __init__(self) -> None:
        self.phases: dict[str, float] = {}
        self.phase = "imports"
        threading.Thread(target=self._sample, daemon=True).start()

    def _sample(self) -> None:
        while True:
            self.phases[self.phase] = max(self.phases.get(self.phase, 0.0), private_mb())
            time.sleep(0.01)


def train(name: str, data_dir: Path, network: str, seconds: float) -> dict:
    """One run in this process, of one epoch or of ``seconds`` of it; peaks per phase and images per second."""
    peak = Peak()
    import torch

    from vae_core import ModelSettings, TrainingSettings, default_hidden
    from vae_core.data import load_images
    from vae_core.training import train_model

    torch.set_num_threads(1)
    peak.phase = "loading"
    images = load_images(name, data_dir)
    model = ModelSettings(
        network=network,
        image_shape=images.image_shape,
        latent_dim=16,
        likelihood="bernoulli",
        hidden=default_hidden(network, images.image_shape),
    )
    training = TrainingSettings(epochs=1, batch_size=128, learning_rate=1e-3, patience=1)
    peak.phase = "training"
    started, looks = time.monotonic(), threading.Event()

    def should_stop() -> bool:
        if time.monotonic() - started > seconds and not looks.is_set():
            looks.set()
            peak.phase = "validation and evaluation"
        return looks.is_set()

    def ended(record) -> None:
        peak.phase = "validation and evaluation"

    steps: list[tuple[float, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        train_model(
            images,
            model,
            training,
            Path(folder) / "run",
            should_stop=should_stop,
            progress=ended,
            on_pulse=lambda status: steps.append((time.monotonic(), status.step)),
        )
    moments = [(at, step) for at, step in steps if step > 0]
    (first_at, first_step), (last_at, last_step) = moments[0], moments[-1]
    return {
        "images": len(images),
        "megabytes_of_pixels": round(images.images.nbytes / 1e6),
        "peak_private_mb": {phase: round(value) for phase, value in peak.phases.items()},
        "images_per_second": round((last_step - first_step) * 128 / max(last_at - first_at, 1e-9)),
        "megabytes_read_from_disk": round(resource.getrusage(resource.RUSAGE_SELF).ru_inblock * 512 / 1e6),
    }


def random_images(count: int) -> Iterator[np.ndarray]:
    """Blots with soft edges rather than pure noise, uint8 (n, 1, SIDE, SIDE), a piece at a time."""
    generator = np.random.default_rng(0)
    axis = np.arange(SIDE)
    for start in range(0, count, PIECE):
        size = min(PIECE, count - start)
        x, y = (generator.uniform(6, SIDE - 6, (size, 1)) for _ in range(2))
        across, down = (np.exp(-((axis - centre) ** 2) / 20).astype(np.float32) for centre in (x, y))
        yield (255 * down[:, :, None] * across[:, None, :]).astype(np.uint8)[:, None]


def write_big(folder: Path, gigabytes: float) -> float:
    """A cache of so many times 10^9 bytes, not in the page cache any more; gives the seconds that writing took."""
    from vae_core.data import write_cache

    count, started = round(gigabytes * 1e9 / SIDE**2), time.monotonic()
    write_cache(folder, random_images(count), count, "blots", source="drawn by benchmarks/big_data.py")
    seconds = time.monotonic() - started
    with (folder / "images.npy").open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return seconds


def measured(name: str, folder: Path, options: argparse.Namespace) -> dict:
    """``train`` in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.big_data", "--train", name, "--data-dir", str(folder)]
    command += ["--network", options.network, "--seconds", str(options.seconds)]
    run = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
    if run.returncode:
        raise RuntimeError(run.stderr)
    return json.loads(run.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, help="the folder with MNIST's IDX files")
    parser.add_argument("--network", choices=("mlp", "conv"), default="mlp")
    parser.add_argument("--gigabytes", type=float, default=0.0, help="size of the cache (0: none)")
    parser.add_argument("--scratch", type=Path, help="where the cache is written for the time being")
    parser.add_argument("--seconds", type=float, default=60.0, help="of training, at most one epoch")
    parser.add_argument("--train", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.train:
        print(json.dumps(train(options.train, options.data_dir, options.network, options.seconds)))
        return 0
    figures = {**heading("benchmarks.big_data"), "goal_mb": GOAL_MB}
    if options.data_dir:
        figures["mnist"] = measured("mnist", options.data_dir, options)
    if options.gigabytes:
        with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
            seconds = write_big(Path(scratch) / "cache", options.gigabytes)
            figures["cache"] = measured("blots", Path(scratch) / "cache", options)
            figures["cache"]["seconds_to_write"] = round(seconds)
            figures["cache_again"] = measured("blots", Path(scratch) / "cache", options)
    print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
