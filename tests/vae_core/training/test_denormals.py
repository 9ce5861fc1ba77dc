"""Denormals count as zero, in this thread and in those that torch starts after it."""

from __future__ import annotations

import subprocess
import sys

LEFT = """
import sys, torch
from vae_core.training.denormals import flush_denormals
if sys.argv[1] == "flush":
    assert flush_denormals()
torch.set_num_threads(2)
small = torch.full((1_000_000,), 1e-30) * 1e-9
print(int((small != 0).sum()))
"""


def test_products_too_small_for_a_normal_number_are_zero_in_every_thread() -> None:
    def left(how: str) -> int:
        return int(subprocess.run([sys.executable, "-c", LEFT, how], check=True, capture_output=True).stdout)

    assert left("as it is") == 1_000_000
    assert left("flush") == 0
