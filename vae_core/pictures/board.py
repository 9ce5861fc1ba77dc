"""A plate on which many pictures stand in rows and columns, with their names and values written beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from vae_core.pictures.lettering import LINE, cut_to, lettering_font, text_width

GAP = 2  # pixels between pictures of a plate with words; one without has none
MARGIN = 6
WIDEST_NAME = 150
PAPER, INK, QUIET = 255, 30, 110


@dataclass(frozen=True, eq=False)
class Board:
    """Where N pictures of one size stand. plate: uint8 (H, W, C). corners: int (N, 2), top and left of each picture."""

    plate: np.ndarray
    corners: np.ndarray

    def filled(self, pictures: Iterable[np.ndarray]) -> np.ndarray:
        """The plate uint8 (H, W, C) with N pictures uint8 (h, w, C) on it, in the order of the corners."""
        whole = self.plate.copy()
        for (top, left), picture in zip(self.corners, pictures, strict=True):
            height, width, _ = picture.shape
            whole[top : top + height, left : left + width] = picture
        return whole


def plain_board(rows: int, columns: int, cell: tuple[int, int, int]) -> Board:
    """Pictures of shape ``cell`` (h, w, C) edge to edge without a word, row by row."""
    height, width, channels = cell
    corners = [(row * height, column * width) for row in range(rows) for column in range(columns)]
    plate = np.full((rows * height, columns * width, channels), PAPER, dtype=np.uint8)
    return Board(plate, np.array(corners))


def triangle_board(rows: int, cell: tuple[int, int, int]) -> Board:
    """Pictures of shape ``cell`` (h, w, C) in rows of 1, 2, 3 and so on, each row centred, edge to edge."""
    height, width, channels = cell
    corners = [
        (row * height, (rows - 1 - row) * width // 2 + column * width)
        for row in range(rows)
        for column in range(row + 1)
    ]
    plate = np.full((rows * height, rows * width, channels), PAPER, dtype=np.uint8)
    return Board(plate, np.array(corners))


def grid_board(names: Sequence[str], cell: tuple[int, int, int]) -> Board:
    """One picture of shape ``cell`` (h, w, C) per name, in about as many columns as rows, its name above it.

    Names are cut where they do not fit, and left out where not even two letters do.
    """
    height, width, channels = cell
    columns = int(np.ceil(np.sqrt(len(names))))
    rows = -(-len(names) // columns)
    words = [cut_to(name, width) for name in names]
    caption = LINE if any(words) else 0
    plate = Image.new("L", (columns * (width + GAP) - GAP, rows * (height + caption + GAP) - GAP), PAPER)
    corners = []
    for place, word in enumerate(words):
        row, column = divmod(place, columns)
        top, left = row * (height + caption + GAP) + caption, column * (width + GAP)
        ImageDraw.Draw(plate).text((left, top - caption), word, fill=INK, font=lettering_font())
        corners.append((top, left))
    return _board(plate, corners, channels)


def sheet_board(names: Sequence[str], values: np.ndarray, cell: tuple[int, int, int]) -> Board:
    """A contact sheet: a row of pictures of shape ``cell`` (h, w, C) per name, values float (rows, columns) over them.

    A name stands left of its row. Each value stands over its picture where all fit; else the first and the last of a
    row, where these do; else none. A row too low for a line of text has no name.
    """
    height, width, channels = cell
    rows, columns = values.shape
    words = [[_signed(value) for value in row] for row in values]
    shown = _columns_with_value(words, width)
    caption = LINE if shown else 0
    named = height + caption + GAP >= LINE
    short = [cut_to(name, WIDEST_NAME) if named else "" for name in names]
    left = max(text_width(name) for name in short)
    left += MARGIN if left else 0
    size = (left + columns * (width + GAP) - GAP, rows * (height + caption + GAP) - GAP)
    plate = Image.new("L", size, PAPER)
    draw, corners = ImageDraw.Draw(plate), []
    for row in range(rows):
        top = row * (height + caption + GAP) + caption
        middle = top + max(0, (height - LINE) // 2) if height >= LINE else top - caption
        draw.text((0, middle), short[row], fill=INK, font=lettering_font())
        for column in range(columns):
            corner = left + column * (width + GAP)
            corners.append((top, corner))
            if column in shown:
                _write_over(draw, words[row][column], corner, top - caption, width, column, columns)
    return _board(plate, corners, channels)


def _write_over(
    draw: ImageDraw.ImageDraw, word: str, left: int, top: int, width: int, column: int, columns: int
) -> None:
    """Centred over its picture; where it is wider, from the row's outer edge inwards."""
    spare = width - text_width(word)
    shift = spare // 2 if spare >= 0 else (0 if column < columns // 2 else spare)
    draw.text((left + shift, top), word, fill=QUIET, font=lettering_font())


def _columns_with_value(words: list[list[str]], width: int) -> set[int]:
    columns = len(words[0])
    widest = max(text_width(word) for row in words for word in row)
    if widest + 2 <= width:
        return set(range(columns))
    if 2 * widest + 8 <= columns * (width + GAP):
        return {0, columns - 1}
    return set()


def _signed(value: float) -> str:
    return f"{value:+.2f}"


def _board(plate: Image.Image, corners: list[tuple[int, int]], channels: int) -> Board:
    return Board(np.repeat(np.asarray(plate)[:, :, None], channels, axis=2), np.array(corners))
