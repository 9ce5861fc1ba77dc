"""The sheet of samples as a Streamlit element."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from store import LoadedModel
from ui.component_files import browser_component
from ui.model_data import class_names, has_density, label_names, model_data
from ui.similar_model import similar_model

_sheet = browser_component(Path(__file__).parent)
PAGES = ("sliders", "morph", "map")


@dataclass(frozen=True)
class Opened:
    """A sample that is taken to another page. z: its latent as a link carries it, bit for bit.

    keys: the sample and the next one, as a morph's link names its keys.
    label: the class of a conditional model, else None. row: the stored image nearest to it, or None.
    """

    page: Literal["sliders", "morph", "map"]
    z: str
    keys: str
    label: int | None
    row: int | None


def sample_sheet(model: LoadedModel, key: str) -> Opened | None:
    """Draws the sheet of the model; gives back the sample that was opened elsewhere in this run.

    Everything else is between the component, the live routes and the link: the page's script does not run for it.
    """
    drawn = _sheet(key=key, data=sheet_data(model), on_open_change=_rerun)
    opened = drawn.get("open")
    if not opened or opened["weights"] != model.weights or opened["page"] not in PAGES:
        return None
    return Opened(opened["page"], opened["z"], opened["keys"], opened.get("label"), opened.get("row"))


def sheet_data(model: LoadedModel) -> dict[str, Any]:
    """What the component is told.

    prior_label, prior_words: what p(z) is. density: whether a mixture was fitted. drawable: whether there is a
    likelihood to draw pictures from. data_here: whether the training images are on this machine. labelled: whether the
    images have classes that the model cannot be asked for. conditional: another model that can.
    """
    from vae_core.data import available  # torch comes with them: not when pages are imported
    from vae_core.likelihoods import LIKELIHOODS
    from vae_core.priors import PRIORS

    settings = model.config.model
    labelled = not settings.classes and len(label_names(model)) > 1
    return model_data(model) | {
        "prior_label": PRIORS[settings.prior].label,
        "prior_words": PRIORS[settings.prior].words,
        "density": has_density(model),
        "classes": class_names(model),
        "drawable": model.vae.likelihood.measure != "none",
        "likelihood": LIKELIHOODS[settings.likelihood].label,
        "labelled": labelled,
        "conditional": similar_model(model, lambda config: config.model.classes > 0) if labelled else None,
        "data_here": available(model.config.data.name),
    }


def _rerun() -> None:
    """The script runs again and reads the component's trigger; there is nothing else to do."""
