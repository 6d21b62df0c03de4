"""`evaluate`: measure how well detectors do on labelled recordings."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mimimi.cli.console import BAD, NORMAL, progress, say, show

if TYPE_CHECKING:
    from mimimi.cli.console import Verbs


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser("evaluate", help="evaluate detectors on labelled recordings")
    verb.add_argument(
        "detector",
        metavar="DETECTOR",
        help="as for score, or several: fan,pump; all bundled ones: all; or a folder of detectors",
    )
    verb.add_argument("data", nargs="+", type=Path, metavar="DATA", help="folders of recordings")
    verb.add_argument(
        "--split", help="split to evaluate on: test, dev, ... (default: all it was not trained on)"
    )
    verb.add_argument("--json", action="store_true", help="print as JSON")
    verb.add_argument(
        "--out", type=Path, metavar="FOLDER", help="write evaluation.json, clips.csv and figures"
    )
    verb.add_argument(
        "--report", type=Path, metavar="FILE", help="write a report as a single HTML file"
    )
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    import json

    from mimimi.data.index import index
    from mimimi.evaluation.files import write
    from mimimi.evaluation.report import report
    from mimimi.evaluation.several import evaluate_all, load
    from mimimi.extras import need
    from mimimi.files import replace_file

    if options.out or options.report:
        need("matplotlib")  # before the work, so that it costs none where that is missing
    detectors = load(options.detector)
    only_type = detectors[0].machine_type if len(detectors) == 1 else None
    recordings = index(options.data, only_type, say, splits=bool(options.split))
    # Before the work, so that a folder that cannot be made costs none.
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
    if options.report:
        options.report.parent.mkdir(parents=True, exist_ok=True)
    evaluation = evaluate_all(detectors, recordings, split=options.split, log=say, on_clip=progress)
    progress("")
    asked = {
        "detectors": {detector.machine_type: detector.origin for detector in detectors},
        "data": [str(root) for root in options.data],
        "split": options.split,
    }
    if options.json:
        print(json.dumps(asked | evaluation.as_dict(), indent=1, allow_nan=False))
    else:
        show(evaluation.as_table())
    if options.out:
        say(f"{len(write(evaluation, options.out, asked))} files in {options.out}")
    if options.report:
        text = report(evaluation, detectors, asked["data"], options.split)
        replace_file(options.report, text.encode())
        say(f"report in {options.report}")
    whole = bool(evaluation.clips) and not any(clip.error for clip in evaluation.clips)
    return NORMAL if whole else BAD
