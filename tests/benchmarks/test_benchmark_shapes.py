"""The trial of less of the complex network: as shipped, it judges as the detector does."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from benchmarks.accuracy.shapes import RECIPE, WAYS, beside_it, by_window, first_block, judged
from mimimi import Detector, audio
from mimimi.config import SAMPLE_RATE, NetworkConfig
from mimimi.detector.config import MemberConfig
from mimimi.detector.member import NetworkMember
from mimimi.features.segment_spectra import ArraySpectra
from mimimi.networks.detector_network import DetectorNetwork
from mimimi.simulate import simulate_clip


def test_the_way_that_ships_judges_as_the_detector_does() -> None:
    detector = Detector.from_pretrained("valve")
    bundled = detector.ensemble.networks[0]
    member = replace(bundled, own=tuple(range(len(bundled.config.machines))))
    source = (simulate_clip("valve", "id_51", clip=77), SAMPLE_RATE)
    clip = beside_it(detector, source, "id_51", "dev", "", False)
    windows = np.array([by_window(member, source, "valve id_51")])
    scale = (bundled.config.mean, bundled.config.deviation)
    (as_shipped,) = judged([clip], windows, scale, WAYS[0])
    measured = detector.measure(audio.read(source))
    score = measured.ids[detector.ids.index("id_51")]
    assert as_shipped.ensemble / 2 == pytest.approx(float(score), abs=1e-5)


def test_a_network_with_longer_strides_is_judged_as_torch_has_it() -> None:
    torch.manual_seed(0)
    with first_block("by four"):
        assert isinstance(RECIPE.network, NetworkConfig)
        network = DetectorNetwork(3, RECIPE.network).eval()
        config = MemberConfig("complex", RECIPE.front_end, RECIPE.network, ("a a", "a b", "a c"))
        member = NetworkMember.of_all(config, network)
        samples = np.random.default_rng(0).random((1, 160_000), np.float32)
        windows = ArraySpectra(samples).windows(RECIPE.front_end)[0]
        logits = member.session.run(windows)[0]
    with torch.inference_mode():
        first = next(network.blocks.children())(torch.from_numpy(windows))
        expected = network(torch.from_numpy(windows)).total.numpy()
    assert first.shape[-2:] == (129, 16)
    assert logits == pytest.approx(expected, abs=1e-5)
