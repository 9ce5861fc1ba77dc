"""A training run as a film: after each epoch the map of the fixed images, their reconstructions and the samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from jobs.film_task import WRITERS
from jobs.progress import Report
from vae_core.checkpoint import checkpoint_folder, read_metrics
from vae_core.latent.maps.forming import FormedPlane, formed_plane
from vae_core.pictures import enlarged, plain_board
from vae_core.pictures.lettering import LINE, lettering_font
from vae_core.training.snapshots import FixedLooks, list_snapshots, read_fixed, read_snapshot

COLUMNS = 6  # pictures side by side
TALL = 448  # pixels that the pictures, and the map beside them, are about high
GAP, MARGIN = 12, 10
PAPER, INK, FAINT = (255, 255, 255), (30, 34, 38), (216, 220, 224)
PLAIN = (64, 159, 231)  # of a point without a class
DOT = 2  # pixels to each side of a point's centre
LAST_SECONDS = 1.5  # that the last frame stands
DRAWING = 0.9  # share of the time in which frames are drawn


@dataclass(frozen=True, eq=False)
class Scene:
    """What one frame shows. words: its caption. pictures: uint8 (n, H, W, C), all of them in their order."""

    words: str
    plane: FormedPlane
    pictures: np.ndarray


def replay_task(root: str | Path, name: str, what: str, fps: float, colours: Sequence[str], report: Report) -> bytes:
    """The film of a run that keeps snapshots: a frame for each of them, the last of which stands longer.

    what: "gif", "mp4", "webp" or "zip" (a PNG for each). colours: of the classes, "#rrggbb", repeated as need be.
    Raises CheckpointError for a run without snapshots, or with damaged ones.
    """
    folder = checkpoint_folder(Path(root), name)
    fixed = read_fixed(folder)
    epochs = list_snapshots(folder)
    scenes = _scenes(folder, fixed, epochs, report)
    still = 1 if what == "zip" else max(1, round(LAST_SECONDS * fps))
    return WRITERS[what](_frames(scenes, _inks(fixed.labels, colours), still), fps)


def _scenes(folder: Path, fixed: FixedLooks, epochs: Sequence[int], report: Report) -> list[Scene]:
    records = {record["epoch"]: record for record in read_metrics(folder)}
    scenes: list[Scene] = []
    for number, epoch in enumerate(epochs, start=1):
        report(DRAWING * number / len(epochs), f"Epoch {epoch}, {number} of {len(epochs)}")
        snapshot = read_snapshot(folder, epoch)
        plane = formed_plane(snapshot.means.astype(np.float32), scenes[-1].plane if scenes else None)
        shown = _in_rows(fixed.originals, snapshot.reconstructions, snapshot.samples)
        scenes.append(Scene(_words(folder.name, epoch, records.get(epoch)), plane, shown))
    report(DRAWING, "Writing the file")
    return scenes


def _words(name: str, epoch: int, record: dict | None) -> str:
    loss = None if record is None else record.get("validation_loss")
    figure = "" if loss is None else f"   validation loss {loss:.2f} nats per image"
    return f"{name}   {'before training' if epoch == 0 else f'epoch {epoch}'}{figure}"


def _in_rows(originals: np.ndarray, reconstructions: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """Pictures uint8 (n, H, W, C): rows of six originals, each above its reconstructions, then the samples."""
    pairs = [
        part[start : start + COLUMNS]
        for start in range(0, len(originals) - len(originals) % COLUMNS or COLUMNS, COLUMNS)
        for part in (_full(originals), _full(reconstructions))
    ]
    return np.concatenate([*pairs, _full(samples)]).transpose(0, 2, 3, 1)


def _full(pictures: np.ndarray) -> np.ndarray:
    """The pictures, white ones added until the last row is full."""
    missing = -len(pictures) % COLUMNS
    return np.concatenate([pictures, np.full((missing, *pictures.shape[1:]), 255, pictures.dtype)])


def _inks(labels: np.ndarray, colours: Sequence[str]) -> np.ndarray:
    """The colour of each point, uint8 (m, 3)."""
    palette = np.array([[int(each[at : at + 2], 16) for at in (1, 3, 5)] for each in colours] or [PLAIN], np.uint8)
    return np.where(labels[:, None] < 0, np.array(PLAIN, np.uint8), palette[labels % len(palette)])


def _frames(scenes: Sequence[Scene], inks: np.ndarray, still: int) -> Iterator[np.ndarray]:
    far = max(float(np.abs(scene.plane.points).max(initial=1e-3)) for scene in scenes) * 1.04
    for number, scene in enumerate(scenes):
        frame = _frame(scene, inks, far)
        for _ in range(still if number == len(scenes) - 1 else 1):
            yield frame


def _frame(scene: Scene, inks: np.ndarray, far: float) -> np.ndarray:
    """uint8 (H, W, 3): the caption, below it the map and beside it the pictures."""
    rows = len(scene.pictures) // COLUMNS
    height, width, channels = scene.pictures.shape[1:]
    scale = max(1, round(TALL / (rows * height)))
    cell = (height * scale, width * scale, channels)
    pictures = plain_board(rows, COLUMNS, cell).filled(enlarged(scene.pictures, scale))
    pictures = np.repeat(pictures, 3, axis=2) if channels == 1 else pictures
    side = max(TALL, len(pictures))
    top = MARGIN + LINE + 6
    plate = np.full((top + side + MARGIN, 2 * MARGIN + GAP + side + pictures.shape[1], 3), 255, np.uint8)
    plate[top : top + side, MARGIN : MARGIN + side] = _map(scene.plane.points, inks, side, far)
    left = MARGIN + side + GAP
    plate[top : top + len(pictures), left : left + pictures.shape[1]] = pictures
    image = Image.fromarray(plate)
    ImageDraw.Draw(image).text((MARGIN, MARGIN - 2), scene.words, fill=INK, font=lettering_font())
    return np.asarray(image)


def _map(points: np.ndarray, inks: np.ndarray, side: int, far: float) -> np.ndarray:
    """Points float (m, 2) as dots on a square uint8 (side, side, 3) of −far to far, y upwards."""
    field = np.full((side, side, 3), PAPER, np.uint8)
    field[side // 2], field[:, side // 2] = FAINT, FAINT
    places = np.rint((points * [1, -1] / far + 1) / 2 * (side - 1)).astype(int)
    for across in range(-DOT, DOT + 1):
        for down in range(-DOT, DOT + 1):
            if across * across + down * down <= DOT * DOT + 1:
                seen = np.clip(places + np.array([across, down]), 0, side - 1)
                field[seen[:, 1], seen[:, 0]] = inks
    field[[0, -1]], field[:, [0, -1]] = FAINT, FAINT
    return field
