"""The warnings are counted where it is known what they should say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from benchmarks.accuracy.second_microphone import (
    HARM,
    MACHINE,
    NOTHING,
    RATIOS,
    Heard,
    clips,
    in_a_room,
    table,
)
from mimimi.simulate import simulate_clip


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("data")
    lines = ["path,machine_type,machine_id,label,split"]
    for kind in ("fan", "pump"):
        for n in range(2):
            soundfile.write(root / f"{kind} {n}.wav", simulate_clip(kind, clip=n), 16_000)
            lines.append(f"{kind} {n}.wav,{kind},id_00,normal,{'train' if n else 'dev'}")
    (root / "index.csv").write_text("\n".join(lines))
    return root


def test_a_machine_far_louder_than_the_hall_is_lost_and_one_far_fainter_is_not(data):
    there = clips(data)
    assert [kind for kind, _ in there] == ["fan", "pump"]  # of the training split
    rng = np.random.default_rng(3)
    heard = in_a_room([*there, *there], rng)
    assert [one.ratio for one in heard] == [*RATIOS, None]
    assert heard[0].lost < HARM < heard[-2].lost
    assert MACHINE not in heard[0].kinds
    assert MACHINE in heard[-2].kinds
    assert heard[-1].kinds == {NOTHING}


def test_shares_are_of_the_recordings_of_a_row():
    heard = [
        Heard(-20.0, 0.1, frozenset()),
        Heard(20.0, 5.0, frozenset({MACHINE})),
        Heard(20.0, 5.0, frozenset()),
        Heard(None, 0.0, frozenset({NOTHING})),
    ]
    rows = table([*heard, *(Heard(ratio, 1.0, frozenset()) for ratio in RATIOS)]).splitlines()
    assert rows[2] == "| the machine loses 2 dB or more | 2 | 50% | 0% |"
    assert rows[-1] == "| the second microphone is elsewhere | 1 | 0% | 100% |"
