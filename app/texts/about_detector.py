"""What a detector is, in a line or two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mimimi.data.other_machines import CORPUS
from mimimi.detector.publishing.about import licence, recordings, seconds
from mimimi.detector.publishing.hub import Listed
from texts.formats import plain


def origin(machine_type: str, place: str, about: dict[str, Any]) -> str:
    """Which detector judged, and what it was trained on."""
    text = f"Judged by the {machine_type} detector ({plain(place)})"
    if trained := trained_on(about):
        text += f", trained on {trained}"
    return text + "."


def learnt(machine: str, about: dict[str, Any]) -> str:
    """What a machine's own memory has heard."""
    return f"Compared with {seconds(about):.0f} s of {machine} running well."


def trained_on(about: dict[str, Any]) -> str:
    """The recordings behind the weights."""
    return " and ".join(_counted(count, corpus) for corpus, count in recordings(about).items())


def _counted(count: int, corpus: str) -> str:
    recordings = "recording" if count == 1 else "recordings"
    if corpus == "simulated":
        return f"{count} simulated {recordings}"
    if corpus == CORPUS:
        return f"{count} sounds with spectra of MIMII"
    return f"{count} {recordings} of {plain(corpus)}"


def at_a_glance(ids: Sequence[str], place: str, about: dict[str, Any], *, learnt: bool) -> str:
    """Machines, origin, data and licence of one that is at hand.

    Args:
        ids: of its machines.
        place: where it comes from.
        about: what its folder says.
        learnt: whether it is one machine's memory, which is called after it.
    """
    known = licence(about)
    said = [
        "" if learnt else f"Knows {', '.join(ids[:12])}{' …' if len(ids) > 12 else ''}",
        f"Comes from: {plain(place)}",
        f"Learnt from: {trained_on(about) or 'not recorded'}",
        f"Licence: {known.upper() if known else 'not known'}" if known or not learnt else "",
    ]
    return "  \n".join(filter(None, said))


def listed(found: Listed) -> str:
    """One as the Hub lists it."""
    parts = [
        found.machine_type or "unknown kind",
        f"licence {found.licence or 'not known'}",
        f"{found.downloads} downloads",
        f"last changed {found.changed}" if found.changed else "",
    ]
    return f"**{plain(found.repo)}**  \n{plain(', '.join(part for part in parts if part))}"
