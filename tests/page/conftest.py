"""A recording of a fan, and how often anything is judged."""

from collections import Counter

import pytest

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
