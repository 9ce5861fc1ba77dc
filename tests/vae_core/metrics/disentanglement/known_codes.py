"""Factors drawn evenly, and codes whose disentanglement is known."""

from __future__ import annotations

import numpy as np

SIZES = (3, 6, 20, 12, 2)
ORDERED = (False, True, True, True, False)


def factors(count: int = 3000, seed: int = 0) -> np.ndarray:
    """Independent factors int64 (N, 5) with ``SIZES`` values, evenly drawn."""
    generator = np.random.default_rng(seed)
    return np.stack([generator.integers(size, size=count) for size in SIZES], axis=1)


def true_codes(known: np.ndarray, noise: int = 3, seed: int = 1) -> np.ndarray:
    """Each factor on a latent of its own, in reverse order and scaled, and ``noise`` latents that say nothing.

    float32 (N, 5 + noise), noise first: more latents than factors, and no latent at its factor's place.
    """
    scaled = known[:, ::-1] / known[:, ::-1].std(axis=0)
    return np.concatenate([noise_codes(len(known), noise, seed), scaled], axis=1).astype(np.float32)


def noise_codes(count: int, latents: int = 10, seed: int = 1) -> np.ndarray:
    """Latents that know nothing, float32 (N, D), standard normal."""
    return np.random.default_rng(seed).standard_normal((count, latents)).astype(np.float32)


def permuted_and_turned(codes: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The codes with columns in another order and some signs changed, and that order."""
    generator = np.random.default_rng(seed)
    order = generator.permutation(codes.shape[1])
    signs = generator.choice(np.array([-1, 1], np.float32), codes.shape[1])
    return codes[:, order] * signs, order
