import sys

import pytest

from mimimi.detector.detector import Detector
from mimimi.explain.explanation import may_take_long


@pytest.fixture
def fan() -> Detector:
    return Detector.from_pretrained("fan")


def test_networks_have_to_wait_for_torch_once(fan, monkeypatch) -> None:
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    assert may_take_long(fan)
    monkeypatch.setitem(sys.modules, "torch", pytest)  # any module
    assert not may_take_long(fan)


def test_a_memory_explains_at_once(hum, monkeypatch) -> None:
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    learnt = Detector.learn("mill", [(hum(seed=k), 16_000) for k in range(3)])
    assert not may_take_long(learnt)
