"""What the browser sends of its microphone: a block of sound, or nothing."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from recorder.live import received


def message(**changes: object) -> dict[str, object]:
    pcm = base64.b64encode(np.array([0, 16_384, -32_768], "<i2").tobytes()).decode()
    return {"take": "a", "first": 7, "rate": 48_000, "pcm": pcm} | changes


def test_a_block_arrives_as_it_was_sent():
    block = received(message())
    assert (block.take, block.first, block.rate, block.end) == ("a", 7, 48_000, 10)
    assert block.samples.tolist() == [0.0, 0.5, -1.0]


def test_a_block_of_two_microphones_has_both_side_by_side():
    both = base64.b64encode(np.array([1, 2, 3, 4], "<i2").tobytes()).decode()
    block = received(message(pcm=both, channels=2))
    assert (block.samples * 32_768).tolist() == [[1, 2], [3, 4]]
    assert block.end == 9


@pytest.mark.parametrize(
    "hostile",
    [
        message(channels=2),  # of three samples
        None,
        "sound",
        {},
        message(pcm="no base64!"),
        message(pcm="AAAA"),  # three bytes
        message(pcm=""),
        message(pcm=7),
        message(first=-1),
        message(first="inf"),
        message(rate=float("inf")),
        message(rate=0),
        message(pcm=base64.b64encode(bytes(2 * 61 * 8_000)).decode(), rate=8_000),
    ],
)
def test_what_is_no_block_is_ignored(hostile):
    assert received(hostile) is None
