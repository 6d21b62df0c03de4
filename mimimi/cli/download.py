"""`download`: download a public data set."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mimimi.cli.console import NORMAL, add_job, progress, say
from mimimi.terminal import duration

if TYPE_CHECKING:
    from mimimi.cli.console import Verbs
    from mimimi.data.download.progress import Progress


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser("download", help="download a public data set, by machine type")
    verb.add_argument("out", type=Path, metavar="OUT", help="folder to write to")
    verb.add_argument("--dataset", choices=("mimii", "dcase2020"), required=True)
    verb.add_argument(
        "--types", nargs="+", default=(), help="machine types, such as fan (default: all)"
    )
    verb.add_argument(
        "--snr",
        nargs="+",
        type=int,
        default=(),
        metavar="DB",
        help="signal-to-noise ratios of MIMII: -6, 0, 6 (default: all)",
    )
    add_job(verb)
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from mimimi.data.download.public_sets import download_data_set
    from mimimi.jobs import attended

    with attended(options.job, options.command) as report:

        def show(state: Progress) -> None:
            _show(state)
            report(
                step=state.step,
                name=state.name,
                done=state.done,
                total=state.total,
                seconds_left=state.seconds_left,
            )

        download_data_set(
            options.out,
            options.dataset,
            options.types,
            options.snr,
            say=say,
            progress=show,
        )
    say(f"download complete: {options.out}; next:  python -m mimimi train {options.out} --out RUN")
    return NORMAL


def _show(state: Progress) -> None:
    share = state.done / max(state.total, 1)
    bar = "#" * round(20 * share)
    left = f", about {duration(state.seconds_left)} left" if state.seconds_left else ""
    progress(
        f"{state.step} {state.name} [{bar:<20}] {state.done / 1e6:.0f} of "
        f"{state.total / 1e6:.0f} MB, {state.speed / 1e6:.1f} MB/s{left}"
    )
