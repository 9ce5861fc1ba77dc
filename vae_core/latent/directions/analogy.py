"""a is to b as c is to what?"""

from __future__ import annotations

import numpy as np


def analogy(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """The latent d = c + (b − a), float32 (D,), with which a : b :: c : d; a, b and c float32 (D,).

    Where a is b, d is c, bit for bit; where a is c, d is b. Raises ValueError unless all are of one shape and finite.
    Source: Mikolov et al. 2013; for latents White 2016 (*Sampling Generative Networks*), section 3.1.
    """
    a, b, c = (np.asarray(latent, dtype=np.float64) for latent in (a, b, c))
    if a.ndim != 1 or a.size == 0 or not a.shape == b.shape == c.shape:
        raise ValueError(
            f"The latents have shapes {a.shape}, {b.shape} and {c.shape}; all must be (D,). Take one model's latents."
        )
    if not all(np.isfinite(latent).all() for latent in (a, b, c)):
        raise ValueError("A latent holds NaN or infinity; an analogy needs finite ones. Choose other images.")
    return (b if np.array_equal(a, c) else c + (b - a)).astype(np.float32)
