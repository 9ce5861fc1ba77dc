"""Pictures as files: PNG, GIF, WebP, MP4, and sheets that show many of them with their names."""

from __future__ import annotations

from vae_core.pictures.board import Board, grid_board, plain_board, sheet_board, triangle_board
from vae_core.pictures.enlarge import LARGEST_SCALE, enlarged
from vae_core.pictures.films import gif_file, mp4_file, webp_file
from vae_core.pictures.stills import image_of, png_file

__all__ = [
    "LARGEST_SCALE",
    "Board",
    "enlarged",
    "gif_file",
    "grid_board",
    "image_of",
    "mp4_file",
    "plain_board",
    "png_file",
    "sheet_board",
    "triangle_board",
    "webp_file",
]
