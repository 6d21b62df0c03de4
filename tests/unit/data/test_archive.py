"""ZIPs as people's systems pack them, and those that mean ill."""

from __future__ import annotations

import contextlib
import os
import random
import stat
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from mimimi.data.archive import unpack_recordings
from mimimi.errors import CorpusError

SOUND = os.urandom(5_000)


def pack(place: Path, *entries: str | zipfile.ZipInfo, content: bytes = SOUND) -> Path:
    with zipfile.ZipFile(place / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            archive.writestr(entry, content)
    return place / "a.zip"


def raw(name: str, **fields: int) -> zipfile.ZipInfo:
    """An entry under just this name, which zipfile would mend."""
    entry = zipfile.ZipInfo("x")
    entry.filename = entry.orig_filename = name
    for field, value in fields.items():
        setattr(entry, field, value)
    return entry


def unpacked(place: Path, archive: Path) -> list[str]:
    found = unpack_recordings(archive, place / "out")
    return [Path(file).relative_to(place / "out").as_posix() for file in found.files]


def test_windows_parts_folders_by_backslashes(tmp_path):
    archive = pack(tmp_path, raw("north\\a.wav"), raw("south\\a.wav"))
    assert unpacked(tmp_path, archive) == ["north/a.wav", "south/a.wav"]
    assert (tmp_path / "out" / "north" / "a.wav").read_bytes() == SOUND


def test_signs_that_not_every_disk_takes(tmp_path):
    archive = pack(tmp_path, "north/2024-05-01 10:30:00.wav", 'a?"b.wav')
    assert unpacked(tmp_path, archive) == ["a__b.wav", "north/2024-05-01 10_30_00.wav"]


def test_a_mac_does_not_say_that_its_names_are_utf_8(tmp_path):
    name = "Lüfter/1.wav"
    archive = pack(tmp_path, name)
    content = archive.read_bytes()
    for at in (content.index(b"PK\3\4") + 6, content.index(b"PK\1\2") + 8):
        content = content[: at + 1] + bytes([content[at + 1] & ~8]) + content[at + 2 :]
    archive.write_bytes(content)
    assert unpacked(tmp_path, archive) == [name]


def test_only_what_counts_is_written_and_the_rest_counted(tmp_path):
    archive = pack(
        tmp_path,
        *("fan/a 10.wav", "fan/a 9.wav", "index.csv", "read me.txt"),
        *("@eaDir/a.wav/SYNO.wav", "__MACOSX/fan/._a.wav"),
    )
    found = unpack_recordings(archive, tmp_path / "out")
    assert [Path(file).name for file in found.files] == ["a 9.wav", "a 10.wav"]
    assert found.left_out.startswith("left out: 2 hidden or thrown away (")
    assert "1 of another kind (read me.txt)" in found.left_out
    written = {path.name for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert written == {"a 9.wav", "a 10.wav", "index.csv"}


def test_one_live_microphone_of_many_is_no_bomb(tmp_path):
    content = b"".join(SOUND[2 * k : 2 * k + 2] + bytes(62) for k in range(2_000))
    assert unpacked(tmp_path, pack(tmp_path, "a.wav", content=content)) == ["a.wav"]


def test_one_damaged_recording_does_not_lose_the_others(tmp_path):
    archive = pack(tmp_path, "a.wav", "b.wav")
    content = bytearray(archive.read_bytes())
    content[content.index(b"b.wav") + 1_000] ^= 255
    archive.write_bytes(content)
    found = unpack_recordings(archive, tmp_path / "out")
    assert [Path(file).name for file in found.files] == ["a.wav"]
    assert found.closed == ["b.wav"]
    assert "1 not to be read (b.wav)" in found.left_out


def test_links_and_devices_are_left_out(tmp_path):
    link = raw("b.wav", external_attr=(stat.S_IFLNK | 0o777) << 16)
    found = unpack_recordings(pack(tmp_path, "a.wav", link), tmp_path / "out")
    assert found.closed == ["b.wav"]
    assert not (tmp_path / "out" / "b.wav").exists()


@pytest.mark.parametrize("name", ["../a.wav", "/etc/a.wav", "a/../../b.wav", "..\\a.wav"])
def test_names_that_lead_out_are_refused(tmp_path, name):
    with pytest.raises(CorpusError, match="leaves its folder"):
        unpacked(tmp_path, pack(tmp_path, raw(name)))
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_a_password_is_said(tmp_path):
    archive = pack(tmp_path, "a.wav")
    content = bytearray(archive.read_bytes())
    content[content.index(b"PK\1\2") + 8] |= 1
    archive.write_bytes(content)
    with pytest.raises(CorpusError, match="password"):
        unpacked(tmp_path, archive)


def test_more_than_may_be_is_refused_before_anything_is_written(tmp_path):
    archive = pack(tmp_path, "a.wav", content=bytes(3_000_000))
    with pytest.raises(CorpusError, match="unpacks to 3 MB and 1 MB are left"):
        unpack_recordings(archive, tmp_path / "out", most_bytes=1e6)
    assert not (tmp_path / "out").exists()


def test_names_too_long_for_the_disk_and_files_that_are_folders_lose_only_themselves(tmp_path):
    archive = pack(tmp_path, f"{'x' * 300}.wav", "a.wav", "a.wav/b.wav")
    assert unpacked(tmp_path, archive) == ["a.wav"]


def test_any_damage_is_read_over_or_refused(tmp_path):
    """Bytes are flipped, cut out, doubled and overwritten."""
    good = pack(tmp_path, "fan/ü.wav", "Pump A+/1.flac", content=SOUND[:300]).read_bytes()
    rng = random.Random(0)
    for k in range(300):
        content = bytearray(good)
        for _ in range(rng.choice((1, 2, 5, 30))):
            at, damage = rng.randrange(len(content)), rng.randrange(4)
            if damage == 0:
                content[at] ^= 1 << rng.randrange(8)
            elif damage == 1:
                del content[at : at + rng.randrange(1, 60)]
            elif damage == 2:
                content[at:at] = content[at : at + rng.randrange(1, 60)]
            else:
                content[at : at + 4] = rng.choice((bytes(4), b"\xff" * 4))
            content = content or bytearray(b"PK")
        (tmp_path / "a.zip").write_bytes(content)
        with contextlib.suppress(CorpusError):
            unpack_recordings(tmp_path / "a.zip", tmp_path / f"{k}", most_bytes=1e6)


def test_a_list_of_millions_of_entries_is_refused_before_it_is_read(tmp_path: Path) -> None:
    count = 3_000_000
    entry = b"PK\x01\x02" + bytes(24) + (1).to_bytes(2, "little") + bytes(16) + b"a"
    end = b"PK\x05\x06" + bytes(4) + 2 * b"\xff\xff" + (count * len(entry)).to_bytes(4, "little")
    archive = tmp_path / "a.zip"
    archive.write_bytes(entry * count + end + bytes(6))
    tracemalloc.start()
    with pytest.raises(CorpusError, match="more than 5000 files"):
        unpack_recordings(archive, tmp_path / "out")
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()
