"""Settings that go well together, by what a person wants. `python -m benchmarks.presets` trains and measures them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vae_core.data.catalogue import DATA_SETS
from vae_core.data.outlines import DataOutline

Values = dict[str, Any]
SMALL_SIDE = 12  # pixels: images up to it are for fully connected networks
FEW_IMAGES = 5_000  # fewer are seen more often
SEEN = 1_200_000  # images that a run looks at, a repeat counted anew
SEEN_OF_FEW = 360_000
MOST_EPOCHS, FEWEST_EPOCHS = 1_000, 5


@dataclass(frozen=True)
class Preset:
    """label and words for people; ``values``: its settings for a data set, named as the fields of the command line's
    Choices, the others being at their defaults. needs_labels: only for data that has them.
    """

    name: str
    label: str
    words: str
    values: Callable[[DataOutline], Values]
    needs_labels: bool = False


def presets_for(data: DataOutline) -> list[Preset]:
    """The presets that this data can be trained by."""
    return [preset for preset in PRESETS.values() if data.labelled or not preset.needs_labels]


def preset_values(preset: str, data: DataOutline) -> Values:
    """What a preset sets for a data set: fields of the settings and their values, epochs and batch size among them."""
    own = PRESETS[preset].values(data)
    share = own.pop("seen", 1.0)
    return {
        "network": "mlp",
        "likelihood": _likelihood(data),
        "epochs": _epochs(data, share),
        "batch_size": 64 if data.count < FEW_IMAGES else 128,
        "learning_rate": 1e-3,
        **own,
    }


def _first_map(data: DataOutline) -> Values:
    return {"latent_dim": 2, "network": "mlp" if max(data.shape[1:]) <= 32 else "conv"}


def _sharp(data: DataOutline) -> Values:
    return {
        "latent_dim": 8 if _is_small(data) else 32,
        "network": _network(data),
        "likelihood": "gaussian",
        "schedule": "cosine",
        "learning_rate": 2e-3,
    }


def _independent(data: DataOutline) -> Values:
    drawn = data.name.startswith("shapes")
    return {
        "latent_dim": 6 if _is_small(data) else 10,
        "network": "conv" if max(data.shape[1:]) > 32 else "mlp",
        "objective": "beta-tcvae",
        "beta": 6.0 if drawn or not _is_small(data) else 4.0,
        "warmup": 0.2,
    }


def _denoise(data: DataOutline) -> Values:
    return {
        "latent_dim": 8 if _is_small(data) else 32,
        "network": _network(data),
        "likelihood": "gaussian",
        "corruption": "gaussian",
        "corruption_strength": 0.3,
        "schedule": "cosine",
    }


def _by_class(data: DataOutline) -> Values:
    return {
        "latent_dim": 2 if _is_small(data) else 8,
        "network": "mlp" if max(data.shape[1:]) <= 32 else "conv",
        "conditional": True,
    }


def _likely(data: DataOutline) -> Values:
    return {
        "latent_dim": 8 if _is_small(data) else 32,
        "objective": "iwae-dreg",
        "samples": 8,
        "prior": "normal",
        "schedule": "cosine",
        "network": "mlp" if max(data.shape[1:]) <= 32 else "conv",
        "seen": 0.5,
    }


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset("first-map", "A first map", "Two dimensions, so that the whole space can be looked at.", _first_map),
        Preset("sharp", "Sharp pictures", "More dimensions and layers, for reconstructions with detail.", _sharp),
        Preset(
            "independent",
            "Independent dimensions",
            "β-TCVAE: each dimension learns something of its own; pictures get softer.",
            _independent,
        ),
        Preset("denoise", "Denoise", "Learns to give the clean image back for one with noise on it.", _denoise),
        Preset(
            "by-class",
            "One style, any class",
            "The label is given to the model, so that the dimensions keep to what is not the class.",
            _by_class,
            needs_labels=True,
        ),
        Preset("likely", "Best likelihood", "Importance-weighted (IWAE, 8 draws): the tightest bound.", _likely),
    )
}
FIRST = "first-map"


def _is_small(data: DataOutline) -> bool:
    return max(data.shape[1:]) <= SMALL_SIDE


def _network(data: DataOutline) -> str:
    return "mlp" if _is_small(data) else "conv"


def _likelihood(data: DataOutline) -> str:
    return DATA_SETS[data.name].likelihood if data.name in DATA_SETS else "gaussian"


def _epochs(data: DataOutline, share: float) -> int:
    seen = SEEN_OF_FEW if data.count < FEW_IMAGES else SEEN
    return max(FEWEST_EPOCHS, min(MOST_EPOCHS, round(share * seen / data.count)))
