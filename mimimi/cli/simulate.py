"""`simulate`: write recordings of simulated machines."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mimimi.cli.console import NORMAL, add_job, progress, say
from mimimi.config import MACHINE_TYPES
from mimimi.errors import UserError

if TYPE_CHECKING:
    from mimimi.cli.console import Verbs


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser("simulate", help="write recordings of simulated machines")
    verb.add_argument("out", type=Path, metavar="OUT", help="folder to write to")
    verb.add_argument("--types", nargs="+", choices=MACHINE_TYPES, default=MACHINE_TYPES)
    verb.add_argument(
        "--ids", type=int, default=4, metavar="N", help="machines per type (default 4)"
    )
    verb.add_argument(
        "--clips",
        type=int,
        default=10,
        metavar="N",
        help="normal training clips per machine (default 10); for testing a quarter as many, at "
        "least 2, normal and as many anomalous ones",
    )
    verb.add_argument(
        "--snr", type=float, default=-6.0, metavar="DB", help="signal-to-noise ratio (default -6)"
    )
    verb.add_argument("--seed", type=int, default=0, help="random seed (default 0)")
    add_job(verb)
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from mimimi.jobs import attended
    from mimimi.simulate import write_corpus

    with attended(options.job, options.command) as report:
        if options.ids < 1 or options.clips < 1:
            raise UserError("--ids and --clips must be 1 or more.")

        def on_clip(done: int, total: int) -> None:
            progress(f"{done} of {total} clips")
            report(done=done, total=total)

        written = write_corpus(
            options.out,
            types=options.types,
            ids=options.ids,
            clips=options.clips,
            snr_db=options.snr,
            seed=options.seed,
            on_clip=on_clip,
        )
        progress("")
        say(f"{written} clips in {options.out}")
    return NORMAL
