"""The Live page in headless Chromium, whose microphone hears a machine turn faulty."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from browsing import LAPTOP, PATIENCE, ROOT, chromium, lasts, shoot
from playwright.sync_api import Browser, Page, expect
from turning import MACHINE_ID, MACHINE_TYPE, turning_faulty

pytestmark = pytest.mark.browser

RECORDER = ROOT / "app" / "recorder"
CHANGE, LENGTH = 25.0, 95.0  # s; the fake microphone begins anew when it has played all
ALARM_WITHIN = 40.0  # s after the change, by the microphone's own clock: 35, and a hop in a block
LATE = 30.0  # s that a busy machine may be behind; more it never is (app/recorder/live.js)


@pytest.fixture(scope="module")
def browser(playwright, tmp_path_factory) -> Iterator[Browser]:
    file: Path = tmp_path_factory.mktemp("sound") / "turning faulty.wav"
    soundfile.write(file, turning_faulty(CHANGE, LENGTH), 16_000)
    with chromium(playwright, microphone=file) as launched:
        yield launched


@pytest.fixture
def page(browser, address) -> Iterator[Page]:
    context = browser.new_context(**LAPTOP, permissions=["microphone"])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{address}/live?type={MACHINE_TYPE}&id={MACHINE_ID}")
    expect(page.get_by_text("Press Listen")).to_be_visible()
    yield page
    context.close()
    assert not problems


def seconds(clock: str) -> int:
    hours, minutes, rest = map(int, clock.split(":"))
    return 3600 * hours + 60 * minutes + rest


def test_the_alarm_comes_soon_after_the_machine_turns_faulty_and_not_before(page, tmp_path):
    page.get_by_role("button", name="Listen").click()
    said = page.locator(".st-key-now_said")
    expect(said).to_contain_text(f"Sounds normal for {MACHINE_TYPE} {MACHINE_ID}")
    shoot(page, tmp_path, "normal")
    began, heard = time.monotonic(), {}
    while time.monotonic() - began < CHANGE + ALARM_WITHIN + LATE:
        text = said.inner_text()
        if found := re.search(r"At (\d\d:\d\d:\d\d), after (\d+) (s|min)", text):
            of_day, after = seconds(found[1]), int(found[2]) * (60 if found[3] == "min" else 1)
            heard[after] = "Alarm" in text
            if heard[after]:
                break
        page.wait_for_timeout(200)
    shoot(page, tmp_path, "alarm")
    at = max(heard)
    assert heard[at], f"no alarm until {at} s"
    assert CHANGE < at <= CHANGE + ALARM_WITHIN
    since = re.search(r"since (\d+:\d\d:\d\d)", text)
    ago = (of_day - seconds(since[1])) % (24 * 3600)
    assert CHANGE - 10 <= at - ago <= CHANGE + 10  # a segment is 10 s long
    assert len(heard) > 1  # it moved along
    expect(page).to_have_title(re.compile("▲ Alarm: unusual"))
    expect(said).to_contain_text("Most unusual in the 10 s from")
    expect(said.get_by_role("link", name="Judge it on Analyse")).to_be_visible()
    shoot(page, tmp_path, "why")
    page.get_by_text("Sound of the alarm at").first.click()
    expect(page.locator("audio").first).to_be_visible()
    with page.expect_download() as asked:
        page.get_by_role("button", name="Scores (CSV)").click()
    lines = Path(asked.value.path()).read_text().splitlines()
    assert lines[0].startswith("time,start,seconds,score")
    assert len(lines) > len(heard)

    page.get_by_test_id("stBidiComponentIsolated").get_by_role("button", name="Stop").click()
    expect(said).to_contain_text("The microphone is closed")
    expect(page).not_to_have_title(re.compile("▲"))
    expect(page.get_by_test_id("stStatusWidget").get_by_role("button")).to_have_count(0)

    said.get_by_role("link", name="Judge it on Analyse").click()
    verdict = page.locator(".st-key-verdict")
    expect(verdict).to_contain_text(f"Unusual for {MACHINE_TYPE} {MACHINE_ID}")
    shoot(page, tmp_path, "judged")
    page.get_by_role("link", name="Models").click()
    expect(page.get_by_role("heading", name="Detectors", exact=True)).to_be_visible()
    page.get_by_role("link", name="Live").click()
    expect(said).to_contain_text(f"{MACHINE_TYPE} {MACHINE_ID}")


def test_leaving_the_page_closes_the_microphone(page):
    page.evaluate(
        """() => {
            const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            window.tracks = [];
            navigator.mediaDevices.getUserMedia = async (wish) => {
                const stream = await open(wish);
                window.tracks.push(...stream.getTracks());
                return stream;
            };
        }"""
    )
    page.get_by_role("button", name="Listen").click()
    expect(page.get_by_role("timer")).to_have_text(lasts(3))
    assert page.evaluate("tracks.map(track => track.readyState)") == ["live"]
    page.get_by_role("link", name="Models").click()
    page.wait_for_function("tracks.every(track => track.readyState === 'ended')")


def test_a_block_is_sent_again_until_it_has_arrived_and_none_before(browser, address):
    """The script alone, with the page's side played by the test."""
    context = browser.new_context(**LAPTOP, permissions=["microphone"])
    page = context.new_page()
    page.goto(f"{address}/_stcore/health")  # an empty page from where microphones are allowed
    script = "\n".join((RECORDER / f"{name}.js").read_text() for name in ("microphone", "live"))
    script = script.replace("PATIENCE = 20_000", "PATIENCE = 10_000")
    page.evaluate(
        """async ([script, html]) => {
            document.body.innerHTML = html;
            window.sent = [];
            const code = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
            const { default: component } = await import(code);
            window.rerun = (data) => component({
                parentElement: document.body,
                data,
                setStateValue: () => {},
                setTriggerValue: (name, { take, first, rate, pcm }) => {
                    const [at, end] = [performance.now(), first + atob(pcm).length / 2];
                    sent.push({ at, take, first, rate, end });
                },
            });
            rerun(null);
        }""",
        [script, (RECORDER / "recorder.html").read_text()],
    )
    page.get_by_role("button", name="Listen").click()
    page.wait_for_function("sent.length === 1")
    page.wait_for_function("sent.length === 2")
    first, again = page.evaluate("sent")
    assert again["at"] - first["at"] >= 9_000  # ms, of 10,000: several blocks' worth
    assert again["first"] == first["first"] == 0
    assert again["end"] >= first["end"] + 5 * first["rate"]
    page.evaluate("rerun({ take: sent[1].take, taken: sent[0].end })")  # of the first alone: late
    page.wait_for_timeout(3_000)
    assert page.evaluate("sent.length") == 2
    page.evaluate("rerun({ take: sent[1].take, taken: sent[1].end })")
    page.wait_for_function("sent.length === 3")
    assert page.evaluate("sent[2].first === sent[1].end")
    context.close()
