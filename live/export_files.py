"""The files that a person takes away, made from a checked request."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from live.export_request import ExportRequest, bad
from live.made_files import MadeFile
from live.snippet import python_program
from store import LoadedModel

if TYPE_CHECKING:
    from vae_core.pictures import Board

AT_ONCE = 64  # pictures in one decode: small parts, so that no hand waits behind them
MOST_PICTURES = 4_096
MOST_PIXELS = 100_000_000  # of all frames of a film
MOST_PIXELS_AT_ONCE = 32_000_000  # of a sheet or a frame: copying one holds the interpreter lock
LONGEST_SIDE_OF_MP4 = 4_096


def export_file(model: LoadedModel, request: ExportRequest) -> MadeFile:
    """The file that was asked for. Raises Refused (400, `file-too-large`) when it would be too large."""
    return _MAKERS[request.what](model, request)


def _png(model: LoadedModel, request: ExportRequest) -> MadeFile:
    from vae_core.pictures import enlarged, png_file

    pictures = model.decode(request.latent[None], request.label or 0)
    content = png_file(enlarged(pictures, request.scale, request.smooth)[0])
    return MadeFile(f"{model.name}.png", "image/png", content)


def _json(model: LoadedModel, request: ExportRequest) -> MadeFile:
    facts = {
        "model": model.name,
        "weights": model.weights,
        "latent": request.latent.tolist(),  # each float32 as the float64 of the same value: reads back bit for bit
        "label": request.label,
    }
    if request.names:
        facts["names"] = {str(index): name for index, name in sorted(request.names.items())}
    content = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
    return MadeFile(f"{model.name}.json", "application/json", content.encode())


def _python(model: LoadedModel, request: ExportRequest) -> MadeFile:
    return MadeFile(f"{model.name}.py", "text/x-python; charset=utf-8", python_program(model, request).encode())


def _sheet(model: LoadedModel, request: ExportRequest) -> MadeFile:
    from vae_core.latent import traverse
    from vae_core.pictures import plain_board, png_file, sheet_board

    _check_pictures(model, request)
    swept = traverse(request.latent, request.dimensions, request.ranges, request.frames, request.label)
    if request.captions:
        board = sheet_board(_words(request), swept.values, _cell(model, request))
    else:
        board = plain_board(*swept.values.shape, _cell(model, request))
    _check_board(board, request, frames=1)
    whole = board.filled(_pictures(model, request, swept.latents.reshape(-1, model.latent_dim)))
    return MadeFile(_name(model, request, "sheet", "png"), "image/png", png_file(whole, compress_level=3))


def _gif(model: LoadedModel, request: ExportRequest) -> MadeFile:
    from vae_core.pictures import gif_file

    content = gif_file(_film(model, request), request.fps)
    return MadeFile(_name(model, request, "traversal", "gif"), "image/gif", content)


def _mp4(model: LoadedModel, request: ExportRequest) -> MadeFile:
    from vae_core.pictures import mp4_file

    content = mp4_file(_film(model, request), request.fps)
    return MadeFile(_name(model, request, "traversal", "mp4"), "video/mp4", content)


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
    pictures = _pictures(model, request, latents.reshape(-1, latents.shape[2]))
    for _ in latents:
        yield board.filled(itertools.islice(pictures, latents.shape[1]))


def _pictures(model: LoadedModel, request: ExportRequest, latents: np.ndarray) -> Iterator[np.ndarray]:
    """The pictures uint8 (h, w, C) of latents float32 (N, D), enlarged, one after the other."""
    from vae_core.pictures import enlarged

    for start in range(0, len(latents), AT_ONCE):
        for small in model.decode(latents[start : start + AT_ONCE], request.label or 0):
            yield enlarged(small[None], request.scale, request.smooth)[0]


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
            "file-too-large",
        )
    height, width, _ = _cell(model, request)
    if request.what == "sheet":
        _check_pixels(1, count * height * width)
    else:
        _check_pixels(count, height * width)


def _check_board(board: Board, request: ExportRequest, frames: int) -> None:
    height, width, _ = board.plate.shape
    _check_pixels(frames, height * width)
    if request.what == "mp4" and max(height, width) > LONGEST_SIDE_OF_MP4:
        raise bad(
            f"A frame would be {width} × {height} pixels; an MP4 has at most {LONGEST_SIDE_OF_MP4:,} to a side."
            " Choose a smaller scale or fewer dimensions.",
            "file-too-large",
        )


def _check_pixels(frames: int, pixels: int) -> None:
    """frames: how many of so many pixels each."""
    if pixels > MOST_PIXELS_AT_ONCE:
        raise bad(
            f"The picture would have {pixels / 1e6:,.0f} million pixels; at most {MOST_PIXELS_AT_ONCE // 1_000_000} are"
            " made. Choose a smaller scale or fewer dimensions.",
            "file-too-large",
        )
    if frames * pixels > MOST_PIXELS:
        raise bad(
            f"The film would have {frames * pixels / 1e6:,.0f} million pixels in all; at most"
            f" {MOST_PIXELS // 1_000_000} are made. Choose a smaller scale, fewer frames or fewer dimensions.",
            "file-too-large",
        )
