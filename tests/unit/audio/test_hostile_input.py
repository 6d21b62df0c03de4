"""What users give by mistake or on purpose, on the command line: one sentence each, and on it goes.

Every file is given between two good ones, which must be judged all the same.
"""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mimimi.audio import sound_file
from mimimi.cli import main
from mimimi.errors import AudioError
from mimimi.simulate import simulate_clip

pytestmark = pytest.mark.slow  # processes, or bundled detectors


Judge = Callable[..., tuple[dict, list[str], int]]


@pytest.fixture
def judged(saved_detector: Path, fan_clip: Path, capfd: pytest.CaptureFixture[str]) -> Judge:
    """Score a file between two good ones: its verdict, the lines on stderr, the exit code."""

    def score(file: object, *options: str) -> tuple[dict, list[str], int]:
        code = main(
            [
                "score",
                str(saved_detector),
                str(fan_clip),
                str(file),
                str(fan_clip),
                "--json",
                *options,
            ]
        )
        printed = capfd.readouterr()
        before, verdict, after = json.loads(printed.out)
        assert before == after
        assert before["error"] is None
        return verdict, printed.err.splitlines(), code

    return score


def sound(path: Path, samples: np.ndarray | None = None, rate: int = 16_000, **form: str) -> Path:
    soundfile.write(path, simulate_clip("fan") if samples is None else samples, rate, **form)
    return path


def noise(seconds: float, rate: int, channels: int = 1) -> np.ndarray:
    samples = np.random.default_rng(0).standard_normal((round(seconds * rate), channels))
    return (0.1 * samples).astype(np.float32)


def with_(value: float) -> np.ndarray:
    return np.where(np.arange(160_000) == 77_000, value, simulate_clip("fan"))


def cut(path: Path, kind: str, share: float) -> None:
    whole = io.BytesIO()
    soundfile.write(whole, simulate_clip("fan"), 16_000, format=kind)
    path.write_bytes(whole.getvalue()[: int(share * len(whole.getvalue()))])


def circle(path: Path) -> None:
    other = path.with_name("other.wav")
    path.symlink_to(other)
    other.symlink_to(path)


REFUSED = {
    "missing": (lambda p: None, "no such file"),
    "empty": (lambda p: p.touch(), "empty"),
    "text": (lambda p: p.write_text("no sound\n" * 99), "not a sound file"),
    "a header alone": (lambda p: cut(p, "WAV", 0.0001), "not a sound file"),
    "a beginning of FLAC": (lambda p: cut(p, "FLAC", 0.001), "nothing in it can be decoded"),
    "a folder": (lambda p: p.mkdir(), "this is a folder that holds no recordings"),
    "a link to nowhere": (lambda p: p.symlink_to("gone.wav"), "links to a file that is gone"),
    "a circle of links": (circle, "cannot be read"),
    "a link to a device": (lambda p: p.symlink_to("/dev/zero"), "a device or a pipe"),
    "silent": (lambda p: sound(p, np.zeros(160_000)), "silent"),
    "NaN": (lambda p: sound(p, np.full(160_000, np.nan), subtype="FLOAT"), "no numbers"),
    "0.05 s": (lambda p: sound(p, noise(0.05, 16_000)), "0.05 s is too short"),
    "a rate of 3 Hz": (lambda p: sound(p, rate=3), "a sample rate of 3 Hz"),
}


