"""A folder of images that need not fit into memory: images.npy, labels.npy and cache.json, which describes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, ValidationError

from vae_core.checkpoint.folder import write_atomic
from vae_core.data.blocks import Blocks, MappedImages
from vae_core.data.image_set import (
    DataError,
    ImageSet,
    RowsBut,
    Split,
    check_images,
    split_by_share,
    split_published,
)
from vae_core.settings import NAME_RULE, Count, Settings

HEADER, IMAGES, LABELS = "cache.json", "images.npy", "labels.npy"
MOST_TEST, MOST_VALIDATION = 10_000, 5_000
LARGEST_SHARED = 50_000  # images up to which the split is that of the same images in memory; a fifth is MOST_TEST
WRITTEN_AT_ONCE = 4 * 2**20
Batch = np.ndarray | tuple[np.ndarray, np.ndarray]


class CacheHeader(Settings):
    """What cache.json says.

    shape: (N, C, H, W). n_test: how many of the last images are a published test set; n_validation: how many of the
    others are then for validation.
    fingerprint: SHA-256 (hex) of pixels and labels, taken while they were written.
    """

    format_version: Literal[1] = 1
    name: Annotated[str, Field(pattern=rf"^{NAME_RULE}$")]
    shape: tuple[int, int, int, int]
    labelled: bool
    label_names: tuple[str, ...] = ()
    n_test: Count = 0
    n_validation: Count = 0
    licence: str = "not stated"
    source: str = "images of the person who trained the model"
    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def write_cache(
    folder: Path,
    batches: Iterable[Batch],
    count: int,
    name: str,
    *,
    label_names: tuple[str, ...] = (),
    n_test: int = 0,
    n_validation: int = MOST_VALIDATION,
    licence: str = "not stated",
    source: str = "images of the person who trained the model",
) -> CacheHeader:
    """Write ``count`` images into a new folder, batch by batch, never more than one of them in memory.

    batches: images uint8 (n, C, H, W), or pairs of them and labels int (n,). n_test: how many of the last images are
    a published test set; n_validation of the others are then for validation. cache.json is written last, so that a
    folder without it is no cache.
    Raises DataError when the folder holds something, when the batches disagree or are not ``count`` images.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(f"{folder} is there already and holds something; a cache needs a new folder. Choose another.")
    folder.mkdir(parents=True, exist_ok=True)
    shape, labels, digest = _write_pixels(folder / IMAGES, batches, count)
    if labels is not None:
        np.save(folder / LABELS, labels, allow_pickle=False)
        digest.update(labels.data)
    if not n_test and count > LARGEST_SHARED:
        digest.update(b"sampled")  # in memory the same images have another split: one must not pass for the other
    header = CacheHeader(
        name=name,
        shape=shape,
        labelled=labels is not None,
        label_names=label_names,
        n_test=n_test,
        n_validation=n_validation if n_test else 0,
        licence=licence,
        source=source,
        fingerprint=digest.hexdigest(),
    )
    write_atomic(folder / HEADER, header.model_dump_json(indent=1).encode())
    return header


