"""The odd ones over HTTP: scores as the benchmark makes them, joined, cut, as a table; what stored latents tell."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser
from starlette.testclient import TestClient

import store
from jobs.odd_task import odd_task
from tests.live.starting import StartClient, refusal
from tools.running_app import PROJECT
from vae_core import load_checkpoint
from vae_core.data import load_recorded
from vae_core.metrics import anomaly_auroc, anomaly_reference, anomaly_scores, standardised_sum

ROC = PROJECT / "live" / "static" / "odd" / "roc.js"


def quiet(share: float, message: str = "", partial: dict | None = None) -> None:
    assert 0 <= share <= 1


def scored(root: Path, name: str) -> store.OddScores:
    """The scores as the page gets them, made in this process."""
    model = store.model(name)
    source = store.source_of(model, store.REFERENCE)
    found = store.odd_scores(store.odd_id(model, source))
    if found is None:
        odd_task(root, name, "reference", source.data, store.odd_id(model, source), report=quiet)
        found = store.odd_scores(store.odd_id(model, source))
    return found


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(PROJECT / "checkpoints"))
    return PROJECT / "checkpoints"


@pytest.fixture
def area(browser: Browser):
    """AUROC as the page counts it: roc.js, in a real browser."""
    page = browser.new_page()
    module = base64.b64encode(ROC.read_bytes()).decode()
    page.evaluate("async (code) => { window.roc = await import(`data:text/javascript;base64,${code}`); }", module)

    def auroc(values: np.ndarray, truth: np.ndarray) -> float | None:
        return page.evaluate(
            "([values, truth]) => roc.rocOf(Float32Array.from(values), (row) => truth[row])?.auroc ?? null",
            [values.tolist(), truth.tolist()],
        )

    yield auroc
    page.close()


@pytest.mark.parametrize("name", ["digits-8d", "digits-2d"])
def test_the_pages_auroc_is_the_benchmarks_for_the_same_model_and_data(shipped: Path, area, name: str) -> None:
    checkpoint = load_checkpoint(shipped / name)
    images = load_recorded(checkpoint.config.data)
    reference = anomaly_reference(checkpoint.vae, images.pixels(images.train))
    ours = anomaly_scores(checkpoint.vae, reference, images.pixels(images.test)).named()
    labels = images.labels[images.test]
    page = scored(shipped, name)
    rows = store.reference_images(store.model(name)).data_rows
    np.testing.assert_array_equal(rows, images.test)  # the stored images are the test split in its order
    assert page.basis == "whole" and len(page.offered) == 7
    for score in set(page.offered) - {"squared_error_per_ink"}:
        np.testing.assert_array_equal(page.combined((score,)), ours[score])
        for digit in (0, 1, 8):
            expected = anomaly_auroc(ours[score][labels != digit], ours[score][labels == digit])
            assert area(page.combined((score,)), labels == digit) == pytest.approx(expected, abs=1e-12)


def test_ties_missing_classes_and_thresholds_are_counted_as_the_core_does(area) -> None:
    generator = np.random.default_rng(0)
    values = generator.integers(0, 6, 400).astype(np.float32)
    truth = generator.random(400) < 0.2
    assert area(values, truth) == pytest.approx(anomaly_auroc(values[~truth], values[truth]), abs=1e-12)
    assert area(np.zeros(10, np.float32), np.arange(10) < 3) == 0.5
    assert area(values, np.zeros(400, bool)) is None and area(values, np.ones(400, bool)) is None


def test_joined_scores_are_the_standardised_sum_and_less_ink_is_noticed(shipped: Path) -> None:
    page = scored(shipped, "digits-8d")
    parts = ("negative_elbo", "neighbour_distance_per_root_code_length")
    chosen = tuple(page.values[part] for part in parts)
    np.testing.assert_array_equal(page.combined(parts), standardised_sum(chosen, chosen))
    with pytest.raises(store.NoMap, match="The score is 'ink'; there are negative_elbo"):
        page.combined(("ink",))
    by_ink = store.simplicity(page, page.values["ink"])
    assert by_ink.correlation == pytest.approx(1, abs=1e-9) and by_ink.percentile < 6
    assert store.simplicity(page, -page.values["ink"]).percentile > 94
    assert store.simplicity(page, np.zeros_like(page.values["ink"])) is None


def post(web: TestClient, name: str, **content) -> dict:
    answer = web.post(f"/live/odd/{name}/{store.model(name).weights}", json=content)
    assert answer.status_code == 200, answer.text
    return answer.json()


def get(web: TestClient, name: str, rest: str):
    return web.get(f"/live/odd/{name}/{store.model(name).weights}/{rest}")


def test_scores_their_words_and_a_table_over_http(starts: StartClient, started: Path) -> None:
    web, name = starts._web, "tiny-8d"
    scores = scored(started, name)
    facts = post(web, name, parts=["kl"])
    assert facts["state"] == "ready" and facts["count"] == len(store.model(name).latents)
    assert facts["parts"] == ["kl"] and facts["labels"]["0"] > 0
    kl = next(each for each in facts["scores"] if each["name"] == "kl")
    assert kl == {"name": "kl", "text": "KL", "words": "How far its posterior is from the prior", "unit": "nats"}
    values = np.frombuffer(get(web, name, "reference/kl").content, "<f4")
    np.testing.assert_array_equal(values, scores.values["kl"])
    joined = np.frombuffer(get(web, name, "reference/kl+neighbour_distance").content, "<f4")
    np.testing.assert_array_equal(joined, scores.combined(("kl", "neighbour_distance")))
    threshold = float(np.sort(values)[-7])
    table = pd.read_csv(io.BytesIO(get(web, name, f"reference/kl/table.csv?threshold={threshold!r}").content))
    assert table["rank"].tolist() == list(range(1, 8)) and table["score"].is_monotonic_decreasing
    np.testing.assert_allclose(table["kl"], values[table["row"]], rtol=1e-6)
    assert table["label"].tolist() == [int(store.model(name).latents.label[row]) for row in table["row"]]
    assert "squared_error_per_ink" in table


def test_error_per_ink_is_a_cost_of_bernoulli_and_a_squared_error_of_a_density(starts, started: Path) -> None:
    bernoulli, density = scored(started, "tiny-1d"), scored(started, "tiny-8d")
    assert "reconstruction_per_ink" in bernoulli.offered and "squared_error_per_ink" not in bernoulli.offered
    model, images = store.model("tiny-8d"), store.reference_images(store.model("tiny-8d")).images
    grey, drawn = images / 255.0, model.decode(model.latents.mean).transpose(0, 3, 1, 2) / 255.0
    expected = np.square(grey - drawn).sum(axis=(1, 2, 3)) / np.maximum(grey.sum(axis=(1, 2, 3)), 1)
    np.testing.assert_allclose(density.values["squared_error_per_ink"], expected, rtol=0.02)


@pytest.mark.parametrize("name", ["tiny-colour", "by-class", "mnist-like"])
def test_without_images_or_for_a_conditional_model_the_stored_latents_are_ranked(
    starts: StartClient, started: Path, name: str
) -> None:
    scores = scored(started, name)
    latents = store.model(name).latents
    assert scores.basis == "stored"
    np.testing.assert_array_equal(scores.values["negative_elbo"], latents.reconstruction + latents.kl)
    apart = np.linalg.norm(latents.mean[:, None].astype(float) - latents.mean, axis=2)
    np.fill_diagonal(apart, np.inf)
    expected = np.sort(apart, axis=1)[:, :5].mean(axis=1)
    np.testing.assert_allclose(scores.values["neighbour_distance"], expected, rtol=1e-3, atol=1e-4)
    facts = post(starts._web, name)
    assert facts["basis"] == "stored" and facts["parts"] == ["negative_elbo"]


def test_scores_that_are_not_there_yet_are_a_job(
    starts: StartClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CACHE", str(tmp_path))  # another test may have scored the same model
    asked: list[dict] = []

    class Running:
        state, progress, message, seconds_left, partial = "running", 0.5, "Scoring 180 images", 12.0, None

        def cancel(self) -> bool:
            return True

    monkeypatch.setattr("jobs.submit", lambda task, **arguments: asked.append({"task": task, **arguments}) or Running())
    found = post(starts._web, "tiny-2d")
    again = post(starts._web, "tiny-2d")
    assert (found["state"], found["progress"], found["message"]) == ("running", 0.5, "Scoring 180 images")
    assert again["id"] == found["id"] and len(asked) == 1 and asked[0]["task"] == "odd_task"
    meanwhile, latents = found["partial"], store.model("tiny-2d").latents
    assert (meanwhile["basis"], meanwhile["parts"], meanwhile["ink"]) == ("stored", ["negative_elbo"], False)
    assert [each["name"] for each in meanwhile["scores"]] == ["negative_elbo", "reconstruction", "kl"]
    values = np.frombuffer(get(starts._web, "tiny-2d", "reference/negative_elbo?stored=1").content, "<f4")
    np.testing.assert_array_equal(values, latents.reconstruction + latents.kl)
    assert refusal(get(starts._web, "tiny-2d", "reference/negative_elbo"))[1] == "not-encoded"
    assert starts._web.delete(f"/live/job/{found['id']}").json()["state"] == "cancelled"


@pytest.mark.parametrize(
    ("rest", "reason", "words"),
    [
        ("reference/fog", "no-such-column", "The score is 'fog'; there are negative_elbo"),
        ("reference/kl+fog", "no-such-column", "The score is 'fog'"),
        ("reference/kl/table.csv?threshold=high", "bad-parameter", "it must be a number"),
        ("nothing/kl", "no-such-source", "The source is 'nothing'"),
    ],
)
def test_what_cannot_be_ranked_is_refused(starts: StartClient, started: Path, rest, reason, words) -> None:
    scored(started, "tiny-8d")
    answer = get(starts._web, "tiny-8d", rest)
    assert refusal(answer)[1] == reason and words in answer.json()["message"]


def test_a_model_without_stored_images_and_a_damaged_file_are_told(starts: StartClient, started: Path) -> None:
    answer = starts._web.post(f"/live/odd/no-rows/{store.model('no-rows').weights}", json={})
    assert refusal(answer) == (404, "no-reference") and "train it again" in answer.json()["message"]
    from store.cache_files import cache_folder
    from store.odd_scores import load_odd_scores, save_odd_scores

    save_odd_scores("0" * 16, "whole", {"kl": np.zeros(3, np.float32), "ink": np.zeros(4, np.float32)})
    assert load_odd_scores("0" * 16) is None
    assert (cache_folder() / "scores" / f"{'0' * 16}.npz.damaged").is_file()
