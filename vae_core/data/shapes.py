"""Images of one shape with known factors, drawn when they are asked for.

The factors are those of dSprites (Matthey, Higgins, Hassabis and Lerchner 2017): shape, scale, orientation, x and y
on a grid of 3 x 6 x 40 x 32 x 32; `shapes-colour` adds six hues. The drawing is our own. At equal scale all
three shapes have the same area, and each is centred on its centre of mass, so that scale, x and y mean the same for
every shape. Orientation and shape are not identifiable: a square looks the same after a quarter turn and an ellipse
after half a turn, so that several orientations give one picture, and no order of the shapes is better than another.

Edges are binary, as in dSprites: a pixel is lit when its centre lies inside the shape. A pixel is then exactly 0 or
255 in each channel (the six hues are those that need no other value), the Bernoulli likelihood judges what is there,
and binarisation adds no noise. In between the six, a hue gives grey channel values.

Images are drawn with replacement, as a person would meet them, so a split is not free of repeats: of 50,000 grey images
12.4 % of the 5,000 for the test are pixel for pixel in the 42,500 for training too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vae_core.data.errors import DataError
from vae_core.data.factors import Factors, check_factors

SIDE = 64
WINDOW = 32  # pixels: the largest shape in any orientation fits into this square around its centre
MARGIN = WINDOW // 2  # the centre keeps this distance from the frame
BATCH = 64  # images per step: its float32 windows stay in the processor's cache

SHAPES = ("square", "ellipse", "heart")
AREA = 440.0  # square pixels at scale 1; no edge of a shape on the grid then runs through a pixel centre
SQUARE_HALF = math.sqrt(AREA) / 2
ELLIPSE_LONG = 15.0
ELLIPSE_SHORT = AREA / (math.pi * ELLIPSE_LONG)
# A heart is a square on its tip and two half discs of radius r on its upper sides.
HEART_RADIUS = math.sqrt(AREA / (4 + math.pi))
HEART_CENTRE = HEART_RADIUS * (math.pi / 2 + 2 / 3) / (4 + math.pi)  # of mass, along each side of that square

GREY_FACTORS = Factors(
    names=("shape", "scale", "orientation", "x", "y"),
    grids=(
        (0.0, 1.0, 2.0),
        tuple(np.linspace(0.5, 1, 6).tolist()),
        tuple((math.tau / 40 * np.arange(40)).tolist()),
        tuple(np.linspace(0, 1, 32).tolist()),
        tuple(np.linspace(0, 1, 32).tolist()),
    ),
)
COLOUR_FACTORS = Factors(
    names=(*GREY_FACTORS.names, "hue"),
    grids=(*GREY_FACTORS.grids, tuple((np.arange(6) / 6).tolist())),
)


@dataclass(frozen=True)
class DrawnShapes:
    """A source of `count` images that takes no memory: image i of a seed is drawn when row i is asked for.

    Any count is the beginning of a longer one, and grey and colour images of one seed and row have the same outline.
    Raises DataError for a negative count.
    """

    count: int
    seed: int = 0
    colour: bool = False

    def __post_init__(self) -> None:
        if self.count < 0:
            raise DataError(f"{self.count} images were asked for; a source has 0 or more. Ask for more.")

    def __len__(self) -> int:
        return self.count

    @property
    def factors(self) -> Factors:
        """What varies from image to image."""
        return COLOUR_FACTORS if self.colour else GREY_FACTORS

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(N, C, H, W)."""
        return self.count, 3 if self.colour else 1, SIDE, SIDE

    def factor_indices(self, rows: np.ndarray) -> np.ndarray:
        """Places of these images on the grid of factors, int64 (n, F). Raises DataError for a row it does not have."""
        rows = np.asarray(rows, np.int64)
        if rows.size and rows.max() >= self.count:
            raise DataError(f"row {rows.max()} was asked for; there are {self.count} images. Ask for a smaller row.")
        return self.factors.indices(rows, self.seed)

    def pixels(self, rows: np.ndarray) -> np.ndarray:
        """The images of these rows int64 (n,), uint8 (n, C, 64, 64). Raises DataError for a row it does not have."""
        return draw_shapes(self.factor_indices(rows))


def draw_shapes(indices: np.ndarray) -> np.ndarray:
    """Images uint8 (N, 1, 64, 64) from places on the grid int64 (N, 5), or uint8 (N, 3, 64, 64) from int64 (N, 6).

    The columns are those of GREY_FACTORS or COLOUR_FACTORS. Raises DataError for a place off the grid.
    """
    factors = COLOUR_FACTORS if indices.shape[-1] == len(COLOUR_FACTORS.names) else GREY_FACTORS
    check_factors(indices, factors.names, factors.sizes, len(indices))
    return draw_shape_values(factors.values(indices))


