"""Every row of docs/bad-input.md, tried: each phrase in backticks of its third column must come back."""

from __future__ import annotations

import base64
import errno
import io
import json
import pickle
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw, ImageOps
from websockets.exceptions import ConnectionClosed, InvalidStatus

import jobs
import store
from jobs import RunRefused, RunRequest
from jobs.own_images import ImagesRefused, allowed_folder, keep_upload
from live.protocol import Kind
from store.cache_files import cache_folder
from tests.live.conftest import latents_bytes, live_client, refused_for_its_size, wait_until_ready
from tests.tiny import tiny_checkpoint
from tests.vae_core.data.gathering.own_pictures import picture, two_classes, zip_of
from tests.vae_core.data.test_picture_files import png_that_says
from tools.running_app import PROJECT, RunningApp, running_app
from ui.train_form import name_problem
from ui.train_form.checks import checked
from ui.train_form.estimate_view import room_problem
from ui.train_form.fields import fields
from vae_core import ModelSettings, TrainingSettings, elbo, load_checkpoint
from vae_core.checkpoint import CheckpointError
from vae_core.data import DataError, DataOutline, data_outline, from_arrays, load_images
from vae_core.data.gathering import gather, look_at, writing
from vae_core.data.idx import write_idx
from vae_core.training import EpochRecord, Order, TrainingError, give_order, read_snapshot, train_model
from vae_core.training.run_folder import first_status, write_status

TABLE = PROJECT / "docs" / "bad-input.md"
TRIED: set[str] = set()


def rows() -> dict[str, tuple[str, str]]:
    """What was tried -> where, and what came back."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {tried: (where, answer) for tried, where, answer in cells}


def phrases(tried: str) -> list[str]:
    """What stands in backticks in the answer of a row; the row counts as tried."""
    TRIED.add(tried)
    return re.findall(r"`([^`]+)`", rows()[tried][1])


def check(tried: str, came_back: str) -> None:
    """Fails unless the row exists and every phrase in backticks of its answer is in what came back."""
    missing = [phrase for phrase in phrases(tried) if phrase not in came_back]
    assert missing == [], f"{tried}: {came_back}"


@pytest.fixture(scope="module")
def models(tiny_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny models, of which several are broken."""
    root = tmp_path_factory.mktemp("bad") / "checkpoints"
    shutil.copytree(tiny_root, root)
    for name in ("cut-off", "pickled", "wrong-shape", "newer"):
        tiny_checkpoint(root, name)
    tiny_checkpoint(root, "no-latents", latents=False, evaluation=False)
    weights = root / "cut-off" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    (root / "pickled" / "model.safetensors").write_bytes(pickle.dumps({"weights": [1.0]}))
    change_config(root / "wrong-shape", lambda config: config["model"].update(image_shape=[1, 12, 12]))
    change_config(root / "newer", lambda config: config.update(format_version=99))
    for name in ("one-place", "nan-latents"):
        change_latents(tiny_checkpoint(root, name), 0.5 if name == "one-place" else np.nan)
    return root


@pytest.fixture(scope="module")
def server(models: Path) -> Iterator[RunningApp]:
    """The app over these models."""
    with running_app(checkpoints=models) as app:
        wait_until_ready(app.url)
        yield app


def change_latents(folder: Path, value: float) -> None:
    """All stored means are 0.5, or one of them is NaN."""
    with np.load(folder / "latents.npz") as stored:
        arrays = dict(stored)
    arrays["mean"][... if np.isfinite(value) else (0, 0)] = value
    np.savez(folder / "latents.npz", **arrays)


def change_config(folder: Path, change) -> None:
    file = folder / "config.json"
    config = json.loads(file.read_text())
    change(config)
    file.write_text(json.dumps(config))


PAGE_ROWS = [tried for tried, (where, _) in rows().items() if where.startswith("`/")]


@pytest.mark.parametrize("tried", PAGE_ROWS)
def test_a_page_says_what_is_wrong(tried: str, server: RunningApp, page) -> None:
    address = rows()[tried][0].strip("`")
    page.goto(server.url + address)
    for phrase in phrases(tried):
        page.get_by_text(phrase).first.wait_for(timeout=120_000)  # a worker may have to start
    assert "Traceback" not in page.inner_text("[data-testid='stMain']")
    assert page.url.startswith(server.url + address.split("&")[0])


