"""What pages and the live path both hold: loaded models, and the images they were trained on. Knows no host."""

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
]
