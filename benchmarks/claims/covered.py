"""Is a microphone that was covered, turned away or moved told from a machine that changes?

    python -m benchmarks.claims.covered ../shared/real [--hours 4]

Simulated machines, each with a factory: a minute and more as it is, then something at once. Chosen
on the machines id_60, reported on id_61 and id_62. `covered` is a shelf: by 3 to 20 dB, drawn even,
from a corner between 500 Hz and 2.5 kHz up. A microphone is moved in rooms (`moves.py`); how far
matters less than by how much the level of its median band changes, which a row says. Then, with
nothing changed, hours of takes of 5 minutes, in each of which speed, load and factory are others;
what is told there is false. Of real recordings those of a machine follow one another, which were
made at different times, so that they vary more than a stream does. Then one of them is made longer
by drawing its seconds anew, which varies less.

All as if the detector called everything unusual, so that it helps with nothing.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from benchmarks.claims.moves import moves, turned
from mimimi import audio
from mimimi.service.levels import Levels
from mimimi.service.touched import AFTER, BEFORE, CHANGE, Covered, Moved, Touched
from mimimi.simulate import FAULTS, clip, simulate_parts
from mimimi.simulate.draw import Fault, generator
from mimimi.simulate.sound import RATE, Array, rms

KINDS, CHOSEN, REPORTED = ("fan", "pump", "slider", "valve"), ("id_60",), ("id_61", "id_62")
SNR, SECONDS = (-6.0, 6.0), 90.0
FIRST = 9_300_000  # no other benchmark has these takes
HALF = 70.0  # s before the change
TAKE = 300.0  # s
LIMITS = (2.0, 3.0, 4.0, 5.0, 6.0)
RULES, PARTS = ("covered", "moved"), ("real", "changes", "hours")
SIZES = ((0, 2), (2, 4), (4, 6), (6, 60))  # dB


def levels(sound: Array) -> list[Levels]:
    """Of all segments, one every 5 s."""
    found = []
    for first in range(0, len(sound) - 10 * RATE + 1, 5 * RATE):
        one = Levels.of(sound[first : first + 10 * RATE], RATE)
        assert one
        found.append(one)
    return found


def told(heard: list[Levels]) -> list[list[int]]:
    """How often each rule tells of it, at each limit."""
    return [[_told(heard, rule, limit) for limit in LIMITS] for rule in RULES]


def _told(heard: list[Levels], rule: str, limit: float) -> int:
    touched, count = _begin(rule, limit), 0
    for one in heard:
        if touched.hear(one, True):
            count, touched = count + 1, _begin(rule, limit)
    return count


def _begin(rule: str, limit: float) -> Touched:
    if rule == "covered":
        covered = Covered()
        covered.limit = limit
        return covered
    moved = Moved()
    moved.level = limit
    return moved


def shelf(sound: Array, rng: np.random.Generator) -> tuple[Array, float]:
    """Covered, and by how many dB."""
    loss, corner = rng.uniform(3, 20), 2 * np.pi * rng.uniform(500, 2500)
    b, a = signal.bilinear([10 ** (-loss / 20), corner], [1, corner], RATE)
    return np.asarray(signal.lfilter(b, a, sound), np.float32), loss


def slower(kind: str, machine: str, take: int, like: Array) -> Array:
    """The same machine idling: at 60 % of its speed, and quieter by what that gives."""
    room, key = clip._MACHINES[kind], (clip.VERSION, 0, kind, machine)
    field = "stroke_hertz" if kind == "slider" else "rpm"
    built = room.draw_machine(generator(*key, "machine"))
    built = replace(built, **{field: 0.6 * getattr(built, field)})
    none = Fault(None, 0.0, generator(*key, take, "fault"))
    sound = room.make_sound(built, generator(*key, take, "take"), none, len(like))
    return np.asarray(sound * np.float32(0.6**2.5 * rms(like) / rms(sound)), np.float32)


def changes(
    kind: str, machine: str, snr: float, rng: np.random.Generator
) -> Iterator[tuple[str, list[Levels]]]:
    """What was changed, and what is heard."""
    take, at = FIRST + int(snr), round(HALF * RATE)

    def parts(fault: str | None = None, severity: float = 0.0) -> tuple[Array, Array]:
        return simulate_parts(
            kind, machine, clip=take, fault=fault, severity=severity, snr_db=snr, seconds=SECONDS
        )

    sound, noise = parts()
    before = (sound + noise)[:at]

    def then(after: Array) -> list[Levels]:
        return levels(np.concatenate([before, after[at:]]))

    for _ in range(4):
        after, loss = shelf(sound + noise, rng)
        yield f"covered {loss // 5 * 5:.0f} to {loss // 5 * 5 + 5:.0f} dB", then(after)
    for what, after in turned(sound + noise, at):
        yield what, levels(after)
    yield "nothing", then(sound + noise)
    yield "switched off", then(noise)
    yield "switched on", levels(np.concatenate([noise[:at], (sound + noise)[at:]]))
    if kind != "valve":
        yield "idling", then(slower(kind, machine, take, sound) + noise)
    yield "6 dB louder, the hall is not", then(2 * sound + noise)
    for fault in FAULTS[kind]:
        faulty, beside = parts(fault, 3.0)
        yield "fault", then(faulty + beside)


def moved(kind: str, machine: str) -> Iterator[tuple[str, list[Levels]]]:
    """By how many dB the level of the median band changes, and what is heard."""
    for sound in moves(kind, machine, FIRST, SECONDS, round(HALF * RATE)):
        heard = levels(sound)
        before, after = (np.array([one.bands for one in part]) for part in (heard[:12], heard[-3:]))
        level = abs(np.median(np.median(after, axis=0) - np.median(before, axis=0)))
        size = next(f"by {a} to {b}" for a, b in SIZES if level < b)
        yield f"moved, level {size} dB", heard


def choose() -> None:
    """Rows of the tables, by limit."""
    found: dict[tuple[str, str], list[list[list[int]]]] = defaultdict(list)
    for group, machines in (("chosen", CHOSEN), ("reported", REPORTED)):
        for kind in KINDS:
            for machine in machines:
                rng = np.random.default_rng([ord(sign) for sign in kind + machine])
                rows = [changes(kind, machine, snr, rng) for snr in SNR]
                for what, heard in chain(*rows, moved(kind, machine)):
                    found[group, what].append(told(heard))
    for number, rule in enumerate(RULES):
        limits = ", ".join(f"{limit:g}" for limit in LIMITS)
        print(f"{rule}: told, of so many, at limits of {limits} dB")
        for (group, row), each in sorted(found.items()):
            shares = (np.array(each)[:, number] > 0).mean(axis=0)
            print(f"{group:9} {row:30} {len(each):4}  " + " ".join(f"{s:.2f}" for s in shares))


def long(hours: float) -> None:
    """How often it is told of nothing."""
    counts, each = np.zeros((len(RULES), len(LIMITS)), int), hours * 3600 / TAKE / 8
    for kind in KINDS:
        for machine in REPORTED:
            heard: list[Levels] = []
            for take in range(round(each)):
                sound, noise = simulate_parts(
                    kind, machine, clip=FIRST + 1000 + take, snr_db=6.0, seconds=TAKE
                )
                heard += levels(sound + noise)
            counts += told(heard)
    print(f"nothing but load, speed and factory changed, every {TAKE / 60:.0f} min; {hours:g} h:")
    _say(counts)


def real(data: Path) -> None:
    """Real recordings one after the other, in which all is well, and faults after them."""
    for name, machines in (
        ("MIMII", sorted(data.glob("mimii/*/*/id_*"))),
        ("cars", sorted(data.glob("cars/car/id_*"))),
    ):
        rows: dict[str, list[list[list[int]]]] = defaultdict(list)
        for machine in machines:
            well = [audio.read(path).samples for path in sorted(machine.glob("normal/*"))]
            faulty = [audio.read(path).samples for path in sorted(machine.glob("abnormal/*"))]
            rows["normal, then normal"].append(told(levels(np.concatenate(well))))
            rows["normal, then faulty"].append(told(levels(np.concatenate([*well, *faulty]))))
            softer = [sound / np.float32(2) for sound in well]
            rows["normal, then 6 dB softer"].append(told(levels(np.concatenate([*well, *softer]))))
            rng = np.random.default_rng(0)
            first, other, *_ = (resampled(sound, rng) for sound in well)
            then = {
                "on and on": resampled(well[0], rng),
                "6 dB softer": resampled(well[0], rng) / np.float32(2),
                "another normal": other,
                "a faulty": resampled(faulty[0], rng),
            }
            for what, after in then.items():
                after = np.concatenate([first, after[: 20 * RATE]])
                rows[f"one recording, then {what}"].append(told(levels(after)))
        for row, each in rows.items():
            print(f"{name}, {row}: of {len(each)}")
            _say((np.array(each) > 0).sum(axis=0))


def resampled(sound: Array, rng: np.random.Generator) -> Array:
    """A recording made longer: seconds of it, drawn at random."""
    whole = sound[: len(sound) // RATE * RATE].reshape(-1, RATE)
    return np.asarray(whole[rng.integers(len(whole), size=round(HALF))]).ravel()


def _say(counts: NDArray[np.int_]) -> None:
    for rule, each in zip(RULES, counts, strict=True):
        told_of = (f"{count} at {limit:g} dB" for count, limit in zip(each, LIMITS, strict=True))
        print(f"  {rule}: told " + ", ".join(told_of))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--hours", type=float, default=4.0)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    options = parser.parse_args()
    print(f"{BEFORE} segments before, {CHANGE} between, {AFTER} after")
    if "real" in options.parts:
        real(options.data)
    if "changes" in options.parts:
        choose()
    if "hours" in options.parts:
        long(options.hours)


if __name__ == "__main__":
    main()
