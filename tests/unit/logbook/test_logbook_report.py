"""The report on a verdict: one page that holds all it shows, fetches nothing, and says the same."""

from __future__ import annotations

import re
from datetime import datetime, timezone

import pytest

from mimimi import Detector, audio
from mimimi.explain.account import Account
from mimimi.explain.explanation import explain
from mimimi.explain.nearest import nearest
from mimimi.logbook.report import report
from mimimi.simulate import simulate_clip

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def judged() -> tuple[Account, audio.Waveform]:
    """A machine whose name and recording are called as a browser would not like."""
    takes = [(simulate_clip("slider", "id_52", clip=take), 16_000) for take in range(6)]
    detector = Detector.learn("Presse 'Süd' #3 & 4", takes, "slider")
    sound = simulate_clip("slider", "id_52", clip=90, fault="loose belt", severity=10.0)
    waveform = audio.from_array(sound, 16_000, name="<img src=x onerror=alert(1)>.wav")
    measured = detector.measure(waveform)
    verdict = detector.judge(measured, detector.ids[0])
    found = explain(detector, waveform, detector.ids[0], measured=measured)
    return Account(verdict, found, nearest(detector, measured, detector.ids[0])), waveform


def test_it_says_what_the_page_says_and_holds_all_that_it_shows(judged):
    account, waveform = judged
    when = datetime(2026, 5, 3, 12, 30, tzinfo=timezone.utc)
    text = report(account, waveform, when, photo=b"jpeg", told="was a fault: bearing, 3 May 2026")
    assert account.sentence in text.replace("&#39;", "'")
    assert "2026-05-03 12:30" in text
    assert "Outlined: two thirds of what raised the score" in text
    assert "about 1 in 7\nof those it makes while all is well" in text  # of six recordings
    assert "this was a fault: bearing, 3 May 2026" in text
    assert len(re.findall(r'src="data:image/png;base64,', text)) == 2
    assert 'src="data:image/jpeg;base64,' in text
    assert 'src="data:audio/wav;base64,' in text
    assert not re.findall(r'(?:src|href)="(?!data:)', text)


def test_no_name_acts_on_it(judged):
    account, waveform = judged
    text = report(account, waveform, datetime.now(timezone.utc))
    assert "<img src=x" not in text
    assert "<script" not in text
    assert "Presse &#39;Süd&#39; #3 &amp; 4" in text
