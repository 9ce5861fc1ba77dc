"""Frames as a film: GIF, WebP, and MP4 by the ffmpeg that the package imageio-ffmpeg carries."""

from __future__ import annotations

import contextlib
import io
import itertools
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from vae_core.pictures.stills import image_of

# bt709 throughout, and said so in the file: otherwise players guess, and colours differ from one to the next. Without
# accurate_rnd greys come out up to three levels too dark. Quality 14 of 0 to 51, where 0 loses nothing.
# One thread, and little work per frame for a somewhat larger file: an export shall leave the cores to the hands.
COLOURS = (
    "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int,"
    "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
)
MP4_PARAMETERS = ("-vf", COLOURS, "-preset", "veryfast", "-crf", "14", "-threads", "1", "-movflags", "+faststart")

PALETTE = 256
WEBP_EFFORT = 0  # of 0 to 100, for files without loss: more takes far longer and saves little on pictures of few pixels


def gif_file(frames: Iterable[np.ndarray], fps: float) -> bytes:
    """An animated GIF that loops, of frames uint8 (H, W, C).

    A GIF counts hundredths of a second: frames differ by one where fps asks for it, so that the whole is as long as it
    should be. Colour frames get 256 colours each, without dithering, so that equal pixels stay equal; a frame of fewer
    colours keeps them all. Frames that equal the one before make it stand longer. Raises ValueError when there is none.
    """
    images = [_indexed(image_of(frame)) for frame in frames]
    if not images:
        raise ValueError("There are no frames; a film needs one or more.")
    durations = [10 * each for each in _durations(len(images), 100 / fps)]
    file = io.BytesIO()
    images[0].save(
        file, format="GIF", save_all=True, append_images=images[1:], duration=durations, loop=0, optimize=False
    )
    return file.getvalue()


def webp_file(frames: Iterable[np.ndarray], fps: float) -> bytes:
    """An animated WebP that loops, without loss, of frames uint8 (H, W, C); each pixel reads back as it was.

    Its frames stand whole milliseconds, which differ by one where fps asks for it. Raises ValueError without frames.
    """
    images = [image_of(frame).convert("RGB") for frame in frames]
    if not images:
        raise ValueError("There are no frames; a film needs one or more.")
    file = io.BytesIO()
    images[0].save(
        file,
        format="WEBP",
        save_all=True,
        append_images=images[1:],
        duration=_durations(len(images), 1000 / fps),
        loop=0,
        lossless=True,
        quality=WEBP_EFFORT,
        method=0,
    )
    return file.getvalue()


def _durations(count: int, each: float) -> list[int]:
    """Whole units, 1 or more, for which ``count`` frames stand, so that the whole is as long as ``each`` asks for."""
    ends = [round(number * each) for number in range(count + 1)]
    return [max(1, end - start) for start, end in itertools.pairwise(ends)]


def _indexed(image: Image.Image) -> Image.Image:
    """The image with a palette where it has colours: by median cut (Heckbert 1982), of a sample of its pixels.

    Median cut takes 2 s for a million pixels of many colours; 4,096 of them tell its palette as well.
    """
    if image.mode == "L":
        return image
    sample = image
    if image.getcolors(PALETTE) is None:
        pixels = np.asarray(image).reshape(-1, 3)
        chosen = np.random.default_rng(0).integers(len(pixels), size=(64, 64))
        sample = Image.fromarray(pixels[chosen])
    palette = sample.quantize(PALETTE, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return image.quantize(palette=palette, dither=Image.Dither.NONE)


def mp4_file(frames: Iterable[np.ndarray], fps: float) -> bytes:
    """An MP4 film, H.264 in yuv420p, of frames uint8 (H, W, C) of one size; plays once.

    H.264 in yuv420p needs even sides: an odd one grows by one line, which repeats the last. Colour has half the
    resolution of brightness, so that pictures at scale 1 are less sharp in colour than as PNG or GIF.
    Raises ValueError when there is no frame, RuntimeError when ffmpeg fails.
    """
    import imageio_ffmpeg  # reads its binary's place from the disk: only where it is used

    frames = iter(frames)
    first = next(frames, None)
    if first is None:
        raise ValueError("There are no frames; a film needs one or more.")
    height, width, channels = _with_even_sides(first).shape
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "film.mp4"
        writer = imageio_ffmpeg.write_frames(
            file,
            (width, height),
            pix_fmt_in="gray" if channels == 1 else "rgb24",
            fps=fps,
            codec="libx264",
            quality=None,
            macro_block_size=1,
            ffmpeg_log_level="error",
            output_params=list(MP4_PARAMETERS),
        )
        with contextlib.closing(writer):
            writer.send(None)
            for frame in itertools.chain([first], frames):
                writer.send(np.ascontiguousarray(_with_even_sides(frame)))
        if not file.exists() or file.stat().st_size == 0:
            raise RuntimeError("ffmpeg wrote no film; the log says why. Choose GIF in its place.")
        return file.read_bytes()


def _with_even_sides(frame: np.ndarray) -> np.ndarray:
    height, width, _ = frame.shape
    return np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
