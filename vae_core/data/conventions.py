"""How the images of each data set were made: what turns any picture into one of their kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from vae_core.data.ink import centred_by_mass, find_ink, resized

BLACK, WHITE = 0, 255
MNIST_SIDE, MNIST_BOX = 28, 20
DIGIT_SIDE, DIGIT_BITMAP, DIGIT_BLOCK, DIGIT_LEVELS = 8, 32, 4, 16
DIGIT_WIDTH = 20  # pixels of 32; they touch six of the eight columns, as 77 % of the bundled digits do
DIGIT_INK = (0.27, 0.36)  # share of the bitmap that is ink; nine of ten bundled digits have 0.25 to 0.36
INKED = 0.35  # of the strongest ink; a stroke thinner than a pixel of the bitmap is still one
MOST_STROKE_STEPS = 8
FASHION_SIDE = 28
CLOSE = 0.05  # of the largest intensity


@dataclass(frozen=True, eq=False)
class Framed:
    """A picture in the data's form: pixels uint8 (H, W) or (H, W, 3), what was done, and whether it is blank."""

    pixels: np.ndarray
    steps: tuple[str, ...]
    blank: bool = False


@dataclass(frozen=True)
class Convention:
    """A data set's way: its name for people, the grey level behind its objects, how a picture becomes one of its own.

    frame: from a picture uint8 (h, w, 3) and the height and width of the data's images to a Framed.
    """

    label: str
    background: int
    frame: Callable[[np.ndarray, int, int], Framed]


def frame_mnist(picture: np.ndarray, height: int, width: int) -> Framed:
    """Light ink on black, in a box of 20/28 of the frame with its aspect kept, its centre of mass in the middle.

    Source: LeCun, Cortes and Burges 1998, the MNIST database: 20×20 box, anti-aliased, centre of mass at the centre of
    28×28. Its images bear this out: the longer side is 20 and the centre within half a pixel of (14, 14).
    """
    ink = find_ink(to_grey(picture))
    if ink is None:
        return _blank(height, width)
    box = MNIST_BOX * min(height, width) // MNIST_SIDE
    scale = box / max(ink.strength.shape)
    small = resized(ink.strength, *(max(1, round(scale * side)) for side in ink.strength.shape))
    placed = centred_by_mass(small / small.max(), height, width)  # thin strokes turn grey when they shrink
    done = f"ink cropped, scaled into {box}×{box}, centred by its mass in {height}×{width}"
    return Framed(_bytes(placed), (*_inverted(ink.inverted, "ink"), done))


def frame_digits(picture: np.ndarray, height: int, width: int) -> Framed:
    """A 32×32 bitmap of the ink, its pixels counted in blocks of 4×4: 17 levels of light ink on black.

    The ink fills the height and at most 24 columns, and its strokes are thickened or thinned until about a third of the
    bitmap is ink, as the bundled digits have it after the normalisation by NIST. Source: Alpaydin and Kaynak 1998,
    Optical Recognition of Handwritten Digits (UCI), its description; Garris et al. 1994, NIST Form-Based Handprint
    Recognition System (size and stroke width normalised).
    """
    grey = to_grey(picture)
    ink = find_ink(grey)
    if ink is None:
        return _blank(height, width)
    if grey.shape == (height, width) and not ink.inverted:
        return Framed(grey, ("taken as it is, being of the data's size with light ink",))
    tall, wide = ink.strength.shape
    columns = max(1, min(DIGIT_WIDTH, round(DIGIT_BITMAP * wide / tall)))
    small = resized(ink.strength, DIGIT_BITMAP, columns)
    inked = small > INKED * small.max()
    bitmap = _of_usual_stroke(_in_the_middle(inked, DIGIT_BITMAP, DIGIT_BITMAP))
    counts = bitmap.reshape(DIGIT_SIDE, DIGIT_BLOCK, DIGIT_SIDE, DIGIT_BLOCK).sum(axis=(1, 3))
    how = f"made {DIGIT_BITMAP} pixels tall and of the usual stroke, counted in blocks of {DIGIT_BLOCK}×{DIGIT_BLOCK}"
    return Framed(_bytes(counts / DIGIT_LEVELS), (*_inverted(ink.inverted, "ink"), f"ink cropped, {how}"))


def frame_fashion(picture: np.ndarray, height: int, width: int) -> Framed:
    """A light object on black that fills the frame along its longer side.

    Source: Xiao, Rasul and Vollgraf 2017, Fashion-MNIST, section 2, steps 2 to 7: trim edges within 5 % of the colour
    of the corners, subsample the longest edge to 28, sharpen (radius and spread 1), extend the shortest edge, negate,
    make grey. Negated only where the corners are light, as in the original photographs on white; the corners' level
    ends as black.
    """
    corner = np.median(picture[[0, 0, -1, -1], [0, -1, 0, -1]].astype(np.float32), axis=0)
    trimmed = _trimmed(picture, corner)
    if trimmed is None:
        return _blank(height, width)
    grey_corner = float(to_grey(corner.astype(np.uint8)[None, None])[0, 0])
    light = grey_corner > WHITE / 2
    if picture.shape[:2] == (height, width) and not light:
        return Framed(to_grey(picture), ("taken as it is, being of the data's size on a dark ground",))
    scale = min(height / trimmed.shape[0], width / trimmed.shape[1])
    size = [max(1, round(scale * side)) for side in (trimmed.shape[1], trimmed.shape[0])]
    small = Image.fromarray(trimmed).resize(size, Image.Resampling.NEAREST)  # rows and columns are skipped
    sharp = to_grey(np.asarray(small.filter(ImageFilter.UnsharpMask(radius=1, percent=100, threshold=0))))
    object_ = _from_black(sharp, grey_corner, light)
    done = f"edges trimmed, subsampled to fill {height}×{width}, sharpened, put in the middle"
    return Framed(_in_the_middle(object_, height, width), (*_inverted(light, "object"), done))


