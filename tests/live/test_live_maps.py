"""Maps over HTTP: asked for, their points, samples, rasters, columns and posteriors."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import numpy as np
import pytest
from starlette.testclient import TestClient

import store
from live import maps
from tests.live.starting import StartClient, refusal


@pytest.fixture
def web(starts: StartClient) -> TestClient:
    return starts._web


def place(room: str, name: str, rest: str = "") -> str:
    return f"/live/{room}/{name}/{store.model(name).weights}{rest}"


def ask(web: TestClient, name: str = "tiny-8d", **wanted) -> dict:
    answer = web.post(place("map", name), json=wanted)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def test_the_reference_set_is_a_source(web: TestClient) -> None:
    (first, *_) = web.get(place("sources", "tiny-8d")).json()["sources"]
    count = len(store.model("tiny-8d").latents)
    assert first == {
        "id": "reference", "words": f"{count} test images of digits, stored with the model",
        "count": count, "ready": True, "why_not": None,
    }  # fmt: skip


def test_a_map_of_principal_axes_decodes_its_own_points(web: TestClient) -> None:
    facts = ask(web, source="reference", method="pca", parameters={"components": 3})
    means = store.model("tiny-8d").latents.mean
    assert (facts["state"], facts["count"], facts["components"]) == ("ready", len(means), 3)
    assert facts["titles"] == ["PC1", "PC2", "PC3"] and facts["exact"] and not facts["isolated"]
    answer = web.get(f"/live/map/{facts['id']}/points")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable" and "x-rows" not in answer.headers
    points = np.frombuffer(answer.content, dtype="<f4").reshape(3, -1).T
    axes = np.array(facts["axes"], dtype=np.float32)
    np.testing.assert_allclose(points, (means - np.float32(facts["origin"])) @ axes.T, atol=1e-4)
    assert ask(web, method="pca", parameters={"components": 3})["id"] == facts["id"]


def test_a_selection_is_mapped_alone_and_its_points_carry_their_rows(web: TestClient) -> None:
    rows = np.array([3, 5, 8, 13, 21, 34], dtype="<u4")
    facts = ask(web, method="pca", rows=base64.b64encode(rows.tobytes()).decode())
    assert facts == ask(web, method="pca", rows=rows.tolist()) and facts["isolated"] and facts["count"] == 6
    answer = web.get(f"/live/map/{facts['id']}/points")
    assert answer.headers["x-rows"] == "6" and len(answer.content) == 6 * 12
    np.testing.assert_array_equal(np.frombuffer(answer.content[:24], dtype="<u4"), rows)
    assert facts["id"] != ask(web, method="pca")["id"]


def test_a_box_and_a_sample_give_rows_and_their_points(web: TestClient) -> None:
    found = store.map_in_memory(ask(web, method="dimensions", parameters={"x": 2, "y": 4})["id"])
    x0, y0, x1, y1 = box = (-0.5, -0.5, 1.5, 0.75)
    answer = web.get(f"/live/map/{found.id}/points?box={','.join(map(str, box))}")
    count = int(answer.headers["x-rows"])
    rows = np.frombuffer(answer.content, dtype="<u4", count=count)
    x, y = np.frombuffer(answer.content, dtype="<f4", offset=4 * count).reshape(2, count)
    inside = (found.points >= [x0, y0]).all(axis=1) & (found.points <= [x1, y1]).all(axis=1)
    np.testing.assert_array_equal(rows, np.flatnonzero(inside))
    np.testing.assert_array_equal(np.stack([x, y], axis=1), found.points[rows])
    assert 0 < count < len(found)
    fewer = web.get(f"/live/map/{found.id}/points?box={','.join(map(str, box))}&most=5")
    assert fewer.headers["x-rows"] == "5" and len(fewer.content) == 60


@pytest.mark.parametrize("isolated", [None, [34, 3, 5, 21]])
def test_chosen_rows_give_their_points_in_the_order_asked_for(web: TestClient, isolated: list[int] | None) -> None:
    found = store.map_in_memory(ask(web, method="pca", parameters={"components": 2}, rows=isolated)["id"])
    answer = web.get(f"/live/map/{found.id}/points?rows=34,3,21")
    assert answer.headers["x-rows"] == "3" and answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert np.frombuffer(answer.content, dtype="<u4", count=3).tolist() == [34, 3, 21]
    points = np.frombuffer(answer.content, dtype="<f4", offset=12).reshape(2, 3).T
    mapped = found.rows.tolist()
    np.testing.assert_array_equal(points, found.points[[mapped.index(row) for row in (34, 3, 21)]])
    beyond = 4 if isolated else 99999
    assert refusal(web.get(f"/live/map/{found.id}/points?rows=3,{beyond}")) == (404, "no-such-row")


def test_many_points_are_sampled_without_being_asked(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maps, "ALL_AT_ONCE", 100)
    monkeypatch.setattr(maps, "SAMPLE", 40)
    facts = ask(web, method="pca")
    answer = web.get(f"/live/map/{facts['id']}/points")
    assert answer.headers["x-rows"] == "40" and facts["count"] > 100


def test_a_raster_counts_all_points_and_leaves_hidden_classes_out(web: TestClient) -> None:
    found = store.map_in_memory(ask(web, method="pca")["id"])
    low, high = found.points.min() - 1, found.points.max() + 1
    address = f"/live/map/{found.id}/density?box={low},{low},{high},{high}&width=9&height=5"
    plain = web.get(address)
    assert len(plain.content) == 9 * 5 * 4
    assert np.frombuffer(plain.content, dtype="<f4").sum() == len(found)
    labels = found.request.source.label
    classes = web.get(f"{address}&column=label&hidden=3,5").content
    assert len(classes) == 9 * 5 * 5
    assert np.frombuffer(classes[:180], dtype="<f4").sum() == (~np.isin(labels, [3, 5])).sum()
    assert set(classes[180:]) <= {0, 1, 2, 4, 6, 7, 8, 9, 255}


def test_a_raster_leaves_out_what_does_not_pass_the_filters(web: TestClient) -> None:
    found = store.map_in_memory(ask(web, method="pca")["id"])
    source = found.request.source
    low, high = found.points.min() - 1, found.points.max() + 1
    address = f"/live/map/{found.id}/density?box={low},{low},{high},{high}&width=4&height=4"
    middle = float(np.median(source.kl))
    filters = {"hidden": {"label": [3, 5]}, "ranges": {"kl": [0, middle]}}
    answer = web.get(f"{address}&filters={quote(json.dumps(filters))}")
    wanted = ~np.isin(source.label, [3, 5]) & (source.kl >= 0) & (source.kl <= np.float32(middle))
    assert np.frombuffer(answer.content, dtype="<f4").sum() == wanted.sum() > 0
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("filters", "status", "words"),
    [
        ("{", 400, "must be a JSON object"),
        ("[]", 400, "must be a JSON object"),
        ('{"hidden": 3}', 400, "must be a JSON object"),
        ('{"hidden": {"label": 3}}', 400, "'label' must be a list of classes"),
        ('{"ranges": {"kl": [1]}}', 400, "'kl' must be [lowest, highest]"),
        ('{"ranges": {"kl": [0, NaN]}}', 400, "'kl' must be [lowest, highest]"),
        (f'{{"ranges": {{"kl": [0, {10**400}]}}}}', 400, "'kl' must be [lowest, highest]"),
        ('{"hidden": {"kl": [1]}}', 404, "'kl' holds numbers; this filter takes one of classes"),
        ('{"ranges": {"label": [0, 1]}}', 404, "'label' holds classes; this filter takes one of numbers"),
        ('{"ranges": {"mood": [0, 1]}}', 404, "The column is 'mood'"),
    ],
)
def test_a_bad_filter_is_refused(web: TestClient, filters: str, status: int, words: str) -> None:
    answer = web.get(f"/live/map/{ask(web, method='pca')['id']}/density", params={"filters": filters})
    assert answer.status_code == status and words in answer.json()["message"]


def test_columns_say_what_they_hold_and_hold_it(web: TestClient) -> None:
    source = store.source_of(store.model("tiny-8d"), "reference")
    columns = web.get(place("source", "tiny-8d", "/reference/columns")).json()["columns"]
    kinds = {each["name"]: each["kind"] for each in columns}
    assert kinds.items() >= {"label": "class", "reconstruction": "number", "kl": "number", "split": "class"}.items()
    assert columns[0]["names"] == list("0123456789") and columns[1]["unit"] == "nats"
    for name, dtype, wanted in (("label", "<i2", source.label), ("kl", "<f4", source.kl)):
        answer = web.get(place("source", "tiny-8d", f"/reference/column/{name}"))
        np.testing.assert_array_equal(np.frombuffer(answer.content, dtype=dtype), wanted)
    split = web.get(place("source", "tiny-8d", "/reference/column/split")).content
    assert set(np.frombuffer(split, dtype="<i2")) == {2}


def test_a_model_without_labels_has_no_column_of_them(web: TestClient) -> None:
    columns = web.get(place("source", "tiny-colour", "/reference/columns")).json()["columns"]
    assert store.model("tiny-colour").latents.label is None and "label" not in [each["name"] for each in columns]
    assert web.get(place("posterior", "tiny-colour", "/reference/0")).json()["label"] is None


def test_the_posterior_of_a_row_is_told_bit_for_bit(web: TestClient) -> None:
    latents = store.model("tiny-8d").latents
    facts = web.get(place("posterior", "tiny-8d", "/reference/12")).json()
    np.testing.assert_array_equal(np.float32(facts["mean"]), latents.mean[12])
    np.testing.assert_array_equal(np.float32(facts["std"]), latents.std[12])
    assert (facts["kl"], facts["class"], facts["split"], facts["name"]) == (
        float(latents.kl[12]), int(latents.label[12]), "test", "test-00012"
    )  # fmt: skip
    assert int(facts["hash"], 16) == int(latents.image_hash[12])


BAD_MAPS = {
    "no JSON": (b"{", 400, "bad-request", "must be a JSON object"),
    "a list": (b"[]", 400, "bad-request", "must be a JSON object"),
    "unknown field": (b'{"method": "pca", "size": 3}', 400, "bad-request", "The field 'size' is unknown"),
    "no method": (b"{}", 400, "bad-request", "source, method and align_to must be texts"),
    "rows of text": (b'{"method": "pca", "rows": ["a"]}', 400, "bad-request", "rows must be a list of whole numbers"),
    "no base64": (b'{"method": "pca", "rows": "%%"}', 400, "bad-request", "no base64"),
    "half a row": (b'{"method": "pca", "rows": "AAA="}', 400, "bad-request", "no base64 of uint32"),
    "unknown method": (b'{"method": "magic"}', 400, "bad-map", "must be one of dimensions, pca"),
    "unknown source": (
        b'{"method": "pca", "source": "attic"}',
        404,
        "no-such-source",
        "'attic'; it must be reference, all",
    ),
    "a row too far": (b'{"method": "pca", "rows": [1, 2, 999999]}', 404, "no-such-row", "The row is 999999"),
    "one row": (b'{"method": "pca", "rows": [1]}', 400, "too-few-rows", "There are 1 images to map"),
}


@pytest.mark.parametrize("case", BAD_MAPS)
def test_a_bad_map_is_refused_in_a_sentence(web: TestClient, case: str) -> None:
    body, status, reason, words = BAD_MAPS[case]
    answer = web.post(place("map", "tiny-8d"), content=body)
    assert refusal(answer) == (status, reason) and words in answer.json()["message"]


@pytest.mark.parametrize(
    ("address", "status", "reason", "words"),
    [
        ("/live/map/0123456789abcdef/points", 404, "no-such-map", "Ask for it anew with POST"),
        ("/live/map/{id}/points?box=1,1,1,2", 400, "bad-parameter", "x0,y0,x1,y1 with x0 < x1"),
        ("/live/map/{id}/points?box=1,2", 400, "bad-parameter", "The parameter box is '1,2'"),
        ("/live/map/{id}/points?box=nan,0,1,2", 400, "bad-parameter", "The parameter box"),
        ("/live/map/{id}/points?box=0,0,1,1&most=0", 400, "bad-parameter", "most is '0'; it must be a whole number, 1"),
        ("/live/map/{id}/points?rows=", 400, "bad-parameter", "The parameter rows is ''; it must be 1 to 256 whole"),
        ("/live/map/{id}/points?rows=3,-1", 400, "bad-parameter", "The parameter rows is '3,-1'"),
        ("/live/map/{id}/points?rows=99999", 404, "no-such-row", "The row is 99999; this map shows"),
        ("/live/map/{id}/density?width=9999", 400, "bad-parameter", "width is '9999'"),
        ("/live/map/{id}/density?column=kl", 404, "no-such-column", "'kl' holds numbers; a raster takes classes"),
        ("/live/map/{id}/density?column=mood", 404, "no-such-column", "has label, reconstruction"),
        ("/live/map/{id}/density?column=label&hidden=a", 400, "bad-parameter", "hidden is 'a'"),
        ("/live/source/{mw}/attic/columns", 404, "no-such-source", "'attic'"),
        ("/live/source/{mw}/reference/column/mood", 404, "no-such-column", "'mood'"),
        ("/live/source/{mw}/reference/mixing/mood", 404, "no-such-column", "'mood'"),
        ("/live/source/{mw}/reference/mixing/kl", 404, "no-such-column", "'kl' holds numbers; classes mix"),
        ("/live/posterior/{mw}/reference/-1", 400, "bad-parameter", "The row is '-1'"),
        ("/live/posterior/{mw}/reference/99999", 404, "no-such-row", "has rows 0 to"),
        ("/live/sources/tiny-8d/0123456789abcdef", 410, "stale-weights", "trained again"),
        ("/live/sources/nobody/0123456789abcdef", 404, "unknown-model", "nobody"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    web: TestClient, address: str, status: int, reason: str, words: str
) -> None:
    known = ask(web, method="pca")["id"]
    answer = web.get(address.format(id=known, mw=f"tiny-8d/{store.model('tiny-8d').weights}"))
    assert refusal(answer) == (status, reason) and words in answer.json()["message"]


def test_a_page_of_elsewhere_asks_for_no_map(web: TestClient) -> None:
    answer = web.post(place("map", "tiny-8d"), json={"method": "pca"}, headers={"Origin": "https://elsewhere.example"})
    assert refusal(answer) == (403, "bad-origin")


def test_a_model_without_a_reference_set_says_so(web: TestClient) -> None:
    (first, *_) = web.get(place("sources", "no-rows")).json()["sources"]
    assert not first["ready"] and "has no latents.npz" in first["why_not"]
    answer = web.post(place("map", "no-rows"), json={"method": "pca"})
    assert refusal(answer) == (404, "no-reference")
