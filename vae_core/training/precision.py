"""In which numbers the networks compute, and how their weights lie in memory."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from vae_core.vae import VAE


def network_dtype(precision: str, device: torch.device) -> torch.dtype:
    """The type that the settings' precision means on this device: float32 or bfloat16.

    "auto" is bfloat16 only where the hardware multiplies it itself; where it is emulated it is slower than float32.
    """
    if precision == "bf16" or (precision == "auto" and has_bf16(device)):
        return torch.bfloat16
    return torch.float32


def has_bf16(device: torch.device) -> bool:
    """Whether this device multiplies bfloat16 in hardware."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type != "cpu":
        return False
    if platform.machine() in ("aarch64", "arm64"):
        return _arm_has_bf16()
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def prepare(vae: VAE, precision: str, device: torch.device) -> VAE:
    """The same model, brought to the device to be trained there in this precision.

    Weights of convolutions lie channels last, and so do the activations after them: processors and cards that have
    bf16 compute convolutions faster so, and float32 ones on a processor too.
    """
    vae.to(device)
    if any(weights.ndim == 4 for weights in vae.parameters()):
        vae.to(memory_format=torch.channels_last)
    vae.network_dtype = network_dtype(precision, device)
    return vae


@contextmanager
def full_precision(vae: VAE) -> Iterator[None]:
    """While the block runs the networks compute in float32, as those of a loaded checkpoint do."""
    dtype, vae.network_dtype = vae.network_dtype, torch.float32
    try:
        yield
    finally:
        vae.network_dtype = dtype


def _arm_has_bf16() -> bool:
    try:
        return "bf16" in Path("/proc/cpuinfo").read_text().split()
    except OSError:
        return False
