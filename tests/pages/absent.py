"""A machine on which the original of one row is missing."""

from __future__ import annotations

import dataclasses

import pytest

import store


def without_original(monkeypatch: pytest.MonkeyPatch, row: int) -> None:
    """Takes the original of the row away from every model until the test ends."""
    whole = store.reference_images

    def partly(model: store.LoadedModel) -> store.ReferenceImages | None:
        found = whole(model)
        rows_found = found.rows_found.copy()
        rows_found[row] = False
        return dataclasses.replace(found, rows_found=rows_found)

    monkeypatch.setattr(store, "reference_images", partly)
