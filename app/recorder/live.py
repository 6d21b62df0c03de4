"""The microphone block by block, while it is open.

Why not streamlit-webrtc: between a browser and a server that is not the same machine it needs STUN
and mostly TURN servers, which somebody has to run; the sound goes through the Opus codec, which is
made for ears and alters what the detectors judge; and aiortc, PyAV and FFmpeg come along. Here PCM
goes through the connection that the page has anyway. Its price is some seconds of delay and 100
kB/s, neither of which matters to a verdict about ten seconds.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import recorder
from state import keys

_LONGEST = 60  # s; the browser keeps less
_FASTEST = 192_000  # Hz; what says more is no microphone's


@dataclass(frozen=True)
class Block:
    """A stretch of sound; `take` tells one opening of the microphone from the next."""

    take: str
    first: int  # of the microphone's samples
    rate: int  # Hz
    samples: NDArray[np.float32]  # `(time,)`, or `(time, 2)` of two microphones, within -1 to 1

    @property
    def end(self) -> int:
        """The sample after its last."""
        return self.first + len(self.samples)


def is_open(key: str) -> bool:
    """Whether the microphone is open; closed as long as its button was not shown."""
    return bool(st.session_state.get(key, {}).get("listening"))


def listen(
    key: str,
    taken: Block | None,
    on_block: Callable[[Block], None],
    *,
    alarm: str | None,
    ring: bool,
    channels: int = 1,
) -> None:
    """Show the microphone's button.

    Args:
        key: of the component.
        taken: the last block that has arrived: the browser sends no other before it knows.
        on_block: called with each, before the rerun that it causes.
        alarm: that is on, in words.
        ring: whether the browser says so, by a sound and in its tab's title.
        channels: 2 where a second microphone hears the hall.
    """

    def arrived() -> None:
        if block := received(st.session_state[key]["block"]):
            on_block(block)

    def give_up() -> None:
        st.session_state[keys.NO_RECORDER] = str(st.session_state[key]["unsupported"])

    recorder.component("live")(
        key=key,
        data={
            "take": taken.take if taken else None,
            "taken": taken.end if taken else None,
            "alarm": alarm if ring else None,
            "channels": channels,
        },
        default={"listening": False},
        on_block_change=arrived,
        on_listening_change=lambda: None,
        on_unsupported_change=give_up,
    )


def received(message: Any) -> Block | None:
    """What came from the browser, which anybody may have written."""
    try:
        samples = np.frombuffer(base64.b64decode(message["pcm"], validate=True), "<i2")
        if message.get("channels") == 2:
            samples = samples.reshape(-1, 2)
        block = Block(
            str(message["take"])[:64],
            int(message["first"]),
            int(message["rate"]),
            samples.astype(np.float32) / np.float32(32_768),
        )
    except (KeyError, TypeError, ValueError, OverflowError, binascii.Error):
        return None
    plausible = block.first >= 0 and 0 < len(samples) <= _LONGEST * min(block.rate, _FASTEST)
    return block if plausible else None