def frame_shapes(picture: np.ndarray, height: int, width: int) -> Framed:
    """The whole picture, padded with black to the data's aspect; every value 0 or 255, as the drawn shapes have it.

    A grey picture with a light border is inverted; a colour keeps its hue. Source: vae_core.data.shapes.
    """
    steps: tuple[str, ...] = ()
    ink = find_ink(to_grey(picture))
    if ink is None:
        return _blank(height, width)
    if ink.inverted and _is_grey(picture):
        picture, steps = WHITE - picture, _inverted(True, "shape")
    padded = _padded(picture, height, width)
    small = np.asarray(Image.fromarray(padded).resize((width, height), _area_or_bicubic(padded, height, width)))
    pad = padded.shape != picture.shape
    steps += ("padded with black",) if pad else ()
    pixels = np.where(small > WHITE // 2, WHITE, BLACK).astype(np.uint8)
    return Framed(pixels, (*steps, f"averaged over areas to {height}×{width}, each value made 0 or 255"))


def frame_other(picture: np.ndarray, height: int, width: int) -> Framed:
    """The middle of the picture, cut to the data's aspect and averaged over areas: for data of no known convention."""
    if picture.shape[:2] == (height, width):
        return Framed(picture, ("taken as it is, being of the data's size",), _is_flat(picture))
    cut = _cut(picture, height, width)
    small = np.asarray(Image.fromarray(cut).resize((width, height), _area_or_bicubic(cut, height, width)))
    steps = ("cut to the middle",) if cut.shape != picture.shape else ()
    how = "averaged over areas" if cut.shape[0] >= height else "enlarged"
    return Framed(small, (*steps, f"{how} to {height}×{width}"), _is_flat(picture))


def to_grey(picture: np.ndarray) -> np.ndarray:
    """Luma uint8 (H, W) of a picture uint8 (H, W, 3), by ITU-R BT.601 (0.299 R + 0.587 G + 0.114 B)."""
    return np.asarray(Image.fromarray(picture).convert("L"))


def _trimmed(picture: np.ndarray, corner: np.ndarray) -> np.ndarray | None:
    distance = np.sqrt(np.square(picture.astype(np.float32) - corner).sum(axis=2))
    far = distance > CLOSE * WHITE * 3**0.5
    if not far.any():
        return None
    rows, columns = np.flatnonzero(far.any(axis=1)), np.flatnonzero(far.any(axis=0))
    return np.ascontiguousarray(picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _from_black(grey: np.ndarray, corner: float, light: bool) -> np.ndarray:
    """Grey levels uint8 (H, W) counted from the corner's level on: the corner 0, the far end of the scale 255."""
    reach = max(corner if light else WHITE - corner, 1.0)
    departure = (corner - grey) if light else (grey - corner)
    return _bytes((departure / reach).clip(0, 1))


def _of_usual_stroke(bitmap: np.ndarray) -> np.ndarray:
    """The bitmap with its strokes thickened or thinned, a pixel in a step, until its share of ink is usual."""
    least, most = DIGIT_INK
    thickens = bitmap.mean() < least
    for _ in range(MOST_STROKE_STEPS):
        if least <= bitmap.mean() <= most or (bitmap.mean() < least) != thickens:
            break
        bitmap = _grown(bitmap) if thickens else ~_grown(~bitmap)
    return bitmap


def _grown(bitmap: np.ndarray) -> np.ndarray:
    around = np.pad(bitmap, 1)
    return bitmap | around[:-2, 1:-1] | around[2:, 1:-1] | around[1:-1, :-2] | around[1:-1, 2:]


def _in_the_middle(values: np.ndarray, height: int, width: int) -> np.ndarray:
    placed = np.zeros((height, width), dtype=values.dtype)
    top, left = (height - values.shape[0]) // 2, (width - values.shape[1]) // 2
    placed[top : top + values.shape[0], left : left + values.shape[1]] = values
    return placed


def _padded(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    tall, wide = picture.shape[:2]
    rows, columns = max(tall, round(wide * height / width)), max(wide, round(tall * width / height))
    placed = np.zeros((rows, columns, 3), dtype=np.uint8)
    top, left = (rows - tall) // 2, (columns - wide) // 2
    placed[top : top + tall, left : left + wide] = picture
    return placed


def _cut(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    tall, wide = picture.shape[:2]
    rows, columns = min(tall, max(1, round(wide * height / width))), min(wide, max(1, round(tall * width / height)))
    top, left = (tall - rows) // 2, (wide - columns) // 2
    return np.ascontiguousarray(picture[top : top + rows, left : left + columns])


def _area_or_bicubic(picture: np.ndarray, height: int, width: int) -> Image.Resampling:
    shrinks = picture.shape[0] >= height and picture.shape[1] >= width
    return Image.Resampling.BOX if shrinks else Image.Resampling.BICUBIC


def _is_grey(picture: np.ndarray) -> bool:
    return bool((picture == picture[:, :, :1]).all())


def _is_flat(picture: np.ndarray) -> bool:
    return bool((picture == picture[0, 0]).all())


def _inverted(inverted: bool, what: str) -> tuple[str, ...]:
    return (f"inverted to a light {what} on black",) if inverted else ()


def _bytes(values: np.ndarray) -> np.ndarray:
    return np.rint(values * 255).astype(np.uint8)


def _blank(height: int, width: int) -> Framed:
    return Framed(np.zeros((height, width), dtype=np.uint8), (), blank=True)
