"""The app's own cache on disk: arrays by kind and id, written whole or not at all, bounded; damaged files step aside.

`maps/<id>.npz`, `latents/<id>.npz`, `scores/<id>.npz` and `scales/<id>.npz` in the folder that LATENT_EXPLORER_CACHE
names. An id is a hash of all that the content depends on, so a file never grows old; what was used longest ago goes
first when there is too much.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import re
import stat
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import numpy as np

LOG = logging.getLogger(__name__)
SETTING = "LATENT_EXPLORER_CACHE"
FORMAT = 1  # of the files; others count as not there
FORMAT_FIELD = "format"
MOST_BYTES = 2 * 2**30
DRAFT = re.compile(r"\..+\.[0-9a-f]{8}")
DRAFT_DIES_AFTER = 600.0  # seconds: its writer was killed
ID = re.compile(r"[0-9a-f]{16}")
ASIDE = ".damaged"
Kind = Literal["maps", "latents", "scores", "scales"]


class CacheError(OSError):
    """The cache cannot be written; the message says where and why."""


def cache_folder() -> Path:
    """The folder of the cache, whether or not it exists: LATENT_EXPLORER_CACHE, or `.cache/` of the project."""
    return Path(os.environ.get(SETTING) or Path(__file__).parent.parent / ".cache").resolve()


def is_kept(kind: Kind, name: str) -> bool:
    """Whether there is a file of this id; it is not opened."""
    return _file(kind, name).is_file()


def was_damaged(kind: Kind, name: str) -> bool:
    """Whether a file of this id was found damaged and moved aside."""
    return _aside(_file(kind, name)).is_file()


def read_kept(kind: Kind, name: str) -> dict[str, np.ndarray] | None:
    """The arrays of this id, which counts as used now; None where there are none.

    A file that cannot be read is logged and moved aside, to the same name with `.damaged`, and counts as not there.
    """
    file = _file(kind, name)
    try:
        content = file.read_bytes()
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = {field: stored[field] for field in stored.files}
    except FileNotFoundError:
        return None
    except Exception as problem:  # zip, zlib, numpy: a damaged file has many ways to fail
        move_aside(kind, name, problem)
        return None
    if int(arrays.pop(FORMAT_FIELD, np.array(0))) != FORMAT:
        return None
    with contextlib.suppress(OSError):
        os.utime(file)
    return arrays


def move_aside(kind: Kind, name: str, problem: object) -> None:
    """Renames a damaged file, says so in the log, and leaves its place free."""
    file = _file(kind, name)
    LOG.warning("%s/%s cannot be read (%s); moved aside, it is computed again", kind, file.name, problem)
    with contextlib.suppress(OSError):
        file.replace(_aside(file))


def write_kept(kind: Kind, name: str, arrays: Mapping[str, np.ndarray]) -> None:
    """Keeps arrays under this id and lets go of what was used longest ago where the cache has grown too large.

    Raises CacheError when the folder cannot be written.
    """
    from vae_core.checkpoint import write_atomic

    buffer = io.BytesIO()
    np.savez(buffer, **{FORMAT_FIELD: np.array(FORMAT)}, **arrays)
    file = _file(kind, name)
    try:
        write_atomic(file, buffer.getvalue())
    except OSError as problem:
        raise CacheError(
            f"The cache folder {file.parent.name} cannot be written ({problem.strerror}). Free some space, or name"
            f" another folder with {SETTING}."
        ) from problem
    _aside(file).unlink(missing_ok=True)
    trim(keep=file)


def trim(keep: Path | None = None, most_bytes: int = MOST_BYTES) -> None:
    """Removes what was used longest ago until all files take at most so many bytes; and drafts of killed writers."""
    files: list[tuple[float, int, Path]] = []
    for path in cache_folder().glob("*/*"):
        with contextlib.suppress(OSError):  # another process may have removed it
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                continue  # folders of uploads, which are no cache: jobs/own_images.py lets them go
            if DRAFT.fullmatch(path.name):
                if time.time() - status.st_mtime > DRAFT_DIES_AFTER:
                    path.unlink()
            else:
                files.append((status.st_mtime, status.st_size, path))
    taken = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if taken <= most_bytes:
            break
        if path != keep:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
                taken -= size


def _file(kind: Kind, name: str) -> Path:
    if not ID.fullmatch(name):
        raise ValueError(f"The id is {name[:40]!r}; it must have 16 of the digits 0-9 and a-f.")
    return cache_folder() / kind / f"{name}.npz"


def _aside(file: Path) -> Path:
    return file.with_name(file.name + ASIDE)
