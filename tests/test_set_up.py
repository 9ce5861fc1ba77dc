"""What `make` says on a machine where something is missing."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock

from jobs.launchers.choice import RAY_RELEASE
from tools import browser, set_up, set_up_extras
from tools.serve import port_problem
from vae_core.training.tracking import TRACKERS

PROJECT = Path(__file__).resolve().parent.parent


def test_an_old_python_is_refused_in_a_sentence() -> None:
    problem = set_up.version_problem((3, 9, 18), "/usr/bin/python3")
    assert problem.startswith("Python 3.9.18 (/usr/bin/python3) is too old: the explorer needs Python 3.11")
    assert "PYTHON=" in problem


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 4), (4, 0, 0)])
def test_a_new_python_is_accepted(version: tuple[int, int, int]) -> None:
    assert set_up.version_problem(version, "python3") is None


def test_the_fingerprint_changes_with_the_requirements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_up, "PROJECT", str(tmp_path))
    (tmp_path / "requirements.txt").write_text("torch==2.13.0\n")
    before = set_up.fingerprint(["requirements.txt"])
    (tmp_path / "requirements.txt").write_text("torch==2.14.0\n")
    assert set_up.fingerprint(["requirements.txt"]) != before


def test_a_taken_port_is_told_with_the_next_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        problem = port_problem(str(port))
    assert problem.startswith(f"Port {port} is taken")
    assert f"make app PORT={port + 1}" in problem


def test_a_free_port_is_accepted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
    assert port_problem(str(port)) is None


@pytest.mark.parametrize("port", ["", "abc", "0", "70000", "-1"])
def test_a_port_that_is_no_port_is_told(port: str) -> None:
    assert "whole number from 1 to 65535" in port_problem(port)


def test_the_app_is_not_started_on_a_taken_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = str(holder.getsockname()[1])
        run = subprocess.run(
            [sys.executable, "tools/serve.py", port], cwd=PROJECT, capture_output=True, text=True, timeout=20
        )
    assert run.returncode != 0
    assert run.stderr.startswith(f"Port {port} is taken")
    assert "Traceback" not in run.stderr


def test_a_browser_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(browser.SETTING, "/nowhere/chrome")
    with pytest.raises(browser.NoBrowser, match="there is no such file"):
        browser.find_browser()


def test_without_any_browser_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(browser.SETTING, raising=False)
    monkeypatch.setattr(browser, "NAMES", ())
    monkeypatch.setattr(browser, "PLACES", ())
    monkeypatch.setattr(browser, "playwright_browser", lambda: None)
    with pytest.raises(browser.NoBrowser, match="apt-get install chromium"):
        browser.find_browser()


def test_every_requirement_is_pinned_exactly() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-extras.txt"):
        lines = [line for line in (PROJECT / name).read_text().splitlines() if line and not line.startswith("#")]
        assert lines
        assert [line for line in lines if "==" not in line] == []


def test_the_extras_pin_nothing_that_lies_below_them() -> None:
    """.venv-extras finds torch and the rest in .venv; only what must differ there is named again."""
    below = dict(pins("requirements.txt")) | dict(pins("requirements-dev.txt"))
    again = {name for name, version in pins("requirements-extras.txt") if name in below}
    assert again == {"pyarrow", "python-dateutil"}
    assert {"ray", "mlflow", "tensorboard"} <= {name for name, _ in pins("requirements-extras.txt")}


def test_the_releases_that_are_told_are_those_that_are_tested() -> None:
    locked = dict(pins("requirements-extras.txt"))
    assert {name: kind.version for name, kind in TRACKERS.items()} == {name: locked[name] for name in TRACKERS}
    assert f"ray[default,train]=={locked['ray']}" == RAY_RELEASE


def pins(lock: str) -> list[tuple[str, str]]:
    """Name and version of each line of a lock file, without its marker."""
    lines = (line.partition(";")[0].strip() for line in (PROJECT / lock).read_text().splitlines())
    return [tuple(line.split("==")) for line in lines if "==" in line]


def test_extras_that_are_not_there_are_told_with_the_way_to_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(set_up_extras, "STAMP", tmp_path / "installed")
    with pytest.raises(set_up_extras.ExtrasMissing, match=r"does not hold what requirements-extras.* `make extras`"):
        set_up_extras.extras_python()
    (tmp_path / "installed").write_text("of another lock file")
    with pytest.raises(set_up_extras.ExtrasMissing):
        set_up_extras.extras_python()


def test_extras_that_are_being_installed_are_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp, python = tmp_path / "installed", Path(sys.executable)
    for name, value in {"STAMP": stamp, "PYTHON": python, "BUSY": tmp_path / "lock"}.items():
        monkeypatch.setattr(set_up_extras, name, value)
    installer = FileLock(set_up_extras.BUSY, thread_local=False)
    installer.acquire()
    with pytest.raises(set_up_extras.ExtrasMissing):
        set_up_extras.awaited_extras(seconds=0.1)

    def finish() -> None:
        stamp.write_text(set_up.fingerprint([set_up_extras.LOCK]))
        installer.release()

    threading.Timer(0.3, finish).start()
    assert set_up_extras.awaited_extras(seconds=20) == python


def test_vae_core_is_importable_from_anywhere(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", "import vae_core; print(vae_core.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert Path(run.stdout.strip()).is_relative_to(PROJECT)
