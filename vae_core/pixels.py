"""Pictures as bytes: one rounding for everything that is shown or written."""

from __future__ import annotations

import torch
from torch import Tensor

HALF = torch.tensor(0.5)


def to_pixels(pictures: Tensor) -> Tensor:
    """Pixels uint8 of pictures float in [0, 1], same shape: times 255, rounded, halves up.

    Two operators, because each one gives the interpreter lock up and the live path waits for it.
    """
    return torch.add(HALF, pictures, alpha=255).to(torch.uint8)  # whole numbers cut off what is behind the point
