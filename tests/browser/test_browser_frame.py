"""The app as a Hugging Face Space shows it: in a frame on another site's page, in Chromium."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from browsing import LAPTOP, PATIENCE, ROOT, lasts, recorder, running_app, uploader
from playwright.sync_api import Browser, FrameLocator, expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def space(tmp_path_factory) -> Iterator[str]:
    """The container's own start command, with what a Space sets."""
    place = tmp_path_factory.mktemp("space")
    command = re.findall(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[-1]
    shell, _, start = json.loads(command)
    assert shell == "sh"
    with running_app(
        place / "streamlit.log", start, SPACE_ID="some/one", MIMIMI_HOME=str(place / "home")
    ) as url:
        yield url


@pytest.fixture(scope="module")
def site(space: str) -> Iterator[str]:
    """A page of another site, with the frame that the Hub puts a Space in."""

    class Around(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            frame = f'<iframe src="{space}/?type=fan&id=id_53" allow="microphone" '
            self.wfile.write(f'{frame} style="width: 100%; height: 700px"></iframe>'.encode())

        def log_message(self, *args: object) -> None:
            """Tests speak for themselves."""

    server = HTTPServer(("localhost", 0), Around)  # another site than 127.0.0.1
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()


@pytest.fixture
def framed(browser: Browser, site: str) -> Iterator[FrameLocator]:
    page = browser.new_page(**LAPTOP)
    page.set_default_timeout(PATIENCE)
    page.goto(site)
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Is this machine all right?")).to_be_visible()
    yield frame
    page.context.close()


def judged(frame: FrameLocator) -> None:
    expect(frame.locator(".st-key-verdict h2")).to_contain_text(
        re.compile("(Sounds normal|Unusual) for fan id_53")
    )


def test_an_upload_in_a_frame_of_another_site_is_judged(
    framed: FrameLocator, fans: dict[str, Path]
) -> None:
    uploader(framed).set_input_files(fans["unbalance"])
    judged(framed)


def test_a_recording_in_a_frame_of_another_site_is_judged(framed: FrameLocator) -> None:
    microphone = recorder(framed)
    microphone.get_by_role("button", name="Record").click()
    expect(microphone.get_by_role("timer")).to_have_text(lasts(4))
    microphone.get_by_role("button", name="Stop").click()
    judged(framed)
