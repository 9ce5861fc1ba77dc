"""Modules and their imports in one answer: the same exports, and a page names its own before its scripts have run."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from live.early_modules import PAGE_MODULES, EarlyModules
from live.early_streamlit import DRAWN, streamlit_scripts
from live.linked_modules import linked_script
from live.static_files import FOLDER
from tests.live.module_page import module_page
from tools.running_app import PROJECT, RunningApp

ALL = sorted(file.relative_to(FOLDER).with_suffix("").as_posix() for file in FOLDER.rglob("*.js"))
OWN = [name for name in ALL if not name.startswith("vendor/")]
COMPONENTS = {
    "": "gallery_cards", "sliders": "latent_sliders", "map": "latent_map", "morph": "morph_path",
    "attributes": "attribute_sliders", "generate": "sample_sheet", "repair": "repair_bench", "odd": "odd_ones",
    "train": "train_watch", "anatomy": "anatomy",
}  # fmt: skip
SAME = """async (wanted) => {
  const found = await import(new URL(`./linked.js?modules=${wanted.join(",")}`, location.href));
  const apart = await Promise.all(wanted.map((name) => import(new URL(`./static/${name}.js`, location.href))));
  return [Object.keys(found).sort(), apart.flatMap(Object.keys).sort()];
}"""

ADDRESS = """async () => {
  const { address } = await import(new URL("./linked.js?modules=live-fetch", location.href));
  return address("map", ["a"]).href;
}"""


def test_what_a_page_asks_for_gives_what_its_modules_export_one_by_one(browser, live_server: RunningApp) -> None:
    with module_page(browser, live_server, []) as page:
        for modules in PAGE_MODULES.values():
            together, apart = page.evaluate(SAME, modules.split(","))
            assert together == apart and together, modules
        assert page.evaluate(ADDRESS) == f"{live_server.url}/live/map/a", "a module's own address is that in static"


@pytest.mark.parametrize("name", OWN)
def test_every_module_is_linked(name: str) -> None:
    script = linked_script((name,))
    assert "import {" not in script and script.count("\nexport ") == 1
    assert re.findall(r"^// --- (.*)\.js$", script, re.MULTILINE)[-1] == name, "after all that it needs"


BROKEN = {
    "a circle": (
        {"a": 'import { b } from "./b.js";', "b": 'import { a } from "./a.js";'},
        "a.js imports itself by way",
    ),
    "a default": ({"a": "export default 3;"}, "has the line 'export default 3;'"),
    "all of a module": ({"a": 'import * as b from "./b.js";'}, "Write it so"),
    "a variable": ({"a": "export let count = 0;"}, "export let count"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_cannot_be_linked_is_said(case: str, tmp_path: Path) -> None:
    files, words = BROKEN[case]
    for name, text in files.items():
        (tmp_path / f"{name}.js").write_text(text + "\n")
    with pytest.raises(ValueError, match=re.escape(words)):
        linked_script(("a",), tmp_path)


def test_the_answer_is_checked_by_etag_and_compressed(web) -> None:
    address = "/live/linked.js?modules=component-life,map-panel/panel"
    plain = web.get(address, headers={"Accept-Encoding": "identity"})
    assert plain.headers["content-type"].startswith("text/javascript") and "content-encoding" not in plain.headers
    packed = web.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip" and packed.text == plain.text
    again = web.get(address, headers={"If-None-Match": packed.headers["etag"]})
    assert again.status_code == 304 and again.content == b""


@pytest.mark.parametrize("modules", ["nothing", "", "../routes", "vendor", ",".join(["arrays"] * 33)])
def test_other_names_are_refused_in_a_sentence(web, modules: str) -> None:
    answer = web.get(f"/live/linked.js?modules={modules}")
    assert answer.status_code == 404 and "must name 1 to 32 modules of live/static" in answer.text


@pytest.mark.parametrize("page", PAGE_MODULES)
def test_a_page_names_what_its_component_asks_for(page: str) -> None:
    text = (PROJECT / "ui" / COMPONENTS[page] / "component.js").read_text(encoding="utf-8")
    listed = re.search(r"const MODULES = \[(.*?)\];", text, re.DOTALL)
    asked = re.findall(r'"([^"]+)"', listed[1]) if listed else re.search(r"modules=([\w,/-]+)", text)[1].split(",")
    assert PAGE_MODULES[page].split(",") == asked


def test_pages_carry_the_header_and_nothing_else_does(live_server: RunningApp) -> None:
    links = {path: httpx.get(f"{live_server.url}/{path}").headers.get("link") for path in ("map", "_stcore/health")}
    first, *others = links["map"].split(", <")
    assert first == "</live/linked.js?modules=component-life,map-panel/panel>; rel=modulepreload"
    assert [other.split(".")[0].rpartition("/")[2] for other in others][: len(DRAWN)] == list(DRAWN)
    for place in others[:2]:
        answer = httpx.get(live_server.url + "/" + place.lstrip("/").partition(">")[0])
        assert answer.headers["content-type"].startswith(("text/javascript", "application/javascript")), place
    assert links["_stcore/health"] is None


def test_below_a_base_path_the_address_moves_with_it() -> None:
    early = EarlyModules(None, "explorer/")
    assert early.link_of("/explorer/odd").startswith("</explorer/live/linked.js?modules=component-life,odd/")
    addresses = re.findall("<([^>]+)>; rel=modulepreload", early.link_of("/explorer/odd"))
    assert addresses[1:] == [f"/explorer/{place}" for place in streamlit_scripts()]
    assert max(len(EarlyModules(None).link_of(f"/{page}")) for page in PAGE_MODULES) < 3_000, "a proxy's head has 4,096"
    assert early.link_of("/odd") is None and early.link_of("/explorer/live/odd") is None