def command_line(*arguments: str) -> str:
    """What the command line says when it refuses, its line breaks taken out."""
    run = subprocess.run(
        [sys.executable, "-m", "vae_core", *arguments], cwd=PROJECT, capture_output=True, text=True, timeout=120
    )
    assert run.returncode != 0
    assert "Traceback" not in run.stderr
    return re.sub(r"[\s│]+", " ", run.stderr)


def test_a_file_that_is_no_idx_file(tmp_path: Path) -> None:
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"\x89PNG\r\n and then some")
    out = tmp_path / "checkpoints" / "out"
    check("non-IDX file", command_line("train", "--data", "mnist", "--data-dir", str(tmp_path), "--out", str(out)))
    assert not out.exists()


def test_an_empty_folder(tmp_path: Path) -> None:
    folder = tmp_path / "mnist-files"
    folder.mkdir()
    answer = command_line("train", "--data", "mnist", "--data-dir", str(folder), "--out", str(tmp_path / "out"))
    check("empty folder", answer)


def test_a_folder_that_holds_a_run(tmp_path: Path) -> None:
    folder = tiny_checkpoint(tmp_path, "taken")
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    check("a folder that holds a run", command_line("train", "--data", "digits", "--out", str(folder)))
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_an_option_that_the_objective_does_not_take(tmp_path: Path) -> None:
    out = tmp_path / "out"
    answer = command_line("train", "--objective", "iwae", "--beta", "4", "--out", str(out))
    check("an option that the objective does not take", answer)
    assert not out.exists()


def test_a_condition_without_labels(tmp_path: Path) -> None:
    (tmp_path / "faces").mkdir()
    write_idx(tmp_path / "faces" / "train-images-idx3-ubyte", np.zeros((40, 8, 8), np.uint8))
    options = ["--data", "faces", "--data-dir", str(tmp_path), "--conditional", "--out", str(tmp_path / "out")]
    check("a condition without labels", command_line("train", *options))


def test_a_falling_learning_rate_that_never_arrives(tmp_path: Path) -> None:
    answer = command_line("train", "--schedule", "exponential", "--out", str(tmp_path / "out"))
    check("a falling learning rate that never arrives", answer)


def test_grey_pixels_under_bernoulli(tiny_root: Path) -> None:
    vae = load_checkpoint(tiny_root / "tiny-1d").vae
    with pytest.raises(ValueError) as refused:
        elbo(vae, torch.full((1, 1, 8, 8), 0.5), torch.Generator())
    check("grey pixels under a Bernoulli likelihood", str(refused.value))


PLAIN = np.random.default_rng(0).integers(0, 256, (20, 8, 8), dtype=np.uint8)
BROKEN = np.where(np.arange(20)[:, None, None] == 3, np.nan, PLAIN / 255)


@pytest.mark.parametrize(
    ("tried", "images", "labels"),
    [
        ("NaN or infinite pixels", BROKEN, None),
        ("floats in 0..255", np.linspace(0, 255, 1280).reshape(20, 8, 8), None),
        ("one image", PLAIN[:1], None),
        ("labels of the wrong length", PLAIN, np.zeros(19, int)),
    ],
)
def test_arrays_that_no_model_can_learn_from(tried: str, images: np.ndarray, labels: np.ndarray | None) -> None:
    with pytest.raises(DataError) as refused:
        from_arrays(images, labels)
    check(tried, str(refused.value))


@pytest.mark.parametrize(
    ("tried", "images", "batch_size"),
    [("constant images", np.full_like(PLAIN, 128), 5), ("a batch larger than the data", PLAIN, 1000)],
)
def test_odd_data_that_trains(tried: str, images: np.ndarray, batch_size: int, tmp_path: Path) -> None:
    model = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood="gaussian", hidden=(8,))
    training = TrainingSettings(epochs=3, batch_size=batch_size, learning_rate=1e-3, patience=9)
    result = train_model(from_arrays(images), model, training, tmp_path / "odd")
    assert result.epochs == 3 and np.isfinite(result.evaluation["negative_elbo"])
    check(tried, "")


def test_a_learning_rate_at_which_the_loss_diverges(tmp_path: Path) -> None:
    tried = "a learning rate at which the loss diverges"
    check(tried, command_line("train", "--lr", "1e20", "--epochs", "2", "--out", str(tmp_path / "wild")))
    assert not (tmp_path / "wild" / "model.safetensors").exists()


