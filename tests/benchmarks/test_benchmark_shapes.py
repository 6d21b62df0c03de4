"""The trial of less of the paper's network: as shipped, it judges as the detector does."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.accuracy.shapes import BUNDLED, WAYS, beside_it, by_two, by_window, judged
from mimimi import Detector, audio
from mimimi.config import SAMPLE_RATE, NetworkConfig
from mimimi.simulate import simulate_clip


def test_the_way_that_ships_judges_as_the_detector_does() -> None:
    detector = Detector.from_pretrained("valve")
    bundled = detector.ensemble.networks[0]
    member = replace(bundled, own=tuple(range(len(bundled.config.machines))))
    source = (simulate_clip("valve", "id_51", clip=77), SAMPLE_RATE)
    clip = beside_it(detector, source, "id_51", "dev", "", False)
    windows = np.array([by_window(member, source, "valve id_51")])
    (shipped,) = (way for way in WAYS if way.network == BUNDLED)
    scale = (bundled.config.mean, bundled.config.deviation)
    (as_shipped,) = judged([clip], windows, scale, shipped)
    measured = detector.measure(audio.read(source))
    score = measured.ids[detector.ids.index("id_51")]
    assert as_shipped.ensemble / 2 == pytest.approx(float(score), abs=1e-5)


def test_the_other_network_differs_in_the_strides_of_its_first_block_alone() -> None:
    (bundled, *_) = Detector.from_pretrained("valve").ensemble.networks
    assert isinstance(bundled.config.network, NetworkConfig)
    assert bundled.config.network.first_stride == 4
    assert by_two().network == replace(bundled.config.network, first_stride=2)
