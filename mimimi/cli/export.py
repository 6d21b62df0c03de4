"""`export`: write a detector for a computer on which MIMIMI is not installed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mimimi.cli.console import NORMAL, say

if TYPE_CHECKING:
    from mimimi.cli.console import Verbs


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser(
        "export", help="write a detector for a small computer: one ONNX graph, and how to use it"
    )
    verb.add_argument("detector", metavar="DETECTOR", help="as for score")
    verb.add_argument("out", metavar="OUT", type=Path, help="folder, empty or of an export before")
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from mimimi.detector.detector import Detector
    from mimimi.detector.exporting.export import export
    from mimimi.detector.exporting.guide import command

    detector = Detector.from_pretrained(options.detector)
    export(detector, options.out)
    size = sum(file.stat().st_size for file in options.out.iterdir())
    print(options.out)
    say(f"{size / 1e6:.0f} MB; judge a clip there:  {command(detector)}")
    return NORMAL
