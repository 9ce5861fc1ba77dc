"""The decoder of a loaded model as ONNX Runtime runs it: one call from latents to pixels.

One latent of mnist-16d takes it a sixth of torch's time, and it computes without the interpreter lock; the server lets
long lists share its cores. What it gives is within one grey level of torch's pictures; where it is not, or where the
network cannot be written as ONNX, the model is decoded by torch as before.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np

from store.inference import decode
from vae_core.onnx_decoder import LABELS, LATENTS, onnx_decoder
from vae_core.vae import VAE

LOG = logging.getLogger(__name__)
Decoder = Callable[[np.ndarray, np.ndarray], np.ndarray]  # latents (B, D), classes (B,) to uint8 (B, H, W, C)
COMPARED = (1, 5)  # latents per comparison with torch: a graph that holds for one number need not hold for another
SHARE = 14  # latents: fewer are not worth a thread of their own
MOST_SHARES = 4
SPREAD = 1.5  # of the latents that are compared, in standard deviations of the prior


@dataclass
class _Shares:
    """Among how many threads a long list of latents is shared at most."""

    most: int = 1


_SHARES = _Shares()


def share_long_lists() -> None:
    """From now on this process shares long lists of latents among its cores, four at most: for the server of pages."""
    _SHARES.most = min(MOST_SHARES, os.cpu_count() or 1)


def fast_decoder(vae: VAE, name: str) -> Decoder:
    """The quickest decoder that gives the VAE's pictures: ONNX Runtime's, or torch's where that is not possible."""
    try:
        found = _on_onnx_runtime(vae)
        _compare(found, vae)
    except ValueError as problem:
        LOG.warning("%s is decoded by torch, more slowly: %s", name, problem)
        return lambda latents, labels: decode(vae, latents, labels)
    return found


def _on_onnx_runtime(vae: VAE) -> Decoder:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # several people's decodes run beside each other
    options.log_severity_level = 3  # errors
    try:
        session = onnxruntime.InferenceSession(onnx_decoder(vae), options, providers=["CPUExecutionProvider"])
    except Exception as problem:  # its errors have no base of their own
        raise ValueError(f"ONNX Runtime does not take the decoder: {problem}") from problem

    def run(latents: np.ndarray, labels: np.ndarray) -> np.ndarray:
        given = {LATENTS: np.ascontiguousarray(latents, dtype=np.float32)}
        if vae.classes:
            given[LABELS] = labels
        return session.run(None, given)[0]

    def decoded(latents: np.ndarray, labels: np.ndarray) -> np.ndarray:
        if not _fit(vae, latents, labels):
            return decode(vae, latents, labels)  # says what is wrong with them
        shares = min(_SHARES.most, len(latents) // SHARE)
        if shares < 2:
            return run(latents, labels)
        parts = np.array_split(latents, shares), np.array_split(labels, shares)
        return np.concatenate(list(_threads().map(run, *parts)))

    return decoded


@cache
def _threads() -> ThreadPoolExecutor:
    """For the shares of long lists; a picture is the same alone and in a batch, so a list may be cut anywhere."""
    return ThreadPoolExecutor(MOST_SHARES, thread_name_prefix="decoder")


def _fit(vae: VAE, latents: np.ndarray, labels: np.ndarray) -> bool:
    if latents.ndim != 2 or latents.shape[1] != vae.latent_dim:
        return False
    return not vae.classes or not len(labels) or bool(labels.min() >= 0 and labels.max() < vae.classes)


def _compare(found: Decoder, vae: VAE) -> None:
    """Raises ValueError unless the pictures are those of torch, within one grey level."""
    source = np.random.default_rng(0)
    for count in COMPARED:
        latents = source.normal(0, SPREAD, (count, vae.latent_dim)).astype(np.float32)
        labels = np.arange(count) % max(1, vae.classes)
        apart = np.abs(found(latents, labels).astype(int) - decode(vae, latents, labels)).max()
        if apart > 1:
            raise ValueError(f"ONNX Runtime's pictures of {count} latents are up to {apart} grey levels from torch's.")
