"""What Sliders does without a server, in real Chromium: steps back, links, what is kept, the pace of previews."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.live.module_page import module_page
from tools.running_app import RunningApp

MODULES = ("sliders/latent-edit", "sliders/paced-decoder", "page-link", "browser-store")
FACTS = """
  window.fresh = () => {
    const edit = createLatentEdit();
    const at = (...latent) => Float32Array.from(latent);
    edit.begin({ latent: at(1, 2), label: null, home: at(1, 2), source: { kind: "row", row: 0, words: "Image 0" } });
    return edit;
  };
  window.values = (edit) => [...edit.latent];
  /** A decoder of previews whose server answers when it is told to; `asked` holds what is on its way. */
  window.paced = () => {
    const asked = [], seen = { done: 0, drawn: [] };
    const decode = ({ lane, count, side }, onReply) => asked.push({ lane, count, side, onReply });
    const socket = { decode, forget() {} };
    const drawStrip = (_sheet, _pixels, _shape, count) => seen.drawn.push(count);
    const decoder = createPacedDecoder(socket, "p", { request: () => ({}), drawStrip, onDone: () => (seen.done += 1) });
    const job = (count, side = 20) => ({ latents: Array.from({ length: count }, () => [0, 0]), side, draw() {} });
    const reply = ({ count, onReply }, ms) => onReply({ pixels: new Uint8Array(count), shape: [1, 1, 1], ms, count });
    socket.limits = { max_count: 256 };
    return { asked, seen, decoder, job, reply };
  };
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


def test_two_batches_of_previews_are_on_their_way_and_grow_by_the_quickest(modules: Page) -> None:
    seen = modules.evaluate("""() => {
      const { asked, decoder, job, reply } = paced(), flights = [], counts = [];
      decoder.ask([job(100)]);
      const take = (ms) => {
        flights.push(new Set(asked.map((each) => each.lane)).size);
        const each = asked.shift();
        counts.push(each.count);
        reply(each, ms(each.count));
      };
      take((count) => 2 * count); take((count) => count); take((count) => 0.5 * count);
      take((count) => 90 * count); take((count) => 90 * count); take((count) => 90 * count);
      return [flights, counts, asked.map((each) => each.count)];
    }""")
    # 7 to learn the cost; 8 ms at 2, 1 and 0.5 ms each; what somebody else held up makes none smaller
    assert seen == [[2] * 6, [7, 7, 4, 8, 16, 16], [16, 16]]


def test_previews_of_one_size_go_together(modules: Page) -> None:
    seen = modules.evaluate("""() => {
      const { asked, seen, decoder, job, reply } = paced();
      decoder.ask([job(2), job(3), job(4, 60)]);
      const sent = asked.splice(0);
      sent.forEach((each) => reply(each, 1));
      return [sent.map((each) => [each.count, each.side]), seen.drawn, seen.done];
    }""")
    assert seen == [[[5, 20], [4, 60]], [2, 3, 4], 1]


def test_previews_that_come_soon_after_one_another_are_drawn_at_once(modules: Page) -> None:
    seen = modules.evaluate("""async () => {
      const { asked, seen, decoder, job, reply } = paced(), drawn = [];
      const take = () => { reply(asked.shift(), 1e6); drawn.push(seen.drawn.length); };
      decoder.ask([job(7), job(7), job(4), job(4)]);
      take();
      await new Promise((go) => setTimeout(go, 150));
      take(); take(); take();
      return drawn;
    }""")
    assert seen == [0, 2, 2, 4]


def test_a_late_reply_to_dropped_previews_does_not_hide_that_all_are_drawn(modules: Page) -> None:
    seen = modules.evaluate("""() => {
      const { asked, seen, decoder, job, reply } = paced();
      decoder.ask([job(5)]);
      const [late] = asked.splice(0);
      decoder.ask([job(3)]);
      const [wanted] = asked.splice(0);
      reply(wanted, 1);
      const before = [seen.done, seen.drawn.length];
      reply(late, 1);
      return [before, seen.done, seen.drawn.length, asked.length];
    }""")
    assert seen == [[1, 1], 1, 1, 0]
