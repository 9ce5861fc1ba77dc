"""The first requests of a fresh server are deep links: page, model and image are those of the link."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tools.running_app import running_app

# whether the Sliders page's canvas, which stands in a shadow root, shows a picture 8 pixels wide with light in it
DRAWN = """() => {
  const hosts = [...document.querySelectorAll("*")].filter((element) => element.shadowRoot);
  const canvas = hosts.map((host) => host.shadowRoot.querySelector(".picture canvas")).find(Boolean);
  if (canvas?.width !== 8) return false;
  const copy = new OffscreenCanvas(8, 8).getContext("2d"); // a worker draws on the canvas itself
  copy.drawImage(canvas, 0, 0);
  return copy.getImageData(0, 0, 8, 8).data.some((value, i) => i % 4 < 3 && value > 64);
}"""


OTHERS = ("map", "morph", "attributes", "generate", "train", "")


def test_sliders_with_model_and_image(page: Page, tiny_root: Path) -> None:
    with running_app(checkpoints=tiny_root) as app:
        page.goto(f"{app.url}/sliders?model=tiny-8d&image=3")
        expect(page.locator("[data-dimension]")).to_have_count(8, timeout=30_000)
        expect(page.get_by_label("Model", exact=True)).to_have_value("tiny-8d")
        expect(page.locator(".sliders input.number")).to_have_value("3")
        page.wait_for_function(DRAWN)


def test_every_other_page_of_a_server_that_six_visitors_open_at_once(page: Page, tiny_root: Path) -> None:
    """All ask before the server has run a page for anybody: each is a first visit."""
    tabs, errors = {name: page.context.new_page() for name in OTHERS}, []
    with running_app(checkpoints=tiny_root) as app:
        for name, tab in tabs.items():
            tab.on("pageerror", lambda error, name=name: errors.append(f"{name}: {error}"))
            tab.evaluate("address => setTimeout(() => (location.href = address))", f"{app.url}/{name}?model=tiny-2d")
        for name, tab in tabs.items():
            its_page_and_its_model_are_there(tab, name, app.url)
    assert errors == [], "the page raised JavaScript errors"


def its_page_and_its_model_are_there(tab: Page, name: str, address: str) -> None:
    expect(tab.get_by_label("Model", exact=True)).to_have_value("tiny-2d", timeout=60_000)
    expect(tab.get_by_role("link", name=(name or "gallery").capitalize()).first).to_be_visible()
    tab.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']")
    assert tab.get_by_text("could not be drawn").count() == 0
    assert tab.url.startswith(f"{address}/{name}?model=tiny-2d")
