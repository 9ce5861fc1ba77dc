"""What the chapters on inference count in the browser, against vae_core and plain loops, in real Chromium."""

from __future__ import annotations

import base64
import math

import numpy as np
import pytest
import torch
from playwright.sync_api import Page

from tests.live.module_page import module_page
from tests.vae_core.metrics.plane import plane_model, posterior_of
from tools.running_app import RunningApp
from vae_core.metrics import bounds_by_count, evidence_estimate, grid_posterior, log_joint_window

MODULES = ["anatomy/weights", "anatomy/gradient-draws", "anatomy/chapter-4-plane", "anatomy/chapter-5"]


@pytest.fixture(scope="module")
def modules(browser, live_server: RunningApp):
    with module_page(browser, live_server, MODULES) as page:
        yield page


def text_of(values: np.ndarray) -> str:
    return base64.b64encode(values.astype("<f4").tobytes()).decode()


def test_weights_in_parts_are_those_of_the_core(modules: Page) -> None:
    logs = np.random.default_rng(0).normal(-500, 3, 1500).astype(np.float32)
    found = modules.evaluate(
        """parts => {
          const weights = createWeights();
          parts.forEach((part) => weights.append(floatsOf(part)));
          const at = [1, 2, 700, 1500].map((k) => weights.at(k));
          return { at, bounds: weights.bounds(), count: weights.count, share: weights.share(-490) };
        }""",
        [text_of(part) for part in (logs[:256], logs[256:1400], logs[1400:])],
    )
    assert found["count"] == 1500
    for k, told in zip((1, 2, 700, 1500), found["at"], strict=True):
        wanted = evidence_estimate(torch.from_numpy(logs[:k]))
        assert told["value"] == pytest.approx(wanted.value, abs=1e-9)
        assert told["effective"] == pytest.approx(wanted.effective_draws, rel=1e-9)
        assert (told["error"] or math.inf) == pytest.approx(wanted.standard_error, rel=1e-6)
    wanted = bounds_by_count(torch.from_numpy(logs))
    assert [each["count"] for each in found["bounds"]] == [each.count for each in wanted]
    for told, each in zip(found["bounds"], wanted, strict=True):
        assert (told["mean"], told["error"]) == pytest.approx((each.mean, each.standard_error), rel=1e-6)
    assert found["share"] == pytest.approx(math.exp(-490 - np.logaddexp.reduce(logs.astype(float))), rel=1e-6)


def test_gradient_draws_add_up(modules: Page) -> None:
    values = np.random.default_rng(1).normal(5, [[[2.0]], [[30.0]], [[9.0]]], (2, 3, 2, 256)).astype(np.float32)
    others = np.random.default_rng(2).normal(-1, 4, (2, 3, 2, 256)).astype(np.float32)
    whole = np.stack([values, others], axis=-1).astype(float)  # (2, 3, 2, 256, D)
    answers = [
        {
            "values": text_of(values[at]),
            "sums": text_of(whole[at].sum(axis=2)),
            "squares": text_of((whole[at] ** 2).sum(axis=2)),
            "exact": [[1, 2], [3, 4]] if at == 0 else None,
        }
        for at in range(2)
    ]
    found = modules.evaluate(
        """answers => {
          const draws = createGradientDraws(2);
          answers.forEach((answer) => draws.append(answer));
          const pair = [0, 1];
          const of = [0, 1, 2].map((each) => pair.map((by) => pair.map((dimension) => draws.of(each, by, dimension))));
          const means = grouped(draws.values(0, 0), 4);
          const words = { ratio: ratioWords(1234.4), small: ratioWords(0.5) };
          return { of, count: draws.count, exact: draws.exact, values: draws.values(1, 1), means, ...words };
        }""",
        answers,
    )
    assert found["count"] == 512 and found["exact"] == [[1, 2], [3, 4]]
    every = np.concatenate(list(whole), axis=2)  # (3, 2, 512, D)
    for name, wanted in (
        ("mean", every.mean(axis=2)),
        ("spread", every.std(axis=2, ddof=1)),
        ("error", every.std(axis=2, ddof=1) / math.sqrt(512)),
    ):
        told = [[[each[name] for each in dims] for dims in by] for by in found["of"]]
        np.testing.assert_allclose(told, wanted, rtol=1e-4)
    np.testing.assert_allclose(found["values"], values[:, 1, 1].ravel())
    np.testing.assert_allclose(found["means"], values[:, 0, 0].ravel().reshape(-1, 4).mean(axis=1), rtol=1e-5)
    assert (found["ratio"], found["small"]) == ("1,230 ×", "0.50 ×")


def test_outlines_hold_the_mass_that_they_say(modules: Page) -> None:
    vae, batch = plane_model("gaussian")
    grid = grid_posterior(vae, batch, posterior_of(vae, batch))
    low, high = ((grid.mean + sign * 5 * grid.std).tolist() for sign in (-1, 1))
    field = log_joint_window(vae, batch, tuple(low), tuple(high), 64).numpy() - grid.log_evidence
    levels = modules.evaluate(
        "([low, high, text]) => levels({ low, high, side: 64, values: floatsOf(text) })", [low, high, text_of(field)]
    )
    density = np.exp(field.astype(float))
    for mass, level in zip((0.5, 0.95), levels, strict=True):
        inside = density[field >= level].sum() / density.sum()
        largest = density.max() / density.sum()  # the last cell taken in
        assert mass <= inside + 1e-6 and inside <= mass + largest