def test_no_latent_dimension_at_all(tmp_path: Path) -> None:
    check("latent size 0", command_line("train", "--latent-dim", "0", "--out", str(tmp_path / "none")))


@pytest.mark.parametrize(
    ("tried", "latents", "weights"),
    [
        ("latents with NaN", [[np.nan, 0.0]], None),
        ("latents of the wrong length", [[0.0, 0.0, 0.0]], None),
        ("weights that have changed since the page was opened", [[0.0, 0.0]], "0" * 16),
    ],
)
def test_the_socket_answers_with_a_reason_and_goes_on(
    tried: str, latents: list, weights: str | None, server: RunningApp
) -> None:
    with live_client(server.url) as client:
        bad = client.ask(model="tiny-2d", weights=weights, body=latents_bytes(latents))
        check(tried, json.dumps(bad.options))
        assert bad.options["message"]
        assert client.ask(model="tiny-2d", body=latents_bytes([[0.0, 0.0]])).options["shape"] == [8, 8, 1]


@pytest.mark.parametrize(
    ("tried", "parts"),
    [
        ("a class that the model does not know", {"model": "tiny-2d", "label": 3}),
        ("a judgement where there is no reference set", {"model": "no-latents", "kind": Kind.JUDGE}),
    ],
)
def test_the_socket_refuses_a_class_and_a_judgement(tried: str, parts: dict, server: RunningApp) -> None:
    with live_client(server.url) as client:
        check(tried, json.dumps(client.ask(body=bytes(8), **parts).options))


def test_ten_megabytes_on_the_socket(server: RunningApp) -> None:
    tried = "10 MB message"
    with pytest.raises(ConnectionClosed) as closed, live_client(server.url) as client:
        client.connection.send(b"\x00" * 10_000_000)
        client.receive()
    assert refused_for_its_size(closed.value)
    check(tried, "")
    with live_client(server.url) as client:
        assert client.ask(model="tiny-2d", body=latents_bytes([[0.0, 0.0]])).options["shape"] == [8, 8, 1]


def test_a_foreign_origin(server: RunningApp) -> None:
    with (
        pytest.raises(InvalidStatus) as refused,
        live_client(server.url, origin="https://elsewhere.example") as _,
    ):
        pass
    assert refused.value.response.status_code == 403
    check("foreign Origin", str(refused.value))


def stroke_on(paper: int = 255, ink: int = 0) -> Image.Image:
    """A stroke in the upper left of a canvas, grey."""
    canvas = Image.new("L", (60, 80), paper)
    ImageDraw.Draw(canvas).line([(10, 10), (12, 40)], fill=ink, width=6)
    return canvas


