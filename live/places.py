"""Places on a map as latents, and the replies that carry both their pictures and their latents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

import store
from live.compute import floats, packed_pictures
from live.options import label_of
from live.protocol import BadMessage, Message


@dataclass(frozen=True, eq=False)
class Placed:
    """latents: float32 (count, D). support: float32 (count,) in 0..1, None where the map is exact."""

    latents: np.ndarray
    support: np.ndarray | None


def map_of(message: Message, model: store.LoadedModel) -> store.LatentMap:
    """The finished map that the option `map` names. Raises BadMessage when this model has none of that id in memory."""
    wanted = message.options.get("map")
    if not isinstance(wanted, str):
        raise BadMessage("bad-options", f"The option map is {wanted!r}; it must be the id of a map.")
    found = store.map_in_memory(wanted)
    if found is None or found.request.weights != model.weights:  # the same weights may have two names
        raise BadMessage(
            "no-such-map",
            f"There is no finished map {wanted[:40]!r} of {model.name}; it may have left the memory. Ask for it anew.",
        )
    return found


def needs_inverse(found: store.LatentMap) -> bool:
    """Whether the way back from the map has yet to be made, which takes longer than a frame."""
    return not found.request.exact and store.inverse_in_memory(found) is None


def latents_at(message: Message, found: store.LatentMap) -> Placed:
    """The latents of the places in the body. Raises BadMessage when the body does not fit the map."""
    places = floats(message, (message.count, found.points.shape[1]))
    if found.request.exact:
        return Placed((found.origin + places @ found.axes).astype(np.float32), None)
    picked = store.inverse_of(found).latent_at(places)
    return Placed(picked.latents, picked.support)


def labels_of(message: Message, model: store.LoadedModel) -> np.ndarray:
    """The class of each place, int64 (count,). Raises BadMessage for one that the model does not know."""
    return np.full(message.count, label_of(message, model), dtype=np.int64)


def reply_to(message: Message, model: store.LoadedModel, placed: Placed) -> partial[bytes]:
    """What makes the reply of pictures uint8 (count, H, W, C) and the seconds that they took."""
    support = None if placed.support is None else placed.support.round(4).tolist()
    facts = {"support": support, "latent_dim": model.latent_dim}
    return partial(packed_pictures, message, more=placed.latents.tobytes(), facts=facts)
