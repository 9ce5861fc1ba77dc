"""The ES modules of the live path in a real Chromium, against a really running server."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

import store
from tests.live.conftest import wait_until_ready
from tools.long_wire import long_wire
from tools.running_app import RunningApp, free_port, running_app

# the modules' names on `window`, and a promise in place of two callbacks
PREPARE = """async () => {
  const load = (file) => import(new URL(`./static/${file}`, location.href));
  Object.assign(window, await load("latent-socket.js"), await load("picture.js"));
  Object.assign(window, await load("frame-meter.js"), await load("connection.js"), await load("live-picture.js"));
  document.body.replaceChildren();
  window.socket = latentSocket();
  window.ask = (kind, options) => new Promise((reply, error) => {
    socket[kind](options, (given) => reply({...given, pixels: [...(given.pixels ?? [])],
      means: [...(given.means ?? [])], stds: [...(given.stds ?? [])]}), reply);
  });
  window.states = [];
  socket.onState((state) => states.push(state));
}"""


@pytest.fixture(autouse=True)
def same_folder(monkeypatch: pytest.MonkeyPatch, live_root) -> None:
    """The test computes with the server's models."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(live_root))


@pytest.fixture
def live_page(page, live_server):
    """A page of the server's own origin, empty but for the modules."""
    page.goto(live_server.url + "/live/health")
    page.evaluate(PREPARE)
    return page


@pytest.fixture
def restartable(live_root) -> Iterator[tuple[int, list]]:
    """A port, and what to close at the end."""
    stack: list = []
    yield free_port(), stack
    for server in stack:
        server.__exit__(None, None, None)


def start(port: int, stack: list, live_root) -> RunningApp:
    server = running_app(checkpoints=live_root, port=port)
    app = server.__enter__()
    stack.append(server)
    wait_until_ready(app.url)
    return app


def test_decode_and_encode_bring_what_the_model_computes(live_page) -> None:
    model = store.model("tiny-8d")
    latent = [0.5, -1, 0, 2, 0.25, 1, -0.5, 0]
    options = {"model": "tiny-8d", "weights": model.weights, "lane": "test", "latents": latent, "tag": "mine"}
    reply = live_page.evaluate("(options) => ask('decode', options)", options)
    assert (reply["shape"], reply["count"], reply["tag"]) == ([8, 8, 1], 1, "mine")
    np.testing.assert_array_equal(np.uint8(reply["pixels"]), model.decode(np.float32([latent])).ravel())
    image = list(range(0, 192, 3))
    codes = live_page.evaluate("(images) => ask('encode', {model: 'tiny-8d', images})", image)
    means, stds = model.encode(np.uint8(image).reshape(1, 1, 8, 8))
    np.testing.assert_allclose(codes["means"], means[0], atol=1e-5)
    np.testing.assert_allclose(codes["stds"], stds[0], rtol=1e-4)


def test_judge_brings_what_the_gauge_says_and_a_label_passes_through(live_page) -> None:
    wanted = store.usualness(store.model("tiny-2d")).judge(np.float32([[1, -1], [60, 60]]), nearest=2)
    options = {"model": "tiny-2d", "latents": [1, -1, 60, 60], "count": 2, "nearest": 2, "exact": False, "tag": "mine"}
    reply = live_page.evaluate("(options) => ask('judge', options)", options)
    assert (reply["count"], reply["tag"], reply["verdict"][1]) == (2, "mine", "never seen")
    assert reply["words"] == list(wanted.words) and reply["nearest"] == wanted.nearest.tolist()
    np.testing.assert_allclose(reply["percentile"], wanted.percentile, atol=1e-3)
    labelled = "() => ask('decode', {model: 'tiny-2d', latents: [0, 0], label: 3})"
    assert live_page.evaluate(labelled)["reason"] == "bad-label"


def test_judgements_take_no_place_of_a_picture(live_page) -> None:
    """Judgements are asked for first; with the places shared, all but one of the pictures would wait behind them."""
    judgements, pictures = live_page.evaluate("""async () => {
      const socket = new LatentSocket(); // in the page, so that its messages can be counted
      await new Promise((open) => socket.onState((state) => state === "open" && open()));
      const send = WebSocket.prototype.send;
      let sent = 0;
      WebSocket.prototype.send = function (data) { sent += 1; send.call(this, data); };
      try {
        for (const lane of ["a", "b"]) socket.judge({ model: "tiny-1d", lane, latents: [0] }, () => {});
        const judgements = sent;
        for (const lane of ["a", "b", "c", "d"]) socket.decode({ model: "tiny-1d", lane, latents: [0] }, () => {});
        return [judgements, sent - judgements];
      } finally { WebSocket.prototype.send = send; }
    }""")
    assert judgements >= 1 and pictures >= 2


