"""What is said about a model beside its name and on its card: all of it read from its checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui.errors import plain

if TYPE_CHECKING:
    from vae_core.checkpoint import CheckpointSummary

NETWORKS = {"mlp": "MLP", "conv": "Convolutional"}
LIKELIHOODS = {"bernoulli": "Bernoulli", "gaussian": "Gaussian"}


def build(summary: CheckpointSummary) -> str:
    """What the model is, such as `MLP, 2 dimensions, Gaussian`."""
    model = summary.config.model
    dimensions = f"{model.latent_dim} dimension{'s' if model.latent_dim > 1 else ''}"
    return f"{NETWORKS[model.network]}, {dimensions}, {LIKELIHOODS[model.likelihood]}"


def training_data(summary: CheckpointSummary) -> str:
    """What the model was trained on, such as `mnist 28×28`, with `colour` where it is."""
    channels, height, width = summary.config.model.image_shape
    return f"{summary.config.data.name} {height}×{width}{' colour' if channels == 3 else ''}"


def scores(summary: CheckpointSummary) -> dict[str, tuple[str, str]]:
    """The model's scores: name -> (figure, unit). An absent score is left out."""
    evaluation = summary.evaluation or {}
    found: dict[str, tuple[str, str]] = {}
    for name, key in (("−ELBO", "negative_elbo"), ("Reconstruction", "reconstruction"), ("KL", "kl")):
        if _is_number(evaluation.get(key)):
            found[name] = (figure_text(evaluation[key]), "nats per image")
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
    if "−ELBO" in shown:
        figure, unit = shown["−ELBO"]
        parts.append(f"−ELBO {figure} {unit}, {summary.evaluation.get('split', 'test')} split")
    return plain(" · ".join(parts))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
