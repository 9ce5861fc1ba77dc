"""The map as a Streamlit element."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np

from store import LoadedModel
from ui.component_files import browser_component, packed
from ui.model_data import class_names, encoding_note, model_data, originals_found, weight_per_dimension
from ui.theme import CLASS_COLOURS

_map = browser_component(Path(__file__).parent)
PAGES = ("sliders", "morph", "attributes")


@dataclass(frozen=True)
class Opened:
    """What is taken to another page: an image by its row in the test split, or a place by its latent (D numbers).

    label: the class of a conditional model under which the map decoded, else None. group: the name of the images of
    which Attributes makes a direction.
    """

    page: Literal["sliders", "morph", "attributes"]
    row: int | None
    latent: list[float] | None
    label: int | None = None
    group: str | None = None


def latent_map(model: LoadedModel, key: str) -> Opened | None:
    """Draws the map of the model (2 or more dimensions, with encoded images); gives back what was opened in this run.

    Everything else is between the component, the live routes and the link: the page's script does not run for it.
    """
    drawn = _map(key=key, data=map_data(model), on_open_change=_rerun)
    opened = drawn.get("open")
    if not opened or opened["weights"] != model.weights or opened["page"] not in PAGES:
        return None
    return Opened(opened["page"], opened.get("row"), opened.get("latent"), opened.get("label"), opened.get("group"))


def map_data(model: LoadedModel) -> dict[str, Any]:
    """What the component is told: nothing that grows with the data but one byte per test image.

    originals: uint8, 1 where the image itself is on this machine. order: the dimensions, from 0, that carry most first.
    classes: of a conditional model. note: what must be said about the encoding.
    spread: what p(x|z) is, and how wide it is by the grey level of the expected picture, None where that tells nothing.
    plotly: the version whose script draws the axes.
    """
    weight = np.asarray(weight_per_dimension(model))
    return model_data(model) | {
        "latent_dim": model.latent_dim,
        "order": np.argsort(-weight, kind="stable").tolist(),
        "classes": class_names(model),
        "colours": list(CLASS_COLOURS),
        "originals": packed(originals_found(model), np.uint8),
        "note": encoding_note(model),
        "spread": decoder_spread(model),
        "plotly": version("plotly"),
    }


def decoder_spread(model: LoadedModel) -> dict[str, Any]:
    """{words: the likelihood's name, by_grey: 256 standard deviations of a pixel value in [0, 1], or None}."""
    by_grey = model.spread_by_grey()
    return {
        "words": model.vae.likelihood.label,
        "by_grey": None if by_grey is None else [float(f"{value:.4g}") for value in by_grey],
    }


def _rerun() -> None:
    """The script runs again and reads the component's trigger; there is nothing else to do."""
