"""What is said about a model beside its name and on its card: all of it read from its checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui.errors import plain

if TYPE_CHECKING:
    from vae_core.checkpoint import CheckpointSummary

ABSENT = "–"


def build(summary: CheckpointSummary) -> str:
    """What the model is, such as `MLP, 2 dimensions, Gaussian`."""
    from vae_core.networks import network_label  # torch comes with it: the first page shall not wait for it

    model = summary.config.model
    dimensions = f"{model.latent_dim} dimension{'s' if model.latent_dim > 1 else ''}"
    parts = [network_label(model.network), dimensions, likelihood_label(model.likelihood)]
    if model.classes:
        parts.append(f"{model.classes} classes")
    return ", ".join(parts)


def likelihood_label(name: str) -> str:
    """A likelihood's name for people, such as `Bernoulli`; the bare name of one that is not here."""
    from vae_core.likelihoods import LIKELIHOODS

    return LIKELIHOODS[name].label if name in LIKELIHOODS else name


def training_data(summary: CheckpointSummary) -> str:
    """What the model was trained on, such as `mnist 28×28`, with `colour` where it is."""
    channels, height, width = summary.config.model.image_shape
    return f"{summary.config.data.name} {height}×{width}{' colour' if channels == 3 else ''}"


def scores(summary: CheckpointSummary) -> dict[str, tuple[str, str]]:
    """The model's scores: name -> (figure, unit). An absent score is left out.

    The ELBO itself, a lower bound on log p(x), not the −ELBO that training lowers: a figure below 0 beside "−ELBO"
    reads as a double minus. One that is no figure of this model is a dash, with the reason in place of the unit.
    """
    evaluation = summary.evaluation or {}
    found: dict[str, tuple[str, str]] = {}
    for name, key, sign in (("ELBO", "negative_elbo", -1), ("Reconstruction", "reconstruction", 1), ("KL", "kl", 1)):
        if _is_number(evaluation.get(key)):
            found[name] = (figure_text(sign * evaluation[key]), "nats per image")
    if evaluation.get("no_elbo"):
        found = {"ELBO": (ABSENT, str(evaluation["no_elbo"]))} | found
    if isinstance(evaluation.get("active_units"), int):
        found["Active"] = (
            str(evaluation["active_units"]),
            f"of {summary.config.model.latent_dim} dimensions",
        )
    return found


def figure_text(value: float) -> str:
    """A score with one decimal and a proper minus sign."""
    return f"{value:.1f}".replace("-", "−")


def facts_line(summary: CheckpointSummary | None) -> str:
    """One line of Markdown on the model for the row above each page; empty when nothing is known of it."""
    if summary is None or summary.config is None:
        return ""
    parts = [build(summary), training_data(summary)]
    shown = scores(summary)
    if "ELBO" in shown:
        figure, unit = shown["ELBO"]
        split = summary.evaluation.get("split", "test")
        parts.append(f"no ELBO: {unit}" if figure == ABSENT else f"ELBO {figure} {unit} ({split})")
    return plain(" · ".join(parts))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
