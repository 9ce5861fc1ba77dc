"""What the tests of the live pages share: waiting for the first picture, reading pixels, counting moves and frames."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

# by way of a copy, for a canvas that a worker draws on cannot be read itself
PIXELS = """canvas => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
  copy.drawImage(canvas, 0, 0);
  return Array.from(copy.getImageData(0, 0, canvas.width, canvas.height).data).join();
}"""
LISTEN = """() => {
  window.heard = { moves: [], frames: [] };
  document.addEventListener("latent-move", (event) => window.heard.moves.push(event.detail));
  document.addEventListener("latent-frame", (event) => window.heard.frames.push(event.detail));
}"""


@dataclass(frozen=True)
class Heard:
    """What the page told during a gesture: moves that changed the latent, pictures that answered them."""

    moves: list[dict]
    frames: list[dict]

    @property
    def changed(self) -> int:
        """How many of the pictures differ from the one before."""
        return sum(frame["changed"] for frame in self.frames)


def open_live(page: Page, address: str) -> Locator:
    """Opens the address and gives back the canvas of the live picture, once a picture is on it."""
    page.goto(address)
    canvas = page.locator(".picture canvas")
    canvas.wait_for(timeout=30_000)
    page.wait_for_function(
        """() => [...document.querySelectorAll("*")].some((element) =>
          element.shadowRoot?.querySelector(".picture canvas")?.width > 1)""",
        timeout=30_000,
    )
    page.evaluate(LISTEN)
    return canvas


def pixels(canvas: Locator) -> str:
    """The canvas's pixels as text, to be compared."""
    return canvas.evaluate(PIXELS)


def heard(page: Page) -> Heard:
    """What was told since the page was opened."""
    return Heard(**page.evaluate("window.heard"))


def drag(page: Page, track: Locator, start: float, end: float, steps: int = 40) -> None:
    """Drags a real mouse along the track between two shares of its width, and lets go."""
    box = track.bounding_box()
    height = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + start * box["width"], height)
    page.mouse.down()
    page.mouse.move(box["x"] + end * box["width"], height, steps=steps)
    page.wait_for_timeout(150)  # the way back of the last picture
    page.mouse.up()


def stays_within_the_screen(page: Page) -> None:
    """Fails when the page scrolls, to the side or down."""
    main = page.locator("[data-testid=stMain]")
    expect(main).to_be_visible()
    sizes = main.evaluate(
        "main => [main.scrollHeight - main.clientHeight, document.documentElement.scrollWidth - innerWidth]"
    )
    assert sizes[0] <= 0, f"the page is {sizes[0]} pixels too high"
    assert sizes[1] <= 0, f"the page is {sizes[1]} pixels too wide"
