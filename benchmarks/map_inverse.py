"""How good the way back from a map of neighbours is: the latent it picks for a place, beside that of the nearest point.

    python -m benchmarks.map_inverse

On the stored latents of mnist-16d and fashion-16d (10,000 test images). Two ways to hold images out. *placed*: the map
is made of 9,000 images, the other 1,000 are placed on it as a new image is, and the way back starts from there. *left
out*: the map is made of all, and the way back knows only 9,000 of its points. Distances are Euclidean, in the latent
space, from the latent that is picked to the image's own; the mean over the 1,000. *nearest latent*: the nearest of the
9,000 in the latent space itself, which nobody can know from a place on the map. `--choose`: without these 1,000, the
same with another 1,000, to choose supporters and widths by.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.machine import heading
from vae_core.checkpoint import load_latents
from vae_core.latent.maps import WIDTHS, MapInverse, Neighbours, fit_map, map_quality, place_on_map
from vae_core.latent.maps.inverse import SUPPORTERS

METHODS = {
    "umap": {"components": 2, "neighbours": 15, "min_dist": 0.1, "seed": 0},
    "tsne": {"perplexity": 30, "seed": 0},
}
HELD_OUT = 1000


def mean_distance(picked: np.ndarray, true: np.ndarray) -> float:
    return float(np.linalg.norm(picked - true, axis=1).mean())


def figures(inverse: MapInverse, known: np.ndarray, places: np.ndarray, true: np.ndarray) -> dict[str, float]:
    started = time.perf_counter()
    picked = inverse.latent_at(places)
    took = time.perf_counter() - started
    return {
        "picked": mean_distance(picked.latents, true),
        "single": mean_distance(known[picked.rows[:, 0]], true),
        "best": float(Neighbours(known).nearest(true, 1)[1].mean()),
        "support": float(np.median(picked.support)),
        "microseconds": 1e6 * took / len(places),
    }


def parted(means: np.ndarray, options: argparse.Namespace) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The latents (N, D) that take part, the rows (1000,) of them that are held out, and the others."""
    shuffled = np.random.default_rng(options.seed).permutation(len(means))
    used = np.sort(shuffled[HELD_OUT if options.choose else 0 :])
    held = np.isin(used, shuffled[HELD_OUT : 2 * HELD_OUT] if options.choose else shuffled[:HELD_OUT])
    return means[used], np.flatnonzero(held), np.flatnonzero(~held)


def lines(model: str, method: str, options: argparse.Namespace) -> None:
    means, out, kept = parted(load_latents(options.checkpoints / model).mean[: options.images], options)
    fitted = fit_map(means[kept], method, METHODS[method])
    whole = fit_map(means, method, METHODS[method])
    trust = map_quality(means, whole.points).trustworthiness
    ways = {
        "placed": (fitted.points, place_on_map(fitted, means[out])),
        "left out": (whole.points[kept], whole.points[out]),
    }
    for way, (points, places) in ways.items():
        for supporters in options.supporters:
            for width in options.widths or [WIDTHS[method]]:
                inverse = MapInverse(points, means[kept], width, supporters)
                found = figures(inverse, means[kept], places, means[out])
                print(
                    f"| {model} | {method} ({trust:.3f}) | {way} | {supporters}, {width} | {found['picked']:.3f} |"
                    f" {found['single']:.3f} | {found['best']:.3f} | {found['picked'] / found['single']:.2f} |"
                    f" {found['support']:.2f} | {found['microseconds']:.0f} |",
                    flush=True,
                )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoints", type=Path, default=Path("checkpoints"))
    parser.add_argument("--models", nargs="+", default=["mnist-16d", "fashion-16d"])
    parser.add_argument("--methods", nargs="+", choices=list(METHODS), default=list(METHODS))
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--supporters", nargs="+", type=int, default=[SUPPORTERS])
    parser.add_argument("--widths", nargs="+", type=float, help="default: that of the method")
    parser.add_argument("--choose", action="store_true", help="hold out images that are not those reported on")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(*(f"{key}: {value}" for key, value in heading("benchmarks.map_inverse").items()), sep="\n")
    print("\n| model | map (trustworthiness) | held out | supporters, width | distance | single nearest point"
          " | nearest latent | ratio | support, median | µs a place |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|")
    for model in options.models:
        for method in options.methods:
            lines(model, method, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
