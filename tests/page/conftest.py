"""Recordings of a fan, and of a slider that is taught; how often anything is judged."""

from collections import Counter

import pytest
from teaching import slider, wav

from mimimi import Detector
from mimimi.detector.verdict import Verdict
from state import examples


@pytest.fixture(scope="module")
def clip() -> bytes:
    return examples.simulate(examples.Example("fan"))


@pytest.fixture
def judged(monkeypatch) -> Counter:
    """How often each file was judged."""
    counts: Counter = Counter()
    judge = Detector.judge

    def count(self, measured, machine_id=None, *options) -> Verdict:
        counts[measured.name, machine_id] += 1
        return judge(self, measured, machine_id, *options)

    monkeypatch.setattr(Detector, "judge", count)
    return counts


@pytest.fixture(scope="module")
def minute() -> list[tuple[str, bytes]]:
    return [(f"monday {take}.wav", wav(slider(take))) for take in range(6)]


@pytest.fixture(scope="module")
def normal() -> bytes:
    return wav(slider(90))


@pytest.fixture(scope="module")
def loose() -> list[bytes]:
    return [wav(slider(take, "loose belt")) for take in (100, 101)]
