"""What a person does on the Anatomy page: the machine under the hand, every chapter and its control, both languages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.live_page import drag, pixels
from tools.running_app import RunningApp

PATIENCE = 120_000  # a fresh worker imports all it needs first
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const { startTime, value } of list.getEntries()) window.shifts.push([startTime, value]);
}).observe({ type: "layout-shift", buffered: true });
"""
SUM = "(since) => shifts.filter(([at]) => at > since).reduce((sum, [, value]) => sum + value, 0)"
CHINESE = re.compile(r"[一-鿿]")


def open_anatomy(page: Page, app: RunningApp, rest: str = "") -> None:
    page.add_init_script(SHIFTS)
    page.goto(f"{app.url}/anatomy?{rest}", timeout=PATIENCE)
    expect(page.locator(".subject-words")).not_to_be_empty(timeout=PATIENCE)


def number(locator: Locator) -> float:
    return float(locator.text_content().replace("−", "-"))


def row(page: Page, name: str) -> Locator:
    """A number in the first dimension's row: mean, std, noise, latent or kl."""
    return page.locator(f".m-list .m-row:first-child [data-number={name}]")


def elbo(page: Page) -> Locator:
    return page.locator(".m-elbo .slot").last


def shifted(page: Page, since: float) -> float:
    """How much the page jumped since then: the sum of the browser's layout shifts."""
    return page.evaluate(
        "(since) => shifts.filter(([at]) => at > since).reduce((sum, [, value]) => sum + value, 0)", since
    )


def now(page: Page) -> float:
    return page.evaluate("performance.now()")


def assert_other_pixels(page: Page, name: str, before: object) -> None:
    """A canvas is drawn anew, within two seconds."""
    for _ in range(20):
        if pixels(page.locator(name)) != before:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{name} keeps the colours of the other theme")


def test_the_machine_follows_noise_and_brush_and_the_link_brings_it_back(
    page: Page, browser: Browser, app_server: RunningApp
) -> None:
    open_anatomy(page, app_server, "model=digits-8d&image=3")
    expect(elbo(page)).to_contain_text(re.compile(r"\d"))
    before, since = elbo(page).text_content(), now(page)
    drag(page, page.locator(".m-list .m-row:first-child .m-noise-lane"), 0.3, 0.8)
    expect(elbo(page)).not_to_have_text(before)
    expect(row(page, "noise")).to_have_text(re.compile(r"^2\.[45]"))
    mean, std, noise, latent = (number(row(page, name)) for name in ("mean", "std", "noise", "latent"))
    assert latent == pytest.approx(mean + std * noise, abs=0.02)
    likelihood, kl, sum_ = (number(slot) for slot in page.locator(".m-elbo .slot").all())
    assert sum_ == pytest.approx(likelihood - kl, abs=0.11)
    assert shifted(page, since) == 0, "numbers change in their places"

    light = {name: pixels(page.locator(name)) for name in (".m-pixels canvas", ".m-canvas")}
    page.emulate_media(color_scheme="dark")
    for name, before in light.items():
        assert_other_pixels(page, name, before)
    page.emulate_media(color_scheme="light")

    page.locator(".m-noise-lane").first.press("Delete")
    expect(row(page, "noise")).to_have_text("0.00")
    page.get_by_role("button", name="Redraw").click()
    expect(row(page, "noise")).not_to_have_text("0.00")

    seen, decoded = (page.locator(f"{part} canvas") for part in (".m-x", ".m-picture"))
    whole, picture, since = pixels(seen), pixels(decoded), now(page)
    box = seen.bounding_box()
    page.mouse.move(box["x"] + 12, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 40, steps=12)
    page.mouse.up()
    expect(page.locator(".subject-words")).to_have_text("Your own image")
    assert pixels(seen) != whole and pixels(decoded) != picture
    assert shifted(page, since) == 0
    expect(page).to_have_url(re.compile(r"[?&]x="))
    page.get_by_role("button", name="中文").click()
    expect(page.locator(".lead")).to_have_text(CHINESE)

    other = browser.new_page()
    open_anatomy(other, app_server, page.url.split("?", 1)[1])
    expect(elbo(other)).to_have_text(elbo(page).text_content())
    assert pixels(other.locator(".m-x canvas")) == pixels(seen)
    expect(other.locator(".lead")).to_have_text(CHINESE)
    other.close()

    page.locator(".m-restore").click()
    expect(page.locator(".subject-words")).to_contain_text("3")
    page.locator(".m-clear").click()
    expect(page.locator(".m-note")).to_contain_text("空")


