"""Noise of several kinds and holes. What is random depends on the seed alone: a growing strength keeps its pattern."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

HIDDEN = 0.0  # what is missing or painted over is black
PATCH = 0.5  # what an occluding patch shows
WIDEST_BLUR = 0.15  # its σ at strength 1, as a share of the shorter side


@dataclass(frozen=True)
class Damage:
    """What is done to a picture.

    kind: a name of NOISE_KINDS. strength: 0 (nothing) to 1. seed: of all that is random. Raises ValueError for
    an unknown kind, a strength outside 0 to 1, a negative seed.
    """

    kind: str = "none"
    strength: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.kind not in NOISE_KINDS:
            raise ValueError(f"The noise is {self.kind!r}; it must be one of {', '.join(NOISE_KINDS)}. Choose one.")
        if not 0 <= self.strength <= 1:  # false for NaN too
            raise ValueError(f"The strength is {self.strength:g}; it must lie in 0 to 1.")
        if not 0 <= self.seed < 2**63:
            raise ValueError(f"The seed is {self.seed}; it must be a whole number from 0 to 2^63 − 1.")


@dataclass(frozen=True, eq=False)
class Damaged:
    """images: float32 (B, C, H, W) in [0, 1]. visible: bool (B, 1, H, W), False where a pixel is known to be hidden.

    Noise hides nothing: all pixels stay visible. Missing pixels, a patch and a hole are known places. damage: the
    noise that was added, as far as it is known; none for a picture that came as it is.
    """

    images: Tensor
    visible: Tensor
    damage: Damage = field(default_factory=Damage)


def damaged(images: Tensor, damage: Damage, hole: Tensor | None = None) -> Damaged:
    """Pictures float32 (B, C, H, W) in [0, 1] with noise, then with a hole bool (H, W) painted over, black.

    Raises ValueError when the hole has another shape than the images.
    """
    visible = torch.ones((len(images), 1, *images.shape[2:]), dtype=torch.bool)
    noisy = images
    if damage.strength > 0:
        noisy, visible = NOISE_KINDS[damage.kind](images, damage.strength, _Draws(damage.seed), visible)
    if hole is not None:
        if hole.shape != images.shape[2:]:
            raise ValueError(f"The hole has shape {tuple(hole.shape)}; it must be {tuple(images.shape[2:])} (H, W).")
        visible = visible & ~hole
        noisy = noisy.masked_fill(hole, HIDDEN)
    return Damaged(noisy.clamp(0, 1), visible, damage)


def noise_words(kind: str, strength: float, image_shape: tuple[int, int, int]) -> str:
    """What a strength means for images (C, H, W), such as "σ = 0.30 of white"."""
    side = min(image_shape[1:])
    percent = f"{100 * strength:.0f} %"
    return {
        "none": "nothing is added",
        "gaussian": f"σ = {strength:.2f} of white",
        "salt-and-pepper": f"{percent} of the pixels black or white",
        "speckle": f"each value times 1 ± {strength:.2f}",
        "poisson": f"{1 / max(strength, 1e-3) ** 2:.3g} photons at white",
        "blur": f"σ = {WIDEST_BLUR * side * strength:.1f} pixels",
        "missing": f"{percent} of the pixels missing",
        "occlusion": f"a patch of {_patch_side(side, strength)} pixels to a side",
    }[kind]


class _Draws:
    """The random numbers of a seed: always the same ones, whatever the strength."""

    def __init__(self, seed: int) -> None:
        self._generator = torch.Generator().manual_seed(seed)

    def normal(self, shape: tuple[int, ...]) -> Tensor:
        return torch.randn(shape, generator=self._generator)

    def uniform(self, shape: tuple[int, ...]) -> Tensor:
        return torch.rand(shape, generator=self._generator)


Result = tuple[Tensor, Tensor]
Noise = Callable[[Tensor, float, _Draws, Tensor], Result]


def _none(images: Tensor, strength: float, draws: _Draws, visible: Tensor) -> Result:
    return images, visible


def _gaussian(images: Tensor, strength: float, draws: _Draws, visible: Tensor) -> Result:
    return images + strength * draws.normal(tuple(images.shape)), visible


def _salt_and_pepper(images: Tensor, strength: float, draws: _Draws, visible: Tensor) -> Result:
    """A share ``strength`` of the pixels (all channels of one alike) becomes black or white, half of them each."""
    drawn, white = draws.uniform((len(images), 2, *images.shape[2:])).split(1, dim=1)
    return torch.where(drawn < strength, (white < 0.5).float(), images), visible


def _speckle(images: Tensor, strength: float, draws: _Draws, visible: Tensor) -> Result:
    return images * (1 + strength * draws.normal(tuple(images.shape))), visible


def _poisson(images: Tensor, strength: float, draws: _Draws, visible: Tensor) -> Result:
    """Counts of photons, 1/strength² on average at white: there the noise has the spread ``strength``."""
    from scipy.special import pdtrik  # the Poisson quantile: one uniform number per pixel keeps the pattern

    photons = 1 / strength**2
    rate = images.double().numpy() * photons
    uniform = draws.uniform(tuple(images.shape)).double().numpy()
    with np.errstate(invalid="ignore"):  # a black pixel has a rate of 0, and no photon
        counts = np.ceil(pdtrik(uniform, rate))
    counts = np.where(uniform <= np.exp(-rate), 0, np.nan_to_num(counts))
    return torch.from_numpy((counts / photons).astype(np.float32)), visible


def _blur(images: Tensor, strength: float, draws: _Draws, visible: Tensor) -> Result:
    return blurred(images, strength), visible


def blur_sigma(height: int, width: int, strength: float) -> float:
    """The σ of a blur in pixels."""
    return WIDEST_BLUR * min(height, width) * strength


def blurred(images: Tensor, strength: float) -> Tensor:
    """Pictures float32 (B, C, H, W) under a normal blur; what lies beyond the edge repeats it. Can be derived."""
    sigma = blur_sigma(*images.shape[2:], strength)
    reach = min(math.ceil(3 * sigma), 2 * max(images.shape[2:]))
    places = torch.arange(-reach, reach + 1, dtype=torch.float32)
    weights = (-0.5 * (places / sigma).square()).exp()
    weights = weights / weights.sum()
    planes = F.pad(images.flatten(0, 1)[:, None], (reach,) * 4, mode="replicate")
    return F.conv2d(F.conv2d(planes, weights.view(1, 1, 1, -1)), weights.view(1, 1, -1, 1)).view(images.shape)


def _missing(images: Tensor, strength: float, draws: _Draws, visible: Tensor) -> Result:
    there = draws.uniform(tuple(visible.shape)) >= strength
    return images * there, there


def _occlusion(images: Tensor, strength: float, draws: _Draws, visible: Tensor) -> Result:
    """A grey square somewhere inside each picture, its side the share ``strength`` of the shorter one."""
    height, width = images.shape[2:]
    side = _patch_side(min(height, width), strength)
    there = visible.clone()
    for mask, (down, right) in zip(there, draws.uniform((len(images), 2)).tolist(), strict=True):
        top, left = round(down * (height - side)), round(right * (width - side))
        mask[:, top : top + side, left : left + side] = False
    return torch.where(there, images, PATCH), there


def _patch_side(shorter: int, strength: float) -> int:
    return max(1, round(strength * shorter))


NOISE_KINDS: MappingProxyType[str, Noise] = MappingProxyType(
    {
        "none": _none,
        "gaussian": _gaussian,
        "salt-and-pepper": _salt_and_pepper,
        "speckle": _speckle,
        "poisson": _poisson,
        "blur": _blur,
        "missing": _missing,
        "occlusion": _occlusion,
    }
)
