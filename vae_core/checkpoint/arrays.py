"""Arrays from ``.npz`` files, without pickled objects and without taking more memory than such a file needs."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import numpy as np

from vae_core.checkpoint.errors import BrokenCheckpoint, shown
from vae_core.checkpoint.folder import read_required

LARGEST_UNPACKED = 2**30  # bytes; 100,000 images in 512 dimensions have half of it
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    RuntimeError,
    MemoryError,
)
WAY_OUT = "Copy the file again, or make it anew with: python -m vae_core evaluate"


def read_arrays(file: Path) -> dict[str, np.ndarray]:
    """The arrays of an ``.npz`` file by name. Raises BrokenCheckpoint when it is damaged or holds pickled objects."""
    content = read_required(file)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise BrokenCheckpoint(
                f"{shown(file)} unpacks to {unpacked:,} bytes; at most {LARGEST_UNPACKED:,}. {WAY_OUT}"
            )
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except UNREADABLE as error:
        raise BrokenCheckpoint(f"{shown(file)} cannot be read ({_reason(error)}). {WAY_OUT}") from None


def _reason(error: Exception) -> str:
    if "allow_pickle" in str(error):
        return "it holds pickled objects, which are never opened since they can run code"
    return f"damaged or not an npz file: {str(error)[:120]}"


def as_type(values: np.ndarray, dtype: type) -> np.ndarray:
    """The numbers as another type of the same kind, read-only. Raises TypeError where they are of another kind."""
    if values.dtype.kind not in "fiu" or (values.dtype.kind == "f") != (np.dtype(dtype).kind == "f"):
        raise TypeError(f"an array of type {values.dtype} stands where {np.dtype(dtype)} must")
    # Read-only, because all visitors of a server share one copy.
    converted = values.astype(dtype)
    converted.flags.writeable = False
    return converted
