"""The tasks on maps, called in this process; and in a worker that is cancelled or dies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from jobs import JobFailed, Workers
from jobs.map_tasks import cluster_task, map_task, place_task
from jobs.workers import TASKS
from store.encoded_cache import Encoded, save_encoded
from store.map_cache import load_map, map_was_damaged
from tests.jobs.test_workers import alive, wait_for
from tests.tiny import tiny_checkpoint
from tests.vae_core.latent.maps.known_latents import groups
from vae_core.checkpoint import load_latents
from vae_core.latent.maps import MapError, place_on_map

UMAP = {"components": 2, "neighbours": 10, "min_dist": 0.1, "seed": 0}
NAME, OTHER = "0123456789abcdef", "fedcba9876543210"
START = 90  # seconds: a fresh worker imports and compiles


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    tiny_checkpoint(tmp_path, "four", latent_dim=4, count=100)
    return tmp_path


class Heard(list):
    def __call__(self, share: float, message: str = "") -> None:
        self.append((share, message))


def keep_groups(name: str = OTHER, shuffle: bool = False) -> np.ndarray:
    """Keeps encoded images in the cache, and gives their latents."""
    means, _ = groups()
    order = np.random.default_rng(1).permutation(len(means)) if shuffle else np.arange(len(means))
    ones = np.ones(len(means), dtype=np.float32)
    rows = np.arange(len(means))
    encoded = Encoded(means, np.ones_like(means), ones, ones, rows.astype(np.uint64), rows.astype(np.int8), rows)
    save_encoded(name, Encoded(**{field: values[order] for field, values in encoded.arrays().items()}))
    return means[order]


@pytest.mark.parametrize(("method", "parameters"), [("pca", {"components": 2}), ("umap", UMAP)])
def test_a_map_of_the_reference_set_is_made_judged_and_kept(root: Path, method: str, parameters: dict) -> None:
    heard = Heard()
    assert map_task(root, "four", "reference", method, parameters, NAME, heard) == NAME
    latents, kept = load_latents(root / "four"), load_map(NAME)
    assert kept.fitted.points.shape == (100, 2)
    np.testing.assert_array_equal(kept.image_hash, latents.image_hash)
    assert 0 < kept.quality.trustworthiness <= 1
    shares = [share for share, _ in heard]
    assert shares == sorted(shares)
    assert heard[-1][1] == "Judging the map"


def test_a_kept_map_is_not_made_again(root: Path) -> None:
    map_task(root, "four", "reference", "pca", {"components": 2}, NAME, Heard())
    heard = Heard()
    map_task(root, "four", "reference", "pca", {"components": 2}, NAME, heard)
    assert heard == []


def test_a_damaged_map_is_made_again_and_that_is_said(root: Path, cache: Path) -> None:
    map_task(root, "four", "reference", "pca", {"components": 2}, NAME, Heard())
    (cache / "maps" / f"{NAME}.npz").write_bytes(b"PK damaged")
    heard = Heard()
    map_task(root, "four", "reference", "pca", {"components": 2}, NAME, heard)
    assert heard[0] == (0.0, "The kept file was damaged: making the map again")
    assert load_map(NAME).fitted.words.endswith("it was moved aside and the map made again.")
    assert not map_was_damaged(NAME)


def test_an_isolated_selection_is_mapped_alone(root: Path) -> None:
    rows = np.arange(10, 60)
    map_task(root, "four", "reference", "umap", UMAP, NAME, Heard(), rows=rows)
    kept = load_map(NAME)
    np.testing.assert_array_equal(kept.image_hash, load_latents(root / "four").image_hash[rows])
    assert len(kept.fitted.points) == 50


@pytest.mark.parametrize(
    ("method", "parameters"), [("umap", {**UMAP, "seed": 5}), ("tsne", {"perplexity": 20, "seed": 5})]
)
def test_a_refit_is_turned_onto_the_map_before(method: str, parameters: dict) -> None:
    """The same images in another order and by another seed: every image is about where it was."""
    keep_groups()
    map_task("", "none", OTHER, "umap", UMAP, NAME, Heard())
    keep_groups("a" * 16, shuffle=True)
    map_task("", "none", "a" * 16, method, parameters, "b" * 16, Heard(), align_to=NAME)
    before, after = load_map(NAME), load_map("b" * 16)
    was = before.fitted.points[np.argsort(before.image_hash)]
    now = after.fitted.points[np.argsort(after.image_hash)]
    was, now = was - was.mean(axis=0), now - now.mean(axis=0)
    assert (was * now).sum() / np.linalg.norm(was) / np.linalg.norm(now) > 0.7


def test_a_map_that_is_gone_is_not_aligned_to() -> None:
    keep_groups()
    map_task("", "none", OTHER, "umap", UMAP, NAME, Heard(), align_to="c" * 16)
    assert load_map(NAME) is not None


def test_a_new_latent_is_placed_on_a_kept_map() -> None:
    means = keep_groups()
    map_task("", "none", OTHER, "umap", UMAP, NAME, Heard())
    places = place_task(NAME, means[:3] + 0.05, Heard())
    np.testing.assert_array_equal(places, place_on_map(load_map(NAME).fitted, means[:3] + 0.05))
    with pytest.raises(MapError, match=f"map {'d' * 16} is not in the cache any more. Ask"):
        place_task("d" * 16, means[:3], Heard())


def test_clusters_of_the_reference_set(root: Path) -> None:
    found = cluster_task(root, "four", "reference", "kmeans", 5, Heard())
    assert found.dtype == np.int16
    assert set(found) == set(range(5))


def test_what_is_not_there_is_said(root: Path) -> None:
    with pytest.raises(MapError, match=f"encoded images {'e' * 16} are not in the cache any more. Encode"):
        map_task(root, "four", "e" * 16, "pca", {"components": 2}, NAME, Heard())
    tiny_checkpoint(root, "bare", latents=False)
    with pytest.raises(MapError, match=r"model bare has no latents\.npz; train it again"):
        map_task(root, "bare", "reference", "pca", {"components": 2}, NAME, Heard())


SLOW = ("process_number", "dies_while_writing")


@pytest.fixture(scope="module")
def served_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def pool(served_cache: Path) -> Iterator[Workers]:
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv("LATENT_EXPLORER_CACHE", str(served_cache))
        workers = Workers(count=1, tasks={**TASKS, **{name: f"tests.jobs.slow_tasks:{name}" for name in SLOW}})
        workers.submit("process_number").result(START)  # the worker is there and has taken the setting
        yield workers
        workers.close()


@pytest.fixture
def served(served_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CACHE", str(served_cache))
    return served_cache


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_worker_lays_out_a_map_and_refuses_in_a_sentence(pool: Workers, served: Path, root: Path) -> None:
    asked = {"root": root, "model": "four", "source": "reference", "method": "umap", "parameters": UMAP}
    assert pool.submit("map_task", **asked, map_id=NAME).result(START) == NAME
    assert len(load_map(NAME).fitted.points) == 100
    job = pool.submit("map_task", **asked, map_id=OTHER, rows=np.arange(3))
    with pytest.raises(JobFailed, match="map_task: MapError"):
        job.result(START)
    assert job.sentence.startswith("There are 3 images to map; UMAP needs at least 10")


def test_a_worker_that_dies_while_it_writes_leaves_no_half_map(pool: Workers, served: Path) -> None:
    before = [name for name in files_in(served) if not name.startswith(".")]
    job = pool.submit("dies_while_writing", folder=str(served))
    with pytest.raises(JobFailed, match="ended with code 7 before it had a result"):
        job.result(START)
    drafts = [name for name in files_in(served) if name.startswith(".")]
    assert len(drafts) == 1, "the test did not die where it should"
    assert [name for name in files_in(served) if not name.startswith(".")] == before
    assert load_map("0" * 16) is None


def test_cancelling_a_map_kills_its_worker_and_keeps_nothing(pool: Workers, served: Path) -> None:
    means = np.random.default_rng(0).standard_normal((20_000, 8)).astype(np.float32)
    ones, rows = np.ones(len(means), dtype=np.float32), np.arange(len(means))
    save_encoded(
        OTHER, Encoded(means, means + 9, ones, ones, rows.astype(np.uint64), np.zeros(len(means), np.int8), rows)
    )
    before = files_in(served)
    process = pool.submit("process_number").result(START)
    job = pool.submit("map_task", root="", model="", source=OTHER, method="umap", parameters=UMAP, map_id="1" * 16)
    wait_for(lambda: job.message == "Laying out the points")
    assert job.cancel()
    assert job.state == "cancelled"
    wait_for(lambda: not alive(process))
    assert files_in(served) == before
    assert pool.submit("process_number").result(START) != process
