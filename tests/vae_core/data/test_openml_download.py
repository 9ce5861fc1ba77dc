"""Data by name from OpenML, against a small server on this machine, and without any network."""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import sklearn.datasets._openml as sklearn_openml

from vae_core.data import DATA_VARIABLE, DataError, load_images
from vae_core.data import openml as our_openml
from vae_core.data.openml import OpenmlEntry, download_idx

NUMBER, TRAIN, TEST, SIDE = 77, 30, 12, 8
ENTRY = OpenmlEntry(NUMBER, TRAIN, TEST, SIDE, SIDE)


class SmallOpenml:
    """One data set behind the addresses that scikit-learn asks for; `requests` holds the paths that were asked."""

    def __init__(self, rows: int = TRAIN + TEST) -> None:
        generator = np.random.default_rng(0)
        self.pixels = generator.integers(0, 256, (rows, SIDE * SIDE))
        self.labels = np.arange(rows) % 10
        self.requests: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answers(self) -> dict[str, bytes]:
        names = [f"pixel{index}" for index in range(SIDE * SIDE)]
        features = [
            {"index": str(index), "name": name, "data_type": "numeric", "is_target": "false",
             "is_ignore": "false", "is_row_identifier": "false", "number_of_missing_values": "0"}
            for index, name in enumerate(names)
        ] + [
            {"index": str(len(names)), "name": "class", "data_type": "nominal", "is_target": "true",
             "nominal_value": [str(value) for value in range(10)],
             "is_ignore": "false", "is_row_identifier": "false", "number_of_missing_values": "0"}
        ]  # fmt: skip
        arff = self.arff()
        description = {
            "id": str(NUMBER), "name": "small", "version": "1", "format": "ARFF", "file_id": "5", "status": "active",
            "url": f"{self.address}/data/v1/download/5/small.arff", "md5_checksum": hashlib.md5(arff).hexdigest(),
            "default_target_attribute": "class", "description": "", "processing_date": "",
        }  # fmt: skip
        qualities = [{"name": "NumberOfInstances", "value": str(len(self.pixels))}]
        return {
            f"/api/v1/json/data/{NUMBER}": json.dumps({"data_set_description": description}).encode(),
            f"/api/v1/json/data/features/{NUMBER}": json.dumps({"data_features": {"feature": features}}).encode(),
            f"/api/v1/json/data/qualities/{NUMBER}": json.dumps({"data_qualities": {"quality": qualities}}).encode(),
            "/data/v1/download/5/small.arff": arff,
        }

    def arff(self) -> bytes:
        names = "".join(f"@ATTRIBUTE pixel{index} NUMERIC\n" for index in range(SIDE * SIDE))
        classes = ",".join(str(value) for value in range(10))
        rows = "".join(
            ",".join(map(str, [*row, label])) + "\n" for row, label in zip(self.pixels, self.labels, strict=True)
        )
        return f"@RELATION small\n{names}@ATTRIBUTE class {{{classes}}}\n@DATA\n{rows}".encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        small = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                small.requests.append(self.path)
                body = small.answers().get(self.path.rstrip("/"))
                self.send_response(200 if body else 404)
                self.send_header("Content-Encoding", "gzip")
                self.end_headers()
                self.wfile.write(gzip.compress(body or b""))

            def log_message(self, *arguments) -> None:
                return

        return Handler


@pytest.fixture
def server() -> Iterator[SmallOpenml]:
    small = SmallOpenml()
    yield small
    small.close()


def _point_at(monkeypatch: pytest.MonkeyPatch, address: str, data: Path) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    for name in ("_DATA_INFO", "_DATA_FEATURES", "_DATA_QUALITIES"):
        template = getattr(sklearn_openml, name)
        monkeypatch.setattr(sklearn_openml, name, address + template[template.index("/api/") :])
    monkeypatch.setenv(DATA_VARIABLE, str(data))


def test_a_download_becomes_idx_files_that_load_without_a_network(
    server: SmallOpenml, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _point_at(monkeypatch, server.address, tmp_path)
    monkeypatch.setattr(our_openml, "REPORT_SECONDS", 0.001)
    said: list[str] = []
    download_idx("small", tmp_path / "small", said.append, {"small": ENTRY})
    asked = len(server.requests)

    images = load_images("small")
    assert np.array_equal(images.images.reshape(len(server.pixels), -1), server.pixels)
    assert np.array_equal(images.labels, server.labels)
    assert np.array_equal(images.test, np.arange(TRAIN, TRAIN + TEST))
    assert len(server.requests) == asked > 0
    assert said[0] == "Fetching small from OpenML" and said[-1] == "Writing small as IDX files"
    assert any(sentence.startswith("Received ") and sentence.endswith(" MB") for sentence in said)
    assert sorted(path.name for path in (tmp_path / "small").iterdir()) == [
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
    ]


def test_by_name_downloads_only_when_it_is_allowed(
    server: SmallOpenml, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _point_at(monkeypatch, server.address, tmp_path)
    with pytest.raises(DataError, match="allow a download"):
        load_images("mnist", download=False)
    assert server.requests == []


def test_a_data_set_of_another_size_is_not_kept(
    server: SmallOpenml, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _point_at(monkeypatch, server.address, tmp_path)
    larger = OpenmlEntry(NUMBER, TRAIN + 1, TEST, SIDE, SIDE)
    with pytest.raises(DataError, match=r"42 rows of 64 pixels, expected 43 of 64"):
        download_idx("small", tmp_path / "small", entries={"small": larger})
    assert list((tmp_path / "small").iterdir()) == []


def test_without_a_network_the_message_says_what_else_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:  # a port on which nobody listens: the connection is refused
        closed.bind(("127.0.0.1", 0))
        _point_at(monkeypatch, f"http://127.0.0.1:{closed.getsockname()[1]}", tmp_path)
    monkeypatch.setattr(sklearn_openml.time, "sleep", lambda seconds: None)
    with pytest.raises(DataError) as raised:
        load_images("mnist", download=True)
    message = str(raised.value)
    assert "'mnist' cannot be fetched from OpenML" in message and "Connection refused" in message
    assert "needs a network" in message and "put the four IDX files into" in message
    assert not (tmp_path / "mnist" / "train-images-idx3-ubyte.gz").exists()
