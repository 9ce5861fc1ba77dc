"""The map in real Chromium: what the pointer decodes and names, a dot that is pinned, zoom, keys, methods, the link."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.live_page import heard, pixels, stays_within_the_screen
from tests.browser.map_panel import click, field, hover, open_map, over_a_dot, place, tab
from tests.tiny import tiny_checkpoint
from tools.running_app import RunningApp


@pytest.fixture(scope="module")
def conditional(shared_models: Path, shared_server: RunningApp) -> RunningApp:
    """The app over a conditional model."""
    tiny_checkpoint(shared_models, "with-classes", model={"classes": 10})
    return shared_server


def test_the_pointer_decodes_empty_space_live(page: Page, app_server: RunningApp) -> None:
    canvas = open_map(page, app_server)
    stays_within_the_screen(page)
    hover(page, 0.05, 0.2)
    corner, at_corner = pixels(canvas), place(page)
    picture = canvas.bounding_box()
    before = len(heard(page).moves)
    box = field(page).bounding_box()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.9 * box["height"], steps=40)
    page.wait_for_timeout(300)
    log = heard(page)
    assert len(log.moves) - before >= 30
    assert log.changed > len(log.moves) / 3  # benchmarks/map_pointer.py holds the goal
    assert pixels(canvas) != corner
    x, y = place(page)
    assert x > at_corner[0] and y < at_corner[1], "x must grow to the right and y upwards"
    assert canvas.bounding_box() == picture, "the picture moved"
    a_hover_shows_the_image_and_its_reconstruction_with_their_figures(page)


def a_hover_shows_the_image_and_its_reconstruction_with_their_figures(page: Page) -> None:
    row = over_a_dot(page)
    name = page.locator(".near-name").inner_text()
    assert re.fullmatch(rf"Image {row} · label \d", name), name
    expect(page.locator(".near-facts")).to_have_text(re.compile(r"KL\s*\d+\.\d nats\s*Error\s*−?\d+\.\d nats"))
    for kind in ("original", "reconstruction"):
        image = page.locator(f".near-{kind} img")
        expect(image).to_have_attribute("alt", f"{name}: {kind}")
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 8


def test_a_click_pins_an_image_which_opens_in_sliders(page: Page, app_server: RunningApp) -> None:
    open_map(page, app_server)
    row = over_a_dot(page)
    click(page)
    expect(page.locator(".pin-name")).to_contain_text(f"Image {row} ·")
    expect(page.locator(".neighbours button")).to_have_count(12)
    expect(page.locator(".posterior p")).to_have_count(2)
    distances = [float(text) for text in page.locator(".neighbours figcaption").all_inner_texts()]
    assert distances == sorted(distances) and distances[0] > 0, "the image is not its own neighbour"
    expect(page).to_have_url(re.compile(rf"pin={row}(&|$)"))
    stays_within_the_screen(page)
    the_map_is_taken_away_as_picture_drawing_and_page(page)
    tab(page, "Image")
    page.get_by_role("button", name="Open in Sliders").click()
    expect(page).to_have_url(re.compile(rf"/sliders\?.*image={row}(&|$)"))
    assert "model=digits-2d" in page.url
    expect(page.locator(".facts")).to_contain_text(f"mage {row},")


def test_a_neighbour_is_pinned_in_turn_unpinned_and_morph_begins_there(page: Page, app_server: RunningApp) -> None:
    open_map(page, app_server, rest="&pin=7")
    tab(page, "Image")
    neighbour = page.locator(".neighbours button").nth(2)
    row = int(neighbour.get_attribute("data-row"))
    neighbour.click()
    expect(page.locator(".pin-name")).to_contain_text(f"Image {row} ·")
    expect(page.locator(".near-name")).to_contain_text(f"Image {row} ·")
    page.get_by_role("button", name="Unpin").click()
    expect(page.get_by_text("Click a dot, or a place")).to_be_visible()
    expect(page).not_to_have_url(re.compile("pin="))
    row = over_a_dot(page)
    click(page)
    expect(page.locator(".pin-name")).to_contain_text(f"Image {row} ·")
    page.get_by_role("button", name="Morph").click()
    expect(page).to_have_url(re.compile(rf"/morph\?.*(a|keys)={row}(&|$)"))


def test_a_place_between_the_images_is_pinned_and_opens_in_sliders(page: Page, app_server: RunningApp) -> None:
    open_map(page, app_server)
    hover(page, 0.03, 0.97)
    x, y = place(page)
    click(page)
    expect(page.locator(".pin-name")).to_have_text("A place between the images")
    expect(page.locator(".neighbours button")).to_have_count(12)
    assert page.locator(".pinned-place").evaluate("mark => mark.hidden") is False
    page.get_by_role("button", name="Open in Sliders").click()
    expect(page).to_have_url(re.compile(r"/sliders\?.*z="))
    latent = [float(part) for part in re.search(r"z=([^&]+)", page.url)[1].replace("%2C", ",").split(",")]
    assert latent == pytest.approx([x, y], abs=0.006)


def test_wheel_drag_and_keys_move_the_view(page: Page, app_server: RunningApp) -> None:
    canvas = open_map(page, app_server)
    hover(page, 0.3, 0.3)
    here = place(page)
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(400)
    hover(page, 0.31, 0.3)
    hover(page, 0.3, 0.3)
    assert place(page) == pytest.approx(here, abs=0.02), "the zoom keeps the place under the pointer"
    expect(page).to_have_url(re.compile("view="))
    page.mouse.down()
    hover(page, 0.5, 0.5)
    page.mouse.up()
    hover(page, 0.5, 0.5)
    assert place(page) == pytest.approx(here, abs=0.03), "the dragged plane stays under the pointer"
    page.get_by_role("button", name="Show all points").click()
    expect(page).not_to_have_url(re.compile("view="))
    field(page).focus()
    page.keyboard.press("ArrowRight")
    moved, picture = place(page), pixels(canvas)
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(200)
    assert place(page)[0] > moved[0] and place(page)[1] == moved[1]
    assert pixels(canvas) != picture


def test_methods_and_dimensions_are_chosen_and_kept_in_the_link(page: Page, app_server: RunningApp) -> None:
    canvas = open_map(page, app_server, "digits-8d")
    stays_within_the_screen(page)
    expect(page.locator(".place")).to_contain_text("PC1")
    assert "method" not in page.url, "what opens by itself needs no word in the link"
    before = pixels(canvas)
    page.get_by_label("Map by").select_option("Two dimensions")
    expect(page.locator(".place")).to_contain_text(re.compile(r"z\d"))
    page.get_by_label("Dimension across").select_option("z3")
    expect(page).to_have_url(re.compile("x=3"))
    expect(page.locator(".status .words")).to_contain_text("z3")
    page.wait_for_timeout(300)
    assert pixels(canvas) != before
    stays_within_the_screen(page)
    the_same_dimension_twice_makes_the_two_change_places(page)
    points_in_space_name_images_under_the_pointer(page)


def the_same_dimension_twice_makes_the_two_change_places(page: Page) -> None:
    page.get_by_label("Dimension upwards").select_option("z5")
    expect(page).to_have_url(re.compile("x=3&y=5"))
    page.get_by_label("Dimension across").select_option("z5")
    expect(page).to_have_url(re.compile("x=5&y=3"))


def points_in_space_name_images_under_the_pointer(page: Page) -> None:
    page.get_by_label("Map by").select_option("PCA")
    page.get_by_role("radio", name="3-D").click()
    expect(page).to_have_url(re.compile("components=3"))
    row = over_a_dot(page)
    expect(page.locator(".place")).to_contain_text("PC3")
    click(page)
    expect(page.locator(".pin-name")).to_contain_text(f"Image {row} ·")
    stays_within_the_screen(page)


def test_a_conditional_model_decodes_under_the_class_that_is_chosen(page: Page, conditional: RunningApp) -> None:
    canvas = open_map(page, conditional, "with-classes")
    hover(page, 0.4, 0.4)
    as_zero = pixels(canvas)
    page.get_by_role("radiogroup", name="Class").get_by_role("radio", name="7").click()
    page.wait_for_timeout(300)
    as_seven = pixels(canvas)
    assert as_seven != as_zero
    expect(page).to_have_url(re.compile("class=7"))
    stays_within_the_screen(page)


def test_a_link_that_cannot_be_used_is_said_and_the_map_is_there(page: Page, app_server: RunningApp) -> None:
    open_map(page, app_server, "digits-8d", "&x=1&y=99&source=moon")
    problem = page.get_by_role("alert").filter(has_text="link")
    expect(problem).to_contain_text("two different dimensions from 1 to 8")
    expect(problem).to_contain_text('The link\'s images are "moon"')
    expect(page.locator(".shown-words")).to_contain_text("359 of 359")


def test_on_a_phone_all_is_there_in_one_column(browser, app_server: RunningApp) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    open_map(page, app_server, "digits-8d")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    picture, map_field = page.locator(".picture").bounding_box(), field(page).bounding_box()
    assert picture["y"] + picture["height"] < map_field["y"], "a finger on the map must not cover the picture"
    assert map_field["y"] + map_field["height"] <= 844, "map and picture are seen together"
    page.touchscreen.tap(map_field["x"] + 180, map_field["y"] + 150)
    expect(page.locator(".place")).to_contain_text("PC1")
    tab(page, "Select")
    expect(page.get_by_text("Nothing is selected")).to_be_visible()
    context.close()


def test_a_bent_map_says_how_good_it_is_and_how_it_is_supported(page: Page, app_server: RunningApp) -> None:
    canvas = open_map(page, app_server, "digits-8d")
    before = page.locator(".place").inner_text()
    page.get_by_label("Map by").select_option("UMAP")
    assert page.locator(".place").inner_text() == before, "the map before stays until the new one is there"
    expect(page.locator(".place")).to_contain_text("UMAP 1", timeout=150_000)  # the first of a machine is compiled
    expect(page.locator(".status .words")).to_contain_text("true neighbours")
    expect(page).to_have_url(re.compile("method=umap"))
    over_a_dot(page)
    expect(page.locator(".support")).to_have_text(re.compile(r"≈.*support \d+ %"))
    at_dot = pixels(canvas)
    hover(page, 0.03, 0.97, wait=500)
    assert pixels(canvas) != at_dot
    stays_within_the_screen(page)


def test_settings_are_chosen_and_another_map_is_cancelled(page: Page, app_server: RunningApp) -> None:
    open_map(page, app_server, "mnist-16d")
    expect(page.locator(".status .words")).to_contain_text("grey values")  # how images of a Bernoulli model are encoded
    stays_within_the_screen(page)
    page.get_by_label("Map by").select_option("t-SNE")
    expect(page.locator(".computing")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".computing")).to_be_hidden()
    expect(page.get_by_label("Map by")).to_have_value("pca")
    expect(page.locator(".shown-words")).to_contain_text("10,000 of 10,000")
    assert "method" not in page.url


def the_map_is_taken_away_as_picture_drawing_and_page(page: Page) -> None:
    tab(page, "Layers")
    starts = {"PNG": b"\x89PNG", "SVG": b"<svg", "HTML": b"<!"}
    for kind, start in starts.items():
        with page.expect_download() as coming:
            page.get_by_role("button", name=kind, exact=True).click()
        assert coming.value.suggested_filename == f"digits-2d-map-dimensions.{kind.lower()}"
        assert start.lower() in Path(coming.value.path()).read_bytes()[:200].lower()
