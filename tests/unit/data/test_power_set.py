"""Mean power spectra that are kept: those of the windows they stand for, made once."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from mimimi.config import LINE_SPECTRUM
from mimimi.data import power_set
from mimimi.data.index import Recording
from mimimi.data.power_set import PowerSet, mean_power
from mimimi.data.training_set import TrainingSet
from mimimi.features import tensors

CPU = torch.device("cpu")


def recording(path: Path, seconds: float, channels: int = 1) -> Recording:
    rng = np.random.default_rng(0)
    soundfile.write(path, 0.1 * rng.standard_normal((round(seconds * 16_000), channels)), 16_000)
    return Recording(path, "fan", "id_00", "normal", "train", "mine")


def sets(tmp_path: Path, seconds: float, channels: int = 1) -> tuple[PowerSet, TrainingSet]:
    one = recording(tmp_path / "one.wav", seconds, channels)
    of = ([one], ["fan id_00"], LINE_SPECTRUM, tmp_path / "decoded", print)
    return PowerSet(*of), TrainingSet(*of)


def powers(training_set: TrainingSet, **options) -> torch.Tensor:
    return torch.cat([found for found, _ in training_set.batches(4, CPU, **options)])


@pytest.mark.parametrize("seconds", [3.0, 10.0, 20.0])
def test_spectra_are_those_of_the_windows_that_a_network_would_be_given(tmp_path, seconds) -> None:
    kept, made_anew = sets(tmp_path, seconds, channels=2)
    expected = tensors.mean_power(powers(made_anew))
    torch.testing.assert_close(powers(kept), expected, rtol=1e-3, atol=1e-5)


def test_each_spectrum_is_made_once(tmp_path, monkeypatch) -> None:
    kept, _ = sets(tmp_path, 25.0)
    first = powers(kept)
    monkeypatch.setattr(power_set, "complex_spectrum", None)
    assert torch.equal(powers(kept), first)


def test_a_damaged_one_is_made_anew(tmp_path) -> None:
    kept, _ = sets(tmp_path, 10.0)
    first = powers(kept)
    (file,) = (tmp_path / "decoded").glob("*.power-*.npy")
    file.write_bytes(file.read_bytes()[:100])
    assert torch.equal(powers(kept), first)


def test_of_a_long_recording_a_few_starts_are_drawn_from(tmp_path) -> None:
    kept, _ = sets(tmp_path, 25.0)
    of_recording = mean_power(kept.segments[0].recording, LINE_SPECTRUM)
    assert of_recording.shape == (1, 7, 8001)  # every 2.5 s, the last where it ends
    drawn = torch.cat(
        [powers(kept, rng=np.random.default_rng(k), random_start=True) for k in range(20)]
    )
    which = {
        next(k for k, own in enumerate(of_recording[0]) if np.array_equal(own, found))
        for found in drawn[:, 0].numpy()
    }
    assert which == set(range(7))
