"""The task that judges how dense the encoded images lie around each of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from jobs.progress import Report
from jobs.source_latents import encoded_images
from vae_core.latent import spread_posterior

AT_ONCE = 1024  # images between two reports
MOST_TERMS = 2 * 10**8  # of all sums together: 10,000 images among one another take some 5 s
COMPONENTS = (1_000, 10_000)  # the fewest and the most images that the density is made of


def log_density_task(root: str | Path, model: str, source: str, report: Report, seed: int = 0) -> np.ndarray:
    """log q(z) in nats, float32 (N,), at the posterior mean of each image of a source, its own component left out.

    q is the aggregated posterior of the source; where there are more than 10,000 images, that of a sample of them drawn
    from the seed, of 1,000 images or more, so that it takes seconds.
    source: "reference", or the id of encoded images in the app's cache. Raises MapError when there are none
    such, ValueError for fewer than 2 images.
    """
    report(0.0, "Reading the encoded images")
    images = encoded_images(root, model, source)
    mean, std = images.mean, images.std
    if len(mean) < 2:
        raise ValueError(f"There is {len(mean)} encoded image; a density among the others needs 2. Encode more images.")
    components = int(np.clip(MOST_TERMS // len(mean), *COMPONENTS))
    chosen = np.sort(np.random.default_rng(seed).permutation(len(mean))[:components])
    among = spread_posterior(mean[chosen], std[chosen])
    place = np.full(len(mean), -1)
    place[chosen] = np.arange(len(chosen))
    found = np.empty(len(mean), dtype=np.float32)
    for start in range(0, len(mean), AT_ONCE):
        report(start / len(mean), f"Judging image {start + 1:,} of {len(mean):,}")
        rows = np.arange(start, min(start + AT_ONCE, len(mean)))
        for own in (rows[place[rows] >= 0], rows[place[rows] < 0]):
            if len(own):
                without = place[own] if place[own[0]] >= 0 else None
                found[own] = among.log_prob(mean[own], without=without)
    return found
