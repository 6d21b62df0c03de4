"""Results on disk: whole parts, one question a folder, every name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from damage import one_byte_changed
from filelock import FileLock
from pyarrow import parquet

from mimimi.batch.results import opened
from mimimi.detector.verdict import COLUMNS, Verdict, as_row
from mimimi.errors import UserError

ASKED = {"detector": "abc", "machine id": None}


def row(file: str, **more: object) -> dict[str, object]:
    return as_row(Verdict(file, "fan", **more))  # type: ignore[arg-type]


def test_parts_are_one_table_with_the_columns_of_the_csv(tmp_path: Path) -> None:
    with opened(tmp_path / "r", ASKED) as results:
        results.add([row("a.wav", score=0.25, is_anomalous=True, calibration_clips=3)])
        results.add([row("b.wav", error="b.wav is empty.")])
        results.add([])
        assert results.files() == {"a.wav", "b.wav"}
        assert results.count() == {"files": 2, "anomalous": 1, "errors": 1}
    table = parquet.read_table(tmp_path / "r")
    assert tuple(table.column_names) == COLUMNS
    assert len(list((tmp_path / "r").glob("*.parquet"))) == 2
    assert {line["file"]: line["score"] for line in table.to_pylist()} == {
        "a.wav": 0.25,
        "b.wav": None,
    }


def test_columns_keep_their_types_whatever_a_part_holds(tmp_path: Path) -> None:
    with opened(tmp_path, ASKED) as results:
        results.add([row("a.wav", error="no sound")])
        results.add([row("b.wav", score=1.0, warning="short")])
    parts = [parquet.read_schema(part) for part in tmp_path.glob("*.parquet")]
    assert parts[0].remove_metadata() == parts[1].remove_metadata()


def test_a_part_of_an_earlier_version_gets_the_columns_that_it_lacks(tmp_path: Path) -> None:
    with opened(tmp_path, ASKED) as results:
        results.add([row("a.wav", score=1.0)], {"a.wav": "44 7"})
    [part] = tmp_path.glob("*.parquet")
    before = parquet.read_table(part)
    metadata = dict(before.schema.metadata)
    del metadata[b"mimimi.seal"]  # as its columns are fewer, it would be another one
    fewer = before.drop_columns(["state"]).replace_schema_metadata(metadata)
    parquet.write_table(fewer, part)
    with opened(tmp_path, ASKED) as results:
        results.add([row("b.wav", score=2.0, state="deeper")])
        assert results.states() == {"a.wav": "44 7", "b.wav": ""}
    rows = parquet.read_table(tmp_path).to_pylist()
    assert {one["file"]: one["state"] for one in rows} == {"a.wav": None, "b.wav": "deeper"}


def test_another_question_is_not_answered_into_the_same_folder(tmp_path: Path) -> None:
    with opened(tmp_path, ASKED) as results:
        results.add([row("a.wav")])
    with pytest.raises(UserError, match="another machine id"):
        opened(tmp_path, ASKED | {"machine id": "id_00"}).__enter__()
    with opened(tmp_path, ASKED) as results:
        assert results.files() == {"a.wav"}


def test_a_table_of_someone_else_is_left_alone(tmp_path: Path) -> None:
    import pyarrow as pa

    parquet.write_table(pa.table({"file": ["x"]}), tmp_path / "mine.parquet")
    with pytest.raises(UserError, match=r"mine.parquet was not written by MIMIMI"):
        opened(tmp_path, ASKED).__enter__()
    assert parquet.read_table(tmp_path / "mine.parquet").to_pylist() == [{"file": "x"}]


def test_a_damaged_part_is_one_sentence_and_no_changed_byte_goes_unnoticed(tmp_path: Path) -> None:
    def rows() -> list[dict[str, Any]]:
        with opened(tmp_path, ASKED):
            return parquet.read_table(tmp_path).to_pylist()

    with opened(tmp_path, ASKED) as results:
        results.add([as_row(Verdict(f"{n}.wav", "fan", score=n / 10)) for n in range(9)])
    (part,) = tmp_path.glob("*.parquet")
    whole, before = part.read_bytes(), rows()
    damaged = [whole[:length] for length in range(4, len(whole), 401)]
    damaged += one_byte_changed(whole, 11)
    said = []
    for content in damaged:
        part.write_bytes(content)
        try:
            assert rows() == before  # it was none of the bytes that matter
        except UserError as error:
            said.append(str(error))
    told = sum("is damaged; delete it" in text for text in said)
    assert len(damaged) / 2 < told <= len(said) <= told + 2  # two more for what names it as ours


def test_what_a_kill_left_of_a_part_is_nothing(tmp_path: Path) -> None:
    (tmp_path / ".abc.parquet.4711").write_bytes(b"PAR1 and no more")
    with opened(tmp_path, ASKED) as results:
        assert results.files() == set()
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_two_processes_do_not_write_to_one_folder(tmp_path: Path) -> None:
    with (
        FileLock(tmp_path / ".lock"),
        pytest.raises(UserError, match="Another process is writing"),
    ):
        opened(tmp_path, ASKED).__enter__()


def test_names_that_are_not_utf8_can_be_kept(tmp_path: Path) -> None:
    with opened(tmp_path, ASKED) as results:
        results.add([row("fan \udcff.wav", error="fan \udcff.wav is empty.")])
        assert results.files() == {r"fan \xff.wav"}
