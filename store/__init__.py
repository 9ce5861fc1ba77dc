"""What pages and the live path both hold: models, what is usual in them, images, starts, notes. Knows no host."""

from store.columns import Column, column_values, columns_of
from store.gauges import usualness, usualness_in_memory
from store.level_of_detail import Box
from store.maps import LatentMap, MapRequest, exact_map, keep_map, map_in_memory, map_request
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
from store.sources import SPLITS, NoMap, Source, list_sources, source_of
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
    "SPLITS",
    "Box",
    "Column",
    "EncodedPicture",
    "LatentMap",
    "LoadedModel",
    "MapRequest",
    "ModelChanged",
    "Names",
    "NoMap",
    "NoStart",
    "NotesChanged",
    "NotesError",
    "NotesReadOnly",
    "ReferenceImages",
    "Source",
    "Start",
    "checked_label",
    "checkpoints_root",
    "column_values",
    "columns_of",
    "encode_picture",
    "exact_map",
    "keep_map",
    "label_counts",
    "list_models",
    "list_sources",
    "map_in_memory",
    "map_request",
    "model",
    "model_in_memory",
    "names_in_memory",
    "nearest_first",
    "notes_setting",
    "picture",
    "read_names",
    "reference_images",
    "rows_of_class",
    "source_of",
    "start_from_class",
    "start_from_mixture",
    "start_from_model",
    "start_from_prior",
    "start_from_row",
    "usualness",
    "usualness_in_memory",
    "write_names",
]
