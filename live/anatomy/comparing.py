"""A model's encodings of its test images beside the prior, and one image through it: to compare two models."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

import store
from live.anatomy.fields import image_of, only
from live.anatomy.one_image import base64_of, batch_of
from live.answers import Refused

MOST_ROWS = 1_000  # test images: of more the first
DRAWS = 256  # from the prior, to see how much they differ


def codes(model: store.LoadedModel, content: dict[str, Any]) -> dict[str, Any]:
    """{}: where the test images are encoded, in the two dimensions that matter most, and how that fits the prior.

    {rows, dims, points: base64 float32 (rows, 2), labels or null, coverage, radius, variety, kl_per_dimension or null,
    active, spread}: coverage is the share of means within `radius`, where 95 % of the prior's draws fall; variety is
    the variance of 256 decoded draws over that of as many decoded test images.
    """
    from vae_core.metrics import active_units, kl_per_dimension, prior_coverage, prior_radius, variety

    only(content, set())
    latents = reference_of(model)
    mean, std = latents.mean[:MOST_ROWS], latents.std[:MOST_ROWS]
    labels = None if latents.label is None else latents.label[:MOST_ROWS]
    dims = leading_dims(mean)
    drawn = model.decode(model.sample_prior(DRAWS, seed=0))
    return {
        "rows": len(mean),
        "dims": dims,
        "points": base64_of(in_plane(mean, dims)),
        "labels": None if labels is None else labels.tolist(),
        "coverage": prior_coverage(mean),
        "radius": prior_radius(model.latent_dim),
        "variety": variety(drawn, model.reconstruct(np.arange(min(len(mean), DRAWS)))),
        "spread": mean.std(axis=0).tolist(),
        "kl_per_dimension": None if model.vae.is_point else kl_per_dimension(mean, std).tolist(),
        "active": int(active_units(mean).sum()),
    }


def reconstructed(model: store.LoadedModel, content: dict[str, Any]) -> dict[str, Any]:
    """{"image", "label"}: the image encoded to its mean and decoded: {mean, std, pixels, shape, psnr, cost, kl}.

    pixels: base64 uint8 (H, W, C). cost: −log p(x|z) at the mean, and kl, null for an autoencoder: nats. psnr: dB, of
    the expected picture beside the image.
    """
    import torch

    from vae_core.metrics import kl_per_dimension, psnr
    from vae_core.pixels import to_pixels

    only(content, {"image", "label"})
    batch, vae = batch_of(content, model), model.vae
    with torch.inference_mode():
        posterior = vae.encode(batch.images, batch.labels)
        output = vae.decoder_output(posterior.mean, batch.labels)
        picture = vae.likelihood.mean(output)
        cost = -vae.likelihood.log_prob(output, batch.images)
        grey = torch.from_numpy(image_of(content, model).astype(np.float32))[None] / 255
        found = psnr(grey, picture)
    return {
        "mean": posterior.mean[0].tolist(),
        "std": posterior.stddev[0].tolist(),
        **picture_fields(to_pixels(picture).numpy()[0].transpose(1, 2, 0)),
        "psnr": float(found),
        "cost": float(cost),
        "kl": None if vae.is_point else float(kl_per_dimension(posterior.mean.numpy(), posterior.stddev.numpy()).sum()),
    }


def reference_of(model: store.LoadedModel) -> Any:
    """The model's encoded test images. Raises Refused where it has none."""
    if model.latents is None:
        raise Refused("no-reference", f"{model.name} has no encoded test images (latents.npz). Train it again.")
    return model.latents


def leading_dims(mean: np.ndarray) -> list[int]:
    """The two dimensions of means (N, D) that vary most, in their order; the only one where D is 1."""
    return sorted(np.argsort(-mean.var(axis=0), kind="stable")[:2].tolist())


def in_plane(values: np.ndarray, dims: list[int]) -> np.ndarray:
    """Two columns of values (N, D); zeros for the second where there is one dimension alone."""
    chosen = values[:, dims]
    return chosen if chosen.shape[1] == 2 else np.concatenate([chosen, np.zeros_like(chosen)], axis=1)


def picture_fields(pixels: np.ndarray) -> dict[str, Any]:
    """Pictures uint8 (..., H, W, C) as an answer carries them."""
    text = base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode()
    return {"pixels": text, "shape": list(pixels.shape[-3:])}
