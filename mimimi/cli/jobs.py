"""`jobs`: list, show, stop, resume and delete training and download jobs."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from mimimi.cli.console import NORMAL, say, show
from mimimi.errors import UserError
from mimimi.terminal import duration, one_line

if TYPE_CHECKING:
    from mimimi.cli.console import Verbs
    from mimimi.jobs import Job

_LOOK_AGAIN = 0.5  # s


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser("jobs", help="list, show, stop, resume and delete jobs")
    actions = verb.add_subparsers(title="actions", required=True, metavar="ACTION")
    every = actions.add_parser("list", help="list all jobs")
    every.add_argument("--json", action="store_true", help="print as JSON")
    every.set_defaults(run=_list)
    show = _action(actions, "show", "show the state of a job")
    show.add_argument("--json", action="store_true", help="print as JSON, with all metrics")
    show.set_defaults(run=_show)
    log = _action(actions, "log", "print the log of a job")
    log.add_argument(
        "--lines", type=int, default=200, metavar="N", help="print the last N lines (default 200)"
    )
    log.add_argument("--follow", action="store_true", help="keep printing until the job ends")
    log.set_defaults(run=_log)
    _action(actions, "stop", "stop a job; the last finished epoch is kept").set_defaults(run=_stop)
    _action(actions, "resume", "continue a job from where it stopped").set_defaults(run=_resume)
    delete = _action(actions, "delete", "delete a job, or what was learnt, and its folder")
    delete.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    delete.set_defaults(run=_delete)


def _action(actions: Verbs, name: str, what: str) -> argparse.ArgumentParser:
    action = actions.add_parser(name, help=what)
    action.add_argument("name", metavar="NAME", help="name as printed by jobs list")
    return action


def _list(options: argparse.Namespace) -> int:
    from mimimi import jobs

    found = jobs.listed()
    if options.json:
        print(json.dumps([_plain(job) for job in found], indent=1))
        return NORMAL
    if not found:
        say("no jobs yet; start one:  python -m mimimi train DATA --out RUN")
    width = max((len(job.name) for job in found), default=0)
    for job in found:
        print(f"{job.name:<{width}}  {job.kind:<8}  {one_line(_state(job))}")
    return NORMAL


def _show(options: argparse.Namespace) -> int:
    from mimimi import jobs
    from mimimi.training.epoch import EpochReport

    job = jobs.find(options.name)
    lines = jobs.metrics(job.folder)
    if options.json:
        print(json.dumps(_plain(job) | {"metrics": lines}, indent=1))
        return NORMAL
    show(f"{job.name}: {one_line(_state(job))}")
    for epoch in [line for line in lines if "loss_total" in line][-1:]:
        show(f"{epoch['member']}, {EpochReport.from_metrics(epoch)}")
    print(one_line(f"in {job.folder.resolve()}"))
    if job.ray_job:
        print(one_line(f"on Ray as {job.ray_job}"))
    print(one_line(f"command: python -m mimimi {' '.join(job.arguments)}"))
    return NORMAL


def _log(options: argparse.Namespace) -> int:
    from mimimi import jobs

    folder = jobs.find(options.name).folder
    shown = jobs.log(folder, options.lines)
    show(shown)
    while options.follow:
        over = jobs.find(options.name).is_over  # asked first, so that nothing said since is missed
        text = jobs.log(folder)
        new = text[len(shown) :] if text.startswith(shown) else text
        show(new, end="")
        shown = text
        if over:
            break
        time.sleep(_LOOK_AGAIN)
    return NORMAL


def _stop(options: argparse.Namespace) -> int:
    from mimimi import jobs

    return _tell(jobs.stop(options.name))


def _resume(options: argparse.Namespace) -> int:
    from mimimi import jobs

    return _tell(jobs.resume(options.name))


def _delete(options: argparse.Namespace) -> int:
    from mimimi import jobs
    from mimimi.detector.locate import trained
    from mimimi.names import slug

    learnt = slug(options.name)
    name = learnt if learnt in trained() else jobs.find(options.name).name
    if not options.yes:
        if not sys.stdin.isatty():
            raise UserError(f"jobs delete {name} cannot be undone; confirm it with --yes.")
        if input(f"Delete {name} and what it made? [y/N] ").strip().lower() != "y":
            return NORMAL
    jobs.delete(name)
    say(f"{name} is deleted")
    return NORMAL


def _tell(job: Job) -> int:
    say(f"{job.name}: {_state(job)}")
    return NORMAL


def _plain(job: Job) -> dict[str, object]:
    return {**asdict(job), "folder": str(job.folder)}


def _state(job: Job) -> str:
    since = datetime.fromisoformat(job.since).astimezone().strftime("%Y-%m-%d %H:%M")
    words = f"{job.state} since {since}"
    if job.epoch and job.epochs and job.state != "finished":
        if job.network and job.networks and job.networks > 1:
            words += f", network {job.network} of {job.networks}"
        words += f", epoch {job.epoch} of {job.epochs}"
    elif job.share is not None and job.state != "finished":
        words += f", {job.share:.0%}"
    if job.seconds_left is not None:
        words += f", about {duration(job.seconds_left)} left"
    return f"{words}: {job.error}" if job.error else words
