"""The reference set of a model as a source: it is stored with the model, so it is always there."""

from __future__ import annotations

import threading
import weakref

import numpy as np

from store.models import LoadedModel, no_reference
from store.sources import REFERENCE, SPLITS, NoMap, Source

_REFERENCES: weakref.WeakKeyDictionary[LoadedModel, Source] = weakref.WeakKeyDictionary()
_LOCK = threading.Lock()


def reference_source(model: LoadedModel) -> Source:
    """The reference set. Raises NoMap where the model has none."""
    if model.latents is None:
        raise NoMap("no-reference", no_reference(model.name))
    with _LOCK:
        known = _REFERENCES.get(model)
        if known is None:
            known = _REFERENCES[model] = _as_source(model)
    return known


def _as_source(model: LoadedModel) -> Source:
    latents = model.latents
    split = SPLITS.index(latents.split) if latents.split in SPLITS else SPLITS.index("test")
    return Source(
        id=REFERENCE,
        words=reference_words(model),
        mean=latents.mean,
        std=latents.std,
        kl=latents.kl,
        reconstruction=latents.reconstruction,
        image_hash=latents.image_hash,
        label=latents.label,
        label_names=model.config.data.label_names,
        split=np.full(len(latents), split, dtype=np.int8),
        model=model.name,
        data=model.config.data.name,
        data_count=sum((model.config.data.n_train, model.config.data.n_validation, model.config.data.n_test)),
    )


def reference_words(model: LoadedModel) -> str:
    """What the reference set is."""
    if model.latents is None:
        return "no stored images"
    return f"{len(model.latents):,} {model.latents.split} images of {model.config.data.name}, stored with the model"
