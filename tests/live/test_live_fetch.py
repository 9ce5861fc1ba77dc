"""The ES modules for starts, pictures and names in a real Chromium, against a really running server."""

from __future__ import annotations

import numpy as np
import pytest

import store

PREPARE = """async () => {
  const load = (file) => import(new URL(`./static/${file}`, location.href));
  window.live = await load("live-fetch.js");
  window.socket = (await load("latent-socket.js")).latentSocket();
  window.tried = (given) => given.catch((error) => ({ name: error.name, message: error.message, reason: error.reason,
    status: error.status, facts: error.facts, isLive: error instanceof live.LiveError }));
  window.draw = () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 60, height: 80 });
    const pen = canvas.getContext("2d");
    pen.fillStyle = "white";
    pen.fillRect(0, 0, 60, 80);
    pen.fillStyle = "black";
    pen.fillRect(20, 10, 8, 50);
    return canvas;
  };
}"""


@pytest.fixture
def live_page(page, live_server, live_root, monkeypatch: pytest.MonkeyPatch):
    """A page of the server's own origin with the modules; the test computes with the same models."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(live_root))
    page.goto(live_server.url + "/live/health")
    page.evaluate(PREPARE)
    return page


def asked(page, call: str, **options) -> dict:
    """What a function of live-fetch.js gives for these options, or its error."""
    return page.evaluate(f"(options) => tried(live.{call}(options))", options)


def test_a_latent_comes_bit_for_bit(live_page) -> None:
    model = store.model("tiny-8d")
    got = live_page.evaluate(
        """async (options) => {
          const { latent, words } = await live.startLatent(options);
          return { words, bits: [...new Uint32Array(Float32Array.from(latent).buffer)] };
        }""",
        {"model": "tiny-8d", "weights": model.weights, "from": "prior", "temperature": 0.8, "seed": 7},
    )
    assert got["bits"] == model.sample_prior(1, 7, 0.8)[0].view(np.uint32).tolist()
    assert "at temperature 0.8, seed 7" in got["words"]


def test_rows_and_errors_come_as_sentences(live_page) -> None:
    model = store.model("tiny-2d")
    known = {"model": "tiny-2d", "weights": model.weights}
    rows = asked(live_page, "rowsOf", **known, label="7")
    assert rows["rows"] == np.flatnonzero(model.latents.label == 7).tolist()
    error = asked(live_page, "rowsOf", **known, label="eleven")
    assert (error["isLive"], error["reason"], error["status"]) == (True, "no-such-label", 404)
    assert "'eleven'" in error["message"]
    stale = asked(live_page, "startLatent", **{**known, "weights": "0" * 16}, **{"from": "prior"})
    assert (stale["reason"], stale["facts"]) == ("stale-weights", {"weights": model.weights})


def test_a_drawn_file_and_a_drawn_canvas_give_the_same_code(live_page) -> None:
    model = store.model("tiny-2d")
    got = live_page.evaluate(
        """async (known) => {
          const canvas = draw();
          const file = await new Promise((done) => canvas.toBlob(done, "image/png"));
          const byFile = await live.encodeFile({ ...known, file });
          const pixels = canvas.getContext("2d").getImageData(0, 0, 60, 80).data;
          const byFit = await new Promise((reply, error) =>
            socket.fit({ ...known, pixels, size: [80, 60, 4], tag: "stroke" }, reply, error));
          return { byFile, byFit: { ...byFit, pixels: [...byFit.pixels], mean: [...byFit.mean], std: [...byFit.std] } };
        }""",
        {"model": "tiny-2d", "weights": model.weights},
    )
    by_file, by_fit = got["byFile"], got["byFit"]
    assert by_fit["tag"] == "stroke" and by_fit["shape"] == [1, 8, 8] and by_fit["blank"] is False
    means, stds = model.encode(np.uint8(by_fit["pixels"]).reshape(1, 1, 8, 8))
    np.testing.assert_allclose(by_fit["mean"], means[0], atol=1e-5)
    np.testing.assert_allclose(by_fit["std"], stds[0], rtol=1e-4)
    np.testing.assert_allclose(by_file["mean"], means[0], atol=1e-5)
    assert by_file["note"] == by_fit["note"] and "inverted to a light ink" in by_fit["note"]


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(live_page) -> None:
    sent = []
    live_page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    error = live_page.evaluate(
        "() => tried(live.encodeFile({model: 'tiny-2d', weights: '0', file: new Blob([new Uint8Array(20400001)])}))"
    )
    assert error["reason"] == "too-large" and error["message"].startswith("The file has 20.5 MB; at most 20 are taken")
    assert sent == []


def test_names_are_written_and_a_conflict_brings_theirs(live_page) -> None:
    before = asked(live_page, "readNames", model="tiny-1d")
    names = {"0": "slant"}
    new = asked(live_page, "writeNames", model="tiny-1d", revision=before["revision"], names=names)
    assert new == {"revision": before["revision"] + 1, "names": names} == asked(live_page, "readNames", model="tiny-1d")
    error = asked(live_page, "writeNames", model="tiny-1d", revision=before["revision"], names={})
    assert (error["reason"], error["status"], error["facts"]) == ("changed-meanwhile", 409, new)


def test_a_lost_connection_is_said_and_a_call_that_was_given_up_is_no_failure(live_page) -> None:
    live_page.context.set_offline(True)
    error = asked(live_page, "readNames", model="tiny-1d")
    assert error["reason"] == "connection-lost" and "cannot be reached" in error["message"]
    live_page.context.set_offline(False)
    given_up = live_page.evaluate("() => tried(live.readNames({model: 'tiny-1d', signal: AbortSignal.abort()}))")
    assert given_up["name"] == "AbortError"
