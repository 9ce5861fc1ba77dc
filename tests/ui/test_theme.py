"""The colours of the classes: told apart by every eye, on light and on dark, and the same everywhere."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path

import numpy as np
import pytest

from ui.theme import CLASS_COLOURS, class_colour

SETTINGS = tomllib.loads((Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml").read_text())["theme"]
# Machado, Oliveira and Fernandes 2009, severity 1, for linear RGB
EYES = {
    "normal": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)


def linear(colour: str) -> np.ndarray:
    """Linear RGB (3,) in [0, 1] of `#rrggbb`."""
    channels = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def cielab(rgb: np.ndarray) -> np.ndarray:
    relative = TO_XYZ @ rgb.clip(0, 1) / WHITE
    x, y, z = np.where(relative > 0.008856, np.cbrt(relative), 7.787 * relative + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2, 1 to 21."""
    dark, bright = sorted(float(TO_XYZ[1] @ linear(colour)) for colour in (one, other))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("eye", EYES)
def test_any_two_classes_can_be_told_apart(eye: str) -> None:
    seen = [cielab(np.array(EYES[eye]) @ linear(colour)) for colour in CLASS_COLOURS]
    nearest = min(np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2))
    assert nearest >= 20


@pytest.mark.parametrize(("scheme", "least"), [("light", 1.9), ("dark", 3)])
def test_every_colour_shows_on_the_page(scheme: str, least: float) -> None:
    ground = SETTINGS[scheme]["backgroundColor"]
    assert min(contrast(colour, ground) for colour in CLASS_COLOURS) > least
    assert contrast(SETTINGS[scheme]["textColor"], ground) > 12
    assert contrast(SETTINGS[scheme]["primaryColor"], ground) > 4.5
    assert contrast(SETTINGS[scheme]["primaryColor"], "#ffffff") > 3, "the words on a button cannot be read"


def test_light_and_dark_are_equals() -> None:
    assert SETTINGS["light"].keys() == SETTINGS["dark"].keys()


def test_colours_repeat_after_ten_and_are_those_of_the_charts() -> None:
    assert class_colour(12) == CLASS_COLOURS[2]
    assert tuple(SETTINGS["chartCategoricalColors"]) == CLASS_COLOURS
