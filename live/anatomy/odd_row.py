"""Chapter 8: six images of a model's data, one of them changed, and what each costs."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

import store
from live.anatomy.fields import only, whole_of
from live.answers import Refused

IN_A_ROW = 6
MOST_SEED = 2**31 - 1


def odd_row(model: store.LoadedModel, content: dict[str, Any]) -> dict[str, Any]:
    """The row that ``seed`` draws: ``pictures`` uint8 (6, H, W, C), ``rows`` of the test images, ``odd``, the place of
    the one that was changed, ``change`` ("quarters" for an odd seed, "mirrored" for an even one), ``costs`` in nats,
    ``measure`` ("negative_elbo", or "reconstruction" where there is no ELBO) and ``label``, the class that all are of,
    null without labels.

    Raises Refused for a bad seed, and where there are not enough images.
    """
    only(content, {"seed"})
    seed = whole_of(content, "seed", 0, MOST_SEED)
    generator = np.random.default_rng(seed)
    rows, label = _rows(model, generator)
    images = store.reference_images(model).images[rows].copy()
    odd = int(generator.integers(IN_A_ROW))
    return {
        "rows": rows.tolist(),
        "odd": odd,
        "label": label,
        **_judged(model, images, rows, odd, seed),
    }


def _judged(model: store.LoadedModel, images: np.ndarray, rows: np.ndarray, odd: int, seed: int) -> dict[str, Any]:
    import torch

    from vae_core.metrics.odd_one import mirrored, opposite_quarters_swapped, row_costs

    change = "quarters" if seed % 2 else "mirrored"
    images[odd] = (opposite_quarters_swapped if seed % 2 else mirrored)(images[odd])
    labels = torch.from_numpy(model.latents.label[rows].astype(np.int64)) if model.classes else None
    terms = row_costs(model.vae, images, seed, labels=labels)
    measure = "negative_elbo" if model.vae.no_elbo is None else "reconstruction"
    costs = -terms.elbo if measure == "negative_elbo" else terms.reconstruction
    pictures = np.ascontiguousarray(images.transpose(0, 2, 3, 1))
    return {
        "pictures": base64.b64encode(pictures.tobytes()).decode(),
        "costs": costs.double().round(decimals=4).tolist(),
        "measure": measure,
        "change": change,
    }


def _rows(model: store.LoadedModel, generator: np.random.Generator) -> tuple[np.ndarray, int | None]:
    """Six different test images that are on this machine, of one class where there are labels."""
    references = store.reference_images(model)
    found = np.flatnonzero(references.rows_found) if references is not None else np.empty(0, np.int64)
    labels = None if model.latents is None else model.latents.label
    label = None
    if labels is not None and len(found):
        counts = np.bincount(labels[found])
        enough = np.flatnonzero(counts >= IN_A_ROW)
        if len(enough):
            label = int(generator.choice(enough))
            found = found[labels[found] == label]
    if len(found) < IN_A_ROW:
        raise Refused(
            "no-reference",
            f"{len(found)} images of {model.config.data.name} are on this machine; a row takes {IN_A_ROW}. Put the "
            "data set into the data folder, or choose another model.",
        )
    return generator.choice(found, IN_A_ROW, replace=False), label