def draw_shape_values(values: np.ndarray) -> np.ndarray:
    """Images from continuous factors: uint8 (N, 1, 64, 64) from float (N, 5), uint8 (N, 3, 64, 64) from float (N, 6).

    shape is 0, 1 or 2; scale 0.5 to 1, the side; orientation any angle in radians, counted anticlockwise on the
    screen; x to the right and y downwards, 0 to 1 for a centre 16 to 48 pixels from the frame's left and top edge;
    hue any number of turns round the colour circle from red. Raises DataError for values outside these ranges.
    """
    values = np.asarray(values, np.float64)
    _check_values(values)
    inside = np.zeros((len(values), SIDE, SIDE), bool)
    for kind in range(len(SHAPES)):
        rows = np.flatnonzero(values[:, 0] == kind)
        for start in range(0, len(rows), BATCH):
            some = rows[start : start + BATCH]
            _draw_into(inside, some, kind, values[some, 1:5])
    lit = inside[:, None].view(np.uint8)
    if values.shape[1] == len(COLOUR_FACTORS.names):
        return lit * hue_channels(values[:, 5])[:, :, None, None]
    lit *= np.uint8(255)  # in place: a data set may take a good part of the memory
    return lit


def hue_channels(hue: np.ndarray) -> np.ndarray:
    """The fully saturated colour of each hue, uint8 (N, 3) red, green, blue. hue: turns (N,), 0 red, 1/3 green."""
    distance = np.abs((np.asarray(hue)[:, None] - np.array([0, 1 / 3, 2 / 3]) + 0.5) % 1 - 0.5)
    return np.rint(np.clip(2 - 6 * distance, 0, 1) * 255).astype(np.uint8)


def _check_values(values: np.ndarray) -> None:
    if values.ndim != 2 or values.shape[1] not in (len(GREY_FACTORS.names), len(COLOUR_FACTORS.names)):
        raise DataError(
            f"factor values have shape {values.shape}; they must be (N, 5) for {', '.join(GREY_FACTORS.names)}, "
            "or (N, 6) with a hue. Give a row per image."
        )
    if not np.isfinite(values).all():
        raise DataError("a factor value is NaN or infinite; all must be finite numbers. Mend that row.")
    if not np.isin(values[:, 0], range(len(SHAPES))).all():
        wrong = values[~np.isin(values[:, 0], range(len(SHAPES))), 0][0]
        raise DataError(f"shape is {wrong:g}; it must be 0, 1 or 2 ({', '.join(SHAPES)}). Choose one of them.")
    for column, low, high in ((1, 0.5, 1), (3, 0, 1), (4, 0, 1)):
        outside = values[(values[:, column] < low) | (values[:, column] > high), column]
        if outside.size:
            raise DataError(
                f"{COLOUR_FACTORS.names[column]} is {outside[0]:g}; it must be {low:g} to {high:g}, so that the shape "
                "stays inside the frame. Choose a value in between."
            )


def _draw_into(inside: np.ndarray, rows: np.ndarray, kind: int, values: np.ndarray) -> None:
    """Light the pixels of one kind of shape in inside[rows]; values float64 (n, 4): scale, orientation, x, y."""
    scale, orientation, *centre = values.T
    right, down = (MARGIN + (SIDE - 2 * MARGIN) * place for place in centre)
    left, top = (np.floor(place).astype(np.int64) - MARGIN for place in (right, down))
    # Rounded, so that a turn by a quarter is exact and no processor's last digit of a cosine changes a pixel.
    cosine, sine = (np.round(wave(orientation), 7) / scale for wave in (np.cos, np.sin))
    across = np.arange(WINDOW) + 0.5 + (left - right)[:, None]
    above = -(np.arange(WINDOW) + 0.5 + (top - down)[:, None])
    u = _sums(cosine[:, None] * across, sine[:, None] * above)
    v = _sums(-sine[:, None] * across, cosine[:, None] * above)
    windows = np.lib.stride_tricks.sliding_window_view(inside, (WINDOW, WINDOW), axis=(1, 2), writeable=True)
    windows[rows, top, left] = INSIDE[kind](u, v)


def _sums(across: np.ndarray, above: np.ndarray) -> np.ndarray:
    """across[n, column] + above[n, row], float32 (n, WINDOW, WINDOW)."""
    return above.astype(np.float32)[:, :, None] + across.astype(np.float32)[:, None, :]


def _in_square(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    half = np.float32(SQUARE_HALF)
    return np.maximum(np.abs(u, out=u), np.abs(v, out=v), out=u) < half


def _in_ellipse(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    u *= np.float32(1 / ELLIPSE_LONG)
    v *= np.float32(1 / ELLIPSE_SHORT)
    return np.add(np.square(u, out=u), np.square(v, out=v), out=u) < np.float32(1)


def _in_heart(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    # p and q run along the sides of the square that stands on its tip, from its centre.
    p = (v + u) * np.float32(math.sqrt(0.5)) + np.float32(HEART_CENTRE)
    q = (v - u) * np.float32(math.sqrt(0.5)) + np.float32(HEART_CENTRE)
    radius = np.float32(HEART_RADIUS)
    square = np.maximum(np.abs(p), np.abs(q)) < radius
    # The half disc on the side q = r has its centre at p = 0, the other one at q = 0.
    np.square(p, out=u), np.square(q, out=v)
    u += v
    diameter = radius + radius
    return square | (u < diameter * np.maximum(p, q))


INSIDE = (_in_square, _in_ellipse, _in_heart)
