"""One image through a model, as arrays: what the Anatomy page asks for at each step of a hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from store.models import LoadedModel


@dataclass(frozen=True, eq=False)
class PassedImage:
    """What one image becomes on its way through the model.

    pictures: uint8 (2, H, W, C): what the likelihood takes for x, and the mean of p(x|z), rounded.
    rows: float32 (4, D): mean and standard deviation of q(z|x), z, KL per dimension.
    by_pixel: float32 (H, W), log p(x|z) of each pixel, summed over channels.
    sums: log_likelihood, log_prior, log_posterior, kl and elbo by name, in nats.
    """

    pictures: np.ndarray
    rows: np.ndarray
    by_pixel: np.ndarray
    sums: dict[str, float]


def pass_image(model: LoadedModel, image: np.ndarray, noise: np.ndarray, label: int = 0) -> PassedImage:
    """The way of an image uint8 (C, H, W) under the noise float32 (D,); label: the class, of a conditional model.

    Raises ValueError when the image has another shape than the model's, or the model does not know the class.
    """
    import torch

    from vae_core.objectives import observed_image
    from vae_core.passage import pass_through
    from vae_core.pixels import to_pixels

    with torch.inference_mode():
        seen = observed_image(model.vae, image, label if model.classes else None)
        done = pass_through(model.vae, seen.images, torch.from_numpy(np.array(noise))[None], seen.labels)
        pictures = to_pixels(torch.cat((seen.images, done.picture))).permute(0, 2, 3, 1)
        rows = torch.cat((done.posterior.mean, done.posterior.stddev, done.latents, done.kl_per_dimension))
        sums = {
            name: float(getattr(done, name)) for name in ("log_likelihood", "log_prior", "log_posterior", "kl", "elbo")
        }
        return PassedImage(np.ascontiguousarray(pictures.numpy()), rows.numpy(), done.by_pixel[0].numpy(), sums)
