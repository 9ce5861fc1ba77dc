"""The decoder of a VAE as an ONNX graph: latents in, pixels out, for any runtime that reads ONNX.

The graph is the model's own `decode_mean` followed by the rounding of `vae_core.pixels`, traced by torch. A runtime
takes it in one call, where torch takes one for each layer and several for the likelihood: for a single latent, most of
torch's time is the way between its operators, not their arithmetic.
"""

from __future__ import annotations

import io
import warnings

import torch
from torch import Tensor, nn

from vae_core.pixels import to_pixels
from vae_core.vae import VAE

LATENTS, LABELS, PICTURES = "latents", "labels", "pictures"
OPSET = 20  # ONNX 1.15; read by every ONNX Runtime since 1.17
EXAMPLES = 2  # rows of the traced example; the graph takes any number


class _Pictures(nn.Module):
    """Pictures uint8 (B, H, W, C) of latents (B, D) and, for a conditional model, classes (B,)."""

    def __init__(self, vae: VAE) -> None:
        super().__init__()
        self.vae = vae

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        return to_pixels(self.vae.decode_mean(latents, labels)).permute(0, 2, 3, 1)


def onnx_decoder(vae: VAE) -> bytes:
    """An ONNX model: latents float32 (B, D), for a conditional VAE labels int64 (B,) too; pictures uint8 (B, H, W, C).

    Raises ValueError where the network has an operator that ONNX lacks: the message of torch's exporter is in it.
    """
    names, examples = _examples(vae)
    written = io.BytesIO()
    try:
        with torch.inference_mode(), warnings.catch_warnings():
            # The exporter by tracing is called legacy; the one by torch.export takes seconds, not tenths of one.
            # Checks of shapes are constants of the trace, which is what the warning about them says.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                _Pictures(vae).eval(),
                examples,
                written,
                input_names=names,
                output_names=[PICTURES],
                dynamic_axes={name: {0: "batch"} for name in (*names, PICTURES)},
                opset_version=OPSET,
                dynamo=False,
            )
    except Exception as problem:  # the exporter raises errors of many kinds
        raise ValueError(f"The decoder cannot be written as ONNX: {problem}") from problem
    return written.getvalue()


def _examples(vae: VAE) -> tuple[list[str], tuple[Tensor, ...]]:
    latents = torch.zeros(EXAMPLES, vae.latent_dim)
    if not vae.classes:
        return [LATENTS], (latents,)
    return [LATENTS, LABELS], (latents, torch.zeros(EXAMPLES, dtype=torch.int64))
