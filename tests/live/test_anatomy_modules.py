"""What the Anatomy page's modules know without a server, in real Chromium: numbers, formulas, the brush, links."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.live.module_page import module_page
from tools.running_app import RunningApp

MODULES = [
    f"anatomy/{name}"
    for name in ("numbers", "formula", "machine-paint", "link-parts", "calm", "next-frame", "sentences")
]
FACTS = """window.facts = { shape: [1, 6, 6], images: 5, latent_dim: 2, classes: [], weights: "w", model: "m" };
  window.linked = (values) => ({ get: (key) => values[key] ?? null });"""


@pytest.fixture(scope="module")
def modules(browser, live_server: RunningApp):
    with module_page(browser, live_server, MODULES, FACTS) as page:
        yield page


def test_numbers_have_a_true_minus_and_no_negative_zero(modules: Page) -> None:
    found = modules.evaluate("[[-1.256], [-0.001], [3, 0], [NaN], [null], [0.5, 3]].map((given) => number(...given))")
    assert found == ["−1.26", "0.00", "3", "–", "–", "0.500"]


def test_the_noise_of_a_seed_is_normal_and_always_the_same(modules: Page) -> None:
    drawn = np.array(modules.evaluate("[...normalNoise(20000, 7)]"))
    assert modules.evaluate("[...normalNoise(20000, 7)].join() === [...normalNoise(20000, 7)].join()")
    assert abs(drawn.mean()) < 0.03 and abs(drawn.std() - 1) < 0.02
    assert abs((np.abs(drawn) < 1).mean() - 0.6827) < 0.015
    assert modules.evaluate("normalNoise(4, 1).join() !== normalNoise(4, 2).join()")


def test_a_slot_of_a_formula_has_its_width_and_is_said_with_its_number(modules: Page) -> None:
    text, widths, said = modules.evaluate(r"""() => {
      const tex = String.raw`z = \slot{mean} + \slot[4]{std}`;
      const { text, widths } = withSlots(tex);
      return [text, widths, spoken(tex, { mean: "−0.5" })];
    }""")
    assert widths == {"mean": 6, "std": 4}
    assert text.count(r"\htmlData{slot=") == 2 and r"\slot" not in text
    assert said == "z = −0.5 + …"


def test_the_brush_lightens_what_it_touches_and_erases_it_again(modules: Page) -> None:
    drawn, erased, far = modules.evaluate("""() => {
      const pixels = new Uint8Array(36);
      const first = dab(pixels, [1, 6, 6], [2.5, 2.5], 1, [255], false);
      const drawn = [...pixels];
      const again = dab(pixels, [1, 6, 6], [2.5, 2.5], 1, [255], false);
      dab(pixels, [1, 6, 6], [2.5, 2.5], 2, [255], true);
      return [[first, again, drawn], [...pixels], dab(pixels, [1, 6, 6], [20, 20], 1, [255], false)];
    }""")
    first, again, light = drawn
    assert first and not again, "a place that is light already does not change"
    assert light[2 * 6 + 2] == 255 and 0 < light[1 * 6 + 1] < 255 and light[35] == 0, "soft at its edge"
    assert sum(erased) == 0 and not far


def test_an_image_of_ones_own_and_noise_come_back_from_the_link(modules: Page) -> None:
    pixels, noise, problems = modules.evaluate("""async () => {
      const x = await imageText(Uint8Array.from({ length: 36 }, (_, at) => at * 7));
      const found = await readParts(linked({ x, e: noiseText(Float32Array.of(0.1, -2)) }), facts, (key) => key);
      return [[...found.pixels], [...found.noise], found.problems];
    }""")
    assert pixels == [at * 7 for at in range(36)] and noise == pytest.approx([0.1, -2]) and problems == []


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"x": "AAAA"}, ["link-x"]),
        ({"image": "5"}, ["link-image"]),
        ({"image": "-1"}, ["link-image"]),
        ({"e": "AAAA"}, ["link-noise"]),
        ({"weights": "other"}, ["link-weights"]),
        ({"image": "4"}, []),
    ],
)
def test_what_a_link_cannot_mean_is_said(modules: Page, link: dict, said: list[str]) -> None:
    found = modules.evaluate("(link) => readParts(linked(link), facts, (key) => key)", link)
    assert found["problems"] == said
    assert found["row"] == (4 if link == {"image": "4"} else None)


def test_an_image_that_is_too_long_for_a_link_is_left_out(modules: Page) -> None:
    assert modules.evaluate("imageText(crypto.getRandomValues(new Uint8Array(12288)))") is None


def test_what_changes_often_is_written_less_often_and_the_last_always(modules: Page) -> None:
    written = modules.evaluate("""async () => {
      const written = [];
      const calm = createCalm((value) => written.push(value));
      for (let at = 0; at < 40; at++) {
        calm.tell(at);
        await new Promise((go) => setTimeout(go, 5));
      }
      await new Promise((go) => setTimeout(go, 200));
      return written;
    }""")
    assert written[0] == 0 and written[-1] == 39 and len(written) < 20


def test_what_stands_behind_the_picture_is_drawn_once_a_frame_and_no_oftener_than_asked(modules: Page) -> None:
    every, seldom = modules.evaluate("""async () => {
      const frame = () => new Promise(requestAnimationFrame);
      const drawn = async (apart) => {
        const written = [];
        const behind = createNextFrame((value) => written.push(value), () => apart);
        for (let at = 0; at < 12; at++) {
          behind.tell(at - 0.5);
          behind.tell(at);
          await frame();
        }
        await new Promise((go) => setTimeout(go, 300));
        return written;
      };
      return [await drawn(0), await drawn(80)];
    }""")
    assert every[-1] == seldom[-1] == 11, "the last always"
    assert every == sorted(set(every)) and all(value == int(value) for value in every), "the newest of a frame, once"
    assert len(seldom) < len(every)


def test_a_failure_is_said_in_the_readers_language(modules: Page) -> None:
    said = modules.evaluate("""() => {
      const catalogues = { errors: { busy: { en: "?", zh: "忙" }, other: { en: "{message}", zh: "英文：{message}" } } };
      const of = (language) => createSentence(catalogues, () => language);
      const [busy, odd] = [{ reason: "busy", message: "Too many wait." }, { message: "No $& here." }];
      return [of("en")(busy), of("zh")(busy), of("zh")(odd)];
    }""")
    assert said == ["Too many wait.", "忙", "英文：No $& here."]
