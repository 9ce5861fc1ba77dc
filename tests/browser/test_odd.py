"""What a person does on the page of the odd ones: wait for the scores, drag the threshold, a class, CSV, the Map."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.live_page import pixels
from tools.running_app import PROJECT, RunningApp
from vae_core import load_checkpoint
from vae_core.data import data_root, load_recorded
from vae_core.metrics import anomaly_auroc, anomaly_reference, anomaly_scores

PATIENCE = 240_000  # a fresh worker imports all it needs first


def open_odd(page: Page, app: RunningApp, rest: str = "") -> None:
    page.goto(f"{app.url}/odd?model=digits-8d{rest}", timeout=PATIENCE)
    expect(page.locator(".of-all")).to_contain_text("of 359 images", timeout=PATIENCE)
    expect(page.locator(".csv")).to_be_enabled(timeout=PATIENCE)  # until then the stored costs are ranked
    expect(page.locator(".basis")).not_to_contain_text("Meanwhile")
    expect(page.locator("button.odd-card")).to_have_count(24)


@pytest.mark.skipif((data_root() / "mnist").is_dir(), reason="mnist is on this machine")
def test_why_only_what_is_stored_is_ranked_is_said_the_first_time_too(page: Page, app_server: RunningApp) -> None:
    for _ in range(2):
        page.goto(f"{app_server.url}/odd?model=mnist-16d", timeout=PATIENCE)
        expect(page.locator(".csv")).to_be_enabled(timeout=PATIENCE)
        said = "Only the stored latents and costs are ranked: the images are not on this machine."
        expect(page.locator(".basis")).to_have_text(said)


def test_threshold_class_csv_map_and_link(page: Page, browser: Browser, app_server: RunningApp, tmp_path) -> None:
    open_odd(page, app_server)
    checkpoint = load_checkpoint(PROJECT / "checkpoints" / "digits-8d")
    images = load_recorded(checkpoint.config.data)
    reference = anomaly_reference(checkpoint.vae, images.pixels(images.train))
    scores = anomaly_scores(checkpoint.vae, reference, images.pixels(images.test)).named()
    labels = images.labels[images.test]

    first = page.locator(".odd-card").first
    assert int(first.get_attribute("data-row")) == int(np.argmax(scores["negative_elbo"]))
    expect(first.locator("canvas")).to_have_count(3)
    page.wait_for_timeout(300)
    assert len({pixels(first.locator(f"canvas.{name}")) for name in ("original", "reconstruction", "error")}) == 3

    # the AUROC on the page is the benchmark's for the same model and data
    page.get_by_role("radio", name="8", exact=True).click()
    shown = page.locator(".auroc")
    expected = anomaly_auroc(scores["negative_elbo"][labels != 8], scores["negative_elbo"][labels == 8])
    expect(shown).to_have_text(f"{expected:.4f}")
    assert abs(float(shown.get_attribute("data-value")) - expected) < 1e-12

    # dragging the line counts live
    box = page.locator(".distribution").bounding_box()
    counted = []
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 40)
    page.mouse.down()
    for share in (0.8, 0.7, 0.6):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 40)
        counted.append(int(page.locator(".count").text_content()))
    page.mouse.up()
    assert counted == sorted(counted) and counted[-1] > counted[0]
    page.locator(".line").focus()
    page.keyboard.press("ArrowRight")
    count = int(page.locator(".count").text_content())
    assert count <= counted[-1]
    expect(page.locator(".found")).to_contain_text("found (")
    link = page.url
    assert "threshold=" in link and "anomaly=8" in link

    with page.expect_download() as download:
        page.get_by_role("button", name="Save CSV").click()
    download.value.save_as(tmp_path / "odd.csv")
    table = pd.read_csv(tmp_path / "odd.csv")
    assert len(table) == count and table["score"].is_monotonic_decreasing
    np.testing.assert_allclose(table["negative_elbo"], scores["negative_elbo"][table["row"]], rtol=1e-5)
    assert table["label"].tolist() == labels[table["row"]].tolist()

    other = browser.new_page()
    open_odd(other, app_server, "&" + re.sub(r"^.*\?(model=[^&]*&)?", "", link))
    expect(other.locator(".count")).to_have_text(str(count))
    expect(other.locator(".auroc")).to_have_text(f"{expected:.4f}")
    other.close()

    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".count")).to_have_text(str(counted[-1]))
    first.click()
    expect(page.locator(".detail-scores li")).to_have_count(7)
    page.locator(".detail-map").click()
    page.wait_for_url(re.compile(r"/map\?.*selected="), timeout=PATIENCE)
    expect(page.locator(".selected-words")).to_contain_text("1", timeout=PATIENCE)


def test_joined_scores_and_a_bad_link(page: Page, app_server: RunningApp) -> None:
    open_odd(page, app_server, "&score=fog&anomaly=42&source=nowhere")
    for words in ("this model has none such", 'no score "fog" here', "these images have 0, 1, 2"):
        expect(page.locator(".problem[role=alert]")).to_contain_text(words)
    page.locator(".odd-card").nth(1).click()
    expect(page.locator(".detail-scores li")).to_have_count(7, timeout=PATIENCE)
    opened = page.locator(".detail-title").text_content()
    page.locator(".join").check()
    page.get_by_role("button", name="Distance", exact=True).click()
    expect(page.locator(".score-words")).to_contain_text("The sum of 2 scores")
    expect(page.locator(".threshold-unit")).to_have_text("σ")
    expect(page.locator(".detail-title")).to_have_text(opened)  # it stays open while the others are ranked anew
    expect(page).to_have_url(re.compile("score=negative_elbo,neighbour_distance"))
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".score-words")).to_contain_text("What the image costs the model")
