"""The aggregated posterior of a model beside its prior, and a run replayed from its snapshots: chapter 7."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

import store
from live.anatomy.comparing import MOST_ROWS, in_plane, leading_dims, picture_fields, reference_of
from live.anatomy.fields import only
from live.anatomy.one_image import base64_of
from live.answers import Refused, checkpoint_refused

REACH, SIDE = 4.0, 80  # the plane that is drawn: to each side of 0, in so many cells
NOT_SPLIT = {"mutual_information": None, "marginal_kl": None, "density": None, "reach": REACH}
MOST_BYTES = 3_000_000  # of a replay's pictures; of more epochs some are left out, evenly


def aggregate(model: store.LoadedModel, content: dict[str, Any]) -> dict[str, Any]:
    """{}: {kl, mutual_information, marginal_kl} of the test images: KL = mutual information + KL(q(z) ‖ p(z)).

    The two parts by a fine grid, with {density: base64 uint8 (80, 80), reach}: q(z) by rows from the top, 255 at its
    peak. Null beyond 2 dimensions: a sample of N images shows at most log N nats of mutual information. Beside it
    {reconstruction: mean −log p(x|z) in nats, dims, points, labels, active, rows} as `codes` gives them.
    """
    from vae_core.metrics import active_units, kl_per_dimension

    only(content, set())
    if model.vae.is_point or model.config.model.prior != "normal":
        raise Refused("bad-request", f"{model.name} has no such figure: it needs a VAE with a standard normal prior.")
    latents = reference_of(model)
    mean, std = latents.mean[:MOST_ROWS], latents.std[:MOST_ROWS]
    kl, dims = float(kl_per_dimension(mean, std).sum()), leading_dims(mean)
    return {
        "kl": kl,
        "rows": len(mean),
        "dims": dims,
        "points": base64_of(in_plane(mean, dims)),
        "labels": None if latents.label is None else latents.label[:MOST_ROWS].tolist(),
        "active": int(active_units(mean).sum()),
        "reconstruction": float(latents.reconstruction[:MOST_ROWS].mean()),
        **(_on_a_grid(mean, std, kl) if model.latent_dim == 2 else NOT_SPLIT),
    }


def _on_a_grid(mean: np.ndarray, std: np.ndarray, kl: float) -> dict[str, Any]:
    from vae_core.latent import aggregated_grid, density_on

    marginal = aggregated_grid(mean, std)
    cells = (np.arange(SIDE) + 0.5) / SIDE * 2 * REACH - REACH
    density = density_on(cells, mean, std).T[::-1]  # the second dimension upwards
    shades = (255 * density / density.max()).round().astype(np.uint8)
    return {
        "mutual_information": kl - marginal.kl_to_prior,
        "marginal_kl": marginal.kl_to_prior,
        "density": base64.b64encode(shades.tobytes()).decode(),
        "reach": REACH,
    }


def collapse(model: store.LoadedModel, content: dict[str, Any]) -> dict[str, Any]:
    """{}: the run that made the model, epoch by epoch: curves of every epoch, pictures and means of the kept ones.

    {curves: {epoch, beta, kl_per_dimension, reconstruction}, epochs, labels, originals, reconstructions, samples,
    means}: pictures base64 uint8, of originals (n, H, W, C), of the others one such list for each kept epoch; means
    base64 float32 (epochs, m, D).
    """
    from vae_core.checkpoint import CheckpointError, read_metrics
    from vae_core.training.snapshots import list_snapshots, read_fixed, read_snapshot

    only(content, set())
    folder = store.checkpoints_root() / model.name
    try:
        fixed = read_fixed(folder)
        epochs = _thinned(list_snapshots(folder), fixed)
        kept = [read_snapshot(folder, epoch) for epoch in epochs]
        curves = _curves(model, read_metrics(folder))
    except CheckpointError as problem:
        raise checkpoint_refused(problem) from problem
    return {
        "curves": curves,
        "epochs": list(epochs),
        "labels": fixed.labels.tolist(),
        "originals": picture_fields(fixed.originals.transpose(0, 2, 3, 1)),
        "reconstructions": picture_fields(np.stack([each.reconstructions for each in kept]).transpose(0, 1, 3, 4, 2)),
        "samples": picture_fields(np.stack([each.samples for each in kept]).transpose(0, 1, 3, 4, 2)),
        "means": base64_of(np.stack([each.means for each in kept]).astype(np.float32)),
    }


def _curves(model: store.LoadedModel, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Of each epoch: β as it stood at its end, KL per dimension and reconstruction on the validation images."""
    from vae_core.objectives.annealing import annealed

    training = model.config.training
    epochs = [line["epoch"] for line in lines]
    return {
        "epoch": epochs,
        "beta": [
            training.beta * annealed(epoch / training.epochs, training.warmup, training.cycles) for epoch in epochs
        ],
        "kl_per_dimension": [line["kl_per_dimension"] for line in lines],
        "reconstruction": [line["validation_reconstruction"] for line in lines],
    }


def _thinned(epochs: tuple[int, ...], fixed: Any) -> tuple[int, ...]:
    """So many of them, evenly spread, that their pictures stay small."""
    pixels = int(np.prod(fixed.originals.shape[1:]))
    most = max(2, MOST_BYTES // (pixels * (len(fixed.originals) + len(fixed.latents))))
    if len(epochs) <= most:
        return epochs
    return tuple(epochs[at] for at in np.linspace(0, len(epochs) - 1, most).round().astype(int))
