"""The simulated machines obey their physics, and their clips are reproducible."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
import soundfile
from scipy import signal, stats

from mimimi.errors import UserError
from mimimi.simulate import (
    FAULTS,
    MACHINE_TYPES,
    VERSION,
    fan,
    simulate_clip,
    simulate_parts,
    slider,
    write_corpus,
    written_again,
)
from mimimi.simulate.draw import generator

RATE = 16_000
ALL_FAULTS = [(name, fault) for name in MACHINE_TYPES for fault in FAULTS[name]]
QUIET_FACTORY = 60.0  # dB


def rms(sound):
    return np.sqrt(np.mean(np.square(sound, dtype=np.float64)))


def envelopes(sound):
    """Amplitude per frequency and 8 ms frame."""
    return np.abs(signal.stft(sound, RATE, nperseg=256)[2])


def unit_of(module, machine_type, machine_id="id_50", seed=0):
    """The physical parameters that `simulate_clip` gives to this machine."""
    return module.draw_machine(generator(VERSION, seed, machine_type, machine_id, "machine"))


@pytest.mark.parametrize("machine_type", MACHINE_TYPES)
def test_clip_is_mono_float32_within_full_scale(machine_type):
    clip = simulate_clip(machine_type, snr_db=40.0)
    assert clip.shape == (160_000,)
    assert clip.dtype == np.float32
    assert 0.01 < np.abs(clip).max() <= 1.0


@pytest.mark.parametrize("machine_type", MACHINE_TYPES)
def test_same_numbers_same_sound_and_any_other_number_another_sound(machine_type):
    fault = FAULTS[machine_type][0]
    asked = {"machine_id": "id_51", "clip": 3, "fault": fault, "seed": 7, "seconds": 2.0}
    first = simulate_clip(machine_type, **asked)
    np.testing.assert_array_equal(first, simulate_clip(machine_type, **asked))
    for change in ({"machine_id": "id_52"}, {"clip": 4}, {"seed": 8}, {"fault": None}):
        assert np.abs(first - simulate_clip(machine_type, **asked | change)).max() > 1e-3


@pytest.mark.parametrize("snr_db", [-6.0, 0.0, 6.0])
@pytest.mark.parametrize("machine_type", MACHINE_TYPES)
def test_machine_and_noise_stand_at_the_ratio_asked_for(machine_type, snr_db):
    machine, noise = simulate_parts(machine_type, snr_db=snr_db, fault=FAULTS[machine_type][-1])
    assert 20 * np.log10(rms(machine) / rms(noise)) == pytest.approx(snr_db, abs=0.01)
    together = simulate_clip(machine_type, snr_db=snr_db, fault=FAULTS[machine_type][-1])
    np.testing.assert_allclose(machine + noise, together, atol=1e-7)


@pytest.mark.parametrize("machine_type", MACHINE_TYPES)
def test_a_machine_resembles_itself_more_than_the_other_ids(machine_type):
    def spectrum(machine_id, clip):
        machine, _ = simulate_parts(machine_type, machine_id, clip=clip)
        level = 10 * np.log10(signal.welch(machine, RATE, nperseg=1024)[1][20:])
        return level - level.mean()

    ids = ["id_50", "id_51", "id_52", "id_53"]
    spectra = {machine_id: [spectrum(machine_id, clip) for clip in (0, 1)] for machine_id in ids}
    within = [np.abs(one - two).mean() for one, two in spectra.values()]
    between = [np.abs(spectra[a][0] - spectra[b][0]).mean() for a, b in combinations(ids, 2)]
    assert max(within) < min(between)


@pytest.mark.parametrize("machine_id", ["id_50", "id_51", "id_52", "id_53"])
def test_fan_sounds_at_its_blade_pass_frequency(machine_id):
    built = unit_of(fan, "fan", machine_id)
    assert built.blade_pass_hertz == built.rpm * built.blades / 60
    sound, _ = simulate_parts("fan", machine_id, snr_db=QUIET_FACTORY)
    frequency, density = signal.welch(sound, RATE, nperseg=16_384)
    near = np.abs(frequency / built.blade_pass_hertz - 1) < 0.03
    around = np.abs(frequency / built.blade_pass_hertz - 1) < 0.2
    assert density[near].max() == density[around].max()
    assert density[near].max() > 5 * np.median(density[around])


@pytest.mark.parametrize("machine_id", ["id_50", "id_51", "id_52", "id_53"])
def test_slider_repeats_itself_at_its_stroke_rate(machine_id):
    built = unit_of(slider, "slider", machine_id)
    sound, _ = simulate_parts("slider", machine_id, snr_db=QUIET_FACTORY)
    envelope = np.sqrt(np.mean(sound.reshape(-1, 160) ** 2, axis=1))  # 100 a second
    envelope = envelope - envelope.mean()
    similarity = np.correlate(envelope, envelope, "full")[envelope.size - 1 :]
    stroke = 100 / built.stroke_hertz
    lags = np.arange(round(0.7 * stroke), round(1.3 * stroke))
    assert lags[similarity[lags].argmax()] == pytest.approx(stroke, rel=0.03)
    assert similarity[lags].max() > 0.4 * similarity[0]


def test_valve_clicks_and_fan_hums():
    valve_kurtosis = [stats.kurtosis(simulate_clip("valve", f"id_{n}")) for n in range(50, 54)]
    fan_kurtosis = [stats.kurtosis(simulate_clip("fan", f"id_{n}")) for n in range(50, 54)]
    assert min(valve_kurtosis) > max(fan_kurtosis) + 2
    assert np.abs(fan_kurtosis).max() < 0.3


@pytest.mark.parametrize(("machine_type", "fault"), ALL_FAULTS)
def test_severity_zero_is_the_normal_sound_and_more_severity_is_further_from_it(
    machine_type, fault
):
    def machine(**how):
        return simulate_parts(machine_type, "id_52", clip=5, seconds=4.0, **how)[0]

    normal = machine()
    np.testing.assert_array_equal(machine(fault=fault, severity=0.0), normal)
    distance = [
        rms(envelopes(machine(fault=fault, severity=severity)) - envelopes(normal))
        for severity in (0.1, 0.5, 2.0)
    ]
    assert 0 < distance[0] < distance[1] < distance[2]


def test_voltage_change_makes_the_blade_tone_wander():
    normal, _ = simulate_parts("fan", snr_db=QUIET_FACTORY)
    faulty, _ = simulate_parts("fan", snr_db=QUIET_FACTORY, fault="voltage change")
    pitch = unit_of(fan, "fan").blade_pass_hertz
    sharpness = []
    for sound in (normal, faulty):
        frequency, density = signal.welch(sound, RATE, nperseg=32_768)
        around = density[np.abs(frequency / pitch - 1) < 0.1]
        sharpness.append(around.max() / around.sum())
    assert sharpness[1] < 0.8 * sharpness[0]


def test_the_sound_of_version_1_is_frozen():
    """Figures and detectors rest on it: whoever changes the sound raises VERSION."""
    second_by_second = {  # dB full scale
        "fan": [-41.3, -40.66, -40.68, -40.77],
        "pump": [-39.9, -39.0, -39.57, -38.9],
        "slider": [-38.75, -38.89, -39.76, -38.46],
        "valve": [-41.39, -40.51, -40.65, -40.81],
    }
    assert VERSION == 1
    for machine_type, levels in second_by_second.items():
        fault = FAULTS[machine_type][-1]
        clip = simulate_clip(machine_type, "id_52", clip=4, fault=fault, seed=1, seconds=4.0)
        heard = [20 * np.log10(rms(second)) for second in np.split(clip, 4)]
        np.testing.assert_allclose(heard, levels, atol=0.02)


def test_unknown_type_and_unknown_fault_are_the_users_mistake():
    with pytest.raises(UserError, match=r"toaster.*fan, pump"):
        simulate_clip("toaster")
    with pytest.raises(UserError, match=r"leakage.*unbalance"):
        simulate_clip("fan", fault="leakage")


def read_index(folder):
    with (folder / "index.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_corpus_has_the_layout_the_counts_and_the_index(tmp_path):
    seen = []
    written = write_corpus(
        tmp_path, types=["valve"], ids=2, clips=3, on_clip=lambda *now: seen.append(now)
    )
    lines = read_index(tmp_path)
    assert written == len(lines) == 2 * (3 + 2 + 2)
    assert seen == [(done, written) for done in range(1, written + 1)]
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.wav")} == {
        line["path"] for line in lines
    }
    assert (tmp_path / "valve/train/normal_id_50_00000000.wav").exists()
    assert (tmp_path / "valve/test/anomaly_id_51_00000001.wav").exists()
    assert Counter((line["machine_id"], line["split"], line["label"]) for line in lines) == {
        (machine_id, *group): count
        for machine_id in ("id_50", "id_51")
        for group, count in {
            ("train", "normal"): 3,
            ("test", "normal"): 2,
            ("test", "anomaly"): 2,
        }.items()
    }
    faulty = [line for line in lines if line["label"] == "anomaly"]
    assert {line["fault"] for line in faulty} == set(FAULTS["valve"])
    assert {line["simulator_version"] for line in lines} == {str(VERSION)}
    info = soundfile.info(tmp_path / lines[0]["path"])
    assert (info.samplerate, info.channels, info.frames) == (RATE, 1, 160_000)
    assert info.subtype == "PCM_16"


def test_no_take_is_in_the_corpus_twice(tmp_path):
    write_corpus(tmp_path, types=["fan"], ids=1, clips=8)
    clips = [soundfile.read(path)[0].tobytes() for path in tmp_path.rglob("*.wav")]
    assert len(set(clips)) == len(clips) == 8 + 2 + 2


def test_clips_to_test_with_are_the_same_takes_without_those_to_train_with(tmp_path):
    write_corpus(tmp_path / "all", types=["fan"], ids=1, clips=1, tests=3)
    write_corpus(tmp_path / "tests", types=["fan"], ids=1, clips=0, tests=3)
    tests = [line for line in read_index(tmp_path / "all") if line["split"] == "test"]
    assert read_index(tmp_path / "tests") == tests
    assert len(tests) == 3 + 3
    for line in tests:
        both = (tmp_path / corpus / line["path"] for corpus in ("all", "tests"))
        assert len({path.read_bytes() for path in both}) == 1


def test_another_type_added_later_keeps_the_first(tmp_path):
    write_corpus(tmp_path, types=["valve"], ids=1, clips=1)
    first = read_index(tmp_path)
    write_corpus(tmp_path, types=["fan"], ids=1, clips=1)
    both = read_index(tmp_path)
    assert [line for line in both if line["machine_type"] == "valve"] == first
    assert sum(line["machine_type"] == "fan" for line in both) == 1 + 2 + 2
    write_corpus(tmp_path, types=["fan"], ids=1, clips=1)
    assert read_index(tmp_path) == both


def test_a_training_clip_is_written_again_to_the_byte_and_nothing_else_is(tmp_path):
    write_corpus(tmp_path, types=["valve"], ids=2, clips=2, tests=1)
    for path in (tmp_path / "valve" / "train").iterdir():
        assert written_again("valve", path.name) == path.read_bytes()
        assert written_again("fan", path.name) != path.read_bytes()
    for name in ("anomaly_id_50_00000000.wav", "00000000.flac", "../normal_id_50_00000000.wav"):
        assert written_again("valve", name) is None
    assert written_again("car", "normal_id_50_00000000.wav") is None
