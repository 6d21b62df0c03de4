"""ZIPs and tables damaged thousands of times: read or refused in a sentence, and nothing else.

In one process, as the page reads them. `pytest -s` shows the figures; MIMIMI_FUZZ=1 tries all.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
from damage import damaged
from survival import LARGEST_GROWTH, Survival, share

from mimimi.data.archive import unpack_recordings
from mimimi.data.collection import add_zip
from mimimi.data.index import index
from mimimi.errors import UserError

MUTATIONS, FEW = 2_000, 200
pytestmark = pytest.mark.skipif(
    not Path("/proc/self/statm").is_file(), reason="memory is read from /proc"
)
TABLE = """\
path,machine_type,machine_id,label,split,corpus,fault,domain,attributes
a.wav,fan,north,normal,train,mine,,source,vel_6
b.wav,fan,south,normal,train,mine,,,
sub/c.wav,fan,south,anomaly,test,mine,clogging,target,"a, b"
"""


def sound() -> bytes:
    file = io.BytesIO()
    noise = 0.1 * np.random.default_rng(0).standard_normal(18_000)
    soundfile.write(file, noise, 8_000, format="WAV", subtype="PCM_16")
    return file.getvalue()


def packed(entries: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as content:
        for name, data in entries.items():
            content.writestr(name, data)
    return file.getvalue()


def zips() -> list[bytes]:
    clip = sound()
    names = ["north/a.wav", "south/2024-05-01/b.wav", "Pumpe 3, Halle Süd/c.wav", "notes.txt"]
    listed = {"a.wav": clip, "b.wav": clip, "sub/c.wav": clip, "index.csv": TABLE.encode()}
    return [
        packed(dict.fromkeys(names, clip)),
        packed(dict.fromkeys(names, clip), zipfile.ZIP_DEFLATED),
        packed(listed, zipfile.ZIP_DEFLATED),
        packed({"fan\\id_00\\normal\\0.wav": clip, "@eaDir/x.wav": clip}),
        packed({"a.wav": clip}, zipfile.ZIP_LZMA),
    ]


def tables() -> list[bytes]:
    kinds = [TABLE, TABLE.replace(",", ";"), TABLE.replace(",", "\t"), TABLE.replace("/", "\\")]
    coded = [text.encode() for text in kinds]
    return [
        *coded,
        TABLE.encode("utf-8-sig"),
        TABLE.replace("\n", "\r\n").encode(),
        b'"' + coded[0],
    ]


ODD = [
    "", " ", "..", "../b.wav", "/etc/passwd", "C:\\a.wav", "\0", '"', "'", ",;\t", "\n", "=1+1",
    "a" * 200_000, "a" * 1_000, "/a/" * 9, "A.WAV",
    "Süd", "Su\u0308d", "\u202e", "\ud800", "NORMAL", " abnormal ", "a.wav",
]  # fmt: skip


def misfilled(files: list[bytes], seed: int) -> bytes:
    """A table in which some fields hold what none should."""
    rng = np.random.default_rng(seed)
    text = files[seed % len(files)].decode("utf-8-sig")
    separator = next(sign for sign in ";\t," if sign in text)
    rows = [line.split(separator) for line in text.splitlines()]
    for _ in range(rng.integers(1, 4)):
        row = rows[rng.integers(len(rows))]
        row[rng.integers(len(row))] = ODD[rng.integers(len(ODD))]
    return "\n".join(map(separator.join, rows)).encode("utf-8", "surrogatepass")


def in_one_line(error: UserError) -> str | bool:
    return f"a sentence of several lines: {error}" if "\n" in str(error) else False


@pytest.mark.filterwarnings("error", "ignore:Duplicate name")
def test_damaged_zips_are_taken_in_or_refused(tmp_path: Path) -> None:
    files, place = zips(), tmp_path / "place"

    def take_in(file: bytes, seed: int) -> str | bool:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        archive = place / "upload.zip"
        archive.write_bytes(file)
        try:
            if seed % 4:  # without its sound, which is fuzzed elsewhere
                found = unpack_recordings(archive, place / "inside", most_bytes=5e6)
                outside = [p for p in found.files if not Path(p).is_relative_to(place / "inside")]
                return f"outside: {outside}" if outside else bool(found.files)
            return add_zip(place / "mine", "fan", "pump", archive, most_bytes=5e6) > 0
        except UserError as error:
            return in_one_line(error)

    for file in files[:4]:
        assert take_in(file, 1) is True
        assert take_in(file, 0) is True  # one that is called faulty is marked so
    survival = Survival(tmp_path)
    survival.run(share(MUTATIONS, FEW), lambda seed: damaged(files, seed), take_in)
    print(survival)
    assert 0.05 < survival.taken / survival.tried < 0.9  # else the damage is no test
    assert survival.growth < LARGEST_GROWTH
    assert {path.name for path in tmp_path.iterdir()} <= {"place", "seed"}


@pytest.mark.filterwarnings("error")
def test_damaged_tables_are_followed_or_refused(tmp_path: Path) -> None:
    files, folder = tables(), tmp_path / "data"
    (folder / "sub").mkdir(parents=True)
    for name in ("a.wav", "b.wav", "sub/c.wav"):
        (folder / name).write_bytes(sound())

    def follow(file: bytes, _: int) -> str | bool:
        (folder / "index.csv").write_bytes(file)
        try:
            found = index([folder], log=lambda line: None)
        except UserError as error:
            return in_one_line(error)
        outside = [r.path for r in found if not r.path.resolve().is_relative_to(folder)]
        return f"outside: {outside}" if outside else bool(found)

    assert all(follow(file, 0) is True for file in files[:6])
    survival = Survival(tmp_path)
    kinds = (damaged, misfilled)
    survival.run(share(MUTATIONS, FEW), lambda seed: kinds[seed // 2 % 2](files, seed), follow)
    print(survival)
    assert 0.05 < survival.taken / survival.tried < 0.9
    assert survival.growth < LARGEST_GROWTH