def bytes_of(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def sent(server: RunningApp, body: bytes, weights: str | None = None, **headers: str) -> httpx.Response:
    """What the server answers to a picture for tiny-2d."""
    weights = weights or weights_of(server)
    return httpx.post(f"{server.url}/live/image/tiny-2d/{weights}", content=body, headers=headers, timeout=30)


def weights_of(server: RunningApp) -> str:
    stale = httpx.get(f"{server.url}/live/rows/tiny-2d/{'0' * 16}")
    return stale.json()["weights"]


def rotated_by_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return bytes_of(stroke_on().transpose(Image.Transpose.ROTATE_90), exif=exif.tobytes())


def with_alpha() -> Image.Image:
    return Image.merge("LA", (Image.new("L", (60, 80), 0), ImageOps.invert(stroke_on())))


def in_16_bits() -> bytes:
    return bytes_of(Image.fromarray(np.asarray(stroke_on()).astype(np.uint16) * 257))


BAD_PICTURES = {
    "an empty file as a picture": (400, lambda: b""),
    "a text as a picture": (415, lambda: b"Dear Sir or Madam"),
    "an SVG drawing": (415, lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    "a HEIC picture": (415, lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
    "a picture of 20,000 × 20,000 pixels": (413, lambda: png_that_says(20_000, 20_000)),
    "a file above 20 MB": (413, lambda: bytes(20_000_001)),
    "a picture file that is cut off": (400, lambda: bytes_of(stroke_on())[:-40]),
}


@pytest.mark.parametrize("tried", BAD_PICTURES)
def test_a_file_that_is_no_picture(tried: str, server: RunningApp) -> None:
    status, body = BAD_PICTURES[tried]
    answer = sent(server, body())
    assert answer.status_code == status
    check(tried, answer.json()["message"])


ODD_PICTURES = {
    "an animated GIF": lambda: bytes_of(
        stroke_on(), "GIF", save_all=True, append_images=[stroke_on(0, 99), stroke_on(9)]
    ),
    "a picture of 16 bits": in_16_bits,
    "a picture with alpha": lambda: bytes_of(with_alpha()),
    "a picture that lies on its side by EXIF": rotated_by_exif,
}


@pytest.mark.parametrize("tried", ODD_PICTURES)
def test_an_odd_picture_is_encoded_like_the_plain_one(tried: str, server: RunningApp) -> None:
    plain, odd = sent(server, bytes_of(stroke_on())).json(), sent(server, ODD_PICTURES[tried]()).json()
    assert odd["mean"] == pytest.approx(plain["mean"]) and odd["fitted"] == plain["fitted"]
    check(tried, odd["note"])


def test_pictures_of_other_modes(server: RunningApp) -> None:
    plain = sent(server, bytes_of(stroke_on())).json()
    for image, kind in (
        (stroke_on().convert("P"), "PNG"),
        (stroke_on().convert("CMYK"), "TIFF"),
        (stroke_on().convert("1"), "PNG"),
    ):
        odd = sent(server, bytes_of(image, kind)).json()
        assert odd["fitted"] == plain["fitted"]
        check("a picture of a palette, in CMYK, of 1 bit", odd["note"])


def test_a_blank_picture_and_a_blank_canvas(server: RunningApp) -> None:
    blank = sent(server, bytes_of(Image.new("RGB", (50, 50), "white"))).json()
    assert blank["blank"] is True
    check("a blank picture", blank["note"])
    with live_client(server.url) as client:
        reply = client.ask(kind=Kind.FIT, model="tiny-2d", size=[30, 20, 4], body=bytes(2400))
        assert reply.options["blank"] is True and not any(reply.body[:64])
        check("a blank canvas", reply.options["note"])


def test_a_picture_of_a_foreign_page(server: RunningApp) -> None:
    answer = sent(server, bytes_of(stroke_on()), Origin="https://elsewhere.example")
    assert answer.status_code == 403
    check("a picture of a foreign page", answer.json()["message"])


BAD_STARTS = {
    "a temperature of 9": (400, "from=prior&temperature=9"),
    "a label that no image has": (404, "from=class&label=x"),
    "a mixture where none was fitted": (404, "from=mixture"),
}


@pytest.mark.parametrize("tried", BAD_STARTS)
def test_a_start_that_is_not_there(tried: str, server: RunningApp) -> None:
    status, parameters = BAD_STARTS[tried]
    answer = httpx.get(f"{server.url}/live/latent/tiny-2d/{weights_of(server)}?{parameters}")
    assert answer.status_code == status
    check(tried, answer.json()["message"])


def test_weights_of_before_for_a_start(server: RunningApp) -> None:
    answer = httpx.get(f"{server.url}/live/latent/tiny-2d/{'0' * 16}?from=prior")
    assert answer.status_code == 410
    check("weights of before for a start", answer.json()["message"])


def test_names_over_somebody_elses_and_a_name_that_is_too_long(server: RunningApp) -> None:
    address = f"{server.url}/live/notes/tiny-2d/names"
    assert httpx.put(address, json={"revision": 0, "names": {"1": "slant"}}).status_code == 200
    second = httpx.put(address, json={"revision": 0, "names": {"1": "width"}})
    assert second.status_code == 409
    check("names over somebody else's", second.json()["message"])
    long = httpx.put(address, json={"revision": 1, "names": {"1": "x" * 41}})
    assert long.status_code == 400
    check("a name of 41 characters", long.json()["message"])
    assert httpx.get(address).json() == {"revision": 1, "names": {"1": "slant"}}


def post(server: RunningApp, room: str, name: str = "tiny-2d", **content) -> httpx.Response:
    """What the server answers to JSON for a model, with its present weights."""
    weights = httpx.get(f"{server.url}/live/sources/{name}/{'0' * 16}").json().get("weights", "0" * 16)
    return httpx.post(f"{server.url}/live/{room}/{name}/{weights}", json=content, timeout=60)


def test_a_hole_over_everything(server: RunningApp) -> None:
    black, white = (base64.b64encode(bytes([value]) * 64).decode() for value in (0, 1))
    refused = post(server, "repair", image=black, hole=white)
    assert refused.status_code == 400
    check("a hole over everything", refused.json()["message"])


def test_what_cannot_be_repaired_on_the_socket(server: RunningApp) -> None:
    with live_client(server.url) as client:
        noise = client.ask(kind=Kind.REPAIR, model="tiny-2d", body=bytes(64), noise={"kind": "fog", "strength": 1})
        check("noise of a kind that there is not", json.dumps(noise.options))
        other = client.ask(kind=Kind.REPAIR, model="tiny-2d", body=bytes(63))
        check("a picture of another size to repair", json.dumps(other.options))


def test_odd_ones_that_cannot_be_ranked(server: RunningApp) -> None:
    bare = post(server, "odd", "no-latents")
    assert bare.status_code == 404
    check("odd ones of a model without stored images", bare.json()["message"])
    weights = weights_of(server)
    for _ in range(600):
        if post(server, "odd").json()["state"] == "ready":
            break
        time.sleep(0.25)
    fog = httpx.get(f"{server.url}/live/odd/tiny-2d/{weights}/reference/fog")
    assert fog.status_code == 404
    check("a score that there is not", fog.json()["message"])


def finished_map(server: RunningApp, name: str = "tiny-2d", **content) -> dict:
    """A map when its job is over."""
    for _ in range(1200):
        facts = post(server, "map", name, **content).json()
        if facts["state"] not in ("queued", "running"):
            return facts
        time.sleep(0.1)
    raise AssertionError(f"no map after two minutes: {facts}")


BAD_MAPS = {
    "a map of data that is not on the machine": (400, {"method": "pca", "source": "data:faces"}),
    "a map of data whose shape does not fit the model": (400, {"method": "pca", "source": "data:shapes"}),
    "a source that is none": (404, {"method": "pca", "source": "attic"}),
    "a method that is none": (400, {"method": "magic"}),
    "a map of 2 points": (400, {"method": "pca", "rows": [1, 2]}),
    "a row that is not there": (404, {"method": "pca", "rows": [1, 2, 99999]}),
}


@pytest.mark.parametrize("tried", BAD_MAPS)
def test_a_map_that_cannot_be(tried: str, server: RunningApp) -> None:
    status, content = BAD_MAPS[tried]
    answer = post(server, "map", **content)
    assert answer.status_code == status
    check(tried, answer.json()["message"])


def test_maps_of_few_and_of_identical_points(server: RunningApp) -> None:
    failed = finished_map(server, method="umap", rows=[1, 2, 3])
    assert failed["state"] == "failed"
    check("a map of 3 points by UMAP", failed["message"])
    drawn = finished_map(server, method="pca", rows=[1, 2, 3])
    assert drawn["state"] == "ready" and drawn["count"] == 3
    check("a map of 3 points by PCA", drawn["words"])
    failed = finished_map(server, "one-place", method="umap")
    assert failed["state"] == "failed"
    check("identical points by UMAP", failed["message"])
    check("identical points by PCA", finished_map(server, "one-place", method="pca")["words"])


def test_nan_in_the_stored_latents(server: RunningApp) -> None:
    answer = post(server, "map", "nan-latents", method="pca")
    assert answer.status_code == 500
    check("NaN in the stored latents", answer.json()["message"])


def test_a_damaged_file_in_the_cache_of_maps(server: RunningApp, monkeypatch, models: Path) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(models))
    model = store.model("tiny-2d")
    source = store.source_of(model, "reference")
    wanted = store.map_request(model, source, "umap", {"seed": 77})
    file = cache_folder() / "maps" / f"{wanted.id}.npz"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"no map")
    facts = finished_map(server, method="umap", parameters={"seed": 77})
    assert (facts["state"], facts["id"]) == ("ready", wanted.id)
    check("a damaged file in the cache of maps", facts["words"])


def test_points_that_are_not_there(server: RunningApp) -> None:
    answer = httpx.get(f"{server.url}/live/map/{'0' * 16}/points")
    assert answer.status_code == 404
    check("a map that has left the memory", answer.json()["message"])
    known = finished_map(server, method="pca")["id"]
    answer = httpx.get(f"{server.url}/live/map/{known}/points?box=1,1,1,2")
    assert answer.status_code == 400
    check("a box without width", answer.json()["message"])
    with live_client(server.url) as client:
        reply = client.ask(kind=Kind.PLACE, model="tiny-2d", map="0" * 16, body=latents_bytes([[0, 0]]))
        assert reply.options["reason"] == "no-such-map"
        check("a place on a map that is not there", f"{reply.options['reason']} {reply.options['message']}")


def test_metadata_that_does_not_fit(server: RunningApp, models: Path) -> None:
    notes = models / "tiny-2d" / "notes"
    notes.mkdir(exist_ok=True)
    address = f"{server.url}/live/source/tiny-2d/{weights_of(server)}/reference/columns"
    for tried, text in (
        ("metadata of the wrong length", "writer\n" + "a\n" * 5),
        ("metadata with a line too short", "writer,age\na,1\nb\n"),
    ):
        (notes / "metadata.csv").write_text(text)
        facts = httpx.get(address).json()
        assert {"label", "kl", "split"} <= {each["name"] for each in facts["columns"]}
        check(tried, facts["problems"][0])
    (notes / "metadata.csv").unlink()


def test_groups_that_cannot_be_kept(server: RunningApp, models: Path) -> None:
    address = f"{server.url}/live/notes/tiny-2d/groups"
    file = models / "tiny-2d" / "notes" / "groups.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text('{"revision": 1')
    answer = httpx.get(address)
    assert answer.status_code == 500 and file.read_text() == '{"revision": 1'
    check("damaged groups", answer.json()["message"])
    file.unlink()
    answer = httpx.put(address, json={"revision": 0, "groups": [{"name": "a", "rows": [1, 99999]}]})
    assert answer.status_code == 400
    check("a group of rows that are not there", answer.json()["message"])
    assert httpx.put(address, json={"revision": 0, "groups": [{"name": "a", "rows": [1]}]}).status_code == 200
    answer = httpx.put(address, json={"revision": 0, "groups": []})
    assert answer.status_code == 409 and answer.json()["groups"][0]["name"] == "a"
    check("groups over somebody else's", answer.json()["message"])


BAD_DIRECTIONS = {
    "an empty group for a direction": (400, "one-place", {"having": {"rows": []}}),
    "a direction from a single class": (400, "one-place", {"having": {"labels": list("0123456789")}}),
    "a group that nobody named": (404, "one-place", {"having": {"group": "nobody"}}),
    "a direction of a model without stored latents": (404, "no-latents", {"having": {"labels": ["3"]}}),
}


@pytest.mark.parametrize("tried", BAD_DIRECTIONS)
def test_a_direction_that_cannot_be_found(tried: str, server: RunningApp) -> None:
    status, name, content = BAD_DIRECTIONS[tried]
    answer = post(server, "direction", name, **content)
    assert answer.status_code == status
    check(tried, answer.json()["message"])


def test_a_direction_that_cannot_be_kept(server: RunningApp) -> None:
    address = f"{server.url}/live/notes/tiny-2d/directions"
    vector = base64.b64encode(np.float32([1, 0, 0]).tobytes()).decode()
    made = {"name": "slant", "vector": vector, "span": 1, "weights": "0" * 16, "method": "means"}
    answer = httpx.put(address, json={"revision": 0, "directions": [{**made, "having": "a", "lacking": "b"}]})
    assert answer.status_code == 400 and httpx.get(address).json()["revision"] == 0
    check("a direction of another length than the model's", answer.json()["message"])


def test_draws_of_bad_seeds(server: RunningApp) -> None:
    answer = httpx.get(f"{server.url}/live/draws/tiny-2d/{weights_of(server)}?seed=-1")
    assert answer.status_code == 400
    check("a seed below 0 for many draws", answer.json()["message"])
    with live_client(server.url) as client:
        reply = client.ask(kind=Kind.DRAW, model="tiny-2d", seed=2**53, body=latents_bytes([[0, 0]]))
        check("a draw of a picture whose seed is beyond 2^53", f"{reply.options['reason']} {reply.options['message']}")


def test_orders_that_cannot_be_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for tried, given in {
        "an order that a run does not know": {"order": "jump"},
        "a learning rate of 0 for a run that goes": {"order": "set", "learning_rate": 0},
    }.items():
        with pytest.raises(TrainingError) as refusal:
            Order(**given)
        check(tried, str(refusal.value))
    with pytest.raises(TrainingError) as refusal:
        give_order(tmp_path / "gone", Order("stop"))
    assert not (tmp_path / "gone").exists()
    check("an order to a run whose folder is gone", str(refusal.value))
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    write_status(tmp_path / "capacity", first_status("running", 5, ""))
    with pytest.raises(RunRefused) as refused:
        jobs.order_run("capacity", Order("set", beta=2))
    check("a β for a run whose objective takes none", str(refused.value))


def test_requests_that_cannot_be_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    for tried, options in {
        "a setting that no run takes, in a request": {"colour": "red"},
        "a weight below 0 in a request": {"beta": "-2"},
    }.items():
        with pytest.raises(RunRefused) as refused:
            jobs.start_run(RunRequest("new", options=options))
        assert not (tmp_path / "new").exists()
        check(tried, str(refused.value))


def test_a_run_continued_looked_at_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    model = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood="gaussian", hidden=(4,))
    training = TrainingSettings(epochs=2, batch_size=600, learning_rate=1e-3, patience=9)
    train_model(load_images("digits"), model, training, tmp_path / "short")
    with pytest.raises(RunRefused) as refused:
        jobs.continue_run("short", epochs=1)
    check("a run continued for fewer epochs than it has done", str(refused.value))
    with pytest.raises(CheckpointError) as missing:
        read_snapshot(tmp_path / "short", 7)
    check("an epoch without a snapshot", str(missing.value))

    def remove(_record: EpochRecord) -> None:
        shutil.rmtree(tmp_path / "removed")

    with pytest.raises(TrainingError) as ended:
        train_model(load_images("digits"), model, training, tmp_path / "removed", progress=remove)
    assert not (tmp_path / "removed").exists()
    check("a folder removed while its run goes", str(ended.value))


