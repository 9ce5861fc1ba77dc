"""What browser components are told about a model, as plain data."""

from __future__ import annotations

from typing import Any

import store
from store import LoadedModel
from ui.component_files import live_address

GREY_NOTE = "The encoder sees the grey values; training saw them binarised."
NO_IMAGES = (
    "This model has no encoded test images (its checkpoint has no latents.npz), so there is nothing to place here. "
    "Train it again, or choose another model."
)
ABSENT_NOTE = "The data set is not on this machine: reconstructions stand in for originals."


def model_data(model: LoadedModel) -> dict[str, Any]:
    """The model's name, weights, image shape [C, H, W] and number of test images, and where the live routes are."""
    return {
        "live": live_address(),
        "model": model.name,
        "weights": model.weights,
        "shape": list(model.image_shape),
        "images": 0 if model.latents is None else len(model.latents),
    }


def label_names(model: LoadedModel) -> list[str]:
    """The classes' names in the order of their numbers; empty when the test images have no labels."""
    if model.latents is None or model.latents.label is None:
        return []
    names = list(model.config.data.label_names)
    return names or [str(number) for number in range(int(model.latents.label.max()) + 1)]


def label_of(model: LoadedModel, row: int | None) -> str | None:
    """What the image shows, such as `label 7` or `Sandal`; None without an image or labels."""
    names = label_names(model)
    if row is None or not names:
        return None
    name = names[int(model.latents.label[row])]
    return f"label {name}" if name.isdecimal() else name


def has_original(model: LoadedModel, row: int | None = None) -> bool:
    """Whether the original of the row is on this machine; without a row, whether any is."""
    references = store.reference_images(model)
    if references is None:
        return False
    return bool(references.rows_found.any() if row is None else references.rows_found[row])


def image_notes(model: LoadedModel, row: int | None = None) -> str:
    """What must be said about the pictures of test images: how they are encoded, and when originals are missing."""
    notes = [GREY_NOTE] if model.config.model.likelihood == "bernoulli" else []
    if model.latents is not None and not has_original(model, row):
        notes.append(ABSENT_NOTE)
    return " ".join(notes)


def nats_per_dimension(model: LoadedModel) -> list[float] | None:
    """KL of each dimension to the prior, averaged over the test images, in nats; None without encoded images."""
    from vae_core.metrics import (
        kl_per_dimension,  # brings torch: loaded by now, not when the pages are imported
    )

    if model.latents is None:
        return None
    return kl_per_dimension(model.latents.mean, model.latents.std).astype(float).round(3).tolist()
