"""What every likelihood can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

from torch import Tensor, nn
from torch.distributions import Distribution

from vae_core.noise import RandomSource
from vae_core.settings import ModelSettings

Measure = Literal["discrete", "density", "none"]


class Likelihood(nn.Module, ABC):
    """Turns a decoder's output, unbounded, into p(x|z) with one event per pixel value.

    The output is float32 (B, C · outputs_per_value, H, W); images are float32 (B, C, H, W) in [0, 1].
    """

    label: ClassVar[str]  # its name for people, such as "Continuous Bernoulli"
    words: ClassVar[str]  # what it is, in a sentence for a model card
    pixels: str  # what ``observe`` makes of the images, in words for a table of scores
    measure: ClassVar[Measure]  # probabilities, a density, or no likelihood at all: figures of two kinds never compare
    binary: ClassVar[bool] = False  # whether only the pixels 0 and 1 are judged
    has_spread: ClassVar[bool] = False  # whether the decoder makes a spread of its own for each pixel value
    dequantise: bool = False  # whether ``observe`` adds uniform noise of one grey level, so that a density bounds a
    # discrete likelihood

    def __init__(self, settings: ModelSettings | None = None) -> None:
        super().__init__()

    @classmethod
    def check_settings(cls, settings: ModelSettings) -> None:
        """Raises ValueError where this likelihood does not suit the other settings."""
        if settings.dequantise and cls.measure != "density":
            raise ValueError(
                f"dequantise is on with the likelihood {settings.likelihood}; only a density judges pixels with noise"
                " added. Switch it off, or choose gaussian or continuous-bernoulli."
            )

    @classmethod
    def outputs_per_value(cls, settings: ModelSettings) -> int:
        """How many numbers of the decoder's output describe one pixel value.

        The first numbers of all channels come first, then all second ones: places × C, scales × C.
        """
        return 1

    @abstractmethod
    def distribution(self, output: Tensor) -> Distribution:
        """p(x|z) with batch shape (B, C, H, W); its ``log_prob`` is in nats per pixel value."""

    @abstractmethod
    def observe(self, images: Tensor, source: RandomSource) -> Tensor:
        """What this likelihood takes for data: float32, same shape, from grey images float32 in [0, 1]."""

    @abstractmethod
    def check(self, images: Tensor) -> None:
        """Raises ValueError where ``log_prob`` of these pixels would be no likelihood."""

    def log_prob(self, output: Tensor, images: Tensor) -> Tensor:
        """log p(x|z) summed over pixels, float32 (B,), in nats per image."""
        return self.distribution(output).log_prob(images).sum(dim=(1, 2, 3))

    def mean(self, output: Tensor) -> Tensor:
        """The expected picture, float32 (B, C, H, W) in [0, 1]."""
        return output.sigmoid()

    def draw(self, output: Tensor, source: RandomSource) -> Tensor:
        """Pictures drawn from p(x|z), float32 (B, C, H, W), repeatable by the seed of ``source``.

        Values of a density that reaches beyond black and white are cut to [0, 1], as a screen would.
        Raises ValueError where there is no likelihood to draw from.
        """
        raise ValueError(
            f"{self.label} is no likelihood that a picture could be drawn from. Show the mean, or choose another model."
        )

    def spread(self, output: Tensor) -> Tensor:
        """The standard deviation of each pixel value, float32 (B, C, H, W), where ``has_spread``.

        Raises ValueError where the spread is none of the decoder's: one for all latents, or what the mean says already.
        """
        raise ValueError(
            f"{self.label} has no spread for each pixel of each latent. Take one that has: discretised-logistic or"
            " categorical."
        )
