"""A short training run in real Chromium: started and finished by clicks, found again after a refresh in the middle."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tools.running_app import RunningApp, running_app

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
PATIENCE = 90_000  # milliseconds: a run on two busy cores


@pytest.fixture(scope="module")
def own_app(tmp_path_factory: pytest.TempPathFactory):
    """The app on a checkpoints folder of its own, so that what is trained here does not stay."""
    root = tmp_path_factory.mktemp("checkpoints")
    shutil.copytree(CHECKPOINTS / "digits-2d", root / "digits-2d", ignore=shutil.ignore_patterns("run", "state"))
    with running_app(checkpoints=root, data=root / "no-data") as app:
        yield app


def start(page: Page, app: RunningApp, name: str, epochs: int) -> None:
    page.goto(f"{app.url}/train")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Length: passes over the data").fill(str(epochs))
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text(f"Training “{name}”")).to_be_visible()


def test_a_run_is_started_refreshed_finished_and_opened_by_clicks(page: Page, own_app: RunningApp) -> None:
    start(page, own_app, "clicked", epochs=60)
    expect(page).to_have_url(f"{own_app.url}/train?run=clicked")
    expect(page.get_by_test_id("stProgress")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Training “clicked”")).to_be_visible()
    expect(page.get_by_text("each above its reconstruction")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Finished").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(2)
    page.get_by_role("button", name="Open in Sliders").click()
    expect(page).to_have_url(re.compile(r"/sliders\?.*model=clicked"))
    page.get_by_role("link", name="Gallery").click()
    card = page.locator(".card", has_text="clicked")
    expect(card).to_have_attribute("aria-pressed", "true")
    expect(card.locator("canvas")).to_have_attribute("aria-label", "Images decoded by the model clicked")


def test_a_run_is_found_in_a_second_browser_and_stopped_there(page: Page, browser, own_app: RunningApp) -> None:
    start(page, own_app, "stopped", epochs=2_000)
    second = browser.new_context().new_page()
    second.goto(f"{own_app.url}/train")
    second.get_by_role("button", name="stopped: under way").click()
    expect(second).to_have_url(f"{own_app.url}/train?run=stopped")
    expect(second.get_by_text("each above its reconstruction")).to_be_visible(timeout=PATIENCE)
    second.get_by_role("button", name="Stop and keep").click()
    for each in (second, page):
        expect(each.get_by_role("button", name="Open in Sliders")).to_be_visible(timeout=PATIENCE)
        expect(each.get_by_role("button", name="Stop and keep")).to_have_count(0)
    second.context.close()


# Kept in the page: for each picture of the screen whether curves and pictures can be seen, and where they stand.
WATCH = """() => {
  window.seen = [];
  const look = () => {
    const parts = [...document.querySelectorAll("[data-testid=stVegaLiteChart] canvas, [data-testid=stImage] img")];
    window.seen.push(parts.map((part) => {
      const { top, height } = part.getBoundingClientRect();
      return `${part.tagName} ${Math.round(top)} ${Math.round(height)}`;
    }).join(", "));
    requestAnimationFrame(look);
  };
  look();
}"""


def test_curves_and_pictures_stay_in_their_place_from_poll_to_poll(page: Page, own_app: RunningApp) -> None:
    start(page, own_app, "steady", epochs=2_000)
    expect(page.get_by_test_id("stImage").nth(1)).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(1_500)  # the line takes the place of the first epoch's dot
    first = page.get_by_test_id("stImage").first.locator("img").get_attribute("src")
    page.evaluate(WATCH)
    page.wait_for_timeout(4_000)
    seen = page.evaluate("window.seen")
    assert page.get_by_test_id("stImage").first.locator("img").get_attribute("src") != first, "nothing was polled"
    assert len(seen) > 60
    assert len(set(seen)) == 1, f"something moved or vanished: {sorted(set(seen))}"
    page.get_by_role("button", name="Stop and keep").click()
    expect(page.get_by_role("button", name="Open in Sliders")).to_be_visible(timeout=PATIENCE)
