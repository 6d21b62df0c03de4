"""`learn`: remember how one machine sounds when all is well."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mimimi.cli.console import BAD, NORMAL, add_channels, complain, pair, say
from mimimi.errors import AudioError, UserError

if TYPE_CHECKING:
    from mimimi.audio import Channel, Waveform
    from mimimi.cli.console import Verbs
    from mimimi.detector.detector import Detector


_ONE, _FIND = "one", "find"  # what is said of its states
_ALONE = ("undo", "rename", "states")  # without recordings


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser("learn", help="learn one machine from a minute of its normal sound")
    name = verb.add_argument(
        "name", metavar="NAME", default=None, help='of the machine, such as "compressor 2"'
    )
    places = verb.add_argument(
        "places", nargs="+", default=[], metavar="FILE|FOLDER", help="recordings of it"
    )
    # Not with --undo, --rename, --states and --list; as nargs="*" they could not follow an option.
    name.required = places.required = False
    first_or_more = verb.add_mutually_exclusive_group()
    first_or_more.add_argument("--kind", metavar="KIND", help="of machine, such as compressor")
    first_or_more.add_argument(
        "--add", action="store_true", help="add normal sound to what was learnt before"
    )
    first_or_more.add_argument(
        "--adapt",
        action="store_true",
        help="normal sound with another microphone, at another place or in other noise",
    )
    first_or_more.add_argument(
        "--normal", action="store_true", help="recordings that were judged, and are normal"
    )
    first_or_more.add_argument(
        "--fault", metavar="FAULT", help='recordings of a fault, and its name, such as "bearing"'
    )
    first_or_more.add_argument(
        "--states",
        choices=(_ONE, _FIND),
        help="one: it has but one state, whatever was found; find: look for its states again",
    )
    first_or_more.add_argument("--undo", action="store_true", help="take back the last of these")
    first_or_more.add_argument(
        "--rename", metavar="NEW", help="call the machine otherwise from now on"
    )
    first_or_more.add_argument(
        "--list", action="store_true", help="print the names of all that was learnt or trained"
    )
    add_channels(verb, "hear")
    verb.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where it is saved (default: found by its name)"
    )
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from mimimi.detector.checkpoint import CONFIG
    from mimimi.detector.detector import Detector
    from mimimi.jobs import names
    from mimimi.terminal import one_line

    if options.list:
        return _list()
    if options.name is None:
        raise UserError("Name the machine and recordings of it; --list names those learnt before.")
    more = options.add or options.adapt or options.normal or options.fault
    more = more or options.undo or options.states
    folder: Path = options.out or names.runs() / names.job_name(options.name)
    alone = next((f"--{flag}" for flag in _ALONE if getattr(options, flag)), None)
    if bool(options.places) == bool(alone):
        raise UserError(
            f"{alone} takes no recordings." if alone else "Name recordings to learn from."
        )
    if options.rename:
        return _rename(options)
    if not more and (folder / CONFIG).exists():
        raise UserError(
            f"{folder.name} is there already; --add adds to it, or choose another name."
        )
    if not more and not options.out:
        names.free(options.name)
    before = Detector.from_pretrained(folder) if more else None
    if before and options.undo:
        detector, missed = before.undo(), 0
        say(one_line(f"undone: {before.occasions[-1].text}"))
    elif before and options.states:
        is_one = options.states == _ONE
        detector, missed = before.with_one_state() if is_one else before.with_states(), 0
    else:
        heard, missed = _hear(options, _channel(options, before))
        if before:
            detector = _told(options, before, heard)
        else:
            detector = Detector.learn(options.name, heard, options.kind or "machine")
        known = before.config.trained_on if before else frozenset()
        if left_out := len(heard) - len(detector.config.trained_on - known):
            say(f"left out: {left_out} heard before")
    detector.save_pretrained(folder)
    if options.fault:
        later = detector.occasions[-1].like
        say(one_line(f"what sounds more like this than normal is called from now on: {later}"))
    else:
        _say_promise(detector)
        _say_states(detector, folder if options.out else folder.name)
    _say_how_to_judge(options.out or folder.name)
    return BAD if missed else NORMAL


def _list() -> int:
    """What can be judged by and is one's own, a name a line."""
    from mimimi.detector.locate import trained

    own = trained()
    if not own:
        say('nothing was learnt yet; begin:  python -m mimimi learn "compressor 2" FOLDER')
    for name in own:
        print(name)
    return NORMAL


