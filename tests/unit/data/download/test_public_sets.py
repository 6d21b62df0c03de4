from __future__ import annotations

import errno
import io
import os
import shutil
import threading
import wave
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from local_server import Answer, LocalServer

from mimimi import audio
from mimimi.data.download import public_sets, web
from mimimi.data.download import unpack as unpacking
from mimimi.data.download.disk import size_text
from mimimi.data.download.partial import Partial
from mimimi.data.download.progress import Progress
from mimimi.data.download.public_sets import DataSet, archives, download_data_set
from mimimi.data.index import index
from mimimi.errors import CorpusError

MIMII = "/api/records/3384388"
FAN = f"{MIMII}/files/-6_dB_fan.zip/content"


def clip(seed: int, channels: int = 1) -> bytes:
    noise = np.random.default_rng(seed).normal(0, 3000, (1600, channels)).astype("<i2")
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setparams((channels, 2, 16_000, 0, "NONE", ""))
        file.writeframes(noise.tobytes())
    return target.getvalue()


def packed(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


@cache
def mimii_archive(machine_type: str, seed: int) -> bytes:
    files = {f"{machine_type}/": b"", f"{machine_type}/id_00/": b""}
    for label, count in (("normal", 3), ("abnormal", 1)):
        for k in range(count):
            name = f"{machine_type}/id_00/{label}/{k:08}.wav"
            files[name] = clip(seed + k, channels=8)
    return packed(files)


@cache
def dcase_archive(machine_type: str) -> bytes:
    names = ("train/normal_id_00_00000000", "test/normal_id_00_00000000", "test/anomaly_id_00_0")
    return packed({f"{machine_type}/{name}.wav": clip(len(name)) for name in names})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalServer]:
    server = LocalServer()
    levels, types = ("-6", "0", "6"), ("fan", "pump")
    server.publish(
        3384388, {f"{n}_dB_{t}.zip": mimii_archive(t, int(n) + 6) for n in levels for t in types}
    )
    server.publish(
        3678171, {f"dev_data_{t}.zip": dcase_archive(t) for t in ("fan", "pump", "ToyCar")}
    )
    monkeypatch.setenv("MIMIMI_ZENODO", server.url)
    monkeypatch.setattr(web.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(unpacking.os, "sync", lambda: None)
    yield server
    server.close()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "data"


class Told(list[str]):
    def __init__(self) -> None:
        super().__init__()
        self.progress: list[Progress] = []


def get(
    out: Path, dataset: DataSet = "mimii", types: tuple[str, ...] = ("fan",), snr=(-6,)
) -> Told:
    told = Told()
    snr = snr if dataset == "mimii" else ()
    download_data_set(out, dataset, types, snr, say=told.append, progress=told.progress.append)
    return told


def refusal(out: Path, **asked: object) -> str:
    with pytest.raises(CorpusError) as caught:
        get(out, **asked)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def visible(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir() if not path.name.startswith("."))


class TestArchives:
    def test_nothing_named_is_everything(self):
        assert len(archives("mimii")) == 12
        assert [a.name for a in archives("dcase2020")] == [
            f"dev_data_{t}.zip" for t in ("fan", "pump", "slider", "valve", "ToyCar", "ToyConveyor")
        ]

    def test_each_once_type_by_type(self):
        names = [a.name for a in archives("mimii", ["pump", "fan", "pump"], [6, -6, 6])]
        assert names == ["6_dB_pump.zip", "-6_dB_pump.zip", "6_dB_fan.zip", "-6_dB_fan.zip"]

    @pytest.mark.parametrize(
        "asked",
        [("mimii", ["ToyCar"]), ("mimii", ["../x"]), ("mimii", [], [3]), ("dcase2020", [], [6])],
        ids=str,
    )
    def test_what_there_is_not(self, asked):
        with pytest.raises(CorpusError):
            archives(*asked)

    def test_an_unknown_data_set(self):
        with pytest.raises(CorpusError, match="choose mimii or dcase2020"):
            archives("esc50")  # type: ignore[arg-type]


class TestIntoTheFolder:
    def test_mimii_is_ready_to_train_and_judge_on(self, server, out):
        get(out, types=("fan", "pump"), snr=(-6, 6))
        assert visible(out) == ["-6_dB_fan", "-6_dB_pump", "6_dB_fan", "6_dB_pump"]
        recordings = index([out], "fan")
        assert [(r.machine_id, r.corpus) for r in recordings] == [("id_00", "MIMII")] * 8
        assert sorted((r.split, r.label) for r in recordings) == [
            *[("test", "anomaly")] * 2,
            *[("test", "normal")] * 2,
            *[("train", "normal")] * 4,
        ]
        assert audio.read(recordings[0].path, channel=7).source_channels == 8

    def test_dcase_is_ready_to_train_and_judge_on(self, server, out):
        get(out, "dcase2020", types=("fan", "ToyCar"))
        assert visible(out) == ["ToyCar", "fan"]
        found = sorted((r.split, r.label) for r in index([out], "fan"))
        assert found == [("test", "anomaly"), ("test", "normal"), ("train", "normal")]

    def test_both_and_more_go_into_one_folder_one_after_the_other(self, server, out):
        get(out, "dcase2020")
        get(out)
        get(out, types=("pump",))
        assert len(index([out])) == 3 + 4 + 4

    def test_only_what_is_asked_for_is_fetched_and_no_archive_stays(self, server, out):
        get(out)
        assert [request.path for request in server.requests] == [MIMII, FAN]
        assert not [path for path in out.rglob("*") if ".zip" in path.name]

    def test_what_is_there_is_not_even_asked_for(self, server, out):
        get(out)
        server.close()
        assert "there already" in get(out)[0]

    def test_what_happens_is_said_and_shown(self, server, out):
        told = get(out)
        assert "archives 1" in told[0]
        assert "4 files" in told[-1]
        last = {p.step: p for p in told.progress}
        assert list(last) == ["fetch", "unpack"]
        assert all(p.done == p.total and p.name == "-6_dB_fan.zip" for p in last.values())


class TestGoesOn:
    def test_after_a_broken_connection(self, server, out):
        whole = server.answers[FAN][0].body
        server.answers[FAN] = [Answer(whole, cut=1000), Answer(status=503)]
        assert "-6_dB_fan.zip could not be fetched" in refusal(out)
        assert visible(out) == []
        server.answers[FAN] = [Answer(whole)]
        get(out)
        assert server.asked(FAN)[-1].headers["Range"] == "bytes=1000-"

    def test_after_a_full_disk(self, server, out, monkeypatch):
        def full(part: Partial) -> io.BufferedWriter:
            raise OSError(errno.ENOSPC, "No space left on device", str(part.path))

        with monkeypatch.context() as patch:
            patch.setattr(Partial, "appending", full)
            assert "No room was left" in refusal(out)
        get(out)
        assert visible(out) == ["-6_dB_fan"]

    @pytest.mark.parametrize(
        "trouble", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")]
    )
    def test_after_a_stop_while_unpacking_nothing_is_fetched_twice(
        self, server, out, monkeypatch, trouble
    ):
        def stop(*arguments: object) -> None:
            raise trouble

        with monkeypatch.context() as patch:
            patch.setattr(unpacking, "_unpack_entry", stop)
            with pytest.raises((KeyboardInterrupt, CorpusError)):
                get(out)
        assert visible(out) == []
        get(out)
        assert len(index([out])) == 4
        assert len(server.asked(FAN)) == 1

    def test_archives_that_are_done_stay_when_another_fails(self, server, out):
        pump = f"{MIMII}/files/-6_dB_pump.zip/content"
        whole, server.answers[pump] = server.answers[pump], [Answer(status=404)]
        refusal(out, types=("fan", "pump"))
        assert visible(out) == ["-6_dB_fan"]
        server.answers[pump] = whole
        get(out, types=("fan", "pump"))
        assert visible(out) == ["-6_dB_fan", "-6_dB_pump"]
        assert len(server.asked(FAN)) == 1


class TestRefused:
    def test_too_little_room_before_anything_is_fetched(self, server, out, monkeypatch):
        size = len(server.answers[FAN][0].body)
        usage = shutil.disk_usage(out.parent)._replace(free=2 * size)
        monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
        sentence = refusal(out)
        assert f"need {size_text(round(2.7 * size))} " in sentence
        assert f"has {size_text(2 * size)} free" in sentence
        assert not server.asked(FAN)

    def test_bytes_that_are_fetched_need_no_room_again(self, server, out, monkeypatch):
        whole = server.answers[FAN][0].body
        server.answers[FAN] = [Answer(whole, cut=len(whole) - 9), Answer(status=503)]
        refusal(out)
        server.answers[FAN] = [Answer(whole)]
        usage = shutil.disk_usage(out)._replace(free=2 * len(whole))
        monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
        get(out)

    def test_a_folder_that_somebody_else_made(self, server, out):
        (out / "-6_dB_fan" / "fan").mkdir(parents=True)
        assert "move it away" in refusal(out)
        assert not server.requests

    def test_an_archive_that_would_leave_its_folder(self, server, out):
        server.publish(3384388, {"-6_dB_fan.zip": packed({"../../clip.wav": clip(0)})})
        assert "leaves its folder" in refusal(out)
        assert visible(out) == []
        assert not list(out.parent.rglob("*.wav"))
        assert not list(out.rglob("*.zip"))

    def test_other_bytes_than_the_record_promises(self, server, out):
        size = len(server.answers[FAN][0].body)
        server.answers[FAN] = [Answer(bytes(size))]
        assert "checksum" in refusal(out)
        assert visible(out) == []

    def test_a_file_in_place_of_the_folder(self, server, tmp_path):
        (tmp_path / "data").write_text("")
        assert "choose a folder" in refusal(tmp_path / "data")

    @pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
    def test_a_folder_that_cannot_be_written_to(self, server, out):
        out.mkdir(mode=0o500)
        assert "choose a folder" in refusal(out)


class TestTwoAtOnce:
    def test_the_second_is_told_to_wait_and_the_first_is_not_disturbed(
        self, server, out, monkeypatch
    ):
        in_the_middle, go_on = threading.Event(), threading.Event()
        fetch = public_sets.fetch

        def slowly(*arguments: object, **named: object) -> Path:
            in_the_middle.set()
            go_on.wait(600)
            return fetch(*arguments, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(public_sets, "fetch", slowly)
        first = threading.Thread(target=get, args=(out,))
        first.start()
        assert in_the_middle.wait(600)
        assert "Another download" in refusal(out)
        go_on.set()
        first.join()
        assert len(index([out])) == 4
        assert "there already" in get(out)[0]
