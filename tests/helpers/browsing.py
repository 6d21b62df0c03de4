"""The running app, and the browser that tests look at it with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    FrameLocator,
    Locator,
    Page,
    Playwright,
    WebSocketRoute,
    expect,
)
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from ports import free_port

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
LAPTOP = {"viewport": {"width": 1366, "height": 768}}
PHONE = {
    "viewport": {"width": 380, "height": 780},
    "has_touch": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140 Mobile Safari",
}
PATIENCE = 120_000  # ms that a busy machine may take for anything
expect.set_options(timeout=PATIENCE)


README = "exec streamlit run app/main.py --server.address 127.0.0.1 --server.port $PORT"


@contextmanager
def running_app(log: Path, start: str = README, **environment: str) -> Iterator[str]:
    """The app, started by a line of shell, on a free port; gives its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with log.open("w") as output:
        app = subprocess.Popen(
            ["sh", "-c", start],
            cwd=ROOT,
            env=os.environ
            | {
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "PYTHONPATH": str(ROOT),
                "PORT": str(port),
                "STREAMLIT_SERVER_HEADLESS": "true",
            }
            | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            patience = time.monotonic() + PATIENCE / 1000
            while True:
                try:
                    urllib.request.urlopen(f"{url}/_stcore/health", timeout=1)
                    break
                except OSError:
                    assert app.poll() is None, log.read_text()
                    assert time.monotonic() < patience, log.read_text()
                    time.sleep(0.1)
            yield url
            for fault in ("Traceback", "created with a default value"):
                assert fault not in log.read_text()
        finally:
            app.terminate()
            app.wait(600)


@contextmanager
def chromium(playwright: Playwright, microphone: Path) -> Iterator[Browser]:
    """A browser whose microphone hears a file over and over; skips where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    flags = [*FLAGS, f"--use-file-for-fake-audio-capture={microphone}"]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags, headless=True)
    yield browser
    browser.close()


def break_after(page: Page, words: str) -> None:
    """Reload a page, which then hears of nothing more once it was told these words.

    As where the connection breaks. Loaded again, it hears all.
    """
    broken: list[WebSocketRoute] = []

    def between(browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            if browser in broken:
                return
            browser.send(message)
            if not broken and isinstance(message, bytes) and words.encode() in message:
                broken.append(browser)

        server.on_message(pass_on)

    page.route_web_socket("**/_stcore/stream", between)
    page.reload()


def uploader(page: Page | FrameLocator) -> Locator:
    """Where recordings to judge are dropped; another one takes those to learn from."""
    return page.locator("[class*=st-key-uploads_] input[type=file]")


def recorder(page: Page | FrameLocator) -> Locator:
    """The microphone for a recording to judge."""
    return page.locator(".st-key-recorder")


def settled(page: Page) -> None:
    """All of it is drawn, and nothing is being drawn anew."""
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_have_count(1)
    expect(page.locator("[data-testid=stMain] h1")).to_have_count(1)
    for unfinished in ("[data-testid=stSkeleton]", "[data-stale=true]"):
        expect(page.locator(unfinished)).to_have_count(0)


def choose(page: Page, label: str, option: str) -> None:
    """Take an option from a list; opened again if it closes because the page is drawn anew."""
    wanted = page.get_by_role("option", name=re.compile(f"^{re.escape(option)}"))
    chooser = page.get_by_role("combobox", name=re.compile(label))
    for _ in range(20):
        expect(page.locator("[data-stale=true]")).to_have_count(0)
        if not wanted.is_visible():
            chooser.click()
        try:
            wanted.click(timeout=PATIENCE / 20)
        except PlaywrightTimeoutError:
            continue
        return
    raise AssertionError(f"no {option} to be chosen for {label}")


def lasts(seconds: int) -> re.Pattern[str]:
    """What a timer shows from then on: a busy page may never show this very second."""
    there = "|".join(f"0:{shown:02}" for shown in range(seconds, 60))
    return re.compile(rf"{there}|[1-9]\d*:\d\d")


def shoot(page: Page, folder: Path, name: str) -> None:
    """The whole page, however long."""
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    size = page.viewport_size
    page.set_viewport_size({"width": size["width"], "height": height + 8})
    page.wait_for_timeout(800)
    page.screenshot(path=folder / f"{name}.png")
    page.set_viewport_size(size)
