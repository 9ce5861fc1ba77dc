"""A run over HTTP: how it is doing, its log by byte offset, its snapshots and their map, orders, and its end."""

from __future__ import annotations

import base64
import io
import itertools
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

import jobs
import store
from jobs.replay_task import replay_task
from live.step_columns import STEP_COLUMNS, step_columns
from store.epoch_models import EpochModels
from tests.live.conftest import latents_bytes, request_bytes, take_apart
from tests.live.starting import live_web, refusal
from tests.runs import SAMPLES, SHOWN, epoch_line, run_with_snapshots, write_run_status, write_snapshots
from ui.theme import CLASS_COLOURS
from vae_core.checkpoint import append_metrics
from vae_core.training.run_folder import read_status, run_folder, write_status
from vae_core.training.snapshots import list_snapshots, snapshot_file

EPOCHS = 6


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    return run_with_snapshots(tmp_path, epochs=EPOCHS)


@pytest.fixture
def web(folder: Path) -> Iterator[TestClient]:
    with live_web() as client:
        yield client


def facts(web: TestClient, name: str = "watched") -> dict:
    answer = web.get(f"/live/run/{name}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_run_under_way_says_how_it_is_doing(web: TestClient, folder: Path) -> None:
    write_run_status(folder, 20, epoch=3, step=5, images_per_second=900.0, seconds_left=80.0)
    said = facts(web)
    assert (said["state"], said["alive"], said["epoch"], said["epochs"], said["step"]) == ("running", True, 3, 20, 5)
    assert said["share"] == pytest.approx((3 + 5 / 20) / 20)
    assert said["learning_rate"] == 1e-3 and said["beta"] == 1.0
    assert said["snapshots"]["epochs"] == list(range(EPOCHS + 1))
    assert said["settings"]["latent_dim"] == 2 and said["steps_per_epoch"] == 20
    assert said["warnings"] == []


def test_a_run_found_dead_offers_to_continue_only_where_it_saved_its_state(web: TestClient, folder: Path) -> None:
    write_run_status(folder, 20, epoch=3, pid=2**30)
    said = facts(web)
    assert said["state"] == "failed" and said["message"].startswith("the process ended without a word")
    assert said["resumable"] is False
    (folder / "state").mkdir()
    (folder / "state" / "state.safetensors").write_bytes(b"")
    assert facts(web)["resumable"] is True


def test_a_failed_run_shows_the_end_of_its_log(web: TestClient, folder: Path) -> None:
    write_run_status(folder, 20, state="failed", message="the loss is nan")
    (run_folder(folder) / "log.txt").write_text("ValueError: the loss is nan")
    assert facts(web)["log"] == "ValueError: the loss is nan"


def test_a_model_without_a_run_is_finished_and_has_its_curves(web: TestClient, folder: Path) -> None:
    shutil.rmtree(run_folder(folder))
    said = facts(web)
    assert (said["is_run"], said["state"], said["epoch"]) == (False, "finished", EPOCHS)


def test_a_run_that_is_not_there_or_was_removed_is_told(web: TestClient, folder: Path) -> None:
    assert refusal(web.get("/live/run/nothing")) == (404, "no-such-run")
    assert facts(web)
    shutil.rmtree(folder)
    for part in ("", "/metrics", "/log", "/fixed", "/map", "/snapshot/1"):
        assert refusal(web.get(f"/live/run/watched{part}")) == (404, "no-such-run"), part


def test_warnings_are_of_the_records_and_of_the_newest_snapshots_health(web: TestClient, folder: Path) -> None:
    append_metrics(folder, {**epoch_line(EPOCHS + 1, 2), "kl_per_dimension": [0.0, 0.01]})
    health = {"layers": [{"layer": "encoder 1", "dead": 12, "units": 16}], "saturated": 0.0}
    write_snapshots(folder, range(EPOCHS, EPOCHS + 1), health=health)
    assert [warning["kind"] for warning in facts(web)["warnings"]] == ["collapse", "dead-units"]


def log(web: TestClient, start: int = 0, mark: str = "") -> tuple[list[dict], int, str, str]:
    answer = web.get("/live/run/watched/metrics", params={"from": start, "mark": mark})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    return lines, int(answer.headers["X-Next"]), answer.headers["X-Mark"], answer.headers["X-Restarted"]


def test_the_log_is_read_on_by_byte_offset_and_half_a_line_waits(web: TestClient, folder: Path) -> None:
    lines, end, mark, _ = log(web)
    assert len(lines) == EPOCHS * 21 + 1
    assert log(web, end, mark)[0] == []
    with (folder / "metrics.jsonl").open("ab") as file:
        file.write(json.dumps(epoch_line(7, 2)).encode() + b'\n{"kind": "st')
    lines, end, mark, restarted = log(web, end, mark)
    assert [line["epoch"] for line in lines] == [7] and restarted == "0"
    assert log(web, end, mark)[0] == []


def test_a_log_that_was_cut_is_read_anew_and_says_so(web: TestClient, folder: Path) -> None:
    _, end, mark, _ = log(web)
    facts(web)
    (folder / "metrics.jsonl").write_text(json.dumps(epoch_line(1, 2)) + "\n")
    lines, _, _, restarted = log(web, end, mark)
    assert [line["epoch"] for line in lines] == [1] and restarted == "1"
    append_metrics(folder, *({**epoch_line(epoch, 2), "kl_per_dimension": [0.0, 0.0]} for epoch in (2, 3)))
    assert [warning["kind"] for warning in facts(web)["warnings"]] == ["collapse"], "of the new log alone"


def test_a_long_log_comes_packed_and_in_pieces(web: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("live.runs.MOST_BYTES", 50_000)
    append_metrics(folder, *({"kind": "step", "step": step, "epoch": 7} for step in range(5_000)))
    found, end, mark, more, pieces = [], 0, "", True, 0
    while more:
        answer = web.get("/live/run/watched/metrics", params={"from": end, "mark": mark})
        found += answer.text.splitlines()
        end, mark, more = int(answer.headers["X-Next"]), answer.headers["X-Mark"], answer.headers["X-More"] == "1"
        pieces += 1
        assert answer.headers["Content-Encoding"] == ("gzip" if len(answer.content) > 32_768 else "identity")
    assert pieces > 3
    assert "\n".join(found) + "\n" == (folder / "metrics.jsonl").read_text()


def columns(web: TestClient, start: int = 0, mark: str = "") -> tuple[np.ndarray, list[dict], dict[str, str]]:
    answer = web.get("/live/run/watched/log", params={"from": start, "mark": mark})
    size = 4 * 9 * int(answer.headers["X-Steps"])
    steps = np.frombuffer(answer.content[:size], "<f4").reshape(9, -1)
    return steps, [json.loads(line) for line in answer.content[size:].splitlines()], dict(answer.headers)


@pytest.mark.parametrize("most", [1_000, 1_000_000])
def test_the_log_for_curves_has_the_steps_as_columns_and_all_other_lines(web, folder, most, monkeypatch) -> None:
    monkeypatch.setattr("live.run_log.MOST_BYTES", most)
    append_metrics(folder, {"kind": "step", "step": 10_001, "epoch": 7, "beta": None})
    lines = log(web)[0]
    steps, others, told = columns(web)
    expected = [[line.get(name) for name in STEP_COLUMNS] for line in lines if line.get("kind") == "step"]
    np.testing.assert_array_equal(steps.T, np.array(expected, dtype=np.float32))
    assert others == [line for line in lines if line.get("kind") != "step"] and told["x-more"] == "0"
    monkeypatch.setattr("live.run_log.MOST_AT_ONCE", 1)
    later = web.get("/live/run/watched/log", params={"from": int(told["x-next"]) - 2_000})
    assert later.headers["X-More"] == str(int(most == 1_000)), "an answer has an end"


def test_the_log_for_curves_is_read_on_and_begun_anew(web: TestClient, folder: Path) -> None:
    told = columns(web)[2]
    append_metrics(folder, {"kind": "step", "step": 10_001, "epoch": 7}, epoch_line(7, 2))
    steps, others, later = columns(web, int(told["x-next"]), told["x-mark"])
    assert steps[0].tolist() == [10_001] and [line["epoch"] for line in others] == [7]
    assert columns(web)[0].shape == (9, EPOCHS * 20 + 1), "what was kept goes on"
    (folder / "metrics.jsonl").write_text(json.dumps(epoch_line(1, 2)) + "\n")
    steps, others, anew = columns(web, int(later["x-next"]), later["x-mark"])
    assert (steps.size, len(others), anew["x-restarted"]) == (0, 1, "1")
    assert columns(web)[0].size == 0, "what was kept of the old log is gone"


@pytest.mark.parametrize("steps", [3, 300])
def test_steps_that_cannot_be_read_stay_lines(steps: int) -> None:
    good = b'{"kind": "step", "step": 1, "epoch": 1}\n' * steps
    assert step_columns(good)[0].shape == (9, steps) and step_columns(good)[1] == b""
    for bad in (b'{"kind": "step", "st\n', b'{"kind": "step", "step": "7"}\n'):
        found, others = step_columns(good + bad)
        assert found.size == 0 and others == good + bad


def test_a_snapshot_gives_the_pictures_of_its_epoch(web: TestClient, folder: Path) -> None:
    fixed = web.get("/live/run/watched/fixed").json()
    assert fixed["shape"] == [8, 8, 1] and fixed["count"] == SHOWN
    assert len(base64.b64decode(fixed["originals"])) == SHOWN * 64
    looks = [web.get(f"/live/run/watched/snapshot/{epoch}", params={"stamp": "a"}) for epoch in (1, EPOCHS)]
    assert json.loads(looks[0].headers["X-Look"]) == {
        "shape": [8, 8, 1],
        "parts": {"reconstructions": SHOWN, "samples": SAMPLES},
    }
    assert "immutable" in looks[0].headers["Cache-Control"]
    assert len(looks[0].content) == (SHOWN + SAMPLES) * 64
    assert looks[0].content != looks[1].content
    assert refusal(web.get("/live/run/watched/snapshot/99")) == (404, "no-such-epoch")
    assert refusal(web.get("/live/run/watched/snapshot/x")) == (404, "no-such-epoch")
    assert refusal(web.get("/live/run/watched/snapshot/latest")) == (404, "no-such-epoch"), "no preview was written"


def planes(web: TestClient, name: str = "watched", after: int = -1) -> dict:
    found = web.get(f"/live/run/{name}/map", params={"after": after}).json()
    for part in ("points", "origins", "axes"):
        found[part] = np.frombuffer(base64.b64decode(found[part]), "<f4")
    return found


def test_the_map_of_a_space_of_two_dimensions_is_that_space(web: TestClient) -> None:
    found = planes(web)
    assert found["epochs"] == list(range(EPOCHS + 1)) and found["latent_dim"] == 2
    points = found["points"].reshape(EPOCHS + 1, found["count"], 2)
    assert np.abs(points[-1]).max() > 2 * np.abs(points[0]).max(), "it unfolds"
    assert np.array_equal(found["axes"].reshape(-1, 2, 2)[0], np.eye(2))
    assert planes(web, after=4)["epochs"] == [5, 6]


def test_above_two_dimensions_points_stay_where_they_were_and_places_lead_back(tmp_path: Path, web: TestClient) -> None:
    folder = run_with_snapshots(tmp_path, "wide", epochs=3, latent_dim=8)
    found = planes(web, "wide")
    points = found["points"].reshape(4, found["count"], 2)
    for before, after in itertools.pairwise(points[1:]):
        turned = (before * after).sum() / (np.linalg.norm(before) * np.linalg.norm(after))
        assert turned > 0.99, "the plane turned or flipped between two epochs"
    axes, origin = found["axes"].reshape(4, 2, 8)[-1], found["origins"].reshape(4, 8)[-1]
    assert axes @ axes.T == pytest.approx(np.eye(2), abs=1e-5)
    assert axes @ (origin + points[-1][5] @ axes) == pytest.approx(points[-1][5], abs=1e-4)
    assert list_snapshots(folder) == (0, 1, 2, 3)


def decode(web: TestClient, **options: object):
    body = latents_bytes([[0.5, -1.0]])
    with web.websocket_connect("/live/socket") as socket:
        socket.receive_bytes()
        socket.send_bytes(request_bytes(body=body, model="watched", **options))
        return take_apart(socket.receive_bytes())


def test_the_socket_decodes_with_the_model_of_an_epoch(web: TestClient, folder: Path) -> None:
    last, first, trained = (decode(web, **options) for options in ({"epoch": EPOCHS}, {"epoch": 1}, {}))
    assert last.options["shape"] == [8, 8, 1]
    assert last.body != first.body
    halves = np.abs(np.frombuffer(last.body, np.uint8).astype(int) - np.frombuffer(trained.body, np.uint8))
    assert halves.max() <= 2, "the last epoch is the trained model in half precision"
    assert store.epoch_in_memory("watched", EPOCHS) is not None
    shutil.copy(snapshot_file(folder, 1), snapshot_file(folder, EPOCHS))
    assert store.epoch_in_memory("watched", EPOCHS) is None, "another file took its place"
    assert decode(web, epoch=EPOCHS).body == first.body


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"epoch": 99}, "no-such-epoch"),
        ({"epoch": -1}, "bad-options"),
        ({"epoch": "3"}, "bad-options"),
        ({"epoch": 3, "kind": 2}, "bad-options"),
        ({"epoch": 3, "label": 1}, "bad-label"),
    ],
)
def test_an_epoch_that_cannot_decode_is_told(web: TestClient, options: dict, reason: str) -> None:
    reply = decode(web, **options)
    assert (reply.kind, reply.options["reason"]) == (255, reason)


