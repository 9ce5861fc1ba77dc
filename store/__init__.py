"""What pages and the live path both hold: models, what is usual in them, images, starts, notes. Knows no host."""

from store.columns import Column, column_texts, column_values, columns_of
from store.computed_columns import LOG_DENSITY, clustering_of, computed_column, is_computed, keep_column
from store.data_sources import DataSource, data_source, encoded_source
from store.directions import Directions, SavedDirection, read_directions, write_directions
from store.draws import DRAW_SOURCES, MOST_DRAWS, Draws, draws
from store.epoch_models import EpochModel, epoch_in_memory, epoch_model
from store.filters import Filters
from store.gauges import usualness, usualness_in_memory
from store.grid_posteriors import ImageGrid, PlaneField, grid_of_image
from store.groups import Group, Groups, read_groups, write_groups
from store.image_groups import ImageGroup, image_group
from store.inverses import inverse_in_memory, inverse_of
from store.level_of_detail import Box
from store.map_keys import map_id
from store.map_parameters import EXACT, checked_parameters
from store.map_requests import MapRequest, map_request
from store.maps import LatentMap, exact_map, find_map, keep_map, map_in_memory, stored_map
from store.metadata import SourceMetadata, image_name, metadata_of
from store.mixing import classes_to_mix, keep_mixing, known_mixing
from store.models import (
    LoadedModel,
    ModelChanged,
    checkpoints_root,
    list_models,
    model,
    model_in_memory,
    names_in_memory,
)
from store.neighbours import MOST_NEIGHBOURS, Near, nearest
from store.note_files import NotesChanged, NotesError, NotesReadOnly, notes_setting
from store.notes import Names, read_names, write_names
from store.odd_scores import NAMES as ODD_NAMES
from store.odd_scores import OddScores, Simplicity, odd_id, odd_scores, simplicity, stored_scores
from store.passages import PassedImage, pass_image
from store.pictures import picture, source_pictures
from store.references import ReferenceImages, reference_images
from store.repairs import NAMES as REPAIRS
from store.repairs import Repaired, repair_picture
from store.run_notes import RunNotes, read_run_notes, write_run_notes
from store.search import LONGEST_QUERY, Match, search
from store.small_runs import MOST_SMALL_STEPS, small_run, small_step
from store.source_list import SourceSummary, list_sources, source_of
from store.sources import REFERENCE, SPLITS, NoMap, Source, class_name, distinct
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
    "DRAW_SOURCES",
    "EXACT",
    "LOG_DENSITY",
    "LONGEST_QUERY",
    "MOST_DRAWS",
    "MOST_NEIGHBOURS",
    "MOST_SMALL_STEPS",
    "ODD_NAMES",
    "REFERENCE",
    "REPAIRS",
    "SPLITS",
    "Box",
    "Column",
    "DataSource",
    "Directions",
    "Draws",
    "EncodedPicture",
    "EpochModel",
    "Filters",
    "Group",
    "Groups",
    "ImageGrid",
    "ImageGroup",
    "LatentMap",
    "LoadedModel",
    "MapRequest",
    "Match",
    "ModelChanged",
    "Names",
    "Near",
    "NoMap",
    "NoStart",
    "NotesChanged",
    "NotesError",
    "NotesReadOnly",
    "OddScores",
    "PassedImage",
    "PlaneField",
    "ReferenceImages",
    "Repaired",
    "RunNotes",
    "SavedDirection",
    "Simplicity",
    "Source",
    "SourceMetadata",
    "SourceSummary",
    "Start",
    "checked_label",
    "checked_parameters",
    "checkpoints_root",
    "class_name",
    "classes_to_mix",
    "clustering_of",
    "column_texts",
    "column_values",
    "columns_of",
    "computed_column",
    "data_source",
    "distinct",
    "draws",
    "encode_picture",
    "encoded_source",
    "epoch_in_memory",
    "epoch_model",
    "exact_map",
    "find_map",
    "grid_of_image",
    "image_group",
    "image_name",
    "inverse_in_memory",
    "inverse_of",
    "is_computed",
    "keep_column",
    "keep_map",
    "keep_mixing",
    "known_mixing",
    "label_counts",
    "list_models",
    "list_sources",
    "map_id",
    "map_in_memory",
    "map_request",
    "metadata_of",
    "model",
    "model_in_memory",
    "names_in_memory",
    "nearest",
    "nearest_first",
    "notes_setting",
    "odd_id",
    "odd_scores",
    "pass_image",
    "picture",
    "read_directions",
    "read_groups",
    "read_names",
    "read_run_notes",
    "reference_images",
    "repair_picture",
    "rows_of_class",
    "search",
    "simplicity",
    "small_run",
    "small_step",
    "source_of",
    "source_pictures",
    "start_from_class",
    "start_from_mixture",
    "start_from_model",
    "start_from_prior",
    "start_from_row",
    "stored_map",
    "stored_scores",
    "usualness",
    "usualness_in_memory",
    "write_directions",
    "write_groups",
    "write_names",
    "write_run_notes",
]