@pytest.mark.parametrize(("make", "said"), REFUSED.values(), ids=REFUSED)
def test_refused_in_one_sentence(make, said, judged: Judge, tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    make(path)
    verdict, (line,), code = judged(path)
    assert code == 2
    assert line == f"mimimi: {verdict['error']}"
    assert said in line
    assert line.endswith(".")
    assert verdict["score"] is verdict["is_anomalous"] is None


TAKEN = {
    "8 channels": (lambda p: sound(p, noise(10, 16_000, 8)), 10.0, None),
    "8 kHz": (lambda p: sound(p, noise(10, 8_000), 8_000), 10.0, "nothing above 4 kHz"),
    "192 kHz": (lambda p: sound(p, noise(10, 192_000), 192_000), 10.0, None),
    "24 bit": (lambda p: sound(p, subtype="PCM_24"), 10.0, None),
    "32 bit": (lambda p: sound(p, subtype="PCM_32"), 10.0, None),
    "float": (lambda p: sound(p, subtype="FLOAT"), 10.0, None),
    "clipped": (lambda p: sound(p, noise(10, 16_000) * 40), 10.0, "clipped"),
    "12.3 s": (lambda p: sound(p, noise(12.3, 16_000)), 12.3, None),
    "9.98 s": (lambda p: sound(p, noise(9.98, 16_000)), 9.98, None),
    "3 s": (lambda p: sound(p, noise(3, 16_000)), 3.0, "3.0 s is short"),
    "cut off": (lambda p: cut(p, "FLAC", 0.5), 5.0, "cut off"),
    "one NaN": (lambda p: sound(p, with_(np.nan), subtype="FLOAT"), 10.0, "no numbers at 4.8 s"),
    "infinite": (lambda p: sound(p, with_(-np.inf), subtype="DOUBLE"), 10.0, "at 4.8 s: skipped"),
}


@pytest.mark.parametrize(("make", "seconds", "said"), TAKEN.values(), ids=TAKEN)
def test_judged_and_said_what_is_odd(make, seconds, said, judged: Judge, tmp_path: Path) -> None:
    make(tmp_path / "x.wav")
    verdict, lines, code = judged(tmp_path / "x.wav", "--machine-id", "id_00")
    assert lines == []
    assert code in (0, 1)
    assert verdict["seconds"] == pytest.approx(seconds, abs=0.5 if said == "cut off" else 0.01)
    assert np.isfinite(verdict["score"])
    assert (said in verdict["warning"]) if said else verdict["warning"] is None


def test_a_channel_that_only_some_files_have(
    saved_detector: Path, fan_clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    eight = sound(tmp_path / "x.wav", noise(10, 16_000, 8))
    assert (
        main(["score", str(saved_detector), str(fan_clip), str(eight), "--channel", "7", "--json"])
        == 2
    )
    printed = capsys.readouterr()
    assert "there is no channel 7; it has 1, counted from 0" in printed.err
    assert [bool(verdict["error"]) for verdict in json.loads(printed.out)] == [True, False]


ODD_NAMES = [
    b"two\nlines.wav", "Lüfter \N{ROBOT FACE} №1.wav".encode(), b"caf\xe9.wav", b"\x1b[31mred.wav",
    b"a" * 250, b"-dash.wav", b"100%s {0}.wav",
]  # fmt: skip


@pytest.mark.parametrize("form", ["--text", "--csv", "--json"])
def test_odd_names(form: str, saved_detector: Path, fan_clip: Path, tmp_path: Path) -> None:
    for name in ODD_NAMES:
        (tmp_path / os.fsdecode(name)).write_bytes(fan_clip.read_bytes())
    given = [*ODD_NAMES, b"missing\n\xff.wav"]
    command = [sys.executable, "-m", "mimimi", "score", saved_detector]
    command += [] if form == "--text" else [form]
    # A terminal of another age: its encoding knows none of the letters.
    old = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": os.getcwd()}
    done = subprocess.run([*command, "--", *given], cwd=tmp_path, capture_output=True, env=old)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line == rb"mimimi: missing\n\udcff.wav: there is no such file; check its name."
    if form == "--json":
        assert [os.fsencode(verdict["file"]) for verdict in json.loads(done.stdout)] == given
    elif form == "--csv":
        rows = list(csv.DictReader(io.StringIO(done.stdout.decode("ascii"), newline="")))
        assert [bool(row["score"]) for row in rows] == [True] * len(ODD_NAMES) + [False]
    else:
        lines = done.stdout.decode("ascii").splitlines()
        assert len(lines) == len(given)
        assert all(line.isprintable() for line in lines)


def test_what_may_not_be_read(judged: Judge, tmp_path: Path, monkeypatch) -> None:
    """By whom the tests are run, root or not: the system's refusal is played."""
    allowed = Path.open

    def refuse(self: Path, *arguments: object, **more: object) -> object:
        if self.name == "secret.wav":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))
        return allowed(self, *arguments, **more)

    monkeypatch.setattr(Path, "open", refuse)
    verdict, (line,), code = judged(sound(tmp_path / "secret.wav"))
    assert code == 2
    assert "you may not read it" in line
    assert verdict["score"] is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes by name here")
def test_a_pipe_is_not_waited_for(judged: Judge, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.wav")
    _, (line,), code = judged(tmp_path / "x.wav")
    assert code == 2
    assert "a device or a pipe" in line
    with pytest.raises(AudioError, match="a device or a pipe"):
        sound_file.open_recording(Path("/dev/zero"), "zero")


def test_a_damaged_mp3_prints_nothing_of_its_decoder(judged: Judge, tmp_path: Path) -> None:
    whole = io.BytesIO()
    soundfile.write(whole, simulate_clip("fan"), 16_000, format="MP3")
    damaged = bytearray(whole.getvalue())
    for position in np.random.default_rng(0).integers(2_000, len(damaged), 60):
        damaged[position] ^= 0xFF
    (tmp_path / "x.mp3").write_bytes(damaged)
    verdict, lines, code = judged(tmp_path / "x.mp3")
    assert code in (0, 1)
    assert lines == []
    assert np.isfinite(verdict["score"])


def test_an_unknown_id_is_refused_before_anything_is_read(
    saved_detector: Path, capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    monkeypatch.setattr("mimimi.audio.read", lambda *_, **__: pytest.fail("read in vain"))
    assert main(["score", str(saved_detector), "an hour.wav", "--machine-id", "id_99"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == "mimimi: This detector knows no fan 'id_99'; it knows id_00, id_02."


@pytest.mark.parametrize("machine_type", ["pump", "slider", "valve"])
def test_a_clip_of_another_machine_type_is_judged_as_this_one(
    machine_type: str, judged: Judge, tmp_path: Path
) -> None:
    """Nothing tells yet that it is none; the verdict names the type that it was judged as."""
    clip = sound(tmp_path / "x.wav", simulate_clip(machine_type))
    verdict, lines, code = judged(clip, "--machine-id", "id_00")
    assert code in (0, 1)
    assert lines == []
    assert verdict["machine_type"] == "fan"
