"""The first request of a fresh server is a deep link: page, model and image are those of the link."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tools.running_app import free_port, running_app

# whether the Sliders page's canvas, which stands in a shadow root, shows a picture 8 pixels wide with light in it
DRAWN = """() => {
  const hosts = [...document.querySelectorAll("*")].filter((element) => element.shadowRoot);
  const canvas = hosts.map((host) => host.shadowRoot.querySelector(".picture canvas")).find(Boolean);
  if (canvas?.width !== 8) return false;
  const copy = new OffscreenCanvas(8, 8).getContext("2d"); // a worker draws on the canvas itself
  copy.drawImage(canvas, 0, 0);
  return copy.getImageData(0, 0, 8, 8).data.some((value, i) => i % 4 < 3 && value > 64);
}"""


@pytest.fixture(scope="module")
def port() -> int:
    """The port of one server after the other: fresh servers, to a browser that has the scripts of this address."""
    return free_port()


def test_sliders_with_model_and_image(page: Page, tiny_root: Path, port: int) -> None:
    with running_app(checkpoints=tiny_root, port=port) as app:
        page.goto(f"{app.url}/sliders?model=tiny-8d&image=3")
        expect(page.locator("[data-dimension]")).to_have_count(8, timeout=30_000)
        expect(page.get_by_label("Model", exact=True)).to_have_value("tiny-8d")
        expect(page.locator(".sliders input.number")).to_have_value("3")
        page.wait_for_function(DRAWN)


@pytest.mark.parametrize("name", ["map", "morph", "attributes", "generate", "train", ""])
def test_every_other_page(name: str, page: Page, tiny_root: Path, port: int) -> None:
    with running_app(checkpoints=tiny_root, port=port) as app:
        page.goto(f"{app.url}/{name}?model=tiny-2d")
        expect(page.get_by_label("Model", exact=True)).to_have_value("tiny-2d", timeout=30_000)
        expect(page.get_by_role("link", name=(name or "gallery").capitalize()).first).to_be_visible()
        page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']")
        assert page.get_by_text("could not be drawn").count() == 0
        assert page.url.startswith(f"{app.url}/{name}?model=tiny-2d")
