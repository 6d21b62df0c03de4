"""Tables as spreadsheets write them: what is meant is read, what contradicts itself refused."""

from __future__ import annotations

import contextlib
import random
import unicodedata
from pathlib import Path

import pytest

from mimimi.data.index import index
from mimimi.data.table import read_table
from mimimi.errors import CorpusError

HEADER = "path,machine_type,machine_id,label,split"


def table(root: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    for name in ("a.wav", "b.wav", "sub/a.wav"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    text = "\r\n".join([header, *lines]) + "\r\n"
    (root / "index.csv").write_text(text, encoding=encoding, newline="")
    return root / "index.csv"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_of_spreadsheets(tmp_path, separator):
    lines = [line.replace(",", separator) for line in (HEADER, "a.wav,fan,m1,normal,train")]
    [found] = read_table(table(tmp_path, lines[1], header=lines[0]), "mine")
    assert (found.machine, found.label, found.split) == ("fan m1", "normal", "train")


def test_a_field_may_hold_the_separator_in_quotes(tmp_path):
    header = f'"{HEADER}"'.replace(",", '";"')
    line = '"a.wav";"fan";"Pumpe 3; Halle, Süd";"normal";"train"'
    with pytest.raises(CorpusError, match=r"line 2.*cannot be the name"):  # for its semicolon
        read_table(table(tmp_path, line, header=header), "mine")
    [found] = read_table(table(tmp_path, line.replace("3; ", "3 "), header=header), "mine")
    assert found.machine_id == "Pumpe 3 Halle, Süd"


def test_blanks_capitals_and_empty_lines_are_forgiven(tmp_path):
    line = " a.wav , fan , m1 , Abnormal , Test "
    [found] = read_table(
        table(tmp_path, line, ",,,,", "", header=HEADER.title().replace(",", " , ")), "mine"
    )
    assert (found.machine, found.label, found.split) == ("fan m1", "anomaly", "test")


def test_backslashes_are_those_of_another_system(tmp_path):
    [found] = read_table(table(tmp_path, r"sub\a.wav,fan,m1,normal,train"), "mine")
    assert found.path == tmp_path / "sub" / "a.wav"
    with pytest.raises(CorpusError, match="outside"):
        read_table(table(tmp_path / "data", r"..\a.wav,fan,m1,normal,train"), "mine")


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
def test_an_umlaut_is_found_however_the_disk_composes_it(tmp_path, forms):
    written, on_disk = (unicodedata.normalize(form, "Lüfter.wav") for form in forms)
    (tmp_path / on_disk).touch()
    [found] = read_table(table(tmp_path, f"{written},fan,m1,normal,train"), "mine")
    assert found.path.is_file()


@pytest.mark.parametrize(
    "other",
    ["a.wav,fan,m2,normal,train", "a.wav,fan,m1,anomaly,train", "./a.wav,fan,m1,normal,test"],
)
def test_two_things_said_of_one_recording_are_refused_with_their_lines(tmp_path, other):
    lines = ["a.wav,fan,m1,normal,train", "b.wav,fan,m1,normal,train", other]
    with pytest.raises(CorpusError, match=r"lines 2 and 4: a.wav is fan m1, normal, train in one"):
        read_table(table(tmp_path, *lines), "mine")


def test_the_same_said_twice_counts_once(tmp_path):
    table(tmp_path, *["a.wav,fan,m1,normal,train"] * 2)
    assert len(index([tmp_path])) == 1


def test_recordings_that_it_does_not_name_are_counted(tmp_path):
    told: list[str] = []
    table(tmp_path, "a.wav,fan,m1,normal,train")
    index([tmp_path], log=told.append)
    [line] = told
    assert "does not name, left out: 2 (" in line


def test_domain_and_attributes_are_kept(tmp_path):
    header = f"{HEADER},domain,attributes"
    [found] = read_table(
        table(tmp_path, "a.wav,fan,m1,normal,train,target,vel_6", header=header), "mine"
    )
    assert (found.domain, found.attributes) == ("target", "vel_6")


def test_a_table_of_another_encoding_is_refused_with_the_way_out(tmp_path):
    lines = "a.wav,fan,Halle Süd,normal,train"
    with pytest.raises(CorpusError, match="CSV UTF-8"):
        read_table(table(tmp_path, lines, encoding="cp1252"), "mine")


def test_a_name_that_no_detector_can_bear_is_refused_with_its_line(tmp_path):
    with pytest.raises(CorpusError, match=r"line 2: 'M/2 \(neu\)' cannot be.*'M-2 \(neu\)'"):
        read_table(table(tmp_path, "a.wav,fan,M/2 (neu),normal,train"), "mine")


def test_any_damage_is_read_over_or_refused(tmp_path):
    good = table(
        tmp_path, 'a.wav,fan,"Pumpe 1",normal,train', "b.wav,fan,m,normal,test"
    ).read_bytes()
    rng = random.Random(0)
    for _ in range(300):
        content = bytearray(good)
        for _ in range(rng.choice((1, 2, 5, 30))):
            at = rng.randrange(len(content))
            content[at : at + rng.randrange(3)] = rng.choice(
                (b"", b'"', b"\0", b"\xff", b";", b"\n")
            )
            content = content or bytearray(b"p")
        (tmp_path / "index.csv").write_bytes(content)
        with contextlib.suppress(CorpusError):
            read_table(tmp_path / "index.csv", "mine")


@pytest.mark.parametrize("before", ["sep=;\r\n", '"sep=;"\r\n', "\r\n\r\n"])
def test_what_a_spreadsheet_puts_in_front_is_passed_over(tmp_path, before):
    header = HEADER.replace(",", ";")
    [found] = read_table(
        table(tmp_path, "a.wav;fan;m1;normal;train", header=before + header), "mine"
    )
    assert found.machine == "fan m1"
    line = 3 + before.count("\n")
    with pytest.raises(CorpusError, match=f"line {line - 1}: the file gone.wav"):
        read_table(table(tmp_path, "gone.wav;fan;m1;normal;train", header=before + header), "mine")


@pytest.mark.parametrize("written", ["A.WAV", r"SUB\A.wav", "Sub/a.WAV"])
def test_windows_does_not_tell_capitals_of_files_apart(tmp_path, written):
    [found] = read_table(table(tmp_path, f"{written},fan,m1,normal,train"), "mine")
    assert found.path.is_file()
    assert found.path.name == "a.wav"
    for gone in ("/a/b.wav", "a" * 1_000, "sub", "sub/../../a.wav"):
        with pytest.raises(CorpusError, match="line 2"):
            read_table(table(tmp_path, f"{gone},fan,m1,normal,train"), "mine")
