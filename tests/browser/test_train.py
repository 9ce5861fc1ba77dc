"""Training runs in real Chromium: one that is replayed, one that is finished, one that is steered from two browsers."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.live_page import LISTEN, drag, heard, pixels
from tests.runs import run_with_snapshots
from tools.running_app import PROJECT, RunningApp, running_app
from vae_core.checkpoint import load_config, read_changes, read_metrics, read_steps
from vae_core.data import DATA_SETS, available, data_root

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
PATIENCE = 180_000  # milliseconds: a run makes way for all else, and two busy cores leave it little
EPOCHS = 12
STEERED = "mnist" if available("mnist") else "digits"  # LATENT_EXPLORER_DATA names a folder that holds mnist/


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Checkpoints of these tests alone, so that what is trained here does not stay; "watched" was written by hand."""
    folder = tmp_path_factory.mktemp("checkpoints")
    shutil.copytree(CHECKPOINTS / "digits-2d", folder / "digits-2d", ignore=shutil.ignore_patterns("run", "state"))
    run_with_snapshots(folder, "watched", EPOCHS, state="finished", message="Finished after 12 epochs.")
    return folder


@pytest.fixture(scope="module")
def own_app(root: Path):
    with running_app(checkpoints=root, data=data_root() if STEERED == "mnist" else root / "no-data") as app:
        yield app


def start(page: Page, app: RunningApp, name: str, epochs: int, data: str = "digits") -> None:
    """Starts a run by the form."""
    page.goto(f"{app.url}/train")
    if data != "digits":
        page.get_by_role("combobox", name="Data").click()
        page.get_by_role("option", name=DATA_SETS[data].label, exact=True).click()
        expect(page.get_by_text("70,000 images of 28×28 pixels")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("textbox", name="Length", exact=True).fill(str(epochs))
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("heading", name=f"Training “{name}”")).to_be_visible(timeout=PATIENCE)


def chart(page: Page, name: str) -> Locator:
    return page.locator(f"[data-chart={name}] .plot")


def test_a_replay_moves_curves_map_pictures_and_the_decoder_together(page: Page, own_app: RunningApp) -> None:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(f"{own_app.url}/train?run=watched")
    expect(page.locator(".epoch-words")).to_have_text(f"epoch {EPOCHS}", timeout=PATIENCE)
    expect(page.locator(".picture .veil")).to_be_hidden()
    expect(chart(page, "elbo")).to_have_attribute("aria-label", re.compile("validation: 23.33 at epoch 12"))
    expect(page.locator(".kl-words")).to_contain_text("2 of 2 dimensions are awake")
    page.evaluate(LISTEN)
    canvases = [page.locator(part) for part in (".map canvas", ".pairs", ".samples", ".picture canvas")]
    before = [pixels(canvas) for canvas in canvases]
    drag(page, page.locator(".replay .track"), 1.0, 0.25)
    page.mouse.up()
    expect(page.locator(".epoch-words")).to_have_text("epoch 3")
    expect(page).to_have_url(re.compile(r"run=watched&epoch=3$"))
    page.wait_for_timeout(600)  # points glide to their places
    assert all(now != then for now, then in zip(map(pixels, canvases), before, strict=True))
    told = heard(page)
    assert len(told.moves) == EPOCHS - 3
    assert told.changed == len(told.moves), "a move of the slider without a picture of its own"
    expect(page.locator("[data-chart=kl] .readout")).to_contain_text("validation 2")
    expect(page.locator(".kl-plot .chart-cursor")).to_be_visible()
    the_pointer_decodes_and_leaves_its_mark(page)
    curves_are_read_zoomed_and_seek(page)
    page.reload()
    expect(page.locator(".epoch-words")).to_have_text("epoch 6", timeout=PATIENCE)
    the_replay_plays_and_is_saved(page)
    assert [url for url in addresses if not url.startswith((own_app.url, "data:", "blob:"))] == [], "from elsewhere"
    without_snapshots_and_without_a_run_the_page_says_so(page, own_app)