def test_models_of_epochs_are_bounded_by_their_bytes(folder: Path) -> None:
    one = store.epoch_model("watched", 1)
    memory = EpochModels(most_bytes=2 * one.bytes)
    for epoch in range(EPOCHS):
        memory.get(folder.parent, "watched", epoch)
    assert len(memory) == 2
    assert memory.peek((folder, EPOCHS - 1)) is not None and memory.peek((folder, 0)) is None


def order(web: TestClient, **content: object):
    return web.post("/live/run/watched/orders", content=json.dumps(content))


def test_orders_reach_the_run_and_say_what_happens(web: TestClient, folder: Path) -> None:
    given = [
        {"order": "pause"},
        {"order": "step", "steps": 10},
        {"order": "slow", "delay": 0.2},
        {"order": "set", "learning_rate": 5e-4, "beta": 0.25},
        {"order": "resume"},
    ]
    said = [order(web, **each).json()["said"] for each in given]
    assert said[1] == "10 steps, then it waits."
    assert said[3] == "The learning rate is 0.0005 and β is 0.25 from the next step on."
    lines = (run_folder(folder) / "orders.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == given


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"order": "dance"}, "pause, resume, step"),
        ({"order": "set", "beta": -1}, "beta is -1"),
        ({"order": "set"}, "Give one"),
        ({"order": "pause", "speed": 3}, "'speed'"),
        ({}, "it must be one of"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_with_a_way_out(web: TestClient, content: dict, words: str) -> None:
    answer = order(web, **content)
    assert refusal(answer) == (400, "bad-order")
    assert words in answer.json()["message"]


def test_nobody_steers_from_elsewhere_or_a_run_that_is_over(web: TestClient, folder: Path) -> None:
    foreign = web.post("/live/run/watched/orders", content='{"order": "stop"}', headers={"Origin": "http://evil.test"})
    assert refusal(foreign) == (403, "bad-origin")
    write_status(folder, replace(read_status(folder), state="finished"))
    assert refusal(order(web, order="pause")) == (400, "bad-order")
    with pytest.raises(jobs.RunRefused):
        jobs.stop_run("watched")


def test_a_replay_is_filmed_by_a_worker_one_frame_an_epoch(folder: Path) -> None:

    told: list[float] = []
    arguments = {"root": folder.parent, "name": "watched", "fps": 10, "colours": CLASS_COLOURS}
    film = replay_task(what="webp", report=lambda share, words: told.append(share), **arguments)

    frames = Image.open(io.BytesIO(film))
    assert frames.n_frames >= EPOCHS + 1
    assert told == sorted(told) and told[-1] == 0.9
    frames.seek(1)
    first = np.asarray(frames.convert("RGB"))
    frames.seek(EPOCHS)
    last = np.asarray(frames.convert("RGB"))
    assert first.shape == last.shape and (first != last).mean() > 0.02
