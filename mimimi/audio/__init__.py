"""From a file, bytes or an array to a `Waveform`: the one door for sound."""

from mimimi.audio.channel_reader import Samples, Waveform
from mimimi.audio.decode import Source, blocks, excerpt, from_array, length, read, recording_hash

__all__ = [
    "Samples",
    "Source",
    "Waveform",
    "blocks",
    "excerpt",
    "from_array",
    "length",
    "read",
    "recording_hash",
]
