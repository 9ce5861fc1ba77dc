"""What is edited, undone and linked: sliders/latent-edit.js, page-link.js and browser-store.js in real Chromium."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.live.module_page import module_page
from tools.running_app import RunningApp

MODULES = ("sliders/latent-edit", "page-link", "browser-store")
FACTS = """
  window.fresh = () => {
    const edit = createLatentEdit();
    const at = (...latent) => Float32Array.from(latent);
    edit.begin({ latent: at(1, 2), label: null, home: at(1, 2), source: { kind: "row", row: 0, words: "Image 0" } });
    return edit;
  };
  window.values = (edit) => [...edit.latent];
"""


@pytest.fixture(scope="module")
def modules(browser, live_server: RunningApp):
    with module_page(browser, live_server, MODULES, FACTS) as page:
        yield page


def test_a_drag_is_one_step_and_goes_back_and_forth(modules: Page) -> None:
    seen = modules.evaluate("""() => {
      const edit = fresh(), seen = [];
      for (const value of [1.1, 1.2, 1.3]) edit.move({ 0: value }, 0, "hand");
      edit.settle();
      edit.move({ 1: 5 }, 0, "hand");
      edit.settle();
      const look = () => seen.push([...values(edit).map((v) => +v.toFixed(4)), edit.canUndo, edit.canRedo]);
      look(); edit.undo(); look(); edit.undo(); look(); edit.undo(); look(); edit.redo(); edit.redo(); look();
      return seen;
    }""")
    assert seen == [
        [1.3, 5, True, False],
        [1.3, 2, True, True],
        [1, 2, False, True],
        [1, 2, False, True],
        [1.3, 5, True, False],
    ]


def test_undo_in_the_middle_of_a_movement_loses_nothing(modules: Page) -> None:
    back, forth = modules.evaluate("""() => {
      const edit = fresh();
      edit.move({ 0: 7 }, 0, "hand");
      edit.undo();
      const back = values(edit);
      edit.redo();
      return [back, values(edit)];
    }""")
    assert (back, forth) == ([1, 2], [7, 2])


def test_a_new_step_after_undo_ends_what_could_be_redone(modules: Page) -> None:
    assert modules.evaluate("""() => {
      const edit = fresh();
      edit.jump([3, 3], 0);
      edit.undo();
      edit.jump([4, 4], 0);
      return [edit.canRedo, values(edit), (edit.undo(), values(edit))];
    }""") == [False, [4, 4], [1, 2]]


def test_locked_dimensions_stay_whatever_jumps(modules: Page) -> None:
    assert modules.evaluate("""() => {
      const edit = fresh();
      edit.lock(0, true);
      const moved = edit.move({ 0: 9 }, 0, "hand");
      edit.jump([8, 8], 0);
      edit.startFrom({ latent: [5, 6], source: { kind: "row", row: 3, words: "Image 3" } }, 0);
      return [moved, values(edit), [...edit.home], edit.atHome];
    }""") == [False, [1, 6], [5, 6], False]


def test_where_it_started_from_is_undone_too(modules: Page) -> None:
    assert modules.evaluate("""() => {
      const edit = fresh();
      edit.startFrom({ latent: [5, 6], source: { kind: "row", row: 3, words: "Image 3" } }, 0);
      edit.undo();
      return [edit.source.row, [...edit.home], edit.atHome];
    }""") == [0, [1, 2], True]


def test_the_steps_outlive_a_reload_only_where_the_latent_is_the_same(modules: Page) -> None:
    assert modules.evaluate("""() => {
      const edit = fresh();
      edit.jump([3, 3], 0);
      edit.undo();
      const record = JSON.parse(JSON.stringify(edit.record()));
      const again = fresh(), other = fresh();
      other.jump([9, 9], 0);
      return [again.recall(record), again.canRedo, (again.redo(), values(again)), other.recall(record)];
    }""") == [True, True, [3, 3], False]


def test_nothing_is_told_of_where_nothing_changed(modules: Page) -> None:
    assert (
        modules.evaluate("""() => {
      const edit = fresh(), told = [];
      edit.on("settle", ({ by }) => told.push(by));
      edit.settle();
      edit.move({ 0: 1 }, 0, "hand");
      edit.settle();
      edit.jump([1, 2], 0);
      return told;
    }""")
        == []
    )


def test_a_link_carries_a_latent_bit_for_bit(modules: Page) -> None:
    random = np.random.default_rng(0)
    numbers = np.concatenate(
        [
            random.standard_normal(200),
            random.standard_normal(200) * 10.0 ** random.integers(-30, 4, 200),
            [0, -0.0, 0.01, 0.79, 1 / 3, 1e-45, 9999.5],
        ]
    ).astype(np.float32)
    text = modules.evaluate("(numbers) => exactLatentText(numbers)", [float(number) for number in numbers])
    read = np.array([float(part) for part in text.split(",")], dtype=np.float32)
    assert read.tobytes() == (numbers + np.float32(0)).tobytes()
    assert modules.evaluate("exactLatentText([0.79, -1.25, 2])") == "0.79,-1.25,2"


def test_a_browser_that_refuses_to_keep_things_keeps_them_until_the_page_is_left(modules: Page) -> None:
    assert modules.evaluate("""() => {
      const full = { getItem: () => null, setItem: () => { throw new Error("full"); } };
      const store = browserStore("test/refused", full), kept = browserStore("test/kept");
      return [store.write([1]), store.read(), kept.write([2]), browserStore("test/kept").read()];
    }""") == [False, [1], True, [2]]
