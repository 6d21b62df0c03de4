"""One app and one browser for all tests that can share them.

Tests of the frame have an app of their own, started as a Space starts it; those of live sound have
a browser of their own, since the file that its microphone hears is given when it is started.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import PATIENCE, chromium, running_app
from local_server import LocalServer
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from state import examples


@pytest.fixture(scope="session")
def app_home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def stand_in() -> Iterator[LocalServer]:
    """Where the app looks for Zenodo."""
    server = LocalServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def address(app_home, stand_in, tmp_path_factory) -> Iterator[str]:
    """The app, running, with nobody's runs."""
    log = tmp_path_factory.mktemp("app") / "streamlit.log"
    with running_app(log, MIMIMI_HOME=str(app_home), MIMIMI_ZENODO=stand_in.url) as url:
        yield url


@pytest.fixture(scope="module")
def untaught(tmp_path_factory) -> Iterator[str]:
    """An app of a file's own, where nothing was ever learnt."""
    place = tmp_path_factory.mktemp("untaught")
    with running_app(place / "streamlit.log", MIMIMI_HOME=str(place / "home")) as url:
        yield url


@pytest.fixture(scope="session")
def fans(tmp_path_factory) -> dict[str, Path]:
    """A fan running well, and the same one going wrong."""
    folder = tmp_path_factory.mktemp("fans")
    made = {name: folder / f"fan {name}.wav" for name in ("normal", "unbalance")}
    for name, path in made.items():
        path.write_bytes(examples.simulate(examples.Example("fan", name)))
    return made


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright, fans) -> Iterator[Browser]:
    with chromium(playwright, microphone=fans["unbalance"]) as launched:
        yield launched


@pytest.fixture
def arrive(browser) -> Iterator[Callable[..., Page]]:
    """Open pages, each of a visitor of its own; afterwards nothing may have failed in one."""
    pages: list[Page] = []
    problems: list[str] = []

    def open_page(url: str, **options) -> Page:
        page = browser.new_context(**options, permissions=["microphone"]).new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(url)
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.context.close()
    assert not problems