def _rename(options: argparse.Namespace) -> int:
    """Another name, and the folder of that name where it is found by its name."""
    from mimimi import jobs
    from mimimi.detector.detector import Detector

    if options.out:
        Detector.from_pretrained(options.out).renamed(options.rename).save_pretrained(options.out)
        called = options.out
    else:
        called = jobs.rename(options.name, options.rename)
    _say_how_to_judge(called)
    return NORMAL


def _told(options: argparse.Namespace, before: Detector, heard: Sequence[Waveform]) -> Detector:
    """What was learnt before, after this."""
    if options.add:
        return before.remember(heard)
    if options.adapt:
        return before.adapt(heard)
    told = before
    for waveform in heard:
        told = (
            told.was_fault(waveform, options.fault) if options.fault else told.was_normal(waveform)
        )
    return told


def _channel(options: argparse.Namespace, before: Detector | None) -> Channel:
    """What is heard: of a machine that was learnt before what was heard then."""
    if before:
        return before.channel(options.channel, options.reference_channel)
    return pair(options) or options.channel or 0


def _hear(options: argparse.Namespace, channel: Channel) -> tuple[list[Waveform], int]:
    """Recordings that can be learnt from; of the others it is said why, and how many they are."""
    from mimimi.data.find import find
    from mimimi.detector.learning import hear
    from mimimi.terminal import one_line, stderr_muted

    there = find(options.places)
    if there.left_out:
        say(there.left_out)
    heard = []
    for file in there.files:
        try:
            with stderr_muted():
                waveform = hear(file, channel)
        except AudioError as error:
            complain(error)
            continue
        if waveform.warning:
            say(one_line(f"{file}: {waveform.warning}"))
        heard.append(waveform)
    if not heard:
        raise UserError("None of the recordings can be learnt from.")
    return heard, len(there.files) - len(heard)


def _say_how_to_judge(called: str | Path) -> None:
    from mimimi.terminal import one_line

    say(one_line(f"judge a recording:  python -m mimimi score {called} clip.wav"))


def _say_promise(detector: Detector) -> None:
    """What was learnt of which machine, what it promises, and what more would buy."""
    from mimimi.detector.learning import advice, memory_of, of_one_hour
    from mimimi.names import called
    from mimimi.terminal import one_line

    machine_id, heard = detector.ids[0], memory_of(detector.ensemble).promising
    seconds = sum(occasion.seconds for occasion in heard)
    threshold = detector.calibration.threshold("given", machine_id)
    machine = called(detector.machine_type, machine_id)
    say(one_line(f"{seconds:.0f} s of {machine} learnt; false alarms: {threshold.how}"))
    if said := of_one_hour(sum(len(occasion.fingerprints) for occasion in heard)):
        say(said)
    if said := advice(seconds):
        say(f"{said}; it is added with --add")


def _say_states(detector: Detector, called: str | Path) -> None:
    """Which states were found, and what to do where that is wrong."""
    from mimimi.detector.learning import of_states
    from mimimi.terminal import one_line

    member = detector.ensemble.memory
    if not member or not (said := of_states(member)):
        return
    say(said)
    otherwise = _FIND if member.bank.has_one_state else _ONE
    where = f" --out {called}" if isinstance(called, Path) else ""
    name = detector.ids[0] if where else called
    say(one_line(f'if that is wrong:  python -m mimimi learn "{name}" --states {otherwise}{where}'))
