"""Numbers too small to matter (denormals, under 1.2e-38) count as zero while a model trains."""

from __future__ import annotations

import torch


def flush_denormals() -> bool:
    """Let this process take denormal numbers as zero; False where the processor cannot.

    The moments of weights that no longer get a gradient (pixels that are never lit, latents that have collapsed)
    shrink by a factor per step until they are denormal, and arithmetic on those is many times slower.
    Threads take the setting from the thread that starts them: call it before the first work on tensors.
    """
    return torch.set_flush_denormal(True)
