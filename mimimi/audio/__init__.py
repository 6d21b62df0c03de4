"""From a file, bytes or an array to a `Waveform`: the one door for sound."""

from mimimi.audio.block_stream import BlockStream
from mimimi.audio.channels import SIDE_BY_SIDE, Channel, Pair
from mimimi.audio.decode import (
    Source,
    as_recorded,
    blocks,
    channels,
    excerpt,
    from_array,
    length,
    read,
    recording_hash,
)
from mimimi.audio.reference_channel import without_hall
from mimimi.audio.waveform import Problem, Samples, Waveform

# Endings of files that are tried as recordings where a folder is given.
SUFFIXES = (
    ".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au",
    ".snd", ".caf", ".w64", ".rf64", ".bw64", ".bwf", ".m4a", ".m4b", ".mp4", ".mov", ".3gp",
    ".3g2", ".aac", ".amr", ".awb", ".webm", ".mka", ".mkv", ".wma", ".asf",
)  # fmt: skip

__all__ = [
    "SIDE_BY_SIDE",
    "SUFFIXES",
    "BlockStream",
    "Channel",
    "Pair",
    "Problem",
    "Samples",
    "Source",
    "Waveform",
    "as_recorded",
    "blocks",
    "channels",
    "excerpt",
    "from_array",
    "length",
    "read",
    "recording_hash",
    "without_hall",
]
