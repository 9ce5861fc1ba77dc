"""The Attributes page in real Chromium: a direction found, dragged, renamed and kept; axes, analogy, undo, the link."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.live_page import LISTEN, drag, heard, open_live, pixels
from tests.browser.map_panel import copied_model, open_map, stroke
from tools.running_app import RunningApp

MODEL = "digits-8d-with-attributes"
SHELF = "() => JSON.parse(localStorage[Object.keys(localStorage).find((key) => key.endsWith('/shelf'))])"


@pytest.fixture(scope="module")
def app(shared_models: Path, shared_server: RunningApp) -> RunningApp:
    """The app over a copy of a shipped model, whose notes may be written."""
    copied_model(shared_models, "digits-8d", MODEL)
    return shared_server


def track(page: Page, name: str):
    return page.get_by_role("slider", name=name, exact=True)


def directions(page: Page):
    return page.get_by_role("group", name="Directions")


def test_an_attribute_is_found_dragged_kept_renamed_and_linked(page: Page, app: RunningApp) -> None:
    canvas = open_live(page, f"{app.url}/attributes?model={MODEL}&image=4&kind=named")
    expect(page.locator(".hint")).to_contain_text("Nobody has named an attribute")
    having = page.get_by_role("group", name="Images with the attribute")
    having.get_by_role("button", name="0", exact=True).click()
    page.get_by_label("Name of the new attribute").fill("round")
    page.get_by_role("button", name="Find the direction").click()
    expect(page.locator(".new-said")).to_contain_text("“round” is found and kept with the model", timeout=90_000)
    expect(page.locator(".facts-line").first).to_have_text(re.compile(r"tells apart .* · AUC 0\.\d\d|AUC 1\.00"))

    start = pixels(canvas)
    page.evaluate(LISTEN)
    drag(page, track(page, "round"), 0.5, 0.85, steps=40)
    log = heard(page)
    assert len(log.moves) >= 25 and log.changed > len(log.moves) / 2
    moved = pixels(canvas)
    assert moved != start and pixels(page.locator(".before canvas")) == start
    expect(page).to_have_url(re.compile(r"by=named%3Around%3A1\."))
    page.keyboard.press("Control+z")
    page.wait_for_timeout(300)
    assert pixels(canvas) == start
    page.get_by_role("button", name="Redo").click()
    page.wait_for_timeout(300)
    assert pixels(canvas) == moved

    stood = track(page, "round").bounding_box()
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator(".note-at")).to_contain_text("Picture 1 of the shelf")
    assert track(page, "round").bounding_box() == stood, "what is said moves nothing"
    page.get_by_role("button", name="Save", exact=True).click()
    saved = {}
    for kind in ("png", "json"):
        page.get_by_label("File", exact=True).select_option(kind)
        with page.expect_download() as download:
            page.get_by_role("button", name="Download").click()
        saved[kind] = download.value.path()
    page.keyboard.press("Escape")
    with Image.open(saved["png"]) as image:
        assert image.size == (64, 64), "8 pixels at the scale 8"
    latent = json.loads(saved["json"].read_text())["latent"]
    (kept,) = page.evaluate(SHELF)
    assert latent == kept["latent"] and latent != kept["home"], "the picture as it was moved"

    attributes = page.url
    page.get_by_role("link", name="Repair").click()
    page.get_by_role("button", name="From Attributes").click()
    expect(page).to_have_url(re.compile(r"/repair\?.*&z="))
    page.get_by_role("tab", name="Shelf").click()
    expect(page.get_by_role("button", name="Kept picture 1")).to_be_visible()
    page.get_by_role("radio", name="Clean").click()
    page.wait_for_timeout(500)
    assert pixels(page.locator("canvas.repaired")) == moved, "what was held on one page is offered on the next"
    open_live(page, attributes)

    directions(page).get_by_role("button", name="round", exact=True).click()
    page.get_by_label("Name of the attribute", exact=True).fill("roundness")
    page.keyboard.press("Enter")
    expect(directions(page).get_by_role("button", name="roundness", exact=True)).to_be_visible()
    page.wait_for_timeout(300)
    link = page.url
    canvas = open_live(page, link)
    page.wait_for_timeout(500)
    assert pixels(canvas) == moved, "the link brings the picture back"
    expect(track(page, "roundness")).not_to_have_attribute("aria-valuenow", "0.0000")

    page.get_by_role("button", name="Take the attribute roundness away").click()
    expect(page.get_by_role("button", name="Put it back")).to_be_visible()
    canvas = open_live(page, link)
    expect(page.locator(".hand > .problem")).to_contain_text("no direction “roundness” here; the picture is the link's")
    page.wait_for_timeout(500)
    assert pixels(canvas) == moved, "also where the direction is gone"


def test_axes_the_strongest_changes_and_an_analogy_need_no_label(page: Page, app: RunningApp) -> None:
    canvas = open_live(page, f"{app.url}/attributes?model={MODEL}&image=7")
    start = pixels(canvas)
    page.get_by_role("radio", name="Principal axes").click()
    expect(page.locator(".facts-line").first).to_have_text(re.compile(r"\d+ % of the variance"))
    track(page, "Axis 1").press("PageUp")
    page.wait_for_timeout(300)
    along = pixels(canvas)
    assert along != start
    page.get_by_role("radio", name="Most change").click()
    expect(page.locator(".facts-line").first).to_have_text(re.compile(r"\d+ % of the change"))
    track(page, "Change 1").press("PageUp")
    page.wait_for_timeout(300)
    assert pixels(canvas) != along
    page.get_by_role("button", name="Reset").click()
    page.wait_for_timeout(300)
    assert pixels(canvas) == start

    page.get_by_role("radio", name="Analogy").click()
    for slot, row in (("a", "7"), ("b", "9")):
        field = page.get_by_label(f"Number of image {slot}")
        field.fill(row)
        field.press("Tab")
        expect(page.locator(f"[data-slot={slot}] figcaption")).to_contain_text(f"image {row}")
    expect(track(page, "a → b")).to_have_attribute("aria-valuenow", "1.0000")
    page.wait_for_timeout(400)
    with_b = pixels(canvas)
    assert with_b != start
    canvas = open_live(page, f"{app.url}/sliders?model={MODEL}&image=9")
    assert pixels(canvas) == with_b, "a : b :: a : b"


def test_the_first_visit_has_a_slider_for_each_class_and_a_lasso_on_the_map_becomes_one(
    page: Page, app: RunningApp
) -> None:
    canvas = open_live(page, f"{app.url}/attributes?model={MODEL}&image=7")
    expect(page.get_by_role("radio", name="Classes")).to_have_attribute("aria-checked", "true")
    expect(page.locator(".facts-line")).to_have_count(10, timeout=90_000)
    start = pixels(canvas)
    track(page, "3").press("PageUp")
    page.wait_for_timeout(300)
    towards = pixels(canvas)
    assert towards != start
    expect(page).to_have_url(re.compile("by=label%3A3%3A"))
    canvas = open_live(page, page.url)
    page.wait_for_timeout(500)
    assert pixels(canvas) == towards, "the link finds the direction of the class again"

    open_map(page, app, MODEL, "&method=pca")
    stroke(page, "Lasso", [(0.5, 0.2), (0.8, 0.2), (0.8, 0.8), (0.5, 0.8)])
    expect(page.locator(".selected-words")).to_contain_text("a lasso")
    page.get_by_role("button", name="Use as direction").click()
    expect(page.locator(".new-said")).to_contain_text("“selection 1” is found and kept with the model", timeout=30_000)
    expect(page.locator("[data-side=having] .group-field")).to_have_value("selection 1")
    assert "group=" not in page.url, "reloading the page finds nothing anew"
    track(page, "selection 1").press("PageUp")
    expect(page).to_have_url(re.compile("by=named%3Aselection"))


def test_a_group_of_a_single_class_is_refused_in_words_and_the_phone_has_all(page: Page, app: RunningApp) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_live(page, f"{app.url}/attributes?model={MODEL}&kind=named")
    page.get_by_role("button", name="Find the direction").click()
    expect(page.locator(".new-said")).to_contain_text("Say which images have it")
    having = page.get_by_role("group", name="Images with the attribute")
    for label in "0123456789":
        having.get_by_role("button", name=label, exact=True).click()
    page.get_by_role("button", name="Find the direction").click()
    expect(page.locator(".new-said")).to_contain_text("a direction needs 2 or more in each of two groups")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"the page is {wide} pixels too wide"
