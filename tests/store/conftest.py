"""A folder of tiny models that a test may change, with nothing in memory yet."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import store.gauges
import store.models
import store.references


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tiny_root: Path) -> Path:
    """A copy of the tiny checkpoints that the store reads from, its memory empty."""
    place = tmp_path / "checkpoints"
    shutil.copytree(tiny_root, place)
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(place))
    monkeypatch.setattr(store.models, "_MODELS", store.models.Models())
    monkeypatch.setattr(store.references, "_REFERENCES", store.references.References())
    monkeypatch.setattr(store.gauges, "_GAUGES", store.gauges.Gauges())
    return place
