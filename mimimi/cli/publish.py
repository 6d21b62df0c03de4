"""`publish`: upload a detector to the Hugging Face Hub."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mimimi.cli.console import NORMAL, say

if TYPE_CHECKING:
    from mimimi.cli.console import Verbs


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser("publish", help="upload a detector to the Hugging Face Hub")
    verb.add_argument("detector", metavar="DETECTOR", help="as for score")
    verb.add_argument("repo", metavar="USER/REPO", help="created if it does not exist")
    verb.add_argument("--private", action="store_true", help="make the repo private")
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from mimimi.detector.detector import Detector
    from mimimi.detector.publishing.about import licence

    detector = Detector.from_pretrained(options.detector)
    if licence(detector.config.about) is None:
        say("trained on recordings of unknown licence, as its model card says")
    print(detector.push_to_hub(options.repo, private=options.private))
    say(f'next:  Detector.from_pretrained("{options.repo}")')
    return NORMAL
