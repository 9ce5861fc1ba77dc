"""Whether the geodesic is the shortest way in pictures, how much it saves, and how long it takes.

    python -m benchmarks.paths --pairs 100 --out benchmarks/results/paths.json

For pairs of reference latents drawn by the seed, on each shipped model: the straight way, the great circle, the way
along the data (ten nearest neighbours) and the geodesic of 32 points. Lengths in pictures are measured on 513 points or
more of each path as the page draws it. The goals: no geodesic longer than the straight way or the great circle by more
than 0.5 %; 32 points on mnist-16d within 1 s of one busy core. Beside them: the lowest log q(z) on the way.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch

from benchmarks.machine import heading
from vae_core.checkpoint import list_checkpoints, load_checkpoint, load_latents
from vae_core.latent import (
    AggregatedPosterior,
    DataGraph,
    ImageMetric,
    KeyedPath,
    along_data,
    geodesic_through,
    linear_through,
    measure_path,
    slerp_through,
    spread_posterior,
)

KNOTS = 32
FINE = 513
DENSITIES = 65  # points at which the density is taken: 10,000 components at each
ALLOWED = 1.005
KINDS = ("linear", "slerp", "along the data", "geodesic")
COLUMNS = (
    "model",
    "pairs",
    "linear / slerp / along the data / geodesic, median length",
    "geodesic over the shorter of linear and slerp: median / largest",
    "seconds of CPU: median / p95",
    "lowest log q(z), median of linear / slerp / along the data / geodesic",
)


def measured(
    keys: np.ndarray, metric: ImageMetric, posterior: AggregatedPosterior, graph: DataGraph
) -> dict[str, dict[str, float]]:
    """Length in pictures, evenness, lowest log density and seconds of each kind of path between two latents (2, D)."""
    found = {}
    for kind in KINDS:
        started, worked = time.perf_counter(), time.process_time()
        path = _path(kind, keys, metric, graph)
        took, worked = time.perf_counter() - started, time.process_time() - worked
        figures = measure_path(path, metric)
        density = posterior.log_prob(path.at(np.linspace(0, 1, DENSITIES))).min()
        found[kind] = {
            "length": figures.image_length,
            "evenness": figures.evenness,
            "lowest_log_density": float(density),
            "seconds": took,
            "cpu_seconds": worked,
        }
    return found


def _path(kind: str, keys: np.ndarray, metric: ImageMetric, graph: DataGraph) -> KeyedPath:
    if kind == "geodesic":
        return geodesic_through(keys, metric, KNOTS)
    if kind == "along the data":
        return along_data(keys, graph, FINE)
    return {"linear": linear_through, "slerp": slerp_through}[kind](keys, FINE)


def of_model(folder: Path, pairs: int, seed: int) -> dict:
    """The figures of so many pairs of a model's reference latents."""
    checkpoint, latents = load_checkpoint(folder), load_latents(folder)
    label = 0 if checkpoint.vae.classes else None
    metric, graph = ImageMetric(checkpoint.vae.eval(), label), DataGraph(latents.mean)
    posterior = spread_posterior(latents.mean, latents.std)
    generator = np.random.default_rng(seed)
    rows = [generator.choice(len(latents), 2, replace=False) for _ in range(pairs)]
    measured(latents.mean[rows[0]], metric, posterior, graph)  # what loads at the first use is not timed
    found = [measured(latents.mean[each], metric, posterior, graph) for each in rows]
    return {"metric": metric.words, "pairs": found, "summary": summary(found)}


def summary(found: list[dict[str, dict[str, float]]]) -> dict:
    """Medians over the pairs, and the worst ratio of the geodesic to the shorter of the straight way and slerp."""
    figures = {
        kind: {name: np.array([each[kind][name] for each in found]) for name in found[0][kind]} for kind in KINDS
    }
    shorter = np.minimum(figures["linear"]["length"], figures["slerp"]["length"])
    ratios = figures["geodesic"]["length"] / np.maximum(shorter, 1e-12)
    seconds = figures["geodesic"]["cpu_seconds"]
    return {
        "length": {kind: float(np.median(figures[kind]["length"])) for kind in KINDS},
        "evenness": {kind: float(np.median(figures[kind]["evenness"])) for kind in KINDS},
        "lowest_log_density": {kind: float(np.median(figures[kind]["lowest_log_density"])) for kind in KINDS},
        "ratio_median": float(np.median(ratios)),
        "ratio_largest": float(ratios.max()),
        "longer_than_allowed": int((ratios > ALLOWED).sum()),
        "cpu_seconds_median": float(np.median(seconds)),
        "cpu_seconds_p95": float(np.quantile(seconds, 0.95)),
        "seconds_median": float(np.median(figures["geodesic"]["seconds"])),
    }


def row(name: str, pairs: int, found: dict) -> str:
    """A model's line of the table."""
    lengths = " / ".join(f"{found['length'][kind]:.2f}" for kind in KINDS)
    densities = " / ".join(f"{found['lowest_log_density'][kind]:.1f}" for kind in KINDS)
    return (
        f"| {name} | {pairs} | {lengths} | {found['ratio_median']:.3f} / {found['ratio_largest']:.4f} |"
        f" {found['cpu_seconds_median']:.2f} / {found['cpu_seconds_p95']:.2f} | {densities} |"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoints", type=Path, default=Path("checkpoints"))
    parser.add_argument("--models", nargs="+", help="all of the folder by default")
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="a JSON file for the figures of every pair")
    options = parser.parse_args()
    torch.set_num_threads(1)
    head = heading("benchmarks.paths")
    print(*(f"{key}: {value}" for key, value in head.items()), sep="\n")
    print(f"\n| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    names = options.models or sorted(each.name for each in list_checkpoints(options.checkpoints))
    models = {}
    for name in names:
        models[name] = of_model(options.checkpoints / name, options.pairs, options.seed)
        print(row(name, options.pairs, models[name]["summary"]), flush=True)
        if options.out:
            _keep(options.out, head, models)
    worst = max(each["summary"]["ratio_largest"] for each in models.values())
    print(f"\nlargest ratio {worst:.4f}; allowed {ALLOWED}: {'met' if worst <= ALLOWED else 'NOT met'}")
    return 0 if worst <= ALLOWED else 1


def _keep(file: Path, head: dict[str, str], models: dict) -> None:
    """Into the file, beside the models that it has of earlier runs."""
    earlier = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    file.write_text(json.dumps({**earlier, **_short(models, head)}, indent=1) + "\n", encoding="utf-8")


def _short(models: dict, head: dict[str, str]) -> dict:
    """The same with the lengths alone of every pair, and all with 5 figures."""
    return {
        name: {
            **head,
            "metric": each["metric"],
            "summary": _rounded(each["summary"]),
            "lengths": {kind: [float(f"{pair[kind]['length']:.5g}") for pair in each["pairs"]] for kind in KINDS},
        }
        for name, each in models.items()
    }


def _rounded(figures: dict) -> dict:
    return {
        name: _rounded(value) if isinstance(value, dict) else float(f"{value:.5g}") for name, value in figures.items()
    }


if __name__ == "__main__":
    sys.exit(main())
