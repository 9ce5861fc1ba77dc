"""Peak private memory (RssAnon) of `python -m vae_core train`, and images per second from data on disk, cold and warm.

    python -m benchmarks.memory --data-dir DATA_DIR/mnist [--epochs 2] [--network mlp]
    python -m benchmarks.memory --disk-gb 10 [--scratch FOLDER] [--side 64]

RssAnon is what a process holds for itself; cached pages of a file that is mapped do not count. It is read 20 times a
second from /proc (Linux only) while a child process trains, evaluates and writes its checkpoint. With `--disk-gb` the
script first writes an uncompressed IDX file of that size (drawn rectangles, so that there is something to learn),
drops its pages from the page cache and trains one epoch over it, then once more with whatever the cache then holds.
A child that passes `--limit-gb` is ended and reported so, before the machine runs out of memory.
"""

from __future__ import annotations

import argparse
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.machine import heading

GOAL_MB = 900
SAMPLES_PER_SECOND = 20
BLOCK = 4096  # images drawn and written at once


@dataclass(frozen=True)
class Trained:
    """How one child ended: peak RssAnon in MB (10^6 bytes), images/s of the last epoch's steps, wall seconds."""

    peak_mb: float
    images_per_second: float | None
    seconds: float
    ended_at_limit: bool


def private_bytes(pid: int) -> int:
    """RssAnon of a process in bytes; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    lines = (line.split() for line in status.splitlines())
    return next((1024 * int(words[1]) for words in lines if words[0] == "RssAnon:"), 0)


def watch(command: list[str], limit: float) -> tuple[int, float, bool]:
    """Run a command; gives back its peak RssAnon in bytes, its seconds, and whether it was ended at the limit.

    Raises RuntimeError with its last words when it fails by itself.
    """
    started, peak, stopped = time.monotonic(), 0, False
    with tempfile.TemporaryFile("w+") as words:
        child = subprocess.Popen(command, stdout=words, stderr=words)
        while child.poll() is None:
            peak = max(peak, private_bytes(child.pid))
            if peak > limit:
                stopped = True
                child.kill()
                child.wait()
            time.sleep(1 / SAMPLES_PER_SECOND)
        if child.returncode and not stopped:
            words.seek(0)
            raise RuntimeError(f"{' '.join(command)} failed: {words.read()[-500:]}")
    return peak, time.monotonic() - started, stopped


def train(data: list[str], options: argparse.Namespace, epochs: int) -> Trained:
    """One whole `python -m vae_core train` in a process of its own, watched."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        command = [sys.executable, "-m", "vae_core", "train", *data, "--out", str(out), "--network", options.network]
        command += ["--epochs", str(epochs), "--batch-size", str(options.batch_size), "--no-download"]
        peak, seconds, stopped = watch(command, options.limit_gb * 1e9)
        metrics = out / "metrics.jsonl"
        lines = metrics.read_text(encoding="utf-8").splitlines() if metrics.exists() else []
        speed = json.loads(lines[-1])["images_per_second"] if lines else None
    return Trained(round(peak / 1e6), speed and round(speed), round(seconds, 1), stopped)


def draw_images(count: int, side: int, generator: np.random.Generator) -> np.ndarray:
    """White rectangles on black, uint8 (count, side, side), with grey noise so that no file system compresses them."""
    corners = np.sort(generator.integers(0, side, (count, 2, 2)), axis=1)
    along = np.arange(side)
    rows, columns = ((along >= corners[:, :1, axis]) & (along <= corners[:, 1:, axis]) for axis in (0, 1))
    images = (rows[:, :, None] & columns[:, None, :]).astype(np.uint8) * 192
    return images + generator.integers(0, 64, images.shape, np.uint8)


def write_idx_file(path: Path, gigabytes: float, side: int, seed: int = 0) -> int:
    """Write an uncompressed IDX file of square images block by block; gives back how many images it holds."""
    count = max(BLOCK, round(gigabytes * 1e9 / side**2))
    generator = np.random.default_rng(seed)
    with path.open("wb") as file:
        file.write(struct.pack(">HBB3I", 0, 8, 3, count, side, side))
        for first in range(0, count, BLOCK):
            file.write(draw_images(min(BLOCK, count - first), side, generator).data)
        file.flush()
        os.fsync(file.fileno())
    return count


def drop_pages(path: Path) -> None:
    """Ask the system to forget the cached pages of a file that has been written out."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measure_disk(options: argparse.Namespace) -> dict:
    """Peak memory and speed over a generated file, its pages first dropped from the cache, then not."""
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        file = Path(folder) / "train-images-idx3-ubyte"
        count = write_idx_file(file, options.disk_gb, options.side)
        data = ["--data", "generated", "--data-dir", folder, "--likelihood", "bernoulli"]
        drop_pages(file)
        cold = train(data, options, 1)
        warm = None if cold.ended_at_limit else train(data, options, 1)
        return {
            "file_gb": round(file.stat().st_size / 1e9, 3),
            "images": count,
            "cold": asdict(cold),
            "warm": warm and asdict(warm),
        }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="mnist", help="digits, mnist or fashion (mnist)")
    parser.add_argument("--data-dir", type=Path, help="the folder with its IDX files; left out: by name")
    parser.add_argument("--network", choices=("mlp", "conv"), default="mlp")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--disk-gb", type=float, help="train over a generated file of this size instead")
    parser.add_argument("--side", type=int, default=64, help="of the generated images, pixels")
    parser.add_argument("--scratch", type=Path, help="where the generated file lies (the system's temporary folder)")
    parser.add_argument("--limit-gb", type=float, default=8.0, help="end a child that holds more than this")
    parser.add_argument("--out", type=Path, help="a file for the figures as JSON")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    if not Path("/proc/self/status").exists():
        print("RssAnon is not measured: this system has no /proc (Linux only).")
        return 0
    figures = {**heading("benchmarks.memory"), "goal_mb": GOAL_MB}
    if options.disk_gb:
        figures |= measure_disk(options)
    else:
        where = ["--data-dir", str(options.data_dir)] if options.data_dir else []
        figures |= asdict(train(["--data", options.data, *where], options, options.epochs))
    print(json.dumps(figures, indent=2))
    if options.out:
        options.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
