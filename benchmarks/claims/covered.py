"""Is a microphone that was covered, turned away or moved told from a machine that changes?

    python -m benchmarks.claims.covered ../shared/real [--hours 4]

Simulated machines, each with a factory: a minute and more as it is, then something at once. Chosen
on the machines id_60, reported on id_61 and id_62. `covered` is a shelf: by 3 to 20 dB, drawn even,
from a corner between 500 Hz and 2.5 kHz up. Then, with nothing changed, hours of takes of 5
minutes, in each of which speed, load and factory are others; what is told there is false.

A microphone that is moved is computed from rooms: how much the spectrum of 32 bands changes beyond
its level, against what changes in a real machine between its recordings.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from mimimi import audio
from mimimi.memory.spectra import mel_filters
from mimimi.service import balance
from mimimi.service.balance import AFTER, BEFORE, CHANGE, Balance, Covered
from mimimi.simulate import FAULTS, clip, simulate_parts
from mimimi.simulate.draw import Fault, generator
from mimimi.simulate.room import Room
from mimimi.simulate.sound import RATE, Array, rms

KINDS, CHOSEN, REPORTED = ("fan", "pump", "slider", "valve"), ("id_60",), ("id_61", "id_62")
SNR, SECONDS = (-6.0, 6.0), 90.0
FIRST = 9_300_000  # no other benchmark has these takes
HALF = 70.0  # s before the change
TAKE = 300.0  # s
LIMITS = (2.0, 3.0, 4.0, 5.0, 6.0)
MOVED, ROOMS = (0.3, 1.0, 2.0), 8  # m


def balances(sound: Array) -> list[Balance]:
    """Of all segments, one every 5 s."""
    found = []
    for first in range(0, len(sound) - 10 * RATE + 1, 5 * RATE):
        one = Balance.of(sound[first : first + 10 * RATE], RATE)
        assert one
        found.append(one)
    return found


def told(heard: list[Balance], limit: float) -> int:
    """How often it is told, if the detector took everything for unusual."""
    balance.LIMIT = limit
    covered, count = Covered(), 0
    for one in heard:
        if covered.hear(one, True):
            count, covered = count + 1, Covered()
    return count


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
) -> Iterator[tuple[str, float, list[Balance]]]:
    """What was changed, by how many dB where it was covered, and what is heard."""
    take, at = FIRST + int(snr), round(HALF * RATE)

    def parts(fault: str | None = None, severity: float = 0.0) -> tuple[Array, Array]:
        return simulate_parts(
            kind, machine, clip=take, fault=fault, severity=severity, snr_db=snr, seconds=SECONDS
        )

    sound, noise = parts()
    before = (sound + noise)[:at]

    def then(after: Array) -> list[Balance]:
        return balances(np.concatenate([before, after[at:]]))

    for _ in range(4):
        after, loss = shelf(sound + noise, rng)
        yield "covered", loss, then(after)
    yield "nothing", 0, then(sound + noise)
    yield "switched off", 0, then(noise)
    yield "switched on", 0, balances(np.concatenate([noise[:at], (sound + noise)[at:]]))
    if kind != "valve":
        yield "idling", 0, then(slower(kind, machine, take, sound) + noise)
    for fault in FAULTS[kind]:
        faulty, beside = parts(fault, 3.0)
        yield "fault", 0, then(faulty + beside)


def choose() -> None:
    """Rows of the table, by limit."""
    rows: dict[tuple[str, str, float], list[int]] = defaultdict(list)
    for group, machines in (("chosen", CHOSEN), ("reported", REPORTED)):
        for kind in KINDS:
            for machine in machines:
                rng = np.random.default_rng([ord(sign) for sign in kind + machine])
                for snr in SNR:
                    for what, loss, heard in changes(kind, machine, snr, rng):
                        size = f" {loss // 5 * 5:.0f} to {loss // 5 * 5 + 5:.0f} dB"
                        for limit in LIMITS:
                            row = what + (size if loss else "")
                            rows[group, row, limit].append(told(heard, limit) > 0)
    print("told, of so many, at limits of " + ", ".join(f"{limit:g}" for limit in LIMITS) + " dB")
    for group, row in sorted({(group, row) for group, row, _ in rows}):
        shares = [np.mean(rows[group, row, limit]) for limit in LIMITS]
        count = len(rows[group, row, LIMITS[0]])
        print(f"{group:9} {row:22} {count:4}  " + " ".join(f"{share:.2f}" for share in shares))


def long(hours: float) -> None:
    """How often it is told of nothing."""
    counts, each = dict.fromkeys(LIMITS, 0), hours * 3600 / TAKE / len(KINDS) / len(REPORTED)
    for kind in KINDS:
        for machine in REPORTED:
            heard: list[Balance] = []
            for take in range(round(each)):
                sound, noise = simulate_parts(
                    kind, machine, clip=FIRST + 1000 + take, snr_db=6.0, seconds=TAKE
                )
                heard += balances(sound + noise)
            for limit in LIMITS:
                counts[limit] += told(heard, limit)
    print(f"nothing but load, speed and factory changed, every {TAKE / 60:.0f} min; {hours:g} h:")
    print("  told " + ", ".join(f"{count} at {limit:g} dB" for limit, count in counts.items()))


def real(data: Path) -> None:
    """Real recordings one after the other, in which all is well, and faults after them."""
    for name, machines in (
        ("MIMII", sorted(data.glob("mimii/*/*/id_*"))),
        ("cars", sorted(data.glob("cars/car/id_*"))),
    ):
        pairs: dict[str, list[Array]] = defaultdict(list)
        beyond = []
        for machine in machines:
            well = [audio.read(path).samples for path in sorted(machine.glob("normal/*"))]
            faulty = [audio.read(path).samples for path in sorted(machine.glob("abnormal/*"))]
            pairs["normal, then normal"].append(np.concatenate(well))
            halves = [bands(np.concatenate(part)) for part in (well[::2], well[1::2])]
            beyond.append(beyond_level(*halves)[1])
            pairs["normal, then faulty"].append(np.concatenate([*well, *faulty]))
        shape = np.quantile(beyond, [0.5, 0.9])
        print(
            f"{name}, between normal recordings of a machine: a band beyond the level by "
            f"{shape[0]:.1f} dB (a tenth {shape[1]:.1f}); of {len(beyond)}"
        )
        for row, sounds in pairs.items():
            heard = [balances(sound) for sound in sounds]
            counts = [sum(told(one, limit) > 0 for one in heard) for limit in LIMITS]
            print(f"{name}, {row}: of {len(sounds)}, told {counts}")


def moved() -> None:
    """How much the spectrum changes beyond its level where the microphone is moved."""
    rng, found = np.random.default_rng(0), defaultdict(list)
    spectra = [[bands(part) for part in simulate_parts(k, "id_61", snr_db=0)] for k in KINDS]
    for _ in range(ROOMS):
        size = rng.uniform((8, 6, 3.5), (20, 15, 7))
        room = Room((size[0], size[1], size[2]), float(rng.uniform(0.3, 0.6)))
        machine = rng.uniform(1, np.minimum(size - 1, [99, 99, 2]))
        near = np.clip(machine + rng.uniform(0.3, 1) * direction(rng), 0.15, size - 0.15)
        others = [rng.uniform(0.8, size - 0.8) for _ in range(2)]
        for metres in MOVED:
            there = np.clip(near + metres * direction(rng), 0.15, size - 0.15)
            gains = [
                [gain(room, source, at) for source in (machine, *others)] for at in (near, there)
            ]
            for (own, noise), snr in ((s, snr) for s in spectra for snr in (*SNR, 20.0)):
                hall = [np.sum([noise * g for g in gained[1:]], axis=0) for gained in gains]
                scale = (own * gains[0][0]).sum() / hall[0].sum() * 10 ** (-snr / 10)
                there_and_then = [
                    own * gained[0] + scale * of for gained, of in zip(gains, hall, strict=True)
                ]
                found[metres].append(beyond_level(*there_and_then))
    for metres, changes_ in found.items():
        level, shape = np.quantile(np.array(changes_), [0.5, 0.9], axis=0).T
        print(
            f"moved by {metres:g} m: level {level[0]:.1f} dB (a tenth {level[1]:.1f}), a band "
            f"beyond it {shape[0]:.1f} dB (a tenth {shape[1]:.1f}); of {len(changes_)}"
        )


def beyond_level(before: NDArray[np.float64], after: NDArray[np.float64]) -> tuple[float, float]:
    """In dB: how much the level changes, and how much the median band does beyond that."""
    change = 10 * np.log10(after / before)
    level = np.median(change)
    return float(abs(level)), float(np.median(abs(change - level)))


def bands(sound: Array) -> NDArray[np.float64]:
    """Mean power in 32 bands."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, 1024)[::512] * np.hanning(1024)
    power = np.square(np.abs(np.fft.rfft(frames, axis=1))).mean(axis=0)
    return np.asarray((power @ mel_filters()).reshape(32, 4).sum(axis=1))


def gain(room: Room, source: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of power from a source to a microphone in 32 bands."""
    power = np.square(np.abs(np.fft.rfft(room.response(source, at), 16_384)))
    bins = np.add.reduceat(power[:-1], np.arange(0, 8192, 16))
    filters = mel_filters()[:-1]
    return np.asarray((bins @ filters / filters.sum(axis=0)).reshape(32, 4).mean(axis=1))


def direction(rng: np.random.Generator) -> NDArray[np.float64]:
    drawn = rng.normal(size=3) * (1, 1, 0.4)
    return np.asarray(drawn / np.linalg.norm(drawn))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--hours", type=float, default=4.0)
    options = parser.parse_args()
    print(
        f"{BEFORE} segments before, {CHANGE} between, {AFTER} after; lows within {balance.LOWS} dB"
    )
    moved()
    real(options.data)
    choose()
    long(options.hours)


if __name__ == "__main__":
    main()
