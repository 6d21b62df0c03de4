"""The most similar normal recording: of the right machine, and unlike the clip where it is said."""

from __future__ import annotations

import csv
import re
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from mimimi import Detector, audio
from mimimi.errors import UnknownMachineError
from mimimi.explain.nearest import nearest
from mimimi.simulate import simulate_clip

pytestmark = pytest.mark.slow  # processes, or bundled detectors


@pytest.fixture(scope="module")
def pump() -> Detector:
    return Detector.from_pretrained("pump")


def take(machine_id: str, clip: int) -> audio.Waveform:
    return audio.from_array(simulate_clip("pump", machine_id, clip=clip), 16_000)


def test_a_recording_that_was_trained_on_is_compared_with_the_others(pump):
    measured = pump.measure(take("id_51", 4))
    found = nearest(pump, measured, "id_51")
    assert found.reference.name != "normal_id_51_00000004.wav"
    itself = nearest(pump, replace(measured, fingerprint="0" * 32), "id_51")
    assert itself.reference.name == "normal_id_51_00000004.wav"
    assert itself.distance == pytest.approx(0, abs=0.05)
    assert itself.apart == pytest.approx(0, abs=0.05)
    assert itself.differences == ()
    assert found.distance > itself.distance


def test_of_all_machines_the_nearest_is_the_right_one(pump):
    right = []
    for machine_id in ("id_50", "id_51", "id_52", "id_53"):
        for clip in range(7_100_000, 7_100_003):
            embedding = pump.measure(take(machine_id, clip)).embedding
            which = int(cdist(embedding[None], pump.references.embeddings).argmin())
            right.append(pump.references.entries[which].machine_id == machine_id)
    assert sum(right) >= 11  # of 12; by chance one or two


def test_real_recordings_outside_the_training_set_are_nearest_to_their_own_machine(pump, shared):
    right = []
    for row in csv.DictReader((shared / "real" / "index.csv").open()):
        if (row["machine_type"], row["split"], row["label"]) == ("pump", "dev", "normal"):
            embedding = pump.measure(audio.read(shared / "real" / row["path"])).embedding
            which = int(cdist(embedding[None], pump.references.embeddings).argmin())
            right.append(pump.references.entries[which].machine_id == row["machine_id"])
    assert len(right) == 8
    assert sum(right) >= 7


def test_the_neighbour_is_of_the_machine_that_was_named(pump):
    for machine_id in pump.ids:
        assert (
            nearest(pump, pump.measure(take("id_51", 900)), machine_id).reference.machine_id
            == machine_id
        )


@pytest.mark.parametrize(("hertz", "said"), [(700, "around 700 Hz"), (3_200, "around 3.2 kHz")])
def test_a_tone_is_told_with_its_frequency(pump, hertz, said):
    time = np.arange(160_000) / 16_000
    sound = take("id_51", 900).samples + 0.1 * np.sin(2 * np.pi * hertz * time)
    found = nearest(pump, pump.measure(audio.from_array(sound, 16_000)), "id_51")
    assert any(f"dB louder {said}" in one.text and one.level == 1 for one in found.differences)
    assert found.apart > max(found.usually_apart)
    centres = (found.frequencies[1:] + found.frequencies[:-1]) / 2
    beyond = np.abs(found.spectrum - found.its_spectrum) > found.usual
    assert beyond[np.abs(centres - hertz / 1000).argmin()]


def test_what_is_missing_is_told_as_quieter(pump):
    spectrum = np.fft.rfft(take("id_51", 900).samples)
    spectrum[20_000:40_000] *= 0.1  # 2 to 4 kHz, in bins of a tenth of a hertz
    found = nearest(pump, pump.measure(audio.from_array(np.fft.irfft(spectrum), 16_000)), "id_51")
    said = re.search(r"(\d+) dB quieter from (\S+) kHz to (\S+) kHz", found.differences[0].text)
    assert [float(number) for number in said.groups()] == pytest.approx([20, 2, 4], rel=0.1)


def test_a_normal_recording_as_near_as_its_like_is_not_called_different(pump):
    found = [nearest(pump, pump.measure(take("id_51", clip)), "id_51") for clip in range(900, 908)]
    assert sum(not neighbour.differences for neighbour in found) >= 6


def test_a_detector_that_keeps_none_offers_none(small_detector, hum):
    measured = small_detector.measure(audio.from_array(hum(), 16_000))
    assert nearest(small_detector, measured, "id_00") is None
    with pytest.raises(UnknownMachineError):
        nearest(small_detector, measured, "id_99")
