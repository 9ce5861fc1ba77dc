"""The variational autoencoder: from images to a distribution over latents, and back."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Normal

from vae_core.likelihoods import LIKELIHOODS
from vae_core.networks import build_decoder, build_encoder
from vae_core.settings import ModelSettings

LARGEST_LOG_VARIANCE = 14.0  # a posterior's σ stays between e⁻⁷ and e⁷


@final
class VAE(nn.Module):
    """Encoder, decoder and likelihood. Source: Kingma and Welling 2014."""

    def __init__(self, settings: ModelSettings) -> None:
        super().__init__()
        self.image_shape = settings.image_shape
        self.latent_dim = settings.latent_dim
        self.encoder = build_encoder(settings)
        self.decoder = build_decoder(settings)
        self.likelihood = LIKELIHOODS[settings.likelihood]()

    def encode(self, images: Tensor) -> Normal:
        """q(z|x) of shape (B, D), for images float32 (B, C, H, W) in [0, 1].

        Raises ValueError when the images have another shape than the model's.
        """
        if tuple(images.shape[1:]) != self.image_shape:
            raise ValueError(
                f"The images have shape {tuple(images.shape)}; this model takes (B,"
                f" {_commas(self.image_shape)})."
                " Resize them, or choose a model for their size."
            )
        mean, raw = self.encoder(images).chunk(2, dim=1)
        return Normal(mean, (0.5 * bounded_log_variance(raw)).exp(), validate_args=False)

    def decode(self, latents: Tensor) -> Distribution:
        """p(x|z) with one event per pixel, shape (B, C, H, W), for latents float32 (B, D).

        Raises ValueError when the latents have another dimension than the model's.
        """
        return self.likelihood.distribution(self._decoder_output(latents))

    def decode_mean(self, latents: Tensor) -> Tensor:
        """The expected picture float32 (B, C, H, W) in [0, 1], for latents float32 (B, D).

        Raises ValueError when the latents have another dimension than the model's.
        """
        return self.likelihood.mean(self._decoder_output(latents))

    def prior(self) -> Normal:
        """p(z), standard normal, of shape (D,)."""
        device = next(self.parameters()).device
        zeros = torch.zeros(self.latent_dim, device=device)
        return Normal(zeros, torch.ones_like(zeros), validate_args=False)

    def _decoder_output(self, latents: Tensor) -> Tensor:
        if latents.ndim != 2 or latents.shape[1] != self.latent_dim:
            raise ValueError(
                f"The latents have shape {tuple(latents.shape)}; this model takes (B, {self.latent_dim})."
                " Choose a model with that many dimensions."
            )
        return self.decoder(latents)


def build_vae(settings: ModelSettings, seed: int) -> VAE:
    """A VAE with initial weights drawn from ``seed``; the global random state is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return VAE(settings)


def bounded_log_variance(raw: Tensor) -> Tensor:
    """log σ² in (−14, 14), smooth, close to ``raw`` near zero: no σ² overflows and no gradient is cut off."""
    return LARGEST_LOG_VARIANCE * (raw / LARGEST_LOG_VARIANCE).tanh()


def _commas(shape: tuple[int, ...]) -> str:
    return ", ".join(map(str, shape))
