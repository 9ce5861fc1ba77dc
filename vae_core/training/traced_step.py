"""One step of training taken apart: every tensor between the images and the changed weights."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.distributions import Normal

from vae_core.objectives import ElboTerms, Pass, elbo_terms
from vae_core.vae import VAE


@dataclass(frozen=True, eq=False)
class TracedPass:
    """B images on their way through the model with one given ε each, the graph of the gradient kept.

    images: float32 (B, C, H, W). posterior: q(z|x), (B, D). noise, latents: float32 (B, D), z = mean + std · noise.
    output: what the decoder gives before the likelihood makes a picture of it, float32 (B, C, H, W).
    terms: the ELBO and its parts, in nats per image.
    """

    images: Tensor
    posterior: Normal
    noise: Tensor
    latents: Tensor
    output: Tensor
    terms: ElboTerms


@dataclass(frozen=True, eq=False)
class Looks:
    """Tensors on the way that the ELBO is not read from: encoder_hidden, decoder_hidden: float32 (B, H), what the last
    dense layer is given. picture: E[x|z], and cost_per_pixel: −log p(x_i|z) in nats, float32 (B, C, H, W).
    """

    encoder_hidden: Tensor
    decoder_hidden: Tensor
    picture: Tensor
    cost_per_pixel: Tensor


@dataclass(frozen=True, eq=False)
class ElboGradients:
    """Gradients of the ELBO, which is climbed.

    mean, std, latents: float32 (B, D), output: float32 (B, C, H, W): of each image's own ELBO, in nats per unit.
    weights: of the mean over the batch, one tensor for each of ``named_parameters``, in their order and shapes.
    """

    mean: Tensor
    std: Tensor
    latents: Tensor
    output: Tensor
    weights: tuple[Tensor, ...]


def traced_pass(vae: VAE, images: Tensor, noise: Tensor) -> TracedPass:
    """Encode, z = μ + σ·ε with the given ε, decode, judge; for images float32 (B, C, H, W), noise float32 (B, D).

    The model is neither conditional nor a plain autoencoder; the images are what its likelihood observes. Raises
    ValueError as ``vae.encode``.
    Source: Kingma and Welling 2014, algorithm 1 with one draw per image, and appendix B.
    """
    posterior = vae.encode(images)
    latents = posterior.mean + posterior.stddev * noise
    output = vae.decoder_output(latents)
    log_likelihood = vae.likelihood.log_prob(output, images)
    terms = elbo_terms(vae, Pass(posterior, latents[None], log_likelihood[None]))
    return TracedPass(images, posterior, noise, latents, output, terms)


def elbo_gradients(vae: VAE, done: TracedPass) -> ElboGradients:
    """The gradients of the ELBO of one traced pass by automatic differentiation; its graph is used up."""
    places = [done.posterior.mean, done.posterior.stddev, done.latents, done.output]
    weights = list(vae.parameters())
    found = torch.autograd.grad(done.terms.elbo.mean(), [*places, *weights])
    own = [gradient * len(done.images) for gradient in found[: len(places)]]
    return ElboGradients(*own, weights=tuple(found[len(places) :]))


@torch.no_grad()
def looks_between(vae: VAE, done: TracedPass) -> Looks:
    """What lies between the steps of a traced pass through a model of dense layers (``mlp``), without gradients."""
    return Looks(
        encoder_hidden=_last_hidden(vae.encoder, done.images),
        decoder_hidden=_last_hidden(vae.decoder, done.latents),
        picture=vae.likelihood.mean(done.output),
        cost_per_pixel=-vae.likelihood.distribution(done.output).log_prob(done.images),
    )


def _last_hidden(network: nn.Sequential, inputs: Tensor) -> Tensor:
    """What the last activation of a dense network gives: what its last layer of weights is given."""
    last = max(place for place, layer in enumerate(network) if isinstance(layer, nn.Linear))
    return network[:last](inputs)
