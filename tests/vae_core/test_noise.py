"""Random numbers of a batch: spread evenly, repeatable, and the same however many processes share the batch."""

from __future__ import annotations

import pytest
import torch

from vae_core.noise import Noise, normal, uniform, words16

CPU = torch.device("cpu")


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_words_take_every_value_alike() -> None:
    words = words16(generator(), (1_000, 1_000), CPU)
    assert words.dtype == torch.int16 and words.shape == (1_000, 1_000)
    counts = torch.bincount(((words.int() + 32_768) // 256).flatten(), minlength=256).double()
    expected = 1e6 / 256
    chi_squared = ((counts - expected).square() / expected).sum().item()
    assert 150 < chi_squared < 380  # 255 degrees of freedom: mean 255, standard deviation 23
    assert words.min() < -32_700 and words.max() > 32_700


def test_each_of_the_four_words_of_a_draw_takes_both_signs() -> None:
    words = words16(generator(), (4_000, 4), CPU)
    shares = (words < 0).double().mean(dim=0)
    assert ((shares - 0.5).abs() < 5 * 0.5 / 4_000**0.5).all()


def test_neighbouring_words_do_not_go_together() -> None:
    words = words16(generator(), (100_000, 4), CPU).double()
    correlations = torch.corrcoef(words.T) - torch.eye(4, dtype=torch.float64)
    assert correlations.abs().max() < 5 / 100_000**0.5


@pytest.mark.parametrize("draw", [uniform, normal, words16])
@pytest.mark.parametrize("width", [1, 3, 5, 8])
def test_shares_of_a_batch_get_the_rows_of_the_whole(draw, width: int) -> None:
    whole = draw(generator(4), (7, width), CPU)
    parts = [draw(Noise(generator(4), a, b, 7), (b - a, width), CPU) for a, b in ((0, 3), (3, 7))]
    assert torch.equal(torch.cat(parts), whole)


def test_words_are_repeatable_and_move_the_generator_on() -> None:
    source = generator(1)
    first, second = words16(source, (3, 5), CPU), words16(source, (3, 5), CPU)
    assert not torch.equal(first, second)
    assert torch.equal(words16(generator(1), (3, 5), CPU), first)
