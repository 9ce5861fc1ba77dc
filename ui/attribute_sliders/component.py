"""The attributes as a Streamlit element."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from store import LoadedModel
from ui.chooser import chooser_data
from ui.component_files import browser_component
from ui.model_data import class_names, label_names, model_data

_attributes = browser_component(Path(__file__).parent, "chooser", "export")
PAGES = ("sliders", "morph")


@dataclass(frozen=True)
class Opened:
    """What is taken to another page. z: the latent as a link carries it, bit for bit. label: the class, or None.

    keys: the picture before and after, as a morph's link names its keys.
    """

    page: Literal["sliders", "morph"]
    z: str
    keys: str
    label: int | None


def attribute_sliders(model: LoadedModel, key: str) -> Opened | None:
    """Draws the attributes of the model; gives back the picture that was taken to another page in this run.

    Everything else is between the component, the live routes and the link: the page's script does not run for it.
    """
    drawn = _attributes(key=key, data=attributes_data(model), on_open_change=_rerun)
    opened = drawn.get("open")
    if not opened or opened["weights"] != model.weights or opened["page"] not in PAGES:
        return None
    return Opened(opened["page"], opened["z"], opened["keys"], opened.get("label"))


def attributes_data(model: LoadedModel) -> dict[str, Any]:
    """What the component is told. classes: of a conditional model; labels: of the stored images."""
    return (
        model_data(model)
        | chooser_data(model)
        | {"latent_dim": model.latent_dim, "classes": class_names(model), "labels": label_names(model)}
    )


def _rerun() -> None:
    """The script runs again and reads the component's trigger; there is nothing else to do."""
