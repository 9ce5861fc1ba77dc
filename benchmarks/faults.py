"""Runs and servers killed at random moments, a full disk, a folder that is removed: what is lost, broken, shown wrong.

    python -m benchmarks.faults [--parts runs servers disk folder] [--kills 50] [--server-kills 20]
        [--out benchmarks/results/faults.json]

Tiny runs on the bundled digits, started as the page Train starts them (processes of their own, with snapshots).

runs: one run after the other is killed with SIGKILL at a random moment, while it starts, trains, saves, measures; then
every file is read, the run must be shown as failed and is continued. Each that comes to its end must have the weights
of a run left alone, bit for bit.
servers: two servers on one folder with a run and a queue. One of them is killed at a random moment, every second time
the run with it, and started anew; runs must go on, and the queue must start each run once, one at a time.
disk: a file system of a few megabytes is filled up while a run trains; the run must wait, say so, go on when there is
room, and end with the weights of a run left alone. A run that is started on the full disk must be refused in words.
folder: a run's folder is removed, or moved, while it trains; its process must end and write nothing again.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.fault_checks import Faults
from benchmarks.fault_parts import fill_disk, kill_runs, kill_servers, remove_folders
from benchmarks.machine import heading

WORK = {"runs": kill_runs, "servers": kill_servers, "disk": fill_disk, "folder": remove_folders}


def options_of(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=WORK, default=list(WORK))
    parser.add_argument("--kills", type=int, default=50, help="of runs (50)")
    parser.add_argument("--server-kills", type=int, default=20, help="of servers (20)")
    parser.add_argument("--fills", type=int, default=3, help="of the small disk (3)")
    parser.add_argument("--removals", type=int, default=10, help="of a run's folder (10)")
    parser.add_argument("--epochs", type=int, default=600, help="of 13 steps each, of a run that ends (600)")
    parser.add_argument("--disk-bytes", type=int, default=6_000_000, help="of the small file system")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--out", type=Path, help="a JSON file that keeps the figures of each part")
    parser.add_argument("--add", action="store_true", help="to the figures in that file, for a part done in pieces")
    return parser.parse_args(arguments)


def keep(file: Path, part: str, found: dict, add: bool) -> None:
    """Write the figures of a part into the file, or add them to those that are there."""
    kept = json.loads(file.read_text()) if file.exists() else {}
    before = kept.get(part)
    if add and before:
        counts = ("seconds", "runs lost", "corrupted files", "wrong states")
        found = {
            **found,
            **{name: before[name] + found[name] for name in counts},
            "faults": dict(Counter(before["faults"]) + Counter(found["faults"])),
            "notes": before["notes"] + found["notes"],
            "command": f"{before['command']}; {found['command']}",
        }
    file.write_text(json.dumps({**kept, part: found}, indent=1) + "\n")


def main() -> int:
    options = options_of()
    results = {}
    for part in options.parts:
        faults, started = Faults(), time.monotonic()
        WORK[part](options, faults)
        facts = {"seconds": round(time.monotonic() - started), **faults.as_dict()}
        results[part] = {**heading("benchmarks.faults"), **facts}
        print(json.dumps({part: results[part]}, indent=1), flush=True)
        if options.out:
            keep(options.out, part, results[part], options.add)
    return int(any(part["runs lost"] + part["corrupted files"] + part["wrong states"] for part in results.values()))


if __name__ == "__main__":
    sys.exit(main())
