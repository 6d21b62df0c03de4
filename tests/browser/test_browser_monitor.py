"""The page Monitor in headless Chromium, beside a real listener whose machine turns faulty."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import soundfile
from browsing import LAPTOP, PATIENCE, PHONE, ROOT, running_app, shoot
from playwright.sync_api import Browser, Locator, Page, expect

from mimimi.config import SAMPLE_RATE
from mimimi.detector.detector import Detector
from mimimi.service.history import marks
from mimimi.service.history.history import History
from mimimi.simulate import simulate_clip

pytestmark = pytest.mark.browser
NAME = "compressor 2"
KEPT = "path.point[style*='fill: rgb(170, 107, 181)']"  # where sound was kept, on the chart
FIND_MIDDLE = """kept => {  // in one go: the next moment another point may stand in its place
    const point = document.querySelector(kept);
    if (!point) return null;
    point.scrollIntoView({block: "center", behavior: "instant"});
    const box = point.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
}"""
TRIES = 20


def slider(take: int, seconds: float, fault: str | None = None):
    return simulate_clip(
        "slider", "id_50", clip=take, seconds=seconds, fault=fault, severity=3.0 if fault else 1.0
    )


@pytest.fixture
def home(tmp_path_factory) -> Path:
    """With a machine that was learnt, as on the page Analyse."""
    home = tmp_path_factory.mktemp("listened")
    heard = [(slider(take, 10.0), SAMPLE_RATE) for take in range(6)]
    Detector.learn(NAME, heard).save_pretrained(home / "runs" / "compressor-2")
    return home


@pytest.fixture
def drop(home) -> Callable[..., None]:
    """Drop a recording that ends now, as a recorder would that sets the time of its files."""
    (home / "drop").mkdir()

    def write(name: str, seconds: float, fault: str | None = None) -> None:
        unfinished = home / f"{name}.wav"
        soundfile.write(unfinished, slider(900, seconds, fault), SAMPLE_RATE)
        now = time.time() - 6.0
        os.utime(unfinished, (now, now))
        unfinished.rename(home / "drop" / unfinished.name)

    return write


@pytest.fixture
def listener(home, drop) -> Iterator[None]:
    drop("well", 35.0)
    command = [sys.executable, "-m", "mimimi", "listen", NAME, str(home / "drop")]
    with (home / "listener.log").open("w") as log:
        process = subprocess.Popen(
            command,
            env=os.environ | {"MIMIMI_HOME": str(home), "PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=log,
        )
        yield
        process.terminate()
        assert process.wait(600) == 1, (home / "listener.log").read_text()  # an alarm was told


@pytest.fixture
def address(home, listener, tmp_path_factory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("app") / "streamlit.log"
    with running_app(log, MIMIMI_HOME=str(home)) as url:
        yield url


@pytest.fixture
def visit(browser: Browser, address) -> Iterator[Callable[[dict], Page]]:
    contexts, problems = [], list[str]()

    def open_page(device: dict) -> Page:
        context = browser.new_context(**device, timezone_id="Europe/Berlin")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{address}/monitor")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems


def turn_faulty(page: Page, drop: Callable[..., None]) -> Locator:
    """The machine, whose tile says so although nobody touches the page; gives the tile."""
    tile = page.locator("[class*=st-key-tile_]")
    expect(tile).to_contain_text("No alarm so far")
    drop("faulty", 60.0, "loose belt")
    expect(tile).to_contain_text("Alarm: it sounds unusual")
    return tile


def hear_what_was_kept(page: Page, touch: Callable[[float, float], None]) -> None:
    """On the chart, which is drawn anew now and then: a click may go astray."""
    page.get_by_text("1 hour", exact=True).click()
    for _ in range(TRIES):
        expect(page.locator("[data-stale=true]")).to_have_count(0)
        if page.locator(".st-key-moment").is_visible():
            return
        expect(page.locator(KEPT).first).to_be_visible()
        if middle := page.evaluate(FIND_MIDDLE, KEPT):
            touch(*middle)  # what is pointed at
            page.wait_for_timeout(300)
            touch(*middle)  # is what is clicked
        try:
            expect(page.locator(".st-key-moment")).to_be_visible(timeout=5_000)
            return
        except AssertionError:
            continue
    raise AssertionError("no click was heard")


def test_a_tile_turns_to_alarm_and_what_is_said_of_it_is_kept(visit, drop, home, tmp_path):
    page = visit(LAPTOP)
    tile = turn_faulty(page, drop)
    tile.get_by_role("button", name=NAME).click()

    standing = page.locator(".st-key-standing")
    standing.get_by_role("button", name="Acknowledge").click()
    expect(standing).to_contain_text("Somebody has seen this alarm")
    standing.get_by_role("button", name="Mute").click()
    expect(standing).to_contain_text("Nobody is told of it until")
    history = History(f"sqlite:///{home}/history/history.sqlite")
    assert marks.is_acknowledged(history, NAME)
    assert marks.muted_until(history, NAME, time.time()) is not None
    history.close()

    hear_what_was_kept(page, page.mouse.click)
    moment = page.locator(".st-key-moment")
    expect(moment).to_contain_text("Score:")
    expect(moment).to_contain_text("raise an alarm")
    verdict = page.locator(".st-key-verdict")
    expect(verdict).to_contain_text(f"Unusual for {NAME}")
    sound = moment.locator("audio")
    expect(sound).to_be_visible()
    page.wait_for_function(
        "() => { const a = document.querySelector('.st-key-moment audio');"
        " a.muted = true; a.play(); return a.currentTime > 0.2; }"
    )
    shoot(page, tmp_path, "alarm")
    page.get_by_role("button", name="This was normal").click()
    expect(page.get_by_text("Noted: this was normal")).to_be_visible()
    assert len(Detector.from_pretrained(home / "runs" / "compressor-2").occasions) == 2


def test_on_a_phone_it_can_be_seen_heard_and_told_again(visit, drop, tmp_path):
    page = visit(PHONE)
    tile = turn_faulty(page, drop)
    shoot(page, tmp_path, "tiles")
    tile.get_by_role("button", name=NAME).tap()
    standing = page.locator(".st-key-standing")
    standing.get_by_role("button", name="Mute").tap()
    standing.get_by_role("button", name="Tell again").tap()
    expect(standing.get_by_role("button", name="Mute")).to_be_visible()
    hear_what_was_kept(page, page.touchscreen.tap)
    expect(page.locator(".st-key-verdict")).to_contain_text(NAME)
    shoot(page, tmp_path, "heard")
    width = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert width <= PHONE["viewport"]["width"]
    page.get_by_role("button", name="All machines").tap()
    expect(tile).to_contain_text("Alarm: it sounds unusual")
