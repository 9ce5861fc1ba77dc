"""The map in real Chromium keeps what was done on it: over other pages, Back, reloads, other maps, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.map_panel import click, field, hover, open_map, over_a_dot, selected, stroke, tab
from tests.tiny import digit_images
from tools.running_app import RunningApp

SIX = "&x=3&y=5&pin=12&tab=image&layers=prior"
BOX = [(0.3, 0.3), (0.9, 0.95)]
MANY = 40  # more selected images than a link carries


def same_map(page: Page) -> None:
    """The map of the link SIX, with its pin, tab and layer."""
    expect(page.locator(".shown-words")).to_have_text(re.compile("shown"), timeout=30_000)
    expect(page.locator(".pin-name")).to_contain_text("Image 12 ·")
    expect(page.locator("[data-panel=image]")).to_be_visible()
    expect(page.get_by_label("Dimension across")).to_have_value("2")
    for part in ("x=3", "y=5", "pin=12", "layers=prior"):
        expect(page).to_have_url(re.compile(rf"/map\?.*{part}"))


def bring(page: Page, folder: Path, name: str = "mine.png") -> None:
    images, _ = digit_images(count=5)
    Image.fromarray(images[4, 0]).save(folder / name)
    tab(page, "Image")
    page.locator("input.file").set_input_files(folder / name)
    expect(page.locator(".pin-name")).to_have_text(name)
    expect(page.locator(".bring-words")).to_have_text(f"{name} is on the map.")


def test_back_from_sliders_and_the_navigation_bring_the_map_as_it_was(page: Page, app_server: RunningApp) -> None:
    open_map(page, app_server, "digits-8d", SIX)
    page.get_by_role("button", name="Open in Sliders").click()
    expect(page).to_have_url(re.compile("/sliders"))
    expect(page.locator(".facts")).to_contain_text("mage 12,", timeout=30_000)
    page.go_back()
    same_map(page)
    page.go_back()
    same_map(page)
    page.get_by_role("link", name="Gallery").first.click()
    expect(page).not_to_have_url(re.compile("/map"))
    page.get_by_role("link", name="Map", exact=True).first.click()
    same_map(page)


def test_back_between_two_maps_shows_what_the_address_says(page: Page, app_server: RunningApp) -> None:
    open_map(page, app_server, "digits-8d", SIX)
    expect(page.locator(".histogram")).to_have_count(2, timeout=30_000)
    same_map(page)
    page.evaluate("history.pushState(history.state, '', '?model=digits-8d&x=1&y=2&pin=7')")
    page.go_back()
    same_map(page)
    page.go_forward()
    expect(page.get_by_label("Dimension across")).to_have_value("0")
    expect(page.locator(".pin-name")).to_contain_text("Image 7 ·", timeout=30_000)


def test_a_reload_keeps_a_selection_without_a_name_and_a_picture(
    page: Page, app_server: RunningApp, tmp_path: Path
) -> None:
    open_map(page, app_server, "digits-8d")
    stroke(page, "Box", BOX)
    count = selected(page)
    assert count > MANY
    bring(page, tmp_path)
    page.reload()
    expect(page.locator(".bring-words")).to_have_text("mine.png is on the map.", timeout=30_000)
    expect(page.locator(".pin-name")).to_have_text("mine.png")
    assert page.locator(".landed").evaluate("mark => mark.hidden") is False
    assert selected(page) == count
    page.get_by_role("radio", name="Move", exact=True).click()
    tab(page, "Select")
    page.get_by_role("button", name="Map these alone").click()
    expect(page.locator(".status .words")).to_contain_text(f"{count} selected images alone")
    page.reload()
    expect(page.locator(".status .words")).to_contain_text(f"{count} selected images alone", timeout=30_000)


def test_another_map_moves_the_mark_of_a_picture_and_nothing_else(
    page: Page, app_server: RunningApp, tmp_path: Path
) -> None:
    open_map(page, app_server, "digits-8d")
    bring(page, tmp_path)
    page.get_by_role("button", name="Show all points").click()
    page.get_by_role("radio", name="Move", exact=True).click()
    row = over_a_dot(page)
    click(page)
    expect(page.locator(".pin-name")).to_contain_text(f"Image {row} ·")
    assert page.locator(".landed").evaluate("mark => mark.hidden") is False, "it is still on the map"
    tab(page, "Select")
    page.get_by_role("radio", name="3-D").click()
    expect(page).to_have_url(re.compile("components=3"))
    page.wait_for_timeout(800)
    expect(page).to_have_url(re.compile(rf"pin={row}(&|$)"))
    expect(page.locator("[data-panel=select]")).to_be_visible()
    assert "view=" not in page.url, "the view stays where it is"
    tab(page, "Image")
    page.get_by_role("button", name="Show it").click()
    expect(page.locator(".pin-name")).to_have_text("mine.png")
    expect(page).not_to_have_url(re.compile("pin="))
    page.get_by_role("button", name="Take the picture off the map").click()
    expect(page.get_by_text("Click a dot, or a place")).to_be_visible()
    assert page.locator(".landed").evaluate("mark => mark.hidden") is True


def test_a_found_image_is_pinned_until_another_is(page: Page, app_server: RunningApp) -> None:
    open_map(page, app_server)
    page.get_by_role("searchbox").fill("42")
    box = page.get_by_role("searchbox").bounding_box()
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator(".found-words")).to_contain_text("Image 42 ·")
    expect(page).to_have_url(re.compile(r"pin=42(&|$)"))
    assert page.get_by_role("searchbox").bounding_box() == box, "the field stays under the hand"
    hover(page, 0.1, 0.2)
    expect(page.locator(".pin-name")).to_contain_text("Image 42 ·")
    page.get_by_role("button", name="Show all points").click()
    row = over_a_dot(page)
    click(page)
    if row != 42:
        expect(page.locator(".found-words")).to_be_hidden()
    a_number_that_is_also_a_label_is_told_apart(page)


def a_number_that_is_also_a_label_is_told_apart(page: Page) -> None:
    page.get_by_role("searchbox").fill("3")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator(".found-words")).to_have_text(re.compile(r"^1 of \d+, by its number$"))
    expect(page.locator(".found-words")).to_have_attribute(
        "title", re.compile(r"^First image 3, then label 3 \(\d+\)$")
    )
    expect(page.locator(".pin-name")).to_contain_text("Image 3 ·")
    page.get_by_role("button", name="Next image").click()
    expect(page.locator(".found-words")).to_have_text(re.compile(r"^2 of \d+$"))
    expect(page.locator(".pin-name")).to_contain_text("label 3")


@pytest.fixture
def clipboard(page: Page) -> Page:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return page


def copied(page: Page) -> str:
    tab(page, "Layers")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    return page.evaluate("navigator.clipboard.readText()")


def test_a_copied_link_says_what_it_leaves_out(clipboard: Page, app_server: RunningApp) -> None:
    page = clipboard
    open_map(page, app_server, "digits-8d", "&pin=12")
    a_few_selected_images_are_in_the_link(page)
    page.get_by_role("button", name="Deselect all").click()
    page.evaluate("history.replaceState(history.state, '', '/map')")
    assert "model=digits-8d" in copied(page), "the link names the model where the address does not"
    expect(page.locator(".not-in-link")).to_be_hidden()
    stroke(page, "Box", BOX)
    count = selected(page)
    copied(page)
    expect(page.locator(".not-in-link-words")).to_contain_text(f"Not in the link: the {count} selected images")
    page.get_by_role("button", name="Name it").click()
    expect(page.get_by_label("Name of the group")).to_be_focused()


def a_few_selected_images_are_in_the_link(page: Page) -> None:
    tab(page, "Select")
    page.get_by_label("How many neighbours").fill("5")
    page.get_by_role("button", name="Neighbours of the pin").click()
    expect(page.locator(".selected-words")).to_contain_text("6 of 359 selected")
    link = copied(page)
    expect(page.locator(".not-in-link")).to_be_hidden()
    other = page.context.new_page()
    other.goto(link)
    expect(other.locator(".selected-words")).to_contain_text("6 of 359 selected: from the link", timeout=30_000)
    assert field(other).is_visible()
    other.close()
