"""What a map of a million images asks of the server, and what a hand that drags meanwhile notices of it.

    python -m benchmarks.map_routes --data-root DATA_DIR     # a folder that holds mnist/; 1,000,000 latents
    python -m benchmarks.map_routes --data-root DATA_DIR --count 70000 --rounds 10

One client decodes 60 latents a second over the live socket, as a hand that drags a slider; another asks for points,
a box, rasters, columns, neighbours, a search and a summary, one after another. The latents are drawn, ten groups of
them, and put into a cache of their own as the whole data set of the model.
"""

from __future__ import annotations

import argparse
import base64
import os
import tempfile
import threading
import time
from collections.abc import Callable

import httpx
import numpy as np

import store
from benchmarks.machine import heading
from live.protocol import HEADER, Kind, pack
from store.encoded_cache import Encoded, save_encoded
from tools.running_app import running_app

FRAME = 1 / 60
ALONE = "(the hand alone)"


def drawn_codes(count: int, latent_dim: int) -> Encoded:
    """Ten groups of latents, with scores that mean nothing."""
    generator = np.random.default_rng(0)
    label = generator.integers(0, 10, count)
    centres = 3 * generator.standard_normal((10, latent_dim))
    mean = (generator.standard_normal((count, latent_dim)) + centres[label]).astype(np.float32)
    score = generator.random(count, dtype=np.float32)
    rows = np.arange(count)
    hashes, split = rows.astype(np.uint64), np.zeros(count, dtype=np.int8)
    return Encoded(mean, np.full_like(mean, 0.3), score, score, hashes, split, rows, label.astype(np.int16))


class Hand:
    """A client that decodes 60 latents a second in a thread and notes how long each took, by what else is asked for."""

    def __init__(self, url: str, model: store.LoadedModel) -> None:
        self.beside, self.times = ALONE, {}
        self._url, self._model, self._over = url, model, threading.Event()
        self._thread = threading.Thread(target=self._drag)

    def __enter__(self) -> Hand:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _drag(self) -> None:
        from websockets.sync.client import connect

        with connect(self._url.replace("http", "ws", 1) + "/live/socket") as socket:
            socket.recv()
            while not self._over.is_set():
                self._decode(socket)

    def _decode(self, socket) -> None:
        started = time.perf_counter()
        latent = np.sin(np.arange(self._model.latent_dim) + 3 * started).astype("<f4")
        socket.send(pack(Kind.DECODE, 1, 1, {"model": self._model.name}, latent.tobytes()))
        assert HEADER.unpack_from(socket.recv())[1] == Kind.DECODE
        took = time.perf_counter() - started
        self.times.setdefault(self.beside, []).append(1000 * took)
        time.sleep(max(0.0, FRAME - took))


def requests_of(web: httpx.Client, model: store.LoadedModel, facts: dict, count: int) -> dict[str, Callable]:
    """What is asked for, by a name."""
    here, source = f"{model.name}/{model.weights}", f"/live/source/{model.name}/{model.weights}/all"
    x0, y0, x1, y1 = facts["bounds"]
    half, tenth = (",".join(f"{side / part:.3f}" for side in (x0, y0, x1, y1)) for part in (2, 10))
    points, density = (f"/live/map/{facts['id']}/{what}" for what in ("points", "density"))
    rows = base64.b64encode(np.arange(0, count, 10, dtype="<u4").tobytes()).decode()
    summary = {"source": "all", "rows": rows, "what": "summary"}
    return {
        "points (a sample)": lambda: web.get(points),
        "points of a box": lambda: web.get(f"{points}?box={tenth}"),
        "raster 512 × 512": lambda: web.get(f"{density}?box={half}&width=512&height=512"),
        "raster with classes": lambda: web.get(f"{density}?box={half}&width=512&height=512&column=label"),
        "a column of classes": lambda: web.get(f"{source}/column/label"),
        "a column of numbers": lambda: web.get(f"{source}/column/kl"),
        "12 neighbours": lambda: web.post(f"/live/neighbours/{here}", json={"source": "all", "row": 77}),
        "search for a label": lambda: web.get(f"/live/search/{here}/all?q=3"),
        "summary of a tenth": lambda: web.post(f"/live/selection/{here}", json=summary),
    }


def measured(url: str, model: store.LoadedModel, count: int, rounds: int) -> tuple[dict, dict]:
    """Milliseconds of each request and of each decode meanwhile, by what was asked for."""
    taken: dict[str, list[float]] = {}
    with httpx.Client(base_url=url, timeout=120) as web, Hand(url, model) as hand:
        asked = {"source": "all", "method": "pca"}
        facts = web.post(f"/live/map/{model.name}/{model.weights}", json=asked).json()
        time.sleep(5)
        hand.times.clear()
        time.sleep(5)
        for name, ask in requests_of(web, model, facts, count).items():
            hand.beside = name
            for _ in range(rounds):
                started = time.perf_counter()
                assert ask().status_code == 200
                taken.setdefault(name, []).append(1000 * (time.perf_counter() - started))
        return taken, hand.times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", required=True, help="the folder whose sub-folders are data sets")
    parser.add_argument("--model", default="mnist-16d")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=10)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        os.environ.update(LATENT_EXPLORER_CACHE=cache, LATENT_EXPLORER_DATA=chosen.data_root)
        model = store.model(chosen.model)
        save_encoded(store.data_source(model, "all").encoded, drawn_codes(chosen.count, model.latent_dim))
        with running_app() as app:
            taken, decodes = measured(app.url, model, chosen.count, chosen.rounds)
    print(*(f"{name}: {words}" for name, words in heading("benchmarks.map_routes").items()), sep="\n", end="\n\n")
    print("| asked for | ms (median / largest) | decode meanwhile, ms (median / p95) |\n|---|---|---|")
    for name, times in decodes.items():
        took = f"{np.median(taken[name]):.0f} / {max(taken[name]):.0f}" if name in taken else "–"
        print(f"| {name} | {took} | {np.median(times):.1f} / {np.quantile(times, 0.95):.1f} |")


if __name__ == "__main__":
    main()
