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
    from mimimi.detector.checkpoint import read_config
    from mimimi.detector.locate import locate
    from mimimi.detector.publishing.about import licence
    from mimimi.detector.publishing.publish import publish

    folder, _ = locate(options.detector)
    if licence(read_config(folder).get("about") or {}) is None:
        say("trained on recordings of unknown licence, as its model card says")
    print(publish(folder, options.repo, private=options.private))
    say(f'next:  Detector.from_pretrained("{options.repo}")')
    return NORMAL
