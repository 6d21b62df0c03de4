"""`score`: judge recordings."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mimimi.cli import printed
from mimimi.cli.console import (
    ANOMALOUS,
    BAD,
    NORMAL,
    add_judging,
    checked_rate,
    complain,
    progress,
    say,
)
from mimimi.errors import UserError
from mimimi.terminal import duration

if TYPE_CHECKING:
    from mimimi.batch.score import Judge
    from mimimi.cli.console import Verbs


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser("score", help="judge recordings")
    add_judging(verb, places="recordings, or folders, with all recordings in them, however deep")
    verb.add_argument(
        "--explain",
        action="store_true",
        help="for unusual recordings, say where in time and frequency (takes ten times as long)",
    )
    verb.add_argument(
        "--engine",
        choices=("local", "ray"),
        default="local",
        help="run in this process, or on a Ray cluster, which needs --out (default local)",
    )
    form = verb.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print as JSON")
    form.add_argument("--csv", action="store_true", help="print as CSV, one line per file")
    form.add_argument(
        "--out",
        type=Path,
        metavar="RESULTS",
        help="add to a folder of Parquet files; recordings already in it are skipped",
    )
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from mimimi.batch.score import Judge
    from mimimi.data.find import find

    rate = checked_rate(options)
    if options.engine == "ray" and not options.out:
        raise UserError("--engine ray writes to a folder; name it with --out RESULTS.")
    judge = Judge.load(
        options.detector,
        options.machine_id,
        options.channel,
        rate,
        reference_channel=options.reference_channel,
        explains=options.explain,
    )
    there = find(options.places)
    if there.left_out:
        say(there.left_out)
    judged = _keep if options.out else _print
    return judged(options, judge, there.files)


def _print(options: argparse.Namespace, judge: Judge, files: list[str]) -> int:
    from mimimi.batch.score import verdicts
    from mimimi.explain.explanation import may_take_long

    if judge.explains and may_take_long(judge.detector):
        progress("Listening; PyTorch, by which networks explain, takes some seconds to load …")
    bad = anomalous = False
    began = time.monotonic()
    form = printed.objects if options.json else printed.table if options.csv else printed.lines
    with form() as put:
        for done, verdict in enumerate(verdicts(judge, files), 1):
            progress("")
            if verdict.error:
                complain(verdict.error)
            put(verdict)
            bad |= verdict.error is not None
            anomalous |= bool(verdict.is_anomalous)
            if not sys.stdout.isatty() and done < len(files):
                _show(done, len(files), (time.monotonic() - began) / done * (len(files) - done))
    return _code(bad, anomalous)


def _keep(options: argparse.Namespace, judge: Judge, files: list[str]) -> int:
    from mimimi.batch.results import opened
    from mimimi.batch.score import locally, score

    if options.engine == "ray":
        from mimimi.batch.on_ray import on_ray as engine
    else:
        engine = locally
    with opened(options.out, judge.asked) as results:
        score(judge, files, results, engine, _show)
        counted = results.count()
    say(
        f"{counted['files']} files in {options.out}: {counted['anomalous']} unusual, "
        f"{counted['errors']} could not be judged"
    )
    return _code(counted["errors"] > 0, counted["anomalous"] > 0)


def _show(done: int, total: int, left: float | None) -> None:
    progress(f"{done} of {total} files" + (f", about {duration(left)} left" if left else ""))


def _code(bad: bool, anomalous: bool) -> int:
    return BAD if bad else ANOMALOUS if anomalous else NORMAL
