"""The command line: verbs, arguments and printing; the work is done elsewhere."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mimimi import __version__
from mimimi.config import MACHINE_TYPES
from mimimi.errors import UserError
from mimimi.terminal import accept_any_name, drop_unwritten, one_line, sentence, stderr_muted

if TYPE_CHECKING:
    from mimimi.corpus.progress import Progress
    from mimimi.training import EpochReport

NORMAL, ANOMALOUS, BAD = 0, 1, 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Example:
        >>> main(["score", "no-such-detector", "clip.wav"])
        2
    """
    options = _parser().parse_args(arguments)
    accept_any_name()
    try:
        code: int = options.run(options)
        print(end="", flush=True)  # while a full disk can still be reported
        return code
    except UserError as error:
        _complain(error)
        return BAD
    except OSError as error:
        drop_unwritten()
        if not isinstance(error, BrokenPipeError):  # else the reader has seen enough, as `head`
            _complain(sentence(error))
        return BAD
    except KeyboardInterrupt:
        print("mimimi: stopped", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mimimi", description="Tells from its sound whether a machine is going wrong."
    )
    parser.add_argument("--version", action="version", version=f"mimimi {__version__}")
    verbs = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    verb = verbs.add_parser("score", help="judge recordings")
    verb.add_argument(
        "detector", help="fan, pump, slider, valve, a folder, or a Hub repo user/name"
    )
    verb.add_argument("files", nargs="+", metavar="FILE", help="WAV, FLAC, OGG or MP3")
    verb.add_argument("--machine-id", metavar="ID", help="the machine it is, such as id_00")
    verb.add_argument("--channel", type=int, default=0, help="of several, from 0 (default 0)")
    form = verb.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a list of objects")
    form.add_argument("--csv", action="store_true", help="print a table with a line a file")
    verb.set_defaults(run=_score)

    verb = verbs.add_parser("evaluate", help="figures of detectors on labelled recordings")
    verb.add_argument(
        "detector",
        metavar="DETECTOR",
        help="as for score, or several: fan,pump; all (the bundled ones); a folder of detectors",
    )
    verb.add_argument("data", nargs="+", type=Path, metavar="DATA", help="folders of recordings")
    verb.add_argument("--split", help="test, dev, ... (default: all but train)")
    verb.add_argument("--json", action="store_true", help="print everything as JSON")
    verb.add_argument(
        "--out", type=Path, metavar="FOLDER", help="write evaluation.json, clips.csv and figures"
    )
    verb.set_defaults(run=_evaluate)

    verb = verbs.add_parser("train", help="make a detector from normal recordings")
    verb.add_argument("data", nargs="+", type=Path, metavar="DATA", help="folders of recordings")
    verb.add_argument("--type", dest="machine_type", help="such as fan (default: all there are)")
    verb.add_argument("--out", type=Path, required=True, metavar="RUN", help="folder of the run")
    verb.add_argument("--recipe", default="paper", help="what is trained how (default paper)")
    verb.add_argument("--epochs", type=int, help="at most so many (default: the recipe's)")
    verb.add_argument("--seed", type=int, help="another seed than the recipe's")
    verb.add_argument("--device", default="auto", help="auto, cpu, cuda, ... (default auto)")
    verb.add_argument("--learning-rate", type=float, help="another than the recipe's")
    verb.add_argument(
        "--precision",
        choices=("float32", "bfloat16"),
        help="bfloat16 is twice as fast on processors that have it, slower on others",
    )
    verb.add_argument("--resume", action="store_true", help="go on with a run that was stopped")
    verb.set_defaults(run=_train)

    verb = verbs.add_parser("download", help="fetch a public data set, by machine type")
    verb.add_argument("out", type=Path, metavar="OUT", help="folder to write to")
    verb.add_argument("--dataset", choices=("mimii", "dcase2020"), required=True)
    verb.add_argument("--types", nargs="+", default=(), help="such as fan (default: all there are)")
    verb.add_argument(
        "--snr",
        nargs="+",
        type=int,
        default=(),
        metavar="DB",
        help="noise levels of MIMII: -6, 0, 6 (default: all)",
    )
    verb.set_defaults(run=_download)

    verb = verbs.add_parser("simulate", help="make recordings of machines that exist nowhere")
    verb.add_argument("out", type=Path, metavar="OUT", help="folder to write to")
    verb.add_argument("--types", nargs="+", choices=MACHINE_TYPES, default=MACHINE_TYPES)
    verb.add_argument("--ids", type=int, default=4, metavar="N", help="machines a type (default 4)")
    verb.add_argument(
        "--clips",
        type=int,
        default=10,
        metavar="N",
        help="normal training clips a machine (default 10); a quarter as many, at least 2, "
        "normal and as many anomalous test clips",
    )
    verb.add_argument("--snr", type=float, default=-6.0, metavar="DB", help="default -6")
    verb.add_argument("--seed", type=int, default=0, help="default 0")
    verb.set_defaults(run=_simulate)
    return parser


