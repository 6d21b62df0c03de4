"""Scoring through Ray Data on a real cluster: the same rows as here, and gone on with."""

from __future__ import annotations

from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest
import soundfile
from pyarrow import parquet
from ray_cluster import RayCluster

from mimimi.batch import score as batch
from mimimi.batch.cluster import ray_module
from mimimi.batch.on_ray import _ask, _received
from mimimi.batch.score import Judge
from mimimi.cli import main
from mimimi.errors import UserError
from mimimi.simulate import simulate_clip

pytestmark = pytest.mark.slow
SAME = 1e-4  # of a score: with another number of threads products add in another order


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten clips that no threshold rests on, and one that is none, of a name that is no text."""
    root = tmp_path_factory.mktemp("clips")
    for take in range(10):
        path = root / "fan" / f"{take}.wav"
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, simulate_clip("fan", "id_50", clip=900 + take), 16_000)
    (root / "fan" / "broken \udcff.wav").write_bytes(b"this is no sound")
    return root


@pytest.fixture(autouse=True)
def address(cluster: RayCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", cluster.address)


def rows(folder: Path) -> dict[str, dict[str, Any]]:
    found = parquet.read_table(folder).to_pylist()
    by_file = {row["file"]: row for row in found}
    assert len(by_file) == len(found)  # none twice
    return by_file


def test_both_engines_give_the_same_rows_and_ray_goes_on_where_it_was(
    clips: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(batch, "_PART_SECONDS", 1e9)  # one part, however slow the machine is
    here, there = tmp_path / "here", tmp_path / "there"
    command = ["score", "fan", str(clips), "--out"]
    codes = main([*command, str(here)]), main([*command, str(there), "--engine", "ray"])
    assert codes == (2, 2)  # one is broken
    assert "11 files in" in capsys.readouterr().err
    expected, found = rows(here), rows(there)
    assert found.keys() == expected.keys()
    for file, row in expected.items():
        assert {**found[file], "score": None} == {**row, "score": None}
        if row["score"] is not None:
            assert found[file]["score"] == pytest.approx(row["score"], rel=SAME, abs=SAME)

    part = next(there.glob("*.parquet"))
    whole = parquet.read_table(part)
    said = {key: value for key, value in whole.schema.metadata.items() if b"seal" not in key}
    four = whole.slice(0, 4).replace_schema_metadata(said)
    parquet.write_table(four, part)  # as if it had been killed after four
    kept = {row["file"]: row["score"] for row in whole.slice(0, 4).to_pylist()}
    modified = part.stat().st_mtime_ns
    assert main([*command, str(there), "--engine", "ray"]) == 2
    assert part.stat().st_mtime_ns == modified
    (added,) = set(there.glob("*.parquet")) - {part}
    assert len(parquet.read_table(added)) == 7
    assert rows(there).keys() == expected.keys()
    assert {file: rows(there)[file]["score"] for file in kept} == kept


@pytest.mark.parametrize(
    ("address", "said"),
    [("127.0.0.2:9", "cannot be reached"), ("http://127.0.0.1:8265", "a dashboard's address")],
)
def test_a_cluster_that_is_not_there_is_one_sentence(
    address: str,
    said: str,
    clips: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", address)
    out = str(tmp_path / "out")
    assert main(["score", "fan", str(clips), "--out", out, "--engine", "ray"]) == 2
    message = capsys.readouterr().err
    assert said in message
    assert message.count("\n") == 1


def test_a_cluster_that_does_not_come_up_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_slow(**options: object) -> None:
        raise Exception("The current node timed out during startup.")

    monkeypatch.setattr(ray_module(), "init", too_slow)
    ours, theirs = Pipe(duplex=False)
    monkeypatch.setattr("signal.signal", lambda *args: None)  # Ctrl+C goes on ending the tests
    _ask(theirs, Judge.load("fan"), ["a.wav"])
    with pytest.raises(UserError, match=r"gave up \(The current node timed out during startup"):
        _received(ours)


def test_a_node_that_is_killed_is_one_sentence_and_the_same_command_goes_on(
    clips: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, out = tmp_path / "many", tmp_path / "out"
    folder.mkdir()
    files = [folder / f"{number}.wav" for number in range(200)]  # more than are judged meanwhile
    for file in files:
        file.symlink_to(clips / "fan" / "0.wav")
    command = ["score", "fan", str(folder), "--out", str(out)]
    monkeypatch.setenv("RAY_gcs_rpc_server_reconnect_timeout_s", "2")  # for which Ray tries again
    with RayCluster() as own:

        def after_the_first(text: str) -> None:
            if not text.startswith("0 of"):
                own.kill_node()

        monkeypatch.setenv("RAY_ADDRESS", own.address)
        monkeypatch.setattr("mimimi.cli.score.progress", after_the_first)
        assert main([*command, "--engine", "ray"]) == 2
    message = capsys.readouterr().err
    assert "Ray gave up (its node is gone); what was judged is kept" in message
    assert message.count("\n") == 1
    kept = rows(out)
    assert 0 < len(kept) < len(files)
    left: list[str] = []
    monkeypatch.setattr(
        "mimimi.batch.score.locally", lambda _, waiting: iter(left.extend(waiting) or ())
    )
    main(command)
    assert sorted((*left, *kept)) == sorted(map(str, files))
