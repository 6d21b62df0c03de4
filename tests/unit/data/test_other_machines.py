"""Noise that has the spectra of real machines: what is kept of them, and what is made of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save

from mimimi import audio
from mimimi.data import other_machines
from mimimi.data.other_machines import as_bytes, mean_power, others, sound, spectra
from mimimi.errors import UserError


@pytest.fixture
def few(monkeypatch) -> None:
    monkeypatch.setattr(
        other_machines,
        "spectra",
        lambda: {name: spectra()[name][:1] for name in list(spectra())[:3]},
    )


def decibels(power: np.ndarray) -> np.ndarray:
    return 10 * np.log10(power / power.mean())


def test_a_spectrum_is_kept_to_half_a_decibel_whatever_its_gain() -> None:
    power = np.exp(np.random.default_rng(0).normal(size=(2, 8_001)))
    kept = 10 ** (as_bytes(power).astype(float) / 20)
    off = decibels(kept[0]) - decibels(power[0])
    assert np.ptp(off) <= 0.5 + 1e-9
    np.testing.assert_array_equal(as_bytes(power), as_bytes(1e6 * power))


def test_a_sound_has_the_lines_it_was_made_for_and_no_two_are_alike() -> None:
    power = spectra()["slider id_02"][0]
    one, other = (sound(power, np.random.default_rng(seed)) for seed in (0, 1))
    off = decibels(mean_power(one)) - decibels(power)
    assert np.std(off[20:7_900]) < 0.3
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.1
    assert np.abs(one).max() < 1


def test_they_are_helpers_of_the_kind_asked_for_and_the_machine_itself_is_left_out(
    tmp_path: Path, few
) -> None:
    found = others(tmp_path, "compressor", without={"fan id_02", "compressor north"})
    assert [r.machine_id for r in found] == ["MIMII fan id_00", "MIMII fan id_04"]
    assert {(r.machine_type, r.label, r.split, r.corpus) for r in found} == {
        ("compressor", "normal", "train", "MIMII spectra")
    }
    assert all(r.helper for r in found)
    assert audio.read(found[0].path).seconds == 10


def test_what_is_there_already_is_not_made_again_and_all_else_is_the_same_again(
    tmp_path: Path, few
) -> None:
    first, second = (r.path for r in others(tmp_path, "fan")[:2])
    before, made = first.stat().st_mtime_ns, second.read_bytes()
    second.unlink()
    others(tmp_path, "fan")
    assert first.stat().st_mtime_ns == before
    assert second.read_bytes() == made


def test_the_file_says_whose_work_it_is() -> None:
    with safe_open(other_machines.SPECTRA, framework="np") as file:
        said = file.metadata()
    assert "Hitachi" in said["by"]
    assert said["licence"].startswith("CC BY-SA 4.0")


@pytest.mark.parametrize(
    "content",
    [
        b"no spectra",
        save({"fan id_00": np.zeros((6, 8_001), np.float32)}),
        save({"fan id_00": np.zeros((6, 80), np.uint8)}),
        None,
    ],
    ids=["damaged", "no bytes", "other frequencies", "missing"],
)
def test_a_damaged_file_is_a_sentence(tmp_path: Path, monkeypatch, content: bytes | None) -> None:
    file = tmp_path / "spectra"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setattr(other_machines, "SPECTRA", file)
    with pytest.raises(UserError, match="install MIMIMI again"):
        spectra.__wrapped__()
