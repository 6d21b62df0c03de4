"""What a detector keeps of normal recordings: what it was trained on, and never their sound."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from variants import with_config

from mimimi import audio
from mimimi.config import MACHINE_TYPES
from mimimi.detector.detector import Detector
from mimimi.detector.references import MOST, collect_references, edges, evenly
from mimimi.errors import DetectorError
from mimimi.features.fingerprint import is_same
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
    chosen = [("id_00", path) for path in evenly(files)] + [("id_02", path) for path in files[:2]]
    references = collect_references(
        (machine_id, path.name, small_detector.measure(audio.read(path)))
        for machine_id, path in chosen
    )
    known = frozenset(entry.fingerprint for entry in references.entries)
    return replace(with_config(small_detector, trained_on=known), references=references)


def test_a_few_of_each_machine_are_kept_from_its_first_to_its_last(keeper, files):
    kept = Counter(reference.machine_id for reference in keeper.references.entries)
    assert kept == {"id_00": MOST, "id_02": 2}
    names = [r.name for r in keeper.references.entries if r.machine_id == "id_00"]
    assert (names[0], names[-1]) == (files[0].name, files[-1].name)
    places = np.diff([int(Path(name).stem) for name in names])
    assert set(places) <= {1, 2}


def test_without_recordings_there_are_none():
    assert collect_references([]).entries == ()


def test_the_gain_of_a_recorder_is_no_likeness(small_detector, hum):
    quiet, loud = (small_detector.measure(audio.from_array(g * hum(), 16_000)) for g in (0.1, 1))
    assert np.allclose(quiet.spectrum, loud.spectrum, atol=1e-3)
    assert np.allclose(quiet.embedding, loud.embedding, atol=1e-3)


@pytest.mark.parametrize("hertz", [150, 1_000, 6_000])
def test_a_tone_is_loudest_in_its_band(small_detector, hertz):
    time = np.arange(160_000) / 16_000
    noise = 0.01 * np.random.default_rng(0).standard_normal(160_000)
    tone = noise + 0.2 * np.sin(2 * np.pi * hertz * time)
    sound = small_detector.measure(audio.from_array(tone, 16_000))
    band = int(sound.spectrum.argmax())
    assert edges()[band] < hertz / 1000 < edges()[band + 1]


def test_they_are_saved_with_the_detector(keeper, untouched_detector, tmp_path):
    untouched_detector.save_pretrained(tmp_path / "without")
    assert Detector.from_pretrained(tmp_path / "without").references.entries == ()

    keeper.save_pretrained(tmp_path / "with")
    loaded = Detector.from_pretrained(tmp_path / "with").references
    assert loaded.entries == keeper.references.entries
    assert np.array_equal(loaded.embeddings, keeper.references.embeddings)
    assert np.array_equal(loaded.spectra, keeper.references.spectra)


A_TAG, A_FOLDER, ANOTHER = "<img src=x>.wav", "../../x.wav", "0" * 32


@pytest.mark.parametrize(
    "change",
    [
        lambda kept: kept.pop(),  # tensors of more than are named
        lambda kept: kept[0].update(name=A_TAG),
        lambda kept: kept[0].update(name=A_FOLDER),
        lambda kept: kept[0].update(name="a" * 200),
        lambda kept: kept[0].update(name=3),
        lambda kept: kept[0].update(machine_id="id_99"),
        lambda kept: kept[0].update(fingerprint=ANOTHER),
        lambda kept: kept[0].update(path="/home/me/x.wav"),
        lambda kept: kept[0].pop("fingerprint"),
        lambda kept: kept.extend(kept * 10),
        lambda kept: kept.append("x"),
    ],
)
def test_what_an_attacker_writes_in_their_place_is_refused(keeper, tmp_path, change):
    keeper.save_pretrained(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    change(config["references"])
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(DetectorError):
        Detector.from_pretrained(tmp_path)


def test_a_name_from_an_odd_disk_is_made_plain(small_detector, files):
    measured = small_detector.measure(audio.read(files[0]))
    (kept,) = collect_references([("id_00", "<b>`x`[a](b).wav", measured)]).entries
    assert not set(kept.name) & set("<>`[]")


@pytest.mark.parametrize("machine_type", MACHINE_TYPES)
def test_the_bundled_detectors_keep_recordings_of_every_machine(machine_type):
    detector = Detector.from_pretrained(machine_type)
    kept = detector.references
    assert set(detector.ids) == {reference.machine_id for reference in kept.entries}
    again = audio.read(written_again(machine_type, kept.entries[-1].name))
    measured = detector.measure(again)
    assert is_same(measured.fingerprint, kept.entries[-1].fingerprint)
    assert np.allclose(measured.spectrum, kept.spectra[-1], atol=0.05)
    assert np.allclose(measured.embedding, kept.embeddings[-1], atol=0.01)
