"""Images in: the bundled digits, shapes drawn with known factors, IDX files, MNIST and Fashion-MNIST by name."""

from vae_core.data.catalogue import (
    DATA_SETS,
    DATA_VARIABLE,
    DataDescription,
    available,
    data_root,
    load_images,
    load_recorded,
)
from vae_core.data.errors import DataError
from vae_core.data.factors import Factors
from vae_core.data.image_set import ImageSet, Split, split_by_share, split_published
from vae_core.data.shapes import COLOUR_FACTORS, GREY_FACTORS, DrawnShapes, draw_shape_values, draw_shapes

__all__ = [
    "COLOUR_FACTORS",
    "DATA_SETS",
    "DATA_VARIABLE",
    "GREY_FACTORS",
    "DataDescription",
    "DataError",
    "DrawnShapes",
    "Factors",
    "ImageSet",
    "Split",
    "available",
    "data_root",
    "draw_shape_values",
    "draw_shapes",
    "load_images",
    "load_recorded",
    "split_by_share",
    "split_published",
]
