"""Training runs in real Chromium: one that is finished, one that is watched while it goes on, one without its chart."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tools.running_app import RunningApp, running_app

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
PATIENCE = 90_000  # milliseconds: a run on two busy cores


@pytest.fixture(scope="module")
def own_app(tmp_path_factory: pytest.TempPathFactory):
    """The app on a checkpoints folder of its own, so that what is trained here does not stay."""
    root = tmp_path_factory.mktemp("checkpoints")
    shutil.copytree(CHECKPOINTS / "digits-2d", root / "digits-2d", ignore=shutil.ignore_patterns("run", "state"))
    with running_app(checkpoints=root, data=root / "no-data") as app:
        yield app


def start(page: Page, app: RunningApp, name: str, epochs: int, rate: str | None = None) -> None:
    """Starts a run by the form; with a low learning rate it is not over before a test has looked at it."""
    page.goto(f"{app.url}/train")
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("textbox", name="Length", exact=True).fill(str(epochs))
    page.keyboard.press("Tab")
    if rate:
        page.get_by_text("Optimizer:").click()
        page.get_by_role("textbox", name="Learning rate", exact=True).fill(rate)
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text(f"Training “{name}”")).to_be_visible(timeout=PATIENCE)


def lines(page: Page) -> Locator:
    return page.locator(".plot .scatterlayer path.js-line")


def test_a_run_is_started_refreshed_finished_and_opened_by_clicks(page: Page, own_app: RunningApp) -> None:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    start(page, own_app, "clicked", epochs=60)
    expect(page).to_have_url(f"{own_app.url}/train?run=clicked")
    expect(page.get_by_test_id("stProgress")).to_be_visible()
    expect(lines(page)).to_have_count(6, timeout=PATIENCE)
    assert [url for url in addresses if not url.startswith((own_app.url, "data:", "blob:"))] == [], "from elsewhere"
    assert len([url for url in addresses if "plotly.min.js" in url]) == 1
    page.reload()
    expect(page.get_by_text("Training “clicked”")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("each above its reconstruction")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Finished").first).to_be_visible(timeout=PATIENCE)
    expect(lines(page)).to_have_count(6)
    expect(page.get_by_role("img", name="Loss curves, in nats per image. At epoch 60")).to_be_visible()
    takes_the_colours_of_the_theme_at_once(page)
    page.get_by_role("button", name="Open in Sliders").click()
    expect(page).to_have_url(re.compile(r"/sliders\?.*model=clicked"))
    expect(page.get_by_label("Model", exact=True)).to_have_value("clicked")
    page.get_by_role("link", name="Gallery").click()
    card = page.locator(".card", has_text="clicked")
    expect(card).to_have_attribute("aria-pressed", "true")
    expect(card.locator("canvas")).to_have_attribute("aria-label", "Images decoded by the model clicked")


def takes_the_colours_of_the_theme_at_once(page: Page) -> None:
    title = page.locator(".plot .annotation-text").first
    expect(title).to_have_css("fill", "rgb(29, 34, 38)")
    page.emulate_media(color_scheme="dark")
    expect(title).to_have_css("fill", "rgb(230, 233, 235)")


def test_a_run_is_watched_and_stopped_in_a_second_browser(page: Page, browser: Browser, own_app: RunningApp) -> None:
    start(page, own_app, "watched", epochs=2_000, rate="0.0001")
    curves_and_pictures_stay_in_their_place(page)
    the_curves_grow_in_the_same_plot_and_never_go_blank(page)
    a_zoom_and_a_hidden_curve_stay(page)
    second = browser.new_context().new_page()
    second.goto(f"{own_app.url}/train")
    second.get_by_role("button", name="watched: under way").click()
    expect(second).to_have_url(f"{own_app.url}/train?run=watched")
    expect(second.get_by_text("each above its reconstruction")).to_be_visible(timeout=PATIENCE)
    second.get_by_role("button", name="Stop and keep").click()
    for each in (second, page):
        expect(each.get_by_role("button", name="Open in Sliders")).to_be_visible(timeout=PATIENCE)
        expect(each.get_by_role("button", name="Stop and keep")).to_have_count(0)
    second.context.close()


# Kept in the page: for each picture of the screen whether curves and pictures can be seen, and where they stand.
WATCH = """() => {
  window.seen = [];
  const until = performance.now() + 4000;
  const look = () => {
    const roots = [...document.querySelectorAll("*")].map((each) => each.shadowRoot).filter(Boolean);
    const curves = roots.flatMap((root) => [...root.querySelectorAll(".plot, .plot .main-svg, .plot .nsewdrag")]);
    const parts = [...curves, ...document.querySelectorAll("[data-testid=stImage] img")];
    window.seen.push(parts.map((part) => {
      const { top, left, width, height } = part.getBoundingClientRect();
      return `${part.tagName} ${[top, left, width, height].map(Math.round)}`;
    }).join(", "));
    if (performance.now() < until) requestAnimationFrame(look);
  };
  look();
}"""


def curves_and_pictures_stay_in_their_place(page: Page) -> None:
    expect(page.get_by_test_id("stImage").nth(1)).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(1_500)  # the line takes the place of the first epoch's dot
    first = page.get_by_test_id("stImage").first.locator("img").get_attribute("src")
    page.evaluate(WATCH)
    page.wait_for_timeout(4_200)
    seen = page.evaluate("window.seen")
    assert page.get_by_test_id("stImage").first.locator("img").get_attribute("src") != first, "nothing was polled"
    assert len(seen) > 60
    assert len(set(seen)) == 1, f"something moved or vanished: {sorted(set(seen))}"


# Kept in the page: for each picture of the screen the plot's points, lines with a length, and label; "other" is what
# took the plot's place.
GROWTH = """(plot) => {
  window.growth = [];
  const root = plot.getRootNode();
  const look = () => {
    const lines = [...plot.querySelectorAll(".scatterlayer path.js-line")];
    window.growth.push({
      points: plot.data[4].x.length,
      lines: lines.filter((line) => line.getTotalLength() > 0).length,
      label: plot.querySelector(".hoverlayer").textContent.slice(0, 5),
      other: !plot.isConnected || root.querySelector(".plot") !== plot || !root.querySelector(".veil").hidden,
    });
    if (!window.grown) requestAnimationFrame(look);
  };
  look();
}"""
EPOCH_PLACE = """(plot, epoch) => {
  const { left, top } = plot.querySelector(".nsewdrag").getBoundingClientRect();
  return [left + plot._fullLayout.xaxis.d2p(epoch), top + 60];
}"""


def wait_for_points(page: Page, points: int) -> None:
    """Returns when the curves of KL, of which no epoch is left out, have at least so many points."""
    plot = page.locator(".plot").element_handle()
    page.wait_for_function(
        "([plot, points]) => plot.data?.[4].x.length >= points", arg=[plot, points], timeout=PATIENCE
    )


def the_curves_grow_in_the_same_plot_and_never_go_blank(page: Page) -> None:
    wait_for_points(page, 5)
    plot = page.locator(".plot")
    place = plot.evaluate(EPOCH_PLACE, 5)
    page.mouse.move(place[0] + 3, place[1])
    page.mouse.move(*place)
    expect(plot.locator(".hoverlayer")).to_contain_text("Epoch")
    plot.evaluate(GROWTH)
    page.wait_for_function("new Set(window.growth.map(({ points }) => points)).size > 3", timeout=PATIENCE)
    growth = page.evaluate("window.grown = true, window.growth")
    points = [look["points"] for look in growth]
    assert points == sorted(points), "the curves lost points"
    assert {look["other"] for look in growth} == {False}, "another plot took the place"
    assert {look["lines"] for look in growth} == {6}, "lines were gone for a frame"
    assert {look["label"] for look in growth} == {"Epoch"}, "the label under the pointer went away"


def a_zoom_and_a_hidden_curve_stay(page: Page) -> None:
    plot = page.locator(".plot")
    page.get_by_role("button", name="training").click()
    page.mouse.move(*plot.evaluate(EPOCH_PLACE, 20))
    page.mouse.down()
    page.mouse.move(*plot.evaluate(EPOCH_PLACE, 1000), steps=5)
    page.mouse.up()
    zoomed = "plot => [plot._fullLayout.xaxis.range, plot.data.map(({ visible }) => visible)]"
    (low, high), visible = plot.evaluate(zoomed)
    assert 0 < low < 40 and 980 < high < 1020
    assert visible == [False, True] * 3
    wait_for_points(page, plot.evaluate("plot => plot.data[4].x.length") + 20)
    assert plot.evaluate(zoomed) == [[low, high], visible]


def test_without_its_script_the_chart_says_so_and_tries_again(page: Page, own_app: RunningApp) -> None:
    page.route("**/live/plotly.min.js*", lambda route: route.abort())
    start(page, own_app, "unscripted", epochs=3)
    expect(page.get_by_text("The chart cannot be drawn")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Open in Sliders")).to_be_visible(timeout=PATIENCE)
    page.unroute("**/live/plotly.min.js*")
    page.get_by_role("button", name="Try again").click()
    expect(lines(page)).to_have_count(6)
    expect(page.get_by_text("The chart cannot be drawn")).to_be_hidden()
