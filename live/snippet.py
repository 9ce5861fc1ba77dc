"""The program that makes a picture again with vae_core alone: what a person takes away as Python."""

from __future__ import annotations

from string import Template

from live.export_request import ExportRequest
from store import LoadedModel

PROGRAM = Template('''\
"""The picture of a latent of the model $model, made again. Run it in the project's folder, with its environment."""

from pathlib import Path

import torch
from PIL import Image

from vae_core.checkpoint import load_checkpoint
from vae_core.pixels import to_pixels

FOLDER = Path("checkpoints/$model")  # where the model lies
WEIGHTS = "$weights"  # first $digits hex digits of the SHA-256 of model.safetensors
LATENT = [
$latent
]  # float32, one line per dimension
$labels
checkpoint = load_checkpoint(FOLDER)
if not checkpoint.weights_hash.startswith(WEIGHTS):
    raise SystemExit(
        f"{FOLDER} has the weights {checkpoint.weights_hash[:$digits]}; this latent belongs to {WEIGHTS}. "
        "Under other weights it means another picture: take the model's folder of before."
    )
with torch.inference_mode():
    mean = checkpoint.vae.decode_mean(torch.tensor([LATENT], dtype=torch.float32)$given)  # (1, C, H, W) in [0, 1]
pixels = to_pixels(mean)[0].permute(1, 2, 0).numpy()  # uint8 (H, W, C)
image = Image.fromarray(pixels.squeeze(2) if pixels.shape[2] == 1 else pixels)
image = image.resize(($scale * image.width, $scale * image.height), Image.Resampling.$resampling)
image.save("$model.png")
''')


def python_program(model: LoadedModel, request: ExportRequest) -> str:
    """A whole Python program that writes the picture of the request as PNG."""
    names = [request.names.get(index) for index in range(model.latent_dim)]
    lines = [
        f"    {value!r},  # z{index + 1}" + (f": {name}" if name else "")
        for index, (value, name) in enumerate(zip(request.latent.tolist(), names, strict=True))
    ]
    conditional = request.label is not None
    return PROGRAM.substitute(
        model=model.name,
        weights=model.weights,
        digits=len(model.weights),
        latent="\n".join(lines),
        labels=f"LABEL = {request.label}  # the class\n" if conditional else "",
        given=", torch.tensor([LABEL])" if conditional else "",
        scale=request.scale,
        resampling="BICUBIC" if request.smooth else "NEAREST",
    )
