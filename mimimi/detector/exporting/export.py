"""A detector as a folder for a small computer: a graph, thresholds, and 20 lines of Python."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mimimi.config import FrontEnd, LineSpectrumConfig
from mimimi.detector.config import MemberConfig
from mimimi.detector.exporting import front_end, memory
from mimimi.detector.exporting.guide import guide, program
from mimimi.detector.memories_member import MemoriesMember
from mimimi.detector.memory_member import MemoryMember
from mimimi.detector.threshold import conformal
from mimimi.errors import UserError
from mimimi.features.spectrum import window_starts
from mimimi.files import replace_file
from mimimi.memory.states import STATES
from mimimi.networks import graph as networks
from mimimi.networks.graph_builder import Graph, Shape

if TYPE_CHECKING:
    from mimimi.detector.detector import Detector
    from mimimi.detector.member import Member, NetworkMember

SAMPLES, SCORES, MARGINS, TOLD = "samples", "scores", "margins", "told"


def export(detector: Detector, folder: Path) -> None:
    """Write a detector so that numpy and ONNX Runtime alone can judge by it.

    Args:
        detector: trained or learnt.
        folder: made where it is missing; gets `detector.onnx`, `detector.json`, `judge.py` and
            `README.md`.

    Raises:
        UserError: it hears through frames that this cannot express, or the folder holds something
            else, or a second microphone hears the hall.
    """
    if detector.config.channels:
        raise UserError(
            "It was made with a second microphone that hears the hall, which one graph of one "
            "channel cannot take out: judge with MIMIMI itself there."
        )
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "detector.onnx").is_file():
        raise UserError(f"{folder} holds something else; name an empty folder.")
    graph = graph_of(detector)
    about = json.dumps(_about(detector), indent=1, allow_nan=False, ensure_ascii=False) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / "detector.onnx", graph)
    replace_file(folder / "detector.json", about.encode())
    replace_file(folder / "judge.py", program(detector.ensemble.memory).encode())
    replace_file(folder / "README.md", guide(detector).encode())


def graph_of(detector: Detector) -> bytes:
    """The whole of it as an ONNX model.

    It reads `samples` `(160000,)`, 10 s at 16 kHz, and gives `scores` `(ids,)`; where a memory
    judges alone also `margins`, by how much each normal recording scores above this one; and where
    that has states `told` `(2,)`, 0 or 1: the state by each of two views.

    Raises:
        UserError: as `export`.
    """
    graph, members = Graph(), detector.ensemble.members
    reads = {SAMPLES: [detector.front_end.segment_samples]}
    views = memory.described(graph, SAMPLES) if _remembers(members) else {}
    if alone := detector.ensemble.memory:
        score = memory.score(graph, views, alone.bank)
        graph.add("Reshape", score, np.array([1]), to=SCORES)
        memory.margins(graph, views, alone.bank, to=MARGINS)
        gives: dict[str, Shape] = {SCORES: [1], MARGINS: [None]}
        if alone.states:
            memory.told(graph, views, alone.bank, alone.states, to=TOLD)
            gives[TOLD] = [None]
        return graph.model(reads, gives)
    heard: dict[tuple[FrontEnd, bool], str] = {}
    scored = [_scores(graph, member, views, heard) for member in members]
    kept = _windows(members[0])
    halves: dict[bool, list[str]] = {}
    for member, found in zip(members, scored, strict=True):
        if _windows(member) != kept:
            found = graph.add("ReduceMean", found, np.array([0]), keepdims=1)
        apart = graph.add("Sub", found, member.config.mean)
        scaled = graph.add("Div", apart, member.config.deviation)
        if detector.ensemble.memories:
            scaled = graph.add("Asinh", scaled)
        halves.setdefault(isinstance(member.config, MemberConfig), []).append(scaled)
    fused = graph.add("Mean", *(graph.add("Mean", *half) for half in halves.values()))
    graph.add("ReduceMean", fused, np.array([0]), keepdims=0, to=SCORES)
    return graph.model(reads, {SCORES: [len(detector.ids)]})


def _remembers(members: tuple[Member, ...]) -> bool:
    return any(isinstance(member, MemoryMember | MemoriesMember) for member in members)


def _windows(member: Member) -> int:
    """How many windows it hears a segment in."""
    of = member.config.front_end
    return len(window_starts(of.segment_frames, of.window_frames))


def _scores(
    graph: Graph,
    member: Member,
    views: dict[str, str],
    heard: dict[tuple[FrontEnd, bool], str],
) -> str:
    """Of a member, `(its windows, ids)`; what several read is computed for the first of them."""
    if isinstance(member, MemoriesMember):
        each = [memory.score(graph, views, bank) for bank in member.banks]
        return graph.add("Concat", *each, axis=1)
    if isinstance(member, MemoryMember):
        return memory.score(graph, views, member.bank)
    network: NetworkMember = member  # type: ignore[assignment]
    hears, config = network.config.front_end, network.config.network
    if hears.n_fft % hears.hop_length:
        raise UserError("Frames whose hop does not divide them cannot be exported.")
    of_lines = isinstance(config, LineSpectrumConfig)
    if (read := heard.get((hears, of_lines))) is None:
        make = front_end.lines if of_lines else front_end.windows
        read = heard[hears, of_lines] = make(graph, SAMPLES, hears)
    if isinstance(config, LineSpectrumConfig):
        logits = networks.line_spectrum(graph, read, network.weights, config)
    else:
        logits, _ = networks.detector(graph, read, network.weights, config)
    likely = graph.add("LogSoftmax", logits, axis=1)
    return graph.add("Gather", graph.add("Neg", likely), np.array(network.own), axis=1)


def _limit(recordings: Sequence[int]) -> dict[str, object]:
    """Which of so many sorted scores is the threshold, counted from 0, and what it promises."""
    limit = conformal(range(len(recordings)))
    return {"rank": round(limit.value), "false_alarm_rate": limit.false_alarm_rate}


def _about(detector: Detector) -> dict[str, object]:
    """What stands beside the graph, JSON types."""
    about: dict[str, object] = {"machine_type": detector.machine_type, "ids": list(detector.ids)}
    if learnt := detector.ensemble.memory:
        every = range(len(learnt.bank.leave_one_out_scores()))
        about |= _limit(every)
        if states := learnt.states:
            about |= {"state": "neither", "recordings": list(every)}
            own = {state: np.flatnonzero(states.counts(state)).tolist() for state in STATES}
            about["states"] = [
                {"state": state, "recordings": found, **_limit(found)}
                for state, found in own.items()
            ]
        return about
    limits = {i: detector.calibration.threshold("given", i) for i in detector.ids}
    return about | {
        "thresholds": {i: limit.value for i, limit in limits.items()},
        "false_alarm_rates": {i: limit.false_alarm_rate for i, limit in limits.items()},
    }
