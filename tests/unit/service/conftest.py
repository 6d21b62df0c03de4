"""A machine that hums, a detector that has learnt it, and a home of one's own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from listening import ToldServer

from mimimi.detector.detector import Detector

EPOCH = 1_700_000_000.0  # s since 1970, when test recordings end


@pytest.fixture(scope="session")
def hum_detector(hum: Callable[..., np.ndarray]) -> Detector:
    return Detector.learn("hum", [(hum(seed=seed), 16_000) for seed in range(20)])


@pytest.fixture(scope="session")
def hum_folder(hum_detector: Detector, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("learnt") / "hum"
    hum_detector.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def turning(hum: Callable[..., np.ndarray]) -> np.ndarray:
    """40 s well, 40 s faulty, 40 s well again."""
    return np.concatenate([hum(40, seed=100), hum(40, hertz=600.0, seed=101), hum(40, seed=102)])


@pytest.fixture
def drop(tmp_path: Path) -> Callable[..., Path]:
    """Drop a recording into a folder as one that ended so many seconds after `EPOCH`."""

    def write(sound: np.ndarray, ended: float, folder: str = "dropped") -> Path:
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        path = place / f"{ended:06.0f}.wav"
        soundfile.write(path, sound, 16_000)
        os.utime(path, (EPOCH + ended, EPOCH + ended))
        return path

    return write


@pytest.fixture
def told() -> Iterator[ToldServer]:
    server = ToldServer()
    yield server
    server.close()
