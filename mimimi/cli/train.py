"""`train`: train a detector on normal recordings."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mimimi.cli.console import NORMAL, add_channels, pair, progress, say
from mimimi.errors import UserError
from mimimi.names import composed
from mimimi.terminal import duration

if TYPE_CHECKING:
    from mimimi.cli.console import Verbs
    from mimimi.training.epoch import EpochReport


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser("train", help="train a detector on normal recordings")
    verb.add_argument("data", nargs="+", type=Path, metavar="DATA", help="folders of recordings")
    verb.add_argument(
        "--type",
        dest="machine_types",
        nargs="+",
        type=composed,
        metavar="TYPE",
        help="machine types to train for, such as fan (default: all in DATA)",
    )
    verb.add_argument(
        "--out", type=Path, required=True, metavar="RUN", help="folder to write the run to"
    )
    verb.add_argument("--recipe", default="paper", help="paper or ensemble (default paper)")
    verb.add_argument("--epochs", type=int, help="maximum number of epochs (default: the recipe's)")
    verb.add_argument("--seed", type=int, default=0, help="random seed (default 0)")
    verb.add_argument("--device", default="auto", help="auto, cpu, cuda, ... (default auto)")
    verb.add_argument("--learning-rate", type=float, help="default: the recipe's")
    verb.add_argument(
        "--precision",
        choices=("float32", "bfloat16"),
        help="bfloat16 is 1.6 times as fast on processors that have it, which a run says, and "
        "slower on others (default: the recipe's, float32)",
    )
    add_channels(verb, "train on beside --reference-channel; without that, each is trained on")
    verb.add_argument("--resume", action="store_true", help="continue a run that was stopped")
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from mimimi.jobs import attended

    with attended(options.out, options.command):
        return _train(options)


def _train(options: argparse.Namespace) -> int:
    from mimimi.data.index import index
    from mimimi.recipes import changed, recipe
    from mimimi.training.heap import keep_freed_memory
    from mimimi.training.pipeline import make_detectors

    keep_freed_memory()
    chosen = recipe(options.recipe)
    fields = ("epochs", "learning_rate", "precision")
    given = {field: getattr(options, field) for field in fields}
    changes = {field: value for field, value in given.items() if value is not None}
    if changes.get("epochs", 1) < 1:
        raise UserError("--epochs must be 1 or more.")
    channels = pair(options)
    if options.channel is not None and not channels:
        raise UserError("All channels are trained on; --channel goes with --reference-channel.")
    chosen = changed(chosen, seed=options.seed, **changes)
    types = options.machine_types
    if not types:
        found = index(options.data, None, lambda line: None)
        types = sorted({recording.machine_type for recording in found})
    make_detectors(
        options.data,
        types,
        chosen,
        options.out,
        device=options.device,
        resume=options.resume,
        channels=channels,
        say=say,
        on_batch=_show,
    )
    for machine_type in types:
        made = options.out if len(types) == 1 else options.out / machine_type
        say(f"judge a recording:  python -m mimimi score {made} clip.wav --machine-id ID")
    return NORMAL


def _show(
    name: str, report: EpochReport | None, epoch: int, epochs: int, seconds_left: float
) -> None:
    loss = report and report.validation_loss
    validation = f", validation loss {loss:.3f}" if loss is not None else ""
    progress(f"{name}: epoch {epoch} of {epochs}{validation}, about {duration(seconds_left)} left")
