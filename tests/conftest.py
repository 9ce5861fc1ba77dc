"""What the tests of every room share: a folder of tiny checkpoints, a running server, a browser page."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

# two cores: tests that run beside a server must not fight it; set before torch is imported
os.environ.setdefault("OMP_NUM_THREADS", "1")
# some twenty servers each warm a worker; tests/jobs/test_workers.py holds what is left out here
os.environ.setdefault("LATENT_EXPLORER_WORKERS", "1")
os.environ.setdefault("LATENT_EXPLORER_WARM", "libraries")

from tests.bad_input.rows import TRIED, rows
from tests.one_browser import OneBrowser
from tests.tiny import tiny_checkpoints
from tests.visits import Visits
from tests.warm_process import WarmPython
from tools.running_app import RunningApp, running_app

LONG = {"test_extras.py", "test_benchmark_kill_resume.py", "jobs", "command_line", "training"}
ONE_BROWSER = pytest.StashKey[OneBrowser]()


@pytest.fixture(scope="session")
def tiny_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoints folder of tiny models with fixed weights; shared, so tests copy it before they change it."""
    root = tmp_path_factory.mktemp("checkpoints")
    tiny_checkpoints(root)
    return root


@pytest.fixture(scope="session")
def app_server() -> Iterator[RunningApp]:
    """The app as it ships, on a free port, with the shipped checkpoints."""
    with running_app() as app:
        yield app


@pytest.fixture(scope="session")
def shared_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoints folder of `shared_server`; a module adds models, each under a name that no other module takes."""
    root = tmp_path_factory.mktemp("shared") / "checkpoints"
    root.mkdir()
    return root


@pytest.fixture(scope="session")
def shared_server(shared_models: Path) -> Iterator[RunningApp]:
    """The app over these models: one server, its worker and its scripts for all modules that need no other."""
    with running_app(checkpoints=shared_models) as app:
        yield app


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A folder for maps of its own: no test finds what another run left, or leaves something in the project."""
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv("LATENT_EXPLORER_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """What a page shall show may take a while on a machine that is busy with other tests."""
    from playwright.sync_api import expect

    expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def warm_python() -> Iterator[WarmPython]:
    """Starts Python without the seconds that importing torch takes."""
    python = WarmPython()
    yield python
    python.close()


@pytest.fixture
def warm_processes(warm_python: WarmPython, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each Python that the test starts comes from there: a process of its own all the same."""
    monkeypatch.setattr(subprocess, "Popen", warm_python.popen)


@pytest.fixture(scope="session")
def one_browser(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneBrowser]:
    """The browser of all modules; its profile keeps the scripts that were fetched and compiled, even when it ends."""
    pytestconfig.stash[ONE_BROWSER] = kept = OneBrowser(tmp_path_factory.mktemp("profile"))
    yield kept
    kept.end()


@pytest.fixture(scope="module")
def profiled(one_browser: OneBrowser) -> Iterator[BrowserContext]:
    """Headless Chromium; a machine without one fails here with what to install, it does not skip."""
    yield one_browser.context
    one_browser.close_others()


@pytest.fixture(scope="module")
def browser(profiled: BrowserContext) -> Browser:
    """The same browser, for contexts that share nothing with the visits of `page`."""
    return profiled.browser


@pytest.fixture(scope="module")
def visits(profiled: BrowserContext, one_browser: OneBrowser) -> Visits:
    """What one test after the other visits by, each as though nobody had been there before."""
    return one_browser.visits


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Ends the browser after the last test that needs it for now."""
    kept = item.config.stash.get(ONE_BROWSER, None)
    if kept and nextitem and nextitem.path != item.path and not needs_browser(nextitem):
        kept.end()


def needs_browser(item: pytest.Item) -> bool:
    """Whether the test works in a real browser."""
    return "profiled" in getattr(item, "fixturenames", ())


@pytest.fixture
def page(visits: Visits):
    """A fresh page of 1280 x 800 that fails the test when the page raises a JavaScript error."""
    opened = visits.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    visits.leave()
    assert errors == [], "the page raised JavaScript errors"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Modules that need a browser come first, one after the other: they take longest, and share it.

    Then come the other long ones, so that all processes end at about the same time.
    A test in a real browser is tried twice before it fails: on a busy machine a hand may wait. Listed as R.
    """
    together = {item.path for item in items if needs_browser(item)}
    items.sort(key=lambda item: 0 if item.path in together else 2 - bool(LONG & set(item.path.parts)))
    here = Path(__file__).parent
    for item in items if config.pluginmanager.hasplugin("rerunfailures") else ():
        if item.path.is_relative_to(here / "browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


TRIED_ELSEWHERE: set[str] = set()  # rows of docs/bad-input.md that other processes tried


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error) -> None:
    """Each process that ran tests tells which rows of bad input it tried."""
    TRIED_ELSEWHERE.update(getattr(node, "workeroutput", {}).get("tried", ()))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fails a run of all tests when a row of docs/bad-input.md was tried by none, in whichever process."""
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["tried"] = sorted(TRIED)
        return
    chosen = config.option.keyword or config.option.markexpr or config.args_source != config.ArgsSource.TESTPATHS
    untried = set() if chosen or config.option.collectonly else set(rows()) - TRIED - TRIED_ELSEWHERE
    if untried:
        config.get_terminal_writer().line(f"\nFAILED docs/bad-input.md: no test tried {', '.join(sorted(untried))}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
