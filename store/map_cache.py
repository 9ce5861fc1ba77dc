"""Finished maps on disk, by id: made once, by whichever process, for all that come later."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from store.cache_files import is_kept, move_aside, read_kept, was_damaged, write_kept

if TYPE_CHECKING:
    from vae_core.latent.maps import FittedMap, MapQuality

MAPS = "maps"
DAMAGED = " The file of this map was damaged; it was moved aside and the map made again."


@dataclass(frozen=True, eq=False)
class KeptMap:
    """A finished map, how good it is, and which images it is of: image_hash uint64 (N,), in the order of its points."""

    fitted: FittedMap
    quality: MapQuality
    image_hash: np.ndarray

    def quality_facts(self) -> dict[str, Any]:
        """The figures by name, and `words` that say what they mean."""
        from vae_core.latent.maps import quality_words

        return {**asdict(self.quality), "words": quality_words(self.quality)}


def map_is_kept(name: str) -> bool:
    """Whether the map of this id has a file; it is not opened."""
    return is_kept(MAPS, name)


def map_was_damaged(name: str) -> bool:
    """Whether a file of this map was found damaged and moved aside."""
    return was_damaged(MAPS, name)


def load_map(name: str) -> KeptMap | None:
    """The map of this id; None when there is none, or its file was damaged (then it is logged and moved aside)."""
    arrays = read_kept(MAPS, name)
    if arrays is None:
        return None
    try:
        return _from_arrays(arrays)
    except (KeyError, ValueError, TypeError) as problem:
        move_aside(MAPS, name, problem)
        return None


def save_map(name: str, kept: KeptMap) -> None:
    """Keeps a map under its id. Raises CacheError when the folder cannot be written."""
    fitted = kept.fitted
    facts = {
        "method": fitted.method,
        "parameters": dict(fitted.parameters),
        "titles": fitted.titles,
        "words": fitted.words,
        "quality": asdict(kept.quality),
    }
    arrays = {"facts": np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8), "image_hash": kept.image_hash}
    optional = {field: getattr(fitted, field) for field in ("origin", "axes", "explained", "means")}
    write_kept(
        MAPS,
        name,
        {**arrays, "points": fitted.points, **{key: values for key, values in optional.items() if values is not None}},
    )


def _from_arrays(arrays: dict[str, np.ndarray]) -> KeptMap:
    from vae_core.latent.maps import FittedMap, MapQuality

    facts = json.loads(arrays["facts"].tobytes())
    points, hashes = arrays["points"], arrays["image_hash"]
    if points.ndim != 2 or len(points) != len(hashes) or not np.isfinite(points).all():
        raise ValueError(f"points of shape {points.shape} for {len(hashes)} images")
    fitted = FittedMap(
        method=facts["method"],
        parameters=facts["parameters"],
        points=points,
        titles=tuple(facts["titles"]),
        words=facts["words"],
        **{field: arrays.get(field) for field in ("origin", "axes", "explained", "means")},
    )
    return KeptMap(fitted, MapQuality(**facts["quality"]), hashes)
