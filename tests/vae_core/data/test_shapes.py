"""Drawn shapes: a pure function of seed and row, and pictures that follow their factors."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from vae_core.data import (
    COLOUR_FACTORS,
    DATA_SETS,
    GREY_FACTORS,
    DataError,
    DrawnShapes,
    available,
    draw_shape_values,
    draw_shapes,
    drawn_test_images,
    load_images,
    load_recorded,
)
from vae_core.data.shapes import AREA, MARGIN, SHAPES, SIDE, hue_channels

ROWS = np.arange(300)
HEART = SHAPES.index("heart")
EXTREMES = np.array(list(product(range(3), (0.5, 1.0), GREY_FACTORS.grids[2], (0.0, 1.0), (0.0, 1.0))))

FIRST_THREE = [[1, 4, 15, 21, 25], [1, 3, 16, 3, 2], [2, 4, 33, 2, 31]]
FINGERPRINT = "2ac833e593d4dbbe8de41bd65d8159bd254c16b34d6c634aeffcf12bb3ab6296"


@pytest.mark.parametrize("colour", [False, True])
def test_an_image_is_a_function_of_seed_and_row_in_any_company(colour: bool) -> None:
    source = DrawnShapes(300, seed=7, colour=colour)
    images = source.pixels(ROWS)
    shuffled = np.random.default_rng(0).permutation(ROWS)
    assert images.shape == source.shape and images.dtype == np.uint8
    np.testing.assert_array_equal(source.pixels(shuffled), images[shuffled])
    np.testing.assert_array_equal(source.pixels(np.array([5, 5, 299])), images[[5, 5, 299]])
    np.testing.assert_array_equal(DrawnShapes(10**9, seed=7, colour=colour).pixels(ROWS), images)
    assert (DrawnShapes(300, seed=8, colour=colour).pixels(ROWS) != images).any(axis=(1, 2, 3)).mean() > 0.99


def test_the_factors_of_a_seed_never_change() -> None:
    assert DrawnShapes(3).factor_indices(np.arange(3)).tolist() == FIRST_THREE
    far = DrawnShapes(10**12).factor_indices(np.array([10**12 - 1]))
    assert far.shape == (1, 5)
    assert load_images("shapes", count=200).fingerprint == FINGERPRINT


def test_colour_and_grey_images_of_a_row_have_one_outline() -> None:
    grey, colour = DrawnShapes(300).pixels(ROWS), DrawnShapes(300, colour=True).pixels(ROWS)
    np.testing.assert_array_equal(colour.max(axis=1), grey[:, 0])


def test_factors_are_uniform_and_independent() -> None:
    indices = COLOUR_FACTORS.indices(np.arange(60_000), seed=0)
    for column, size in zip(indices.T, COLOUR_FACTORS.sizes, strict=True):
        counts, expected = np.bincount(column, minlength=size), len(column) / size
        assert len(counts) == size
        assert ((counts - expected) ** 2 / expected).sum() < size + 5 * np.sqrt(2 * size)
    assert np.abs(np.corrcoef(indices.T) - np.eye(6)).max() < 0.02
    assert np.abs(np.corrcoef(indices[1:, 0], indices[:-1, 0])[0, 1]) < 0.02


@pytest.mark.parametrize("colour", [False, True])
def test_the_factors_draw_the_image_again(colour: bool) -> None:
    source = DrawnShapes(300, colour=colour)
    indices = source.factor_indices(ROWS)
    np.testing.assert_array_equal(draw_shapes(indices), source.pixels(ROWS))
    np.testing.assert_array_equal(draw_shape_values(source.factors.values(indices)), source.pixels(ROWS))


def test_pixels_are_black_or_white_in_every_channel() -> None:
    for colour in (False, True):
        assert set(np.unique(DrawnShapes(300, colour=colour).pixels(ROWS))) == {0, 255}


def test_the_centre_of_mass_follows_x_and_y() -> None:
    source = DrawnShapes(2000, seed=3)
    indices = source.factor_indices(np.arange(2000))
    lit = source.pixels(np.arange(2000))[:, 0] / 255.0
    mass = lit.sum(axis=(1, 2))
    places = np.arange(SIDE) + 0.5
    x, y = (lit.sum(axis=1) @ places) / mass, (lit.sum(axis=2) @ places) / mass
    told = MARGIN + (SIDE - 2 * MARGIN) * source.factors.values(indices)[:, 3:]
    assert np.abs(np.stack([x, y], axis=1) - told).max() < 0.5
    assert np.abs(np.stack([x, y], axis=1) - told).mean() < 0.15


def test_the_area_is_the_square_of_the_scale_whatever_the_shape() -> None:
    values = GREY_FACTORS.values(GREY_FACTORS.indices(np.arange(3000), seed=1))
    ink = (draw_shape_values(values) > 0).sum(axis=(1, 2, 3))
    for shape, scale in product(range(3), GREY_FACTORS.grids[1]):
        some = ink[(values[:, 0] == shape) & np.isclose(values[:, 1], scale)]
        assert len(some) > 50
        assert some.mean() == pytest.approx(AREA * scale**2, rel=0.02)
        # Along an axis a side of w pixels covers the whole number of pixel centres just below or above w.
        assert np.abs(np.sqrt(some) - np.sqrt(AREA) * scale).max() < 1


def test_a_larger_scale_always_lights_more_pixels() -> None:
    values = np.repeat(GREY_FACTORS.values(GREY_FACTORS.indices(np.arange(500), seed=2)), 6, axis=0)
    values[:, 1] = np.tile(GREY_FACTORS.grids[1], 500)
    ink = (draw_shape_values(values) > 0).sum(axis=(1, 2, 3)).reshape(500, 6)
    assert (np.diff(ink, axis=1) > 0).all()


def test_turns_that_a_shape_does_not_see() -> None:
    def turned(shape: int, angle: float) -> np.ndarray:
        return draw_shape_values(np.array([[shape, 1.0, 0.3 + angle, 0.4, 0.6]]))

    for shape, quarters in ((0, 1), (1, 2), (HEART, 4)):
        for quarter in range(1, 5):
            same = np.array_equal(turned(shape, 0), turned(shape, quarter * np.pi / 2))
            assert same == (quarter % quarters == 0), (SHAPES[shape], quarter)


def test_an_upright_heart_is_symmetric_with_its_tip_below() -> None:
    heart = draw_shape_values(np.array([[HEART, 1.0, 0.0, 0.5, 0.5]]))[0, 0] > 0
    np.testing.assert_array_equal(heart, heart[:, ::-1])
    rows = np.flatnonzero(heart.any(axis=1))
    assert heart[rows[-1]].sum() <= 2, "one tip below"
    top = np.flatnonzero(heart[rows[0]])
    assert len(top) and SIDE // 2 not in top, "two lobes above, a notch between them"


def test_angles_count_anticlockwise() -> None:
    ellipse = draw_shape_values(np.array([[1, 1.0, np.pi / 6, 0.5, 0.5]]))[0, 0] > 0
    rows, columns = np.nonzero(ellipse)
    assert np.cov(columns, -rows)[0, 1] > 5, "up on the right"


def test_every_extreme_stays_in_the_frame() -> None:
    images = draw_shape_values(EXTREMES)[:, 0]
    frame = np.ones((SIDE, SIDE), bool)
    frame[1:-1, 1:-1] = False
    assert not images[:, frame].any()
    away = EXTREMES.copy()
    away[:, 3:] = 0.5
    ink = (draw_shape_values(away) > 0).sum(axis=(1, 2, 3))
    np.testing.assert_array_equal((images > 0).sum(axis=(1, 2)), ink, "nothing is cut off at the edge of the window")


def test_colours_have_the_channels_of_their_hue() -> None:
    names = {"red": (255, 0, 0), "yellow": (255, 255, 0), "green": (0, 255, 0)}
    names |= {"cyan": (0, 255, 255), "blue": (0, 0, 255), "magenta": (255, 0, 255)}
    assert [tuple(colour) for colour in hue_channels(np.array(COLOUR_FACTORS.grids[5])).tolist()] == [*names.values()]
    orange = draw_shape_values(np.array([[0, 1.0, 0.0, 0.5, 0.5, 1 / 12], [0, 1.0, 0.0, 0.5, 0.5, 13 / 12]]))
    assert orange[0, :, 32, 32].tolist() == [255, 128, 0]
    np.testing.assert_array_equal(orange[0], orange[1])
    assert not orange[0, :, 0, 0].any()


@pytest.mark.parametrize(("name", "width"), [("shapes", 5), ("shapes-colour", 6)])
def test_the_loaded_set_knows_its_factors(name: str, width: int) -> None:
    images = load_images(name, count=200)
    assert available(name) and images.image_shape == DATA_SETS[name].shape
    assert images.factors.shape == (200, width) and images.factor_names[0] == "shape"
    assert images.factor_sizes == (3, 6, 40, 32, 32, 6)[:width]
    np.testing.assert_array_equal(images.labels, images.factors[:, 0])
    np.testing.assert_array_equal(draw_shapes(images.factors), images.images)
    assert images.label_names == SHAPES and images.licence == "MIT"
    assert (len(images.train), len(images.validation), len(images.test)) == (170, 10, 20)


def test_what_a_checkpoint_keeps_draws_the_same_images_again() -> None:
    images = load_images("shapes", count=150, split_seed=5)
    again = load_recorded(images.settings())
    assert again.fingerprint == images.fingerprint != load_images("shapes", count=150).fingerprint
    np.testing.assert_array_equal(again.test, images.test)
    assert load_recorded(load_images("digits").settings()).fingerprint == load_images("digits").fingerprint


@pytest.mark.parametrize("name", ["shapes", "shapes-colour"])
def test_the_test_images_alone_are_those_of_the_whole_set(name: str) -> None:
    images = load_images(name, count=150, split_seed=5)
    np.testing.assert_array_equal(drawn_test_images(images.settings()), images.images[images.test])
    assert drawn_test_images(load_images("digits").settings()) is None


def test_the_fingerprint_sees_a_factor_that_the_pixels_hide() -> None:
    images = load_images("shapes", count=50)
    square = int(np.flatnonzero(images.labels == 0)[0])
    factors = images.factors.copy()
    factors[square, 2] = (factors[square, 2] + 10) % 40
    np.testing.assert_array_equal(draw_shapes(factors), images.images)
    assert replace(images, factors=factors).fingerprint != images.fingerprint


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"factors": np.zeros((49, 5), np.int64)}, r"int64 with shape \(49, 5\); they must be int64 \(50, 5\)"),
        ({"factors": np.zeros((50, 5), np.int32)}, "factors are int32"),
        ({"factors": np.zeros(50, np.int64)}, r"shape \(50,\)"),
        ({"factors": np.full((50, 5), 3, np.int64)}, "shape has the value 3; its 3 values are 0 to 2"),
        ({"factors": np.full((50, 5), -1, np.int64)}, "shape has the value -1"),
        ({"factor_sizes": (3, 6)}, "5 factor names and 2 sizes"),
        ({"factors": None}, r"factor names \(shape, scale.*but no factors"),
    ],
)
def test_factors_that_do_not_belong_to_the_images_are_refused(changes: dict, message: str) -> None:
    with pytest.raises(DataError, match=message):
        replace(load_images("shapes", count=50), **changes)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[0, 1, 0, 0.5]], r"shape \(1, 4\); they must be \(N, 5\)"),
        ([[3, 1, 0, 0.5, 0.5]], r"shape is 3; it must be 0, 1 or 2 \(square, ellipse, heart\)"),
        ([[0.5, 1, 0, 0.5, 0.5]], "shape is 0.5"),
        ([[0, 1.2, 0, 0.5, 0.5]], "scale is 1.2; it must be 0.5 to 1"),
        ([[0, 1, 0, -0.1, 0.5]], "x is -0.1"),
        ([[0, 1, 0, 0.5, 2]], "y is 2"),
        ([[0, 1, np.nan, 0.5, 0.5]], "NaN or infinite"),
    ],
)
def test_values_that_no_image_has_are_refused(values: list, message: str) -> None:
    with pytest.raises(DataError, match=message):
        draw_shape_values(np.array(values, float))


def test_rows_seeds_and_counts_out_of_range_are_refused() -> None:
    with pytest.raises(DataError, match="row 10 was asked for; there are 10 images"):
        DrawnShapes(10).pixels(np.array([10]))
    with pytest.raises(DataError, match="row -1 was asked for; rows are counted from 0"):
        DrawnShapes(10).pixels(np.array([-1]))
    with pytest.raises(DataError, match="-3 images were asked for"):
        DrawnShapes(-3)
    with pytest.raises(DataError, match="the seed is -1"):
        DrawnShapes(10, seed=-1).pixels(np.array([0]))
    with pytest.raises(DataError, match=r"shape has the value 3"):
        draw_shapes(np.array([[3, 0, 0, 0, 0]]))
    with pytest.raises(DataError, match=r"the count is 5; of shapes 20 to 262,144 images are drawn into memory"):
        load_images("shapes", count=5)
    with pytest.raises(DataError, match=r"the count is 1,000,000; of shapes-colour.*DrawnShapes"):
        load_images("shapes-colour", count=1_000_000)
    with pytest.raises(DataError, match=r"the count is 100, but 'digits' has the images it has.*--data-count"):
        load_images("digits", count=100)


def test_no_rows_are_no_images() -> None:
    assert DrawnShapes(10).pixels(np.array([], np.int64)).shape == (0, 1, SIDE, SIDE)


def test_shapes_take_no_folder(tmp_path) -> None:
    with pytest.raises(DataError, match="'shapes' are drawn by this project and are read from no folder"):
        load_images("shapes", tmp_path)
