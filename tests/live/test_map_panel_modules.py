"""What the map page knows without a server, in real Chromium: columns, filters, selections, links, draws."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.live.module_page import module_page
from tools.running_app import RunningApp

PARTS = ("columns", "filters", "selection", "link", "draws", "routes", "mixing")
FACTS = """
  window.facts = { latent_dim: 8, widest: [2, 5] };
  window.LABEL = { name: "label", kind: "class", names: ["a", "b", "c"], values: Int16Array.of(0, 0, 1, 1, 2, -1) };
  window.KL = { name: "kl", kind: "number", values: Float32Array.of(1, 2, 3, 4, 5, NaN) };
  window.ALL = { count: 6, rows: null };
"""


@pytest.fixture(scope="module")
def modules(browser, live_server: RunningApp):
    with module_page(browser, live_server, [f"map-panel/{part}" for part in PARTS], FACTS) as page:
        yield page


def test_filters_of_several_columns_hold_together(modules: Page) -> None:
    masks = modules.evaluate("""() => {
      const filters = createFilters(), columns = [LABEL, KL], seen = [filters.mask(6, columns)];
      filters.toggle("label", 1);
      seen.push([...filters.mask(6, columns)]);
      filters.brush("kl", [2, 5]);
      seen.push([...filters.mask(6, columns)]);
      seen.push([...filters.mask(6, columns, "label")]);
      filters.clear();
      return [...seen, filters.mask(6, columns)];
    }""")
    assert masks == [None, [1, 1, 0, 0, 1, 1], [0, 1, 0, 0, 1, 0], [0, 1, 1, 1, 1, 0], None]


def test_one_class_alone_and_all_again(modules: Page) -> None:
    hidden = modules.evaluate("""() => {
      const filters = createFilters(), seen = [];
      for (let press = 0; press < 2; press += 1) {
        filters.only("label", [1], 3);
        seen.push([...filters.hiddenIn("label")]);
      }
      return seen;
    }""")
    assert hidden == [[0, 2], []]


def test_two_classes_alone_then_two_others_then_all(modules: Page) -> None:
    hidden = modules.evaluate("""() => {
      const filters = createFilters(), seen = [];
      for (const pair of [[0, 3], [1, 2], [1, 2]]) {
        filters.only("label", pair, 4);
        seen.push([...filters.hiddenIn("label")]);
      }
      return seen;
    }""")
    assert hidden == [[1, 2], [0, 3], []]


MIXED = "[{ one: 4, other: 9, share: 0.0712 }, { one: 3, other: 5, share: 0.031 }, { one: 7, other: 9, share: 0.0004 }]"


@pytest.mark.parametrize(("pairs", "words"), [
    (MIXED, "4 & 9 mix most: 7.1 % of their nearest neighbours are of the other. Then 3 & 5 (3.1 %), "
            "7 & 9 (less than 0.1 %)."),
    ("[{ one: 0, other: 1, share: 0.5 }]", "0 & 1 mix most: 50 % of their nearest neighbours are of the other."),
    ("[]", "No two classes mix: the 15 nearest neighbours of every image are of its own."),
])  # fmt: skip
def test_how_classes_mix_is_said_in_a_sentence(modules: Page, pairs: str, words: str) -> None:
    said = f"wordsOf({{ pairs: {pairs}, neighbours: 15 }}, ({{ one, other }}) => `${{one}} & ${{other}}`).join('')"
    assert modules.evaluate(said) == words


def test_each_change_of_a_filter_is_told_and_comes_back_from_its_record(modules: Page) -> None:
    told, record, again = modules.evaluate("""() => {
      let told = 0;
      const filters = createFilters(() => (told += 1)), other = createFilters();
      filters.toggle("label", 2);
      filters.brush("kl", [1, 4]);
      other.recall(filters.record());
      return [told, filters.record(), other.record()];
    }""")
    assert told == 2
    assert record == again == {"hidden": {"label": [2]}, "ranges": {"kl": [1, 4]}}


def test_a_histogram_counts_every_value_within_its_ends_once(modules: Page) -> None:
    counts, of_some, by_class = modules.evaluate("""() => [
      [...histogram(KL.values, ALL, null, [1, 5], 4)],
      [...histogram(KL.values, { count: 6, rows: Uint32Array.of(0, 4) }, null, [1, 5], 4)],
      [...classCounts(LABEL.values, ALL, Uint8Array.of(1, 0, 1, 1, 1, 1), 3)],
    ]""")
    assert counts == [1, 1, 1, 2], "the highest value belongs to the last bin; NaN to none"
    assert of_some == [1, 0, 0, 1]
    assert by_class == [1, 2, 1]


def test_how_many_are_shown_counts_the_images_of_the_map(modules: Page) -> None:
    mask = "Uint8Array.of(1, 0, 1, 1, 0, 1)"
    assert modules.evaluate(f"shownCounts(ALL, {mask})") == [4, 6]
    assert modules.evaluate(f"shownCounts({{ count: 6, rows: [1, 2] }}, {mask})") == [1, 2]
    assert modules.evaluate(f"[...shownRows({{ count: 6, rows: [1, 2] }}, {mask})]") == [2]


def test_a_selection_is_added_to_taken_from_undone_and_redone(modules: Page) -> None:
    steps = modules.evaluate("""() => {
      const selection = createSelection(), steps = [];
      const note = () => steps.push([...selection.rows]);
      selection.change([5, 3, 3]); note();
      selection.change([1, 5], "add"); note();
      selection.change([3], "subtract"); note();
      selection.undo(); note();
      selection.undo(); note();
      selection.redo(); note();
      selection.change([9]); note();
      selection.redo(); note();
      return steps;
    }""")
    assert steps == [[3, 5], [1, 3, 5], [1, 5], [1, 3, 5], [3, 5], [1, 3, 5], [9], [9]]


def test_what_changes_nothing_is_no_step(modules: Page) -> None:
    assert modules.evaluate("""() => {
      const selection = createSelection();
      selection.change([]);
      selection.change([2]);
      selection.change([2], "add");
      selection.undo();
      return [[...selection.rows], selection.canUndo, selection.mask(3)];
    }""") == [[], False, None]


def test_a_selection_marks_its_rows(modules: Page) -> None:
    assert modules.evaluate("""() => {
      const selection = createSelection();
      selection.change([0, 2]);
      return [...selection.mask(4)];
    }""") == [1, 0, 1, 0]


def test_the_steps_of_large_selections_are_bounded(modules: Page) -> None:
    steps = modules.evaluate("""() => {
      const selection = createSelection();
      for (let turn = 0; turn < 130; turn += 1) selection.change([turn]);
      let steps = 0;
      while (selection.canUndo) { selection.undo(); steps += 1; }
      return steps;
    }""")
    assert steps == 100


LINK = (
    "?model=m&source=all&method=umap&neighbours=30&min_dist=0.25&components=3&colour=kl&hidden=label:1,2;cluster:kmeans:10:0"
    "&range=kl:3..9.5&view=0.5,-1.25,8&pin=12&group=threes&tab=select&class=3"
)


def test_a_link_brings_everything_back(modules: Page) -> None:
    asked = modules.evaluate("link => readLink(link, facts)", LINK)
    assert asked["problems"] == []
    assert (asked["source"], asked["method"], asked["colour"], asked["pin"]) == ("all", "umap", "kl", 12)
    assert asked["parameters"] == {"components": 3, "neighbours": 30, "min_dist": 0.25, "seed": 0}
    assert asked["filters"] == {"hidden": {"label": [1, 2], "cluster:kmeans:10": [0]}, "ranges": {"kl": [3, 9.5]}}
    assert (asked["view"], asked["group"], asked["tab"], asked["label"]) == ([0.5, -1.25, 8], "threes", "select", 3)


def test_what_is_shown_becomes_the_link_that_shows_it(modules: Page) -> None:
    changes = modules.evaluate(
        """link => {
          const { problems, ...asked } = readLink(link, facts);
          return linkOf({ ...asked, usualColour: "label" }, facts);
        }""",
        LINK,
    )
    written = {name: text for name, text in changes.items() if text is not None}
    assert {"model": "m", **written} == dict(pair.split("=") for pair in LINK[1:].split("&"))


def test_a_link_without_wishes_stays_bare(modules: Page) -> None:
    changes = modules.evaluate("""() => {
      const asked = readLink("?model=m", facts);
      return linkOf({ ...asked, colour: "label", usualColour: "label", tab: "colour", label: 0 }, facts);
    }""")
    assert set(changes.values()) == {None}


@pytest.mark.parametrize(
    ("link", "words", "method"),
    [
        ("?method=magic", 'method is "magic"; it must be dimensions, pca, umap, tsne. pca is shown.', "pca"),
        ("?x=1&y=1", "two different dimensions from 1 to 8. z3 and z6 are shown.", "dimensions"),
        ("?x=9&y=1", "two different dimensions from 1 to 8", "dimensions"),
        ("?x=" + "9" * 5000 + "&y=1", "two different dimensions from 1 to 8", "dimensions"),
        ("?method=umap&neighbours=1", 'neighbours is "1"; it must be from 2 to 200. 15 is taken.', "umap"),
        ("?method=umap&neighbours=1e9", "it must be from 2 to 200", "umap"),
        ("?method=umap&min_dist=", "it must be from 0 to 0.99", "umap"),
        ("?method=tsne&seed=1.5", "0 is taken", "tsne"),
        ("?method=constructor", 'The link\'s method is "constructor"; it must be', "pca"),
    ],
)
def test_what_a_link_cannot_mean_is_said(modules: Page, link: str, words: str, method: str) -> None:
    asked = modules.evaluate("link => readLink(link, facts)", link)
    assert len(asked["problems"]) == 1 and words in asked["problems"][0]
    assert asked["method"] == method
    assert len(asked["problems"][0]) < 200


@pytest.mark.parametrize(
    "part", ["hidden=label:x", "hidden=:1", "range=kl:5..1", "range=kl:a..b", "view=1,2", "view=1,2,x", "pin=-1"]
)
def test_a_damaged_part_of_a_link_is_left_out(modules: Page, part: str) -> None:
    asked = modules.evaluate("link => readLink(link, facts)", f"?{part}")
    assert asked["filters"] == {"hidden": {}, "ranges": {}}
    assert (asked["view"], asked["pin"]) == (None, None)


def test_links_of_earlier_versions_still_work(modules: Page) -> None:
    assert modules.evaluate("readLink('?plane=pca&x=1&y=2', facts).method") == "pca"
    assert modules.evaluate("readLink('?x=3&y=1', facts).parameters") == {"x": 2, "y": 0}
    assert modules.evaluate("readLink('', { latent_dim: 2, widest: [0, 1] })")["method"] == "dimensions"


def test_a_scale_leaves_the_outermost_values_out_and_is_never_empty(modules: Page) -> None:
    assert modules.evaluate("scaleOf(Float32Array.from({ length: 1001 }, (_, i) => i))") == [10, 990]
    assert modules.evaluate("scaleOf(Float32Array.of(4, 4, NaN))") == [3.5, 4.5]
    assert modules.evaluate("scaleOf(Float32Array.of(NaN, Infinity))") == [0, 1]


def test_columns_have_names_that_people_read(modules: Page) -> None:
    names = ["kl", "log_density", "cluster:kmeans:10", "cluster:hdbscan", "year_made"]
    titles = modules.evaluate("names => names.map((name) => titleOf({ name }))", names)
    assert titles == ["KL", "Log density", "Cluster: k-means, 10", "Cluster: HDBSCAN", "Year made"]
    assert modules.evaluate("classNames({ name: 'cluster:kmeans:2' }, [0, 1, -1])") == ["cluster 1", "cluster 2"]


def test_draws_are_the_same_each_time_and_as_wide_as_they_should_be(modules: Page) -> None:
    draws = np.array(modules.evaluate("[...normalDraws([1, -2, 0], [0.5, 2, 0], 4000)]")).reshape(-1, 3)
    assert np.allclose(draws.mean(axis=0), [1, -2, 0], atol=0.1)
    assert np.allclose(draws.std(axis=0), [0.5, 2, 0], rtol=0.05)
    assert abs(np.corrcoef(draws[:, 0], draws[:, 1])[0, 1]) < 0.05
    assert modules.evaluate("[...normalDraws([0], [1], 3)]") == modules.evaluate("[...normalDraws([0], [1], 3)]")


def test_rows_travel_as_little_endian_words(modules: Page) -> None:
    rows = np.array([0, 7, 70_000, 2**31], dtype="<u4")
    assert base64.b64decode(modules.evaluate("packedRows([0, 7, 70000, 2 ** 31])")) == rows.tobytes()
    many = modules.evaluate("packedRows(Uint32Array.from({ length: 100000 }, (_, row) => row))")
    assert np.array_equal(np.frombuffer(base64.b64decode(many), "<u4"), np.arange(100_000))


def test_points_are_read_with_and_without_rows(modules: Page) -> None:
    whole = modules.evaluate("""() => {
      const { x, y, z, rows } = pointsIn(Float32Array.of(1, 2, 3, 4).buffer, 2, false);
      return [[...x], [...y], z === undefined, rows === undefined];
    }""")
    assert whole == [[1, 2], [3, 4], True, True]
    sample = modules.evaluate("""() => {
      const words = new Uint32Array(8);
      words.set([9, 70000]);
      new Float32Array(words.buffer).set([1, 2, 3, 4, 5, 6], 2);
      const { x, y, z, rows } = pointsIn(words.buffer, 3, true);
      return [[...rows], [...x], [...y], [...z]];
    }""")
    assert sample == [[9, 70_000], [1, 2], [3, 4], [5, 6]]


@pytest.mark.parametrize(
    "range_", [[-16.5865123, 25.89034567], [0.000123456789, 0.00098765432], [1234567.8, 1234569.9]]
)
def test_a_brush_has_the_digits_of_the_link_and_loses_nothing_within(modules: Page, range_: list[float]) -> None:
    brushed, again = modules.evaluate(
        """range => {
          const filters = createFilters(), shown = { ...readLink("", facts), filters: null };
          filters.brush("kl", range);
          shown.filters = filters.record();
          const link = new URLSearchParams({ range: linkOf(shown, facts).range });
          return [filters.rangeOf("kl"), readLink(`?${link}`, facts).filters.ranges.kl];
        }""",
        range_,
    )
    assert brushed == again
    assert brushed[0] <= range_[0] and brushed[1] >= range_[1]
    assert brushed == pytest.approx(range_, rel=1e-4)
