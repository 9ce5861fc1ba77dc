"""Pictures in a folder or a ZIP: found by their names, read one at a time, never unpacked."""

from __future__ import annotations

import os
import zipfile
import zlib
from abc import abstractmethod
from pathlib import Path, PurePosixPath

from vae_core.data.errors import DataError
from vae_core.data.gathering.labels_from_paths import labels_from_paths
from vae_core.data.gathering.own_images import LeftOut, OwnImages, Picture, check_count
from vae_core.data.metadata import FILES as TABLES
from vae_core.data.metadata import LARGEST_FILE as LARGEST_TABLE
from vae_core.data.picture_files import PictureError, read_picture

ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".jpe", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"})
TRIED = frozenset({".heic", ".heif", ".svg", ".pdf", ".eps", ".psd", ".raw", ".jp2", ".ico", ""})  # said not to be read
LARGEST_PICTURE = 100_000_000  # bytes of one file
NO_PICTURE = "It is no picture by its name (PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF)."


class PictureSource(OwnImages):
    """Pictures in files, in the order of their paths; sub-folders are labels."""

    has_files = True

    def __init__(self, files: dict[PurePosixPath, str | None], words: str) -> None:
        """files: every file's path, and why it is left out, or None."""
        super().__init__()
        files = {path: why for path, why in files.items() if not _is_clutter(path)}
        self._table = next((path for path in sorted(files) if path.name in TABLES and files[path] is None), None)
        files.pop(self._table, None)
        self.paths = sorted(path for path, why in files.items() if why is None and _is_picture(path))
        self.left_out = tuple(
            LeftOut(str(path), why or NO_PICTURE)
            for path, why in sorted(files.items())
            if why is not None or not _is_picture(path)
        )
        self.words = words
        check_count(len(self.paths), "It")
        self.labels = labels_from_paths(self.paths)

    def __len__(self) -> int:
        return len(self.paths)

    def name(self, place: int) -> str:
        return str(self.paths[place])

    def picture(self, place: int) -> Picture:
        found = read_picture(self.read(self.paths[place], LARGEST_PICTURE))
        return Picture(found.image, found.notes)

    def table(self) -> bytes | None:
        return None if self._table is None else self.read(self._table, LARGEST_TABLE)

    @property
    def table_name(self) -> str:
        """The name of that table."""
        return "" if self._table is None else self._table.name

    @abstractmethod
    def read(self, path: PurePosixPath, most: int) -> bytes:
        """The content of a file. Raises DataError when it cannot be read, or has more bytes than ``most``."""


class FolderPictures(PictureSource):
    """All pictures in a folder and the folders below it; links are not followed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        super().__init__(dict(_files_in(folder)), "a folder of pictures")

    def read(self, path: PurePosixPath, most: int) -> bytes:
        try:
            with (self._folder / path).open("rb") as file:
                return _bounded(file.read(most + 1), most)
        except OSError as problem:
            raise DataError(f"It cannot be read: {problem.strerror}. Check that the file is readable.") from problem


class ZipPictures(PictureSource):
    """All pictures in a ZIP. Raises DataError for a file that is none; close it when done."""

    def __init__(self, file: Path) -> None:
        try:
            self._archive = zipfile.ZipFile(file)
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as problem:
            raise DataError(
                f"{file.name} is no ZIP that can be read ({problem}); it was probably not copied to its end. Copy or "
                "pack it again."
            ) from problem
        entries = [entry for entry in self._archive.infolist() if not entry.is_dir()]
        check_count(len(entries), file.name)
        self._entries = {PurePosixPath(entry.filename.replace("\\", "/")): entry for entry in entries}
        super().__init__({path: _why_not(entry) for path, entry in self._entries.items()}, "a ZIP of pictures")

    def read(self, path: PurePosixPath, most: int) -> bytes:
        try:
            with self._archive.open(self._entries[path]) as file:
                return _bounded(file.read(most + 1), most)
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as problem:
            raise DataError(f"It cannot be unpacked ({problem}). Pack the ZIP again.") from problem


def _files_in(folder: Path):
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            link = "It is a link to another file; links are not followed. Copy the file itself here."
            yield PurePosixPath(path.relative_to(folder).as_posix()), link if path.is_symlink() else None


def _why_not(entry: zipfile.ZipInfo) -> str | None:
    if entry.flag_bits & 1:
        return "It is encrypted. Pack the ZIP without a password."
    if entry.file_size > LARGEST_PICTURE:
        return f"It has {entry.file_size:,} bytes; a picture has at most {LARGEST_PICTURE:,}. Export a smaller one."
    return None


def _bounded(content: bytes, most: int) -> bytes:
    if len(content) > most:
        raise PictureError("too-large", f"It has more than {most:,} bytes. Export a smaller one.")
    return content


def _is_picture(path: PurePosixPath) -> bool:
    return path.suffix.lower() in ENDINGS | TRIED


def _is_clutter(path: PurePosixPath) -> bool:
    """What systems leave beside pictures, which nobody misses."""
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return hidden or path.name.lower() in ("thumbs.db", "desktop.ini")
