"""Small text on pictures, in the font that Pillow carries."""

from __future__ import annotations

import unicodedata
from functools import cache

from PIL import ImageFont

SIZE = 11
LINE = 14  # pixels from one line to the next


@cache
def lettering_font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font of everything that is written on a picture."""
    return ImageFont.load_default(SIZE)


@cache
def writable(text: str) -> str:
    """The text as far as the font can write it: without accents where it lacks them; empty when it lacks a letter."""
    plain = "".join(part for part in unicodedata.normalize("NFKD", text) if not unicodedata.combining(part))
    return next((way for way in (text, plain) if all(map(_has, way))), "")


@cache
def _has(letter: str) -> bool:
    font = lettering_font()
    return letter == " " or bytes(font.getmask(letter)) != bytes(font.getmask("\U0010ffff"))  # an empty box


def text_width(text: str) -> int:
    """Pixels that the text needs from left to right."""
    return int(lettering_font().getlength(text) + 0.999)


def cut_to(text: str, width: int) -> str:
    """The text, or as much of it as fits in so many pixels with an ellipsis; empty when not even two letters do."""
    if text_width(text) <= width:
        return text
    for length in range(len(text) - 1, 1, -1):
        cut = text[:length].rstrip() + "…"
        if text_width(cut) <= width:
            return cut
    return ""
