"""Every cache of the pages: each is bounded, and its key carries what makes its content old."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

import store
from ui.epoch_log import EpochLogs
from ui.gallery_cards.preview import Preview, preview_latents
from ui.latent_sliders.reach import Axes, found_axes

VERSION = 1  # a part of every key: a change of what is kept makes all of it old


@st.cache_data(max_entries=256, show_spinner=False)
def _preview(name: str, modified: float, version: int) -> Preview:
    model = store.model(name)
    return Preview(model.weights, model.image_shape, preview_latents(model))


def preview(name: str, modified: float) -> Preview:
    """What the model's card decodes; made again when a file of the checkpoint changed.

    Raises vae_core.checkpoint.CheckpointError when the model cannot be opened.
    """
    return _preview(name, modified, VERSION)


@st.cache_data(max_entries=32, show_spinner=False)
def _axes(name: str, weights: str, version: int) -> Axes | None:
    return found_axes(store.model(name, weights))


def axes(model: store.LoadedModel) -> Axes | None:
    """The principal axes of the model's encodings; None where it has too few dimensions or images.

    Raises store.ModelChanged when the model was trained again meanwhile.
    """
    return _axes(model.name, model.weights, VERSION)


_EPOCHS = EpochLogs(most=512)


def run_epochs(folder: Path) -> list[dict[str, Any]]:
    """The epochs of the run in this folder, as `metrics.jsonl` tells them now; only what is new of it is read."""
    return _EPOCHS.read(folder)
