"""Seeds of the independent random streams of one training run."""

from __future__ import annotations

import numpy as np
import torch

WEIGHTS, ORDER, STEPS, VALIDATION, PREVIEW, ADVERSARY = range(6)


def stream_seed(seed: int, stream: int, *place: int) -> int:
    """A seed for one stream (and a place in it, such as an epoch), unrelated to all others, in 0..2**63 - 1."""
    word = np.random.SeedSequence((seed, stream, *place)).generate_state(1, np.uint64)[0]
    return int(word >> np.uint64(1))


def stream_generator(seed: int, stream: int) -> torch.Generator:
    """A torch generator at the start of one stream."""
    return torch.Generator().manual_seed(stream_seed(seed, stream))