def _score(options: argparse.Namespace) -> int:
    from mimimi.detector import Detector
    from mimimi.errors import UnknownMachineError
    from mimimi.verdict import Verdict, as_csv, as_json, as_text

    detector = Detector.from_pretrained(options.detector)
    verdicts = []
    for file in options.files:
        try:
            with stderr_muted():
                verdict = detector.analyse(file, options.machine_id, channel=options.channel)
        except UnknownMachineError:
            raise
        except UserError as error:
            _complain(error)
            verdict = Verdict(file, detector.machine_type, options.machine_id, error=str(error))
        verdicts.append(verdict)
        if not (options.json or options.csv):
            print(one_line(as_text(verdict)))
    if options.json:
        print(as_json(verdicts))
    if options.csv:
        print(as_csv(verdicts), end="")
    if any(verdict.error for verdict in verdicts):
        return BAD
    return ANOMALOUS if any(verdict.is_anomalous for verdict in verdicts) else NORMAL


def _evaluate(options: argparse.Namespace) -> int:
    import json

    from mimimi.corpus.index import index
    from mimimi.evaluation.files import write
    from mimimi.evaluation.several import evaluate_all, load

    detectors = load(options.detector)
    only_type = detectors[0].machine_type if len(detectors) == 1 else None
    recordings = index(options.data, only_type, _say)
    if options.out:  # before the work, so that a folder that cannot be made costs none
        options.out.mkdir(parents=True, exist_ok=True)
    evaluation = evaluate_all(
        detectors, recordings, split=options.split, log=_say, on_clip=_progress
    )
    _progress("")
    asked = {
        "detectors": {detector.machine_type: detector.origin for detector in detectors},
        "data": [str(root) for root in options.data],
        "split": options.split,
    }
    if options.json:
        print(json.dumps(asked | evaluation.as_dict(), indent=1, allow_nan=False))
    else:
        print(evaluation.as_table())
    if options.out:
        _say(f"{len(write(evaluation, options.out, asked))} files in {options.out}")
    return NORMAL


def _train(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from mimimi.corpus.index import index
    from mimimi.recipes import recipe
    from mimimi.run import make_detector

    chosen = recipe(options.recipe)
    fields = ("epochs", "seed", "learning_rate", "precision")
    given = {field: getattr(options, field) for field in fields}
    changes = {field: value for field, value in given.items() if value is not None}
    if changes.get("epochs", 1) < 1:
        raise UserError("--epochs must be 1 or more.")
    chosen = replace(chosen, training=replace(chosen.training, **changes))
    types = [options.machine_type]
    if not options.machine_type:
        found = index(options.data, None, lambda line: None)
        types = sorted({recording.machine_type for recording in found})
    for machine_type in types:
        out = options.out if options.machine_type else options.out / machine_type
        make_detector(
            options.data,
            machine_type,
            chosen,
            out,
            device=options.device,
            resume=options.resume,
            say=_say,
            on_batch=_training_progress,
        )
        _say(f"judge a recording:  python -m mimimi score {out} clip.wav --machine-id ID")
    return NORMAL


def _download(options: argparse.Namespace) -> int:
    from mimimi.corpus.public_sets import download_data_set

    download_data_set(
        options.out,
        options.dataset,
        options.types,
        options.snr,
        say=_say,
        progress=_download_progress,
    )
    _say(f"all there: {options.out}; next:  python -m mimimi train {options.out} --out RUN")
    return NORMAL


def _download_progress(progress: Progress) -> None:
    share = progress.done / max(progress.total, 1)
    bar = "#" * round(20 * share)
    left = f", about {_duration(progress.seconds_left)} left" if progress.seconds_left else ""
    _progress(
        f"{progress.step} {progress.name} [{bar:<20}] {progress.done / 1e6:.0f} of "
        f"{progress.total / 1e6:.0f} MB, {progress.speed / 1e6:.1f} MB/s{left}"
    )


def _simulate(options: argparse.Namespace) -> int:
    from mimimi.corpus.simulate import write_corpus

    if options.ids < 1 or options.clips < 1:
        raise UserError("--ids and --clips must be 1 or more.")
    written = write_corpus(
        options.out,
        types=options.types,
        ids=options.ids,
        clips=options.clips,
        snr_db=options.snr,
        seed=options.seed,
        on_clip=lambda done, total: _progress(f"{done} of {total} clips"),
    )
    _progress("")
    _say(f"{written} clips in {options.out}")
    return NORMAL


def _training_progress(
    report: EpochReport | None, epoch: int, epochs: int, seconds_left: float
) -> None:
    heldout = f", held out {report.heldout_loss:.3f}" if report and report.heldout_loss else ""
    _progress(f"epoch {epoch} of {epochs}{heldout}, about {_duration(seconds_left)} left")


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _complain(what: object) -> None:
    print(one_line(f"mimimi: {what}"), file=sys.stderr)


def _say(line: str) -> None:
    _progress("")
    print(line, file=sys.stderr)


def _progress(line: str) -> None:
    """One line that is written over, on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
