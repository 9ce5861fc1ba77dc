"""Many people drag at once: how long each picture takes, from the request to the reply, client included.

    python -m benchmarks.crowd                                  # both cases of the goal
    python -m benchmarks.crowd --users 20 --seconds 5 --model digits-8d

Each user is one WebSocket in a client process of its own beside the real server. Thirty times a second it sends the
next latent of a smooth path (a hand that moves), at most two at once; a position that finds no free place is replaced
by the next, as in the browser. Cases: 100 users on `mnist-16d` (goal: p95 <= 16 ms), 60 users on a 64x64x3
convolutional model of 64 dimensions with random weights (goal: p95 <= 33 ms). No error, and the server's private memory
in the last third no higher than in the first by more than 5 %.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import struct
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import websockets

import store
from benchmarks.machine import heading
from benchmarks.models import RANDOM_MODEL, shipped_and_random
from live.protocol import HEADER, Kind, pack
from tools.running_app import running_app

RATE = 30.0  # positions per second of each user
CASES = ((100, "mnist-16d", 16.0), (60, RANDOM_MODEL, 33.0))
IN_FLIGHT = 2  # requests of one person on their way: the browser's number where the wire is short
WARM_UP = 3.0  # seconds before anything counts: the model is loaded, the connections stand


@dataclass
class Crowd:
    """What the client saw. delays: milliseconds of each reply; skipped: positions that a newer one replaced."""

    delays: list[float]
    errors: list[str]
    sent: int = 0
    skipped: int = 0


async def user(url: str, model: str, dimensions: int, number: int, start: float, seconds: float, seen: Crowd) -> None:
    """One person: a latent that moves smoothly, its replies timed. People do not move in step: each has a phase."""
    phase = np.random.default_rng(1000 + number).uniform()
    phases = np.random.default_rng(number).uniform(0, 2 * np.pi, (2, dimensions))
    begun: dict[int, float] = {}
    async with websockets.connect(url, max_size=None, compression=None) as socket:
        await socket.recv()  # the hello
        listening = asyncio.create_task(listen(socket, begun, start, seen))
        request, turn = 0, start - WARM_UP + phase / RATE
        while (now := time.perf_counter()) < start + seconds:
            if now < turn:
                await asyncio.sleep(turn - now)
            turn += 1 / RATE
            if len(begun) >= IN_FLIGHT:
                seen.skipped += turn > start
                continue
            request += 1
            latents = (1.5 * np.sin(phases[0] + 2 * time.perf_counter() + phases[1])).astype("<f4")
            begun[request] = time.perf_counter()
            seen.sent += turn > start
            await socket.send(pack(Kind.DECODE, request, 1, {"model": model, "lane": "crowd"}, latents.tobytes()))
        await asyncio.sleep(0.5)
        listening.cancel()


async def listen(socket, begun: dict[int, float], start: float, seen: Crowd) -> None:
    while True:
        reply = await socket.recv()
        now = time.perf_counter()
        _, kind, _, request, _, _ = struct.unpack_from("<BBHIII", reply)
        sent = begun.pop(request, None)
        words = "" if kind == Kind.DECODE else bytes(reply[HEADER.size : HEADER.size + 300]).decode(errors="replace")
        if "superseded" in words:
            seen.skipped += (sent or 0) > start
        elif words:
            seen.errors.append(words)
        elif sent is not None and sent > start:
            seen.delays.append(1000 * (now - sent))


def crowd(url: str, model: str, dimensions: int, users: int, seconds: float) -> Crowd:
    """All users on one event loop. Runs in a process of its own."""

    async def everybody() -> Crowd:
        seen = Crowd([], [])
        start = time.perf_counter() + WARM_UP + users * 0.02
        await asyncio.gather(*(user(url, model, dimensions, number, start, seconds, seen) for number in range(users)))
        return seen

    return asyncio.run(everybody())


def private_megabytes(pid: int) -> float:
    """RssAnon of a process in MB (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"/proc/{pid}/status has no RssAnon.")


def processor_seconds(pid: int) -> float:
    """Processor time that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def measure(root: Path, model: str, users: int, seconds: float) -> dict:
    """One case: a fresh server, the crowd, the figures."""
    dimensions = store.model(model).latent_dim
    with (
        running_app(checkpoints=root) as app,
        multiprocessing.get_context("spawn").Pool(1) as pool,
    ):
        url = app.url.replace("http", "ws", 1) + "/live/socket"
        going = pool.apply_async(crowd, (url, model, dimensions, users, seconds))
        time.sleep(WARM_UP + users * 0.02 + 2)
        memory, busy, began = [], processor_seconds(app.process.pid), time.monotonic()
        while not going.ready():
            memory.append(private_megabytes(app.process.pid))
            going.wait(0.5)
        seen: Crowd = going.get()
        cores = (processor_seconds(app.process.pid) - busy) / (time.monotonic() - began)
    third = max(len(memory) // 3, 1)
    p50, p95, p99 = np.percentile(seen.delays, (50, 95, 99)).round(1).tolist() if seen.delays else (None,) * 3
    return {
        "model": model,
        "users": users,
        "pictures_per_second": round(len(seen.delays) / seconds),
        "positions_replaced": seen.skipped,
        "p50_ms": p50,
        "p95_ms": p95,
        "p99_ms": p99,
        "errors": len(seen.errors),
        "first_error": seen.errors[0] if seen.errors else None,
        "server_cores": round(cores, 2),
        "memory_mb": [round(float(np.mean(memory[:third])), 1), round(float(np.mean(memory[-third:])), 1)],
    }


def main() -> int:
    """Prints one line of JSON for each case; the exit status says whether each came to its goal without an error."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="one case only: this model")
    parser.add_argument("--users", type=int, default=100, help="of the one case")
    parser.add_argument("--goal", type=float, default=16.0, help="milliseconds, of the one case")
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    cases = ((options.users, options.model, options.goal),) if options.model else CASES
    print(json.dumps(heading("benchmarks.crowd")))
    good = True
    with shipped_and_random() as folder:
        os.environ[store.models.SETTING] = str(folder)
        for users, model, goal in cases:
            figures = measure(folder, model, users, options.seconds) | {"goal_p95_ms": goal}
            print(json.dumps(figures), flush=True)
            first, last = figures["memory_mb"]
            good &= not figures["errors"] and (figures["p95_ms"] or goal + 1) <= goal and last <= 1.05 * first
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
