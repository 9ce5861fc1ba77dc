"""The Anatomy page as a Streamlit element: what its chapters are told about the model at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from store import LoadedModel
from ui.anatomy.companions import companions
from ui.chooser import chooser_data
from ui.component_files import browser_component
from ui.model_data import class_names, encoding_note, image_notes, label_names, model_data, weight_per_dimension
from ui.theme import CLASS_COLOURS

_page = browser_component(Path(__file__).parent, "chooser")


def anatomy_page(model: LoadedModel, key: str) -> None:
    """Draws the page. All else is between the component, the live routes and the link: no script runs for it."""
    _page(key=key, data=anatomy_data(model))


def anatomy_data(model: LoadedModel) -> dict[str, Any]:
    """What the component is told: the model, what its parts are, and which models stand beside it."""
    settings = model.config.model
    likelihood = model.vae.likelihood
    return (
        model_data(model)
        | chooser_data(model)
        | {
            "note": image_notes(model).removeprefix(encoding_note(model)).strip(),  # here x is what training saw
            "latent_dim": model.latent_dim,
            "classes": class_names(model),
            "conditional": bool(settings.classes),
            "labels": label_names(model),
            "data_name": model.config.data.name,
            "likelihood": settings.likelihood,
            "likelihood_label": likelihood.label,
            "measure": likelihood.measure,
            "binary": likelihood.binary,
            "dequantise": likelihood.dequantise,
            "posterior": settings.posterior,
            "prior": settings.prior,
            "network": settings.network,
            "companions": companions(model),
            "colours": list(CLASS_COLOURS),
            "nats": weight_per_dimension(model),
        }
    )
