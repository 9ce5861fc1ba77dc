"""Random numbers for the images of a batch, the same however many processes share the batch."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Noise:
    """The rows ``start`` to ``stop`` of noise that is drawn for all ``total`` images of a global batch.

    Each process draws the whole and keeps its part, so that every generator moves on alike and an image gets
    the noise that it would get in one process.
    """

    generator: torch.Generator
    start: int
    stop: int
    total: int


RandomSource = torch.Generator | Noise


def uniform(source: RandomSource, shape: tuple[int, ...], device: torch.device, rows: int = 0) -> Tensor:
    """Numbers in [0, 1), float32 of this shape; axis ``rows`` counts the images of this process."""
    return _drawn(torch.rand, source, shape, device, rows)


def normal(source: RandomSource, shape: tuple[int, ...], device: torch.device, rows: int = 0) -> Tensor:
    """Standard normal numbers, float32 of this shape; axis ``rows`` counts the images of this process."""
    return _drawn(torch.randn, source, shape, device, rows)


def words16(source: RandomSource, shape: tuple[int, ...], device: torch.device, rows: int = 0) -> Tensor:
    """Whole numbers from −32,768 to 32,767, int16 of this shape, all as likely; axis ``rows`` counts as above.

    Four come out of one draw of 64 bits: a third of the time that as many float32 numbers take.
    """
    return _drawn(_words16, source, shape, device, rows)


def row_orders(source: RandomSource, shape: tuple[int, int]) -> Tensor:
    """For each column its own random order of the rows, int64 of this shape; the same in every process."""
    generator = shared_generator(source)
    return torch.rand(shape, generator=generator, device=generator.device).argsort(dim=0)


def shared_generator(source: RandomSource) -> torch.Generator:
    """What to draw from when every process needs the same numbers, not a part of them."""
    return source.generator if isinstance(source, Noise) else source


def _words16(shape: tuple[int, ...], generator: torch.Generator, device: torch.device) -> Tensor:
    count = math.prod(shape)
    wide = torch.empty(-(-count // 4), dtype=torch.int64, device=device).random_(-(2**63), None, generator=generator)
    return wide.view(torch.int16)[:count].view(shape)


def _drawn(draw, source: RandomSource, shape: tuple[int, ...], device: torch.device, rows: int) -> Tensor:
    generator = shared_generator(source)
    whole = shape if not isinstance(source, Noise) else (*shape[:rows], source.total, *shape[rows + 1 :])
    # Drawn where the generator lives: one that was seeded on the processor gives the same numbers to any device.
    drawn = draw(whole, generator=generator, device=generator.device)
    if isinstance(source, Noise):
        drawn = drawn.narrow(rows, source.start, source.stop - source.start)
    return drawn.to(device)
