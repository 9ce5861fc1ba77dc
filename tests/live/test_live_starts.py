"""Where to start, over HTTP: every source of a latent, and the rows of a label."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import store
from tests.live.starting import StartClient, floats, refusal
from vae_core.checkpoint import load_density
from vae_core.data import fit_picture


def test_a_latent_of_the_prior_is_the_models_own_bit_for_bit(starts: StartClient) -> None:
    answer = starts.get("latent", "tiny-8d", "from=prior&seed=7&temperature=1")
    assert answer.headers["cache-control"] == "no-store" and answer.json()["std"] is None
    wanted = store.model("tiny-8d").sample_prior(1, 7)[0]
    # through the text of the JSON, as a browser reads it: the same 32 bits
    assert floats(json.loads(answer.text)["latent"]).tobytes() == wanted.tobytes()
    assert answer.json()["words"] == "drawn from the prior (Standard normal) at temperature 1, seed 7"


def test_the_temperature_multiplies_the_spread(starts: StartClient) -> None:
    drawn = [starts.latent("tiny-8d", f"from=prior&seed=7&temperature={t}")["latent"] for t in ("1", "0.5", "0")]
    one, half, none = map(floats, drawn)
    np.testing.assert_array_equal(half, one / 2)
    assert (none == 0).all()
    cold = starts.latent("mixed", "from=prior&seed=3&temperature=0")
    means = store.model("mixed").vae.latent_prior.mean.numpy()
    assert (means == floats(cold["latent"])).all(axis=1).any(), "the mean of one component"
    assert "of each of its components" in cold["words"]


def test_a_class_is_the_mean_of_its_encodings(starts: StartClient) -> None:
    model = store.model("tiny-2d")
    rows = model.latents.label == 3
    answer = starts.latent("tiny-2d", "from=class&label=3")
    np.testing.assert_allclose(floats(answer["latent"]), model.latents.mean[rows].mean(axis=0), rtol=1e-5)
    assert answer["words"] == f"the mean of {rows.sum()} encodings with label 3" and answer["std"] is None


def test_a_mixture_is_drawn_from_the_fitted_density(starts: StartClient, started: Path) -> None:
    answer = starts.latent("tiny-8d", "from=mixture&seed=5")
    density = load_density(started / "tiny-8d")
    np.testing.assert_array_equal(floats(answer["latent"]), density.sample(1, 5)[0])
    assert f"fitted to {density.rows:,} posterior means of the train images, seed 5" in answer["words"]


def test_a_row_is_its_posterior(starts: StartClient) -> None:
    latents = store.model("tiny-2d").latents
    answer = starts.latent("tiny-2d", "from=row&row=12")
    assert floats(answer["latent"]).tobytes() == latents.mean[12].tobytes()
    assert floats(answer["std"]).tobytes() == latents.std[12].tobytes()
    assert answer["words"] == f"the encoding of image 12, label {latents.label[12]}"


def test_another_models_image_is_decoded_there_fitted_and_encoded_here(starts: StartClient) -> None:
    answer = starts.latent("mnist-like", "from=model&other=tiny-8d&row=4")
    model, other = store.model("mnist-like"), store.model("tiny-8d")
    fitted = fit_picture(other.reconstruct(np.array([4]))[0], "mnist", (1, 28, 28))
    means, stds = model.encode(fitted.pixels[None])
    np.testing.assert_array_equal(floats(answer["latent"]), means[0])
    np.testing.assert_array_equal(floats(answer["std"]), stds[0])
    assert answer["words"].startswith("image 4 as tiny-8d decodes its own code of it, encoded here. Fitted as MNIST")


def test_another_model_of_the_same_data_needs_no_fitting(starts: StartClient) -> None:
    answer = starts.latent("tiny-2d", "from=model&other=tiny-8d&row=4")
    picture = store.model("tiny-8d").reconstruct(np.array([4]))[0].transpose(2, 0, 1)
    np.testing.assert_array_equal(floats(answer["latent"]), store.model("tiny-2d").encode(picture[None])[0][0])
    assert "needs no fitting" in answer["words"]


def test_a_conditional_model_encodes_another_ones_image_under_the_class_of_the_same_name(starts: StartClient) -> None:
    label = int(store.model("tiny-8d").latents.label[4])
    answer = starts.latent("by-class", "from=model&other=tiny-8d&row=4")
    picture = store.model("tiny-8d").reconstruct(np.array([4]))[0].transpose(2, 0, 1)
    wanted = store.model("by-class").encode(picture[None], label)[0][0]
    np.testing.assert_array_equal(floats(answer["latent"]), wanted)
    assert f"encoded here under the class {label}." in answer["words"]


REFUSED: dict[str, tuple[str, str, int, str, str]] = {
    "no source": ("tiny-2d", "", 400, "bad-parameter", "it must be one of prior, class, mixture, row, model"),
    "another source": ("tiny-2d", "from=dream", 400, "bad-parameter", "'dream'"),
    "too hot": ("tiny-2d", "from=prior&temperature=3.5", 400, "bad-temperature", "is 3.5; it must lie in 0 to 3"),
    "no temperature": ("tiny-2d", "from=prior&temperature=warm", 400, "bad-parameter", "'warm'; it must be a number"),
    "temperature NaN": ("tiny-2d", "from=prior&temperature=nan", 400, "bad-temperature", "is nan; it must lie"),
    "seed no number": ("tiny-2d", "from=prior&seed=x", 400, "bad-parameter", "seed is 'x'; it must be a whole number"),
    "seed too large": ("tiny-2d", "from=prior&seed=9223372036854775808", 400, "bad-seed", "from 0 to 2^63 - 1"),
    "negative seed": ("tiny-2d", "from=mixture&seed=-1", 400, "bad-seed", "The seed is -1"),
    "label missing": ("tiny-2d", "from=class", 400, "bad-parameter", "label is missing"),
    "unknown label": ("tiny-2d", "from=class&label=11", 404, "no-such-label", "the reference set of tiny-2d has 0, 1"),
    "no labels": ("tiny-colour", "from=class&label=1", 404, "no-labels", "choose an image by its number"),
    "no density": ("tiny-2d", "from=mixture", 404, "no-density", "`python -m vae_core evaluate` on its"),
    "no such row": ("tiny-2d", "from=row&row=99999", 404, "no-such-row", "has rows 0 to"),
    "row missing": ("tiny-2d", "from=row", 400, "bad-parameter", "row is ''; it must be a whole number"),
    "no reference": ("no-rows", "from=row&row=0", 404, "no-reference", "has no latents.npz; train it again"),
    "other is no model": ("tiny-2d", "from=model&other=nobody&row=0", 404, "unknown-model", "nobody"),
    "other leads elsewhere": ("tiny-2d", "from=model&other=../x&row=0", 404, "unknown-model", "is no name for a model"),
    "other without rows": ("tiny-2d", "from=model&other=no-rows&row=0", 404, "no-reference", "no-rows"),
    "no class": ("by-class", "from=model&other=tiny-colour&row=0", 400, "no-label", "conditional on 10 classes"),
    "class unknown": ("by-class", "from=model&other=tiny-8d&row=0&label=10", 400, "bad-label", "knows 0 to 9"),
    "class for none": ("tiny-2d", "from=model&other=mnist-like&row=0&label=1", 400, "bad-label", "is not conditional"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_started_from_is_said(starts: StartClient, case: str) -> None:
    name, query, status, reason, words = REFUSED[case]
    answer = starts.get("latent", name, query)
    assert refusal(answer) == (status, reason), answer.text
    assert words in answer.json()["message"]


def test_rows_of_a_label_and_how_many_there_are(starts: StartClient) -> None:
    labels = store.model("tiny-2d").latents.label
    answer = starts.rows("tiny-2d", "label=7")
    assert answer["rows"] == np.flatnonzero(labels == 7).tolist() and answer["count"] == len(answer["rows"])
    assert answer["labels"] == {str(label): int((labels == label).sum()) for label in range(10)}
    assert starts.rows("tiny-2d") == {"rows": [], "count": 0, "labels": answer["labels"]}
    assert starts.rows("tiny-colour")["labels"] == {}


def test_rows_come_in_the_order_of_their_distance(starts: StartClient) -> None:
    latents = store.model("tiny-2d").latents
    rows = starts.rows("tiny-2d", "label=7&near=30")["rows"]
    distances = np.linalg.norm(latents.mean[rows] - latents.mean[30], axis=1)
    assert (np.diff(distances) >= 0).all() and (latents.label[rows] == 7).all()
    assert starts.rows("tiny-colour", "near=30")["rows"][0] == 30
    assert refusal(starts.get("rows", "tiny-2d", "label=7&near=99999")) == (404, "no-such-row")


def test_labels_are_found_by_their_names(starts: StartClient, started: Path) -> None:
    file = started / "tiny-8d" / "config.json"
    before = file.read_text()
    config = json.loads(before)
    config["data"]["label_names"] = ["Zero", "9", "Two", "Three", "4", "5", "6", "7", "8", "Nine"]
    file.write_text(json.dumps(config))
    try:
        labels = store.model("tiny-8d").latents.label
        for label, number in (("three", 3), ("Nine", 9), ("9", 1), ("0", 0)):
            rows = starts.rows("tiny-8d", f"label={label}")["rows"]
            assert rows == np.flatnonzero(labels == number).tolist(), "a name goes before a number"
        assert "with label Three" in starts.latent("tiny-8d", "from=class&label=THREE")["words"]
    finally:
        file.write_text(before)
