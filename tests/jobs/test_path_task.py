"""Paths of every kind through three keys: they meet the keys bit for bit, and their figures belong together."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jobs.path_task import path_task
from tests.tiny import tiny_checkpoint
from vae_core.checkpoint import load_latents
from vae_core.latent import spread_posterior

KEYS = np.float32([[-2, -1], [0.5, 1.5], [2, -2]])
STEPS = 33
KINDS = ["linear", "slerp", "spline", "data", "geodesic"]


class Reports(list):
    """Collects what a task reports."""

    def __call__(self, share: float, message: str = "", partial: Any = None) -> None:
        self.append((share, message, partial))


def points(facts: dict[str, Any]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(facts["points"]), "<f4").reshape(-1, 2)


def reference(root: Path) -> tuple[np.ndarray, np.ndarray]:
    latents = load_latents(root / "tiny")
    return latents.mean, latents.std


def made(root: Path, kind: str, reports: Reports, label: int | None = None) -> dict[str, Any]:
    return path_task(root, "tiny", str(root), kind, KEYS, STEPS, label, report=reports)


@pytest.mark.parametrize("kind", KINDS)
def test_a_path_meets_its_keys_and_its_figures_are_its_own(tmp_path: Path, kind: str) -> None:
    tiny_checkpoint(tmp_path, "tiny")
    reports = Reports()
    facts = made(tmp_path, kind, reports)
    found = points(facts)
    assert np.array_equal(found[facts["places"]], KEYS)
    assert facts["latent_length"] == pytest.approx(np.linalg.norm(np.diff(found.astype(float), axis=0), axis=1).sum())
    way = np.array(facts["way"])
    assert len(way) == len(found) and way[0] == 0 and (np.diff(way) >= 0).all()
    assert way[-1] == pytest.approx(facts["image_length"], rel=0.05)
    assert 0 < facts["evenness"] <= 1
    assert "mean picture" in facts["metric"]
    densities = spread_posterior(*reference(tmp_path)).log_prob(found)
    assert facts["lowest_log_density"] <= densities.min() + 1e-9
    assert facts["lowest_log_density"] == pytest.approx(densities.min(), abs=3)
    assert 0 <= facts["lowest_at"] <= 1
    shares = [share for share, _, _ in reports]
    assert shares == sorted(shares)
    assert np.array_equal(points(reports[0][2])[reports[0][2]["places"]], KEYS), "there is something to see meanwhile"


def test_a_geodesic_is_shown_as_it_relaxes_and_is_no_longer_than_the_straight_way(tmp_path: Path) -> None:
    tiny_checkpoint(tmp_path, "tiny")
    reports = Reports()
    geodesic = made(tmp_path, "geodesic", reports)
    straight = made(tmp_path, "linear", Reports())
    seen = {partial["points"] for _, _, partial in reports if partial}
    assert len(seen) > 1
    assert geodesic["image_length"] <= straight["image_length"] * 1.005


def test_the_class_of_a_conditional_model_counts(tmp_path: Path) -> None:
    tiny_checkpoint(tmp_path, "tiny", model={"classes": 10}, count=60, evaluation=False)
    lengths = [made(tmp_path, "linear", Reports(), label)["image_length"] for label in (0, 5)]
    assert lengths[0] != lengths[1]


def test_without_encoded_images_there_is_no_density_to_tell(tmp_path: Path) -> None:
    tiny_checkpoint(tmp_path, "tiny", latents=False, evaluation=False)
    facts = made(tmp_path, "linear", Reports())
    assert facts["lowest_log_density"] is None and facts["lowest_at"] is None
