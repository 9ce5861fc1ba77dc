"""What a component that chooses an image or a latent is told: live/static/chooser/ on the browser's side."""

from __future__ import annotations

from typing import Any

from jobs import uploads_allowed
from store import LoadedModel
from ui.model_data import has_density, image_notes, originals_found
from ui.state import usable_models


def chooser_data(model: LoadedModel) -> dict[str, Any]:
    """What to add to `model_data`: the originals and what to say of them, a density, other models."""
    return {
        "originals": bool(originals_found(model).any()),
        "note": image_notes(model),
        "density": has_density(model),
        "uploads": uploads_allowed(),
        "models": [name for name in usable_models() if name != model.name],
    }
