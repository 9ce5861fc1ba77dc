"""Chapters 6 and 8 of the Anatomy page as a person uses them: a step taken apart, four things to do with a VAE."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.live_page import pixels
from tools.running_app import RunningApp

PATIENCE = 240_000
WATCH_SHIFTS = """() => { window.shifts = 0;
  const add = (entry) => (window.shifts += entry.hadRecentInput ? 0 : entry.value);
  new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({ type: "layout-shift" }); }"""


def figure(page: Page, name: str):
    return page.locator(f"[data-figure='{name}']")


def open_chapter(page: Page, app: RunningApp, number: int, more: str = "") -> None:
    page.goto(f"{app.url}/anatomy?model=digits-2d&chapter={number}{more}", timeout=PATIENCE)
    expect(page.locator(f".chapter-{number} h2")).to_be_visible(timeout=PATIENCE)


def test_a_step_is_taken_apart_and_its_link_brings_it_back(
    page: Page, browser: Browser, app_server: RunningApp
) -> None:
    open_chapter(page, app_server, 6, "&c6.seed=5")
    expect(page.locator(".step-number")).to_have_text("Step 1 of 600")
    expect(figure(page, "chapter-6.watched-elbo")).to_have_text(re.compile(r"^−\d+\.\d$"), timeout=PATIENCE)
    first = float(figure(page, "chapter-6.watched-elbo").text_content().replace("−", "-"))
    page.evaluate(WATCH_SHIFTS)
    page.get_by_role("button", name="Take a step").click()
    expect(page.locator(".step-number")).to_have_text("Step 2 of 600")
    page.get_by_role("button", name="10 steps").click()
    expect(page.locator(".step-number")).to_have_text("Step 12 of 600", timeout=PATIENCE)
    expect(figure(page, "chapter-6.watched-elbo")).not_to_have_text(f"−{-first:.1f}")
    assert float(figure(page, "chapter-6.watched-elbo").text_content().replace("−", "-")) > first + 10

    page.get_by_role("tab", name=re.compile("Encode")).click()
    heat = figure(page, "chapter-6.tensor")
    heat.hover(position={"x": 200, "y": 100})
    expect(page.locator(".training .readout")).to_have_text(re.compile(r"Image \d+ \(digit \d\): [μσ][₁₂] = −?\d"))
    heat.focus()
    page.keyboard.press("ArrowDown")
    page.locator(".batch button").nth(4).click()
    mean = figure(page, "chapter-6.posterior").text_content()
    assert page.evaluate("window.shifts") == 0, "nothing moves while figures arrive"
    expect(page).to_have_url(re.compile(r"c6\.step=12.*c6\.part=encode.*c6\.image=4|c6\.image=4"))

    other = browser.new_page()
    other.goto(page.url, timeout=PATIENCE)
    expect(figure(other, "chapter-6.posterior")).to_have_text(mean, timeout=PATIENCE)
    expect(other.locator(".step-number")).to_have_text("Step 12 of 600")
    expect(other.get_by_role("tab", name=re.compile("Encode"))).to_have_attribute("aria-selected", "true")
    other.get_by_role("button", name="中文").click()
    expect(other.locator(".step-number")).to_have_text("第 12 步，共 600 步")
    other.get_by_role("button", name="播放").click()
    expect(other.locator(".step-number")).to_have_text(re.compile(r"^第 (1[4-9]|[2-9]\d|\d{3}) 步"), timeout=PATIENCE)
    other.get_by_role("button", name="暂停").click()
    other.close()


def test_four_uses_answer_the_hand(page: Page, app_server: RunningApp) -> None:
    open_chapter(page, app_server, 8, "&image=3&c8.row=1")
    expect(page.locator(".candidate").first).to_be_enabled(timeout=PATIENCE)
    expect(figure(page, "chapter-8.psnr-repaired")).to_have_text(re.compile("dB"), timeout=PATIENCE)
    page.evaluate(WATCH_SHIFTS)
    made = figure(page, "chapter-8.generated")
    before = pixels(made)
    box = page.locator(".pad").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.2 * box["height"], steps=12)
    page.mouse.up()
    expect(page.locator(".place")).to_contain_text("z₁ = 2.40")
    assert pixels(made) != before

    noisy = figure(page, "chapter-8.psnr-damaged").text_content()
    page.locator(".strength").focus()
    page.keyboard.press("End")
    expect(figure(page, "chapter-8.psnr-damaged")).not_to_have_text(noisy)
    between = pixels(figure(page, "chapter-8.between"))
    page.locator(".along").focus()
    page.keyboard.press("Home")
    expect(page.locator(".interpolate .use-note")).to_contain_text("1.00 · μ of the image")
    assert pixels(figure(page, "chapter-8.between")) != between

    page.locator(".candidate").nth(0).click()
    expect(page.locator(".candidate .cost").nth(5)).to_have_text(re.compile(r"−?\d+\.\d"))
    costs = [float(text.replace("−", "-")) for text in page.locator(".candidate .cost").all_text_contents()]
    odd = page.locator(".candidate").evaluate_all("(all) => all.findIndex((each) => each.classList.contains('is-odd'))")
    assert costs.index(max(costs)) == odd, "swapped quarters cost the shipped model most"
    expect(figure(page, "chapter-8.tally")).to_contain_text("of 1")
    assert page.evaluate("window.shifts") == 0
    for name, to in (("generate", "generate"), ("denoise", "repair"), ("interpolate", "morph"), ("odd-one", "odd")):
        link = page.locator(f".{name} .go").get_attribute("href")
        assert f"/{to}?model=digits-2d" in link
    assert "image=3" in page.locator(".denoise .go").get_attribute("href")
    assert "strength=1" in page.locator(".denoise .go").get_attribute("href")
