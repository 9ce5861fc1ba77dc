"""The variational autoencoder: from images to a distribution over latents, and back."""

from __future__ import annotations

import math
from typing import final

import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Normal
from torch.nn.functional import one_hot

from vae_core.likelihoods import LIKELIHOODS
from vae_core.networks import NETWORKS, Ports
from vae_core.noise import RandomSource
from vae_core.priors import PRIORS
from vae_core.settings import ModelSettings

LARGEST_LOG_VARIANCE = 14.0  # a posterior's σ stays between e⁻⁷ and e⁷
SMALLEST_STD = math.exp(-LARGEST_LOG_VARIANCE / 2)


@final
class VAE(nn.Module):
    """Encoder, decoder, prior and likelihood. Source: Kingma and Welling 2014.

    A conditional model (``classes`` above 0; Sohn, Lee, Yan 2015) takes labels int64 (B,) beside images or latents.
    A plain autoencoder (``posterior`` is "point") gives every image a posterior of the smallest spread.
    Raises ValueError as ``check_parts``.
    """

    def __init__(self, settings: ModelSettings) -> None:
        super().__init__()
        check_parts(settings)
        self.image_shape = settings.image_shape
        self.latent_dim = settings.latent_dim
        self.classes = settings.classes
        self.is_point = settings.posterior == "point"
        likelihood = LIKELIHOODS[settings.likelihood]
        network, ports = NETWORKS[settings.network], _ports(settings)
        self.encoder = network.encoder(settings, ports)
        self.decoder = network.decoder(settings, ports)
        self.likelihood = likelihood(settings)
        self.latent_prior = PRIORS[settings.prior](settings)
        self.network_dtype = torch.float32  # in which encoder and decoder compute; everything after them is float32

    def encode(self, images: Tensor, labels: Tensor | None = None) -> Normal:
        """q(z|x) of shape (B, D), for images float32 (B, C, H, W) in [0, 1].

        Raises ValueError when the images have another shape than the model's, or labels lack or are too many.
        """
        if tuple(images.shape[1:]) != self.image_shape:
            raise ValueError(
                f"The images have shape {tuple(images.shape)}; this model takes (B,"
                f" {_commas(self.image_shape)})."
                " Resize them, or choose a model for their size."
            )
        outputs = self._through(self.encoder, self._with_label_planes(images, labels))
        if self.is_point:
            return Normal(outputs, torch.full_like(outputs, SMALLEST_STD), validate_args=False)
        mean, raw = outputs.chunk(2, dim=1)
        return Normal(mean, (0.5 * bounded_log_variance(raw)).exp(), validate_args=False)

    def decode(self, latents: Tensor, labels: Tensor | None = None) -> Distribution:
        """p(x|z) with one event per pixel, shape (B, C, H, W), for latents float32 (B, D).

        Raises ValueError when the latents have another dimension than the model's, or as for labels of ``encode``.
        """
        return self.likelihood.distribution(self.decoder_output(latents, labels))

    def decode_mean(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """The expected picture float32 (B, C, H, W) in [0, 1], for latents float32 (B, D).

        Raises ValueError as ``decode``.
        """
        return self.likelihood.mean(self.decoder_output(latents, labels))

    def draw(self, latents: Tensor, source: RandomSource, labels: Tensor | None = None) -> Tensor:
        """Pictures drawn from p(x|z), float32 (B, C, H, W) in [0, 1], for latents float32 (B, D).

        The same for the same latents and seed of ``source``. Raises ValueError as ``decode``, and where the model has
        no likelihood (cross-entropy).
        """
        return self.likelihood.draw(self.decoder_output(latents, labels), source)

    def log_likelihood(self, latents: Tensor, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """log p(x|z) in nats per image, float32 (B,), of images (B, C, H, W) under latents (B, D).

        Raises ValueError as ``decode``.
        """
        return self.likelihood.log_prob(self.decoder_output(latents, labels), images)

    def prior(self) -> Distribution:
        """p(z): standard normal of batch shape (D,), or another prior of the settings, of event shape (D,).

        ``log_prior`` and ``sample_prior`` are the same for both kinds.
        """
        return self.latent_prior.distribution(self.latent_dim, self.device, self.encode)

    def log_prior(self, latents: Tensor) -> Tensor:
        """log p(z) in nats, float32 (...,), of latents float32 (..., D)."""
        return self.latent_prior.log_prob(latents, self.encode)

    def log_prior_marginals(self, latents: Tensor) -> Tensor:
        """log p(z_d) of each dimension by itself, in nats, float32 (..., D), of latents float32 (..., D)."""
        return self.latent_prior.log_prob_marginals(latents, self.encode)

    def sample_prior(self, count: int, source: RandomSource, temperature: float = 1.0) -> Tensor:
        """Latents float32 (count, D) drawn from p(z), repeatable by the seed of ``source``.

        temperature multiplies the spread of p(z), or of each of its components where it is a mixture.
        """
        return self.latent_prior.sample(count, self.latent_dim, source, self.device, self.encode, temperature)

    @property
    def no_elbo(self) -> str | None:
        """Why −ELBO is no figure of this model, in a few words; None where it is one."""
        if self.is_point:
            return "a plain autoencoder has no ELBO"
        if self.likelihood.measure == "none":
            return "its reconstruction cost is no likelihood"
        return None

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.parameters()).device

    def decoder_output(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """The numbers that the likelihood turns into p(x|z), for latents float32 (B, D)."""
        if latents.ndim != 2 or latents.shape[1] != self.latent_dim:
            raise ValueError(
                f"The latents have shape {tuple(latents.shape)}; this model takes (B, {self.latent_dim})."
                " Choose a model with that many dimensions."
            )
        if self._takes(labels):
            latents = torch.cat([latents, self._one_hot(labels, latents)], dim=1)
        return self._through(self.decoder, latents)

    def _through(self, network: nn.Module, inputs: Tensor) -> Tensor:
        if self.network_dtype == torch.float32:
            return network(inputs)
        with torch.autocast(inputs.device.type, self.network_dtype):
            return network(inputs).float()

    def _with_label_planes(self, images: Tensor, labels: Tensor | None) -> Tensor:
        if not self._takes(labels):
            return images
        planes = self._one_hot(labels, images)[:, :, None, None].expand(-1, -1, *images.shape[2:])
        return torch.cat([images, planes], dim=1)

    def _takes(self, labels: Tensor | None) -> bool:
        if self.classes and labels is None:
            raise ValueError(
                f"No labels were given; this model is conditional on {self.classes} classes. Give one label per image."
            )
        if labels is not None and not self.classes:
            raise ValueError("Labels were given; this model is not conditional. Leave them out, or choose another.")
        return bool(self.classes)

    def _one_hot(self, labels: Tensor, rows: Tensor) -> Tensor:
        if labels.shape != rows.shape[:1]:
            raise ValueError(f"There are {len(labels)} labels for {len(rows)} rows; give one label per row.")
        if len(labels) and not (int(labels.min()) >= 0 and int(labels.max()) < self.classes):
            raise ValueError(
                f"The labels run from {int(labels.min())} to {int(labels.max())}; this model knows 0 to"
                f" {self.classes - 1}. Choose among these."
            )
        return one_hot(labels, self.classes).to(rows.dtype)


def check_parts(settings: ModelSettings) -> None:
    """Raises ValueError when the network, likelihood or prior is not registered, or does not suit the settings."""
    _ = NETWORKS[settings.network]
    LIKELIHOODS[settings.likelihood].check_settings(settings)
    PRIORS[settings.prior].check_settings(settings)


def build_vae(settings: ModelSettings, seed: int) -> VAE:
    """A VAE with initial weights drawn from ``seed``; the global random state is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return VAE(settings)


def bounded_log_variance(raw: Tensor) -> Tensor:
    """log σ² in (−14, 14), smooth, close to ``raw`` near zero: no σ² overflows and no gradient is cut off."""
    return LARGEST_LOG_VARIANCE * (raw / LARGEST_LOG_VARIANCE).tanh()


def _ports(settings: ModelSettings) -> Ports:
    channels, height, width = settings.image_shape
    per_value = LIKELIHOODS[settings.likelihood].outputs_per_value(settings)
    return Ports(
        encoder_input=(channels + settings.classes, height, width),
        encoder_outputs=settings.latent_dim * (1 if settings.posterior == "point" else 2),
        decoder_inputs=settings.latent_dim + settings.classes,
        decoder_output=(channels * per_value, height, width),
    )


def _commas(shape: tuple[int, ...]) -> str:
    return ", ".join(map(str, shape))
