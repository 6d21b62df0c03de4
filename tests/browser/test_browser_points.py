"""What a visitor may rely on, walked on a laptop and on a telephone; a point a test."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from browsing import LAPTOP, PATIENCE, PHONE, choose, lasts, running_app, settled, shoot, uploader
from playwright.sync_api import Browser, Locator, Page, expect

from mimimi.detector.detector import Detector
from mimimi.simulate import simulate_clip

pytestmark = pytest.mark.browser
WIDTHS = {"laptop": LAPTOP, "phone": PHONE}
NAME, FOLDER = "Press 4", "press-4"
PAGES = {
    "Machines": "Your machines",
    "Live": "How does it sound right now?",
    "Monitor": "How are the machines?",
    "Train": "Train it on your machines",
    "Evaluate": "How good is a detector?",
    "Models": "Detectors",
    "Analyse": "Is this machine all right?",
}
NOT_ENGLISH = re.compile(
    "alarm is on from|when unusual are|closed; last|that may write|One after the other|"
    "against the factory"
)


def slider(take: int, fault: str | None = None) -> np.ndarray:
    return simulate_clip("slider", "id_52", clip=take, fault=fault, severity=10.0)


@pytest.fixture(scope="module")
def clips(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("clips")
    made = {f"well {take}": slider(take) for take in (90, 91)}
    made |= {f"loose {take}": slider(take, "loose belt") for take in (100, 101)}
    for name, samples in made.items():
        soundfile.write(folder / f"{name}.wav", samples, 16_000)
    (folder / "letter.wav").write_text("this is no sound")
    return {path.stem: path for path in folder.iterdir()}


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """An app of its own, where one machine was taught."""
    home = tmp_path_factory.mktemp("points")
    heard = [(slider(take), 16_000) for take in range(6)]
    Detector.learn(NAME, heard).save_pretrained(home / "runs" / FOLDER)
    with running_app(home / "streamlit.log", MIMIMI_HOME=str(home)) as url:
        yield url


@pytest.fixture(params=WIDTHS)
def visit(request, browser: Browser, address) -> Iterator[Callable[[str], Page]]:
    """Open a page at one of both widths; afterwards nothing has failed and none was too wide."""
    context = browser.new_context(**WIDTHS[request.param], permissions=["microphone"])
    problems: list[str] = []

    def open_page(path: str = "") -> Page:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{address}/{path}")
        settled(page)
        return page

    yield open_page
    for page in context.pages:
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, "the page scrolls sideways"
    context.close()
    assert not problems


def headline(page: Page, text: str | re.Pattern[str]) -> Locator:
    """What is said first, and seen without scrolling."""
    said = page.locator("[data-testid=stMain] h2").filter(has_text=text).first
    expect(said).to_be_in_viewport(ratio=1)
    return said


def height(page: Page, place: str) -> float:
    box = page.locator(place).first.bounding_box()
    assert box
    return box["y"]


def test_a_machine_never_heard_is_not_called_faulty(visit, clips, tmp_path):
    page = visit("?type=fan")
    uploader(page).set_input_files(clips["loose 100"])
    page.get_by_role("button", name="None of these").click()
    said = headline(page, "This machine has never been heard here")
    verdict = page.locator(".st-key-verdict")
    expect(verdict.locator(".js-plotly-plot")).to_have_count(0)
    assert not re.search("score|threshold|p-value|unusual for", verdict.inner_text(), re.IGNORECASE)
    colour = said.locator("span").first.evaluate("e => getComputedStyle(e).color")
    red, green, blue = map(int, re.findall(r"\d+", colour)[:3])
    assert max(red, green, blue) - min(red, green, blue) < 40  # grey
    shoot(page, tmp_path, "never heard")
    page.get_by_role("button", name="It is my own machine: teach it").click()
    expect(page.get_by_text("loose 100.wav").first).to_be_visible()  # is taken along


def test_the_answer_is_on_the_screen_in_three_layers_that_agree(visit, clips, tmp_path):
    page = visit(f"?detector={FOLDER}")
    uploader(page).set_input_files([clips["well 90"], clips["loose 100"]])
    headline(page, "2 recordings: 1 unusual")
    page.get_by_text("another recording or machine").click()
    uploader(page).set_input_files(clips["loose 101"])
    headline(page, f"Unusual for {NAME}")
    verdict = page.locator(".st-key-verdict")
    expect(verdict).to_contain_text("loose 101.wav")
    expect(page.get_by_text("Where this verdict comes from")).to_be_visible()
    settled(page)
    headline(page, f"Unusual for {NAME}")  # still, once all of it is drawn
    expect(verdict.locator("p strong")).to_have_count(1)
    sentence = verdict.locator("p strong").inner_text()
    assert re.search(r"Hz.*; none of 6 normal recordings sounded this unusual\.$", sentence)
    expect(verdict.locator("audio").first).to_be_visible()
    layers = [".st-key-verdict", ".st-key-neighbour", ".st-key-time", ".st-key-experts"]
    assert sorted(layers, key=lambda place: height(page, place)) == layers
    shoot(page, tmp_path, "three layers")


def test_an_example_is_heard_before_it_is_judged(visit):
    page = visit()
    page.get_by_role("radio", name="valve").click()
    expect(page.locator(".st-key-try_player audio").first).to_be_visible()
    expect(page.locator(".st-key-verdict")).to_have_count(0)
    harder = page.get_by_role("button", name="leakage")
    expect(harder).not_to_be_visible()
    page.get_by_role("button", name="Judge “Going wrong”").click()
    headline(page, "Unusual for valve id_50")
    expect(page.locator(".st-key-player").get_by_text("Nearest normal one")).to_be_visible()


def test_live_keeps_the_machine_while_one_is_elsewhere(visit, tmp_path):
    page = visit("live?type=fan&id=id_53")
    page.get_by_role("button", name="Listen", exact=True).click()
    expect(page.get_by_role("timer")).to_have_text(lasts(2))
    expect(page.get_by_test_id("stStatusWidget").get_by_role("button")).to_have_count(0)
    page.get_by_role("link", name="Models").click()
    expect(page.get_by_role("heading", name="Detectors", exact=True)).to_be_visible()
    page.get_by_role("link", name="Live").click()
    expect(page.get_by_role("heading", name="How does it sound right now?")).to_be_visible()
    settled(page)
    expect(page).to_have_url(re.compile("type=fan&id=id_53"))
    expect(page.get_by_role("button", name="Listen", exact=True)).to_be_visible()
    shoot(page, tmp_path, "live again")


def test_recordings_for_a_training_come_first_and_their_name_after(visit, clips, tmp_path):
    page = visit("train")
    page.locator("[class*=st-key-own_] input[type=file]").set_input_files(clips["well 90"])
    page.get_by_role("textbox", name="Name of the machine").fill("mill-7")
    page.get_by_role("button", name="Add them").click()  # without Enter
    machine = page.get_by_test_id("stExpander").filter(has_text="of it running well")

    def remove() -> None:
        for button in (
            machine.locator("summary"),
            page.get_by_role("button", name="Remove mill-7"),
            page.get_by_role("button", name="Yes, remove"),
        ):
            expect(button).to_be_visible()
            settled(page)
            button.click()

    expect(machine).to_contain_text("mill-7")
    remove()
    expect(machine).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(machine).to_contain_text("mill-7")
    shoot(page, tmp_path, "collected")
    remove()
    expect(machine).to_have_count(0)


def test_few_clips_are_counted_and_promise_no_more(visit, clips, tmp_path):
    page = visit("evaluate")
    choose(page, "Detector", NAME)
    for number, kind in enumerate(("well", "loose")):
        files = [path for name, path in clips.items() if name.startswith(kind)]
        place = page.locator(f"[class*=st-key-tried_clips_{FOLDER}] input[type=file]").nth(number)
        expect(place).to_have_count(1)
        settled(page)
        place.set_input_files(files)
        for file in files:
            expect(page.get_by_text(file.name)).to_be_visible()
        expect(page.get_by_text(f"{2 * number + 2} recordings here")).to_be_visible()
    page.get_by_role("button", name="Evaluate").click()
    expect(page.get_by_text(f"{NAME}: 4 recordings")).to_be_visible()
    expect(page.get_by_role("heading", name="2 of 2 faulty recordings found")).to_be_visible()
    expect(page.get_by_role("heading", name="Download")).to_be_visible()
    settled(page)
    assert not re.search(r"\d \(\d\.\d+ to|\[\d\.\d+, ", page.get_by_test_id("stMain").inner_text())
    shoot(page, tmp_path, "evaluated")


def test_a_detector_is_taken_along_taken_in_and_deleted(visit, tmp_path):
    page = visit("models")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).first.click()
    packed = tmp_path / "taken along.zip"
    download.value.save_as(packed)
    with zipfile.ZipFile(io.BytesIO(packed.read_bytes())) as archive:
        names = {Path(name).name for name in archive.namelist()}
    assert {"config.json", "model.safetensors"} <= names
    page.locator("[class*=st-key-detector_file] input[type=file]").set_input_files(packed)
    expect(page.get_by_text("so the one that was taken in is called")).to_be_visible()
    page.get_by_text("Its card, and more").nth(1).click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.get_by_text("Deleted:")).to_be_visible()
    expect(page.get_by_text("Its card, and more")).to_have_count(1)


def test_a_result_is_opened_again_by_its_link(visit, clips, tmp_path):
    page = visit(f"?detector={FOLDER}")
    uploader(page).set_input_files(clips["loose 100"])
    headline(page, f"Unusual for {NAME}")
    expect(page).to_have_url(re.compile("result="))
    settled(page)
    address = page.url
    page.get_by_role("link", name="All recordings of this machine").click()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    expect(page.get_by_text("loose 100.wav").first).to_be_visible()
    shoot(page, tmp_path, "its page")
    other = visit(address.split("/", 3)[3])
    headline(other, f"Unusual for {NAME}")
    expect(other.locator(".st-key-verdict")).to_contain_text("loose 100.wav")
    expect(other.get_by_role("button", name="Report to send")).to_be_visible()


def test_every_page_is_in_sight_and_says_it_in_english(visit, clips):
    page = visit()
    expect(page).to_have_title(re.compile("MIMIMI"))
    expect(page.get_by_test_id("stHeaderLogo")).to_be_in_viewport(ratio=1)
    for name, title in PAGES.items():
        link = page.get_by_role("link", name=name, exact=True)
        expect(link).to_be_in_viewport(ratio=1)
        link.click()
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        settled(page)
        assert not NOT_ENGLISH.search(page.get_by_test_id("stMain").inner_text())
    uploader(page).set_input_files(clips["letter"])
    expect(page.get_by_text("not a sound file")).to_be_visible()  # in words
