"""Numbers too small to matter (denormals, under 1.2e-38) count as zero while a model trains."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def denormals_flushed() -> Iterator[bool]:
    """Inside it this thread takes denormal numbers as zero; gives False where the processor cannot.

    The moments of weights that no longer get a gradient (pixels that are never lit, latents that have collapsed)
    shrink by a factor per step until they are denormal, and arithmetic on those is many times slower.
    torch's threads take the setting from the one that starts them, for good: so begin before the first large operation.
    """
    before = _are_flushed()
    possible = torch.set_flush_denormal(True)
    try:
        yield possible
    finally:
        torch.set_flush_denormal(before)


def _are_flushed() -> bool:
    return float(torch.full((1,), 1e-30) * 1e-9) == 0
