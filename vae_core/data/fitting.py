"""Any picture as an image of a data set: fitted as the images were made that a model was trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from vae_core.data.catalogue import DATA_SETS
from vae_core.data.conventions import (
    BLACK,
    WHITE,
    Convention,
    Framed,
    frame_digits,
    frame_fashion,
    frame_mnist,
    frame_other,
    frame_shapes,
    to_grey,
)

LARGEST_WORKING_SIDE = 1024  # a larger picture is first reduced to it: what is fitted has 128 pixels at most
CONVENTIONS: dict[str, Convention] = {
    "mnist": Convention("MNIST", BLACK, frame_mnist),
    "digits": Convention("the bundled digits", BLACK, frame_digits),
    "fashion": Convention("Fashion-MNIST", BLACK, frame_fashion),
    "shapes": Convention("the drawn shapes", BLACK, frame_shapes),
    "shapes-colour": Convention("the drawn shapes", BLACK, frame_shapes),
}
OTHER = Convention("", WHITE, frame_other)


@dataclass(frozen=True, eq=False)
class FittedImage:
    """pixels: uint8 (C, H, W), as the training images. note: sentences on what was done. blank: nothing was seen."""

    pixels: np.ndarray
    note: str
    blank: bool


def fit_picture(
    picture: Image.Image | np.ndarray, data_name: str, image_shape: tuple[int, int, int], notes: tuple[str, ...] = ()
) -> FittedImage:
    """The picture as an image of the data set of that name, of the shape (C, H, W) of a model.

    picture: of Pillow, or uint8 (H, W) or (H, W, C) with C of 1 (grey), 3 (RGB) or 4 (RGB and alpha). A data set
    without a convention of its own gets the middle of the picture, averaged over areas. ``notes`` are put before what
    is done here.
    Raises ValueError for an array of another type or shape.
    """
    convention = convention_of(data_name, image_shape)
    image = picture if isinstance(picture, Image.Image) else _as_image(picture)
    flat, laid = _without_alpha(reduced(image), convention)
    channels, height, width = image_shape
    framed = convention.frame(np.asarray(flat.convert("RGB")), height, width)
    return FittedImage(
        pixels=_channels_first(framed.pixels, channels),
        note=_sentences((*notes, *laid), convention, framed),
        blank=framed.blank,
    )


def convention_of(data_name: str, image_shape: tuple[int, int, int]) -> Convention:
    """How images of this data set are made, when the model's images have its shape; else the way for any other data."""
    known = data_name in CONVENTIONS and DATA_SETS[data_name].shape == tuple(image_shape)
    return CONVENTIONS[data_name] if known else OTHER


def reduced(image: Image.Image) -> Image.Image:
    """The image with no side above 1,024 pixels, averaged over areas; the same one when it is small enough."""
    if max(image.size) <= LARGEST_WORKING_SIDE:
        return image
    scale = LARGEST_WORKING_SIDE / max(image.size)
    size = (max(1, round(scale * image.width)), max(1, round(scale * image.height)))
    return image.resize(size, Image.Resampling.BOX)


def _as_image(pixels: np.ndarray) -> Image.Image:
    shape = pixels.shape
    usual = len(shape) == 2 or (len(shape) == 3 and shape[2] in (1, 3, 4))
    if pixels.dtype != np.uint8 or not usual or 0 in shape:
        raise ValueError(
            f"The picture is {pixels.dtype} of shape {shape}; it must be uint8 (H, W) or (H, W, C) with 1 (grey), "
            "3 (RGB) or 4 (RGB and alpha) channels and at least one pixel. Convert it."
        )
    return Image.fromarray(pixels[:, :, 0] if len(shape) == 3 and shape[2] == 1 else np.ascontiguousarray(pixels))


def _without_alpha(image: Image.Image, convention: Convention) -> tuple[Image.Image, tuple[str, ...]]:
    """The image on a ground of one grey level, and a sentence where anything of it was transparent."""
    if not image.has_transparency_data:
        return image, ()
    image = image.convert("RGBA")
    alpha = np.asarray(image.getchannel("A"))
    if alpha.min() == WHITE:
        return image.convert("RGB"), ()
    ground = _ground(to_grey(np.asarray(image.convert("RGB"))), alpha, convention)
    canvas = Image.new("RGBA", image.size, (ground, ground, ground, WHITE))
    name = {BLACK: "black", WHITE: "white"}[ground]
    return Image.alpha_composite(canvas, image).convert("RGB"), (f"Its transparent parts were laid on {name}.",)


def _ground(grey: np.ndarray, alpha: np.ndarray, convention: Convention) -> int:
    """The data's background; its opposite where the opaque parts would drown in it and the data has them inverted."""
    if convention is OTHER or not alpha.any():
        return convention.background
    level = float((grey.astype(np.float64) * alpha).sum() / alpha.sum(dtype=np.float64))
    return BLACK if level > WHITE / 2 else WHITE


def _channels_first(pixels: np.ndarray, channels: int) -> np.ndarray:
    if pixels.ndim == 3 and channels == 1:
        pixels = to_grey(pixels)
    if pixels.ndim == 2:
        return np.repeat(pixels[None], channels, axis=0)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def _sentences(before: tuple[str, ...], convention: Convention, framed: Framed) -> str:
    if framed.blank:
        said = "The picture is blank: nothing stands out from its background, so a blank image is encoded."
    else:
        start = f"Fitted as {convention.label}" if convention.label else "Fitted to the model's images"
        said = f"{start}: {'; '.join(framed.steps)}."
    return " ".join((*before, said))
