"""Ink on paper: where a grey picture departs from its border, on whichever side."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

FAINTEST = 10  # grey levels; what departs less from its background is no ink
MOST_NOISE = 0.35  # of the strongest ink: paper that varies more, or a stroke that runs along the border, hides none
FINE, EDGE = 64, 0.25  # ink of so many pixels has soft edges that are no part of it, up to this share of the strongest
OF_THE_BORDER = 95  # percentile of the border's departures that is taken for the paper's own variation


@dataclass(frozen=True, eq=False)
class Ink:
    """The ink of a picture, cut to the box that holds it.

    strength: float32 (h, w) in [0, 1], the strongest ink 1, the paper 0. inverted: the ink was darker than the paper.
    strongest: grey levels between the paper and the strongest ink.
    """

    strength: np.ndarray
    inverted: bool
    strongest: float


def find_ink(grey: np.ndarray) -> Ink | None:
    """The ink of a picture uint8 (H, W), light or dark as its border decides; None for a blank picture.

    The paper is the median of the border. What the border itself varies by (light from the side, grain) is no ink.
    """
    values = grey.astype(np.float32)
    border = np.concatenate((values[0], values[-1], values[:, 0], values[:, -1]))
    paper = np.median(border)
    noise = 1.5 * float(np.percentile(np.abs(border - paper), OF_THE_BORDER))
    light, dark = (_beyond(side * (values - paper), noise) for side in (1, -1))
    inverted = float(np.square(dark).sum()) > float(np.square(light).sum())
    ink = dark if inverted else light
    strongest = float(ink.max())
    if strongest < FAINTEST:
        return None
    box = _box(ink > 0)
    if max(ink[box].shape) >= FINE:
        box = _box(ink > EDGE * strongest)
    return Ink(ink[box] / strongest, inverted, strongest)


def _box(inked: np.ndarray) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _beyond(departure: np.ndarray, noise: float) -> np.ndarray:
    threshold = min(noise, MOST_NOISE * float(departure.max()))
    return np.where(departure > threshold, departure, 0)


def resized(strength: np.ndarray, height: int, width: int) -> np.ndarray:
    """Values float32 (h, w) in [0, 1] at another size: averaged over areas where it shrinks, bicubic where it grows."""
    if strength.shape == (height, width):
        return strength
    shrinks = height <= strength.shape[0] and width <= strength.shape[1]
    kind = Image.Resampling.BOX if shrinks else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(strength).resize((width, height), kind)).clip(0, 1)


def centred_by_mass(strength: np.ndarray, height: int, width: int) -> np.ndarray:
    """Values float32 (h, w) moved by whole pixels so that their centre of mass is the middle of (height, width).

    The middle of n pixels is the pixel n / 2, counted from 0, as in MNIST: there the centre lies in [13.5, 14.5).
    """
    placed = np.zeros((height, width), dtype=np.float32)
    top = _start(strength.sum(axis=1), height)
    left = _start(strength.sum(axis=0), width)
    placed[top : top + strength.shape[0], left : left + strength.shape[1]] = strength
    return placed


def _start(mass: np.ndarray, length: int) -> int:
    middle = float((mass * np.arange(len(mass))).sum() / mass.sum())
    return min(max(math.ceil(length / 2 - 0.5 - middle), 0), length - len(mass))
