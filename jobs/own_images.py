"""Images that a person brings to the server: where they may lie, how uploads reach a worker, and the two tasks."""

from __future__ import annotations

import os
import re
import shutil
import time
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from jobs.progress import Report
from jobs.uploads import UPLOADS_OFF, uploads_allowed
from jobs.workers import Job, submit
from store.cache_files import cache_folder
from vae_core.data import data_root
from vae_core.data.gathering.picture_sources import ENDINGS as PICTURE_ENDINGS

FOLDERS_SETTING = "LATENT_EXPLORER_IMAGE_FOLDERS"
UPLOADS = "uploads"
PICTURES = "pictures"  # the folder of pictures that came one by one, and the name suggested for their data
UPLOAD_LIVES = 6 * 3600.0  # seconds; whoever uploaded may still be choosing a size
LONGEST_FILE_NAME = 80


class ImagesRefused(Exception):
    """The images cannot be taken from there; the message says the value, the rule and the way out."""


def allowed_folders() -> list[Path]:
    """The folders below which a page may read pictures: the data folder, and those of LATENT_EXPLORER_IMAGE_FOLDERS."""
    named = [part for part in os.environ.get(FOLDERS_SETTING, "").split(os.pathsep) if part.strip()]
    return [data_root(), *(Path(part).expanduser().resolve() for part in named)]


def allowed_folder(text: str) -> Path:
    """The folder (or file) on the server's machine that a person named. Raises ImagesRefused when it may not be read.

    A path that is not absolute is looked for below each of the allowed folders.
    """
    _check_allowed()
    text = text.strip()
    if not text or "\0" in text:
        raise ImagesRefused("The folder is empty; it must be a folder on the server's machine. Type its path.")
    wanted, allowed = Path(text).expanduser(), allowed_folders()
    candidates = [wanted] if wanted.is_absolute() else [root / wanted for root in allowed]
    inside = [path for path in map(_resolved, candidates) if any(path.is_relative_to(root) for root in allowed)]
    if not inside:
        places = " or ".join(map(str, allowed))
        raise ImagesRefused(
            f"The folder is “{text[:80]}”; pictures are read only below {places}. Put them there, upload a ZIP, or "
            f"have the server started with {FOLDERS_SETTING}."
        )
    found = next((path for path in inside if path.exists()), None)
    if found is None:
        raise ImagesRefused(f"The folder is “{text[:80]}”; there is none of that name in {inside[0].parent}. Check it.")
    return found


def _check_allowed() -> None:
    if not uploads_allowed():
        raise ImagesRefused(UPLOADS_OFF)


def keep_upload(files: Iterable[tuple[str, memoryview | bytes]]) -> list[Path]:
    """Writes uploaded files where a worker finds them, in a folder of their own; old ones of others are let go.

    What comes back are those files, or the one folder of them when all are pictures.
    Raises ImagesRefused when the disk is full, or where this server takes none.
    """
    _check_allowed()
    root = cache_folder() / UPLOADS
    folder = root / uuid.uuid4().hex
    try:
        _sweep(root)
        folder.mkdir(parents=True)
        return _together([_written(folder, name, content) for name, content in files])
    except OSError as problem:
        shutil.rmtree(folder, ignore_errors=True)
        raise ImagesRefused(
            f"The upload cannot be kept ({problem.strerror}). Free some space on the server, or choose a smaller file."
        ) from problem


def forget_upload(files: Sequence[Path]) -> None:
    """Removes an upload; does nothing for files that are none."""
    for folder in {file.parent for file in files}:
        if folder.parent == cache_folder() / UPLOADS:
            shutil.rmtree(folder, ignore_errors=True)


def look_at_images(files: Sequence[Path], flat_shape: tuple[int, int, int] | None = None) -> Job:
    """A job whose result is vae_core.data.gathering.Look as a dict."""
    return submit("look_task", files=[str(file) for file in files], flat_shape=flat_shape)


def gather_images(
    files: Sequence[Path],
    name: str,
    shape: tuple[int, int, int],
    flat_shape: tuple[int, int, int] | None = None,
) -> Job:
    """A job that makes a data set of the images; its result is its name."""
    paths = [str(file) for file in files]
    return submit("gather_task", files=paths, name=name, shape=shape, flat_shape=flat_shape, root=str(data_root()))


def look_task(files: list[str], flat_shape: tuple[int, int, int] | None, report: Report) -> dict[str, Any]:
    """Runs in a worker: what the files hold. Raises DataError."""
    from vae_core.data.gathering import look_at

    report(0.0, "Looking at the images")
    return look_at([Path(file) for file in files], flat_shape).as_dict()


def gather_task(
    files: list[str],
    name: str,
    shape: tuple[int, int, int],
    flat_shape: tuple[int, int, int] | None,
    root: str,
    report: Report,
) -> str:
    """Runs in a worker: the images as a data set. Raises DataError."""
    from vae_core.data.gathering import gather

    paths = [Path(file) for file in files]
    gather(paths, name, tuple(shape), Path(root), _seldom(report), flat_shape and tuple(flat_shape))
    return name


def _seldom(report: Report) -> Report:
    """The same, ten times a second at most: each report writes a file."""
    last = 0.0

    def told(share: float, word: str) -> None:
        nonlocal last
        if time.monotonic() - last > 0.1 or share >= 1:
            last = time.monotonic()
            report(share, word)

    return told


def _written(folder: Path, name: str, content: memoryview | bytes) -> Path:
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(name).name)[-LONGEST_FILE_NAME:].lstrip(".") or "file"
    file = folder / safe
    while file.exists():
        file = file.with_name(f"x{file.name}")
    file.write_bytes(content)
    return file


def _together(files: list[Path]) -> list[Path]:
    """Single pictures as one folder of pictures; anything else as it is."""
    if not files or not all(file.suffix.lower() in PICTURE_ENDINGS for file in files):
        return files
    pictures = files[0].parent / PICTURES
    pictures.mkdir()
    for file in files:
        file.rename(pictures / file.name)
    return [pictures]


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a loop of links
        return path.absolute()


def _sweep(root: Path) -> None:
    """Lets go of uploads that nobody will come back to."""
    if not root.is_dir():
        return
    for folder in root.iterdir():
        if time.time() - folder.stat().st_mtime > UPLOAD_LIVES:
            shutil.rmtree(folder, ignore_errors=True)
