"""What the Generate and Attributes pages know without a server, in real Chromium: settings, links, moves, steps."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page

from tools.running_app import RunningApp

PREPARE = """async () => {
  const load = (name) => import(new URL(`./static/${name}.js`, location.href));
  const all = async (...names) => Object.assign({}, ...(await Promise.all(names.map(load))));
  window.gen = await all("generate/settings", "generate/percentiles");
  window.att = await all("attributes/link", "attributes/moves");
  Object.assign(window, await load("history"));
  const has = { density: true, drawable: true, classes: ["a", "b"], images: 100, latent_dim: 2 };
  window.facts = { model: "m", weights: "w", ...has };
  window.known = (key) => ({ "axis:0": { vector: Float32Array.of(1, 0), step: 2 } })[key];
}"""
GENERATE = "?from=mixture&t=0.8&seed=7&n=36&shown=draw&class=1&keep=5&sort=copy&near=1&sample=12&weights=w"
ATTRIBUTES = (
    "?image=12&label=1&by=named%3Atwo+words%2525%252C%3A0.5%2Caxis%3A0%3A-1.2&now=0.25,-3&pair=3,40&kind=axis&weights=w"
)


@pytest.fixture(scope="module")
def modules(browser, live_server: RunningApp):
    page = browser.new_page()
    page.goto(live_server.url + "/live/health")
    page.evaluate(PREPARE)
    yield page
    page.close()


def test_a_link_of_samples_brings_all_settings_back(modules: Page) -> None:
    settings, problems, link = modules.evaluate(
        """link => {
          const { settings, problems } = gen.readSettings(link, facts);
          return [settings, problems, gen.linkOf(settings, facts)];
        }""",
        GENERATE,
    )
    assert problems == []
    assert settings["source"] == "mixture" and settings["temperature"] == 0.8 and settings["label"] == 1
    assert settings["sort"] == "copy"
    assert "&".join(f"{name}={text}" for name, text in link.items()) == GENERATE[1:]


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("?t=9", 'The link\'s t is "9"; the temperature lies in 0 to 2. 1 is taken.'),
        ("?seed=1.5", "a seed is a whole number from 0 to 999999999. 0 is taken."),
        ("?seed=", "a seed is a whole number"),
        ("?keep=100", "a percentile to keep above lies in 0 to 99."),
        ("?n=7", "it must be one of 16, 36, 64, 100. 64 are shown."),
        ("?class=2", "this model knows 0 to 1. Each in turn is shown."),
        (
            "?sort=size",
            'The link\'s sort is "size"; here it must be one of drawn, copy, usual.',
        ),
        ("?weights=v", "the model was trained again since"),
    ],
)
def test_what_a_link_of_samples_cannot_mean_is_said(modules: Page, link: str, words: str) -> None:
    problems = modules.evaluate("link => gen.readSettings(link, facts).problems", link)
    assert len(problems) == 1 and words in problems[0]


def test_what_a_model_has_not_is_left_aside(modules: Page) -> None:
    problems = modules.evaluate(
        "link => gen.readSettings(link, { ...facts, density: false, drawable: false, classes: [] }).problems", GENERATE
    )
    assert [words.split(";")[0] for words in problems] == [
        "The link draws from a fitted mixture",
        "The link shows draws of p(x|z)",
        "This model is not conditional",
    ]


def test_only_the_usual_draws_are_kept_and_classes_take_turns(modules: Page) -> None:
    kept, all_, labels = modules.evaluate("""() => [
      gen.kept(Float32Array.of(1, 50, 3, 90, 20), 10, 2, 5), gen.kept(new Float32Array(0), 0, 3, 5),
      [0, 1, 2].map((index) => gen.labelOf({ label: gen.EACH }, index, facts.classes)),
    ]""")
    assert (kept, all_, labels) == ([1, 3], [0, 1, 2], [0, 1, 0])


def test_a_link_of_attributes_brings_start_amounts_and_latent_back(modules: Page) -> None:
    asked = modules.evaluate("link => att.readLink(link, facts)", ATTRIBUTES)
    assert asked["problems"] == [] and asked["pair"] == [3, 40] and asked["kind"] == "axis"
    assert asked["amounts"] == {"named:two words%,": 0.5, "axis:0": -1.2} and asked["now"] == [0.25, -3]
    again = modules.evaluate(
        """asked => {
          const state = { start: asked.start, amounts: asked.amounts, pair: { a: { row: 3 }, b: { row: 40 } } };
          const link = Object.entries(att.linkOf(state, asked.now, "axis", facts));
          return new URLSearchParams(link.filter(([, text]) => text !== null)).toString();
        }""",
        asked,
    )
    assert parse_qs(again) == parse_qs(ATTRIBUTES[1:])


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("?image=100", "the stored images go from 0 to 99. It is left aside."),
        ("?label=5", "this model knows the classes 0 to 1."),
        ("?z=1,2,3", "is no latent of 2 numbers within ±10000"),
        ("?z=1,", "is no latent of 2 numbers"),
        ("?now=1,99999", "is no latent of 2 numbers"),
        ("?by=slant:0.5", "which is no direction with an amount"),
        ("?by=named:slant:lots", "which is no direction with an amount"),
    ],
)
def test_what_a_link_of_attributes_cannot_mean_is_said(modules: Page, link: str, words: str) -> None:
    problems = modules.evaluate("link => att.readLink(link, facts).problems", link)
    assert len(problems) == 1 and words in problems[0]


def test_a_picture_moves_along_its_directions_and_a_missing_one_stays_in_the_start(modules: Page) -> None:
    moved, whole, missing, start = modules.evaluate("""() => {
      const state = { start: { z: [0, 1], row: 4 }, amounts: { "axis:0": 0.5, "named:gone": 3 } };
      const { state: left, missing } = att.settled(state, [5, 5], known);
      return [[...att.latentOf(state, known)], [...att.latentOf(left, known)], missing, left.start];
    }""")
    assert moved == [1, 1] and whole == [5, 5] and missing == ["named:gone"]
    assert start["row"] is None, "it is no image of the set any more"


def test_an_analogy_is_a_direction_and_none_between_equal_latents(modules: Page) -> None:
    found, none = modules.evaluate("""() => {
      const { vector, step } = att.between([0, 0], [3, 4]);
      return [[...vector, step], att.between([1, 2], [1, 2])];
    }""")
    assert found == pytest.approx([0.6, 0.8, 5]) and none is None


@pytest.mark.parametrize(
    ("auc", "short", "words"),
    [
        (0.97, "tells apart almost always", "in 97 of 100 pairs of held-out images"),
        (0.88, "tells apart mostly", "AUC 0.88"),
        (0.52, "hardly tells them apart", "Hardly better than chance"),
    ],
)
def test_a_direction_says_how_good_it_is(modules: Page, auc: float, short: str, words: str) -> None:
    said = modules.evaluate("auc => att.consistencyWords({ auc, cohens_d: 2.84, held_out: [300, 2700] })", auc)
    assert said["short"].startswith(short) and said["short"].endswith("d 2.8")
    assert words in said["words"] and "300 with and 2,700 without" in said["words"]


def test_steps_are_undone_redone_and_outlive_a_reload(modules: Page) -> None:
    seen = modules.evaluate("""() => {
      const seen = [];
      const history = createHistory({ apply: (state) => seen.push(state.at) });
      history.begin({ at: 0 });
      [1, 1, 2].forEach((at) => history.push({ at }));
      history.undo(); history.undo(); history.undo(); history.redo();
      const other = createHistory({ apply: (state) => seen.push(state.at) });
      other.begin({ at: 1 });
      seen.push(other.recall(history.record()), other.recall({ past: [], now: { at: 9 }, future: [] }));
      other.redo(); other.push({ at: 7 });
      return [...seen, other.canRedo];
    }""")
    assert seen == [1, 0, 1, True, False, 2, False]
