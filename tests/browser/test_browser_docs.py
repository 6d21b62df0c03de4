"""The description of the REST interface, in a browser that reaches this computer alone."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from asking import TOKEN
from browsing import LAPTOP, PATIENCE, PHONE
from playwright.sync_api import Browser, Route, expect

from mimimi.service.history.history import History
from mimimi.service.history.tables import folder
from mimimi.service.rest.backend import Backend
from mimimi.service.rest.server import Server
from mimimi.service.settings import ServeSettings

pytestmark = pytest.mark.browser


@pytest.fixture
def served(tmp_path, monkeypatch):
    """The address of a server that asks for a token."""
    monkeypatch.setenv("MIMIMI_HOME", str(tmp_path))
    history = History()
    server = Server(Backend(ServeSettings(port=0, token=TOKEN), history, folder() / "clips"))
    thread = server.start()
    yield server.address
    server.stop()
    thread.join()
    history.close()


@pytest.mark.parametrize("width", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_it_is_drawn_without_the_internet_and_can_be_tried(
    served: str, browser: Browser, width, tmp_path
) -> None:
    asked: list[str] = []

    def only_here(route: Route) -> None:
        asked.append(host := urlsplit(route.request.url).hostname or "")
        route.continue_() if host == "127.0.0.1" else route.abort()

    context = browser.new_context(**width)
    context.route("**/*", only_here)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{served}/docs")
    page.get_by_role("button", name="Authorize").click()
    asks = page.locator(".auth-container")
    asks.get_by_role("textbox").fill(TOKEN)
    asks.get_by_role("button", name="Apply credentials").click()
    asks.get_by_role("button", name="Close").click()
    operation = page.locator("#operations-recordings-detectors_detectors_get")
    operation.get_by_role("button").first.click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table")).to_contain_text('"slider"')
    page.screenshot(path=tmp_path / "docs.png", full_page=True)
    assert set(asked) == {"127.0.0.1"}
    context.close()
