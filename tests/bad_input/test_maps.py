"""Maps that cannot be, and what is missing around them."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

import store
from live.protocol import Kind
from store.cache_files import cache_folder
from tests.bad_input.asking import finished_map, post
from tests.bad_input.rows import check
from tests.live.conftest import latents_bytes, live_client
from tools.running_app import RunningApp

BAD_MAPS = {
    "a map of data that is not on the machine": (400, {"method": "pca", "source": "data:faces"}),
    "a map of data whose shape does not fit the model": (400, {"method": "pca", "source": "data:shapes"}),
    "a source that is none": (404, {"method": "pca", "source": "attic"}),
    "a method that is none": (400, {"method": "magic"}),
    "a map of 2 points": (400, {"method": "pca", "rows": [1, 2]}),
    "a row that is not there": (404, {"method": "pca", "rows": [1, 2, 99999]}),
}


@pytest.mark.parametrize("tried", BAD_MAPS)
def test_a_map_that_cannot_be(tried: str, server: RunningApp) -> None:
    status, content = BAD_MAPS[tried]
    answer = post(server, "map", **content)
    assert answer.status_code == status
    check(tried, answer.json()["message"])


def test_maps_of_few_and_of_identical_points(server: RunningApp) -> None:
    failed = finished_map(server, method="umap", rows=[1, 2, 3])
    assert failed["state"] == "failed"
    check("a map of 3 points by UMAP", failed["message"])
    drawn = finished_map(server, method="pca", rows=[1, 2, 3])
    assert drawn["state"] == "ready" and drawn["count"] == 3
    check("a map of 3 points by PCA", drawn["words"])
    failed = finished_map(server, "one-place", method="umap")
    assert failed["state"] == "failed"
    check("identical points by UMAP", failed["message"])
    check("identical points by PCA", finished_map(server, "one-place", method="pca")["words"])


def test_nan_in_the_stored_latents(server: RunningApp) -> None:
    answer = post(server, "map", "nan-latents", method="pca")
    assert answer.status_code == 500
    check("NaN in the stored latents", answer.json()["message"])


def test_a_damaged_file_in_the_cache_of_maps(server: RunningApp, monkeypatch, models: Path) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(models))
    model = store.model("tiny-2d")
    source = store.source_of(model, "reference")
    wanted = store.map_request(model, source, "umap", {"seed": 77})
    file = cache_folder() / "maps" / f"{wanted.id}.npz"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"no map")
    facts = finished_map(server, method="umap", parameters={"seed": 77})
    assert (facts["state"], facts["id"]) == ("ready", wanted.id)
    check("a damaged file in the cache of maps", facts["words"])


def test_points_that_are_not_there(server: RunningApp) -> None:
    answer = httpx.get(f"{server.url}/live/map/{'0' * 16}/points")
    assert answer.status_code == 404
    check("a map that has left the memory", answer.json()["message"])
    known = finished_map(server, method="pca")["id"]
    answer = httpx.get(f"{server.url}/live/map/{known}/points?box=1,1,1,2")
    assert answer.status_code == 400
    check("a box without width", answer.json()["message"])
    with live_client(server.url) as client:
        reply = client.ask(kind=Kind.PLACE, model="tiny-2d", map="0" * 16, body=latents_bytes([[0, 0]]))
        assert reply.options["reason"] == "no-such-map"
        check("a place on a map that is not there", f"{reply.options['reason']} {reply.options['message']}")
