"""The Save menu in a real Chromium: mouse and keyboard, what it asks for, what comes down, what goes wrong."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

import store
from tests.films import read_gif
from vae_core.latent import traverse_loop

LATENT = [0.5, -1, -0.0, 2, 0.25, 1, -0.5, 1 / 3]
PREPARE = """async (facts) => {
  const { createExportMenu } = await import(new URL("./static/sliders/export-menu.js", location.href));
  document.body.innerHTML = '<button id="before">Before</button><div id="place"></div>';
  const root = document.getElementById("place").attachShadow({ mode: "open" });
  root.innerHTML = "<style>[hidden] { display: none !important; }</style><div></div>";
  window.facts = { ...facts, latent: Float32Array.from(facts.latent) };
  facts.latent.forEach((value, index) => (window.facts.latent[index] = value === "-0" ? -0 : value));
  const live = new URL("./", location.href).href;
  window.menu = createExportMenu(root.querySelector("div"), { live, state: () => window.facts });
}"""


@pytest.fixture
def menu_page(page: Page, live_server, live_root: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    """A page with nothing but the menu, for tiny-8d, of which dimension 4 was touched last and 1 has a name."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(live_root))
    page.goto(live_server.url + "/live/health")
    latent: list[Any] = list(LATENT)
    latent[2] = "-0"
    model = store.model("tiny-8d")
    facts = {
        "model": "tiny-8d",
        "weights": model.weights,
        "latent": latent,
        "label": None,
        "dimension": 4,
        "ranges": model.ranges.tolist(),
        "names": {"1": "slant"},
    }
    page.evaluate(PREPARE, facts)
    return page


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Save what is on the screen")


def choose(page: Page, kind: str, **values: str) -> None:
    """Opens the menu and fills its fields by the names a person reads."""
    page.get_by_role("button", name="Save").click()
    panel(page).get_by_label("File", exact=True).select_option(kind)
    for field, value in values.items():
        label = panel(page).get_by_label(field, exact=True)
        label.select_option(value) if label.evaluate("field => field.tagName") == "SELECT" else label.fill(value)


def download(page: Page, how=lambda page: panel(page).get_by_role("button", name="Download").click()):
    """The file's name and what is in it."""
    with page.expect_download() as coming:
        how(page)
    return coming.value.suggested_filename, Path(coming.value.path()).read_bytes()


def test_the_latent_goes_out_bit_for_bit(menu_page: Page) -> None:
    choose(menu_page, "json")
    expect(panel(menu_page).get_by_label("Scale", exact=True)).to_be_hidden()
    name, content = download(menu_page)
    facts = json.loads(content)
    assert name == "tiny-8d.json" and facts["names"] == {"1": "slant"}
    assert np.float32(facts["latent"]).tobytes() == np.float32(LATENT).tobytes()
    expect(panel(menu_page).get_by_role("status")).to_have_text("tiny-8d.json, 1 kB")


def test_a_picture_comes_at_the_scale(menu_page: Page) -> None:
    choose(menu_page, "png", Scale="12")
    name, content = download(menu_page)
    assert name == "tiny-8d.png" and Image.open(io.BytesIO(content)).size == (96, 96)


def test_a_film_is_of_the_dimension_that_was_touched_last(menu_page: Page) -> None:
    choose(menu_page, "gif", Scale="1", **{"Frames, there and back": "10"})
    dimension = panel(menu_page).get_by_label("Dimension", exact=True)
    assert dimension.evaluate("field => field.selectedOptions[0].text") == "z5"
    expect(panel(menu_page).get_by_label("Shown", exact=True)).to_be_hidden()
    name, content = download(menu_page)
    model = store.model("tiny-8d")
    swept = traverse_loop(np.float32(LATENT), [4], model.ranges[4:5], 10)
    film = read_gif(content)
    assert name == "tiny-8d-z5.gif"
    np.testing.assert_array_equal(film.frames[..., :1], model.decode(swept.latents[0]))
    assert "z2: slant" in dimension.evaluate("field => [...field.options].map((option) => option.text)")
    menu_page.keyboard.press("Escape")
    menu_page.evaluate("facts.dimension = 1")
    menu_page.get_by_role("button", name="Save").click()
    assert dimension.evaluate("field => field.value") == "1"


def test_all_dimensions_side_by_side_or_one_after_the_other(menu_page: Page) -> None:
    choose(menu_page, "gif", Scale="1", Dimension="all", **{"Frames, there and back": "8"})
    name, side_by_side = download(menu_page)
    panel(menu_page).get_by_label("Shown", exact=True).select_option("sequence")
    expect(panel(menu_page).get_by_label("Names and values on it")).to_be_hidden()
    _, one_by_one = download(menu_page)
    assert name == "tiny-8d-traversal.gif"
    assert Image.open(io.BytesIO(side_by_side)).size[0] > 24 and Image.open(io.BytesIO(one_by_one)).size == (8, 8)


def test_everything_by_keyboard_alone(menu_page: Page) -> None:
    menu_page.locator("#before").focus()
    press = menu_page.keyboard.press
    press("Tab")
    opener = menu_page.get_by_role("button", name="Save")
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")
    press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    expect(panel(menu_page).get_by_label("File", exact=True)).to_be_focused()
    press("Tab")
    expect(panel(menu_page).get_by_label("Scale", exact=True)).to_be_focused()
    press("ControlOrMeta+a")
    menu_page.keyboard.type("3")
    name, content = download(menu_page, lambda page: page.keyboard.press("Enter"))
    assert name == "tiny-8d.png" and Image.open(io.BytesIO(content)).size == (24, 24)
    press("Escape")
    expect(panel(menu_page)).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_press_outside_closes_it(menu_page: Page) -> None:
    choose(menu_page, "png")
    menu_page.mouse.click(900, 700)
    expect(panel(menu_page)).to_be_hidden()


def test_while_it_works_it_says_so_and_cannot_be_asked_twice(menu_page: Page) -> None:
    held: list = []
    menu_page.route("**/live/export/**", lambda route: held.append(route))
    choose(menu_page, "png")
    panel(menu_page).get_by_role("button", name="Download").click()
    expect(panel(menu_page).get_by_role("button", name="Making the file…")).to_be_disabled()
    expect(panel(menu_page).get_by_role("progressbar")).to_be_visible()
    with menu_page.expect_download():
        held[0].continue_()
    expect(panel(menu_page).get_by_role("button", name="Download")).to_be_focused()
    expect(panel(menu_page).get_by_role("progressbar")).to_be_hidden()
    assert len(held) == 1


def test_what_goes_wrong_is_a_sentence(menu_page: Page) -> None:
    choose(menu_page, "png", Scale="40")
    make = panel(menu_page).get_by_role("button", name="Download")
    make.click()
    problem = panel(menu_page).get_by_role("alert")
    expect(problem).to_have_text("Scale is 40; it must be a whole number from 1 to 32.")
    expect(panel(menu_page).get_by_label("Scale", exact=True)).to_be_focused()
    panel(menu_page).get_by_label("Scale", exact=True).fill("4")
    menu_page.evaluate("facts.weights = '0000000000000000'")
    make.click()
    expect(problem).to_contain_text(re.compile("It was trained again: reload the page"))
    menu_page.route("**/live/export/**", lambda route: route.abort())
    make.click()
    expect(problem).to_have_text("The server does not answer. Is it still running?")


def test_it_leaves_nothing_behind(menu_page: Page) -> None:
    choose(menu_page, "png")
    menu_page.evaluate("menu.remove()")
    expect(menu_page.get_by_role("button", name="Save")).to_have_count(0)
    menu_page.mouse.click(900, 700)
