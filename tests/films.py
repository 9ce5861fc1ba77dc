"""Films taken apart again, by the decoder of Pillow or ffmpeg, for the tests of what is written."""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from PIL import Image, ImageSequence

RAW = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-sws_flags", "accurate_rnd+full_chroma_int", "-")


@dataclass(frozen=True, eq=False)
class Film:
    """Frames uint8 (N, H, W, 3), the milliseconds that each stands, and what the decoder says of the stream."""

    frames: np.ndarray
    durations: list[int]
    stream: str = ""


def read_gif(content: bytes) -> Film:
    """The frames of a GIF file."""
    images = ImageSequence.Iterator(Image.open(io.BytesIO(content)))
    shown = [(np.asarray(image.convert("RGB")), image.info["duration"]) for image in images]
    return Film(np.stack([pixels for pixels, _ in shown]), [duration for _, duration in shown])


def read_mp4(content: bytes) -> Film:
    """The frames of an MP4 file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "film.mp4"
        file.write_bytes(content)
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(file), *RAW]
        done = subprocess.run(command, check=True, capture_output=True)
    stream = re.search(r"Stream #0:0.*: Video: (.*)", done.stderr.decode()).group(1)
    width, height = map(int, re.search(r"\b(\d+)x(\d+)\b", stream.split("yuv")[1]).groups())
    frames = np.frombuffer(done.stdout, np.uint8).reshape(-1, height, width, 3)
    fps = float(re.search(r"([\d.]+) fps", stream).group(1))
    return Film(frames, [round(1000 / fps)] * len(frames), stream)
