"""Round trips over the live socket: computed on the event loop against computed in a thread, the server idle or busy.

    python -m benchmarks.live_socket                 # digits-8d and mnist-16d, 200 requests a second for 5 s
    python -m benchmarks.live_socket --models digits-8d --seconds 2

"Busy" means that one more thread of the server computes in pure Python without a pause, as a bad page would.
"""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
import time
from pathlib import Path

import numpy as np
from websockets.sync.client import connect

import store
from live.protocol import HEADER, Kind, pack
from tools.running_app import PROJECT, running_app

PAUSE = 0.005  # seconds between a reply and the next request
# the shipped server, but for the place of the computation and the busy threads
SERVER = """
import sys, threading
sys.path.insert(0, {project!r})
import streamlit as st
import live.pace
from live.routes import routes
from live.tuning import tuned

live.pace.LONGEST_ON_LOOP = {longest}

def busy():
    while True:
        sum(range(1000))

for _ in range({busy}):
    threading.Thread(target=busy, daemon=True).start()
app = st.App("page.py", routes=routes(), lifespan=tuned)
"""


def round_trips(url: str, model: store.LoadedModel, seconds: float) -> np.ndarray:
    """Milliseconds of each round trip of one latent, float64 (N,), one request at a time."""
    generator, times = np.random.default_rng(0), []
    with connect(url.replace("http", "ws", 1) + "/live/socket") as socket:
        socket.recv()
        end = None
        while end is None or time.perf_counter() < end:
            latents = generator.standard_normal((1, model.latent_dim)).astype("<f4")
            started = time.perf_counter()
            socket.send(pack(Kind.DECODE, 1, 1, {"model": model.name, "lane": "benchmark"}, latents.tobytes()))
            reply = socket.recv()
            times.append(1000 * (time.perf_counter() - started))
            assert HEADER.unpack_from(reply)[1] == Kind.DECODE
            end = end or time.perf_counter() + seconds  # the first loads torch and the model, and does not count
            time.sleep(PAUSE)
    return np.array(times[1:])


def measure(models: list[str], seconds: float) -> list[dict]:
    """One line of figures for each place, state of the server and model."""
    lines = []
    for busy in (0, 1):
        for place, longest in (("event loop", 1e9), ("thread", -1.0)):
            with tempfile.TemporaryDirectory() as folder:
                script = Path(folder) / "app.py"
                script.write_text(SERVER.format(project=str(PROJECT), longest=longest, busy=busy))
                (Path(folder) / "page.py").write_text("")
                (Path(folder) / ".streamlit").symlink_to(PROJECT / ".streamlit")
                with running_app(script, checkpoints=store.checkpoints_root()) as app:
                    for name in models:
                        times = round_trips(app.url, store.model(name), seconds)
                        lines.append(figures(name, place, busy, times))
    return lines


def figures(model: str, place: str, busy: int, times: np.ndarray) -> dict:
    """The line of one measurement; times in milliseconds."""
    median, p95 = np.percentile(times, (50, 95)).round(2).tolist()
    return {"model": model, "place": place, "busy": busy, "median": median, "p95": p95, "trips": len(times)}


def main() -> None:
    """Prints the figures as a table, then the machine and the command."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--models", nargs="+", default=["digits-8d", "mnist-16d"])
    options.add_argument("--seconds", type=float, default=5.0, help="how long each measurement takes")
    chosen = options.parse_args()
    print("| model | computed on | busy threads | round trip, ms (median / p95) | trips |\n|---|---|---|---|---|")
    for line in measure(chosen.models, chosen.seconds):
        print("| {model} | {place} | {busy} | {median} / {p95} | {trips} |".format(**line))
    command = f"python -m benchmarks.live_socket --seconds {chosen.seconds} --models {' '.join(chosen.models)}"
    print(json.dumps({"command": command, "machine": platform.processor() or platform.machine()}))


if __name__ == "__main__":
    main()
