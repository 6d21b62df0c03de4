from __future__ import annotations

import errno
import random
import shutil
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mimimi.data.download import unpack as unpacking
from mimimi.data.download.unpack import MARK, UnsafeArchive, is_unpacked, unpack
from mimimi.errors import CorpusError

NOISE = random.Random(0).randbytes(5_000)
CLIPS = {f"fan/id_00/normal/{k:08}.wav": NOISE[k:] for k in range(3)}


@pytest.fixture(autouse=True)
def no_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody pulls the plug during a test, and other people's files are not ours to write out."""
    monkeypatch.setattr(unpacking.os, "sync", lambda: None)


def pack(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = method
            entry.filename = entry.orig_filename = name  # ZipInfo would mend some
            archive.writestr(entry, content)
    return path


def tree(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != MARK)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture
def into(tmp_path: Path) -> Callable[..., int]:
    def run(archive: Path, **more: object) -> int:
        return unpack(archive, tmp_path / "target", tmp_path / "staging", **more)

    return run


def refusal(into: Callable[..., int], archive: Path, **more: object) -> str:
    """The one sentence that an archive is refused with; nothing of it is anywhere."""
    around = archive.parent.parent
    before = {path for path in around.rglob("*") if path.name != archive.name}
    with pytest.raises(UnsafeArchive) as caught:
        into(archive, **more)
    assert {path for path in around.rglob("*") if path.name != archive.name} == before
    sentence = str(caught.value)
    assert sentence.startswith(archive.name)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


class TestGood:
    @pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    def test_everything_is_there(self, tmp_path, into, method):
        seen: list[int] = []
        archive = pack(tmp_path / "a.zip", {"fan/": b"", **CLIPS, "empty": b""}, method)
        assert into(archive, on_bytes=seen.append) == 4
        assert tree(tmp_path / "target") == {**CLIPS, "empty": b""}
        assert is_unpacked(tmp_path / "target")
        assert not (tmp_path / "staging").exists()
        assert seen == sorted(seen)
        assert seen[-1] == archive.stat().st_size

    def test_a_folder_of_it(self, tmp_path, into):
        into(pack(tmp_path / "a.zip", {**CLIPS, "__MACOSX/x": b"x"}), inside="fan")
        assert {f"fan/{name}" for name in tree(tmp_path / "target")} == set(CLIPS)
        assert is_unpacked(tmp_path / "target")

    def test_more_than_4_gb_are_written_in_the_longer_form(self, tmp_path, into):
        with (
            zipfile.ZipFile(tmp_path / "a.zip", "w") as archive,
            archive.open("fan/a.wav", "w", force_zip64=True) as file,
        ):
            file.write(NOISE)
        into(tmp_path / "a.zip")
        assert tree(tmp_path / "target") == {"fan/a.wav": NOISE}

    def test_what_an_interrupted_attempt_left_is_swept_away(self, tmp_path, into):
        (tmp_path / "staging" / "fan").mkdir(parents=True)
        (tmp_path / "staging" / "fan" / "half.wav").touch()
        into(pack(tmp_path / "a.zip", CLIPS))
        assert tree(tmp_path / "target") == CLIPS


class TestHostile:
    @pytest.mark.parametrize(
        "name",
        [
            "../clip.wav",
            "fan/../../clip.wav",
            "fan/..",
            "/etc/clip.wav",
            "//server/share/clip.wav",
            "..\\clip.wav",
            "C:\\clip.wav",
            "C:clip.wav",
            "clip.wav:stream",
            "fan/line\nbreak.wav",
            f"fan/{MARK}",
            MARK,
            "/",
        ],
    )
    def test_names_that_leave_the_folder(self, tmp_path, into, name):
        (tmp_path / "in").mkdir()
        refusal(into, pack(tmp_path / "in" / "a.zip", {**CLIPS, name: b"x"}))

    @pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
    def test_links_and_devices(self, tmp_path, into, kind):
        entry = zipfile.ZipInfo("fan/away")
        entry.external_attr = (kind | 0o777) << 16
        (tmp_path / "in").mkdir()
        with zipfile.ZipFile(tmp_path / "in" / "a.zip", "w") as archive:
            archive.writestr(entry, "../..")
        assert "link" in refusal(into, tmp_path / "in" / "a.zip")

    @pytest.mark.parametrize(
        "names",
        [("fan/a", "fan/a"), ("fan/a", "FAN/A"), ("fan/a", "fan/./a"), ("fan", "fan/a")],
        ids=str,
    )
    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_two_of_one_name(self, tmp_path, into, names):
        (tmp_path / "in").mkdir()
        with zipfile.ZipFile(tmp_path / "in" / "a.zip", "w") as archive:
            for name in names:
                archive.writestr(name, NOISE)
        refusal(into, tmp_path / "in" / "a.zip")

    def test_a_bomb(self, tmp_path, into):
        (tmp_path / "in").mkdir()
        bomb = pack(tmp_path / "in" / "a.zip", {"fan/a.wav": bytes(1 << 20)})
        assert "absurd" in refusal(into, bomb)

    def test_a_bomb_of_entries_that_share_their_bytes(self, tmp_path, into):
        (tmp_path / "in").mkdir()
        archive = pack(tmp_path / "in" / "a.zip", {"fan/a.wav": NOISE})
        content = archive.read_bytes()
        start = content.index(b"PK\1\2")
        end = content.index(b"PK\5\6")
        entry = content[start:end]
        listing = b"".join(entry.replace(b"a.wav", b"%05d" % k) for k in range(500))
        total = struct.pack("<HHII", 500, 500, len(listing), start)
        archive.write_bytes(content[:start] + listing + b"PK\5\6" + bytes(4) + total + bytes(2))
        # 2.5 MB from 37 kB: newer zipfiles notice it themselves, older ones do not
        assert "absurd" in refusal(into, archive)

    @pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_unusual_packing(self, tmp_path, into, method):
        (tmp_path / "in").mkdir()
        refusal(into, pack(tmp_path / "in" / "a.zip", CLIPS, method))

    def test_encrypted(self, tmp_path, into):
        (tmp_path / "in").mkdir()
        archive = pack(tmp_path / "in" / "a.zip", {"fan/a.wav": NOISE})
        content = bytearray(archive.read_bytes())
        content[content.index(b"PK\1\2") + 8] |= 1
        archive.write_bytes(content)
        assert "encrypted" in refusal(into, archive)

    @pytest.mark.parametrize("size", [len(NOISE) - 1, len(NOISE) + 1])
    def test_a_lie_about_the_size_of_a_file(self, tmp_path, into, size):
        (tmp_path / "in").mkdir()
        archive = pack(tmp_path / "in" / "a.zip", {"fan/a.wav": NOISE})
        content = bytearray(archive.read_bytes())
        struct.pack_into("<I", content, content.index(b"PK\1\2") + 24, size)
        archive.write_bytes(content)
        assert "damaged" in refusal(into, archive)


class TestDamaged:
    @pytest.mark.parametrize("content", [b"", b"<html></html>", b"PK\5\6"], ids=len)
    def test_no_archive(self, tmp_path, into, content):
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "a.zip").write_bytes(content)
        assert "damaged" in refusal(into, tmp_path / "in" / "a.zip")

    def test_without_the_folder_that_is_meant(self, tmp_path, into):
        (tmp_path / "in").mkdir()
        refusal(into, pack(tmp_path / "in" / "a.zip", CLIPS), inside="pump")

    def test_any_damage_is_noticed_or_harmless(self, tmp_path, into):
        """Bytes are flipped, cut out and doubled: all clips as they were, or a refusal."""
        good = pack(tmp_path / "a.zip", CLIPS).read_bytes()
        rng = random.Random(3)
        refused = 0
        for _ in range(80):
            content = bytearray(good)
            at = rng.choice([rng.randrange(len(good)), rng.randrange(len(good) - 300, len(good))])
            damage = rng.randrange(3)
            if damage == 0:
                content[at] ^= 1 << rng.randrange(8)
            elif damage == 1:
                del content[at : at + rng.randrange(1, 200)]
            else:
                content[at:at] = content[at : at + rng.randrange(1, 200)]
            (tmp_path / "a.zip").write_bytes(content)
            try:
                into(tmp_path / "a.zip")
            except CorpusError:
                refused += 1
                assert not (tmp_path / "target").exists()
            else:
                found = sorted(tree(tmp_path / "target").values())
                assert set(found) <= set(CLIPS.values())
                shutil.rmtree(tmp_path / "target")
            assert not (tmp_path / "staging").exists()
        assert refused > 40


class TestDisk:
    def test_too_little_room_is_said_before_anything_is_written(self, tmp_path, into, monkeypatch):
        usage = shutil.disk_usage(tmp_path)._replace(free=14_000)
        monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
        with pytest.raises(CorpusError, match=r"15\.0 kB .* 14\.0 kB free"):
            into(pack(tmp_path / "a.zip", CLIPS))
        assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]

    @pytest.mark.parametrize("trouble", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
    def test_whatever_stops_it_leaves_nothing(self, tmp_path, into, trouble):
        def stop(done: int) -> None:
            raise trouble

        with pytest.raises(type(trouble)):
            into(pack(tmp_path / "a.zip", CLIPS), on_bytes=stop)
        assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]
