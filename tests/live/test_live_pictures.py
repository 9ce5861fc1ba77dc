"""Pictures, sheets and modules over HTTP."""

from __future__ import annotations

import io
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from PIL import Image

import store
from live.static_files import FOLDER


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, live_root, live_server) -> Iterator[httpx.Client]:
    """A client of a really running server; the test computes with the same models."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(live_root))
    with httpx.Client(base_url=live_server.url) as client:
        yield client


def pixels_of(response: httpx.Response) -> np.ndarray:
    """The picture in a response, uint8 (H, W) or (H, W, 3)."""
    assert response.status_code == 200 and response.headers["content-type"] == "image/png", response.text
    return np.asarray(Image.open(io.BytesIO(response.content)))


def address(name: str, rest: str, room: str = "picture") -> str:
    return f"/live/{room}/{name}/{store.model(name).weights}{rest}"


def test_a_reconstruction_is_what_the_model_makes_of_the_row(web) -> None:
    response = web.get(address("tiny-colour", "/3.png?kind=reconstruction"))
    assert response.headers["x-picture"] == "reconstruction"
    assert response.headers["cache-control"] == "public, max-age=3600", "evaluate may put the rows in another order"
    expected = store.model("tiny-colour").reconstruct(np.array([3]))[0]
    np.testing.assert_array_equal(pixels_of(response), expected)


def test_auto_gives_the_original_where_the_data_is_on_the_machine(web) -> None:
    response = web.get(address("tiny-2d", "/5.png"))
    assert response.headers["x-picture"] == "original"
    assert "immutable" not in response.headers["cache-control"], "the data may come or go"
    model = store.model("tiny-2d")
    np.testing.assert_array_equal(
        pixels_of(response), store.reference_images(model).pictures(np.array([5]))[0, :, :, 0]
    )


def test_auto_gives_the_reconstruction_and_says_so_where_it_is_not(web) -> None:
    response = web.get(address("tiny-colour", "/0.png"))
    assert response.headers["x-picture"] == "reconstruction" and pixels_of(response).shape == (12, 16, 3)


def test_a_sheet_holds_the_rows_side_by_side(web) -> None:
    response = web.get(address("tiny-2d", ".png?rows=0,5,5&kind=reconstruction", "sheet"))
    sheet = pixels_of(response)
    assert sheet.shape == (8, 24)
    one = pixels_of(web.get(address("tiny-2d", "/5.png?kind=reconstruction")))
    np.testing.assert_array_equal(sheet[:, 8:16], one)
    np.testing.assert_array_equal(sheet[:, 16:], one)
    assert not np.array_equal(sheet[:, :8], one)


REFUSED = {
    "unknown model": ("/live/picture/nobody/0000000000000000/0.png", 404, "nobody"),
    "name with dots": ("/live/picture/..%2F..%2Fetc/0/0.png", 400, ""),
    "dots alone": ("/live/picture/%2e%2e/0/0.png", 400, ""),
    "other weights": ("/live/picture/tiny-2d/0000000000000000/0.png", 410, "trained again"),
    "no such row": ("/live/picture/tiny-2d/{weights}/999999.png", 404, "has rows 0 to"),
    "negative row": ("/live/picture/tiny-2d/{weights}/-1.png", 404, "'-1'"),
    "row no number": ("/live/picture/tiny-2d/{weights}/x.png", 404, "whole number"),
    "row of 5000 figures": ("/live/picture/tiny-2d/{weights}/" + "9" * 5000 + ".png", 404, "row"),
    "unknown kind": ("/live/picture/tiny-2d/{weights}/0.png?kind=negative", 404, "'negative'"),
    "rows no numbers": ("/live/sheet/tiny-2d/{weights}.png?rows=a", 400, "whole numbers"),
    "no rows": ("/live/sheet/tiny-2d/{weights}.png", 400, "whole numbers"),
    "65 rows": ("/live/sheet/tiny-2d/{weights}.png?rows=" + ",".join("0" * 65), 400, "one sheet holds 64"),
    "no such address": ("/live/nothing", 404, "/live/nothing"),
    "no such module": ("/live/static/nothing.js", 404, "nothing.js"),
    "a module's neighbour": ("/live/static/..%2Froutes.py", 400, ""),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_there_is_said_in_a_sentence(web, case: str) -> None:
    place, status, words = REFUSED[case]
    response = web.get(place.replace("{weights}", store.model("tiny-2d").weights))
    assert response.status_code == status
    assert words in response.text and "Traceback" not in response.text


def test_an_original_that_is_not_there_is_said(web) -> None:
    response = web.get(address("tiny-colour", "/0.png?kind=original"))
    assert response.status_code == 404 and "not on this machine" in response.text


@pytest.mark.parametrize("file", sorted(file.name for file in FOLDER.glob("*.js")))
def test_a_module_is_served_as_javascript_and_checked_by_etag(web, file: str) -> None:
    response = web.get(f"/live/static/{file}")
    assert response.content == (FOLDER / file).read_bytes()
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["cache-control"] == "no-cache"
    again = web.get(f"/live/static/{file}", headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304 and again.content == b""