@pytest.fixture
def own_models(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two models of this test's own, the first of which has a run that ended."""
    for name in ("tiny-2d", "tiny-8d"):
        shutil.copytree(models / name, tmp_path / name, ignore=shutil.ignore_patterns("notes"))
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    write_status(tmp_path / "tiny-2d", first_status("finished", 1, ""))
    return tmp_path


def test_notes_of_a_run_that_cannot_be_kept(own_models: Path) -> None:
    store.write_run_notes("tiny-2d", 0, "theirs", [], "")
    with pytest.raises(store.NotesError) as refused:
        store.write_run_notes("tiny-2d", 0, "mine", [], "")
    check("notes of a run over somebody else's", str(refused.value))
    assert store.read_run_notes("tiny-2d").title == "theirs"
    with pytest.raises(store.NotesError) as refused:
        store.write_run_notes("tiny-2d", 1, "x" * 81, [], "")
    check("a title of 81 characters for a run", str(refused.value))
    (own_models / "tiny-2d" / "notes" / "run.json").write_text("{")
    with pytest.raises(store.NotesError) as refused:
        store.read_run_notes("tiny-2d")
    check("damaged notes of a run", str(refused.value))


def test_what_the_bin_does_not_take_and_does_not_give_back(own_models: Path) -> None:
    with pytest.raises(jobs.RunRefused) as refused:
        jobs.bin_run("tiny-8d")
    check("a model without a run to the bin", str(refused.value))
    place = jobs.bin_run("tiny-2d").place
    write_status(own_models / "tiny-2d", first_status("running", 1, ""))
    with pytest.raises(jobs.RunRefused) as refused:
        jobs.bin_run("tiny-2d")
    check("a run under way to the bin", str(refused.value))
    with pytest.raises(jobs.RunRefused) as refused:
        jobs.restore_run(place)
    check("a run out of the bin whose name was taken since", str(refused.value))
    assert [binned.place for binned in jobs.binned_runs()] == [place]


FORM_ROWS = [tried for tried, (where, _) in rows().items() if where == "Train, the form" and " as " in tried]


@pytest.mark.parametrize("tried", FORM_ROWS)
def test_a_field_of_the_form_says_what_is_wrong_with_it(tried: str) -> None:
    text, label = tried.split(" as ")
    text = {"nothing": "", "letters": "a few"}.get(text, text)
    field = next(each for each in fields().values() if each.label == label)
    raw = next(each for each in every_form() if field.shown(each))
    check(tried, checked({**raw, field.name: text}, data_outline("digits")).problems[field.name])


def every_form() -> Iterator[dict]:
    """The form with nothing changed, then with each choice of each field."""
    plain = {name: field.text(field.default) for name, field in fields().items()}
    yield plain
    for field in fields().values():
        yield from ({**plain, field.name: choice} for choice in field.choices())


@pytest.mark.parametrize(
    ("tried", "changed"),
    [
        ("a width of 0 among the layers", {"hidden": "0,8"}),
        ("conditional on labels that the data has not", {"conditional": True}),
        ("a schedule that never arrives", {"schedule": "exponential"}),
        ("free bits under a prior that is none of one dimension each", {"free_bits": "0.5", "prior": "vamp"}),
    ],
)
def test_what_does_not_go_together_in_the_form(tried: str, changed: dict) -> None:
    faces = DataOutline("faces", 100, (1, 8, 8), False, ())
    (said,) = checked({**next(every_form()), **changed}, faces).problems.values()
    check(tried, said)


def test_names_and_data_that_training_does_not_take(own_models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(own_models / "data"))
    check("a name with a capital and a space", name_problem("My model"))
    check("no name", name_problem(""))
    with pytest.raises(jobs.RunRefused) as refused:
        jobs.start_run(jobs.RunRequest("fresh", "faces"))
    check("data that disappear before Start", str(refused.value))
    (own_models / "data" / "faces").mkdir(parents=True)
    (own_models / "data" / "faces" / "cache.json").write_text("{}")
    with pytest.raises(DataError) as damaged:
        data_outline("faces")
    check("data whose files are damaged", str(damaged.value))


def test_images_of_ones_own_that_cannot_be_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "data"))
    good = zip_of(tmp_path / "good.zip", two_classes() | {"all/cats/cut.png": picture(1)[:60]})
    (tmp_path / "cut.zip").write_bytes(good.read_bytes()[:200])
    (tmp_path / "a.txt").write_text("a")
    np.save(tmp_path / "objects.npy", np.array([{}]), allow_pickle=True)
    np.savez(tmp_path / "other.npz", a=np.zeros(3), b=np.zeros(4))
    np.save(tmp_path / "codes.npy", np.zeros((12, 7)))
    few = zip_of(tmp_path / "few.zip", {f"{number}.png": picture(number) for number in range(3)})
    for tried, refuse in {
        "a folder outside the data folder": lambda: allowed_folder("/etc"),
        "a folder that is not there": lambda: allowed_folder("nothing"),
        "a ZIP that is cut off": lambda: look_at([tmp_path / "cut.zip"]),
        "a text file in place of images": lambda: look_at([tmp_path / "a.txt"]),
        "three pictures": lambda: look_at([few]),
        "an array of objects": lambda: look_at([tmp_path / "objects.npy"]),
        "an .npz without images": lambda: look_at([tmp_path / "other.npz"]),
        "rows of numbers that are no picture": lambda: look_at([tmp_path / "codes.npy"]),
        "a size that no model takes": lambda: gather([good], "mine", (1, 4, 300)),
        "a name of data that is taken": lambda: gather([good], "mnist", (1, 8, 8)),
    }.items():
        with pytest.raises((DataError, ImagesRefused)) as refused:
            refuse()
        check(tried, str(refused.value))
    left_out = gather([good], "mine", (1, 8, 8)).left_out
    check("broken files among pictures", str(left_out))


def test_no_space_for_images_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object, **more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "data"))
    good = zip_of(tmp_path / "good.zip", two_classes())
    monkeypatch.setattr(writing, "write_cache", full)
    with pytest.raises(DataError) as refused:
        gather([good], "mine", (1, 8, 8))
    check("no space for the data", str(refused.value))
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ImagesRefused) as no_upload:
        keep_upload([("a.zip", b"content")])
    check("no space for an upload", str(no_upload.value))
    found = {"checkpoint_bytes": 1.9e6, "state_bytes": 5.6e6}
    check("no space for the run", room_problem(found, 640_000))
    assert room_problem(found, 40_000_000) is None


def test_every_row_was_tried() -> None:
    assert set(rows()) - TRIED == set(), "a row of docs/bad-input.md has no test (run the whole file)"
