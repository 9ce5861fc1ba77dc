"""The modules that a page's HTML names: those that its component opens, with all that they import, and no others."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from live.early import OPENED, EarlyModules, modules_of
from live.early_streamlit import DRAWN, streamlit_scripts
from live.static_files import FOLDER
from tools.running_app import PROJECT

PAGE = "<html><head><title>T</title></head><body></body></html>"
COMPONENTS = {
    "gallery": "gallery_cards",
    "sliders": "latent_sliders",
    "map": "latent_map",
    "morph": "morph_path",
    "attributes": "attribute_sliders",
    "generate": "sample_sheet",
    "repair": "repair_bench",
    "odd": "odd_ones",
    "train": "train_watch",
    "anatomy": "anatomy",
}
NAMES = re.compile(r'(?:MODULES = |Promise\.all\()\[([\s"\w,/-]+)\]')


def client(base: str = "") -> TestClient:
    async def page(request) -> HTMLResponse:
        return HTMLResponse(PAGE, headers={"ETag": '"a"'})

    async def other(request) -> PlainTextResponse:
        return PlainTextResponse("no page")

    routes = [Route("/{base}/text/map", other), Route("/{page:path}", page)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(EarlyModules, base=base)]))


@pytest.mark.parametrize("page", COMPONENTS)
def test_a_page_names_what_its_component_opens(page: str) -> None:
    script = (PROJECT / "ui" / COMPONENTS[page] / "component.js").read_text(encoding="utf-8")
    assert sorted(OPENED[page]) == sorted(re.findall(r'"([^"]+)"', NAMES.search(script)[1]))


@pytest.mark.parametrize("page", COMPONENTS)
def test_all_that_is_imported_is_named_once(page: str) -> None:
    found = modules_of(page)
    assert len(found) == len(set(found))
    for name in found:
        for needed in re.findall(r'\bfrom\s+"(\.[^"]+)"', (FOLDER / name).read_text(encoding="utf-8")):
            place = (FOLDER / name).parent.joinpath(needed).resolve()
            assert place.relative_to(FOLDER).as_posix() in found, (name, needed)


def test_the_head_of_a_page_names_them_and_all_else_stays() -> None:
    answer = client().get("/map", headers={"If-None-Match": '"a"'})
    links = re.findall(r'<link rel="modulepreload" href="([^"]+)">', answer.text)
    assert [f"/live/static/{name}" for name in modules_of("map")] == links[-len(modules_of("map")) :]
    assert re.sub("<link[^>]*>", "", answer.text) == PAGE
    assert int(answer.headers["content-length"]) == len(answer.content) and "etag" not in answer.headers
    for place in ("/nothing", "/train", "/map/more", "/live/map"):
        assert client().get(place).text == PAGE, place
    assert "train/panel.js" in client().get("/train?run=a").text


def test_below_a_base_path_the_addresses_begin_with_it() -> None:
    assert 'href="/explorer/live/static/map-panel/panel.js"' in client("explorer").get("/explorer/map").text
    assert client("explorer").get("/map").text == PAGE
    assert client("explorer").get("/explorer/text/map").text == "no page"


def test_streamlits_own_scripts_are_those_that_are_installed() -> None:
    names = [place.rpartition("/")[2] for place in streamlit_scripts()]
    assert [name.partition(".")[0] for name in names[: len(DRAWN)]] == list(DRAWN)
    import streamlit

    folder = PROJECT.joinpath(streamlit.__file__).parent / "static"
    assert all((folder / place).is_file() for place in streamlit_scripts())
