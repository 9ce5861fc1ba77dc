"""Estimates against the truth: what `estimate` says of a run, and what the run then takes.

    python -m benchmarks.estimates --data-root DATA_DIR [--clock processor] [--out FILE]

Each run is first estimated and then trained to its last epoch, each in a process of its own, as the page has it. Time
is from the start of the process to its end; memory is the most private memory (RssAnon), sampled from outside every
10 ms; size is the checkpoint folder without `run/` and `state/`. The goals: time within 25 %, memory within 20 %.

On a machine that others use, the time says above all which share of it each of the two got. `--clock processor`
therefore measures both in seconds of the processor: the estimate by the same code with that clock in the place of the
wall's, the run by what the system counted for its process. With one thread and nobody else the two clocks agree.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.machine import heading
from vae_core.training.estimate.memory import private_memory

PROJECT = Path(__file__).resolve().parent.parent
RUNS = {
    "digits, MLP, 2-D": "--data digits --latent-dim 2 --epochs 80 --batch-size 64 --patience 1000",
    "digits, β-TCVAE, 6-D": "--data digits --latent-dim 6 --objective beta-tcvae --beta 4 --epochs 40 --batch-size 64",
    "MNIST, MLP, 2-D": "--data mnist --latent-dim 2 --epochs 3 --batch-size 128",
    "MNIST, IWAE, 16-D": "--data mnist --latent-dim 16 --objective iwae --samples 2 --epochs 2 --batch-size 256",
    "shapes, convolutional, 10-D": "--data shapes --data-count 2000 --latent-dim 10 --network conv --epochs 3",
}
TIME_GOAL, MEMORY_GOAL = 0.25, 0.20
# the command line with the processor's clock in place of the wall's
BY_THE_PROCESSOR = """
import time
time.monotonic = time.process_time
from vae_core.training.estimate import measure
measure.process_age = time.process_time
from vae_core.__main__ import app
app()
"""


def estimated(options: list[str], environment: dict[str, str], clock: str) -> dict:
    """What `estimate` says."""
    start = ["-m", "vae_core"] if clock == "wall" else ["-c", BY_THE_PROCESSOR]
    command = [sys.executable, *start, "estimate", *options, "--json"]
    lines = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True).stdout
    return next(said["estimate"] for said in map(json.loads, lines.splitlines()) if "estimate" in said)


def trained(options: list[str], environment: dict[str, str], clock: str) -> dict:
    """What the run takes: seconds, bytes of memory, bytes on disk."""
    with tempfile.TemporaryDirectory() as place:
        folder, began, peak = Path(place) / "run", (time.monotonic(), _of_children()), 0
        command = [sys.executable, "-m", "vae_core", "train", *options, "--out", str(folder)]
        with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL) as process:
            while process.poll() is None:
                peak = max(peak, private_memory(process.pid))
                time.sleep(0.01)
        seconds = time.monotonic() - began[0] if clock == "wall" else _of_children() - began[1]
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
        files = [file for file in folder.rglob("*") if file.is_file()]
        kept = [file for file in files if file.relative_to(folder).parts[0] not in ("run", "state", "snapshots")]
        return {"seconds": seconds, "memory_bytes": peak, "checkpoint_bytes": sum(f.stat().st_size for f in kept)}


def _of_children() -> float:
    """Seconds of the processor that processes started here have taken."""
    taken = resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken.ru_utime + taken.ru_stime


def compared(name: str, options: str, threads: int, environment: dict[str, str], clock: str) -> dict:
    """One run, estimated and true, and by how much the estimate is off (+ is too much)."""
    words = [*options.split(), "--threads", str(threads), "--no-download"]
    guess, truth = estimated(words, environment, clock), trained(words, environment, clock)
    off = {key: guess[key] / truth[key] - 1 for key in truth}
    return {"run": name, "options": options, "estimate": guess, "truth": truth, "off": off}


def row(found: dict) -> str:
    """The run as a line of the table."""
    guess, truth, off = found["estimate"], found["truth"], found["off"]
    cells = [found["run"]]
    cells += [f"{guess['seconds']:.1f} / {truth['seconds']:.1f} s", f"{100 * off['seconds']:+.0f} %"]
    for key in ("memory_bytes", "checkpoint_bytes"):
        cells += [f"{guess[key] / 1e6:,.1f} / {truth[key] / 1e6:,.1f} MB", f"{100 * off[key]:+.0f} %"]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-root", type=Path, required=True, help="the folder that holds mnist/")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--clock", choices=("wall", "processor"), default="wall")
    parser.add_argument("--runs", type=int, default=len(RUNS), help="how many of them")
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    environment = {**os.environ, "LATENT_EXPLORER_DATA": str(chosen.data_root)}
    head = heading("benchmarks.estimates")
    print(*head.values(), sep="\n")
    print("\n| run | time, estimate / true | off | memory | off | checkpoint | off |\n|---|---|---|---|---|---|---|")
    found = []
    for name, options in list(RUNS.items())[: chosen.runs]:
        found.append(compared(name, options, chosen.threads, environment, chosen.clock))
        print(row(found[-1]), flush=True)
    within = all(abs(f["off"]["seconds"]) <= TIME_GOAL and abs(f["off"]["memory_bytes"]) <= MEMORY_GOAL for f in found)
    print(f"\nall within {TIME_GOAL:.0%} of the time and {MEMORY_GOAL:.0%} of the memory: {'yes' if within else 'no'}")
    if chosen.out:
        chosen.out.write_text(json.dumps({**head, "runs": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
