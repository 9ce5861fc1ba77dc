"""The presets of Train on the data sets that the project knows: what each gives, and how long it takes.

    python -m benchmarks.presets --data-root DATA_DIR [--data digits mnist] [--presets first-map] [--out FILE]

Each is trained by the command line with exactly the settings that the form would show, to its end. Scores are those of
evaluation.json, on the test split: −ELBO in nats per image (of the preset's own likelihood: not to be compared between
likelihoods), PSNR in dB and SSIM of E[x|z] at the posterior mean, active units, total correlation in nats.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.machine import heading
from vae_core.command_line.options import flag_of
from vae_core.data import DATA_VARIABLE, DataOutline, data_outline
from vae_core.presets import PRESETS, preset_values, presets_for

PROJECT = Path(__file__).resolve().parent.parent
COLUMNS = ("negative_elbo", "kl", "psnr", "ssim", "active_units", "total_correlation")


def options_of(preset: str, data: DataOutline) -> list[str]:
    """The options of `train` that the form would give."""
    words: list[str] = []
    for name, value in preset_values(preset, data).items():
        flag = flag_of("classes" if name == "conditional" else name)
        words += [flag] if value is True else [flag, str(value)]
    return words


def trained(preset: str, data: DataOutline, threads: int, environment: dict[str, str]) -> dict:
    """One preset on one data set: its command, the time it took, its scores."""
    with tempfile.TemporaryDirectory() as place:
        options = ["--data", data.name, *options_of(preset, data), "--no-download"]
        command = [sys.executable, "-m", "vae_core", "train", *options, "--threads", str(threads)]
        began = time.monotonic()
        subprocess.run(
            [*command, "--out", f"{place}/run"], cwd=PROJECT, env=environment, check=True, stdout=subprocess.DEVNULL
        )
        seconds = time.monotonic() - began
        scores = json.loads((Path(place) / "run" / "evaluation.json").read_text())
    return {
        "data": data.name,
        "preset": preset,
        "options": " ".join(options),
        "seconds": round(seconds, 1),
        "epochs": scores["training"]["epochs"],
        "latent_dim": len(scores["kl_per_dimension"]),
        **{name: scores[name] for name in COLUMNS},
    }


def row(found: dict) -> str:
    """The result as a line of the table."""
    loss, kl, psnr, ssim, active, tc = (found[name] for name in COLUMNS)
    figures = [
        "–" if loss is None else f"{loss:.1f}",
        f"{kl:.1f}",
        f"{psnr:.1f}",
        f"{ssim:.3f}",
        f"{active} of {found['latent_dim']}",
        "–" if tc is None else f"{tc:.2f}",
    ]
    cells = [found["data"], PRESETS[found["preset"]].label, str(found["epochs"]), f"{found['seconds']:.0f} s", *figures]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Prints the table, a row as soon as it is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", type=Path, required=True, help="the folder that holds mnist/ and fashion/")
    parser.add_argument("--data", nargs="+", default=["digits", "mnist"])
    parser.add_argument("--presets", nargs="+", default=list(PRESETS))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    os.environ[DATA_VARIABLE] = str(chosen.data_root)
    head = heading("benchmarks.presets")
    print(*head.values(), sep="\n")
    print("\n| data | preset | epochs | time | −ELBO | KL | PSNR | SSIM | active units | total correlation |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    results = []
    for name in chosen.data:
        data = data_outline(name)
        for preset in [each.name for each in presets_for(data) if each.name in chosen.presets]:
            results.append(trained(preset, data, chosen.threads, dict(os.environ)))
            print(row(results[-1]), flush=True)
    if chosen.out:
        chosen.out.write_text(json.dumps({**head, "presets": results}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
