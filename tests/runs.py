"""Run folders written by hand, as a run with snapshots would leave them: what is watched needs no training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from tests.tiny import digit_images, tiny_checkpoint
from vae_core.checkpoint import append_metrics, load_checkpoint
from vae_core.latents import posterior_means
from vae_core.training import ChangeRecord, StepRecord
from vae_core.training.run_folder import RunStatus, first_status, write_status
from vae_core.training.snapshots import FixedLooks, Snapshot, decoder_weights, write_fixed, write_snapshot
from vae_core.vae import VAE

ROWS, SHOWN, SAMPLES = 120, 12, 24
STEPS = 20  # in an epoch


def run_with_snapshots(
    root: Path, name: str = "watched", epochs: int = 6, latent_dim: int = 2, **status: object
) -> Path:
    """A run of so many epochs, with a snapshot before the first and after each; its model is fully drawn at random.

    The weights of epoch e are those of the end times e / epochs, so that every epoch draws other pictures.
    """
    folder = tiny_checkpoint(root, name, latent_dim=latent_dim, evaluation=False)
    write_run_status(folder, epochs, **status)
    append_metrics(folder, *log_lines(epochs, latent_dim))
    write_snapshots(folder, range(epochs + 1))
    return folder


def write_run_status(folder: Path, epochs: int, **changes: object) -> None:
    """A run of this very process that has done all its epochs but for what the changes say."""
    facts = {"state": "running", "epoch": epochs, "steps": STEPS, "learning_rate": 1e-3, "beta": 1.0} | changes
    write_status(folder, RunStatus(**{**vars(first_status("running", epochs, "")), **facts}))


def log_lines(epochs: int, latent_dim: int) -> list[dict]:
    """The lines of a log: twenty steps and a record for each epoch, and β lowered by hand after the third."""
    lines: list[dict] = []
    for epoch in range(1, epochs + 1):
        for step in range((epoch - 1) * STEPS + 1, epoch * STEPS + 1):
            loss = 20 + 40 / step
            record = StepRecord(step, epoch, loss + 2, loss, 2.0, 1e-3, 1.0 if epoch < 4 else 0.5, 3.0, 900.0)
            lines.append(record.as_line())
        if epoch == 3:
            lines.append(ChangeRecord(epoch * STEPS, epoch + 1, beta=0.5).as_line())
        lines.append(epoch_line(epoch, latent_dim))
    return lines


def epoch_line(epoch: int, latent_dim: int) -> dict:
    """The record of an epoch; all dimensions but the first sleep until the second."""
    nats = [1.5, *[0.0 if epoch < 2 else 0.4] * (latent_dim - 1)]
    reconstruction = 20 + 10 / epoch
    return {
        "epoch": epoch,
        "train_loss": reconstruction + 2,
        "validation_loss": reconstruction + 2.5,
        "reconstruction": reconstruction,
        "kl": 2.0,
        "validation_reconstruction": reconstruction + 0.5,
        "validation_kl": 2.0,
        "kl_per_dimension": nats,
        "learning_rate": 1e-3,
        "images_per_second": 900.0,
        "seconds": 1.0,
        "parts": {},
    }


def write_snapshots(folder: Path, epochs: range, **facts: object) -> None:
    """Snapshots of these epochs, and what all of them look at."""
    checkpoint = load_checkpoint(folder)
    vae, last = checkpoint.vae, max(1, epochs[-1])
    images, labels = digit_images(count=ROWS)
    latents = np.random.default_rng(0).normal(size=(SAMPLES, vae.latent_dim)).astype(np.float32)
    fixed = FixedLooks(np.arange(ROWS), labels.astype(np.int64), images[:SHOWN], latents, np.full(SAMPLES, -1))
    write_fixed(folder, fixed)
    means = posterior_means(vae, images, labels)
    for epoch in epochs:
        write_snapshot(folder, _snapshot(vae, checkpoint.config.model, fixed, means, epoch, epoch / last, facts))


@torch.inference_mode()
def _snapshot(vae: VAE, model, fixed: FixedLooks, means: np.ndarray, epoch: int, share: float, facts: dict) -> Snapshot:
    weights = {name: value * share for name, value in decoder_weights(vae).items()}
    scaled = {name: value.float() for name, value in weights.items()}
    whole = vae.state_dict() | scaled
    young = VAE(model)
    young.load_state_dict(whole)
    now = (means * (0.3 + 0.7 * share)).astype(np.float16)
    return Snapshot(
        epoch=epoch,
        model=model,
        reconstructions=_pixels(young, now[: len(fixed.originals)].astype(np.float32)),
        samples=_pixels(young, fixed.latents),
        means=now,
        weights=weights,
        facts=facts,
    )


def _pixels(vae: VAE, latents: np.ndarray) -> np.ndarray:
    return (vae.decode_mean(torch.from_numpy(latents)) * 255).round().byte().numpy()
