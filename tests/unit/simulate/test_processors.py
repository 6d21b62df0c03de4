"""Another processor, another last place of simulated sound: whatever is recognised still is."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from mimimi import Detector, audio
from mimimi.config import MACHINE_TYPES
from mimimi.data.index import index
from mimimi.evaluation.judging import score
from mimimi.features.fingerprint import is_among, is_same
from mimimi.simulate import simulate_clip, write_corpus, written_again
from state import examples

pytestmark = pytest.mark.slow  # processes, or bundled detectors

PRINT = """
import sys
from mimimi.simulate import simulate_clip
for machine_type in sys.argv[1:]:
    sys.stdout.buffer.write(simulate_clip(machine_type, "id_50", clip=3).tobytes())
"""


def test_without_numpys_fast_paths_it_is_the_same_sound_with_other_bits() -> None:
    fast = np.show_config(mode="dicts")["SIMD Extensions"]["found"]
    plain = os.environ | {"NPY_DISABLE_CPU_FEATURES": " ".join(fast)}
    command = [sys.executable, "-c", PRINT, *MACHINE_TYPES]
    printed = subprocess.run(command, env=plain, check=True, capture_output=True).stdout
    for machine_type, there in zip(
        MACHINE_TYPES, np.split(np.frombuffer(printed, np.float32), 4), strict=True
    ):
        here = simulate_clip(machine_type, "id_50", clip=3)
        np.testing.assert_allclose(here, there, atol=1e-6)


@pytest.mark.usefixtures("another_processor")
@pytest.mark.parametrize("machine_type", MACHINE_TYPES)
def test_the_references_of_the_bundled_detectors_are_made_again(machine_type: str) -> None:
    kept = Detector.from_pretrained(machine_type)
    simulated = [e for e in kept.references.entries if e.machine_id >= "id_50"]
    for entry in simulated[::10]:
        again = audio.read(written_again(machine_type, entry.name))
        found = kept.measure(again).fingerprint
        assert is_same(found, entry.fingerprint)
        assert is_among(found, kept.config.trained_on)


@pytest.mark.usefixtures("another_processor")
def test_simulated_clips_that_were_trained_on_enter_no_figure(tmp_path) -> None:
    write_corpus(tmp_path, types=["valve"], ids=2, clips=2, tests=2)
    valve = Detector.from_pretrained("valve")
    for recording in index([tmp_path]):
        judged = score(valve, recording)
        assert judged.trained_on == (recording.split == "train")
        # The thresholds of the bundled detectors come from test takes of the simulator.
        assert judged.calibrated_on or recording.split == "train" or recording.fault


@pytest.mark.parametrize("machine_type", MACHINE_TYPES)
def test_scores_move_by_less_than_a_hundredth(machine_type: str, request) -> None:
    detector, example = Detector.from_pretrained(machine_type), examples.Example(machine_type)
    before = detector.analyse(examples.simulate(example), example.machine_id)
    request.getfixturevalue("another_processor")
    after = detector.analyse(examples.simulate(example), example.machine_id)
    assert after.score == pytest.approx(before.score, abs=1e-2)
    assert after.is_anomalous == before.is_anomalous
