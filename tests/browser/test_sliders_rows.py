"""The rows of sliders in real Chromium: order, filmstrips, locks, names, many dimensions, axes, class and pad."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, WebSocket, expect

from tests.browser.live_page import drag, heard, open_live, pixels
from tests.tiny import tiny_checkpoint
from tools.running_app import RunningApp
from vae_core.checkpoint import load_latents, save_latents

ROWS = ".rows [data-dimension]"


@pytest.fixture(scope="module")
def app(shared_models: Path, shared_server: RunningApp) -> RunningApp:
    """Tiny models that the shipped ones are not: with collapsed dimensions, with classes, with 300 dimensions."""
    root = shared_models
    tiny_checkpoint(root, "tiny-6d", latent_dim=6, seed=3)
    tiny_checkpoint(root, "tiny-classes", latent_dim=3, model={"classes": 10})
    tiny_checkpoint(root, "tiny-wide", latent_dim=300, evaluation=False, count=40)
    collapse(tiny_checkpoint(root, "tiny-collapsed", latent_dim=8, evaluation=False), [1, 4, 6])
    return shared_server


def collapse(folder: Path, dimensions: list[int]) -> None:
    """Makes the dimensions of the reference set equal to the prior: they carry no nats."""
    latents = load_latents(folder)
    mean, std = latents.mean.copy(), latents.std.copy()
    mean[:, dimensions], std[:, dimensions] = 0, 1
    save_latents(folder, replace(latents, mean=mean, std=std))


def address(app: RunningApp, model: str, rest: str = "") -> str:
    return f"{app.url}/sliders?model={model}{rest}"


def opened(page: Page, app: RunningApp, model: str, rest: str = "") -> Locator:
    """The live canvas, once the filmstrips are drawn, too."""
    canvas = open_live(page, address(app, model, rest))
    strips_drawn(page)
    return canvas


def strips_drawn(page: Page) -> None:
    page.locator(".strip canvas").first.scroll_into_view_if_needed()  # only strips in sight are drawn
    expect(page.locator(".strip canvas").first).not_to_have_attribute("width", "1", timeout=15_000)
    page.wait_for_timeout(400)


def order(page: Page) -> list[int]:
    return [int(row.get_attribute("data-dimension")) for row in page.locator(ROWS).all()]


def row(page: Page, dimension: int) -> Locator:
    return page.locator(f".rows [data-dimension='{dimension}']")


def value(page: Page, dimension: int) -> float:
    return float(row(page, dimension).locator(".value").text_content().replace("−", "-"))


def link_latent(page: Page) -> list[float]:
    return [float(part) for part in re.search(r"[?&]z=([^&]+)", page.url)[1].split(",")]


def preview_requests(page: Page) -> list[bytes]:
    """Fills with the requests for previews; call it before the page is opened."""
    sent: list[bytes] = []

    def watch(socket: WebSocket) -> None:
        if "/live/socket" in socket.url:
            socket.on("framesent", lambda data: sent.append(data) if b'"lane":"previews' in data else None)

    page.on("websocket", watch)
    return sent


def test_rows_stand_in_the_order_of_what_they_carry_and_collapsed_ones_are_folded(page: Page, app: RunningApp) -> None:
    opened(page, app, "tiny-collapsed")
    nats = [float(text.split()[0]) for text in page.locator(".rows .nats").all_text_contents()]
    assert len(nats) == 5 and nats == sorted(nats, reverse=True)
    expect(page.locator(".folded")).to_contain_text(
        "3 dimensions carry less than 0.01 nats: the decoder takes no notice of them."
    )
    page.locator(".folded button").click()
    assert set(order(page)[-3:]) == {1, 4, 6}
    assert page.locator(".rows .nats").last.text_content() == "0.00 nats"
    page.locator(".folded button").click()
    assert len(order(page)) == 5


def test_filmstrips_follow_when_the_hand_lets_go_and_wait_while_it_holds(page: Page, app: RunningApp) -> None:
    sent = preview_requests(page)
    canvas = opened(page, app, "tiny-6d")
    first, second = order(page)[:2]
    before = {index: pixels(row(page, index).locator(".strip canvas")) for index in (first, second)}
    box = row(page, first).locator(".track").bounding_box()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 12)
    asked = len(sent)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 12, steps=30)
    page.wait_for_timeout(500)
    assert len(sent) == asked, "previews were asked for while the hand held on"
    page.mouse.up()
    page.wait_for_timeout(600)
    assert len(sent) > asked
    assert pixels(row(page, first).locator(".strip canvas")) == before[first], "along itself nothing else changed"
    assert pixels(row(page, second).locator(".strip canvas")) != before[second]
    picture = pixels(canvas)
    strip = row(page, second).locator(".strip")
    strip.click(position={"x": 3, "y": 5})
    low, high = (float(row(page, second).locator(".track").get_attribute(f"aria-value{end}")) for end in ("min", "max"))
    assert value(page, second) == pytest.approx(low + (high - low) / 14, abs=0.011)
    page.wait_for_timeout(200)
    assert pixels(canvas) != picture


def test_fine_steps_reset_and_their_one_step_to_undo(page: Page, app: RunningApp) -> None:
    opened(page, app, "tiny-6d")
    index = order(page)[0]
    track, home = row(page, index).locator(".track"), value(page, index)
    low, high = (float(track.get_attribute(f"aria-value{end}")) for end in ("min", "max"))
    box = track.bounding_box()
    thumb = box["x"] + box["width"] * (home - low) / (high - low)
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 12)
    page.mouse.down()
    assert value(page, index) == home, "a fine drag starts from where the thumb is"
    page.mouse.move(box["x"] + 0.5 * box["width"] + 30, box["y"] + 12, steps=5)
    page.mouse.up()
    page.keyboard.up("Shift")
    assert value(page, index) - home == pytest.approx(0.1 * 30 / box["width"] * (high - low), abs=0.02)
    made = value(page, index)
    away = box["x"] + (0.15 if thumb > box["x"] + box["width"] / 2 else 0.85) * box["width"]
    page.mouse.dblclick(away, box["y"] + 12)
    assert value(page, index) == home
    page.get_by_role("button", name="Undo").click()
    assert value(page, index) == made, "the double click was one step"
    track.focus()
    page.keyboard.press("Shift+ArrowRight")
    assert value(page, index) - made == pytest.approx((high - low) / 1000, abs=0.006)
    page.keyboard.press("Delete")
    assert value(page, index) == home


def test_a_locked_row_refuses_the_hand_and_says_so(page: Page, app: RunningApp) -> None:
    opened(page, app, "tiny-6d")
    index = order(page)[0]
    track, before = row(page, index).locator(".track"), value(page, index)
    row(page, index).locator(".lock").click()
    expect(track).to_have_attribute("aria-disabled", "true")
    expect(page).to_have_url(re.compile(rf"lock={index}(&|$)"))
    drag(page, track, 0.1, 0.9, steps=5)
    track.focus()
    page.keyboard.press("End")
    assert value(page, index) == before
    page.get_by_role("button", name="Random", exact=True).click()
    assert value(page, index) == before
    open_live(page, page.url)
    expect(row(page, index).locator(".lock")).to_have_attribute("aria-pressed", "true")


def rename(page: Page, dimension: int, text: str, key: str = "Enter") -> None:
    row(page, dimension).locator(".name").click()
    page.keyboard.insert_text(text)
    page.keyboard.press(key)


def test_a_name_is_given_by_hand_and_travels_in_the_link(page: Page, app: RunningApp, browser: Browser) -> None:
    opened(page, app, "tiny-6d")
    index = order(page)[1]
    rename(page, index, "width", key="Escape")
    expect(row(page, index).locator(".name")).to_have_text(f"z{index + 1}")
    rename(page, index, "slant")
    expect(row(page, index).locator(".name")).to_have_text("slant")
    expect(page).to_have_url(re.compile(f"name{index}=slant"))
    other = browser.new_context().new_page()
    open_live(other, page.url)
    expect(row(other, index).locator(".name")).to_have_text("slant")
    expect(row(other, index).locator(".track")).to_have_attribute("aria-label", f"slant, latent dimension {index + 1}")
    other.context.close()
    open_live(page, address(app, "tiny-6d"))
    expect(row(page, index).locator(".name")).to_have_text("slant")  # the browser keeps what the server does not


@pytest.mark.parametrize(
    ("status", "answer", "shown", "words"),
    [
        (200, {"revision": 8}, "mine", ""),
        (409, {"revision": 9, "names": {"0": "theirs"}}, "theirs", "Somebody else named dimensions meanwhile"),
        (
            403,
            {"reason": "read-only", "message": "no"},
            "mine",
            "read-only on this server; it is kept in this browser",
        ),
    ],
)
def test_names_are_kept_in_the_notes_or_it_is_said(
    page: Page, app: RunningApp, status: int, answer: dict, shown: str, words: str
) -> None:
    put: list[dict] = []

    def notes(route: Route) -> None:
        if route.request.method == "GET":
            return route.fulfill(json={"revision": 7, "names": {"0": "old", "2": "width"}})
        put.append(route.request.post_data_json)
        return route.fulfill(status=status, json=answer)

    page.route("**/live/notes/tiny-6d/names", notes)
    open_live(page, address(app, "tiny-6d"))
    name = row(page, 0).locator(".name")
    expect(name).to_have_text("old")
    rename(page, 0, "mine")
    expect(name).to_have_text(shown)
    assert put == [{"revision": 7, "names": {"0": "mine", "2": "width"}}]
    if words:
        expect(page.locator(".hand > .problem")).to_contain_text(words)


def test_three_hundred_dimensions_show_the_strongest_and_are_found_by_number_or_name(
    page: Page, app: RunningApp
) -> None:
    opened(page, app, "tiny-wide")
    assert page.locator(ROWS).count() == 24
    expect(page.locator(".count")).to_have_text("24 of 300, the strongest first")
    search = page.locator(".search")
    search.fill("z123")
    assert order(page) == [122]
    rename(page, 122, "slant")
    search.fill("sla")
    assert order(page) == [122]
    search.fill("nothing")
    expect(page.locator(".none")).to_be_visible()
    search.fill("")
    page.get_by_role("button", name="Show all 300").click()
    expect(page.locator(ROWS)).to_have_count(300)
    page.get_by_role("button", name="Random", exact=True).click()
    page.wait_for_timeout(300)
    latent = link_latent(page)
    shown = [value(page, index) for index in (order(page)[0], order(page)[-1])]
    assert shown == pytest.approx([latent[order(page)[0]], latent[order(page)[-1]]], abs=0.006)


def test_a_slider_moves_along_a_principal_axis(page: Page, app: RunningApp) -> None:
    canvas = opened(page, app, "tiny-6d")
    page.get_by_role("radio", name="Principal axes").click()
    track = page.get_by_role("slider", name="Principal axis 1", exact=True)
    expect(page.locator(".basis-words")).to_contain_text("moves all dimensions at once, locked ones too")
    expect(page.locator(".rows [data-axis]")).to_have_count(6)
    others = [page.locator(f"[data-axis='{axis}'] .value").text_content() for axis in range(1, 6)]
    before = pixels(canvas)
    drag(page, track, 0.5, 0.95)
    expect(page).to_have_url(re.compile("z="))
    made = float(track.get_attribute("aria-valuenow"))
    assert [page.locator(f"[data-axis='{axis}'] .value").text_content() for axis in range(1, 6)] == others
    assert pixels(canvas) != before
    latent = link_latent(page)
    page.get_by_role("radio", name="Dimensions").click()
    assert [value(page, index) for index in range(6)] == pytest.approx(latent, abs=0.006)
    page.get_by_role("radio", name="Principal axes").click()
    assert float(track.get_attribute("aria-valuenow")) == pytest.approx(made, abs=1e-4)


def test_the_reach_of_the_sliders_is_chosen_and_kept(page: Page, app: RunningApp) -> None:
    opened(page, app, "tiny-6d", "&z=9,0,0,0,0,0")
    track = row(page, 0).locator(".track")
    page.get_by_role("radio", name="Prior ±3 σ").click()
    assert [track.get_attribute(f"aria-value{end}") for end in ("min", "max")] == ["-3.0000", "3.0000"]
    expect(track).to_have_attribute("aria-valuetext", re.compile("beyond the range"))
    assert value(page, 0) == 9, "a value outside stays"
    open_live(page, page.url)
    expect(track).to_have_attribute("aria-valuemax", "3.0000")


def test_the_class_is_a_part_of_every_request(page: Page, app: RunningApp) -> None:
    sent: list[bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(data)))
    opened(page, app, "tiny-classes", "&label=2")
    expect(page.get_by_role("radio", name="2", exact=True)).to_have_attribute("aria-checked", "true")
    sent.clear()
    page.get_by_role("radio", name="2", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("label=3"))
    page.wait_for_timeout(500)
    for lane in (b'"lane":"sliders"', b'"lane":"previews'):
        ours = [data for data in sent if isinstance(data, bytes) and lane in data]
        assert ours and all(b'"label":3' in data for data in ours)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("radio", name="2", exact=True)).to_have_attribute("aria-checked", "true")


def test_the_pad_moves_two_dimensions_at_once(page: Page, app: RunningApp) -> None:
    canvas = opened(page, app, "tiny-6d")
    page.get_by_role("button", name="Pad").click()
    pad, knob, plane = (page.locator(name) for name in (".pad", ".knob", ".plane"))
    expect(plane).not_to_have_attribute("width", "1")
    across, up = order(page)[:2]
    others = [value(page, index) for index in order(page)[2:]]
    behind, before = pixels(plane), pixels(canvas)
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.9 * box["height"], steps=30)
    page.wait_for_timeout(150)
    page.mouse.up()
    log = heard(page)
    assert len(log.moves) >= 20 and log.changed >= 10
    assert pixels(canvas) != before
    for dimension, share in ((across, 0.75), (up, 0.1)):
        low, high = (
            float(row(page, dimension).locator(".track").get_attribute(f"aria-value{end}")) for end in ("min", "max")
        )
        assert value(page, dimension) == pytest.approx(low + share * (high - low), abs=0.02)
    assert [value(page, index) for index in order(page)[2:]] == others
    page.wait_for_timeout(500)
    assert pixels(plane) == behind, "the plane behind is still right"
    knob.focus()
    held = value(page, up)
    page.keyboard.press("ArrowUp")
    assert value(page, up) > held
    expect(knob).to_have_attribute("aria-valuetext", re.compile(r"\S+ .* across, \S+ .* up"))
    ring = knob.evaluate("(knob) => [knob.offsetLeft, knob.offsetTop]")
    page.get_by_role("radio", name="Principal axes").click()
    page.get_by_role("radio", name="Dimensions").click()
    assert knob.evaluate("(knob) => [knob.offsetLeft, knob.offsetTop]") == ring, "the ring stayed where the axes had it"
    page.locator(".across").select_option(str(order(page)[4]))
    expect(pad).not_to_have_class(re.compile("stale"))
    assert pixels(plane) != behind


def test_on_a_phone_the_files_to_take_away_are_on_the_screen(browser: Browser, app: RunningApp) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    opened(page, app, "tiny-6d")
    page.get_by_role("button", name="Save").tap()
    box = page.get_by_role("dialog", name="Save what is on the screen").bounding_box()
    page.context.close()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390


def test_on_a_phone_the_pad_and_the_rows_stand_in_one_column(browser: Browser, app: RunningApp) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    opened(page, app, "tiny-6d")
    page.get_by_role("button", name="Pad").tap()
    pad = page.locator(".pad")
    pad.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"the page is {wide} pixels too wide"
    box, scrolled = pad.bounding_box(), "document.querySelector('[data-testid=stMain]').scrollTop"
    top, touch = page.evaluate(scrolled), context.new_cdp_session(page)
    place = {"x": box["x"] + 0.5 * box["width"], "y": box["y"] + 0.8 * box["height"]}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [place]})
    for _ in range(10):
        place["y"] -= 8
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [place]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(300)
    assert len(heard(page).moves) >= 5
    assert page.evaluate(scrolled) == top, "the page scrolled away under the finger"
    context.close()
