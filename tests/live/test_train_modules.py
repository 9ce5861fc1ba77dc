"""What the page of a run knows without a server, in real Chromium: its log, thinning, smoothing, the tale of its KL."""

from __future__ import annotations

import math

import pytest
from playwright.sync_api import Page

from tools.running_app import RunningApp

PARTS = (
    "columns",
    "log-lines",
    "records",
    "thin",
    "smooth",
    "ticks",
    "kl-story",
    "words",
    "planes",
    "replay",
    "pictures",
)
PREPARE = """async (parts) => {
  for (const part of parts) Object.assign(window, await import(new URL(`./static/train/${part}.js`, location.href)));
}"""


@pytest.fixture(scope="module")
def modules(browser, live_server: RunningApp):
    page = browser.new_page()
    page.goto(live_server.url + "/live/health")
    page.evaluate(PREPARE, list(PARTS))
    yield page
    page.close()


def test_lines_of_each_kind_come_apart_and_a_bad_one_is_counted(modules: Page) -> None:
    found = modules.evaluate("""() => {
      const lines = [
        '{"kind": "step", "step": 1, "epoch": 1, "loss": 9, "beta": null}',
        '{"kind": "change", "step": 1, "epoch": 1, "beta": 0.5}',
        '{"epoch": 1, "kl": 2}',
      ];
      const whole = readLines(lines.join("\\n") + "\\n");
      const broken = readLines([lines[0], "no json", lines[2]].join("\\n") + "\\n");
      const told = ({ epochs, changes, steps, broken }) => [epochs.length, changes.length, steps.step.length, broken];
      return [told(whole), told(broken), told(readLines("")), whole.steps.loss[0], Number.isNaN(whole.steps.beta[0])];
    }""")
    assert found == [[1, 1, 1, 0], [1, 0, 1, 1], [0, 0, 0, 0], 9, True]


def test_a_log_of_columns_is_read_with_its_other_lines(modules: Page) -> None:
    found = modules.evaluate("""() => {
      const columns = STEP_COLUMNS.flatMap((_, index) => [index, index + 0.5]);
      const lines = ['{"kind": "change", "step": 1, "epoch": 1}', '{"epoch": 1, "kl": 2}'];
      const buffer = (more) => {
        const text = new TextEncoder().encode([...lines, ...more].map((line) => line + "\\n").join(""));
        const bytes = new Uint8Array(4 * columns.length + text.length);
        bytes.set(new Uint8Array(Float32Array.from(columns).buffer));
        bytes.set(text, 4 * columns.length);
        return bytes.buffer;
      };
      const told = ({ epochs, changes, steps, broken }) => [epochs.length, changes.length, [...steps.epoch], broken];
      const odd = readLog(buffer(['{"kind": "step", "epoch": 9}', "no"]), 2);
      return [told(readLog(buffer([]), 2)), told(odd), told(readLog(new ArrayBuffer(0), 0))];
    }""")
    assert found == [[1, 1, [1, 1.5], 0], [1, 1, [1, 1.5, 9], 1], [0, 0, [], 0]]


def test_records_place_steps_among_epochs_and_begin_anew_after_a_restart(modules: Page) -> None:
    found = modules.evaluate("""() => {
      const records = createRecords();
      const piece = (steps, epochs, restarted = false) => ({
        restarted, epochs: epochs.map((epoch) => ({ epoch })), changes: [],
        steps: columnsOf(steps.map((step) => ({ step, epoch: 1, reconstruction: 5, kl: step })), STEP_COLUMNS) });
      records.add(piece([10, 20], [1]), 20);
      records.add(piece([30], [2]), 20);
      const columns = ["at", "elbo"].map((name) => [...records.steps.column(name)]);
      const first = [...columns, records.last.epoch, records.at(1.5).epoch];
      records.add(piece([10], [1], true), 20);
      return [first, records.steps.length, records.last.epoch];
    }""")
    assert found == [[[0.5, 1.0, 1.5], [15, 25, 35], 2, 1], 1, 1]


def test_thinning_keeps_every_spike_and_few_points(modules: Page) -> None:
    kept, spikes, few = modules.evaluate("""() => {
      const x = Float64Array.from({ length: 100000 }, (_, index) => index / 500);
      const y = x.map((value) => Math.sin(value));
      [777, 50001].forEach((index) => (y[index] = 99));
      y[60000] = NaN;
      const kept = thinned({ x, y }, 0, 200, 400);
      const few = thinned({ x, y }, 10, 10.02, 400);
      return [kept.length, [777, 50001, 60000].map((index) => kept.includes(index)), few.map((index) => x[index])];
    }""")
    assert 400 < kept <= 1604
    assert spikes == [True, True, False]
    assert few[0] <= 10 and few[-1] >= 10.02, "lines go on to the edges"


