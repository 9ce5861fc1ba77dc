"""A hand on Sliders while another person has all 70,000 images of MNIST mapped by UMAP in a worker.

    python -m benchmarks.map_drag --data-root DATA_DIR [--seconds 4] [--repeats 3]

Each map has a seed of its own, so that none comes from the cache; a drag counts while its map is still computed. Beside
it the same drag alone. Input to pixels and pictures per move as in `benchmarks.drag`. Goal: p95 of 33 ms.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from benchmarks.drag import drag_on_sliders
from benchmarks.machine import heading
from benchmarks.map_first_draw import MODEL, ask_for_map, encode_all
from tools.browser import open_browser
from tools.running_app import running_app

GOAL_MS = 33


def main() -> None:
    """Prints one JSON line per drag: alone, then beside a map; "during" says how the map stood before and after."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data-root", type=Path, required=True, help="a folder that holds mnist/")
    options.add_argument("--seconds", type=float, default=4.0, help="length of one drag")
    options.add_argument("--repeats", type=int, default=3, help="drags of each kind")
    chosen = options.parse_args()
    print(json.dumps(heading("benchmarks.map_drag")), flush=True)
    with running_app(data=chosen.data_root) as app, open_browser() as browser:
        encode_all(app.url)
        for seed in range(1, chosen.repeats + 1):
            alone = drag_on_sliders(browser, app.url, MODEL, chosen.seconds)
            print(json.dumps({"beside": "nothing", **asdict(alone)}), flush=True)
            umap = {"components": 2, "seed": seed}
            before = ask_for_map(app.url, "umap", umap)
            beside = drag_on_sliders(browser, app.url, MODEL, chosen.seconds)
            during = [said["state"] for said in (before, ask_for_map(app.url, "umap", umap))]
            met = beside.p95_ms is not None and beside.p95_ms <= GOAL_MS
            print(
                json.dumps({"beside": "UMAP", "during": during, **asdict(beside), "goal_ms": GOAL_MS, "met": met}),
                flush=True,
            )


if __name__ == "__main__":
    main()
