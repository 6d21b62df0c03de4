"""`watch`: find alarms in long recordings and in folders of consecutive clips."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mimimi.cli.console import (
    ANOMALOUS,
    BAD,
    NORMAL,
    add_judging,
    checked_rate,
    complain,
    progress,
    say,
    show,
)
from mimimi.detector.threshold import odds
from mimimi.monitor.alarm import Rule, clock, events
from mimimi.monitor.export import as_csv, as_json
from mimimi.names import called
from mimimi.terminal import one_line

if TYPE_CHECKING:
    from mimimi.cli.console import Verbs
    from mimimi.monitor.alarm import Event, ScoredSegment


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser("watch", help="find when it sounded unusual in hours of sound")
    add_judging(
        verb,
        places="long recordings, or folders of clips, which are played in the order of their names",
    )
    verb.add_argument(
        "--alarm",
        metavar="K/N",
        help="raise an alarm when K of N segments of 10 s in a row are unusual (default 5/6)",
    )
    form = verb.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print alarms and all segments as JSON")
    form.add_argument("--csv", action="store_true", help="print alarms as CSV, one line per alarm")
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from mimimi.data.find import find, no_recordings
    from mimimi.detector.detector import Detector
    from mimimi.monitor.stream import find_machine_of, watch_all

    rate = checked_rate(options)
    rule = Rule.parse(options.alarm) if options.alarm else Rule()
    there = find(options.places)
    if there.empty:
        raise no_recordings(there.empty[0], there.left_out)
    if there.left_out:
        say(there.left_out)
    named = [(file, Path(file)) for file in there.files]
    detector = Detector.from_pretrained(options.detector)
    channel = detector.channel(options.channel, options.reference_channel)
    machine_id = options.machine_id or (detector.ids[0] if len(detector.ids) == 1 else None)
    if not machine_id:
        machine_id = find_machine_of(detector, named, channel=channel)
        say(
            f"machine inferred from the first minute: {machine_id}; less reliable than --machine-id"
        )
    segments: list[ScoredSegment] = []
    found: list[Event] = []

    said: set[tuple[str, str]] = set()

    def heard() -> Iterator[ScoredSegment]:
        for segment in watch_all(
            detector, named, machine_id, channel=channel, false_alarm_rate=rate
        ):
            segments.append(segment)
            if segment.error:
                complain(f"{clock(segment.start)} {segment.error}")
            for problem in segment.problems:  # what has no time is said once
                which = problem.kind if problem.start is None else problem.text
                if (segment.file, which) not in said:
                    said.add((segment.file, which))
                    say(one_line(f"{segment.file}: {problem.text}"))
            progress(f"{clock(segment.end)} of {segment.file} judged, {len(found)} alarms so far")
            yield segment

    for event in events(heard(), rule):
        found.append(event)
        if not (options.json or options.csv):
            progress("")
            print(one_line(_line(event)), flush=True)
    progress("")
    if options.json:
        print(as_json(detector.machine_type, machine_id, rule, found, segments))
    elif options.csv:
        show(as_csv(found), end="")
    judged = sum(segment.score is not None for segment in segments)
    if not judged:
        return BAD
    unusual = sum(segment.is_anomalous for segment in segments)
    machine = called(detector.machine_type, machine_id)
    alarms = "1 alarm" if len(found) == 1 else f"{len(found) or 'no'} alarms"
    raises = f"{rule} segments in a row are" if rule.n > 1 else "any segment is"
    say(
        f"{clock(segments[-1].end)} judged as {machine}: {alarms}; {unusual} of {judged} segments "
        f"of 10 s were unusual, and an alarm is raised when {raises}"
    )
    if any(segment.error for segment in segments):
        return BAD
    return ANOMALOUS if found else NORMAL


def _line(event: Event) -> str:
    line = (
        f"{clock(event.start)} to {clock(event.end)}: UNUSUAL, most unusual at {clock(event.peak)} "
        f"({event.peak_file}), score {event.peak_score:.3f}"
    )
    if event.mean_p_value:
        line += f"; while all is well, at most {odds(event.mean_p_value)} sounds so, on average"
    return line