SEEN = """element => [element, ...element.querySelectorAll("*")].map((part) => {
  const drawn = part.getAttribute("d") ?? part.getAttribute("points") ?? "";
  if (part.tagName === "CANVAS") return part.toDataURL();
  return part.children.length ? drawn : part.textContent + drawn;
}).join()"""
LEAST_JUMP = 0.001  # of the browser's measure: below it nothing moves that an eye sees


def press(selector: str) -> Callable[[Page], None]:
    return lambda page: page.locator(selector).first.click()


def key(selector: str, name: str) -> Callable[[Page], None]:
    return lambda page: page.locator(selector).first.press(name)


def move(selector: str) -> Callable[[Page], None]:
    def moved(page: Page) -> None:
        page.locator(selector).first.scroll_into_view_if_needed()
        drag(page, page.locator(selector).first, 0.35, 0.7, steps=8)

    return moved


# chapter -> what a hand does there, and the figure that must follow
CONTROLS = {
    "chapter-1": (press(".two-models .draw"), "chapter-1.samples"),
    "chapter-2": (press(".all-steps"), "chapter-2.log-prior"),
    "chapter-3": (press(".from button:nth-child(2)"), "chapter-3.estimate"),
    "chapter-4": (move("[data-figure='chapter-4.posterior']"), "chapter-4.elbo"),
    "chapter-5": (press(".by button:nth-child(2)"), "chapter-5.spread-through"),
    "chapter-6": (press(".take-step"), "chapter-6.elbo"),
    "chapter-7": (key(".beta-track .track", "ArrowRight"), "chapter-7.kl"),
    "chapter-8": (move(".uses .pad"), "chapter-8.generated"),
}


def settled(page: Page, figure: Locator) -> str:
    """What a figure shows once it has not changed for half a second."""
    before, quiet = None, 0
    for _ in range(240):
        shown = figure.evaluate(SEEN)
        quiet = quiet + 1 if shown == before else 0
        if quiet == 2:
            return shown
        before = shown
        page.wait_for_timeout(250)
    raise AssertionError("the figure never came to rest")


def test_every_chapter_opens_and_its_control_moves_its_figure_in_both_languages(
    page: Page, app_server: RunningApp
) -> None:
    open_anatomy(page, app_server, "model=digits-2d&image=3")
    for chapter, (act, name) in CONTROLS.items():
        page.locator(f"#tab-{chapter}").click()
        figure = page.locator(f"[data-figure='{name}']").first
        expect(figure).to_be_attached(timeout=PATIENCE)
        since = now(page) + 100
        before = settled(page, figure)
        act(page)
        page.wait_for_function(
            """([before, name, seen]) => [...document.querySelectorAll("*")].some(({ shadowRoot: root }) => {
              const figure = root?.querySelector(`[data-figure='${name}']`);
              return figure && eval(seen)(figure) !== before;
            })""",
            arg=[before, name, SEEN],
            timeout=PATIENCE,
        )
        page.wait_for_timeout(300)
        assert shifted(page, since) < LEAST_JUMP, f"{chapter} jumps while figures arrive"
        page.get_by_role("button", name="中文").click()
        expect(page.locator(f".{chapter} .lead")).to_have_text(CHINESE)
        page.get_by_role("button", name="English").click()
        expect(page.locator(f".{chapter} .lead")).not_to_have_text(CHINESE)
        expect(page.locator(".page-problem")).to_be_hidden()
    chart = page.locator(".beta-series .trade-off")  # its axes are drawn words, out of sight when the language changes
    page.locator("#tab-chapter-7").click()
    drawn = settled(page, chart)
    page.locator("#tab-chapter-8").click()
    page.get_by_role("button", name="中文").click()
    page.locator("#tab-chapter-7").click()
    assert settled(page, chart) != drawn, "the chart keeps the words of the other language"
    page.set_viewport_size({"width": 390, "height": 844})
    for chapter in ("machine", *CONTROLS):
        page.locator(f"#tab-{chapter}").click()
        page.wait_for_timeout(200)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, f"{chapter} is {wide} pixels wide on a phone"
