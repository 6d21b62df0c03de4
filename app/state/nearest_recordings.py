"""The normal recording that a clip is most like: found when the clip is shown, and kept."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from mimimi import deployment
from mimimi.audio import Waveform, read, recording_hash
from mimimi.detector.references import plain
from mimimi.detector.verdict import Verdict
from mimimi.errors import UserError
from mimimi.features.fingerprint import fingerprint, is_same
from mimimi.runs import Run
from state import detectors, logbooks
from state.clips import Clip
from state.explanations import LONGEST
from state.measurements import measure

if TYPE_CHECKING:
    from mimimi.detector.references import Reference
    from mimimi.explain.nearest import Neighbour

_MOST_TRIED = 100  # files of one name: MIMII has one for each machine and noise level


def find(clip: Clip, verdict: Verdict, name: str) -> Neighbour | None:
    """The nearest normal recording; None where the clip is too long, or the detector keeps none.

    Args:
        clip: the recording.
        verdict: of it.
        name: of the detector that judged.
    """
    if not verdict.machine_id or (verdict.seconds or 0) > LONGEST:
        return None
    return _find(clip.key, detectors.known()[name].stamp, verdict.machine_id, clip, name)


@st.cache_data(max_entries=64, show_spinner="Looking for a normal recording like it …")
def _find(key: str, stamp: str, machine_id: str, _clip: Clip, _name: str) -> Neighbour | None:
    from mimimi.explain.nearest import nearest

    try:
        return nearest(detectors.load(_name), measure(_clip, _name), machine_id)
    except UserError:
        return None  # the verdict, which stands all the same, has said what is wrong


def sound(reference: Reference, name: str) -> Waveform | None:
    """A normal recording as the detector heard it, where it is at hand, known by its fingerprint.

    Simulated ones are made again; those of one's own machine are in its logbook. Those of a run
    of one's own are looked for in the folders that it was trained on; on an installation that many
    people use those are nobody's to be heard.

    Args:
        reference: the recording.
        name: of the detector that keeps it.
    """
    chosen = detectors.known()[name]
    return _sound(reference.fingerprint, chosen.stamp, reference.name, chosen)


@st.cache_data(max_entries=16, show_spinner=False)
def _sound(known: str, stamp: str, name: str, _chosen: detectors.Known) -> Waveform | None:
    from mimimi.simulate import written_again

    channel = _chosen.channels or 0
    again = written_again(_chosen.machine_type, name)
    if again and (made := _same(read(again, name=name), again, known)):
        return made
    if of := logbooks.machine(_chosen.name):
        for entry in of.book.entries():
            sound = of.book.sound(entry.sound) if plain(entry.file) == name else None
            if sound and (found := _same(read(sound, channel=channel, name=name), sound, known)):
                return found
    if not _chosen.trusted or deployment.shared():
        return None
    for root in Run(_chosen.folder).read().get("asked", {}).get("data", []):
        for path in list(Path(root).rglob(glob.escape(name)))[:_MOST_TRIED]:
            try:
                if found := _same(read(path, channel=channel), path, known):
                    return found
            except UserError:
                continue
    return None


def _same(waveform: Waveform, source: Path | bytes, known: str) -> Waveform | None:
    """The waveform if it is of the recording that is known; detectors of format 2 know a hash."""
    same = is_same(fingerprint(waveform.samples), known) or recording_hash(source) == known
    return waveform if same else None
