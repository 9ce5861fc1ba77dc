"""Models to compare the model at hand with: a plain autoencoder beside a VAE of the same make, and a series over β."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import store
from store import LoadedModel

if TYPE_CHECKING:
    from vae_core.checkpoint import CheckpointSummary

    Summaries = list[CheckpointSummary]

SHIPPED_DATA = "digits"  # of the models that stand in where there are none for the images at hand
BY_BETA = ("elbo", "beta-vae")  # objectives whose β is the weight of the KL
WEIGHTS_FILE, DIGITS = "model.safetensors", 16


def companions(model: LoadedModel) -> dict[str, Any]:
    """What the chapters 1 and 7 compare, each model as {"name", "weights", "beta", "latent_dim", "shape", "data"}.

    "autoencoder" and "vae": two of the same images that differ in nothing but the posterior, β as near to 1 as there
    is; where no VAE is like that, the model at hand. None where there is no plain autoencoder. "betas": VAEs that
    differ in nothing but β, by rising β; [] for fewer than two. "collapse": the one of them with the largest β that
    keeps snapshots of its training, or None. "elsewhere": which of "pair" and "betas" is of other images than the model
    at hand, because there are none of its own: the digits that ship stand in. "alike": whether the two of the pair
    differ in nothing but the posterior.
    """
    usable = [each for each in store.list_models() if each.problem is None and _comparable(each)]
    own = [each for each in usable if _same_images(each, model)]
    shipped = [each for each in usable if each.config.data.name == SHIPPED_DATA]
    pair, series = _pair(own, model) or _pair(shipped, None), _series(own) or _series(shipped)
    autoencoder, vae = pair or (None, None)
    replayed = [each for each in series if (each.folder / "snapshots").is_dir()]
    elsewhere = {
        "pair": autoencoder is not None and autoencoder not in own,
        "betas": bool(series) and series[0] not in own,
    }
    return {
        "autoencoder": autoencoder and _facts(autoencoder),
        "vae": vae and _facts(vae),
        "betas": [_facts(each) for each in series],
        "alike": pair is None or _alike(*pair),
        "collapse": _facts(replayed[-1]) if replayed else None,
        "elsewhere": elsewhere,
    }


def _pair(summaries: Summaries, model: LoadedModel | None) -> tuple[CheckpointSummary, CheckpointSummary] | None:
    """An autoencoder, and the VAE that is most like it."""
    points = [each for each in summaries if each.config.model.posterior == "point"]
    points.sort(key=lambda each: (each.name != (model and model.name), each.name))
    for point in points:
        twins = [each for each in summaries if _alike(point, each) and each.config.training.objective in BY_BETA]
        if twins:
            return point, min(twins, key=lambda each: (abs(each.config.training.beta - 1), each.name))
    at_hand = next((each for each in summaries if model and each.name == model.name), None)
    if points and at_hand and at_hand.config.model.posterior == "normal":
        return points[0], at_hand
    return None


def _alike(point: CheckpointSummary, vae: CheckpointSummary) -> bool:
    return vae.config.model == point.config.model.model_copy(update={"posterior": "normal"})


def _series(summaries: Summaries) -> Summaries:
    """The largest group of VAEs that differ in nothing but β; of equal groups the first by name."""
    groups: dict[Any, dict[float, CheckpointSummary]] = defaultdict(dict)
    for each in sorted(summaries, key=lambda each: each.name):
        training = each.config.training
        if training.objective in BY_BETA and each.config.model.posterior == "normal" and training.beta > 0:
            rest = training.model_copy(update={"beta": 1.0, "objective": "elbo"})
            groups[each.config.model, rest].setdefault(training.beta, each)
    largest = max(groups.values(), key=len, default={})
    return [largest[beta] for beta in sorted(largest)] if len(largest) > 1 else []


def _comparable(summary: CheckpointSummary) -> bool:
    model = summary.config.model
    return model.prior == "normal" and not model.classes and (summary.folder / "latents.npz").is_file()


def _same_images(summary: CheckpointSummary, model: LoadedModel) -> bool:
    return summary.config.data.name == model.config.data.name and summary.config.model.image_shape == model.image_shape


def _facts(summary: CheckpointSummary) -> dict[str, Any]:
    model = summary.config.model
    return {
        "name": summary.name,
        "weights": _weights(summary.folder / WEIGHTS_FILE, summary.modified),
        "beta": summary.config.training.beta,
        "latent_dim": model.latent_dim,
        "shape": list(model.image_shape),
        "data": summary.config.data.name,
    }


@lru_cache(maxsize=64)
def _weights(file: Path, _modified: float) -> str:
    """As store.LoadedModel.weights, without loading the model."""
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()[:DIGITS]
