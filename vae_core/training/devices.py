"""Where a run computes: the processor, an NVIDIA or an Apple graphics card."""

from __future__ import annotations

import torch

from vae_core.training.errors import TrainingError

DEVICES = ("auto", "cpu", "cuda", "mps")


def present_devices() -> tuple[str, ...]:
    """The names of the devices of this machine, the fastest first."""
    cards = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return (*(name for name, is_there in cards.items() if is_there), "cpu")


def chosen_device(name: str) -> torch.device:
    """The device of this name; `auto` takes the fastest that is there. Raises TrainingError for one that is not."""
    present = present_devices()
    if name == "auto":
        return torch.device(present[0])
    if name not in present:
        what = "is not on this machine, as torch sees it" if name in DEVICES else "is no device"
        raise TrainingError(
            f"--device is {name}, which {what}; there is {', '.join(present)}. Choose auto or one of these."
        )
    return torch.device(name)
