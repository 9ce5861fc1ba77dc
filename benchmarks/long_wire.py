"""The hand on a long wire: the drag of `benchmarks.drag` through a proxy that adds 80 ms to each direction.

    python -m benchmarks.long_wire [--delay 0.08] [--seconds 4] [--repeats 3] [--models mnist-16d]

Goals: 30 frames a second of distinct latents, and each picture at most one round trip plus 20 ms old when it is written
(95 % of them). With one request on its way at a time a round trip of 160 ms would allow 6 pictures a second.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from benchmarks.drag import drag_on_sliders
from benchmarks.machine import heading
from tools.browser import open_browser
from tools.long_wire import long_wire
from tools.running_app import running_app

GOAL_PICTURES, GOAL_OLDER_MS = 30.0, 20.0


def main() -> int:
    """Prints one JSON line per drag; the exit status says whether all came to the goals."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--delay", type=float, default=0.08, help="seconds in each direction")
    options.add_argument("--seconds", type=float, default=4.0, help="length of one drag")
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--models", nargs="+", default=["mnist-16d"])
    chosen = options.parse_args()
    print(json.dumps(heading("benchmarks.long_wire")), flush=True)
    good, oldest = True, 2000 * chosen.delay + GOAL_OLDER_MS
    with running_app() as app, open_browser() as browser, long_wire(app.url, chosen.delay) as url:
        for model in chosen.models:
            for _ in range(chosen.repeats):
                figures = drag_on_sliders(browser, url, model, chosen.seconds)
                print(json.dumps(asdict(figures) | {"goal_p95_ms": oldest}), flush=True)
                good &= figures.pictures_per_second >= GOAL_PICTURES and (figures.p95_ms or oldest + 1) <= oldest
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
