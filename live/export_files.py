"""The files that a person takes away, made from a checked request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from live.export_request import ExportRequest, bad
from live.snippet import python_program
from store import LoadedModel

if TYPE_CHECKING:
    from vae_core.pictures import Board

AT_ONCE = 64  # pictures in one decode: small parts, so that no hand waits behind them
MOST_PICTURES = 4_096
MOST_PIXELS = 100_000_000
LONGEST_SIDE_OF_MP4 = 4_096


@dataclass(frozen=True)
class ExportFile:
    """A file's name, its media type and what it holds."""

    name: str
    media_type: str
    content: bytes


def export_file(model: LoadedModel, request: ExportRequest) -> ExportFile:
    """The file that was asked for. Raises Refusal (400, `too-large`) when it would be too large."""
    return _MAKERS[request.what](model, request)


def _png(model: LoadedModel, request: ExportRequest) -> ExportFile:
    from vae_core.pictures import enlarged, png_file

    pictures = model.decode(request.latent[None], request.label or 0)
    content = png_file(enlarged(pictures, request.scale, request.smooth)[0])
    return ExportFile(f"{model.name}.png", "image/png", content)


def _json(model: LoadedModel, request: ExportRequest) -> ExportFile:
    facts = {
        "model": model.name,
        "weights": model.weights,
        "latent": request.latent.tolist(),  # each float32 as the float64 of the same value: reads back bit for bit
        "label": request.label,
    }
    if request.names:
        facts["names"] = {str(index): name for index, name in sorted(request.names.items())}
    content = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
    return ExportFile(f"{model.name}.json", "application/json", content.encode())


def _python(model: LoadedModel, request: ExportRequest) -> ExportFile:
    return ExportFile(f"{model.name}.py", "text/x-python; charset=utf-8", python_program(model, request).encode())


def _sheet(model: LoadedModel, request: ExportRequest) -> ExportFile:
    from vae_core.latent import traverse
    from vae_core.pictures import plain_board, png_file, sheet_board

    _check_pictures(model, request)
    swept = traverse(request.latent, request.dimensions, request.ranges, request.frames, request.label)
    if request.captions:
        board = sheet_board(_words(request), swept.values, _cell(model, request))
    else:
        board = plain_board(*swept.values.shape, _cell(model, request))
    _check_board(board, request, frames=1)
    pictures = np.concatenate(list(_pictures(model, request, swept.latents.reshape(-1, model.latent_dim))))
    return ExportFile(_name(model, request, "sheet", "png"), "image/png", png_file(board.filled(pictures)))


def _gif(model: LoadedModel, request: ExportRequest) -> ExportFile:
    from vae_core.pictures import gif_file

    content = gif_file(_film(model, request), request.fps)
    return ExportFile(_name(model, request, "traversal", "gif"), "image/gif", content)


def _mp4(model: LoadedModel, request: ExportRequest) -> ExportFile:
    from vae_core.pictures import mp4_file

    content = mp4_file(_film(model, request), request.fps)
    return ExportFile(_name(model, request, "traversal", "mp4"), "video/mp4", content)


_MAKERS = {"png": _png, "json": _json, "python": _python, "sheet": _sheet, "gif": _gif, "mp4": _mp4}


def _film(model: LoadedModel, request: ExportRequest) -> Iterator[np.ndarray]:
    """The frames uint8 (H, W, C): the dimensions one after the other, or side by side in each frame."""
    from vae_core.latent import traverse_loop
    from vae_core.pictures import grid_board, plain_board

    _check_pictures(model, request)
    swept = traverse_loop(request.latent, request.dimensions, request.ranges, request.frames, request.label)
    cell, count = _cell(model, request), len(request.dimensions)
    if request.layout == "sequence" or count == 1:
        board, latents = plain_board(1, 1, cell), swept.latents.reshape(-1, 1, model.latent_dim)
    else:
        names = _words(request) if request.captions else [""] * count
        board, latents = grid_board(names, cell), swept.latents.swapaxes(0, 1)
    _check_board(board, request, len(latents))
    return _frames(model, request, board, latents)


def _frames(model: LoadedModel, request: ExportRequest, board: Board, latents: np.ndarray) -> Iterator[np.ndarray]:
    """latents: float32 (frames, pictures of a frame, D)."""
    together = latents.shape[1]
    waiting: list[np.ndarray] = []
    for pictures in _pictures(model, request, latents.reshape(-1, latents.shape[2])):
        waiting.extend(pictures)
        while len(waiting) >= together:
            yield board.filled(np.stack(waiting[:together]))
            del waiting[:together]


def _pictures(model: LoadedModel, request: ExportRequest, latents: np.ndarray) -> Iterator[np.ndarray]:
    """The pictures of latents float32 (N, D), enlarged, some at a time."""
    from vae_core.pictures import enlarged

    for start in range(0, len(latents), AT_ONCE):
        small = model.decode(latents[start : start + AT_ONCE], request.label or 0)
        yield enlarged(small, request.scale, request.smooth)


def _cell(model: LoadedModel, request: ExportRequest) -> tuple[int, int, int]:
    channels, height, width = model.image_shape
    return height * request.scale, width * request.scale, channels


def _words(request: ExportRequest) -> list[str]:
    """What is written beside each dimension: its name as far as the font has the letters, else its number."""
    from vae_core.pictures.lettering import writable

    return [writable(request.names.get(each, "")) or f"z{each + 1}" for each in request.dimensions]


def _name(model: LoadedModel, request: ExportRequest, kind: str, ending: str) -> str:
    one = f"z{request.dimensions[0] + 1}" if len(request.dimensions) == 1 else kind
    return f"{model.name}-{one}.{ending}" if kind != "sheet" or one == kind else f"{model.name}-{one}-{kind}.{ending}"


def _check_pictures(model: LoadedModel, request: ExportRequest) -> None:
    """Before anything is made: how many pictures are decoded, and how many pixels these alone have."""
    count = len(request.dimensions) * request.frames
    if count > MOST_PICTURES:
        raise bad(
            f"{len(request.dimensions)} dimensions in {request.frames} frames are {count:,} pictures; at most"
            f" {MOST_PICTURES:,} are made at a time. Choose fewer dimensions or fewer frames.",
            "too-large",
        )
    height, width, _ = _cell(model, request)
    _check_pixels(count * height * width)


def _check_board(board: Board, request: ExportRequest, frames: int) -> None:
    height, width, _ = board.plate.shape
    _check_pixels(frames * height * width)
    if request.what == "mp4" and max(height, width) > LONGEST_SIDE_OF_MP4:
        raise bad(
            f"A frame would be {width} × {height} pixels; an MP4 has at most {LONGEST_SIDE_OF_MP4:,} to a side."
            " Choose a smaller scale or fewer dimensions.",
            "too-large",
        )


def _check_pixels(pixels: int) -> None:
    if pixels > MOST_PIXELS:
        raise bad(
            f"The file would have {pixels / 1e6:,.0f} million pixels in all; at most {MOST_PIXELS // 1_000_000} are"
            " made at a time. Choose a smaller scale, fewer frames or fewer dimensions.",
            "too-large",
        )
