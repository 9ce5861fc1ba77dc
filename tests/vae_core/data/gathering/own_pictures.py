"""Pictures, ZIPs and arrays as people bring them, made here."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image


def picture(seed: int, size: tuple[int, int] = (40, 30), colour: bool = True, kind: str = "PNG") -> bytes:
    """A picture file of random patches, width × height."""
    mode = "RGB" if colour else "L"
    values = np.random.default_rng(seed).integers(0, 256, (4, 4, 3) if colour else (4, 4), dtype=np.uint8)
    content = io.BytesIO()
    Image.fromarray(values, mode).resize(size, Image.Resampling.NEAREST).save(content, kind)
    return content.getvalue()


def zip_of(file: Path, content: dict[str, bytes]) -> Path:
    """A ZIP file with these entries."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return file


def two_classes(count: int = 12, colour: bool = True) -> dict[str, bytes]:
    """As many pictures in the folders cats and dogs, in a common folder."""
    return {f"all/{('cats', 'dogs')[n % 2]}/{n:02d}.png": picture(n, colour=colour) for n in range(count)}