def test_an_error_comes_with_its_reason(live_page) -> None:
    error = live_page.evaluate("() => ask('decode', {model: 'nobody', latents: [0], tag: 4})")
    assert error["reason"] == "unknown-model" and "nobody" in error["message"] and error["tag"] == 4
    many = "() => ask('encode', {model: 'tiny-2d', count: 256, images: new Uint8Array(5e6)})"
    assert live_page.evaluate(many)["reason"] == "too-large"


def test_all_components_share_one_socket(live_page) -> None:
    assert live_page.evaluate("""async () => {
      const url = new URL('./static/latent-socket.js?again', location.href);
      return (await import(url)).latentSocket() === socket;
    }""")


def test_of_a_hundred_requests_at_once_the_newest_wins(live_page) -> None:
    tags = live_page.evaluate("""() => new Promise((done) => {
      const tags = [];
      for (let tag = 0; tag < 100; tag++) {
        const latents = Float32Array.of(tag / 50, 0);
        socket.decode({ model: "tiny-2d", lane: "drag", latents, tag }, (reply) => {
          tags.push(reply.tag);
          if (reply.tag === 99) setTimeout(() => done(tags), 100);
        });
      }
    })""")
    assert tags[-1] == 99 and tags == sorted(tags)
    assert len(tags) <= 4, "what waited behind the two in flight was dropped"


def test_a_forgotten_lane_is_called_no_more(live_page) -> None:
    called = live_page.evaluate("""async () => {
      let called = 0;
      socket.decode({ model: "tiny-2d", lane: "gone", latents: [0, 0] }, () => called++);
      socket.forget("gone");
      await ask("decode", { model: "tiny-2d", lane: "stays", latents: [0, 0] });
      return called;
    }""")
    assert called == 0


def test_the_picture_shows_the_pixels_and_tells_whether_they_changed(live_page) -> None:
    shown = live_page.evaluate("""() => {
      const canvas = document.createElement("canvas");
      const picture = createPicture(canvas);
      const colours = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
      const changes = [picture.draw(colours, [1, 2, 3], 0), picture.draw(colours, [1, 2, 3], 0),
        picture.draw(colours, [1, 2, 3], 1)];
      const read = (of, w, h) => [...of.getContext("2d").getImageData(0, 0, w, h).data];
      const strip = document.createElement("canvas");
      drawStrip(strip, Uint8Array.of(10, 20, 30), [1, 1, 1], 3, 2);
      return { changes, size: [canvas.width, canvas.height], pixels: read(canvas, 2, 1),
        edges: canvas.style.imageRendering, stripSize: [strip.width, strip.height], strip: read(strip, 2, 2) };
    }""")
    assert shown["changes"] == [True, False, True]
    assert shown["size"] == [2, 1] and shown["edges"] == "pixelated"
    assert shown["pixels"] == [7, 8, 9, 255, 10, 11, 12, 255]
    assert shown["stripSize"] == [2, 2]
    assert shown["strip"] == [10, 10, 10, 255, 20, 20, 20, 255, 30, 30, 30, 255, 0, 0, 0, 0]


SHOW = """async (latents) => {
  const canvas = document.body.appendChild(document.createElement("canvas"));
  const picture = createLivePicture(canvas);
  const decode = (values) => new Promise((reply, error) => socket.decode(
    { model: "tiny-2d", latents: values, lane: "shown", screen: picture }, reply, error));
  const told = [];
  for (const values of latents) {
    const answer = decode(values);
    const end = performance.now() + 400;
    while (performance.now() < end); // the page is busy
    const reply = await answer;
    told.push({ ...picture.shown(reply), end, pixels: [...reply.pixels] });
  }
  await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
  const copy = new OffscreenCanvas(8, 8).getContext("2d");
  copy.drawImage(canvas, 0, 0);
  const shown = [...copy.getImageData(0, 0, 8, 8).data].filter((_, index) => index % 4 === 0);
  picture.remove();
  return { told, shown };
}"""


def test_the_live_picture_is_drawn_while_the_page_is_busy(live_page) -> None:
    """The worker that holds the connection draws, too: 400 ms in which the page does something else cost it nothing."""
    seen = live_page.evaluate(SHOW, [[0, 0], [0, 0], [2, -2]])
    assert [one["changed"] for one in seen["told"]] == [True, False, True]
    assert all(0 < one["drawn"] < one["end"] for one in seen["told"][1:]), "it waited for the page"
    assert seen["shown"] == seen["told"][-1]["pixels"]


def test_without_workers_the_page_itself_holds_the_socket_and_draws(page, live_server) -> None:
    page.add_init_script("delete window.Worker")
    page.goto(live_server.url + "/live/health")
    page.evaluate(PREPARE)
    seen = page.evaluate(SHOW, [[0, 0], [0, 0], [2, -2]])
    assert page.workers == [] and [one["changed"] for one in seen["told"]] == [True, False, True]
    assert all(one["drawn"] >= one["end"] for one in seen["told"])
    assert seen["shown"] == seen["told"][-1]["pixels"]


