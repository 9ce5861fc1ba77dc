"""One line of metrics.jsonl."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class EpochRecord:
    """One line of metrics.jsonl. Losses (the objective's), reconstruction and kl in nats per image.

    train_loss, reconstruction and kl are means over the epoch while the weights change; the validation figures and
    kl_per_dimension (of the validation split) are taken after it, with the same noise every time. images_per_second
    counts training steps alone; seconds counts the whole epoch, validation included. parts are the objective's
    further figures by name on the validation split: mutual_information, total_correlation and dimension_wise_kl of
    β-TCVAE, total_correlation of FactorVAE, capacity, covariance_cost of DIP-VAE, squared_mmd; else empty.
    """

    epoch: int
    train_loss: float
    validation_loss: float
    reconstruction: float
    kl: float
    validation_reconstruction: float
    validation_kl: float
    kl_per_dimension: tuple[float, ...]
    learning_rate: float
    images_per_second: float
    seconds: float
    parts: dict[str, float] = field(default_factory=dict)
