"""The list of runs in real Chromium: ticked, compared, noted, thrown away and brought back by clicks."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tools.running_app import RunningApp, running_app
from vae_core.training.run_folder import first_status, write_status

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
PATIENCE = 60_000  # milliseconds: the first script run and the chart's script on two busy cores
HEAD, ROW, TICK = 35, 35, 16  # pixels of the table: its head, a run, and the middle of the column to tick
NAMES = ("digits-8d", "digits-2d")  # as the list has them: the one that changed last comes first


@pytest.fixture(scope="module")
def own_app(tmp_path_factory: pytest.TempPathFactory):
    """The app over two shipped models with the trace of a run each, so that they can be thrown away."""
    root = tmp_path_factory.mktemp("checkpoints")
    for name in reversed(NAMES):
        shutil.copytree(CHECKPOINTS / name, root / name, ignore=shutil.ignore_patterns("run", "state", "notes"))
        write_status(root / name, first_status("finished", 100, ""))
    with running_app(checkpoints=root, data=root / "no-data") as app:
        yield app


def tick(page: Page, row: int) -> None:
    """Clicks beside a run: the table is drawn on a canvas."""
    box = page.get_by_test_id("data-grid-canvas").bounding_box()
    page.mouse.click(box["x"] + TICK, box["y"] + HEAD + ROW * row + ROW / 2)


def lines(page: Page) -> Locator:
    return page.locator(".plot .scatterlayer path.js-line")


def test_runs_are_ticked_compared_noted_thrown_away_and_brought_back(page: Page, own_app: RunningApp) -> None:
    page.goto(f"{own_app.url}/train")
    page.get_by_role("radio", name="Runs").click(timeout=PATIENCE)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible(timeout=PATIENCE)
    tick(page, 0)
    expect(page).to_have_url(re.compile(r"view=Runs.*runs=digits-8d"))
    expect(lines(page)).to_have_count(3, timeout=PATIENCE)
    tick(page, 1)
    expect(lines(page)).to_have_count(6, timeout=PATIENCE)
    expect(page.get_by_role("img", name="Curves of 2 runs, in nats per image. digits-8d at epoch")).to_be_visible()
    expect(page.get_by_test_id("stTable").last.get_by_text("latent dimensions")).to_be_visible()
    a_curve_says_its_run_under_the_pointer(page)
    page.reload()
    expect(lines(page)).to_have_count(6, timeout=PATIENCE)
    page.get_by_role("button", name="Remove digits-2d").or_(page.get_by_label("Remove digits-2d")).first.click()
    expect(lines(page)).to_have_count(3, timeout=PATIENCE)
    a_title_is_given(page)
    a_run_is_thrown_away_and_brought_back(page)


def a_curve_says_its_run_under_the_pointer(page: Page) -> None:
    box = page.locator(".plot .nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(box["x"] + box["width"] / 2 + 4, box["y"] + box["height"] / 2)
    label = page.locator(".plot .hoverlayer")
    for name in NAMES:
        expect(label).to_contain_text(name)


def a_title_is_given(page: Page) -> None:
    page.get_by_role("button", name="Notes").click()
    page.get_by_role("textbox", name="Title").fill("The wide one")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".legend button", has_text="The wide one")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Escape")


def a_run_is_thrown_away_and_brought_back(page: Page) -> None:
    page.get_by_role("button", name="To the bin").click()
    expect(lines(page)).to_have_count(0, timeout=PATIENCE)
    page.get_by_role("button", name="Bin (1)").click()
    expect(page.get_by_role("button", name="Empty the bin")).to_be_disabled()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("button", name="Bin (1)")).to_have_count(0, timeout=PATIENCE)
    tick(page, 0)
    expect(page.locator(".legend button", has_text="The wide one")).to_be_visible(timeout=PATIENCE)
