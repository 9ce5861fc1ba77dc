"""Any picture becomes an image as the training data was made; what was done is said."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw
from sklearn.neighbors import KNeighborsClassifier

from vae_core.data import CONVENTIONS, DATA_SETS, DrawnShapes, draw_shapes, fit_picture, load_images

MNIST, DIGITS, FASHION = (1, 28, 28), (1, 8, 8), (1, 28, 28)


def stroke(size: tuple[int, int] = (400, 300), at: tuple[int, int] = (60, 40), ink: int = 0, paper: int = 255):
    """A hook of 100 × 160 pixels on a canvas of this size (width, height)."""
    image = Image.new("L", size, paper)
    x, y = at
    ImageDraw.Draw(image).line([(x, y), (x, y + 160), (x + 100, y + 160)], fill=ink, width=15)
    return image


def box(pixels: np.ndarray) -> tuple[int, int]:
    """How tall and wide what is lit is."""
    rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    return rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1


def test_mnist_gets_light_ink_in_a_box_of_20_centred_by_its_mass() -> None:
    fitted = fit_picture(stroke(), "mnist", MNIST)
    pixels = fitted.pixels[0].astype(float)
    assert fitted.pixels.shape == MNIST and fitted.pixels.dtype == np.uint8 and not fitted.blank
    assert max(box(pixels)) == 20 and min(box(pixels)) == round(20 * 108 / 168)
    assert pixels.max() == 255 and (pixels[0] == 0).all()
    for axis in (0, 1):
        centre = (pixels.sum(axis=axis) * np.arange(28)).sum() / pixels.sum()
        assert 13.5 <= centre < 14.5, "as in MNIST itself"
    steps = ("inverted to a light ink on black", "ink cropped, scaled into 20×20, centred by its mass in 28×28")
    assert fitted.note == f"Fitted as MNIST: {'; '.join(steps)}."


def test_where_on_the_canvas_and_which_way_round_makes_no_difference() -> None:
    wanted = fit_picture(stroke(), "mnist", MNIST).pixels
    for other in (stroke(at=(250, 100)), stroke(ink=255, paper=0), stroke(ink=20, paper=110), stroke((900, 350))):
        np.testing.assert_array_equal(fit_picture(other, "mnist", MNIST).pixels, wanted)
    assert "inverted" not in fit_picture(stroke(ink=255, paper=0), "mnist", MNIST).note


def test_an_image_of_mnist_stays_as_it_is() -> None:
    once = fit_picture(stroke(), "mnist", MNIST)
    again = fit_picture(once.pixels[0], "mnist", MNIST)
    np.testing.assert_array_equal(again.pixels, once.pixels)


def test_uneven_grainy_paper_is_no_ink() -> None:
    grey = np.asarray(stroke(paper=200), dtype=float)
    light = np.linspace(0.85, 1.15, grey.shape[1])[None] + np.random.default_rng(0).normal(0, 0.01, grey.shape)
    photographed = (grey * light).clip(0, 255).astype(np.uint8)
    clean = fit_picture(stroke(), "mnist", MNIST).pixels.astype(int)
    assert np.abs(fit_picture(photographed, "mnist", MNIST).pixels - clean).mean() < 6
    whole = np.asarray(Image.fromarray(255 - photographed).resize((28, 28), Image.Resampling.BOX))
    assert np.abs(whole - clean[0]).mean() > 30, "which resizing alone would not bring"


@pytest.mark.parametrize("name", ["mnist", "digits", "fashion", "shapes", "shapes-colour", "faces"])
@pytest.mark.parametrize(
    "canvas", [np.zeros((50, 60, 4), np.uint8), np.full((50, 60), 255, np.uint8), np.full((9, 9, 3), 7, np.uint8)]
)
def test_a_blank_canvas_is_a_blank_image_and_is_said(name: str, canvas: np.ndarray) -> None:
    shape = DATA_SETS[name].shape if name in DATA_SETS else (3, 16, 16)
    fitted = fit_picture(canvas, name, shape)
    assert fitted.blank and fitted.pixels.shape == shape
    assert "The picture is blank" in fitted.note
    assert (fitted.pixels == fitted.pixels[0, 0, 0]).all()


@pytest.mark.parametrize(("ink", "ground"), [(0, "white"), (255, "black")])
def test_transparent_parts_are_laid_where_the_ink_shows(ink: int, ground: str) -> None:
    alpha = 255 - np.asarray(stroke())
    fitted = fit_picture(np.dstack([np.full((*alpha.shape, 3), ink, np.uint8), alpha]), "mnist", MNIST)
    np.testing.assert_array_equal(fitted.pixels, fit_picture(stroke(), "mnist", MNIST).pixels)
    assert fitted.note.startswith(f"Its transparent parts were laid on {ground}. Fitted as MNIST")


def test_what_is_transparent_is_laid_on_white_for_other_data_and_nothing_is_said_of_an_opaque_alpha() -> None:
    clear, opaque = np.zeros((20, 20, 4), np.uint8), np.full((20, 20, 4), 255, np.uint8)
    clear[5:15, 5:15] = (200, 0, 0, 255)
    fitted = fit_picture(clear, "faces", (3, 20, 20))
    assert tuple(fitted.pixels[:, 0, 0]) == (255, 255, 255) and tuple(fitted.pixels[:, 9, 9]) == (200, 0, 0)
    assert "laid on white" in fitted.note
    assert "laid" not in fit_picture(opaque, "faces", (3, 20, 20)).note


def test_digits_are_counts_of_a_bitmap_and_fill_the_height() -> None:
    fitted = fit_picture(stroke(), "digits", DIGITS).pixels[0]
    assert set(np.unique(fitted)) <= set(np.rint(np.arange(17) * 255 / 16).astype(int))
    assert fitted[0].any() and fitted[7].any()
    assert 0.2 < fitted.mean() / 255 < 0.42, "as nearly all of the bundled digits"


def test_drawn_digits_are_told_apart_better_than_after_resizing() -> None:
    digits = load_images("digits")
    rows = digits.test[:150]
    known = KNeighborsClassifier(1).fit(digits.images[digits.train].reshape(-1, 64), digits.labels[digits.train])
    canvases = [drawn(image[0]) for image in digits.images[rows]]
    fitted = np.stack([fit_picture(canvas, "digits", DIGITS).pixels for canvas in canvases])
    resized = np.stack([np.asarray(Image.fromarray(255 - canvas).resize((8, 8))) for canvas in canvases])
    share = [np.mean(known.predict(each.reshape(-1, 64)) == digits.labels[rows]) for each in (fitted, resized)]
    assert share[0] > 0.9 and share[1] < 0.5


def drawn(image: np.ndarray) -> np.ndarray:
    """The image 15 times as large, dark on white, in a corner of a canvas."""
    canvas = np.full((240, 320), 255, np.uint8)
    canvas[20:140, 180:300] = 255 - np.asarray(Image.fromarray(image).resize((120, 120), Image.Resampling.BICUBIC))
    return canvas


def test_an_image_of_the_digits_is_taken_as_it_is() -> None:
    image = load_images("digits").images[0, 0]
    fitted = fit_picture(image, "digits", DIGITS)
    np.testing.assert_array_equal(fitted.pixels[0], image)
    assert "taken as it is" in fitted.note


@pytest.mark.parametrize(("paper", "cloth"), [(255, (200, 30, 30)), (240, (20, 60, 20)), (0, (200, 180, 150))])
def test_fashion_fills_the_frame_on_black(paper: int, cloth: tuple[int, int, int]) -> None:
    photo = Image.new("RGB", (500, 700), (paper,) * 3)
    ImageDraw.Draw(photo).polygon([(150, 200), (350, 200), (400, 600), (100, 600)], fill=cloth)
    fitted = fit_picture(photo, "fashion", FASHION)
    pixels = fitted.pixels[0]
    assert box(pixels > 12) == (28, 21), "400 × 300 pixels, the longer side over the whole frame"
    assert (pixels[:, :3] == 0).all() and (pixels[:, -3:] == 0).all()
    wanted = np.asarray(Image.new("RGB", (1, 1), cloth).convert("L"))[0, 0] / 255
    wanted = (paper / 255 - wanted) / (paper / 255) if paper > 127 else wanted
    assert pixels[14, 14] == pytest.approx(255 * wanted, abs=2)
    assert ("inverted" in fitted.note) == (paper > 127)


@pytest.mark.parametrize("name", ["shapes", "shapes-colour"])
def test_enlarged_shapes_come_back_exactly(name: str) -> None:
    source = DrawnShapes(4, seed=3, colour=name == "shapes-colour")
    for image in draw_shapes(source.factor_indices(np.arange(4))):
        large = image.transpose(1, 2, 0).repeat(4, axis=0).repeat(4, axis=1)
        np.testing.assert_array_equal(fit_picture(large, name, image.shape).pixels, image)
        wide = np.pad(large, ((0, 0), (64, 64), (0, 0)))
        fitted = fit_picture(wide, name, image.shape)
        assert "padded with black" in fitted.note and set(np.unique(fitted.pixels)) == {0, 255}


def test_a_dark_shape_on_white_is_inverted() -> None:
    image = draw_shapes(DrawnShapes(1, seed=1).factor_indices(np.arange(1)))[0]
    np.testing.assert_array_equal(fit_picture(255 - image[0], "shapes", (1, 64, 64)).pixels, image)


def test_other_data_gets_the_middle_averaged_over_areas() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (32, 64, 3), dtype=np.uint8)
    fitted = fit_picture(picture, "faces", (3, 16, 16))
    middle = picture[:, 16:48].reshape(16, 2, 16, 2, 3).mean(axis=(1, 3)).transpose(2, 0, 1)
    assert np.abs(fitted.pixels - middle).max() <= 1
    assert fitted.note == "Fitted to the model's images: cut to the middle; averaged over areas to 16×16."
    grey = fit_picture(picture, "faces", (1, 16, 16)).pixels
    luma = np.tensordot([0.299, 0.587, 0.114], middle, axes=1)
    assert grey.shape == (1, 16, 16) and np.abs(grey[0] - luma).max() <= 2


def test_a_grey_picture_has_three_equal_channels_in_colour_data_and_a_small_one_is_enlarged() -> None:
    fitted = fit_picture(np.arange(64, dtype=np.uint8).reshape(8, 8), "faces", (3, 32, 24))
    assert (fitted.pixels == fitted.pixels[:1]).all() and "enlarged to 32×24" in fitted.note


def test_a_convention_holds_only_for_its_own_size() -> None:
    assert "Fitted as MNIST" not in fit_picture(stroke(), "mnist", (1, 32, 32)).note


def test_every_data_set_by_name_has_a_convention() -> None:
    assert set(CONVENTIONS) == set(DATA_SETS)


@pytest.mark.parametrize("bad", [np.zeros((5, 5)), np.zeros((5, 5, 2), np.uint8), np.zeros((0, 5), np.uint8)])
def test_an_array_that_is_no_picture_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"it must be uint8 \(H, W\) or \(H, W, C\).*Convert it"):
        fit_picture(bad, "mnist", MNIST)
