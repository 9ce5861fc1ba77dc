"""Images in: arrays, caches, the bundled digits, drawn shapes, IDX files, MNIST and Fashion-MNIST by name;
any picture fitted as one of them."""

from vae_core.data.arrays import from_arrays
from vae_core.data.cache import CacheHeader, cache_images, read_cache, write_cache
from vae_core.data.catalogue import (
    DATA_SETS,
    DATA_VARIABLE,
    DataDescription,
    available,
    data_root,
    drawn_counts,
    drawn_test_images,
    drawn_test_rows,
    load_images,
    load_recorded,
)
from vae_core.data.errors import DataError
from vae_core.data.factors import Factors
from vae_core.data.fitting import CONVENTIONS, FittedImage, fit_picture
from vae_core.data.image_set import ImageSet, Split, split_by_share, split_published
from vae_core.data.metadata import Metadata, MetadataColumn, find_metadata, read_metadata
from vae_core.data.outlines import DataOutline, data_names, data_outline
from vae_core.data.picture_files import PictureError, PictureFile, read_picture
from vae_core.data.shapes import COLOUR_FACTORS, GREY_FACTORS, DrawnShapes, draw_shape_values, draw_shapes

__all__ = [
    "COLOUR_FACTORS",
    "CONVENTIONS",
    "DATA_SETS",
    "DATA_VARIABLE",
    "GREY_FACTORS",
    "CacheHeader",
    "DataDescription",
    "DataError",
    "DataOutline",
    "DrawnShapes",
    "Factors",
    "FittedImage",
    "ImageSet",
    "Metadata",
    "MetadataColumn",
    "PictureError",
    "PictureFile",
    "Split",
    "available",
    "cache_images",
    "data_names",
    "data_outline",
    "data_root",
    "draw_shape_values",
    "draw_shapes",
    "drawn_counts",
    "drawn_test_images",
    "drawn_test_rows",
    "find_metadata",
    "fit_picture",
    "from_arrays",
    "load_images",
    "load_recorded",
    "read_cache",
    "read_metadata",
    "read_picture",
    "split_by_share",
    "split_published",
    "write_cache",
]
