"""`score`: judge recordings."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from mimimi.cli.console import ANOMALOUS, BAD, NORMAL, add_judging, checked_rate, complain
from mimimi.errors import UserError
from mimimi.terminal import one_line, stderr_muted

if TYPE_CHECKING:
    from mimimi.cli.console import Verbs


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser("score", help="judge recordings")
    verb.add_argument(
        "detector", help="fan, pump, slider, valve, a folder, or a Hub repo user/name"
    )
    verb.add_argument("files", nargs="+", metavar="FILE", help="WAV, FLAC, OGG or MP3")
    add_judging(verb)
    verb.add_argument(
        "--explain",
        action="store_true",
        help="say of unusual recordings where in time and frequency they are (ten times the time)",
    )
    form = verb.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a list of objects")
    form.add_argument("--csv", action="store_true", help="print a table with a line a file")
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from mimimi.detector import Detector
    from mimimi.errors import UnknownMachineError
    from mimimi.explain import explain
    from mimimi.verdict import Verdict, as_csv, as_json, as_text

    rate = checked_rate(options)
    detector = Detector.from_pretrained(options.detector)
    verdicts = []
    for file in options.files:
        try:
            with stderr_muted():
                verdict = detector.analyse(
                    file,
                    options.machine_id,
                    channel=options.channel,
                    false_alarm_rate=rate,
                )
                if options.explain and verdict.is_anomalous and verdict.machine_id:
                    found = explain(detector, file, verdict.machine_id, channel=options.channel)
                    verdict = replace(verdict, where=found.sentence)
        except UnknownMachineError:
            raise
        except UserError as error:
            complain(error)
            verdict = Verdict(file, detector.machine_type, options.machine_id, error=str(error))
        verdicts.append(verdict)
        if not (options.json or options.csv):
            print(one_line(as_text(verdict)))
    if options.json:
        print(as_json(verdicts))
    if options.csv:
        print(as_csv(verdicts), end="")
    if any(verdict.error for verdict in verdicts):
        return BAD
    return ANOMALOUS if any(verdict.is_anomalous for verdict in verdicts) else NORMAL
