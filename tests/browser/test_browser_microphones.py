"""A second microphone in Chromium: taught on a laptop, recorded, and seen on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from browsing import LAPTOP, PHONE, choose, chromium, lasts, recorder, shoot
from browsing import uploader as to_judge
from hall import beside_and_away
from playwright.sync_api import Browser, Page, expect

from mimimi.simulate import simulate_clip

pytestmark = pytest.mark.browser

MINUTE = 3  # clips of 10 s


def heard(take: int) -> np.ndarray:
    return 0.3 * beside_and_away(simulate_clip("slider", "id_52", clip=take), take, loud=2.0)


@pytest.fixture(scope="module")
def clips(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("stereo")
    paths = [folder / f"press {take}.wav" for take in range(MINUTE + 1)]
    for take, path in enumerate(paths):
        soundfile.write(path, heard(take), 16_000)
    return paths


@pytest.fixture(scope="module")
def browser(playwright, tmp_path_factory) -> Iterator[Browser]:
    file = tmp_path_factory.mktemp("sound") / "both.wav"
    soundfile.write(file, np.concatenate([heard(take) for take in (50, 51)]), 16_000)
    with chromium(playwright, microphone=file) as launched:
        yield launched


def sees_what_was_taken_out(page: Page) -> None:
    shown = page.locator(".st-key-taken_out")
    expect(shown).to_contain_text(" dB of hall taken out ")
    for label in ("As heard", "Without the hall"):
        expect(shown.get_by_text(label, exact=True).last).to_be_visible()
    expect(shown.locator(".js-plotly-plot")).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0


def test_two_microphones_from_teaching_to_the_sound_without_the_hall(
    arrive, untaught, clips, tmp_path
):
    page = arrive(untaught, **LAPTOP)
    page.get_by_label("What is it called?").fill("press 4")
    page.get_by_text("A second microphone, against a loud hall").click()
    choose(page, "Second microphone hears the hall", "right channel")
    expect(page.get_by_text("The left channel is at the machine.")).to_be_visible()
    shoot(page, tmp_path, "teaching")
    uploads = page.locator("[class*=st-key-teach_uploads_] input[type=file]")
    uploads.set_input_files(clips[:MINUTE])
    expect(page.get_by_text("press 4 is learnt from 30 s")).to_be_visible()
    to_judge(page).set_input_files(clips[MINUTE])
    expect(page.locator(".st-key-verdict")).to_contain_text("Sounds normal for press 4")
    sees_what_was_taken_out(page)
    shoot(page, tmp_path, "judged")

    page.get_by_text("another recording or machine").click()
    shoot(page, tmp_path, "again")
    place = recorder(page)
    place.get_by_role("button", name="Record").click()
    expect(place.get_by_role("timer")).to_have_text(lasts(3))
    expect(place.get_by_role("meter")).to_have_count(2)  # a level for each microphone
    shoot(page, tmp_path, "recording")
    place.get_by_role("button", name="Stop").click()
    expect(page.locator(".st-key-verdict")).to_contain_text("recording ")
    sees_what_was_taken_out(page)

    phone = arrive(f"{untaught}/?detector=press-4", **PHONE)
    phone.get_by_role("tab", name="Upload").click()
    to_judge(phone).set_input_files(clips[MINUTE])
    sees_what_was_taken_out(phone)
    shoot(phone, tmp_path, "phone")
