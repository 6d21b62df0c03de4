"""What a detector keeps of normal recordings: only what it learnt from, and never their sound."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from mimimi import audio
from mimimi.config import MACHINE_TYPES
from mimimi.detector.detector import Detector
from mimimi.detector.references import BANDS, MOST, edges, gather, heard
from mimimi.errors import DetectorError
from mimimi.simulate import written_again


@pytest.fixture(scope="module")
def files(hum, tmp_path_factory) -> list[Path]:
    """More of one machine than are kept."""
    folder = tmp_path_factory.mktemp("hums")
    paths = [folder / f"{number:02d}.wav" for number in range(MOST + 6)]
    for number, path in enumerate(paths):
        soundfile.write(path, hum(seconds=2.5, seed=number), 16_000)
    return paths


@pytest.fixture
def keeper(small_detector, files) -> Detector:
    """A detector that keeps some of them."""
    small_detector.learnt = {audio.recording_hash(path) for path in files}
    small_detector.references, small_detector.sounds = gather(
        small_detector, {"id_00": files, "id_02": files[:2]}
    )
    return small_detector


def test_a_few_of_each_machine_are_kept_from_its_first_to_its_last(keeper, files):
    kept = Counter(reference.machine_id for reference in keeper.references)
    assert kept == {"id_00": MOST, "id_02": 2}
    names = [r.name for r in keeper.references if r.machine_id == "id_00"]
    assert (names[0], names[-1]) == (files[0].name, files[-1].name)
    places = np.diff([int(Path(name).stem) for name in names])
    assert set(places) <= {1, 2}


def test_what_was_not_learnt_or_cannot_be_judged_is_left_out(small_detector, files, tmp_path):
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"no sound")
    small_detector.learnt = {audio.recording_hash(path) for path in (broken, files[0])}
    references, sounds = gather(small_detector, {"id_00": [broken, *files[:2], tmp_path / "gone"]})
    assert [reference.name for reference in references] == [files[0].name]
    assert sounds.spectra.shape == (1, BANDS)
    assert gather(small_detector, {"id_00": files[1:2]}) == ([], None)


def test_the_gain_of_a_recorder_is_no_likeness(small_detector, hum):
    quiet, loud = (heard(small_detector, audio.from_array(g * hum(), 16_000)) for g in (0.1, 1))
    assert torch.allclose(quiet.spectrum, loud.spectrum, atol=1e-3)
    assert torch.allclose(quiet.embedding, loud.embedding, atol=1e-3)


@pytest.mark.parametrize("hertz", [150, 1_000, 6_000])
def test_a_tone_is_loudest_in_its_band(small_detector, hertz):
    time = np.arange(160_000) / 16_000
    noise = 0.01 * np.random.default_rng(0).standard_normal(160_000)
    sound = heard(
        small_detector, audio.from_array(noise + 0.2 * np.sin(2 * np.pi * hertz * time), 16_000)
    )
    band = int(sound.spectrum.argmax())
    assert edges()[band] < hertz / 1000 < edges()[band + 1]


def test_they_are_saved_with_the_detector_and_older_ones_load_without(
    keeper, untouched_detector, tmp_path
):
    untouched_detector.save_pretrained(tmp_path / "old")
    config = tmp_path / "old" / "config.json"
    fields = json.loads(config.read_text())
    del fields["references"]
    config.write_text(json.dumps(fields))
    assert Detector.from_pretrained(tmp_path / "old").sounds is None

    keeper.save_pretrained(tmp_path / "new")
    loaded = Detector.from_pretrained(tmp_path / "new")
    assert loaded.references == keeper.references
    assert loaded.sounds.embeddings.equal(keeper.sounds.embeddings)
    assert loaded.sounds.spectra.equal(keeper.sounds.spectra)


A_TAG, A_FOLDER, ANOTHER = "<img src=x>.wav", "../../x.wav", "0" * 64


@pytest.mark.parametrize(
    "change",
    [
        lambda kept: kept.pop(),  # tensors of more than are named
        lambda kept: kept[0].update(name=A_TAG),
        lambda kept: kept[0].update(name=A_FOLDER),
        lambda kept: kept[0].update(name="a" * 200),
        lambda kept: kept[0].update(name=3),
        lambda kept: kept[0].update(machine_id="id_99"),
        lambda kept: kept[0].update(sha256=ANOTHER),
        lambda kept: kept[0].update(path="/home/me/x.wav"),
        lambda kept: kept[0].pop("sha256"),
        lambda kept: kept.extend(kept * 10),
        lambda kept: kept.append("x"),
    ],
)
def test_what_a_stranger_writes_in_their_place_is_refused(keeper, tmp_path, change):
    keeper.save_pretrained(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    change(config["references"])
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(DetectorError):
        Detector.from_pretrained(tmp_path)


def test_a_name_from_a_strange_disk_is_made_plain(small_detector, files, tmp_path):
    strange = tmp_path / "<b>`x`[a](b).wav"
    strange.write_bytes(files[0].read_bytes())
    small_detector.learnt = {audio.recording_hash(strange)}
    small_detector.references, small_detector.sounds = gather(small_detector, {"id_00": [strange]})
    small_detector.save_pretrained(tmp_path / "saved")
    (kept,) = Detector.from_pretrained(tmp_path / "saved").references
    assert not set(kept.name) & set("<>`[]")


@pytest.mark.parametrize("machine_type", MACHINE_TYPES)
def test_the_bundled_detectors_keep_recordings_of_every_machine_that_they_learnt(machine_type):
    detector = Detector.from_pretrained(machine_type)
    assert set(detector.ids) == {reference.machine_id for reference in detector.references}
    last = len(detector.references) - 1
    simulated = detector.references[last]
    again = written_again(machine_type, simulated.name)
    assert audio.recording_hash(again) == simulated.sha256
    sound = heard(detector, audio.read(again))
    assert torch.allclose(sound.spectrum, detector.sounds.spectra[last], atol=0.05)
    assert torch.allclose(sound.embedding, detector.sounds.embeddings[last], atol=0.01)
