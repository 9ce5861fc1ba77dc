"""What browser components are told about a model, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import store
from store import LoadedModel
from ui.component_files import live_address

GREY_NOTE = "The encoder sees the grey values; training saw them binarised."
NO_IMAGES = (
    "This model has no encoded test images (its checkpoint has no latents.npz), so there is nothing to place here. "
    "Train it again, or choose another model."
)
ABSENT_NOTE = "The data set is not on this machine: reconstructions stand in for originals."
PARTLY_ABSENT_NOTE = "Not every original is on this machine: reconstructions stand in for those that miss."


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


def class_names(model: LoadedModel) -> list[str]:
    """The classes under which a conditional model decodes, by their numbers; empty for any other."""
    count = model.config.model.classes
    names = list(model.config.data.label_names)
    return (names if len(names) == count else [str(number) for number in range(count)])[:count]


def label_of(model: LoadedModel, row: int | None) -> str | None:
    """What the image shows, such as `label 7` or `Sandal`; None without an image or labels."""
    names = label_names(model)
    if row is None or not names:
        return None
    name = names[int(model.latents.label[row])]
    return f"label {name}" if name.isdecimal() else name


def image_words(model: LoadedModel, row: int | None) -> str:
    """A test image in words, such as `the encoding of image 4, label 7`; empty without one."""
    if row is None:
        return ""
    label = label_of(model, row)
    return f"the encoding of image {row}" if label is None else f"the encoding of image {row}, {label}"


def has_density(model: LoadedModel) -> bool:
    """Whether a mixture fitted to the encodings of the training images lies beside the model."""
    return (store.checkpoints_root() / model.name / "density.npz").is_file()


def originals_found(model: LoadedModel) -> np.ndarray:
    """Which originals are on this machine, bool (N,) by the row of the test image; empty without encoded images."""
    references = store.reference_images(model)
    if references is None:
        return np.zeros(0 if model.latents is None else len(model.latents), dtype=bool)
    return references.rows_found


def encoding_note(model: LoadedModel) -> str:
    """What must be said about how this model's test images are encoded; empty where training saw the same."""
    return GREY_NOTE if model.vae.likelihood.binary else ""


def image_notes(model: LoadedModel, rows: Sequence[int] | None = None) -> str:
    """What must be said about the pictures of the rows, or of all test images: how encoded, which originals miss."""
    notes = [encoding_note(model)]
    found = originals_found(model)
    shown = found if rows is None else found[list(rows)]
    if not shown.all():
        notes.append(PARTLY_ABSENT_NOTE if found.any() else ABSENT_NOTE)
    return " ".join(filter(None, notes))


def nats_per_dimension(model: LoadedModel) -> list[float] | None:
    """KL of each dimension to the prior, averaged over the test images, in nats; None where there is no such figure.

    So without encoded images, and for a plain autoencoder. Under a learned prior it is the figure of evaluation.json.
    """
    from vae_core.metrics import (
        kl_per_dimension,  # brings torch: loaded by now, not when the pages are imported
    )

    if model.latents is None or model.config.model.posterior == "point":
        return None
    if model.config.model.prior != "normal":
        return (model.evaluation or {}).get("kl_per_dimension")
    return kl_per_dimension(model.latents.mean, model.latents.std).astype(float).round(3).tolist()


def weight_per_dimension(model: LoadedModel) -> list[float] | None:
    """How much each dimension matters, to put them in order: nats, or the means' variance where there is no KL."""
    nats = nats_per_dimension(model)
    if nats is not None or model.latents is None:
        return nats
    return model.latents.mean.var(axis=0).astype(float).tolist()