def test_smoothing_is_a_mean_that_forgets_and_goes_on_where_it_stood(modules: Page) -> None:
    whole, pieces, flat, raw = modules.evaluate("""() => {
      const x = Float64Array.from({ length: 50 }, (_, index) => index), y = x.map((value) => Math.cos(value));
      const at = (count) => ({ x: x.subarray(0, count), y: y.subarray(0, count) });
      const grown = createSmoother();
      [3, 20, 50].forEach((count) => grown.of(at(count), 4));
      const flat = createSmoother().of({ x, y: x.map(() => 7) }, 4);
      const whole = [4, 0].map((span) => [...createSmoother().of(at(50), span)]);
      return [whole[0], [...grown.of(at(50), 4)], [...flat], whole[1]];
    }""")
    assert pieces == whole
    assert flat == pytest.approx([7] * 50)
    assert raw == pytest.approx([math.cos(value) for value in range(50)])
    kept = math.exp(-1 / 4)
    assert whole[1] == pytest.approx((math.cos(1) + kept) / (1 + kept))


def test_the_story_of_the_kl_says_which_woke_and_which_fell_asleep(modules: Page) -> None:
    words, early, order = modules.evaluate("""() => {
      const nats = [[1, 0, 0.5], [1, 0.3, 0.05], [1.2, 0.4, 0]];
      const records = nats.map((each, index) => ({ epoch: index + 1, kl_per_dimension: each }));
      const table = klTable(records);
      return [klWords(klStory(table)), klWords(klStory(table, 1)), table.order];
    }""")
    assert (
        words == "2 of 3 dimensions are awake (0.1 nats or more). Woke last: z2 (epoch 2). Fell asleep: z3 (epoch 2)."
    )
    assert early == "2 of 3 dimensions are awake (0.1 nats or more)."
    assert order == [0, 1, 2]


def test_how_a_run_is_doing_in_words(modules: Page) -> None:
    base = {"state": "running", "alive": True, "message": "", "epoch": 2, "epochs": 20, "step": 3, "steps": 40}
    base |= {"images_per_second": 9800.4, "seconds_left": 80.2, "delay": 0, "is_run": True, "stopping": False}
    dead = {**base, "alive": False, "state": "failed", "message": "the process ended without a word; last heartbeat"}
    said = modules.evaluate(
        "(all) => all.map((facts) => [stateWords(facts), progressWords(facts)])",
        [base, {**base, "state": "paused"}, {**base, "stopping": True}, dead],
    )
    assert said[0] == ["Training", "epoch 3 of 20 · step 3 of 40 · 9,800 images/s · 1 min 20 s left"]
    assert said[1] == ["Paused", "epoch 3 of 20 · step 3 of 40"]
    assert said[2][0] == "Stopping" and "kept" in said[2][1]
    assert said[3][0] == "Found dead" and "after epoch 2 of 20" in said[3][1]
    durations = modules.evaluate("[0.2, 59.4, 80, 3900, -3].map(duration)")
    assert durations == ["0 s", "59 s", "1 min 20 s", "1 h 5 min", "0 s"]


def test_a_place_on_a_plane_and_back_and_the_nearest_snapshot(modules: Page) -> None:
    place, latent, nearest = modules.evaluate("""() => {
      const plane = { origin: [0, 0, 4], axes: [[1, 0, 0], [0, 1, 0]] };
      const latent = latentOf(plane, [2, -3]);
      return [placeOf(plane, latent), [...latent], [0, 3.4, 4, 99].map((at) => nearestEpoch([0, 1, 3, 5, 9], at))];
    }""")
    assert (place, latent) == ([2, -3], [2, -3, 4])
    assert nearest == [0, 3, 3, 9]


def test_figures_are_short_and_axes_round(modules: Page) -> None:
    figures, ticks = modules.evaluate(
        "[[12345678, 1234, 0.001, 0.0000123, -3.14159, NaN].map((value) => figure(value)), ticks(0, 10, 4)]"
    )
    assert figures == ["12.3 M", "1,234", "0.001", "1.2·10⁻⁵", "−3.142", "–"]
    assert ticks == [0, 5, 10]
