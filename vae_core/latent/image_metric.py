"""How far apart two latents are as pictures: the metric that a decoder pulls back onto its latent space."""

from __future__ import annotations

from typing import final

import numpy as np
import torch
from torch import Tensor

from vae_core.vae import VAE

AT_A_TIME = 128  # latents that are decoded together: a picture of each stays in the processor's cache


@final
class ImageMetric:
    """Distances between the pictures of latents, Euclidean over pixel values in [0, 1].

    The picture is E[x|z], so the metric is JᵀJ with its Jacobian J; where the decoder makes a spread σ(z) for every
    pixel, its Jacobian counts beside: J_μᵀJ_μ + J_σᵀJ_σ. Then places that the decoder is not sure of are far away.
    Source: Shao, Kumar and Fletcher 2018 (*The Riemannian Geometry of Deep Generative Models*), equation 2; with σ
    Arvanitidis, Hansen and Hauberg 2018 (*Latent Space Oddity*), equation 11.
    """

    def __init__(self, vae: VAE, label: int | None = None) -> None:
        """label: the class, which a conditional model needs. Raises ValueError as ``VAE.decode``, at the first use."""
        self.vae, self.label = vae, label
        self.latent_dim = vae.latent_dim
        self.has_sigma = vae.likelihood.has_spread

    @property
    def words(self) -> str:
        """Which metric this is, in a sentence for a page."""
        if self.has_sigma:
            return "Distances are of the mean picture and of its spread σ, which grows where the model is not sure."
        return "Distances are of the mean picture alone: a shortest path may cross places that no image is near."

    def features(self, latents: Tensor) -> Tensor:
        """What distances are taken of, float32 (B, P), of latents float32 (B, D): all pixels, then all spreads."""
        labels = None if self.label is None else torch.full((len(latents),), self.label)
        output = self.vae.decoder_output(latents, labels)
        mean = self.vae.likelihood.mean(output).flatten(1)
        if not self.has_sigma:
            return mean
        return torch.cat([mean, self.vae.likelihood.spread(output).flatten(1)], dim=1)

    @torch.enable_grad()
    def jacobian(self, latents: Tensor) -> Tensor:
        """The derivatives of ``features``, float32 (B, D, P), at latents float32 (B, D).

        J v is the derivative of Jᵀ u by u along v (Townsend 2017): twice backwards, where forward differentiation
        would first load a compiler for two seconds. Both derivatives are of a sum, as PyTorch would load its symbolic
        algebra, for as long, to check the shape of a given outer gradient.
        """
        count, dimensions = latents.shape
        points = latents.detach().repeat_interleave(dimensions, dim=0).requires_grad_()
        features = self.features(points)
        probe = torch.zeros_like(features, requires_grad=True)
        (pulled,) = torch.autograd.grad((features * probe).sum(), points, create_graph=True)
        along = torch.eye(dimensions, dtype=latents.dtype).repeat(count, 1)
        (pushed,) = torch.autograd.grad((pulled * along).sum(), probe)
        return pushed.reshape(count, dimensions, -1)

    @torch.no_grad()
    def steps(self, latents: np.ndarray) -> np.ndarray:
        """The distance of each picture to the next, float64 (S − 1,), of latents float32 (S, D)."""
        points = torch.from_numpy(np.ascontiguousarray(latents, dtype=np.float32))
        parts = [
            _lengths(self.features(points[start : start + AT_A_TIME + 1]))
            for start in range(0, len(points) - 1, AT_A_TIME)
        ]
        return torch.cat(parts).double().numpy()


def _lengths(features: Tensor) -> Tensor:
    return torch.linalg.vector_norm(features.diff(dim=0), dim=1)
