"""What pages share: what was held last on each, what a button did, the way to another page; in real Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.live.module_page import module_page
from tools.running_app import RunningApp

MODULES = ("last-places", "said-there", "page-link")
BUTTON = """
  document.body.innerHTML = `<style>.note-at { position: fixed; inset: auto; margin: 0; pointer-events: none; }</style>
    <button id="share">Copy link</button><button id="next">Next</button><p id="below">Below</p>`;
  window.at = (id) => document.getElementById(id);
  window.places = () => ["share", "next", "below"].map((id) => JSON.stringify(at(id).getBoundingClientRect()));
  window.clipboard = (copies) => Object.defineProperty(navigator, "clipboard", { configurable: true, value: {
    writeText: () => (copies ? Promise.resolve() : Promise.reject(new Error("no"))) } });
"""


@pytest.fixture
def modules(browser: Browser, live_server: RunningApp) -> Iterator[Page]:
    with module_page(browser, live_server, MODULES, BUTTON) as page:
        yield page


def test_what_was_held_on_other_pages_is_offered_latest_first_and_once(modules: Page) -> None:
    offered, of_others, elsewhere = modules.evaluate("""() => {
      leavePlace("sliders", "w", { latent: Float32Array.of(1, 2), label: null });
      leavePlace("odd", "w", { row: 7 });
      leavePlace("map", "w", { row: 7 });
      leavePlace("morph", "w", { latent: [3, 4], label: 1 });
      leavePlace("sliders", "w", { latent: [5, 6], label: null });
      leavePlace("repair", "w", { latent: [5, 6], label: null });
      return [lastPlaces("w", "attributes"), lastPlaces("w", "repair"), lastPlaces("v", "attributes")];
    }""")
    assert offered == [
        {"page": "repair", "latent": [5, 6], "label": None},
        {"page": "morph", "latent": [3, 4], "label": 1},
        {"page": "map", "row": 7},
    ], "Sliders holds what Repair holds, Odd ones what the Map holds"
    assert [place["page"] for place in of_others] == ["morph", "map"], "nor what this page held itself"
    assert elsewhere == [], "another model's pictures are none of this one's"


@pytest.mark.parametrize(
    ("copies", "button", "note"),
    [(True, "Copied", "Only its latent."), (False, "Copy link", "The address bar has the same link: copy it there.")],
)
def test_how_copying_went_is_said_without_moving_anything(modules: Page, copies: bool, button: str, note: str) -> None:
    text, words, before, after, under = modules.evaluate(
        """async (copies) => {
          clipboard(copies);
          const before = places();
          await copyLink(at("share"), { more: "Only its latent." });
          const note = document.querySelector(".note-at");
          const { left, top } = note.getBoundingClientRect();
          const under = document.elementFromPoint(left + 4, top + 4);
          return [at("share").textContent, note.textContent, before, places(), under.className];
        }""",
        copies,
    )
    assert (text, words.endswith(note)) == (button, True)
    assert before == after, "neither the button nor what stands around it"
    assert under != "note-at", "a click goes through the note"
    modules.wait_for_function("at('share').textContent === 'Copy link'")
    modules.wait_for_function("!document.querySelector('.note-at')")


def test_the_page_that_is_left_keeps_its_one_entry_and_its_address(modules: Page) -> None:
    """As Streamlit goes to another page: the other's parameters first, then its path."""
    own, there, entries, restored = modules.evaluate("""() => {
      const [own, push, length] = [location.href, history.pushState, history.length];
      keepAddress("health");
      keepAddress("health"); // pressed twice
      history.pushState({}, "", "/live/health?z=1,2");
      const there = location.href;
      history.pushState({}, "", "/live/other?z=1,2");
      return [own, there, history.length - length, history.pushState === push];
    }""")
    assert there == own and entries == 1 and restored
    assert modules.url.endswith("/live/other?z=1,2")
    modules.evaluate("history.back()")
    modules.wait_for_function("own => location.href === own", arg=own)