def the_pointer_decodes_and_leaves_its_mark(page: Page) -> None:
    box = page.locator(".map").bounding_box()
    picture = page.locator(".picture canvas")
    at_rest = pixels(picture)
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.3 * box["height"], steps=5)
    expect(page.locator(".place-words")).to_contain_text("z = (")
    page.wait_for_function("window.heard.frames.length > 12")
    assert pixels(picture) != at_rest
    page.mouse.down()
    page.mouse.up()
    words = page.locator(".place-words").text_content()
    page.mouse.move(box["x"] - 20, box["y"] - 20)
    expect(page.locator(".place-words")).to_have_text(words)
    page.locator(".map").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".place-words")).not_to_have_text(words)


def curves_are_read_zoomed_and_seek(page: Page) -> None:
    box = chart(page, "elbo").bounding_box()
    height = box["y"] + box["height"] / 2

    def across(epoch: float) -> float:
        return box["x"] + 48 + epoch / EPOCHS * (box["width"] - 56)

    page.mouse.move(across(5), height)
    for name in ("elbo", "kl", "gradient"):
        expect(page.locator(f"[data-chart={name}] .readout")).to_contain_text("epoch 5.0")
    page.mouse.click(across(6), height)
    expect(page.locator(".epoch-words")).to_have_text("epoch 6")
    page.mouse.move(across(4), height)
    page.mouse.down()
    page.mouse.move(across(8), height, steps=4)
    page.mouse.up()
    expect(page.get_by_role("button", name="Whole")).to_be_visible()
    page.mouse.move(across(EPOCHS / 2), height)
    expect(page.locator("[data-chart=kl] .readout")).to_contain_text("epoch 6.0")
    page.get_by_role("button", name="Log", exact=True).click()
    page.get_by_role("button", name="Whole").click()
    expect(page.get_by_role("button", name="Whole")).to_be_hidden()


def the_replay_plays_and_is_saved(page: Page) -> None:
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page.locator(".epoch-words")).to_have_text(f"epoch {EPOCHS}", timeout=10_000)
    page.get_by_role("button", name="Save", exact=True).click()
    with page.expect_download(timeout=PATIENCE) as download:
        page.get_by_role("button", name="Make the file").click()
    assert download.value.suggested_filename == "watched-training.gif"
    assert download.value.path().read_bytes()[:6] == b"GIF89a"


def without_snapshots_and_without_a_run_the_page_says_so(page: Page, app: RunningApp) -> None:
    page.goto(f"{app.url}/train?run=digits-2d")
    expect(page.get_by_text("This run kept no snapshots")).to_be_visible(timeout=PATIENCE)
    expect(chart(page, "kl")).to_have_attribute("aria-label", re.compile("validation"))
    page.goto(f"{app.url}/train?run=..%2Fdigits")
    expect(page.get_by_text("no run can have that name")).to_be_visible(timeout=PATIENCE)
    page.goto(f"{app.url}/train?run=nothing")
    expect(page.get_by_text("There is no run 'nothing'")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="All runs").click()
    expect(page.get_by_role("radio", name="Runs")).to_be_checked()


