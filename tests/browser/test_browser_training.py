"""Recordings fetched, a training from first click to use, killed in between; in Chromium."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile
from browsing import LAPTOP, PATIENCE, PHONE, choose, shoot, uploader
from local_server import Answer, LocalServer
from playwright.sync_api import Browser, Page, expect

from mimimi.config import SAMPLE_RATE
from mimimi.simulate import simulate_clip

pytestmark = pytest.mark.browser
RUN = "fan-simulated-fan-2-2"


@pytest.fixture(scope="module")
def zenodo(stand_in) -> LocalServer:
    """It has the fans of DCASE 2020, and stops in the middle of them until it is told to go on."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for machine_id in ("id_00", "id_02"):
            for take, part in enumerate(("train/normal",) * 3 + ("test/normal", "test/anomaly")):
                sound = io.BytesIO()
                samples = simulate_clip("fan", machine_id, clip=take)
                soundfile.write(sound, samples, SAMPLE_RATE, format="WAV")
                archive.writestr(f"fan/{part}_{machine_id}_{take:08}.wav", sound.getvalue())
    stand_in.publish(3678171, {"dev_data_fan.zip": target.getvalue()})
    [answers] = (found for path, found in stand_in.answers.items() if path.endswith("content"))
    answers.insert(0, Answer(target.getvalue(), etag=answers[0].etag, cut=1_000_000, stall=True))
    return stand_in


def opened(browser: Browser, url: str, **options) -> Page:
    page = browser.new_context(**(LAPTOP | options)).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    return page


def number(page: Page, label: str, value: int) -> None:
    page.get_by_role("spinbutton", name=label).fill(str(value))


def points(page: Page) -> int:
    # While it is drawn anew there may be two of it, or one that holds nothing yet.
    graphs = page.locator(".st-key-curves .js-plotly-plot")
    return graphs.evaluate_all(
        "all => Math.max(0, ...all.flatMap(g => (g.data ?? []).map(trace => trace.x.length)))"
    )


def wait_for(condition: Callable[[], bool], every: float = 0.2) -> None:
    patience = time.monotonic() + 2 * PATIENCE / 1000
    while not condition():
        assert time.monotonic() < patience
        time.sleep(every)


def epochs(folder: Path) -> int:
    """How many a training has written down."""
    written = folder / "metrics.jsonl"
    return written.read_text().count('"loss_total"') if written.is_file() else 0


def held_after(number: int, folder: Path) -> int:
    """The process of a training, held once it has written so many epochs down."""
    wait_for(lambda: epochs(folder) >= number, every=0.01)
    process: int = json.loads((folder / "run.json").read_text())["process"]["pid"]
    os.kill(process, signal.SIGSTOP)
    return process


def test_a_public_data_set_is_fetched_while_one_watches_or_not(browser, address, zenodo, tmp_path):
    page = opened(browser, f"{address}/train")
    page.get_by_text("Public data sets", exact=True).click()
    choose(page, "Data set", "DCASE 2020")
    page.get_by_role("button", name="Download it").click()
    expect(page.locator(".st-key-download_size")).to_contain_text("free")
    shoot(page, tmp_path, "how large it is")
    page.get_by_role("button", name=re.compile(r"Download [\d.]+ MB")).dblclick()
    expect(page.get_by_text(re.compile(r"public-dcase2020-fan: \d+ %"))).to_be_visible()
    shoot(page, tmp_path, "being fetched")
    page.reload()
    page.get_by_text("Public data sets", exact=True).click()
    zenodo.let_go.set()
    expect(page.get_by_role("heading", name="Are they good enough?")).to_be_visible()
    shoot(page, tmp_path, "fetched")
    page.get_by_text("Runs", exact=True).click()
    expect(page.locator(".st-key-run").last).to_contain_text("finished")
    page.context.close()


def test_a_training_outlives_a_reload_and_a_kill_and_its_detector_judges(
    browser, address, app_home, fans, tmp_path
):
    page = opened(browser, f"{address}/train")
    page.get_by_text("Simulated", exact=True).click()
    number(page, "Machines", 2)
    number(page, "Recordings of each", 2)
    page.get_by_role("button", name="Simulate them").click()
    expect(page.get_by_role("heading", name="Are they good enough?")).to_be_visible()
    expect(page.get_by_text("on this computer")).to_be_visible(timeout=4 * PATIENCE)
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    page.get_by_text("Settings", exact=True).click()
    number(page, "Epochs at most", 3)
    start = page.get_by_role("button", name="Start training")
    expect(start).to_be_enabled()
    shoot(page, tmp_path, "before the start")
    start.dblclick()

    # Held where it is, so that it is not done before it was looked at or killed.
    run = page.locator(".st-key-run").last
    folder = app_home / "runs" / RUN
    process = held_after(1, folder)
    expect(run).to_contain_text("running")
    curves = page.locator(".st-key-curves .js-plotly-plot").last
    expect(curves).to_be_visible(timeout=2 * PATIENCE)
    wait_for(lambda: points(page) > 0)
    first = points(page)
    further = epochs(folder) + 1
    os.kill(process, signal.SIGCONT)
    held_after(further, folder)
    wait_for(lambda: points(page) > first)
    assert [path.name for path in folder.parent.glob("fan-*")] == [RUN]  # in spite of two clicks

    page.reload()
    expect(page).to_have_url(re.compile(f"job={RUN}"))
    expect(run).to_contain_text(RUN)
    expect(run).to_contain_text("running")
    shoot(page, tmp_path, "running")
    os.kill(process, signal.SIGKILL)
    expect(run).to_contain_text("interrupted")
    shoot(page, tmp_path, "interrupted")
    page.get_by_role("button", name="Resume").click()
    evaluated = page.get_by_role("heading", name="How well does it find faults?")
    expect(evaluated).to_be_visible(timeout=4 * PATIENCE)
    assert "resumed after epoch" in (folder / "train.log").read_text()
    shoot(page, tmp_path, "finished")

    page.get_by_role("link", name="Use it").click()
    expect(page.get_by_role("heading", name="Is this machine all right?")).to_be_visible()
    expect(page).to_have_url(re.compile(f"detector={RUN}"))
    uploader(page).set_input_files(fans["normal"])
    page.get_by_role("button", name="id_51", exact=True).click()
    verdict = page.locator(".st-key-verdict h2")
    expect(verdict).to_contain_text("fan id_51")

    page.get_by_role("link", name="Train").click()
    expect(page.get_by_role("heading", name="Train it on your machines")).to_be_visible()
    page.get_by_role("link", name="Analyse").click()
    expect(verdict).to_contain_text("fan id_51")
    expect(page.get_by_text("fan normal.wav").first).to_be_visible()
    shoot(page, tmp_path, "used")
    page.context.close()

    phone = opened(browser, f"{address}/train?job={RUN}", **PHONE)
    expect(phone.locator(".st-key-run").last).to_contain_text("finished")
    shoot(phone, tmp_path, "phone")
    wide = phone.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, "the page scrolls sideways"
    phone.context.close()
