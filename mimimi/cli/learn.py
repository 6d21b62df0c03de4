"""`learn`: remember how one machine sounds when all is well."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mimimi.cli.console import BAD, NORMAL, complain, say
from mimimi.errors import AudioError, UserError

if TYPE_CHECKING:
    from mimimi.audio import Waveform
    from mimimi.cli.console import Verbs


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser("learn", help="learn one machine from a minute of its normal sound")
    verb.add_argument("name", metavar="NAME", help='of the machine, such as "compressor 2"')
    verb.add_argument("places", nargs="+", metavar="FILE|FOLDER", help="normal recordings of it")
    verb.add_argument("--kind", metavar="KIND", help="of machine, such as compressor")
    verb.add_argument(
        "--channel", type=int, default=0, help="channel to hear, counted from 0 (default 0)"
    )
    verb.add_argument(
        "--add", action="store_true", help="add to what was learnt of the machine before"
    )
    verb.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where to save it (default: found by its name)"
    )
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from mimimi.data.find import find
    from mimimi.detector.checkpoint import CONFIG
    from mimimi.detector.detector import Detector
    from mimimi.detector.learning import advice
    from mimimi.detector.publishing import about
    from mimimi.jobs import names
    from mimimi.terminal import one_line

    there = find(options.places)
    if there.left_out:
        say(there.left_out)
    if options.add and options.kind:
        raise UserError("--add keeps the kind of machine; leave --kind out.")
    slug = names.job_name if options.add else names.free
    folder = options.out or names.runs() / slug(options.name)
    if not options.add and (folder / CONFIG).exists():
        raise UserError(f"There is a detector in {folder}; --add adds to it.")
    before = Detector.from_pretrained(folder) if options.add else None
    heard = _hear(there.files, options.channel)
    if before:
        detector = before.remember(heard)
    else:
        detector = Detector.learn(options.name, heard, options.kind or "machine")
    detector.save_pretrained(folder)
    machine_id, learnt = detector.ids[0], detector.config.about
    new = len(detector.config.trained_on) - (len(before.config.trained_on) if before else 0)
    if new < len(heard):
        say(f"left out: {len(heard) - new} heard before")
    threshold = detector.calibration.threshold("given", machine_id)
    say(
        one_line(
            f"{about.seconds(learnt):.0f} s of {detector.machine_type} {machine_id} learnt; false "
            f"alarms: {threshold.how}"
        )
    )
    if said := advice(about.seconds(learnt)):
        say(f"{said}; add more with --add")
    called = options.out or folder.name
    say(one_line(f"judge a recording:  python -m mimimi score {called} clip.wav"))
    return NORMAL if len(heard) == len(there.files) else BAD


def _hear(files: Sequence[str], channel: int) -> list[Waveform]:
    """Those recordings that can be learnt from; of the others it is said why they cannot."""
    from mimimi.detector.learning import hear
    from mimimi.terminal import one_line, stderr_muted

    heard = []
    for file in files:
        try:
            with stderr_muted():
                waveform = hear(file, channel)
        except AudioError as error:
            complain(error)
            continue
        if waveform.warning:
            say(one_line(f"{file}: {waveform.warning}"))
        heard.append(waveform)
    if not heard:
        raise UserError("None of the recordings can be learnt from.")
    return heard
