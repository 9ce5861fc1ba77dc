"""Images in: arrays, the bundled digits, IDX files, MNIST and Fashion-MNIST by name."""

from vae_core.data.arrays import from_arrays
from vae_core.data.cache import CacheHeader, cache_images, read_cache, write_cache
from vae_core.data.catalogue import (
    DATA_SETS,
    DATA_VARIABLE,
    DataDescription,
    available,
    data_root,
    load_images,
)
from vae_core.data.image_set import DataError, ImageSet, Split, split_by_share, split_published

__all__ = [
    "DATA_SETS",
    "DATA_VARIABLE",
    "CacheHeader",
    "DataDescription",
    "DataError",
    "ImageSet",
    "Split",
    "available",
    "cache_images",
    "data_root",
    "from_arrays",
    "load_images",
    "read_cache",
    "split_by_share",
    "split_published",
    "write_cache",
]
