"""Whether the gauge is right: held-out images that are none of its rows should spread evenly over it.

    python -m benchmarks.usualness --data-dir DATA_DIR

Judges, on each shipped model, the posterior means of images of the validation split (they chose the epoch, but trained
nothing, and are none of the reference rows), and beside them samples of the prior, draws from the posteriors of the
same images, and images of noise: uniform noise, and real images with their pixels shuffled. Then how long it takes.
DATA_DIR holds mnist/ and fashion/; models whose data is not there are left out. The goal is a median of 50 ± 5 on
mnist-16d.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch

from benchmarks.machine import heading
from vae_core.checkpoint import Checkpoint, load_checkpoint, load_latents
from vae_core.data import DataError, ImageSet, load_recorded
from vae_core.latent import Usualness, measure_usualness
from vae_core.latents import posterior_means
from vae_core.vae import VAE

MODELS = ("mnist-16d", "mnist-2d", "fashion-16d", "fashion-2d", "digits-8d", "digits-2d")
MOST_IMAGES = 5000
NOISE_IMAGES = 2000
TIMED = 200


def populations(checkpoint: Checkpoint, images: ImageSet, seed: int) -> dict[str, np.ndarray]:
    """What is judged, by name: latents float32 (B, D)."""
    generator = np.random.default_rng(seed)
    held_out = images.images[images.validation[:MOST_IMAGES]]
    some = held_out[:NOISE_IMAGES]
    noise = generator.integers(0, 256, (NOISE_IMAGES, *some.shape[1:]), dtype=np.uint8)
    shuffled = np.stack([generator.permutation(image.ravel()).reshape(image.shape) for image in some])
    encoded = {"validation images": held_out, "uniform noise": noise, "shuffled pixels": shuffled}
    prior = checkpoint.vae.sample_prior(MOST_IMAGES, torch.Generator().manual_seed(seed))
    return {
        **{name: posterior_means(checkpoint.vae, pixels, None) for name, pixels in encoded.items()},
        "prior samples": prior.numpy(),
        "posterior draws of validation images": posterior_draws(checkpoint.vae, held_out, seed),
    }


@torch.inference_mode()
def posterior_draws(vae: VAE, images: np.ndarray, seed: int) -> np.ndarray:
    """One draw of q(z|x), float32 (N, D), of each image uint8 (N, C, H, W)."""
    posterior = vae.encode(torch.from_numpy(images).float() / 255)
    noise = torch.randn(posterior.mean.shape, generator=torch.Generator().manual_seed(seed))
    return (posterior.mean + posterior.stddev * noise).numpy()


def figures(gauge: Usualness, latents: np.ndarray) -> dict[str, float]:
    """Quartiles of the percentile, Kolmogorov–Smirnov distance from an even spread, share of verdicts in percent."""
    judged = gauge.judge(latents, nearest=0)
    rising = np.sort(judged.percentile) / 100
    steps = np.arange(len(rising) + 1) / len(rising)
    return {
        **dict(zip(("lower", "median", "upper"), np.percentile(judged.percentile, (25, 50, 75)), strict=True)),
        "ks": float(max(np.abs(rising - steps[1:]).max(), np.abs(rising - steps[:-1]).max())),
        **{verdict: 100 * judged.verdict.count(verdict) / len(latents) for verdict in ("rare", "never seen")},
    }


def timed(gauge: Usualness, latents: np.ndarray, exact: bool) -> np.ndarray:
    """Milliseconds to judge one latent, float64 (200,)."""
    found = []
    for latent in latents[:TIMED]:
        started = time.perf_counter()
        gauge.judge(latent[None], exact=exact)
        found.append(1000 * (time.perf_counter() - started))
    return np.array(found)


def report(name: str, options: argparse.Namespace) -> None:
    folder = options.checkpoints / name
    checkpoint, latents = load_checkpoint(folder), load_latents(folder)
    data = checkpoint.config.data
    place = options.data_dir / data.name if options.data_dir and data.name != "digits" else None
    try:
        images = load_recorded(data, place, download=False)
    except DataError as problem:
        print(f"{name}: left out, {problem}")
        return
    started, worked = time.perf_counter(), time.process_time()
    gauge = measure_usualness(latents.mean, latents.std, latents.split)
    took, worked = time.perf_counter() - started, time.process_time() - worked
    judged = populations(checkpoint, images, options.seed)
    for population, places in judged.items():
        found = figures(gauge, places)
        print(
            f"| {name} | {population} | {len(places):,} | {found['lower']:.1f} / {found['median']:.1f} /"
            f" {found['upper']:.1f} | {found['ks']:.3f} | {found['rare']:.1f} | {found['never seen']:.1f} |"
        )
    exact, near = (timed(gauge, judged["prior samples"], exact) for exact in (True, False))
    print(
        f"{name}: {len(latents):,} rows x {latents.mean.shape[1]}: measured in {took:.2f} s ({worked:.2f} s of CPU),"
        f" one latent exact {np.median(exact):.2f} ms (fastest {exact.min():.2f}), near {np.median(near):.2f} ms"
        f" (fastest {near.min():.2f})",
        file=sys.stderr,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, help="a folder that holds mnist/ and fashion/")
    parser.add_argument("--checkpoints", type=Path, default=Path("checkpoints"))
    parser.add_argument("--models", nargs="+", default=MODELS)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(*(f"{key}: {value}" for key, value in heading("benchmarks.usualness").items()), sep="\n")
    print("\n| model | judged | how many | percentile, quartiles | KS distance | rare, % | never seen, % |")
    print("|---|---|---|---|---|---|---|")
    for name in options.models:
        report(name, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