def test_a_run_is_started_refreshed_finished_and_opened_by_clicks(page: Page, own_app: RunningApp) -> None:
    start(page, own_app, "clicked", epochs=20)
    expect(page).to_have_url(f"{own_app.url}/train?run=clicked")
    expect(chart(page, "elbo")).to_have_attribute("aria-label", re.compile("training: "), timeout=PATIENCE)
    page.reload()
    expect(page.get_by_text("Finished", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(chart(page, "elbo")).to_have_attribute("aria-label", re.compile("validation: .* at epoch 20"))
    expect(page.locator(".looks")).to_be_visible()
    takes_the_colours_of_the_theme_at_once(page)
    page.get_by_role("button", name="Open in Sliders").click()
    expect(page).to_have_url(re.compile(r"/sliders\?.*model=clicked"))
    expect(page.get_by_label("Model", exact=True)).to_have_value("clicked")


def takes_the_colours_of_the_theme_at_once(page: Page) -> None:
    canvas = page.locator("[data-chart=elbo] canvas")
    before = pixels(canvas)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(400)
    assert pixels(canvas) != before


@pytest.mark.usefixtures("warm_processes")
def test_a_run_is_steered_from_two_browsers_and_equals_the_command_line_until_then(
    page: Page, browser: Browser, own_app: RunningApp, root: Path
) -> None:
    start(page, own_app, "steered", epochs=2_000, data=STEERED)
    expect(page.locator(".replay")).to_be_visible(timeout=PATIENCE)
    page.reload()
    expect(page.locator(".state")).to_have_text("Training", timeout=PATIENCE)
    second = browser.new_context().new_page()
    second.goto(f"{own_app.url}/train?run=steered")
    while not read_metrics(root / "steered"):  # an epoch to compare; the test's time limit ends the waiting
        page.wait_for_timeout(200)
    second.get_by_role("button", name="Pause", exact=True).click()
    expect(second.get_by_text("Paused after this step; it waits for you.")).to_be_visible(timeout=PATIENCE)
    for each in (page, second):
        expect(each.locator(".state")).to_have_text("Paused", timeout=PATIENCE)
    a_step_is_one_step(page, root / "steered")
    before = len(read_metrics(root / "steered"))
    page.get_by_role("textbox", name="β").fill("0.25")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_text("β is 0.25 from the next step on.")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Resume", exact=True).click()
    expect(second.locator(".state")).to_have_text("Training", timeout=PATIENCE)
    expect(second.locator("[data-chart=beta] .readout")).to_contain_text("0.25", timeout=PATIENCE)
    second.get_by_role("button", name="Stop and keep").click()
    for each in (second, page):
        expect(each.locator(".state")).to_have_text("Stopped", timeout=PATIENCE)
        expect(each.get_by_role("button", name="Open in Sliders")).to_be_visible(timeout=PATIENCE)
    second.context.close()
    (change,) = read_changes(root / "steered")
    assert change["beta"] == 0.25 and change["epoch"] in (before + 1, before + 2)
    its_epochs_before_the_change_are_those_of_the_command_line(root, min(before, 3))


def a_step_is_one_step(page: Page, folder: Path) -> None:
    def place() -> tuple[int, int]:
        words = page.locator(".progress-words").text_content()
        epoch, step = re.search(r"epoch ([\d,]+) of .* step ([\d,]+) of", words).groups()
        return int(epoch.replace(",", "")), int(step.replace(",", ""))

    before = place()
    page.get_by_role("button", name="Step", exact=True).click()
    expect(page.get_by_text("One step, then it waits.")).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(2_500)
    after = place()
    assert after == (before[0], before[1] + 1) or (after[0] == before[0] + 1 and after[1] <= 1)
    assert read_steps(folder), "steps are logged"


def its_epochs_before_the_change_are_those_of_the_command_line(root: Path, epochs: int) -> None:
    config = load_config(root / "steered")
    model, training = config.model, config.training
    settings = {
        "--data": config.data.name,
        "--network": model.network,
        "--latent-dim": model.latent_dim,
        "--likelihood": model.likelihood,
        "--batch-size": training.batch_size,
        "--lr": training.learning_rate,
        "--seed": training.seed,
        "--epochs": epochs,
        "--out": root / "by-hand",
    }
    command = [sys.executable, "-m", "vae_core", "train", *(str(part) for pair in settings.items() for part in pair)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, timeout=PATIENCE / 1000)
    timed = {"seconds", "images_per_second"}
    pairs = zip(read_metrics(root / "steered"), read_metrics(root / "by-hand"), strict=False)
    for ours, theirs in pairs:
        assert {name: ours[name] for name in ours.keys() - timed} == {
            name: theirs[name] for name in theirs.keys() - timed
        }
