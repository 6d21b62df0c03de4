"""`learn`: remember how one machine sounds when all is well."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mimimi.cli.console import NORMAL, say
from mimimi.errors import UserError

if TYPE_CHECKING:
    from mimimi.cli.console import Verbs
    from mimimi.detector.detector import Detector


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser("learn", help="learn one machine from a minute of its normal sound")
    verb.add_argument("name", metavar="NAME", help='of the machine, such as "compressor 2"')
    verb.add_argument("places", nargs="*", metavar="FILE|FOLDER", help="recordings of it")
    first_or_more = verb.add_mutually_exclusive_group()
    first_or_more.add_argument("--kind", metavar="KIND", help="of machine, such as compressor")
    first_or_more.add_argument(
        "--add", action="store_true", help="add normal sound to what was learnt before"
    )
    first_or_more.add_argument(
        "--adapt",
        action="store_true",
        help="normal sound with another microphone, at another place or in other noise",
    )
    first_or_more.add_argument(
        "--normal", action="store_true", help="recordings that were judged, and are normal"
    )
    first_or_more.add_argument(
        "--fault", metavar="FAULT", help='recordings of a fault, and its name, such as "bearing"'
    )
    first_or_more.add_argument("--undo", action="store_true", help="take back the last of these")
    verb.add_argument(
        "--channel", type=int, default=0, help="channel to hear, counted from 0 (default 0)"
    )
    verb.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where it is saved (default: found by its name)"
    )
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from mimimi.jobs import names
    from mimimi.terminal import one_line

    more = options.add or options.adapt or options.normal or options.fault or options.undo
    slug = names.job_name if more else names.free
    folder: Path = options.out or names.runs() / slug(options.name)
    if bool(options.places) == options.undo:
        raise UserError(
            "--undo takes no recordings." if options.undo else "Name recordings to learn from."
        )
    detector = _told(options, folder) if more else _learnt(options, folder)
    detector.save_pretrained(folder)
    called = options.out or folder.name
    say(one_line(f"judge a recording:  python -m mimimi score {called} clip.wav"))
    return NORMAL


def _learnt(options: argparse.Namespace, folder: Path) -> Detector:
    from mimimi.detector.checkpoint import CONFIG
    from mimimi.detector.detector import Detector
    from mimimi.terminal import stderr_muted

    if (folder / CONFIG).exists():
        raise UserError(f"There is a detector in {folder}; --add adds to it.")
    files = _files(options)
    with stderr_muted():
        kind = options.kind or "machine"
        detector = Detector.learn(options.name, files, kind, channel=options.channel)
    _say_promise(detector, len(files) - len(detector.occasions[0].fingerprints))
    return detector


def _told(options: argparse.Namespace, folder: Path) -> Detector:
    """What was learnt before, after this."""
    from mimimi.detector.detector import Detector
    from mimimi.terminal import one_line, stderr_muted

    before = Detector.from_pretrained(folder)
    if options.undo:
        after = before.undo()
        say(one_line(f"undone: {before.occasions[-1].text}"))
        _say_promise(after, 0)
        return after
    files = _files(options)
    told, channel = before, options.channel
    with stderr_muted():
        if options.add:
            told = before.remember(files, channel=channel)
        elif options.adapt:
            told = before.adapt(files, channel=channel)
        for file in files if options.normal or options.fault else ():
            if options.normal:
                told = told.was_normal(file, channel=channel)
            else:
                told = told.was_fault(file, options.fault, channel=channel)
    if options.fault:
        later = told.occasions[-1].like
        say(one_line(f"what sounds more like this than normal is called from now on: {later}"))
    else:
        known = told.config.trained_on - before.config.trained_on
        _say_promise(told, len(files) - len(known))
    return told


def _files(options: argparse.Namespace) -> list[str]:
    from mimimi.data.find import find

    there = find(options.places)
    if there.left_out:
        say(there.left_out)
    return there.files


def _say_promise(detector: Detector, known: int) -> None:
    """What was learnt of which machine, what it promises, and what more would buy."""
    from mimimi.detector.learning import advice, memory_of
    from mimimi.names import called
    from mimimi.terminal import one_line

    if known:
        say(f"left out: {known} heard before")
    machine_id, heard = detector.ids[0], memory_of(detector.ensemble).promising
    seconds = sum(occasion.seconds for occasion in heard)
    threshold = detector.calibration.threshold("given", machine_id)
    machine = called(detector.machine_type, machine_id)
    say(one_line(f"{seconds:.0f} s of {machine} learnt; false alarms: {threshold.how}"))
    if said := advice(seconds):
        say(f"{said}; it is added with --add")
