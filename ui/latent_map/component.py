"""The map as a Streamlit element."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from store import LoadedModel
from ui.component_files import browser_component, packed
from ui.latent_map.choice import PlaneChoice, chosen_plane
from ui.latent_map.plane import Plane
from ui.model_data import encoding_note, label_names, model_data, originals_found, weight_per_dimension
from ui.theme import class_colour

_map = browser_component(Path(__file__).parent)


@dataclass(frozen=True)
class Opened:
    """What was clicked on the map: an image by its row, or a place by its latent (D numbers)."""

    row: int | None
    latent: list[float] | None


def asked_plane(model: LoadedModel, link: dict[str, str], key: str) -> PlaneChoice:
    """The plane that the map's controls ask for, else the link, else the model itself (2 or more dimensions)."""
    asked = (st.session_state.get(key) or {}).get("plane")
    meant = asked if asked and asked["weights"] == model.weights else None
    return chosen_plane(weight_per_dimension(model), link, meant)


def latent_map(model: LoadedModel, plane: Plane, choice: PlaneChoice, key: str) -> Opened | None:
    """Draws the encoded test images on the plane; gives back what was clicked in this run, if anything.

    choice: what the controls show as chosen; the plane may still be another while a worker looks for it.
    """
    data = map_data(model, plane) | {"choice": {"kind": choice.kind, "x": choice.x, "y": choice.y}}
    drawn = _map(key=key, data=data, on_open_change=_rerun, on_plane_change=_rerun)
    clicked = drawn.get("open")
    if not clicked or clicked["weights"] != model.weights:
        return None
    return Opened(clicked.get("row"), clicked.get("latent"))


def map_data(model: LoadedModel, plane: Plane) -> dict[str, Any]:
    """What the component is told; arrays are packed, float32 per image unless said otherwise.

    originals: uint8, 1 where the image itself is on this machine. note: what must be said about the encoding.
    """
    latents = model.latents
    names = label_names(model)
    return model_data(model) | {
        "plane": {
            "id": plane.id,
            "x": packed(plane.points[:, 0]),
            "y": packed(plane.points[:, 1]),
            "origin": plane.origin.astype(float).round(6).tolist(),
            "axes": plane.axes.astype(float).round(6).tolist(),
            "titles": plane.titles,
        },
        "labels": packed(latents.label, np.int16) if names else None,
        "names": names,
        "colours": [class_colour(number) for number in range(len(names))],
        "kl": packed(latents.kl),
        "reconstruction": packed(latents.reconstruction),
        "originals": packed(originals_found(model), np.uint8),
        "latent_dim": model.latent_dim,
        "words": plane.words,
        "note": encoding_note(model),
    }


def _rerun() -> None:
    """The script runs again and reads the component's trigger; there is nothing else to do."""
