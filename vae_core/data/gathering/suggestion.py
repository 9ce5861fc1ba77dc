"""One size and colour for images that have many: suggested from some of them, and said why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from PIL import Image

from vae_core.data.errors import DataError
from vae_core.data.gathering.own_images import OwnImages
from vae_core.data.image_set import SIDES

LOOKED_AT = 48
USUAL_SIDES = (8, 16, 28, 32, 48, 64)  # larger ones train for hours on a processor
COLOUR_DISTANCE = 16  # of 255, between the channels of a pixel that has a colour
COLOURED_PIXELS = 0.01
COLOURED_PICTURES = 0.05


@dataclass(frozen=True)
class Suggestion:
    """shape: (C, H, W) to fit the images to; why: a sentence. looked_at: how many were read for it."""

    shape: tuple[int, int, int]
    why: str
    looked_at: int


def suggested_shape(images: OwnImages) -> Suggestion:
    """The size that images have where all looked at are alike and a model takes it; else a square that suits them.

    In colour where one in twenty of them or more has a colour. Raises DataError when none can be read.
    """
    if images.shape is not None and _is_taken(images.shape[1:]):
        channels, height, width = images.shape
        colour = "colour" if channels == 3 else "grey"
        return Suggestion(images.shape, f"All are {height}×{width}, {colour}; they are taken as they are.", len(images))
    sizes, coloured = _looked_at(images)
    channels, words = _colour(coloured)
    common = Counter(sizes).most_common(1)[0][0]
    if len(set(sizes)) == 1 and _is_taken(common):
        why = f"All {len(sizes)} looked at are {common[0]}×{common[1]} pixels; {words}."
        return Suggestion((channels, *common), why, len(sizes))
    shorter = float(np.median([min(size) for size in sizes]))
    side = max((side for side in USUAL_SIDES if side <= shorter), default=USUAL_SIDES[0])
    tall, wide = (int(np.median(sides)) for sides in zip(*sizes, strict=True))
    alike = "all" if len(set(sizes)) == 1 else "about"
    cut = f"each is cut to its middle square and made {side}×{side}"
    why = f"They are {alike} {tall}×{wide} pixels; {cut}. {words[0].upper()}{words[1:]}."
    return Suggestion((channels, side, side), why, len(sizes))


def _looked_at(images: OwnImages) -> tuple[list[tuple[int, int]], list[bool]]:
    """(H, W) of some images, evenly spread, and whether each has a colour."""
    places = np.unique(np.linspace(0, len(images) - 1, min(len(images), LOOKED_AT)).astype(int))
    sizes, coloured = [], []
    for place in places.tolist():
        try:
            picture = images.picture(place).image
        except DataError:
            continue  # told when all are read
        image = picture if isinstance(picture, Image.Image) else None
        sizes.append((image.height, image.width) if image else tuple(picture.shape[:2]))
        coloured.append(has_colour(picture))
    if not sizes:
        raise DataError(f"None of the {len(places)} images looked at can be read. Check the files.")
    return sizes, coloured


def has_colour(picture: Image.Image | np.ndarray) -> bool:
    """Whether one pixel in a hundred or more has channels that differ visibly."""
    if isinstance(picture, Image.Image):
        if picture.mode in ("L", "LA"):
            return False
        picture.thumbnail((128, 128))
        picture = np.asarray(picture.convert("RGB"))
    if picture.ndim == 2 or picture.shape[2] == 1:
        return False
    spread = picture.max(axis=2).astype(int) - picture.min(axis=2)
    return float((spread > COLOUR_DISTANCE).mean()) >= COLOURED_PIXELS


def _colour(coloured: list[bool]) -> tuple[int, str]:
    count, looked_at = sum(coloured), len(coloured)
    if count >= COLOURED_PICTURES * looked_at:
        return 3, f"{count} of {looked_at} looked at have a colour, so colour is kept"
    few = f"only {count}" if count else "none"
    return 1, f"{few} of the {looked_at} looked at has a colour, so they are made grey"


def _is_taken(size: tuple[int, int]) -> bool:
    low, high = SIDES
    return all(low <= side <= high for side in size)
