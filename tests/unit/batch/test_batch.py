"""Many recordings: found, judged once, kept as they come, gone on with after a kill."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import soundfile
from pyarrow import parquet

from mimimi.batch.results import Row, opened
from mimimi.batch.score import Judge, locally, score
from mimimi.cli import main
from mimimi.data.find import find
from mimimi.errors import UserError

pytestmark = pytest.mark.slow  # processes, or bundled detectors

SCRIPT = """
import os, signal, sys
from mimimi.batch import score as batch
from mimimi.cli import main

batch._PART_SECONDS = 0  # a part a file
judged = []

class Dying(batch.Judge):
    def __call__(self, path, name=None):
        judged.append(path)
        if len(judged) == 4:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(path, name)

batch.Judge = Dying
main(sys.argv[1:])
"""


@pytest.fixture
def clips(tmp_path: Path, hum) -> Path:
    """Six recordings, two folders deep, and one that is none."""
    root = tmp_path / "clips"
    for k in range(6):
        path = root / f"day {k % 2}" / f"{k}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, hum(seconds=3.0, seed=k), 16_000)
    (root / "broken.wav").write_bytes(b"this is no sound")
    (root / "notes.txt").write_text("nor this")
    return root


def rows(folder: Path) -> list[dict[str, object]]:
    return parquet.read_table(folder).to_pylist()


def test_folders_are_searched_however_deep_and_files_stay_as_they_were_given(clips: Path) -> None:
    files = find([str(clips), "elsewhere/a.flac"]).files
    assert [file.removeprefix(f"{clips}/") for file in files] == [
        "broken.wav",
        *(f"day 0/{k}.wav" for k in (0, 2, 4)),
        *(f"day 1/{k}.wav" for k in (1, 3, 5)),
        "elsewhere/a.flac",
    ]
    (clips / "empty").mkdir()
    empty = str(clips / "empty")
    assert find([empty]).files == [empty]  # refused when its turn comes


def test_the_rows_are_those_of_the_csv(
    saved: Path, clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    code = main(["score", str(saved), str(clips), str(clips / "broken.wav"), "--out", str(out)])
    assert code == 2  # one is broken
    assert "7 files in" in capsys.readouterr().err
    main(["score", str(saved), str(clips), "--csv"])
    told = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    kept = [{key: "" if v is None else str(v) for key, v in row.items()} for row in rows(out)]
    assert sorted(kept, key=lambda row: row["file"]) == sorted(told, key=lambda row: row["file"])


def test_what_has_a_row_is_not_judged_again(saved: Path, clips: Path, tmp_path: Path) -> None:
    judge, files = Judge.load(str(saved), "id_00"), find([str(clips)]).files
    asked: list[str] = []

    def breaking(judge: Judge, files: Sequence[str]) -> Iterator[Row]:
        for k, row in enumerate(locally(judge, files)):
            if k == 3:
                raise KeyboardInterrupt
            yield row

    def watched(judge: Judge, files: Sequence[str]) -> Iterator[Row]:
        asked.extend(files)
        return locally(judge, files)

    with opened(tmp_path / "out", judge.asked) as results:
        with pytest.raises(KeyboardInterrupt):
            score(judge, files, results, breaking, lambda *how_far: None)
        assert results.files() == set(files[:3])
        score(judge, files, results, watched, lambda *how_far: None)
        assert asked == files[3:]
        assert results.count()["files"] == len(files)


def test_a_kill_loses_only_what_was_in_flight(saved: Path, clips: Path, tmp_path: Path) -> None:
    command = ["score", str(saved), str(clips), "--out", str(tmp_path / "out")]
    one_at_a_time = os.environ | {"OMP_NUM_THREADS": "1"}
    killed = subprocess.run(
        [sys.executable, "-c", SCRIPT, *command], env=one_at_a_time, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    before = {row["file"] for row in rows(tmp_path / "out")}
    assert len(before) == 3
    assert main(command) == 2
    after = [row["file"] for row in rows(tmp_path / "out")]
    assert sorted(map(str, after)) == sorted(find([str(clips)]).files)


def test_several_at_a_time_are_told_in_their_order(
    saved: Path, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge, files = Judge.load(str(saved), "id_00"), find([str(clips)]).files
    monkeypatch.setattr("mimimi.batch.score.processors", lambda: 1)
    one_by_one = list(locally(judge, files))
    monkeypatch.setattr("mimimi.batch.score.processors", lambda: 2)
    monkeypatch.setattr("mimimi.batch.side_by_side.processors", lambda: 2)
    monkeypatch.setattr("mimimi.batch.score._ALONE", -1.0)
    assert list(locally(judge, files)) == one_by_one
    assert [row["file"] for row in one_by_one] == files


def test_another_detector_or_machine_is_another_question(
    saved: Path, clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["score", str(saved), str(clips), "--out", str(tmp_path / "out")]
    main([*command, "--machine-id", "id_00"])
    assert main([*command, "--machine-id", "id_02"]) == 2
    assert "results of another machine id" in capsys.readouterr().err
    assert main(["score", "fan", *command[2:]]) == 2
    assert "results of another detector" in capsys.readouterr().err


def test_without_ray_the_way_to_it_is_one_sentence(
    saved: Path,
    clips: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from mimimi import extras

    monkeypatch.setattr(extras, "import_module", _no_module)
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    command = ["score", str(saved), str(clips), "--engine", "ray"]
    assert main(command) == 2
    assert "--out RESULTS" in capsys.readouterr().err
    assert main([*command, "--out", str(tmp_path / "out")]) == 2
    assert 'pip install "mimimi[cluster]"' in capsys.readouterr().err


def _no_module(name: str) -> None:
    raise ModuleNotFoundError(name=name)


def test_scoring_here_needs_no_ray_and_printing_no_parquet(saved: Path, clips: Path) -> None:
    code = (
        "import sys; from mimimi.cli import main; main(sys.argv[1:])\n"
        "print('heavy:', sorted({'ray', 'pyarrow'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, "score", str(saved), str(clips)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.strip().endswith("heavy: []")


def test_an_unknown_machine_is_refused_before_anything_is_written(
    saved: Path, clips: Path, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="id_99"):
        Judge.load(str(saved), "id_99")
    out = tmp_path / "out"
    assert main(["score", str(saved), str(clips), "--machine-id", "id_99", "--out", str(out)]) == 2
    assert not out.exists()


def test_a_file_that_was_half_copied_is_judged_again_when_it_is_whole(
    saved: Path, clips: Path, tmp_path: Path
) -> None:
    command = ["score", str(saved), str(clips), "--out", str(tmp_path / "out")]
    late, whole = clips / "late.wav", (clips / "day 0" / "0.wav").read_bytes()
    late.write_bytes(whole[:100])
    assert main(command) == 2
    before = {row["file"]: row for row in rows(tmp_path / "out")}
    assert before[str(late)]["error"]
    late.write_bytes(whole)
    (clips / "broken.wav").unlink()
    main(command)
    after = {row["file"]: row for row in rows(tmp_path / "out")}
    assert len(after) == len(before) == len(rows(tmp_path / "out"))
    assert after[str(late)]["error"] is None
    assert {k: v for k, v in after.items() if k != str(late)} == {
        k: v for k, v in before.items() if k != str(late)
    }


def test_what_was_left_out_of_a_folder_is_said_and_an_empty_one_is_refused_in_its_turn(
    saved: Path, clips: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (clips / "._1.wav").touch()
    (clips / "empty").mkdir()
    assert main(["score", str(saved), str(clips / "empty"), str(clips), "--csv"]) == 2
    told = capsys.readouterr()
    assert "left out: 1 hidden or thrown away (" in told.err
    assert "1 of another kind (" in told.err
    assert len(list(csv.DictReader(io.StringIO(told.out)))) == 8
    assert "this is a folder that holds no recordings; give WAV" in told.err
