"""`onnx`: the decoder of a model for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vae_core.checkpoint import CheckpointError, load_checkpoint
from vae_core.checkpoint.folder import write_atomic
from vae_core.command_line.console import readable_errors, screen
from vae_core.command_line.shared_options import OwnParts, import_own_parts
from vae_core.onnx_decoder import onnx_decoder


def write_onnx(
    folder: Annotated[Path, typer.Argument(help="A checkpoint folder, such as checkpoints/mnist-16d.")],
    out: Annotated[Path, typer.Option(help="The file to write, such as decoder.onnx.")],
    own_parts: OwnParts = None,
) -> None:
    """Write a model's decoder as ONNX: latents in, pixels out, for browsers, phones and other languages.

    Input "latents" float32 (B, D), for a conditional model "labels" int64 (B,) too; output "pictures" uint8
    (B, H, W, C).

    Example: [cyan]python -m vae_core onnx checkpoints/mnist-16d --out decoder.onnx[/cyan]
    """
    with readable_errors():
        import_own_parts(own_parts)
        graph = _graph(folder)
        try:
            write_atomic(out, graph)
        except OSError as problem:
            raise CheckpointError(f"{out} cannot be written: {problem.strerror}. Give another --out.") from problem
    screen.print(f"{len(graph):,} bytes are in {out}", highlight=False)


def _graph(folder: Path) -> bytes:
    try:
        return onnx_decoder(load_checkpoint(folder).vae)
    except ValueError as problem:  # an operator of one's own network that ONNX lacks
        raise CheckpointError(f"{folder}: {problem}") from problem