def test_the_meter_measures_and_tells_what_a_benchmark_listens_to(live_page) -> None:
    told = live_page.evaluate("""async () => {
      const place = document.body.appendChild(document.createElement("output"));
      const heard = [];
      for (const name of ["latent-move", "latent-frame"])
        document.addEventListener(name, ({ detail }) => heard.push([name, detail]));
      const meter = createFrameMeter(place);
      for (let frame = 0; frame < 30; frame++) {
        const stamp = performance.now() - 5;
        meter.sent(stamp);
        meter.drawn(stamp, { changed: true });
        await new Promise((next) => setTimeout(next, 10));
      }
      const rest = () => new Promise((next) => setTimeout(next, 900));
      const texts = [place.textContent];
      for (let reading = 0; reading < 2; reading++) {
        await rest();
        texts.push(place.textContent);
      }
      for (let frame = 0; frame < 30; frame++) {
        meter.played();
        await new Promise((next) => setTimeout(next, 10));
      }
      await rest();
      const played = place.textContent;
      const count = heard.length;
      meter.drawn(performance.now() - 5, { changed: true });
      await rest();
      meter.stop();
      return { texts, played, heard: heard.slice(0, 2), count, single: place.textContent };
    }""")
    milliseconds, frames = told["texts"][1].split(" ms · ")
    assert 5 <= float(milliseconds) < 9 and 20 <= int(frames.removesuffix(" frames/s")) <= 100
    assert told["texts"][2] == told["texts"][1], "the figures decay while the hand rests"
    assert 20 <= int(told["played"].removesuffix(" frames/s")) <= 100
    assert re.fullmatch(r"\d\.\d ms", told["single"]), "one picture is no rate"
    (move, moved), (frame, drawn) = told["heard"]
    assert (move, frame, told["count"]) == ("latent-move", "latent-frame", 60)
    assert moved["stamp"] == drawn["stamp"] and drawn["drawn"] >= drawn["stamp"] + 5 and drawn["changed"] is True


def test_after_a_restart_of_the_server_the_newest_request_is_answered(page, restartable, live_root) -> None:
    port, stack = restartable
    app = start(port, stack, live_root)
    page.goto(app.url + "/live/health")
    page.evaluate(PREPARE)
    page.evaluate("() => showConnection(document.body)")
    page.evaluate("() => ask('decode', {model: 'tiny-2d', latents: [0, 0]})")
    pill = page.locator("[data-connection]")
    assert pill.is_hidden()
    stack.pop().__exit__(None, None, None)
    page.wait_for_function("() => socket.state === 'reconnecting'")
    assert pill.inner_text() == "Reconnecting…"
    page.evaluate("""() => {
      window.tags = [];
      for (const tag of [1, 2, 3])
        socket.decode({ model: "tiny-2d", lane: "drag", latents: [tag, 0], tag }, (reply) => tags.push(reply.tag));
    }""")
    start(port, stack, live_root)
    page.wait_for_function("() => tags.length > 0", timeout=10_000)
    assert page.evaluate("() => [tags, socket.state]") == [[3], "open"]
    assert pill.is_hidden()
    assert page.evaluate("() => states.slice(-2)") == ["reconnecting", "open"]


def test_a_message_above_the_limit_costs_one_connection_not_the_page(live_page) -> None:
    """What latent-socket.js never sends: a component that opens the raw socket and sends 10 MB."""
    code = live_page.evaluate("""() => new Promise((done) => {
      const url = new URL("./socket", location.href);
      url.protocol = "ws:";
      const raw = new WebSocket(url);
      raw.onopen = () => raw.send(new Uint8Array(1e7));
      raw.onclose = ({ code }) => done(code);
    })""")
    assert code in (1006, 1009)
    assert live_page.evaluate("() => ask('decode', {model: 'tiny-2d', latents: [0, 0]})")["shape"] == [8, 8, 1]


MOVES = """async (count) => {
  const answered = [];
  const ask = (number) => socket.decode(
    {model: "tiny-2d", lane: "wire", latents: [number / count, 0], tag: number},
    ({tag}) => answered.push(tag),
  );
  for (let number = 0; number < count; number++) {
    ask(number);
    await new Promise((done) => setTimeout(done, 20));
  }
  for (let waits = 0; answered.at(-1) !== count - 1 && waits < 100; waits++) {
    await new Promise((done) => setTimeout(done, 50));
  }
  return answered;
}"""


def test_on_a_long_wire_several_requests_are_on_their_way_at_once(page, live_server: RunningApp) -> None:
    """40 moves in 0.8 s over a wire of 0.3 s there and back: two at a time would be answered some 6 times."""
    with long_wire(live_server.url, 0.15) as url:
        page.goto(url + "/live/health")
        page.evaluate(PREPARE)
        page.evaluate("""() => ask("decode", {model: "tiny-2d", latents: [0, 0]})""")
        answered = page.evaluate(MOVES, 40)
    assert answered == sorted(answered) and answered[-1] == 39, "in order, and the last move is shown"
    assert len(answered) >= 20
