"""Picture files that a person brings: read safely, by their header first, or refused in a sentence."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, UnidentifiedImageError

from vae_core.data.errors import DataError
from vae_core.data.fitting import LARGEST_WORKING_SIDE, reduced

MOST_PIXELS = 50_000_000  # the largest phone cameras; four bytes each make 200 MB while the file is decoded
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")  # no other decoder is ever tried: EPS runs a program
WAY_OUT = "Export the picture as PNG or JPEG."
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # EXIF 2.32, section 4.6.4, tag Orientation: what makes the picture upright
HEIC = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")
UNREAD: dict[str, Callable[[bytes], bool]] = {
    "an SVG drawing": lambda head: head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"<svg" in head,
    "a HEIC picture": lambda head: head[4:8] == b"ftyp" and b"avif" not in head[:64] and head[8:12] in HEIC,
    "a PDF document": lambda head: head.startswith(b"%PDF-"),
}  # what people try, by the beginning of the file
HEAD = 4096
WORD = 65_535
LARGEST_COUNTED = 2_000_000  # bytes; the frames of a GIF are counted by walking over them, a hundred thousand in 0.7 s


class PictureError(DataError):
    """A file that is no picture for a model; `reason` is a code for programs.

    empty, unread-format, no-picture, too-many-pixels or damaged.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, eq=False)
class PictureFile:
    """image: of mode L, LA, RGB or RGBA, upright, no side above 1,024 pixels. notes: what was done, a sentence each."""

    image: Image.Image
    notes: tuple[str, ...]


def read_picture(data: bytes) -> PictureFile:
    """The picture in a file's bytes, its first frame, turned upright, scaled to 8 bits per value.

    Raises PictureError for an empty file, another format than PNG, JPEG, WebP, GIF, BMP, TIFF and AVIF, more than
    50 million pixels (by the header, nothing is decoded), and a file that is cut off or damaged.
    """
    image = _opened(data)
    _check_size(image.width * image.height, f"{image.width:,} × {image.height:,}")
    try:
        frames = _first_of_frames(image, len(data))
        turned = _turned(image)  # before the pixels are touched: what comes after has lost the tag
        side = LARGEST_WORKING_SIDE
        image.draft(None, (side, side))  # decodes a large JPEG at a fraction of its size
        image.load()
        eight_bits, scaled = _to_eight_bits(image)
        small = reduced(_plain(eight_bits))
    except PictureError:
        raise
    except Exception as problem:  # a decoder may fail in any way on bytes that are not what it expects
        raise _damaged(image.format, problem) from problem
    turn = TURNS.get(turned)
    upright = small if turn is None else small.transpose(turn)
    notes = (frames, scaled, "Turned upright as its EXIF says." if turn is not None else "")
    return PictureFile(upright, tuple(note for note in notes if note))


def _opened(data: bytes) -> Image.Image:
    if not data:
        raise PictureError("empty", "The file is empty; a picture has at least a header. Choose another file.")
    for name, begins in UNREAD.items():
        if begins(data[:HEAD]):
            raise PictureError("unread-format", f"The file is {name}, which is not read here. {WAY_OUT}")
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as problem:
        found = re.search(r"\((\d+) pixels\)", str(problem))
        _check_size(int(found.group(1)) if found else 2 * MOST_PIXELS, "")
        raise
    except Exception as problem:  # as above
        if data[8:12] in (b"WEBP", b"avif"):  # their decoders look at the whole file before they give its size
            raise _damaged(data[8:12].decode(), problem) from problem
        raise PictureError(
            "no-picture", f"The file is no picture that is read here (PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF). {WAY_OUT}"
        ) from problem


def _check_size(pixels: int, sides: str) -> None:
    if pixels > MOST_PIXELS:
        sides = f" ({sides})" if sides else ""
        raise PictureError(
            "too-many-pixels",
            f"The picture has {pixels:,} pixels{sides}; at most {MOST_PIXELS:,} are taken. Export a smaller one.",
        )


def _first_of_frames(image: Image.Image, size: int) -> str:
    if not getattr(image, "is_animated", False):
        return ""
    uncounted = image.format == "TIFF" or (image.format == "GIF" and size > LARGEST_COUNTED)
    count = "" if uncounted else f"{image.n_frames:,} "
    image.seek(0)  # counting them may have moved on
    return f"The first of its {count}frames was taken."


def _turned(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # EXIF that cannot be read says nothing; the pixels may be sound
        return 1


def _to_eight_bits(image: Image.Image) -> tuple[Image.Image, str]:
    """The image with 8 bits per value, and a sentence where more of them were scaled down."""
    if not image.mode.startswith(("I", "F")):
        return image, ""
    values = np.asarray(image).astype(np.float32)
    low, high = float(values.min()), float(values.max())
    if not np.isfinite(high - low):
        raise PictureError("damaged", "The picture holds values that are NaN or infinite; all must be finite. Mend it.")
    said = f"Its values, {low:g} to {high:g}, were scaled to 8 bits."
    if image.mode == "F" and low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    elif image.mode != "F" and low >= 0 and high <= WORD:
        low, high, said = 0.0, float(WORD), "Its 16 bits per value were scaled to 8."
    values -= low
    values *= 255 / max(high - low, float(np.finfo(np.float32).tiny))
    return Image.fromarray(np.rint(values, out=values).astype(np.uint8)), said


def _plain(image: Image.Image) -> Image.Image:
    """Mode L, LA, RGB or RGBA of any other: palettes looked up, CMYK and the like converted, transparency kept."""
    if image.mode in ("LA", "RGBA"):
        return image
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _damaged(kind: str, problem: Exception) -> PictureError:
    if isinstance(problem, UnidentifiedImageError):
        words = "its decoder finds no picture in it"
    else:
        words = (str(problem) or type(problem).__name__).splitlines()[0][:120]
    return PictureError(
        "damaged",
        f"The {kind.upper()} file is cut off or damaged ({words}); its pixels cannot be read. Copy or export it again.",
    )
