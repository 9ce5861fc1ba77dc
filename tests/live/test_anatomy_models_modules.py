"""What the chapters 1, 2 and 7 know without a server, in real Chromium: the newest request, sheets, ticks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.live.module_page import module_page
from tools.running_app import RunningApp

MODULES = [f"anatomy/{part}" for part in ("newest", "picture-sheet", "latent-plane", "chapter-7-charts")]


@pytest.fixture(scope="module")
def modules(browser: Browser, live_server: RunningApp) -> Iterator[Page]:
    with module_page(browser, live_server, MODULES) as page:
        yield page


def test_of_many_moves_the_first_and_the_newest_are_asked(modules: Page) -> None:
    asked, failed = modules.evaluate("""async () => {
      const [asked, failed] = [[], []];
      const ask = newestOnly(async (value) => {
        asked.push(value);
        await new Promise((go) => setTimeout(go, 20));
        if (value === 4) throw new Error("four");
      }, ({ message }) => failed.push(message));
      for (const value of [1, 2, 3, 4]) ask(value);
      await new Promise((go) => setTimeout(go, 80));
      await ask(5);
      return [asked, failed];
    }""")
    assert asked == [1, 4, 5]
    assert failed == ["four"]


def test_a_sheet_keeps_its_pictures_apart(modules: Page) -> None:
    found = modules.evaluate("""() => {
      const canvas = document.createElement("canvas");
      const pixels = Uint8Array.from({ length: 3 * 4 }, (_, at) => 10 + Math.floor(at / 4)); // three pictures of 2 x 2
      drawSheet(canvas, pixels, [2, 2, 1], 3, 2);
      const { data } = canvas.getContext("2d").getImageData(0, 0, 5, 5);
      return [[canvas.width, canvas.height], [0, 2, 3, 5 * 3].map((at) => [data[4 * at], data[4 * at + 3]])];
    }""")
    assert found[0] == [5, 5]
    assert found[1] == [[10, 255], [0, 0], [11, 255], [12, 255]]  # first, gap, second, first of the second row


def test_a_hand_moves_z_by_pointer_and_keys_and_stays_inside(modules: Page) -> None:
    places = modules.evaluate("""async () => {
      const room = Object.assign(document.createElement("div"), { style: "width: 200px; height: 200px" });
      document.body.append(room);
      const moves = [];
      const options = { colours: ["red"], colour: () => "rgb(0, 0, 0)", onMove: (place) => moves.push(place) };
      const plane = createPlane(room, options);
      plane.show({ reach: 4, place: [0, 0], label: "plane" });
      const hand = room.querySelector(".plane-hand");
      const key = (name, more = {}) => hand.dispatchEvent(new KeyboardEvent("keydown", { key: name, ...more }));
      key("ArrowRight");
      key("ArrowDown", { shiftKey: true });
      for (let press = 0; press < 60; press += 1) key("ArrowUp");
      plane.close();
      room.remove();
      return [moves[0], moves[1], moves.at(-1)];
    }""")
    assert places == [[0.1, 0], [0.1, -0.02], [0.1, 4]]


def test_ticks_are_round_and_inside(modules: Page) -> None:
    found = modules.evaluate("() => [niceTick(3.3), niceTick(30), ticks(-20, 10, 4), ticks(0, 0.2, 4)]")
    assert found == [2, 20, [-20, -10, 0, 10], pytest.approx([0, 0.05, 0.1, 0.15, 0.2])]
