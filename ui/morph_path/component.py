"""The morph as a Streamlit element."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from store import LoadedModel
from ui.chooser import chooser_data
from ui.component_files import browser_component
from ui.model_data import class_names, image_words, model_data
from ui.morph_path.start import Key, MorphStart

_morph = browser_component(Path(__file__).parent, "chooser", "export")


@dataclass(frozen=True)
class Opened:
    """A place of the morph that is taken to Sliders: its latent (D numbers) and the class of a conditional model."""

    latent: list[float]
    label: int | None


def morph_path(model: LoadedModel, start: MorphStart, key: str) -> Opened | None:
    """Draws the morph of the model, which has encoded images; gives back what was taken to Sliders in this run.

    Everything else is between the component, the live routes and the link: the page's script does not run for it.
    """
    drawn = _morph(key=key, data=morph_data(model, start), on_open_change=_rerun)
    opened = drawn.get("open")
    if not opened or opened["weights"] != model.weights:
        return None
    return Opened(opened["latent"], opened["label"])


def morph_data(model: LoadedModel, start: MorphStart) -> dict[str, Any]:
    """What the component is told."""
    return (
        model_data(model)
        | chooser_data(model)
        | {
            "latent_dim": model.latent_dim,
            "classes": class_names(model),
            "start": {
                "id": start.id,
                "given": start.given,
                "keys": [_key(model, each) for each in start.keys],
                "path": start.path,
                "compare": list(start.compare),
                "pace": start.pace,
                "mode": start.mode,
                "place": start.place,
                "spot": list(start.spot),
                "label": start.label,
            },
        }
    )


def _key(model: LoadedModel, key: Key) -> dict[str, Any]:
    words = image_words(model, key.row) or "a picture that came with the link"
    return {"latent": key.latent.astype(float).tolist(), "row": key.row, "words": words}


def _rerun() -> None:
    """The script runs again and reads the component's trigger; there is nothing else to do."""
