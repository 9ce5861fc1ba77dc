"""What the map page says beside its figures, in real Chromium; and that nothing there jumps under the hand."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.map_panel import open_map, over_a_dot, selected, stroke, tab
from tools.running_app import RunningApp

BOX = [(0.3, 0.3), (0.9, 0.95)]


def test_a_selection_is_seen_from_every_tab_and_cleared_there(page: Page, app_server: RunningApp) -> None:
    open_map(page, app_server)
    expect(page.locator(".decoded figcaption")).to_have_text("Decoded here")
    expect(page.locator(".chip")).to_be_hidden()
    stroke(page, "Box", BOX)
    count = selected(page)
    tab(page, "Colour")
    expect(page.locator(".chip-open")).to_have_text(f"{count} selected")
    page.locator(".chip-open").click()
    expect(page.locator("[data-panel=select]")).to_be_visible()
    page.get_by_role("button", name="Deselect all").click()
    expect(page.locator(".chip")).to_be_hidden()
    assert selected(page) == 0


def test_an_absent_original_is_said_in_its_place_and_long_words_unfold(page: Page, app_server: RunningApp) -> None:
    open_map(page, app_server, "mnist-16d")
    over_a_dot(page)
    frame = page.locator(".near-original")
    expect(frame).to_have_attribute("data-words", "Not on this machine")
    assert "Not on this machine" in frame.evaluate("frame => getComputedStyle(frame, '::after').content")
    expect(page.locator(".near-reconstruction")).to_have_attribute("data-words", "")
    page.set_viewport_size({"width": 1000, "height": 800})
    words = page.locator(".status .words")
    more = page.get_by_role("button", name="more", exact=True)
    expect(more).to_be_visible()
    assert words.evaluate("line => line.scrollHeight > line.clientHeight + 1")
    more.click()
    assert words.evaluate("line => line.scrollHeight <= line.clientHeight + 1")
    expect(page.get_by_role("button", name="less", exact=True)).to_be_visible()


def test_a_plane_of_a_larger_space_says_what_its_picture_is_and_is_filtered(page: Page, app_server: RunningApp) -> None:
    open_map(page, app_server, "digits-8d")
    expect(page.locator(".decoded figcaption")).to_have_text("Decoded on the plane")
    words = page.locator(".status .words")
    assert words.get_attribute("title").startswith(words.inner_text()[:40])
    a_range_is_typed(page)
    which_classes_mix_is_said_and_two_are_shown_alone(page)
    a_column_of_clusters_moves_no_tab(page)


def which_classes_mix_is_said_and_two_are_shown_alone(page: Page) -> None:
    said = page.locator(".mixing")
    expect(said).to_have_text(
        re.compile(r"^(\d) and \d mix most: [\d.]+ % of their nearest neighbours are of the other\. Then "),
        timeout=150_000,
    )
    assert "in the latent space, not on the map" in said.get_attribute("title")
    said.locator("button").first.click()
    expect(page.locator(".legend button[aria-pressed=true]")).to_have_count(2)
    said.locator("button").first.click()
    expect(page.locator(".shown-words")).to_have_text("359 of 359 shown")


def a_range_is_typed(page: Page) -> None:
    least = page.get_by_role("textbox", name="Least: KL")
    before = least.input_value()
    middle = (float(before) + float(page.get_by_role("textbox", name="Most: KL").input_value())) / 2
    least.fill(f"{middle:.2f}")
    least.press("Enter")
    expect(page.locator(".shown-words")).not_to_have_text("359 of 359 shown")
    expect(page).to_have_url(re.compile(rf"range=kl%3A{int(middle)}"))
    shown = page.locator(".shown-words").inner_text()
    least.fill("many")
    least.press("Enter")
    expect(page.locator(".shown-words")).to_have_text(shown)
    page.get_by_role("button", name="All values of KL").click()
    expect(page.locator(".shown-words")).to_have_text("359 of 359 shown")


def a_column_of_clusters_moves_no_tab(page: Page) -> None:
    over_a_dot(page)
    before = page.locator(".tabs").bounding_box()
    page.get_by_label("Colour by").select_option("Cluster: k-means, 10")
    expect(page.locator(".near-facts")).to_have_text(re.compile(r"Cluster: k-means, 10\s*\d+$"), timeout=60_000)
    assert page.locator(".tabs").bounding_box() == before
    expect(page.locator(".near-facts dt").last).to_have_attribute("title", "Cluster: k-means, 10")


def test_on_a_phone_a_tool_moves_no_button_and_pictures_have_names(browser: Browser, app_server: RunningApp) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    open_map(page, app_server, "digits-8d")
    lasso = page.get_by_role("radio", name="Lasso", exact=True)
    before = lasso.bounding_box()
    lasso.click()
    expect(page.get_by_role("radio", name="Take away")).to_be_visible()
    assert lasso.bounding_box() == before
    for name in ("Image", "Reconstruction"):
        expect(page.locator(".pair figcaption").get_by_text(name, exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    context.close()
