"""The running app in headless Chromium. A screenshot of each state is kept below `--basetemp`."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from browsing import LAPTOP, PHONE, choose, lasts, recorder, settled, shoot, uploader
from playwright.sync_api import Locator, Page, expect
from scipy.signal import correlate, resample_poly

pytestmark = pytest.mark.browser


@pytest.fixture
def clips(fans, tmp_path) -> dict[str, Path]:
    """Two fans, and what is no sound."""
    notes = tmp_path / "notes.wav"
    notes.write_text("this is no sound")
    return fans | {"no sound": notes}


@pytest.fixture
def visit(arrive, address):
    """Open the page; afterwards nothing may have failed in it or been fetched from elsewhere."""
    elsewhere: list[str] = []
    here = (address, "data:", "blob:", address.replace("http", "ws"))

    def notice(url: str) -> None:
        if not url.startswith(here):
            elsewhere.append(url)

    def open_page(query: str = "", **options) -> Page:
        page = arrive("about:blank", **(LAPTOP | options))
        page.on("request", lambda request: notice(request.url))
        page.goto(f"{address}/{query}")
        expect(page.get_by_role("heading", name="Is this machine all right?")).to_be_visible()
        return page

    yield open_page
    assert not elsewhere


def upload(page: Page, *files: Path) -> None:
    uploader(page).set_input_files(files)


def verdict(page: Page) -> Locator:
    """The headline, once the whole page has been drawn."""
    headline = page.locator(".st-key-verdict h2")
    expect(headline).to_be_visible()
    expect(page.get_by_text("Where this verdict comes from")).to_be_visible()
    settled(page)
    return headline


def try_a_faulty_fan(page: Page) -> None:
    page.get_by_role("radio", name="fan").click()
    page.get_by_role("button", name="Judge “Going wrong”").click()


def for_experts(page: Page) -> None:
    page.get_by_text("For experts: numbers").click()
    expect(page.get_by_text("Which fan is it most like?")).to_be_visible()
    settled(page)


def heard_in(page: Page) -> bytes:
    """What the player beside the verdict plays."""
    audio = page.locator(".st-key-verdict audio").first
    return bytes(
        audio.evaluate(
            "async (audio) => [...new Uint8Array(await (await fetch(audio.src)).arrayBuffer())]"
        )
    )


def unfold(page: Page) -> None:
    """What is judged as what."""
    page.get_by_text("another recording or machine").click()


VIEWS = {
    "laptop": {},
    "dark": {"color_scheme": "dark"},
    "phone": PHONE,
    "phone dark": PHONE | {"color_scheme": "dark"},
}


@pytest.mark.parametrize("view", VIEWS)
def test_one_click_on_an_example_gives_a_verdict(visit, tmp_path, view):
    page = visit(**VIEWS[view])
    expect(page.get_by_label("What is it called?")).to_be_visible()
    shoot(page, tmp_path, f"first {view}")
    try_a_faulty_fan(page)
    assert re.search("(Sounds normal|Unusual) for fan id_53", verdict(page).inner_text())
    for picture in ("scale", "neighbour", "time"):
        expect(page.locator(f".st-key-{picture} .js-plotly-plot")).to_be_visible()
    shoot(page, tmp_path, f"verdict {view}")
    for_experts(page)
    for picture in ("with_phase", "attention", "probabilities"):
        expect(page.locator(f".st-key-{picture} .js-plotly-plot")).to_be_visible()
    shoot(page, tmp_path, f"for experts {view}")
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, "the page scrolls sideways"


def test_an_uploaded_clip_is_judged_once_its_machine_is_named(visit, clips, tmp_path):
    page = visit("?type=fan")
    upload(page, clips["normal"])
    expect(page.get_by_text("Which fan made this sound?")).to_be_visible()
    shoot(page, tmp_path, "asks for the id")
    page.get_by_role("button", name="id_53", exact=True).click()
    assert "fan id_53" in verdict(page).inner_text()
    assert page.url.endswith("?type=fan&id=id_53")

    unfold(page)
    choose(page, "Which one", "id_02")
    expect(page.locator(".st-key-verdict h2")).to_contain_text("fan id_02")
    unfold(page)
    choose(page, "Machine", "Demo machine: pump")
    expect(page.get_by_text("Which pump made this sound?")).to_be_visible()
    page.get_by_role("button", name="None of these").click()
    expect(page.locator(".st-key-verdict h2")).to_contain_text("has never been heard here")
    shoot(page, tmp_path, "never heard")


def test_many_files_make_a_table_whose_rows_open(visit, clips, tmp_path):
    page = visit("?type=fan&id=id_53")
    upload(page, *clips.values())
    expect(page.get_by_text("3 recordings:")).to_be_visible()
    expect(page.get_by_text("1 could not be judged")).to_be_visible()
    verdict(page)
    shoot(page, tmp_path, "many")
    table = page.get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    page.mouse.click(box["x"] + 15, box["y"] + 35 * 3 + 18)  # the box of the third row
    expect(page.locator(".st-key-verdict h2")).to_contain_text("Could not be judged")
    expect(page.locator(".st-key-verdict")).to_contain_text("not a sound file")
    shoot(page, tmp_path, "many, a bad row open")
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").filter(has_text="CSV").click()
    assert len(Path(download.value.path()).read_text().splitlines()) == 4


def test_the_microphone_reaches_the_network_as_it_was(visit, clips, tmp_path):
    page = visit("?type=fan&id=id_53", bypass_csp=True)  # to fetch what is played
    microphone = recorder(page)
    microphone.get_by_role("button", name="Record").click()
    expect(microphone.get_by_role("timer")).to_have_text(lasts(5))
    shoot(page, tmp_path, "recording")
    for stage in ("echo cancellation off", "noise suppression off", "gain control off"):
        expect(microphone.get_by_role("status")).to_contain_text(stage)
    microphone.get_by_role("button", name="Stop").click()
    assert "fan id_53" in verdict(page).inner_text()
    shoot(page, tmp_path, "recorded")

    sound, rate = soundfile.read(io.BytesIO(heard_in(page)))
    heard = resample_poly(sound, 16_000, rate)
    played, _ = soundfile.read(clips["unbalance"])
    # Every quarter of a second of the recording is the file's own, but for a delay and a factor;
    # the fake microphone of a busy machine drops some, so it is the middle one that counts.
    loop = np.concatenate([played, played])
    likenesses = []
    for piece in heard[8_000 : 8_000 + 4 * 16_000].reshape(-1, 4_000):
        energy = np.convolve(loop**2, np.ones(len(piece)), "valid")
        likeness = correlate(loop, piece, "valid") / np.sqrt(energy * np.sum(piece**2))
        likenesses.append(np.abs(likeness).max())
    assert np.median(likenesses) > 0.95


def test_a_recording_too_short_is_refused_where_it_was_made(visit):
    page = visit("?type=fan&id=id_53")
    recorder(page).get_by_role("button", name="Record").click()
    recorder(page).get_by_role("button", name="Stop").click()
    expect(page.get_by_text("record 2.05 s or more")).to_be_visible()


def test_without_a_worklet_the_browsers_own_recorder_stands_in_with_a_warning(
    browser, address, tmp_path
):
    context = browser.new_context(**LAPTOP)
    context.add_init_script("delete window.AudioWorkletNode")
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_text("Recording unfiltered does not work here").first).to_be_visible()
    expect(page.get_by_test_id("stAudioInput").first).to_be_visible()
    expect(page.get_by_role("timer")).to_have_count(0)  # our own recorder is gone
    shoot(page, tmp_path, "fallback")
    context.close()


def test_a_zoom_in_one_picture_is_a_zoom_in_all_and_the_phase_can_be_switched(visit, tmp_path):
    page = visit()
    try_a_faulty_fan(page)
    verdict(page)
    for_experts(page)
    time_chart = page.locator(".st-key-with_phase:not([data-stale=true])")
    time_chart.scroll_into_view_if_needed()
    box = time_chart.locator(".nsewdrag").nth(1).bounding_box()
    left, top = box["x"] + 0.3 * box["width"], box["y"] + box["height"] / 2
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + 0.2 * box["width"], top + 2, steps=5)
    page.mouse.up()
    graph = time_chart.locator(".js-plotly-plot")
    page.wait_for_function(
        "g => Object.values(g._fullLayout._plots).every(plot => plot.xaxis.range[1] < 9)",
        arg=graph.element_handle(),
    )
    ranges = graph.evaluate(
        "graph => Object.values(graph._fullLayout._plots).map(plot => plot.xaxis.range)"
    )
    assert len(ranges) == 3
    for low, high in ranges:
        assert 2.5 < low < 3.5
        assert 4.5 < high < 5.5
    shoot(page, tmp_path, "zoomed")

    page.get_by_text("raw phase").click()
    expect(time_chart).to_contain_text("Phase, rad")
    shoot(page, tmp_path, "raw phase")


def test_the_page_is_reachable_by_keyboard(visit):
    page = visit()
    expect(page.get_by_label("What is it called?")).to_be_visible()
    settled(page)  # else what has the focus may be drawn anew, and its turn begins again
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                """() => {
                    let at = document.activeElement;
                    while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                    return at.getAttribute("aria-label") || at.innerText || at.tagName;
                }"""
            ).strip()
        )
    names = "\n".join(reached)
    for expected in ("fan", "What is it called?", "Upload", "Record"):
        assert expected in names


@pytest.mark.parametrize("view", ["laptop", "phone"])
def test_one_listens_before_the_verdict_and_switches_in_the_middle(visit, view):
    page = visit(**VIEWS[view])
    page.get_by_role("radio", name="pump").click()
    player = page.locator(".st-key-try_player")
    expect(player.get_by_role("radio", name="Running well")).to_be_checked()
    assert page.locator(".st-key-verdict").count() == 0
    first, second = (player.locator("audio").nth(n) for n in (0, 1))
    expect(first).to_be_visible()
    expect(second).to_be_hidden()
    first.evaluate("audio => { audio.currentTime = 4; }")
    player.get_by_text("Going wrong").click()
    expect(second).to_be_visible()
    expect(first).to_be_hidden()
    page.wait_for_function("audio => audio.currentTime === 4", arg=second.element_handle())


def test_the_nearest_normal_recording_is_heard_in_turn_with_this_one(visit):
    page = visit()
    try_a_faulty_fan(page)
    verdict(page)
    player = page.locator(".st-key-player")
    for label in ("Nearest normal one", "This recording"):
        player.get_by_text(label).click()
        expect(player.get_by_label(label, exact=True).and_(player.locator("audio"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Report to send").click()
    text = Path(download.value.path()).read_text()
    assert "Unusual for fan id_53" in text
