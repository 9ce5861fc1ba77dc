"""Which latent dimensions carry something."""

from __future__ import annotations

import numpy as np

SMALLEST_ACTIVE_VARIANCE = 0.01


def kl_per_dimension(means: np.ndarray, stds: np.ndarray) -> np.ndarray:
    """KL from the posterior to the standard normal prior, averaged over images: float32 (D,), in nats.

    means, stds: float32 (N, D), stds > 0. Source: Kingma and Welling 2014, appendix B.
    """
    variances = np.square(stds, dtype=np.float64)
    terms = 0.5 * (np.square(means, dtype=np.float64) + variances - 1 - np.log(variances))
    return terms.mean(axis=0).astype(np.float32)


def active_units(means: np.ndarray, threshold: float = SMALLEST_ACTIVE_VARIANCE) -> np.ndarray:
    """Which dimensions are active, bool (D,): the posterior mean's variance over images > ``threshold``.

    means: float32 (N, D). Source: Burda, Grosse, Salakhutdinov 2015, section 5.2 (variance above 0.01).
    """
    return means.var(axis=0, dtype=np.float64) > threshold
