"""Time, memory and quality of each projection of 16-dimensional latents, beside the libraries' own defaults.

    python -m benchmarks.projections --data-dir DATA_DIR

The latents are the posterior means of MNIST under mnist-16d: of the first 1,797 test images, of all 10,000, and of all
70,000 images. Each line is a process of its own: a tiny fit first, which imports and compiles ("ready"), then the fit.
CPU seconds are those of all threads: on a machine that others use too they say more than the clock. Memory is the most
that the process held during the fit, less what it held before (Linux only).

Sides: `ours` is what a map on the page takes; `umap-learn` UMAP() as it comes, seeded UMAP(random_state=0); `openTSNE`
TSNE() as it comes; `scikit-learn` PCA(2); `pacmap` PaCMAP() where it is installed. DATA_DIR holds mnist/; without it
only the 10,000 stored latents are there. The goal: UMAP of 70,000 in 60 s on two cores.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.machine import heading
from vae_core.checkpoint import load_checkpoint, load_latents
from vae_core.data import load_recorded
from vae_core.latent.maps import fit_map, map_quality
from vae_core.latents import posterior_means

UMAP = {"components": 2, "neighbours": 15, "min_dist": 0.1, "seed": 0}
TINY = 300
Fit = Callable[[np.ndarray], np.ndarray]


def ours(method: str, parameters: dict) -> Fit:
    return lambda means: fit_map(means, method, parameters).points


def umap_learn(**options: int) -> Fit:
    def fit(means: np.ndarray) -> np.ndarray:
        from umap import UMAP as Reducer

        return Reducer(**options).fit_transform(means)

    return fit


def open_tsne(means: np.ndarray) -> np.ndarray:
    from openTSNE import TSNE

    return np.asarray(TSNE().fit(means))


def scikit_pca(means: np.ndarray) -> np.ndarray:
    from sklearn.decomposition import PCA

    return PCA(2).fit_transform(means)


def pacmap(means: np.ndarray) -> np.ndarray:
    from pacmap import PaCMAP

    return PaCMAP().fit_transform(means)


SIDES: dict[str, tuple[str, Fit]] = {
    "pca": ("ours", ours("pca", {"components": 2})),
    "pca-scikit": ("scikit-learn", scikit_pca),
    "umap": ("ours", ours("umap", UMAP)),
    "umap-3d": ("ours, 3 components", ours("umap", {**UMAP, "components": 3})),
    "umap-default": ("umap-learn", umap_learn()),
    "umap-seeded": ("umap-learn, seeded", umap_learn(random_state=0)),
    "tsne": ("ours", ours("tsne", {"perplexity": 30, "seed": 0})),
    "tsne-default": ("openTSNE", open_tsne),
    "pacmap": ("pacmap", pacmap),
}


def latents(data_dir: Path | None) -> dict[int, np.ndarray]:
    """Posterior means by how many they are."""
    folder = Path("checkpoints") / "mnist-16d"
    stored = load_latents(folder).mean
    found = {1797: stored[:1797], len(stored): stored}
    if data_dir is not None:
        checkpoint = load_checkpoint(folder)
        images = load_recorded(checkpoint.config.data, data_dir / "mnist")
        found[len(images)] = posterior_means(checkpoint.vae, images.images, images.labels)
    return found


def megabytes(field: str) -> float:
    """VmRSS, what the process holds, or VmHWM, the most that it held; Linux only."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.search(rf"{field}:\s+(\d+) kB", status)[1]) / 1024


def forget_most() -> None:
    """From now on VmHWM counts anew."""
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")


def measure(side: str, file: Path) -> dict[str, float]:
    """One line's figures, in this process."""
    means, fit = np.load(file), SIDES[side][1]
    started = time.perf_counter()
    fit(np.random.default_rng(0).standard_normal((TINY, means.shape[1])).astype(np.float32))
    ready, before = time.perf_counter() - started, megabytes("VmRSS")
    forget_most()
    started, worked = time.perf_counter(), time.process_time()
    points = fit(means)
    took, worked = time.perf_counter() - started, time.process_time() - worked
    memory = megabytes("VmHWM") - before
    quality = map_quality(means, points)
    return {
        "ready": ready,
        "seconds": took,
        "cpu": worked,
        "megabytes": memory,
        "trustworthiness": quality.trustworthiness,
        "continuity": quality.continuity,
    }


def line(side: str, count: int, file: Path) -> str:
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.projections", "--measure", side, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return f"| {side.partition('-')[0]} | {SIDES[side][0]} | {count:,} | left out: {reason} | | | | |"
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return (
        f"| {side.partition('-')[0]} | {SIDES[side][0]} | {count:,} | {found['ready']:.1f} | {found['seconds']:.1f} |"
        f" {found['cpu']:.1f} | {found['megabytes']:.0f} | {found['trustworthiness']:.3f} / {found['continuity']:.3f} |"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, help="a folder that holds mnist/")
    parser.add_argument("--sides", nargs="+", choices=list(SIDES), default=[key for key in SIDES if key != "pacmap"])
    parser.add_argument("--counts", nargs="+", type=int, default=[1797, 10_000, 70_000])
    parser.add_argument("--measure", nargs=2, metavar=("SIDE", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        warnings.simplefilter("ignore")
        print(json.dumps(measure(options.measure[0], Path(options.measure[1]))))
        return 0
    print(*(f"{key}: {value}" for key, value in heading("benchmarks.projections").items()), sep="\n")
    print("\n| method | side | latents | ready, s | fit, s | CPU, s | memory, MB | trustworthiness / continuity |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for count, means in latents(options.data_dir).items():
            if count in options.counts:
                file = Path(folder) / f"{count}.npy"
                np.save(file, means)
                for side in options.sides:
                    print(line(side, count, file), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
