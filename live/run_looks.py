"""What a run's snapshots show: fixed images and latents drawn after each epoch, and the map as it forms."""

from __future__ import annotations

import base64
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from live.answers import Refused, route, whole_number
from live.latent_lists import packed
from live.map_answers import FOR_EVER, UNKEPT, binary
from live.run_facts import run_path

if TYPE_CHECKING:
    from vae_core.latent.maps.forming import FormedPlane

MOST_PLANES = 40  # in one answer
MOST_MAPS = 8  # runs whose planes are kept


@route
def fixed_route(request: Request) -> dict[str, Any]:
    """GET /live/run/{name}/fixed: what every snapshot of the run looks at."""
    from vae_core.training.snapshots import read_fixed

    fixed = _read(lambda: read_fixed(run_path(request.path_params["name"])))
    count, channels, height, width = fixed.originals.shape
    return {
        "shape": [height, width, channels],
        "originals": base64.b64encode(_rows_of_pixels(fixed.originals).tobytes()).decode("ascii"),
        "count": count,
        "latents": packed(fixed.latents),
        "classes": fixed.classes.tolist(),
        "labels": fixed.labels.tolist(),
    }


@route
def snapshot_route(request: Request) -> Response:
    """GET /live/run/{name}/snapshot/{epoch}: the pictures of an epoch; of `latest` those of the last preview.

    With the present `stamp` of the run's snapshots in the address it never changes.
    """
    folder, epoch = run_path(request.path_params["name"]), request.path_params["epoch"]
    parts, cache = _preview(folder) if epoch == "latest" else _look(folder, epoch)
    shown = [_rows_of_pixels(pictures) for pictures in parts.values()]
    look = {
        "shape": list(shown[0].shape[1:]),
        "parts": {name: len(pictures) for name, pictures in zip(parts, shown, strict=True)},
    }
    kept = cache if request.query_params.get("stamp") else UNKEPT
    return binary(shown, kept, X_Look=json.dumps(look))


def _look(folder: Path, text: str) -> tuple[dict[str, np.ndarray], str]:
    from vae_core.training.snapshots import read_snapshot

    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise Refused("no-such-epoch", f"The epoch is {text[:30]!r}; it must be a whole number from 0 on.")
    snapshot = _read(lambda: read_snapshot(folder, int(text)))
    return {"reconstructions": snapshot.reconstructions, "samples": snapshot.samples}, FOR_EVER


def _preview(folder: Path) -> tuple[dict[str, np.ndarray], str]:
    from vae_core.training import read_preview

    found = read_preview(folder)
    if found is None:
        raise Refused("no-such-epoch", "The run has drawn no pictures yet; they come with the first finished epoch.")
    shown = {name: getattr(found, name) for name in ("originals", "reconstructions", "samples")}
    return shown, UNKEPT


def _rows_of_pixels(pictures: np.ndarray) -> np.ndarray:
    """uint8 (n, H, W, C) of (n, C, H, W)."""
    return np.ascontiguousarray(pictures.transpose(0, 2, 3, 1))


def _read(work: Callable[[], Any]) -> Any:
    from vae_core.checkpoint import CheckpointError

    try:
        return work()
    except CheckpointError as problem:
        raise Refused("no-such-epoch", str(problem)) from problem


@route
def run_map_route(request: Request) -> dict[str, Any]:
    """GET /live/run/{name}/map?after=&stamp=: the planes of the epochs after that one, at most 40."""
    folder, after = run_path(request.path_params["name"]), whole_number(request, "after", -1)
    planes = MAPS.of(folder)
    wanted = [epoch for epoch in planes if epoch > after]
    sent = wanted[:MOST_PLANES]
    return {
        "epochs": sent,
        "more": len(wanted) > len(sent),
        "count": len(planes[sent[0]].points) if sent else 0,
        "latent_dim": len(planes[sent[0]].origin) if sent else 0,
        "points": packed(_stacked([planes[epoch].points for epoch in sent])),
        "origins": packed(_stacked([planes[epoch].origin for epoch in sent])),
        "axes": packed(_stacked([planes[epoch].axes for epoch in sent])),
    }


def _stacked(parts: Sequence[np.ndarray]) -> np.ndarray:
    return np.stack(parts) if parts else np.empty(0, np.float32)


@dataclass
class FormingMap:
    """The planes of one run by epoch, in order; each is aligned to the one before it."""

    stamp: int = 0
    planes: dict[int, FormedPlane] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, folder: Path) -> dict[int, FormedPlane]:
        from vae_core.latent.maps.forming import formed_plane
        from vae_core.training.snapshots import list_snapshots, read_snapshot

        stamp = _stamp(folder)
        if stamp != self.stamp:
            self.stamp, self.planes = stamp, {}
        for epoch in list_snapshots(folder):
            if self.planes and epoch <= next(reversed(self.planes)):
                continue
            before = next(reversed(self.planes.values()), None)
            snapshot = _read(lambda epoch=epoch: read_snapshot(folder, epoch))
            self.planes[epoch] = formed_plane(snapshot.means.astype(np.float32), before)
        return dict(self.planes)


class FormingMaps:
    """The maps of the runs that are watched, by folder. Thread-safe; two who ask for one run compute it once."""

    def __init__(self, most: int = MOST_MAPS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[Path, FormingMap] = OrderedDict()

    def of(self, folder: Path) -> dict[int, FormedPlane]:
        """The planes of the run in this folder by epoch, those of thinned snapshots too where they were seen."""
        with self._lock:
            forming = self._known.setdefault(folder, FormingMap())
            self._known.move_to_end(folder)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        with forming.lock:
            return forming.read(folder)


MAPS = FormingMaps()


def _stamp(folder: Path) -> int:
    try:
        return (folder / "snapshots" / "fixed.npz").stat().st_mtime_ns
    except OSError:
        return 0
