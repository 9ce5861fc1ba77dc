"""What pages and the live path both hold: loaded models, what is usual in them, their images. Knows no host."""

from store.gauges import usualness, usualness_in_memory
from store.models import (
    LoadedModel,
    ModelChanged,
    checkpoints_root,
    list_models,
    model,
    model_in_memory,
    names_in_memory,
)
from store.pictures import picture
from store.references import ReferenceImages, reference_images

__all__ = [
    "LoadedModel",
    "ModelChanged",
    "ReferenceImages",
    "checkpoints_root",
    "list_models",
    "model",
    "model_in_memory",
    "names_in_memory",
    "picture",
    "reference_images",
    "usualness",
    "usualness_in_memory",
]
