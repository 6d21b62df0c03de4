"""Long recordings on the Analyse page: judged by their alarms, not by their mean."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
import soundfile
from turning import MACHINE_ID, MACHINE_TYPE, turning_faulty
from visit import opened, said, sounds, upload

from mimimi.audio import from_array, read
from mimimi.detector.detector import Detector
from mimimi.monitor.alarm import Rule
from state import waveforms

pytestmark = pytest.mark.usefixtures("own_home", "soon_long")
NAME = f"{MACHINE_TYPE} {MACHINE_ID}"
LENGTH, BAD_FROM, BAD_TO = 90.0, 20.0, 70.0  # s


def as_file(sound: np.ndarray) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, sound, 16_000, format="FLAC", subtype="PCM_16")
    return file.getvalue()


@pytest.fixture
def soon_long(monkeypatch) -> None:
    """Two minutes would only take longer."""
    assert waveforms.LONG == 120
    monkeypatch.setattr(waveforms, "LONG", 75.0)


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    return turning_faulty(BAD_FROM, LENGTH, until=BAD_TO)


@pytest.fixture(scope="module")
def long(sound) -> bytes:
    return as_file(sound)


@pytest.fixture
def heard(monkeypatch) -> list[float]:
    """Where each segment that was really listened to began."""
    import mimimi.monitor.stream

    starts: list[float] = []
    judge = mimimi.monitor.stream.judge

    def count(*arguments, **options):
        starts.append(len(starts) * 10.0)
        return judge(*arguments, **options)

    monkeypatch.setattr(mimimi.monitor.stream, "judge", count)
    return starts


def analysed(*files: tuple[str, bytes], **address: str):
    return upload(opened(**{"type": MACHINE_TYPE, "id": MACHINE_ID} | address), *files)


def test_a_fault_of_a_minute_is_an_alarm_at_its_time(long):
    page = analysed(("day.flac", long))
    assert f"Alarm: unusual for {NAME} during 0:00:50 of 0:01:30" in said(page)
    (row,) = page.dataframe[0].value.to_dict("records")
    assert (row["from"], row["to"], row["file"]) == ("0:00:20", "0:01:10", "day.flac")
    assert {chart.key for chart in page.get("plotly_chart")} >= {"moments", "time"}
    # The alarm, its most unusual segment, and the normal recording that is most like that.
    assert len(page.get("audio")) == 1
    assert sounds(page) == ["This recording", "Nearest normal one"]
    assert "day.flac from 0:00:15" in said(page)


def test_a_long_recording_of_a_machine_running_well_says_so():
    page = analysed(("day.flac", as_file(turning_faulty(LENGTH, 80.0))))
    assert f"No alarm in 0:01:20: sounds normal for {NAME}" in said(page)
    assert not page.dataframe
    assert not page.get("audio")


def test_a_short_recording_is_judged_as_a_clip():
    page = analysed(("clip.flac", as_file(turning_faulty(LENGTH, 20.0))))
    assert f"Sounds normal for {NAME}" in said(page)
    assert "moments" not in {chart.key for chart in page.get("plotly_chart")}


def test_rule_and_rate_move_the_alarms_without_listening_again(long, heard):
    page = analysed(("day.flac", long))
    assert len(heard) == 9
    page.selectbox(key="alarm").set_value(Rule(8, 10)).run()
    assert "No alarm" in said(page)
    page.selectbox(key="alarm").set_value(Rule(2, 3)).run()
    assert "Alarm: unusual" in said(page)
    n = len(Detector.from_pretrained(MACHINE_TYPE).calibration.normal_scores("given", MACHINE_ID))
    half = (n + 1) // 2 / (n + 1)
    page.select_slider(key="rate").set_value(half).run()
    assert f"of a machine running well about {100 * half:.2g} % are" in said(page)
    assert len(heard) == 9


def test_a_days_clips_are_one_recording_in_the_order_of_their_names(sound, heard):
    cuts = [10 * 16_000, 80 * 16_000]
    files = [as_file(part) for part in np.split(sound, cuts)]
    page = analysed(("02.flac", files[1]), ("01.flac", files[0]), ("03.flac", files[2]))
    assert "3 recordings" in said(page)
    page.toggle(key="in_a_row").set_value(True).run()
    assert f"Alarm: unusual for {NAME} during 0:00:50 of 0:01:30" in said(page)
    assert page.dataframe[0].value.loc[0, "file"] == "02.flac"
    assert "02.flac from 0:00:05" in said(page)


def test_what_is_downloaded_holds_events_and_segments(long):
    from mimimi.monitor.alarm import ScoredSegment, events
    from mimimi.monitor.export import as_csv, as_json

    segments = [ScoredSegment("a", 10.0 * n, 10.0, float(n), n in (3, 4), 0.1) for n in range(6)]
    found = list(events(segments, Rule(2, 2)))
    said = json.loads(as_json("fan", "id_50", Rule(2, 2), found, segments))
    assert (said["events"][0]["start"], len(said["segments"])) == (30.0, 6)
    assert as_csv(found).splitlines()[1].startswith("30.0,50.0,40.0,4.0,a")


@pytest.mark.parametrize(
    ("live", "said"),
    [
        (1, "Channel 0 (left) is dead: channel 1 (right) was taken; "),
        (0, "Channel 1 (right) is dead: channel 0 (left) was taken; "),
    ],
)
def test_what_is_wrong_with_a_recording_is_said_once(sound, live, said):
    spoilt = np.zeros((len(sound), 2), np.float32)
    spoilt[:, live] = sound
    spoilt[12 * 16_000 : 15 * 16_000] = 0
    page = analysed(("day.flac", as_file(spoilt)))
    assert not page.exception
    (text,) = [w.value for w in page.warning if "Channel" in w.value]
    assert text.startswith(said)
    assert text.count("digital silence from 12.0 to 15.0 s: left out") == 1


def test_a_long_recording_that_cannot_be_judged_is_one_sentence():
    page = analysed(("day.flac", as_file(np.zeros(80 * 16_000))))
    assert not page.exception
    assert "silent" in page.error[0].value


def test_an_excerpt_is_the_very_sound(sound, long):
    from mimimi.audio import excerpt

    part = excerpt(long, 71.0, 4.0, name="day.flac")
    assert np.array_equal(part.samples, read(long).samples[71 * 16_000 : 75 * 16_000])
    assert part.seconds == from_array(sound[: 4 * 16_000], 16_000).seconds
