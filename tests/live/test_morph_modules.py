"""What the morph page knows without a server, in real Chromium: places on paths, mixtures, undo, links."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tools.running_app import RunningApp

PREPARE = """async () => {
  for (const part of ["morph/pacing", "morph/mixing", "morph/morph-edit", "morph/link", "morph/path-rows", "packed"]) {
    Object.assign(window, await import(new URL(`./static/${part}.js`, location.href)));
  }
  window.key = (value, row = null) => (
    { latent: Float32Array.of(value, -value), source: { kind: "row", row, words: `image ${row}` } });
  window.first = () => (
    { keys: [key(0.1, 1), key(0.7, 2)], path: "linear", compare: [], pace: "steady", mode: "path", label: null });
}"""


@pytest.fixture(scope="module")
def modules(browser, live_server: RunningApp):
    page = browser.new_page()
    page.goto(live_server.url + "/live/health")
    page.evaluate(PREPARE)
    yield page
    page.close()


def test_a_place_on_a_path_is_exact_at_its_keys_whatever_the_pace(modules: Page) -> None:
    exact, apart = modules.evaluate("""() => {
      const points = Float32Array.of(0, 0, 1, 0, 2, 0, 2, 1, 2, 4, 0.1, 0.3);
      const path = { points, places: [0, 2, 5], way: [0, 3, 4, 5, 9, 10] };
      const at = (pace, place) => [...latentAt(path, 2, pace, place)];
      const exact = PACES.map(([pace]) => [0, 0.5, 1].map((place) => at(pace, place)));
      return [exact, [at("steady", 0.25), at("even", 0.25), at("ease", 0.1)]];
    }""")
    last = [pytest.approx(0.1), pytest.approx(0.3)]
    assert all(found[:2] == [[0, 0], [2, 0]] and found[2] == last for found in exact)
    steady, even, ease = apart
    assert steady == [1, 0], "half of the first leg"
    assert even[0] == pytest.approx(2 / 3), "half of what the picture changes in it"
    assert ease[0] == pytest.approx(2 * 0.2**2 * (3 - 0.4)), "slower at the image"


def test_the_distance_is_walked_from_the_first_image_to_the_last(modules: Page) -> None:
    found = modules.evaluate("""() => {
      const path = { points: Float32Array.of(0, 0, 3, 4, 3, 5), places: [0, 2], way: null };
      return [0, 0.5, 1].map((place) => distanceAt(path, 2, "even", place));
    }""")
    assert found == [0, 5, 6]


def test_corners_of_the_palette_are_their_images_and_weights_add_up(modules: Page) -> None:
    corners, sums, mean = modules.evaluate("""() => {
      const latents = [[1, 0], [0, 1], [3, 3], [5, -5]];
      const mix = (place, count) => [...mixed(latents.slice(0, count), weightsAt(place, count))];
      const corners = [3, 4].map((count) => CORNERS[count].map((place) => mix(place, count)));
      const places = [[0.2, 0.9], [0.5, 0.5], [0.9, 0.1], [0, 0.4]];
      const sums = [3, 4].flatMap((count) => places.map((place) => weightsAt(place, count)));
      return [corners, sums, mix([0.5, 2 / 3], 3)];
    }""")
    assert corners == [[[1, 0], [0, 1], [3, 3]], [[1, 0], [0, 1], [3, 3], [5, -5]]]
    assert all(sum(weights) == pytest.approx(1) and min(weights) >= 0 for weights in sums)
    assert mean == [pytest.approx(4 / 3, rel=1e-6)] * 2, "the middle of the triangle is the mean"


def test_each_change_is_one_step_to_undo_and_outlives_a_reload(modules: Page) -> None:
    seen, again, other = modules.evaluate("""() => {
      const edit = createMorphEdit(), seen = [];
      const words = () => `${edit.state.keys.map(({ source }) => source.row).join()} ${edit.state.path}`;
      edit.begin(first());
      edit.set({ path: "slerp" });
      edit.set({ path: "slerp" });
      edit.set({ keys: reordered(edit.state.keys, 1, 0) });
      seen.push(words());
      edit.undo();
      seen.push(words(), edit.canRedo);
      edit.undo();
      seen.push(words(), edit.canUndo);
      edit.redo();
      const record = JSON.parse(JSON.stringify(edit.record()));
      const later = createMorphEdit();
      later.begin(first());
      const recalled = later.recall(record, false);
      later.undo();
      const linked = createMorphEdit();
      linked.begin(first());
      const typed = later.state.keys[0].latent instanceof Float32Array;
      return [seen, [recalled, later.state.path, typed], linked.recall(record, true)];
    }""")
    assert seen == ["2,1 slerp", "1,2 slerp", True, "1,2 linear", False]
    assert again == [True, "linear", True]
    assert other is False, "a link that shows something else wins"


def test_the_same_image_twice_in_a_row_is_found(modules: Page) -> None:
    assert modules.evaluate("sameNeighbours([key(1), key(1), key(2), key(1)])") == [[1, 2]]


def test_a_link_carries_rows_and_latents_bit_for_bit(modules: Page) -> None:
    link, back = modules.evaluate("""() => {
      const state = first();
      state.keys.push({ latent: Float32Array.of(1 / 3, -0), source: { kind: "file", row: null, words: "mine" } });
      const link = linkOf(state, { place: 0.25, spot: [0.1, 0.9], weights: "w" });
      const back = [...unpackedLatents(link.keys.split(".")[2].slice(1))];
      return [link, back.map((value) => [value, Object.is(value, -0)])];
    }""")
    assert link["keys"].startswith("1.2.z") and (link["t"], link["path"], link["at"]) == ("0.25", "linear", None)
    assert back == [[pytest.approx(1 / 3, rel=1e-7), False], [0, True]]


def test_a_grid_of_the_palette_has_its_keys_at_the_corners_bit_for_bit(modules: Page) -> None:
    square, triangle = modules.evaluate("""() => {
      const keys = [[0.1, 0.2], [0.3, -0.7], [1.1, 2], [-3, 0.4]].map((key) => Float32Array.from(key));
      return [4, 3].map((corners) => {
        const some = keys.slice(0, corners);
        return gridPlaces(5, corners).map((place) => [...mixed(some, weightsAt(place, corners))]);
      });
    }""")
    keys = [pytest.approx(each, abs=1e-7) for each in ([0.1, 0.2], [0.3, -0.7], [1.1, 2], [-3, 0.4])]
    assert len(square) == 25 and [square[at] for at in (0, 4, 20, 24)] == keys
    assert square[12] == pytest.approx([-0.375, 0.475], abs=1e-6), "the mean of all four in the middle"
    assert len(triangle) == 15 and [triangle[at] for at in (0, 10, 14)] == keys[:3]


def test_the_lowest_density_is_told_with_its_verdict_and_without(modules: Page) -> None:
    found = modules.evaluate("""() => {
      const known = { lowest_log_density: -12.34, lowest_at: 0.4 };
      const judged = { verdict: "rare", lowest: 3.21 };
      const unknown = { lowest_log_density: null };
      return [[known, judged], [known, null], [unknown, judged], [unknown, null]]
        .map(([path, density]) => lowestWords(path, density));
    }""")
    assert found == ["Rare (3), log q −12.3", "log q −12.3", "Rare (3)", ""]
