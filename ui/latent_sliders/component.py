"""The sliders as a Streamlit element."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from store import LoadedModel
from ui.chooser import chooser_data
from ui.component_files import browser_component
from ui.latent_sliders.reach import Axes, plain, reach_data
from ui.latent_sliders.start import Place, Start, identity, starting_point
from ui.model_data import (
    class_names,
    image_words,
    model_data,
    nats_per_dimension,
    weight_per_dimension,
)

_sliders = browser_component(Path(__file__).parent, "chooser", "export")


def latent_sliders(
    model: LoadedModel, link: dict[str, str], left: Place | None, key: str, axes: Axes | None = None
) -> tuple[Place, Start]:
    """Draws the sliders of the model; gives back where the hand last let go, and where they began.

    link: URL parameters; left: where the visitor was before (see `starting_point`); axes: another basis to move in.
    """
    start = starting_point(model, link, left)
    data = (
        model_data(model)
        | chooser_data(model)
        | reach_data(model, axes)
        | {
            "ranges": plain(model.ranges),
            "nats": nats_per_dimension(model),
            "order": weight_per_dimension(model),
            "spread": None if model.latents is None else plain(model.latents.std.mean(axis=0)),
            "prior": model.config.model.prior,
            "classes": class_names(model),
            "start": {
                "id": start.id,
                "latent": start.latent.astype(float).tolist(),
                "code": None if start.row is None else model.latents.mean[start.row].astype(float).tolist(),
                "row": start.row,
                "words": image_words(model, start.row),
                "label": start.label,
                "locked": list(start.locked),
            },
        }
    )
    drawn = _sliders(key=key, data=data, on_latent_change=_rerun)
    made = drawn.get("latent")
    if made and made["start"] == start.id:
        return Place(identity(model), np.float32(made["values"]), made["row"], made["label"], start.visit), start
    return Place(identity(model), start.latent, start.row, start.label, start.visit), start


def _rerun() -> None:
    """The script runs again and reads the component's state; there is nothing else to do."""
