"""The figures of the chapters on inference over HTTP: the numbers are those of vae_core, what cannot be is refused."""

from __future__ import annotations

import base64
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from starlette.testclient import TestClient
from torch.distributions import Normal

import store
from tests.live.starting import live_web
from tests.tiny import digit_images, tiny_checkpoint
from tests.vae_core.metrics.plane import even_grid, log_sum
from vae_core.metrics import grid_posterior, weighed_from_posterior, weighed_from_prior
from vae_core.objectives import gaussian_elbo, gradient_draws, noise_path, observed_image, raised_gaussian
from vae_core.passage import pass_through

PIXELS = digit_images(count=1)[0][0]
MODELS: dict[str, dict[str, Any]] = {
    "plane": {"likelihood": "bernoulli"},
    "grey": {"latent_dim": 3},
    "classes": {"model": {"classes": 10}},
    "cost": {"likelihood": "cross-entropy"},
    "point": {"model": {"posterior": "point"}},
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inference")
    for name, fields in MODELS.items():
        tiny_checkpoint(folder, name, latents=False, evaluation=False, **fields)
    return folder


@pytest.fixture
def web(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(root))
    with live_web() as client:
        yield client


def asked(web: TestClient, name: str, figure: str, pixels: np.ndarray = PIXELS, **body: Any) -> Any:
    place = f"/live/anatomy/{name}/{store.model(name).weights}/{figure}"
    return web.post(place, json={"image": base64.b64encode(pixels.tobytes()).decode()} | body)


def floats(text: str, *shape: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(shape)


def core(name: str, label: int | None = None) -> tuple[Any, Any, Any]:
    vae = store.model(name).vae
    batch = observed_image(vae, PIXELS, label)
    return vae, batch, vae.encode(batch.images, batch.labels)


@pytest.mark.parametrize(("name", "label"), [("plane", None), ("grey", None), ("classes", 4)])
def test_weights_are_those_of_the_core_and_repeat(web: TestClient, name: str, label: int | None) -> None:
    more = {} if label is None else {"label": label}
    found = asked(web, name, "weights", seed=3, start=1, blocks=2, **more).json()
    logs = floats(found["log_weights"], 512)
    vae, batch, q = core(name, label)
    source = torch.Generator().manual_seed(3 * 2**20 + 2)
    np.testing.assert_allclose(logs[256:], weighed_from_posterior(vae, batch, q, 256, source).log_weights, rtol=1e-5)
    again = asked(web, name, "weights", seed=3, start=2, **more).json()
    np.testing.assert_array_equal(floats(again["log_weights"], 256), logs[256:])
    best = [each["log_weight"] for each in found["best"]]
    assert best == sorted(logs.tolist(), reverse=True)[:8]
    assert len(found["best"][0]["latent"]) == vae.latent_dim


def test_draws_from_the_prior_and_from_a_wider_q(web: TestClient) -> None:
    vae, batch, q = core("plane")
    plain = asked(web, "plane", "weights", **{"from": "prior"}).json()
    draws = weighed_from_prior(vae, batch, 256, torch.Generator().manual_seed(0))
    np.testing.assert_allclose(floats(plain["log_weights"], 256), draws.log_weights, rtol=1e-5)
    wide = asked(web, "plane", "weights", spread=2).json()
    latents = torch.tensor([each["latent"] for each in wide["best"]])
    log_q = Normal(q.mean, 2 * q.stddev).log_prob(latents).sum(dim=1)
    log_joint = vae.log_likelihood(latents, batch.images.expand(8, -1, -1, -1)) + vae.log_prior(latents)
    np.testing.assert_allclose([each["log_weight"] for each in wide["best"]], log_joint - log_q, rtol=1e-5)


def test_the_image_is_the_one_that_goes_through_the_machine(web: TestClient) -> None:
    """The same x as the pass: its ELBO at z = μ is a figure of both."""
    vae, batch, _ = core("plane")
    passed = pass_through(vae, batch.images, torch.zeros(1, 2))
    found = asked(web, "plane", "path", noise=[0.0, 0.0]).json()
    np.testing.assert_allclose(found["mean"], passed.posterior.mean[0].detach(), rtol=1e-5)
    np.testing.assert_allclose(found["std"], passed.posterior.stddev[0].detach(), rtol=1e-5)
    gap = asked(web, "plane", "gap", mean=found["mean"], std=[1e-6, 1e-6]).json()
    assert gap["reconstruction"] == pytest.approx(-float(passed.log_likelihood), rel=1e-4)


def test_the_gap_and_a_step_up(web: TestClient) -> None:
    vae, batch, _ = core("plane")
    _, log_joint, area = even_grid(vae, batch)
    evidence = log_sum(log_joint) + math.log(area)
    q = Normal(torch.tensor([[0.1, 0.2]]), torch.tensor([[0.5, 0.4]]))
    told = {"mean": [0.1, 0.2], "std": [0.5, 0.4]}
    found = asked(web, "plane", "gap", **told, evidence=evidence).json()
    assert found["elbo"] == pytest.approx(gaussian_elbo(vae, batch, q).elbo, rel=1e-5)
    assert found["divergence"] == pytest.approx(evidence - found["elbo"], abs=0.1)
    assert asked(web, "plane", "gap", **told).json()["divergence"] is None
    up = asked(web, "plane", "raised", **told, steps=5).json()
    wanted = raised_gaussian(vae, batch, q, 5)
    np.testing.assert_allclose(up["mean"] + up["std"], torch.cat([wanted.mean, wanted.std]), rtol=1e-4)
    assert up["elbo"] > found["elbo"] and up["settled"] is False
    many = asked(web, "grey", "gap", mean=[0, 0, 0], std=[1, 1, 1]).json()
    assert many["standard_error"] > 0 and many["divergence"] is None


def test_gradients_are_those_of_the_core(web: TestClient) -> None:
    vae, batch, q = core("grey")
    found = asked(web, "grey", "gradients", seed=2, block=1, dimension=2).json()
    draws = gradient_draws(vae, batch, q, 256, torch.Generator().manual_seed(2 * 2**20 + 1))
    all_ = np.stack([draws.reparameterised, draws.score, draws.score_baseline])
    np.testing.assert_allclose(floats(found["values"], 3, 2, 256), all_[..., 2].swapaxes(1, 2), rtol=1e-4, atol=1e-2)
    np.testing.assert_allclose(floats(found["sums"], 3, 2, 3), all_.sum(axis=1), rtol=1e-3, atol=1)
    np.testing.assert_allclose(floats(found["squares"], 3, 2, 3), (all_.astype(float) ** 2).sum(axis=1), rtol=1e-3)
    assert found["exact"] is None
    exact = asked(web, "plane", "gradients").json()["exact"]
    assert np.shape(exact) == (2, 2)


def test_a_cost_has_gradients_too(web: TestClient) -> None:
    vae, batch, q = core("cost")
    found = asked(web, "cost", "path", noise=[0.5, -1]).json()
    wanted = noise_path(vae, batch, q, torch.tensor([0.5, -1.0]))
    np.testing.assert_allclose(found["gradient"], wanted.gradient, rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(found["latents"], wanted.latents, rtol=1e-5)


def test_the_grid_comes_in_parts_and_tells_evidence_gap_and_window(web: TestClient) -> None:
    shares = []
    while (found := asked(web, "plane", "grid").json())["state"] == "running":
        shares.append(found["progress"])
    assert shares == sorted(shares) and all(0 <= share < 1 for share in shares)
    assert asked(web, "plane", "grid").json() == found, "kept"
    vae, batch, q = core("plane")
    _, log_joint, area = even_grid(vae, batch)
    assert found["log_evidence"] == pytest.approx(log_sum(log_joint) + math.log(area), abs=0.02)
    gap = found["log_evidence"] - gaussian_elbo(vae, batch, q).elbo
    assert found["kl"] == pytest.approx(gap, abs=0.05)
    window = found["window"]
    field = floats(window["log_posterior"], window["side"], window["side"])
    cell = (window["high"][0] - window["low"][0]) / window["side"]
    assert np.exp(field).sum() * cell**2 == pytest.approx(1, abs=0.03)
    for axis in range(2):
        assert window["low"][axis] < float(q.mean[0, axis]) - 4 * float(q.stddev[0, axis])
        assert window["low"][axis] < found["mean"][axis] < window["high"][axis]
    plane = found["plane"]
    assert floats(plane["log_posterior"], 64, 64).shape == (64, 64) and plane["low"][0] <= -7


def test_the_grid_is_worked_out_a_little_at_a_time(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(root))
    image = PIXELS // 2
    model = store.model("plane")
    told: list[float] = []
    while isinstance(found := store.grid_of_image(model, image, seconds=1e-9), float):
        told.append(found)
    assert len(told) > 10 and told == sorted(told)
    batch = observed_image(model.vae, image)
    with torch.no_grad():
        wanted = grid_posterior(model.vae, batch, model.vae.encode(batch.images))
    assert found.log_evidence == wanted.log_evidence and found.points == len(wanted.sides)


REFUSED = [
    ("grey", "grid", {}, "grey has 3 latent dimensions; a grid over all z needs 2. Choose a 2-D model."),
    ("cost", "weights", {}, "cost has no such figure: its reconstruction cost is no likelihood. Choose a VAE"),
    ("cost", "gap", {"mean": [0, 0], "std": [1, 1]}, "its reconstruction cost is no likelihood"),
    ("point", "weights", {}, "point has no such figure: a plain autoencoder has no ELBO. Choose a VAE"),
    ("point", "grid", {}, "a plain autoencoder has no ELBO"),
    ("point", "gradients", {}, "a plain autoencoder has no ELBO"),
    ("classes", "weights", {"label": 10}, "10"),
    ("plane", "weights", {"from": "elsewhere"}, "from is elsewhere; it must be posterior or prior."),
    ("plane", "weights", {"spread": 0}, "spread is 0; it must be a number from 0.05 to 20."),
    ("plane", "weights", {"blocks": 99}, "blocks is 99; it must be a whole number from 1 to 4."),
    ("plane", "gap", {"mean": [0], "std": [1, 1]}, "mean is [0]; it must be a list of 2 finite numbers"),
    ("plane", "gap", {"mean": [0, 0], "std": [0, 1]}, "A spread is 0; each lies in 0.000001 to 1,000."),
    ("plane", "raised", {"mean": [0, 0], "std": [1, 1], "steps": 0}, "steps is 0; it must be a whole number from 1"),
    ("plane", "gradients", {"dimension": 2}, "dimension is 2; it must be a whole number from 0 to 1."),
    ("plane", "path", {"noise": [0, 0], "extra": 1}, "The field 'extra' is unknown"),
]


@pytest.mark.parametrize(("name", "figure", "body", "words"), REFUSED)
def test_what_cannot_be_is_refused_in_words(web: TestClient, name: str, figure: str, body: dict, words: str) -> None:
    answer = asked(web, name, figure, **body)
    assert answer.status_code == 400 and words in answer.json()["message"], answer.text


def test_an_image_of_another_size_is_refused(web: TestClient) -> None:
    answer = asked(web, "plane", "weights", pixels=np.zeros((1, 9, 9), np.uint8))
    assert answer.status_code == 400 and "image has 81 bytes; it must have 64" in answer.json()["message"]
