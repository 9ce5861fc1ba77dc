"""What pages and the live path both hold: models, what is usual in them, images, starts, notes. Knows no host."""

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
from store.notes import Names, NotesChanged, NotesError, NotesReadOnly, notes_setting, read_names, write_names
from store.pictures import picture
from store.references import ReferenceImages, reference_images
from store.starts import (
    EncodedPicture,
    NoStart,
    Start,
    checked_label,
    encode_picture,
    label_counts,
    nearest_first,
    rows_of_class,
    start_from_class,
    start_from_mixture,
    start_from_model,
    start_from_prior,
    start_from_row,
)

__all__ = [
    "EncodedPicture",
    "LoadedModel",
    "ModelChanged",
    "Names",
    "NoStart",
    "NotesChanged",
    "NotesError",
    "NotesReadOnly",
    "ReferenceImages",
    "Start",
    "checked_label",
    "checkpoints_root",
    "encode_picture",
    "label_counts",
    "list_models",
    "model",
    "model_in_memory",
    "names_in_memory",
    "nearest_first",
    "notes_setting",
    "picture",
    "read_names",
    "reference_images",
    "rows_of_class",
    "start_from_class",
    "start_from_mixture",
    "start_from_model",
    "start_from_prior",
    "start_from_row",
    "usualness",
    "usualness_in_memory",
    "write_names",
]
