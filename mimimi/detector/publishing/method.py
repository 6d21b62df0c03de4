"""By what a detector judges, in the words of its card."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

from mimimi.config import LineSpectrumConfig, NetworkConfig
from mimimi.detector.config import AnyMemberConfig, MemberConfig, MemoryConfig
from mimimi.detector.memories_config import MemoriesConfig


def is_memory(members: Sequence[AnyMemberConfig]) -> bool:
    """Whether a memory of one machine judges, and no network."""
    return any(isinstance(member, MemoryConfig) for member in members)


def method(members: Sequence[AnyMemberConfig]) -> str:
    """The sentences after the first one of a card."""
    if is_memory(members):
        return """It is a memory of normal
sound, without a network: a segment of 10 s is compared with the normal ones that it remembers, by
its tones, its unrest, its peaks, and how its bands rise and fall together, and how fast."""
    return f"""The network is that of Kim, Ho and Kang,
"Self-supervised Complex Network for Machine Sound Anomaly Detection" (EUSIPCO 2021): it reads
magnitude and phase, and was trained on normal sounds alone to tell the machines apart.
{_unlike_the_paper(members)}{_others(members)}"""


def _unlike_the_paper(members: Sequence[AnyMemberConfig]) -> str:
    """What of the paper's network is smaller or larger here."""
    networks = [member.network for member in members if isinstance(member, MemberConfig)]
    network = next((of for of in networks if isinstance(of, NetworkConfig)), NetworkConfig())
    differs = []
    if network.width != (papers := NetworkConfig()).width:
        differs.append(f"it has {network.width:g} times the paper's channels")
    if network.first_stride != papers.first_stride:
        strides = f"{network.first_stride} in place of {papers.first_stride}"
        differs.append(f"its first block strides by {strides} along frequency and time")
    return fill(f"Here {', and '.join(differs)}.", 100) + "\n" if differs else ""


def _others(members: Sequence[AnyMemberConfig]) -> str:
    """What judges beside the paper's network."""
    lines = sum(
        isinstance(member, MemberConfig) and isinstance(member.network, LineSpectrumConfig)
        for member in members
    )
    if not lines:
        return _memories(members)
    return f"""
Beside it judge {lines} line-spectrum networks, which read a spectrum of 1 Hz bins averaged over 10
s, and know the machines of other types too; what networks say is the mean of all, on one scale.
These networks were chosen on MIMII's clips at -6 dB of the split `dev`: figures on those flatter.
{_memories(members)}"""


def _memories(members: Sequence[AnyMemberConfig]) -> str:
    """What they hold, and how they count."""
    segments = sum(sum(m.segments) for m in members if isinstance(m, MemoriesConfig))
    if not segments:
        return ""
    return f"""
The other half of the score is a memory of each machine's normal sound, which compares a segment by
its tones, its unrest, its peaks, and how its bands rise and fall together, and how fast. It holds
what these five views make of {segments} segments of 10 s, and their mean spectra, not the sound.
They derive from the recordings below and go with the weights under the same licence.
"""
