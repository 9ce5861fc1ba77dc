"""Picture files of every kind are read safely, or refused in a sentence."""

from __future__ import annotations

import io
import struct
import time
import zlib

import numpy as np
import pytest
from PIL import Image

from vae_core.data import DataError, PictureError, read_picture
from vae_core.data.picture_files import FORMATS, ORIENTATION, TURNS

COLOURS = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
PICTURE = Image.fromarray(COLOURS)


def file_of(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def png_that_says(width: int, height: int) -> bytes:
    """A PNG whose header announces so many pixels; its data is small."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 1) * 20))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_read(kind: str) -> None:
    read = read_picture(file_of(PICTURE, kind, **({"lossless": True} if kind == "WEBP" else {})))
    assert read.image.size == (40, 30) and read.notes == ()
    if kind in ("PNG", "BMP", "TIFF", "WEBP"):
        np.testing.assert_array_equal(np.asarray(read.image), COLOURS)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bits_are_scaled_not_clipped(kind: str) -> None:
    values = np.linspace(0, 65535, 1200).reshape(30, 40).astype(np.uint16)
    read = read_picture(file_of(Image.fromarray(values), kind))
    np.testing.assert_array_equal(np.asarray(read.image), np.rint(values / 257))
    assert read.notes == ("Its 16 bits per value were scaled to 8.",)


def test_a_tiff_of_floats_is_scaled_between_its_ends() -> None:
    values = np.linspace(-3, 9, 1200, dtype=np.float32).reshape(30, 40)
    read = read_picture(file_of(Image.fromarray(values), "TIFF"))
    assert (np.asarray(read.image).min(), np.asarray(read.image).max()) == (0, 255)
    assert read.notes == ("Its values, -3 to 9, were scaled to 8 bits.",)
    values[3, 3] = np.nan
    with pytest.raises(PictureError, match=r"NaN or infinite; all must be finite. Mend it"):
        read_picture(file_of(Image.fromarray(values), "TIFF"))


@pytest.mark.parametrize(("kind", "count"), [("GIF", "3 "), ("WEBP", "3 "), ("PNG", "3 "), ("TIFF", "")])
def test_the_first_frame_is_taken_and_said(kind: str, count: str) -> None:
    others = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    lossless = {"lossless": True} if kind == "WEBP" else {}
    read = read_picture(file_of(PICTURE, kind, save_all=True, append_images=others, **lossless))
    assert read.notes == (f"The first of its {count}frames was taken.",)
    assert np.abs(np.asarray(read.image.convert("RGB")).astype(int) - COLOURS).mean() < 20


@pytest.mark.parametrize("orientation", TURNS)
def test_a_picture_is_turned_as_its_exif_says(orientation: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    upright = np.zeros((16, 24, 3), np.uint8)
    upright[:8, :12] = 255  # the upper left is white
    # EXIF 2.32: where row 0 and column 0 of the stored picture are in the upright one
    stored = {
        2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1],
        5: upright.transpose(1, 0, 2), 6: upright.transpose(1, 0, 2)[::-1],
        7: upright.transpose(1, 0, 2)[::-1, ::-1], 8: upright.transpose(1, 0, 2)[:, ::-1],
    }[orientation]  # fmt: skip
    read = read_picture(file_of(Image.fromarray(np.ascontiguousarray(stored)), "PNG", exif=exif.tobytes()))
    np.testing.assert_array_equal(np.asarray(read.image), upright)
    assert read.notes == ("Turned upright as its EXIF says.",)


@pytest.mark.parametrize(
    ("image", "mode"),
    [
        (PICTURE.convert("P"), "RGB"),
        (PICTURE.convert("CMYK"), "RGB"),
        (PICTURE.convert("1"), "L"),
        (PICTURE.convert("LA"), "LA"),
        (PICTURE.convert("RGBA"), "RGBA"),
    ],
)
def test_every_mode_becomes_grey_or_colour(image: Image.Image, mode: str) -> None:
    read = read_picture(file_of(image, "TIFF" if image.mode == "CMYK" else "PNG"))
    assert read.image.mode == mode
    np.testing.assert_array_equal(np.asarray(read.image), np.asarray(image.convert(mode)))


def test_a_transparent_colour_of_a_palette_is_kept() -> None:
    palette = PICTURE.convert("P")
    read = read_picture(file_of(palette, transparency=int(np.asarray(palette)[0, 0])))
    assert read.image.mode == "RGBA" and np.asarray(read.image)[0, 0, 3] == 0


def test_a_large_picture_is_reduced() -> None:
    read = read_picture(file_of(Image.new("RGB", (4000, 3000), (200, 100, 50)), "JPEG"))
    assert read.image.size == (1024, 768)
    assert np.abs(np.asarray(read.image).reshape(-1, 3).mean(axis=0) - (200, 100, 50)).max() < 3


def test_too_many_pixels_are_refused_by_the_header() -> None:
    for width, height in ((20_000, 20_000), (8_000, 7_000)):
        start = time.perf_counter()
        with pytest.raises(PictureError, match=r"at most 50,000,000 are taken. Export a smaller one") as refused:
            read_picture(png_that_says(width, height))
        assert refused.value.reason == "too-many-pixels" and f"{width * height:,} pixels" in str(refused.value)
        assert time.perf_counter() - start < 1, "nothing was decoded"


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_that_is_cut_off_is_refused(kind: str) -> None:
    whole = file_of(PICTURE, kind)
    with pytest.raises(PictureError, match=r"is cut off or damaged .* Copy or export it again") as refused:
        read_picture(whole[: len(whole) // 2])
    assert refused.value.reason == "damaged" and "object at" not in str(refused.value)


@pytest.mark.parametrize(
    ("data", "reason", "words"),
    [
        (b"", "empty", "The file is empty"),
        (b"hello, I am a text", "no-picture", "no picture that is read here (PNG, JPEG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no-picture", "Export the picture as PNG or JPEG"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- - --><svg xmlns="x"/>', "unread-format", "is an SVG drawing"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "unread-format", "is a HEIC picture"),
        (b"%PDF-1.7\n", "unread-format", "is a PDF document"),
    ],
)
def test_what_is_no_picture_is_refused_with_the_way_out(data: bytes, reason: str, words: str) -> None:
    with pytest.raises(DataError) as refused:
        read_picture(data)
    assert refused.value.reason == reason and words in str(refused.value)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", FORMATS)
def test_damaged_bytes_give_a_picture_or_a_sentence(kind: str) -> None:
    whole, random = file_of(PICTURE, kind), np.random.default_rng(1)
    refused = 0
    for _ in range(60):
        data = bytearray(whole)
        for place in random.integers(len(data), size=4):
            data[place] = random.integers(256)
        try:
            assert read_picture(bytes(data)).image.mode in ("L", "LA", "RGB", "RGBA")
        except PictureError as problem:
            refused += 1
            assert str(problem)
    assert refused or kind == "BMP", "some of the damage was noticed"
