"""Which channels a detector hears: those that it was made with, or none that are like them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mimimi import audio
from mimimi.audio import Channel, Pair, Waveform
from mimimi.detector.config import DetectorConfig
from mimimi.errors import AudioError, UserError

_ONLY_WITH = (
    "has no second microphone that hears the hall, with which {machine} was learnt: record both "
    "microphones in one file"
)


@dataclass(frozen=True)
class Hearing:
    """The part of a detector that reads recordings; see `mimimi.detector.detector.Detector`.

    Args:
        config: says whether it was made with a second microphone that hears the hall.
    """

    config: DetectorConfig

    def channel(self, asked: Channel | None = None, reference: int | None = None) -> Channel:
        """The channels that are heard, where nothing else is asked for those it was made with.

        Args:
            asked: the channel at the machine, counted from 0, or two.
            reference: the one that hears the hall.

        Raises:
            UserError: it was made without a second microphone, or both are the same.

        Example:
            >>> from mimimi import Detector
            >>> Detector.from_pretrained("fan").channel()
            0
        """
        return channel_of(self.config, asked, reference)

    def read(
        self, source: audio.Source, channel: Channel | None = None, name: str | None = None
    ) -> Waveform:
        """Decode a recording as this detector hears it; see `mimimi.audio.read`.

        Raises:
            AudioError: as there.
            UserError: as `channel`.
        """
        return audio.read(source, channel=self.channel(channel), name=name)


def channel_of(
    config: DetectorConfig, asked: Channel | None = None, reference: int | None = None
) -> Channel:
    """See `Hearing.channel`."""
    if isinstance(asked, Pair):
        return channel_of(config, asked.near, asked.far)
    own = config.channels
    if own is None:
        if reference is None:
            return asked or 0
        raise UserError(
            "This detector was made without a second microphone; judge without one, or make it "
            "anew with one."
        )
    near = own.near if asked is None else asked
    return Pair(near, own.far if reference is None else reference)


def require_alike(config: DetectorConfig, waveform: Waveform) -> None:
    """Refuse a recording that was heard in another way than a detector's own.

    Raises:
        AudioError: it was cleaned of the hall and they were not, or the other way round.
    """
    machine = ", ".join(config.ids)
    if config.channels and waveform.reference is None:
        raise AudioError(f"{waveform.name}: {_ONLY_WITH.format(machine=machine)}.")
    if waveform.reference is not None and not config.channels:
        raise AudioError(
            f"{waveform.name}: was cleaned by a second microphone, and {machine} was learnt "
            "without one: judge its channel at the machine as it is."
        )


def pair_of(waveforms: Sequence[Waveform]) -> Pair | None:
    """The channels that recordings were read with; None where they are single ones.

    Raises:
        AudioError: some were cleaned of the hall, and others not.
    """
    cleaned = [waveform for waveform in waveforms if waveform.reference is not None]
    if not cleaned:
        return None
    for waveform in waveforms:
        if waveform.reference is None:
            raise AudioError(
                f"{waveform.name}: has no second microphone, and others have; learn from "
                "recordings that all have one."
            )
    first = cleaned[0]
    return Pair(first.channel, first.reference or 0)
