"""The whole way of a maintenance engineer, in Chromium: one machine, from nothing to a named fault.

The microphone does it all, on a telephone and on a laptop; then files are dropped instead.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import soundfile
from browsing import LAPTOP, PHONE, break_after, chromium, lasts, shoot
from playwright.sync_api import Browser, Locator, Page, expect

from mimimi.simulate import simulate_clip

pytestmark = pytest.mark.browser

SEVERITY = 3.0  # at which, of this fault, no clip is missed: the way is tested, not the ear
TAUGHT, JUDGED = 24, 11  # s that are recorded: well beyond the least of 10 s
NOT_HERE = re.compile(r"\b(detectors?|runs?|epochs?|ids?)\b", re.IGNORECASE)
MOST_ACTIONS = 5
TELEPHONE = PHONE | {"viewport": {"width": 380, "height": 800}}


def slider(take: int, fault: str | None = None) -> np.ndarray:
    return simulate_clip("slider", "id_52", clip=take, fault=fault, severity=SEVERITY)


@pytest.fixture(scope="module")
def clips(tmp_path_factory) -> dict[str, list[Path]]:
    """A machine that nobody has heard, running well and with its belt loose."""
    folder = tmp_path_factory.mktemp("slider")
    takes = {"well": (None, range(6)), "later": (None, [90]), "faulty": ("loose belt", [100, 101])}
    made: dict[str, list[Path]] = {}
    for name, (fault, numbers) in takes.items():
        made[name] = [folder / f"{name} {number}.wav" for number in numbers]
        for path, number in zip(made[name], numbers, strict=True):
            soundfile.write(path, slider(number, fault), 16_000)
    return made


@pytest.fixture(scope="module")
def browser(playwright, tmp_path_factory) -> Iterator[Browser]:
    file = tmp_path_factory.mktemp("sound") / "running well.wav"
    soundfile.write(file, np.concatenate([slider(take) for take in range(3)]), 16_000)
    with chromium(playwright, microphone=file) as launched:
        yield launched


class Engineer:
    """Somebody at a page, whose actions are counted and who meets no word of ours."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions, self.recorded = page, 0, 0
        self.began = time.monotonic()

    def call_it(self, name: str) -> None:
        self.page.get_by_label("What is it called?").fill(name)
        self.page.wait_for_timeout(1_000)  # until the hand is at the mouse
        self.actions += 1

    def press(self, button: Locator) -> None:
        button.click()
        self.actions += 1

    def record(self, place: str, seconds: int) -> None:
        recorder = self.page.locator(f".st-key-{place}")
        self.press(recorder.get_by_role("button", name="Record"))
        expect(recorder.get_by_role("timer")).to_have_text(lasts(seconds))
        self.press(recorder.get_by_role("button", name="Stop"))
        self.recorded += seconds

    def drop(self, place: str, *files: Path) -> None:
        self.page.locator(f"[class*=st-key-{place}_] input[type=file]").set_input_files(files)
        self.actions += 1

    def is_told_that_it_is_learnt(self, name: str) -> None:
        expect(self.page.get_by_text(f"{name} is learnt from")).to_be_visible()
        self.meets_no_word_of_ours()

    def reads_at_the_top(self, text: str | re.Pattern[str], file: str) -> None:
        """The verdict on this file, without scrolling."""
        expect(self.page.locator(".st-key-verdict")).to_contain_text(file)
        headline = self.page.locator(".st-key-verdict h2")
        expect(headline).to_contain_text(text)
        expect(headline).to_be_in_viewport(ratio=1)
        self.meets_no_word_of_ours()

    def meets_no_word_of_ours(self) -> None:
        words = self.page.get_by_test_id("stMain").inner_text()
        assert not NOT_HERE.findall(words), words

    def goes_on(self) -> None:
        """Unfold the line with the machine, for the next recording."""
        self.page.get_by_text("another recording or machine").click()

    def names_the_fault(self, fault: str) -> None:
        self.page.get_by_role("button", name="This was a fault").click()
        self.page.get_by_label("What was it?").fill(fault)
        self.page.get_by_role("button", name="Remember it").click()
        expect(self.page.get_by_text(f"Noted: this was a fault: {fault}")).to_be_visible()


@pytest.fixture
def engineer(arrive, untaught) -> Callable[..., Engineer]:
    def come(**options) -> Engineer:
        page = arrive(untaught, **options)
        expect(page.get_by_label("What is it called?")).to_be_visible()
        expect(page.get_by_role("heading", name="Try it")).to_be_visible()
        return Engineer(page)

    return come


def today() -> str:
    return f"{date.today().day} {date.today():%B %Y}"


@pytest.mark.parametrize(
    ("name", "device"),
    [("compressor 2", TELEPHONE), ("compressor 3", LAPTOP | {"color_scheme": "dark"})],
    ids=["telephone", "laptop"],
)
def test_from_nothing_to_a_fault_that_is_known_again(engineer, clips, tmp_path, name, device):
    someone = engineer(**device)
    page = someone.page
    shoot(page, tmp_path, "first")
    someone.meets_no_word_of_ours()
    someone.call_it(name)
    someone.record("teach_recorder", TAUGHT)
    someone.is_told_that_it_is_learnt(name)
    expect(page.get_by_text("s is little")).to_be_visible()
    someone.record("recorder", JUDGED)
    # The microphone of a busy machine drops some of the sound: the way is tested, not the ear.
    someone.reads_at_the_top(re.compile(f"(Sounds normal|Unusual) for {name}"), "recording")
    assert someone.actions <= MOST_ACTIONS
    print(f"{time.monotonic() - someone.began - someone.recorded:.0f} s beside the recording")
    shoot(page, tmp_path, "normal")

    someone.goes_on()
    someone.drop("uploads", clips["faulty"][0])
    someone.reads_at_the_top(f"Unusual for {name}", "faulty 100.wav")
    expect(page.locator(".st-key-verdict")).to_contain_text(re.compile("[kM]?Hz"))  # the reason
    someone.names_the_fault("bearing")
    shoot(page, tmp_path, "named")
    someone.goes_on()
    someone.drop("uploads", clips["faulty"][1])
    someone.reads_at_the_top(f"Unusual for {name}", "faulty 101.wav")
    expect(page.get_by_text(f"Like bearing, {today()}")).to_be_in_viewport()
    shoot(page, tmp_path, "like")
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, "the page scrolls sideways"


def test_files_are_dropped_instead_and_nothing_is_lost(engineer, clips, tmp_path):
    name = "Presse 'Süd' #3 & 4"
    someone = engineer(**LAPTOP)
    break_after(someone.page, "Sounds normal for")  # before it is known why
    someone.call_it(name)
    expect(someone.page).to_have_title(re.compile("MIMIMI"))
    someone.drop("teach_uploads", *clips["well"])
    someone.is_told_that_it_is_learnt(name)
    shoot(someone.page, tmp_path, "learnt")
    someone.drop("uploads", *clips["later"])
    someone.reads_at_the_top(f"Sounds normal for {name}", "later 90.wav")
    assert someone.actions <= MOST_ACTIONS
    someone.page.reload()
    someone.reads_at_the_top(f"Sounds normal for {name}", "later 90.wav")
    shoot(someone.page, tmp_path, "again")
