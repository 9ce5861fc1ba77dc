"""Files that are no pictures, and odd ones that are."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from live.protocol import Kind
from tests.bad_input.asking import sent
from tests.bad_input.rows import check
from tests.live.conftest import live_client
from tests.vae_core.data.test_picture_files import png_that_says
from tools.running_app import RunningApp


def stroke_on(paper: int = 255, ink: int = 0) -> Image.Image:
    """A stroke in the upper left of a canvas, grey."""
    canvas = Image.new("L", (60, 80), paper)
    ImageDraw.Draw(canvas).line([(10, 10), (12, 40)], fill=ink, width=6)
    return canvas


def bytes_of(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def rotated_by_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return bytes_of(stroke_on().transpose(Image.Transpose.ROTATE_90), exif=exif.tobytes())


def with_alpha() -> Image.Image:
    return Image.merge("LA", (Image.new("L", (60, 80), 0), ImageOps.invert(stroke_on())))


def in_16_bits() -> bytes:
    return bytes_of(Image.fromarray(np.asarray(stroke_on()).astype(np.uint16) * 257))


BAD_PICTURES = {
    "an empty file as a picture": (400, lambda: b""),
    "a text as a picture": (415, lambda: b"Dear Sir or Madam"),
    "an SVG drawing": (415, lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    "a HEIC picture": (415, lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
    "a picture of 20,000 × 20,000 pixels": (413, lambda: png_that_says(20_000, 20_000)),
    "a file above 20 MB": (413, lambda: bytes(20_000_001)),
    "a picture file that is cut off": (400, lambda: bytes_of(stroke_on())[:-40]),
}


@pytest.mark.parametrize("tried", BAD_PICTURES)
def test_a_file_that_is_no_picture(tried: str, server: RunningApp) -> None:
    status, body = BAD_PICTURES[tried]
    answer = sent(server, body())
    assert answer.status_code == status
    check(tried, answer.json()["message"])


ODD_PICTURES = {
    "an animated GIF": lambda: bytes_of(
        stroke_on(), "GIF", save_all=True, append_images=[stroke_on(0, 99), stroke_on(9)]
    ),
    "a picture of 16 bits": in_16_bits,
    "a picture with alpha": lambda: bytes_of(with_alpha()),
    "a picture that lies on its side by EXIF": rotated_by_exif,
}


@pytest.mark.parametrize("tried", ODD_PICTURES)
def test_an_odd_picture_is_encoded_like_the_plain_one(tried: str, server: RunningApp) -> None:
    plain, odd = sent(server, bytes_of(stroke_on())).json(), sent(server, ODD_PICTURES[tried]()).json()
    assert odd["mean"] == pytest.approx(plain["mean"]) and odd["fitted"] == plain["fitted"]
    check(tried, odd["note"])


def test_pictures_of_other_modes(server: RunningApp) -> None:
    plain = sent(server, bytes_of(stroke_on())).json()
    for image, kind in (
        (stroke_on().convert("P"), "PNG"),
        (stroke_on().convert("CMYK"), "TIFF"),
        (stroke_on().convert("1"), "PNG"),
    ):
        odd = sent(server, bytes_of(image, kind)).json()
        assert odd["fitted"] == plain["fitted"]
        check("a picture of a palette, in CMYK, of 1 bit", odd["note"])


def test_a_blank_picture_and_a_blank_canvas(server: RunningApp) -> None:
    blank = sent(server, bytes_of(Image.new("RGB", (50, 50), "white"))).json()
    assert blank["blank"] is True
    check("a blank picture", blank["note"])
    with live_client(server.url) as client:
        reply = client.ask(kind=Kind.FIT, model="tiny-2d", size=[30, 20, 4], body=bytes(2400))
        assert reply.options["blank"] is True and not any(reply.body[:64])
        check("a blank canvas", reply.options["note"])


def test_a_picture_of_a_foreign_page(server: RunningApp) -> None:
    answer = sent(server, bytes_of(stroke_on()), Origin="https://elsewhere.example")
    assert answer.status_code == 403
    check("a picture of a foreign page", answer.json()["message"])
