"""Denormals count as zero while a model trains, in this thread and in those that torch starts meanwhile; not after."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from vae_core.training.denormals import denormals_flushed

LEFT = """
import sys, torch
from contextlib import nullcontext
from vae_core.training.denormals import denormals_flushed
torch.set_num_threads(2)
with denormals_flushed() if sys.argv[1] == "flush" else nullcontext(True) as possible:
    small = torch.full((1_000_000,), 1e-30) * 1e-9
assert possible
print(int((small != 0).sum()))
"""


@pytest.mark.usefixtures("warm_processes")
def test_products_too_small_for_a_normal_number_are_zero_in_every_thread() -> None:
    def left(how: str) -> int:
        return int(subprocess.run([sys.executable, "-c", LEFT, how], check=True, capture_output=True).stdout)

    assert left("as it is") == 1_000_000
    assert left("flush") == 0


def test_afterwards_all_is_as_before() -> None:
    def smallest() -> float:
        return float(torch.full((1,), 1e-30) * 1e-9)

    assert smallest() > 0
    with denormals_flushed():
        with denormals_flushed():
            assert smallest() == 0
        assert smallest() == 0
    assert smallest() > 0
