"""Selecting on the map in real Chromium: lasso, box, classes, neighbours, undo; groups that outlive the server; files.

And a map of the selection alone; colours, legend and histograms that filter each other.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.live_page import pixels
from tests.browser.map_panel import (
    AROUND_ALL,
    chip,
    copied_models,
    field,
    hover,
    open_map,
    over_a_dot,
    selected,
    stroke,
    tab,
)
from tools.running_app import RunningApp, running_app
from vae_core.checkpoint import load_latents

THREES = 3


def labels(root: Path, model: str) -> list[int]:
    return load_latents(root / model).label.tolist()


def only(page: Page, name: str) -> None:
    """Shows one class alone, as a double click on its chip does."""
    button = chip(page, name).element_handle()
    button.dblclick()
    expect(page.locator(".legend button[aria-pressed=true]")).to_have_count(1)
    assert button.evaluate("chip => chip.isConnected"), "a chip made anew between two clicks loses the second"


def test_the_threes_are_lassoed_named_and_there_again_on_a_new_server_that_keeps_no_notes(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copied_models(tmp_path, "digits-2d")
    rows = [row for row, label in enumerate(labels(root, "digits-2d")) if label == THREES]
    with running_app(checkpoints=root) as app:
        open_map(page, app)
        a_group_is_replaced_and_deleted_only_when_meant(page)
        tab(page, "Colour")
        only(page, "3")
        stroke(page, "Lasso", AROUND_ALL)
        expect(page.locator(".selected-words")).to_have_text(f"{len(rows)} of 359 selected: a lasso")
        expect(page.locator(".counts p")).to_have_count(1)
        page.get_by_label("Name of the group").fill("threes")
        page.get_by_role("button", name="Keep as a group").click()
        expect(page).to_have_url(re.compile("group=threes"))
        expect(page.get_by_role("tab", name="Groups 1")).to_be_visible()
    that_the_server_is_gone_is_said_and_what_is_shown_stays(page)
    kept = json.loads((root / "digits-2d" / "notes" / "groups.json").read_text())
    assert "threes" in json.dumps(kept)
    page.goto("about:blank")
    monkeypatch.setenv("LATENT_EXPLORER_NOTES", "read-only")
    with running_app(checkpoints=root) as again:
        open_map(page, again)
        tab(page, "Groups")
        expect(page.locator(".grouped .go")).to_have_text("threes")
        page.locator(".grouped .go").click()
        expect(page.locator(".selected-words")).to_have_text(f"{len(rows)} of 359 selected: group threes")
        shown = [int(button.get_attribute("data-row")) for button in page.locator(".gallery button").all()]
        assert shown == rows[: len(shown)] and len(shown) == min(len(rows), 48)
        that_no_note_is_kept_is_said_and_nothing_is_lost(page)


def a_group_is_replaced_and_deleted_only_when_meant(page: Page) -> None:
    for label in ("1", "2"):
        tab(page, "Select")
        page.get_by_label("Select a class").select_option(label)
        page.get_by_label("Name of the group").fill("mine")
        page.get_by_role("button", name="Keep as a group").click()
        expect(page.locator(".selected-words")).to_contain_text("mine")
    tab(page, "Groups")
    expect(page.locator(".grouped li")).to_have_count(1)
    delete = page.get_by_role("button", name="Delete the group mine")
    delete.click()
    expect(delete).to_have_text("Delete it?")
    page.get_by_role("tab", name="Layers").focus()
    expect(delete).to_have_text("Delete")
    delete.click()
    delete.click()
    expect(page.get_by_text("No group yet.")).to_be_visible()


def that_the_server_is_gone_is_said_and_what_is_shown_stays(page: Page) -> None:
    method = page.get_by_label("Map by").input_value()
    page.get_by_label("Map by").select_option("UMAP")
    expect(page.locator(".problem").first).to_contain_text("The server cannot be reached")
    expect(page.get_by_label("Map by")).to_have_value(method)
    expect(page.locator(".picture canvas")).to_be_visible()


def that_no_note_is_kept_is_said_and_nothing_is_lost(page: Page) -> None:
    tab(page, "Select")
    page.get_by_label("Select a class").select_option("1")
    page.get_by_label("Name of the group").fill("ones")
    page.get_by_role("button", name="Keep as a group").click()
    expect(page.locator(".problem")).to_contain_text("read-only")
    assert selected(page) > 0, "nothing is lost"


def test_a_box_is_added_to_taken_from_undone_and_redone(page: Page, app_server: RunningApp) -> None:
    open_map(page, app_server)
    a_box_by_keys_alone(page)
    page.get_by_role("button", name="Clear").click()
    stroke(page, "Box", [(0.1, 0.15), (0.5, 0.95)])
    left = selected(page)
    assert left > 0
    page.get_by_role("radio", name="Add").click()
    stroke(page, "Box", [(0.5, 0.15), (0.97, 0.95)])
    both = selected(page)
    assert both > left
    page.get_by_role("radio", name="Take away").click()
    stroke(page, "Lasso", [(0.1, 0.15), (0.5, 0.15), (0.5, 0.95), (0.1, 0.95), (0.1, 0.16)])
    assert selected(page) == both - left
    page.get_by_role("button", name="Undo the selection").click()
    assert selected(page) == both
    field(page).focus()
    page.keyboard.press("Control+z")
    assert selected(page) == left
    page.keyboard.press("Control+Shift+z")
    assert selected(page) == both
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Nothing is selected.")).to_be_visible()


def a_box_by_keys_alone(page: Page) -> None:
    hover(page, 0.2, 0.2)
    field(page).focus()
    page.keyboard.press("b")
    expect(page.get_by_role("radio", name="Box")).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Enter")
    for _ in range(25):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".selected-words")).to_contain_text("a box")
    assert selected(page) > 0


def test_neighbours_of_the_pin_are_selected_and_a_selection_is_mapped_alone(page: Page, app_server: RunningApp) -> None:
    open_map(page, app_server, "digits-8d")
    row = over_a_dot(page)
    page.mouse.down()
    page.mouse.up()
    expect(page.locator(".neighbours button")).to_have_count(12)
    near = {int(button.get_attribute("data-row")) for button in page.locator(".neighbours button").all()}
    tab(page, "Select")
    page.get_by_label("How many neighbours").fill("12")
    page.get_by_role("button", name="Neighbours of the pin").click()
    expect(page.locator(".selected-words")).to_contain_text("13 of 359 selected")
    chosen = {int(button.get_attribute("data-row")) for button in page.locator(".gallery button").all()}
    assert chosen == near | {row}
    a_map_of_the_selection_alone_and_back(page)


def test_what_a_selection_has_in_common_is_decoded_and_taken_away(page: Page, app_server: RunningApp) -> None:
    open_map(page, app_server)
    tab(page, "Select")
    pictures = []
    for label in ("0", "1"):
        page.get_by_label("Select a class").select_option(label)
        page.wait_for_timeout(800)
        pictures.append((pixels(page.locator("canvas.mean")), pixels(page.locator("canvas.draws"))))
        expect(page.locator(".counts p b")).to_have_text(label)
    assert page.locator("canvas.draws").evaluate("canvas => [canvas.width, canvas.height]") == [48, 8]
    assert pictures[0][0] != pictures[1][0] and pictures[0][1] != pictures[1][1]
    a_selection_is_taken_away_as_files(page)


def a_selection_is_taken_away_as_files(page: Page) -> None:
    page.get_by_label("Select a class").select_option("4")
    count = selected(page)
    with page.expect_download() as coming:
        page.get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(coming.value.path()).read_text(encoding="utf-8"))))
    assert len(rows) == count and {row["label"] for row in rows} == {"4"}
    with page.expect_download() as coming:
        page.get_by_role("button", name="ZIP").click()
    names = zipfile.ZipFile(coming.value.path()).namelist()
    assert "index.csv" in names and sum(name.endswith(".png") for name in names) == count


def a_map_of_the_selection_alone_and_back(page: Page) -> None:
    tab(page, "Select")
    page.get_by_label("Select a class").select_option("6")
    count = selected(page)
    page.get_by_role("button", name="Map these alone").click()
    expect(page.locator(".status .words")).to_contain_text(f"{count} selected images alone")
    row = over_a_dot(page)
    expect(page.locator(".near-name")).to_have_text(f"Image {row} · label 6")
    tab(page, "Colour")
    expect(page.locator(".shown-words")).to_have_text(f"{count} of {count} shown")
    tab(page, "Select")
    page.get_by_role("button", name="Map all again").click()
    tab(page, "Colour")
    expect(page.locator(".shown-words")).to_have_text("359 of 359 shown")
    tab(page, "Select")
    expect(page.get_by_role("button", name="Map these alone")).to_be_enabled()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("button", name="Map these alone")).to_be_hidden()


def test_hidden_classes_are_neither_named_nor_selected(page: Page, app_server: RunningApp) -> None:
    open_map(page, app_server)
    for name in "0123456789":
        chip(page, name).click()
    expect(page.locator(".shown-words")).to_have_text("0 of 359 shown")
    for share in (0.4, 0.45, 0.5, 0.55, 0.6):
        hover(page, share, 0.5)
        assert "over-point" not in field(page).get_attribute("class")
    stroke(page, "Lasso", AROUND_ALL)
    assert selected(page) == 0
    tab(page, "Colour")
    page.get_by_role("button", name="Show all", exact=True).click()
    expect(page.locator(".shown-words")).to_have_text("359 of 359 shown")
    colour_by_another_column_and_by_nothing(page)


def test_a_brush_on_one_histogram_changes_legend_and_the_other_histogram(page: Page, app_server: RunningApp) -> None:
    open_map(page, app_server, "digits-8d")
    error, kl = page.locator(".histogram").nth(0), page.locator(".histogram").nth(1)
    expect(kl).to_contain_text("KL (nats)")
    before = pixels(kl.locator("canvas"))
    error.locator(".plot").scroll_into_view_if_needed()
    box = error.locator(".plot").bounding_box()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 1, box["y"] + 20, steps=6)
    page.mouse.up()
    expect(page.locator(".shown-words")).not_to_have_text("359 of 359 shown")
    shown = int(page.locator(".shown-words").inner_text().split(" of ")[0])
    assert 0 < shown < 359
    counted = sum(int(text) for text in page.locator(".legend button span").all_inner_texts())
    assert counted == shown, "the legend counts what is shown"
    assert pixels(kl.locator("canvas")) != before
    expect(page).to_have_url(re.compile("range=reconstruction%3A"))
    error.get_by_role("button", name="All values").click()
    expect(page.locator(".shown-words")).to_have_text("359 of 359 shown")
    a_histogram_is_brushed_by_keys(page)


def a_histogram_is_brushed_by_keys(page: Page) -> None:
    page.get_by_role("slider", name="From: KL").focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".shown-words")).not_to_have_text("359 of 359 shown")
    for _ in range(25):
        page.keyboard.press("ArrowLeft")
    expect(page.locator(".shown-words")).to_have_text("359 of 359 shown")


def colour_by_another_column_and_by_nothing(page: Page) -> None:
    page.get_by_label("Colour by").select_option("KL")
    expect(page.locator(".legend .scale")).to_contain_text("nats")
    expect(page).to_have_url(re.compile("colour=kl"))
    page.get_by_label("Colour by").select_option("Nothing")
    expect(page.locator(".legend")).to_be_hidden()
    expect(page).to_have_url(re.compile("colour=none"))