def cache_images(images: ImageSet, folder: Path) -> CacheHeader:
    """Write an image set as a cache that trains and is evaluated as the set itself. Raises DataError as write_cache."""
    count, n_test = len(images), len(images.test)
    published = np.array_equal(images.test, np.arange(count - n_test, count))
    rows = max(1, WRITTEN_AT_ONCE // images.images[0].size)

    def parts() -> Iterator[Batch]:
        for start in range(0, count, rows):
            some = slice(start, start + rows)
            yield images.images[some] if images.labels is None else (images.images[some], images.labels[some])

    return write_cache(
        folder,
        parts(),
        count,
        images.name,
        label_names=images.label_names,
        n_test=n_test if published else 0,
        n_validation=len(images.validation),
        licence=images.licence,
        source=images.source,
    )


def cache_folder(data_dir: Path, name: str) -> Path | None:
    """The folder that holds a cache: data_dir itself, or its sub-folder called ``name``; None when neither does."""
    return next((folder for folder in (data_dir, data_dir / name) if (folder / HEADER).is_file()), None)


def read_cache(folder: Path, name: str, split_seed: int = 0) -> ImageSet:
    """The images of a cache as a set whose pixels stay on disk until they are asked for.

    The split is that of the same images in memory where they come with published test images or are at most
    LARGEST_SHARED. Of more, MOST_TEST seeded rows are the test part and MOST_VALIDATION the validation part.
    Raises DataError when the cache is damaged, of a newer format, or of another name.
    """
    folder = Path(folder)
    header = read_cache_header(folder)
    if header.name != name:
        raise DataError(f"the cache in {folder} holds {header.name!r}; --data is {name}. Give --data {header.name}.")
    try:
        mapped = MappedImages(folder / IMAGES)
        labels = np.load(folder / LABELS, mmap_mode="r", allow_pickle=False) if header.labelled else None
    except (OSError, ValueError, KeyError) as error:
        raise _damaged(folder, str(error)) from error
    if mapped.images.shape != header.shape:
        raise _damaged(folder, f"{IMAGES} has the shape {mapped.images.shape}, {HEADER} says {header.shape}")
    whole_labels = None if labels is None else labels.view(np.ndarray)
    split, held_out = _split(header, whole_labels, split_seed)
    return ImageSet(
        name=header.name,
        images=mapped.images,
        labels=whole_labels,
        label_names=header.label_names,
        split=split,
        split_seed=split_seed,
        licence=header.licence,
        source=header.source,
        blocks=Blocks(mapped, held_out),
        recorded_fingerprint=header.fingerprint,
    )


def _split(header: CacheHeader, labels: np.ndarray | None, seed: int) -> tuple[Split, np.ndarray]:
    """The split, and all rows that are not trained on, ascending."""
    count = header.shape[0]
    if header.n_test:
        whole = split_published(count - header.n_test, header.n_test, header.n_validation, seed)
        test, validation = whole.test, whole.validation
    elif count <= LARGEST_SHARED:
        whole = split_by_share(count, labels, seed)
        test, validation = whole.test, whole.validation
    else:
        drawn = np.random.default_rng(seed).choice(count, MOST_TEST + MOST_VALIDATION, replace=False)
        test, validation = np.sort(drawn[:MOST_TEST]), np.sort(drawn[MOST_TEST:])
    held_out = np.sort(np.concatenate([test, validation]))
    return Split(RowsBut(count, held_out), validation[:MOST_VALIDATION], test[:MOST_TEST]), held_out


def _write_pixels(file: Path, batches: Iterable[Batch], count: int) -> tuple[tuple, np.ndarray | None, hashlib._Hash]:
    shape, labels, done = (), [], 0
    digest = hashlib.sha256()
    with file.open("wb") as opened:
        for batch in batches:
            pixels, some_labels = batch if isinstance(batch, tuple) else (batch, None)
            if len(pixels) == 0:
                continue
            if not shape:
                check_images(np.broadcast_to(pixels[:1], (max(count, 0), *pixels.shape[1:])), None)
                shape = (count, *pixels.shape[1:])
                header = {"descr": "|u1", "fortran_order": False, "shape": shape}
                np.lib.format.write_array_header_1_0(opened, header)
                digest.update(str(shape).encode())
            _check_batch(pixels, some_labels, shape, bool(labels) if done else some_labels is not None)
            if some_labels is not None:
                labels.append(np.asarray(some_labels, np.int64))
            whole = np.ascontiguousarray(pixels)
            opened.write(whole.data)
            digest.update(whole.data)
            done += len(pixels)
    if done != count:
        raise DataError(
            f"{done:,} images came and {count:,} were announced; a cache has as many as it says. Count again."
        )
    return shape, np.concatenate(labels) if labels else None, digest


def _check_batch(pixels: np.ndarray, labels: np.ndarray | None, shape: tuple, labelled: bool) -> None:
    if pixels.dtype != np.uint8 or pixels.shape[1:] != shape[1:]:
        raise DataError(
            f"a batch is {pixels.dtype} with shape {pixels.shape}; the first was uint8 with images {shape[1:]}; all "
            "must be alike. Convert or resize these images."
        )
    if (labels is not None) != labelled or (labels is not None and len(labels) != len(pixels)):
        found = "no labels" if labels is None else f"{len(labels)} labels"
        raise DataError(
            f"a batch of {len(pixels)} images has {found}; give one label per image in all batches, or none in all."
        )


def read_cache_header(folder: Path) -> CacheHeader:
    """What cache.json of a folder says. Raises DataError when it is damaged or of a newer format."""
    try:
        return CacheHeader.model_validate_json((folder / HEADER).read_bytes())
    except OSError as error:
        raise _damaged(folder, f"{HEADER}: {error.strerror}") from error
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"]))
        raise _damaged(folder, f"{HEADER}, {place or 'JSON'}: {fault['msg']}") from error


def _damaged(folder: Path, what: str) -> DataError:
    return DataError(
        f"the cache in {folder} cannot be read ({what}); it is damaged or of a newer format. Write it again."
    )
