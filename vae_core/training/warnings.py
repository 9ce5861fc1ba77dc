"""What a person should be told of a run: posterior collapse, overfitting, divergence, σ at its bounds, dead units.

Pure functions over the records of the epochs; the thresholds are rules of thumb, and each sentence says its figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from vae_core.training.health import NetworkHealth

AWAKE = 0.1  # nats per image: a dimension that carries less does not show in a picture
SETTLED = 3  # epochs before which a dimension may still wake
STALE_EPOCHS, STALE_SHARE = 5, 0.1  # without a better validation loss: at least so many epochs, and this share of all
WORSE = 0.005  # of the validation loss's whole fall: less is noise
RISEN = 0.3  # share of its whole fall that the training loss has lost again
MANY_DEAD = 0.25  # share of a layer's units
FEW_SIGMA = 0.01  # share of all σ
Kind = Literal["collapse", "asleep", "overfitting", "divergence", "sigma", "dead-units"]


@dataclass(frozen=True)
class RunWarning:
    """kind: for programs. title: in a few words; text: what was seen, with figures; advice: what to do."""

    kind: Kind
    title: str
    text: str
    advice: str


def run_warnings(
    epochs: Sequence[Mapping[str, Any]],
    planned: int,
    *,
    is_point: bool = False,
    warmup: float = 0.0,
    changed: int = 0,
    health: NetworkHealth | None = None,
) -> tuple[RunWarning, ...]:
    """The warnings of a run with these epoch records, the gravest first; () while nothing is wrong.

    planned: epochs of the whole run. is_point: a plain autoencoder, which has no KL. warmup: share of the run over
    which the weight of the KL rises. changed: the epoch in which learning rate or β were last changed by hand; losses
    are compared from there on. health: of the newest weights, where it was measured.
    """
    alike = [record for record in epochs if record["epoch"] > changed]
    found = [_divergence(alike), None if is_point else _collapse(epochs, max(SETTLED, warmup * planned))]
    found += [_overfitting(alike, planned), _sigma(health), _dead_units(health)]
    return tuple(warning for warning in found if warning is not None)


def _collapse(epochs: Sequence[Mapping[str, Any]], settled: float) -> RunWarning | None:
    if not epochs or epochs[-1]["epoch"] < settled:
        return None
    nats = epochs[-1].get("kl_per_dimension") or ()
    awake = sum(each >= AWAKE for each in nats)
    if not nats or 2 * awake >= len(nats):
        return None
    if awake:
        return RunWarning(
            "asleep",
            f"{len(nats) - awake} of {len(nats)} dimensions carry nothing",
            f"Only {awake} of {len(nats)} latent dimensions carry {AWAKE} nats or more per image.",
            "Fine where the data needs no more; a smaller latent space would do as well. To wake more, lower β.",
        )
    return RunWarning(
        "collapse",
        "Posterior collapse",
        f"None of the {len(nats)} latent dimensions carries {AWAKE} nats: the encoder says the same of every image, and"
        " the decoder draws without it.",
        "Lower β (0.1, then up again), or train anew with a warm-up of the KL or with free bits.",
    )


def _overfitting(epochs: Sequence[Mapping[str, Any]], planned: int) -> RunWarning | None:
    losses = _column(epochs, "validation_loss")
    if len(losses) < 2:
        return None
    best = min(range(len(losses)), key=losses.__getitem__)
    since = len(losses) - 1 - best
    if since < max(STALE_EPOCHS, STALE_SHARE * planned):
        return None
    train = _column(epochs, "train_loss")
    worse = losses[-1] - losses[best] > WORSE * max(losses[0] - losses[best], 1e-9)
    if not worse or len(train) != len(losses) or train[-1] >= train[best]:
        return None
    return RunWarning(
        "overfitting",
        "Overfitting",
        f"The validation loss was best in epoch {epochs[best]['epoch']} ({losses[best]:.2f} nats) and is"
        f" {losses[-1]:.2f} now, while the training loss still falls: the model learns its training images by heart.",
        "Stop and keep: the best weights are kept. A smaller network, a larger β or more images learn longer.",
    )


def _divergence(epochs: Sequence[Mapping[str, Any]]) -> RunWarning | None:
    losses = _column(epochs, "train_loss")
    if len(losses) < 3:
        return None
    least = min(losses)
    fall, rise = losses[0] - least, losses[-1] - least
    grows = losses[-1] > losses[-2] > losses[-3]
    if not grows or rise <= RISEN * max(fall, 0.05 * abs(least)):
        return None
    return RunWarning(
        "divergence",
        "The loss rises",
        f"The training loss was {least:.2f} nats per image and is {losses[-1]:.2f} now, rising from epoch to epoch.",
        "Lower the learning rate to a third; if it goes on, stop and start anew with gradient clipping.",
    )


def _sigma(health: NetworkHealth | None) -> RunWarning | None:
    if health is None or health.saturated is None or health.saturated < FEW_SIGMA:
        return None
    return RunWarning(
        "sigma",
        "σ at its bounds",
        f"{100 * health.saturated:.0f} % of the posteriors' σ are at the ends of what they may be (e⁻⁷ to e⁷), where"
        " they hardly learn any more.",
        "Lower the learning rate; with a tiny σ raise β, which asks for wider posteriors.",
    )


def _dead_units(health: NetworkHealth | None) -> RunWarning | None:
    layers = [] if health is None else [layer for layer in health.layers if layer.dead >= MANY_DEAD * layer.units]
    if not layers:
        return None
    worst = max(layers, key=lambda layer: layer.dead / layer.units)
    return RunWarning(
        "dead-units",
        "Dead units",
        f"{worst.dead} of {worst.units} units of hidden layer {worst.layer} give the same value for every image.",
        "They do not come back by themselves: train anew with a lower learning rate, or with SiLU in place of ReLU.",
    )


def _column(epochs: Sequence[Mapping[str, Any]], name: str) -> list[float]:
    return [float(record[name]) for record in epochs if isinstance(record.get(name), int | float)]
