"""The gallery in real Chromium: live cards, and a choice that stays on every page, in the URL and in the history."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tools.running_app import RunningApp

PIXELS = "canvas => canvas.toDataURL()"


def test_a_choice_stays_on_every_page_in_the_url_and_in_the_history(page: Page, app_server: RunningApp) -> None:
    page.goto(app_server.url)
    card = page.locator(".card", has_text="digits-8d")
    expect(card).to_have_attribute("data-drawn", "")
    card.focus()
    page.keyboard.press("Enter")
    expect(card).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile(r"/\?model=digits-8d$"))
    for name in ("Train", "Sliders"):
        page.get_by_role("link", name=name).first.click()
        expect(page).to_have_url(re.compile(rf"/{name.lower()}\?.*model=digits-8d"))
        expect(page.get_by_label("Model", exact=True)).to_have_value("digits-8d")
    back(page)
    expect(page).to_have_url(re.compile(r"/train\?model=digits-8d$"))
    back(page)
    expect(card).to_have_attribute("aria-pressed", "true")
    back(page)
    expect(page).to_have_url(re.compile(r"/$"))
    expect(page.locator(".card").filter(has=page.get_by_text("mnist-16d", exact=True))).to_have_attribute(
        "aria-pressed", "true"
    )


def test_a_click_on_the_chosen_card_opens_it_in_sliders(page: Page, app_server: RunningApp) -> None:
    page.goto(f"{app_server.url}/?model=digits-8d")
    card = page.locator(".card", has_text="digits-8d")
    expect(card).to_have_attribute("aria-pressed", "true")
    card.click()
    expect(page).to_have_url(re.compile(r"/sliders\?.*model=digits-8d"))
    expect(page.get_by_role("slider").first).to_be_visible()


def back(page: Page) -> None:
    """One step back, as a person takes it: the next one only when the page is there."""
    page.go_back()
    page.wait_for_timeout(500)
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']")


def test_a_card_moves_under_the_pointer_and_rests_without_it(page: Page, app_server: RunningApp) -> None:
    page.goto(f"{app_server.url}/?model=digits-2d")
    card = page.locator(".card", has_text="digits-8d")
    expect(card).to_have_attribute("data-drawn", "")
    canvas = card.locator("canvas")
    still = canvas.evaluate(PIXELS)
    page.wait_for_timeout(1_000)
    assert canvas.evaluate(PIXELS) == still, "it moves although nobody looks at it"
    card.hover()
    page.wait_for_timeout(1_500)
    assert canvas.evaluate(PIXELS) != still, "it does not move under the pointer"


def test_the_chosen_card_is_still_and_the_names_of_a_row_stand_in_line(page: Page, app_server: RunningApp) -> None:
    page.goto(f"{app_server.url}/?model=digits-2d")
    card = page.locator(".card").filter(has=page.get_by_text("digits-2d", exact=True))
    expect(card).to_have_attribute("data-drawn", "")
    still = card.locator("canvas").evaluate(PIXELS)
    page.wait_for_timeout(1_500)
    assert card.locator("canvas").evaluate(PIXELS) == still
    heights = [name.bounding_box()["y"] for name in page.locator(".card .name").all()[:3]]
    assert max(heights) - min(heights) < 0.5
    for row in card.locator(".score").all():
        cells = row.locator("span").evaluate_all("cells => cells.map((cell) => [cell.scrollWidth, cell.clientWidth])")
        assert all(needed <= given for needed, given in cells)


def test_who_wants_less_motion_gets_still_pictures(page: Page, app_server: RunningApp) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(app_server.url)
    card = page.locator(".card").filter(has=page.get_by_text("mnist-16d", exact=True))
    expect(card).to_have_attribute("data-drawn", "")
    expect(card).to_have_attribute("aria-pressed", "true")
    still = card.locator("canvas").evaluate(PIXELS)
    card.hover()
    page.wait_for_timeout(1_500)
    assert card.locator("canvas").evaluate(PIXELS) == still


def test_nothing_is_fetched_from_elsewhere(page: Page, app_server: RunningApp) -> None:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(app_server.url)
    expect(page.locator(".card").first).to_have_attribute("data-drawn", "")
    elsewhere = [url for url in addresses if not url.startswith((app_server.url, "data:", "blob:"))]
    assert elsewhere == []
