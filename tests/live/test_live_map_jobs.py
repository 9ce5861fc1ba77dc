"""Maps that take a job: laid out, encoded first, judged, cancelled, found again in the cache. With real workers."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

import store
import store.data_sources
import store.map_requests
import store.maps
from live.protocol import Kind
from tests.live.conftest import latents_bytes
from tests.live.starting import live_web, refusal
from tests.live.test_live_conversation import conversation, request_bytes
from vae_core.data import load_images
from vae_core.latent.maps import class_mixing

PATIENCE = 150  # seconds: the first job waits until the workers have compiled what they need


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory, tiny_root: Path) -> Path:
    root = tmp_path_factory.mktemp("jobs")
    shutil.copytree(tiny_root, root / "checkpoints")
    (root / "data").mkdir()
    return root


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, folders: Path) -> Iterator[TestClient]:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(folders / "checkpoints"))
    monkeypatch.setenv("LATENT_EXPLORER_CACHE", str(folders / "cache"))
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(folders / "data"))
    with live_web() as client:
        yield client


def place(room: str, rest: str = "", name: str = "tiny-8d") -> str:
    return f"/live/{room}/{name}/{store.model(name).weights}{rest}"


def ask(web: TestClient, name: str = "tiny-8d", **wanted) -> dict:
    answer = web.post(place("map", name=name), json=wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()


def finished(web: TestClient, name: str = "tiny-8d", **wanted) -> dict:
    """Asks until the map is ready or its job over, as a page does."""
    deadline = time.monotonic() + PATIENCE
    seen: list[dict] = []
    while time.monotonic() < deadline:
        seen.append(ask(web, name, **wanted))
        assert seen[-1]["id"] == seen[0]["id"], "the same request has the same id"
        if seen[-1]["state"] not in ("queued", "running"):
            assert [each["progress"] for each in seen] == sorted(each["progress"] for each in seen)
            return seen[-1]
        assert seen[-1].keys() >= {"id", "state", "progress", "message", "seconds_left"}
        time.sleep(0.1)
    raise AssertionError(f"the map is not ready after {PATIENCE} s: {seen[-1]}")


def column(web: TestClient, name: str, source: str = "reference", what: str = "column") -> bytes:
    """The bytes of a column, or of how its classes mix, asked for until they are there."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer = web.get(place("source", f"/{source}/{what}/{name}"))
        if answer.status_code != 202:
            assert answer.status_code == 200, answer.text
            return answer.content
        assert answer.json()["state"] in ("queued", "running"), answer.json()
        time.sleep(0.1)
    raise AssertionError(f"{name} is not there after {PATIENCE} s")


