"""Where pictures stand on a sheet, and what is written beside them."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.pictures import Board, grid_board, plain_board, sheet_board
from vae_core.pictures.lettering import cut_to, text_width, writable

VALUES = np.linspace(-2.5, 2.5, 5)[None].repeat(3, axis=0)
NAMES = ["z1", "slant", "z3"]


def numbered(count: int, cell: tuple[int, int, int]) -> np.ndarray:
    """Pictures each of one grey value of its own."""
    return np.broadcast_to(np.arange(1, count + 1, dtype=np.uint8).reshape(-1, 1, 1, 1), (count, *cell))


def found_at(board: Board, cell: tuple[int, int, int]) -> None:
    """Fails unless every picture stands whole at its corner, and none over another."""
    height, width, _ = cell
    whole = board.filled(numbered(len(board.corners), cell))
    for number, (top, left) in enumerate(board.corners, 1):
        assert (whole[top : top + height, left : left + width] == number).all()
        assert (whole == number).all(axis=2).sum() == height * width


def ink(board: Board, top: int, bottom: int, left: int = 0, right: int | None = None) -> int:
    """How many pixels of the empty plate are written on, between these lines and columns."""
    return int((board.plate[top:bottom, left:right] < 200).all(axis=2).sum())


def test_a_plain_board_is_the_pictures_edge_to_edge() -> None:
    cell = (4, 6, 3)
    whole = plain_board(2, 3, cell).filled(numbered(6, cell))
    assert whole.shape == (8, 18, 3)
    np.testing.assert_array_equal(whole[::4, ::6, 0], [[1, 2, 3], [4, 5, 6]])


@pytest.mark.parametrize("cell", [(8, 8, 1), (28, 28, 1), (56, 56, 1), (12, 16, 3)])
def test_pictures_of_a_sheet_stand_whole_row_by_row(cell: tuple[int, int, int]) -> None:
    board = sheet_board(NAMES, VALUES, cell)
    found_at(board, cell)
    assert board.plate.shape[2] == cell[2]
    tops, lefts = board.corners.reshape(3, 5, 2).transpose(2, 0, 1)
    assert (np.ptp(tops, axis=1) == 0).all() and (np.ptp(lefts, axis=0) == 0).all()
    assert (np.diff(tops[:, 0]) > 0).all() and (np.diff(lefts[0]) > 0).all()


def test_a_sheet_says_every_value_where_all_fit_else_the_ends_else_none() -> None:
    for width, wanted in ((56, [True] * 5), (28, [True, False, False, False, True]), (8, [False] * 5)):
        board = sheet_board(NAMES, VALUES, (28, width, 1))
        caption = board.corners[0][0]
        lefts = [left for _, left in board.corners[:5]]
        middles = [left + width // 2 for left in lefts]
        assert [caption > 0 and ink(board, 0, caption, middle - 2, middle + 3) > 0 for middle in middles] == wanted


def test_names_stand_left_of_their_row() -> None:
    board = sheet_board(NAMES, VALUES, (28, 28, 1))
    left = board.corners[0][1]
    assert left >= text_width("slant")
    for top, _ in board.corners[::5]:
        assert ink(board, top, top + 28, 0, left) > 5


def test_a_row_too_low_for_a_line_has_no_name() -> None:
    board = sheet_board(NAMES, VALUES[:, :2], (8, 8, 1))
    assert (board.plate == 255).all() and board.corners[0].tolist() == [0, 0]


def test_a_grid_is_about_square_and_names_its_pictures() -> None:
    cell = (28, 28, 1)
    board = grid_board([f"z{number}" for number in range(1, 8)], cell)
    found_at(board, cell)
    assert len({top for top, _ in board.corners}) == 3 and len({left for _, left in board.corners}) == 3
    for top, left in board.corners:
        assert ink(board, top - 14, top, left, left + 28) > 5


def test_a_grid_without_names_keeps_its_gaps() -> None:
    board = grid_board([""] * 4, (28, 28, 1))
    assert board.plate.shape == (58, 58, 1) and (board.plate == 255).all()


def test_a_name_is_cut_where_it_does_not_fit() -> None:
    cut = cut_to("the slant of the digit", 60)
    assert cut.endswith("…") and cut.startswith("the s") and text_width(cut) <= 60
    assert cut_to("slant", 200) == "slant" and cut_to("slant", 5) == ""


def test_what_the_font_lacks_is_known() -> None:
    assert writable("slant, 2.5…") == "slant, 2.5…"
    assert writable("Neigung é") == "Neigung e"
    assert writable("傾き") == ""
