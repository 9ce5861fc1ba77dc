"""A model beside the present one that can do what it cannot."""

from __future__ import annotations

from collections.abc import Callable

import store
from store import LoadedModel
from vae_core.settings import Config


def similar_model(model: LoadedModel, can: Callable[[Config], bool]) -> str | None:
    """The name of another model of the same data and size whose settings say that it can; None where there is none."""
    for each in store.list_models():
        if each.problem is not None or each.name == model.name or each.config.data.name != model.config.data.name:
            continue
        if each.config.model.image_shape == model.image_shape and can(each.config):
            return each.name
    return None