def test_a_layout_is_made_by_a_job_and_found_again(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = finished(web, method="umap", parameters={"neighbours": 10})
    assert facts["state"] == "ready" and not facts["exact"] and facts["origin"] is None and facts["axes"] is None
    assert facts["parameters"] == {"components": 2, "neighbours": 10, "min_dist": 0.1, "seed": 0}
    assert "true neighbours" in facts["quality"]["words"] and 0.5 < facts["quality"]["trustworthiness"] <= 1
    points = web.get(f"/live/map/{facts['id']}/points").content
    assert len(points) == 8 * facts["count"]
    monkeypatch.setattr(store.maps, "_MAPS", store.maps.Maps())
    assert web.get(f"/live/map/{facts['id']}/points").content == points, "by its id alone, from the cache"
    monkeypatch.setattr(store.maps, "_MAPS", store.maps.Maps())  # as after a restart
    monkeypatch.setattr(store.map_requests, "_REQUESTS", store.map_requests.Requests())
    assert refusal(web.get(f"/live/map/{facts['id']}/points")) == (404, "no-such-map")
    assert ask(web, method="umap", parameters={"neighbours": 10}) == facts, "read from the cache, at once"
    assert web.get(f"/live/map/{facts['id']}/points").content == points
    assert web.get(f"/live/map/{facts['id']}").json() == facts


def test_how_classes_mix_is_found_by_a_job_and_known_from_then_on(web: TestClient) -> None:
    latents = store.model("tiny-8d").latents
    found = json.loads(column(web, "label", what="mixing"))
    wanted = class_mixing(latents.mean, latents.label)
    assert found == json.loads(json.dumps(asdict(wanted))) and found["pairs"], "what the core finds"
    again = web.get(place("source", "/reference/mixing/label"))
    assert (again.status_code, again.json()) == (200, found), "at once"
    clusters = json.loads(column(web, "cluster:kmeans:4", what="mixing"))
    assert clusters["own"] > found["own"], "clusters are made of neighbours; the labels of a tiny model are not"


def test_a_place_on_a_layout_is_decoded_from_what_lies_around_it(web: TestClient) -> None:
    facts = finished(web, method="umap", parameters={"neighbours": 10})
    points = np.frombuffer(web.get(f"/live/map/{facts['id']}/points").content, dtype="<f4").reshape(2, -1).T
    places = np.stack([points[5], points[9], points.max(axis=0) + 50])
    message = {"kind": Kind.PLACE, "model": "tiny-8d", "map": facts["id"], "count": 3, "body": latents_bytes(places)}
    (reply,) = conversation([request_bytes(**message)])
    assert reply.kind == Kind.PLACE, reply.options
    near, _, far = reply.options["support"]
    assert near > 0.5 > 0.1 > far, "on a point and far from all"
    size = 3 * int(np.prod(reply.options["shape"]))
    latents = np.frombuffer(reply.body, dtype="<f4", offset=-(-size // 4) * 4).reshape(3, 8)
    means = store.model("tiny-8d").latents.mean
    by_chance = np.linalg.norm(means - means[5], axis=1).mean()
    assert np.linalg.norm(latents[0] - means[5]) < by_chance
    pixels = np.frombuffer(reply.body[:size], np.uint8).reshape(3, 8, 8, 1)
    np.testing.assert_array_equal(pixels, store.model("tiny-8d").decode(latents))


def test_a_latent_is_placed_on_a_layout_and_on_a_plane(web: TestClient) -> None:
    means = store.model("tiny-8d").latents.mean
    layout = finished(web, method="umap", parameters={"neighbours": 10})
    answer = web.post(f"/live/place/{layout['id']}", json={"latents": (means[[3, 60]] + 1e-3).tolist()})
    places = np.array(answer.json()["points"])
    points = np.frombuffer(web.get(f"/live/map/{layout['id']}/points").content, dtype="<f4").reshape(2, -1).T
    assert places.shape == (2, 2)
    spread = np.ptp(points, axis=0).max()
    assert np.linalg.norm(places - points[[3, 60]], axis=1).max() < 0.2 * spread, "beside the image's own dot"
    plane = ask(web, method="pca", parameters={"components": 3})
    answer = web.post(f"/live/place/{plane['id']}", json={"latents": means[[3]].tolist()})
    made = store.map_in_memory(plane["id"])
    np.testing.assert_allclose(answer.json()["points"], made.points[[3]], atol=1e-4)
    for bad, reason in (
        ({}, "bad-shape"),
        ({"latents": [[1]]}, "bad-shape"),
        ({"latents": [[9e9] * 8]}, "out-of-range"),
    ):
        assert refusal(web.post(f"/live/place/{plane['id']}", json=bad)) == (400, reason)
    assert refusal(web.post(f"/live/place/{'0' * 16}", json={"latents": [[1]]})) == (404, "no-such-map")


def test_a_whole_data_set_is_encoded_first(web: TestClient) -> None:
    digits = load_images("digits")
    before = {each["id"]: each for each in web.get(place("sources")).json()["sources"]}
    assert (before["all"]["count"], before["all"]["ready"], before["all"]["why_not"]) == (len(digits), False, None)
    assert refusal(web.get(place("source", "/all/columns"))) == (409, "not-encoded")
    facts = finished(web, source="all", method="pca")
    assert (facts["state"], facts["count"], facts["source"]) == ("ready", len(digits), "all")
    after = {each["id"]: each for each in web.get(place("sources")).json()["sources"]}
    assert after["all"]["ready"]
    split = np.frombuffer(web.get(place("source", "/all/column/split")).content, dtype="<i2")
    np.testing.assert_array_equal(np.flatnonzero(split == 2), digits.test)
    np.testing.assert_array_equal(np.flatnonzero(split == 1), digits.validation)
    labels = np.frombuffer(web.get(place("source", "/all/column/label")).content, dtype="<i2")
    np.testing.assert_array_equal(labels, digits.labels)
    source, model = store.source_of(store.model("tiny-8d"), "all"), store.model("tiny-8d")
    np.testing.assert_allclose(source.mean[:50], model.encode(digits.images[:50])[0], atol=1e-5)
    reference = store.source_of(model, "reference")
    assert set(reference.image_hash) <= set(source.image_hash), "a group of the one holds in the other"


def test_pictures_rows_and_posteriors_of_a_whole_data_set(web: TestClient) -> None:
    digits = load_images("digits")
    finished(web, source="all", method="pca")
    row = int(digits.train[7])
    answer = web.get(place("picture", f"/{row}.png?source=all"))
    assert answer.headers["x-picture"] == "original"
    pixels, _ = store.source_pictures(store.model("tiny-8d"), store.source_of(store.model("tiny-8d"), "all"), [row])
    np.testing.assert_array_equal(pixels[0, :, :, 0], digits.images[row, 0])
    sheet = web.get(
        f"/live/sheet/tiny-8d/{store.model('tiny-8d').weights}.png?rows={row},3&source=all&kind=reconstruction"
    )
    assert sheet.headers["x-picture"] == "reconstruction"
    facts = web.get(place("posterior", f"/all/{row}")).json()
    assert facts["name"] == f"train-{row:05d}" and facts["class"] == digits.labels[row]
    rows = web.get(place("rows", f"?source=all&label={digits.labels[row]}&near={row}")).json()
    assert rows["rows"][0] == row and rows["count"] == (digits.labels == digits.labels[row]).sum()
    assert refusal(web.get(place("picture", "/99999.png?source=all"))) == (404, "no-such-row")
    assert refusal(web.get(place("rows", "?source=all&label=x"))) == (404, "no-such-label")


def test_the_quality_of_a_plane_comes_later(web: TestClient) -> None:
    deadline = time.monotonic() + PATIENCE
    facts = ask(web, method="dimensions", parameters={"x": 6, "y": 7})
    assert facts["state"] == "ready"
    while facts["quality"] is None and time.monotonic() < deadline:
        time.sleep(0.1)
        facts = ask(web, method="dimensions", parameters={"x": 6, "y": 7})
    assert 0 < facts["quality"]["continuity"] <= 1 and facts["exact"] and facts["axes"] is not None


def test_columns_that_take_a_job(web: TestClient) -> None:
    listed = {each["name"]: each for each in web.get(place("source", "/reference/columns")).json()["columns"]}
    assert not listed["log_density"]["ready"] and not listed["cluster:kmeans:10"]["ready"]
    density = np.frombuffer(column(web, "log_density"), dtype="<f4")
    model = store.model("tiny-8d")
    from vae_core.latent import AggregatedPosterior

    posterior = AggregatedPosterior(model.latents.mean, model.latents.std)
    wanted = posterior.log_prob(model.latents.mean, without=np.arange(len(model.latents)))
    np.testing.assert_allclose(density, wanted, atol=1e-3)
    clusters = np.frombuffer(column(web, "cluster:kmeans:5"), dtype="<i2")
    assert set(clusters) == set(range(5)) and (np.diff(np.bincount(clusters)) <= 0).all(), "the largest first"
    listed = {each["name"]: each for each in web.get(place("source", "/reference/columns")).json()["columns"]}
    assert listed["log_density"]["ready"] and len(listed["cluster:kmeans:5"]["names"]) == 5
    assert refusal(web.get(place("source", "/reference/column/cluster:kmeans:1"))) == (404, "no-such-column")
    assert refusal(web.get(place("source", "/reference/column/cluster:magic:3"))) == (404, "no-such-column")


def test_a_cancelled_map_can_be_asked_for_again(web: TestClient) -> None:
    wanted = {"method": "tsne", "parameters": {"seed": 5}}
    first = ask(web, **wanted)
    assert first["state"] in ("queued", "running")
    assert web.get(f"/live/map/{first['id']}").json()["state"] in ("queued", "running")
    assert web.delete(f"/live/map/{first['id']}").json() == {"id": first["id"], "state": "cancelled"}
    assert web.delete(f"/live/map/{first['id']}").json()["state"] == "unknown"
    assert refusal(web.get(f"/live/map/{first['id']}")) == (404, "no-such-map")
    assert finished(web, **wanted)["state"] == "ready"
    assert web.delete(f"/live/map/{first['id']}").json()["state"] == "ready"
    elsewhere = {"Origin": "https://elsewhere.example"}
    assert refusal(web.delete(f"/live/map/{first['id']}", headers=elsewhere)) == (403, "bad-origin")


def test_a_map_that_cannot_be_made_fails_in_a_sentence(web: TestClient) -> None:
    facts = finished(web, method="umap", rows=[1, 2, 3])
    assert facts["state"] == "failed" and "There are 3 images to map; UMAP needs at least 10" in facts["message"]


def test_a_damaged_file_of_the_cache_is_made_anew(web: TestClient, folders: Path, monkeypatch) -> None:
    wanted = {"method": "umap", "parameters": {"neighbours": 10}}
    facts = finished(web, **wanted)
    file = folders / "cache" / "maps" / f"{facts['id']}.npz"
    file.write_bytes(file.read_bytes()[:500])
    monkeypatch.setattr(store.maps, "_MAPS", store.maps.Maps())
    again = finished(web, **wanted)
    assert again["state"] == "ready" and "was damaged" in again["words"]


BAD_SOURCES = {
    "another size": ("data:shapes", 400, "unfit-source", "64×64 pixels, grey; tiny-8d takes 8×8 pixels, grey"),
    "colour": ("data:shapes-colour", 400, "unfit-source", "64×64 pixels, colour"),
    "not here": ("data:faces", 400, "unfit-source", "'faces' is not on this machine"),
    "no name": ("data:../x", 400, "unfit-source", "is not on this machine"),
    "no source": ("attic", 404, "no-such-source", "it must be reference, all, or data: and"),
}


@pytest.mark.parametrize("case", BAD_SOURCES)
def test_data_that_does_not_fit_is_refused(web: TestClient, case: str) -> None:
    source, status, reason, words = BAD_SOURCES[case]
    answer = web.post(place("map"), json={"source": source, "method": "pca"})
    assert refusal(answer) == (status, reason) and words in answer.json()["message"]


def test_a_model_whose_data_is_elsewhere_says_so(web: TestClient) -> None:
    answer = web.post(place("map", name="tiny-colour"), json={"source": "all", "method": "pca"})
    assert refusal(answer) == (400, "unfit-source")
    assert "enlarged-digits are not on this machine; those stored with the model are" in answer.json()["message"]
