"""`publish`: a detector to the Hugging Face Hub."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mimimi.cli.console import NORMAL, say

if TYPE_CHECKING:
    from mimimi.cli.console import Verbs


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser("publish", help="put a detector on the Hugging Face Hub")
    verb.add_argument("detector", metavar="DETECTOR", help="as for score, or a run")
    verb.add_argument("repo", metavar="USER/REPO", help="made where it is missing")
    verb.add_argument("--private", action="store_true", help="seen by nobody else")
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from mimimi.detector.checkpoint import read_config
    from mimimi.detector.locate import locate
    from mimimi.detector.publishing.about import licence
    from mimimi.detector.publishing.publish import publish

    folder, _ = locate(options.detector)
    if licence(read_config(folder).get("about") or {}) is None:
        say("learnt from recordings whose licence is not known: its card says so")
    print(publish(folder, options.repo, private=options.private))
    say(f'next:  Detector.from_pretrained("{options.repo}")')
    return NORMAL
