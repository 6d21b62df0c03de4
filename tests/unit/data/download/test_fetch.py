from __future__ import annotations

import errno
import io
import json
import signal
import subprocess
import sys

import pytest
from fetching import BODY, OTHER, PATH, leave_part, ranges, refusal, remote
from listening import eventually
from local_server import Answer

from mimimi.data.download import fetch as download
from mimimi.data.download import web
from mimimi.data.download.fetch import fetch
from mimimi.data.download.partial import Partial

DATE = "Thu, 23 Feb 2023 14:47:38 GMT"


pytestmark = pytest.mark.usefixtures("pauses")


class TestWhole:
    def test_it_arrives_and_nothing_else_stays(self, server, tmp_path):
        seen: list[int] = []
        path = fetch(remote(server, Answer(BODY)), tmp_path, on_bytes=seen.append)
        assert path.read_bytes() == BODY
        assert [entry.name for entry in tmp_path.iterdir()] == ["fan.zip"]
        assert seen == sorted(seen)
        assert seen[0] == 0
        assert seen[-1] == len(BODY)

    def test_it_is_not_fetched_again(self, server, tmp_path):
        file = remote(server, Answer(BODY))
        fetch(file, tmp_path)
        assert fetch(file, tmp_path).read_bytes() == BODY
        assert len(server.requests) == 1

    def test_what_only_has_its_name_is_replaced(self, server, tmp_path):
        (tmp_path / "fan.zip").write_bytes(OTHER)
        assert fetch(remote(server, Answer(BODY)), tmp_path).read_bytes() == BODY

    def test_a_redirection_is_followed_with_the_range(self, server, tmp_path):
        file = leave_part(server, tmp_path)
        server.answers[PATH] = [Answer(status=302, headers={"Location": "/elsewhere"})]
        server.answers["/elsewhere"] = [Answer(BODY)]
        assert fetch(file, tmp_path).read_bytes() == BODY
        assert server.asked("/elsewhere")[0].headers["Range"] == "bytes=40000-"


class TestBrokenConnection:
    @pytest.mark.parametrize("reset", [False, True])
    def test_each_part_is_fetched_once(self, server, tmp_path, reset):
        file = remote(server, *[Answer(BODY, cut=9_000, reset=reset)] * 4, Answer(BODY))
        assert fetch(file, tmp_path).read_bytes() == BODY
        if not reset:  # a reset may throw away what was on its way
            assert server.bytes_sent == len(BODY)
            assert ranges(server) == [None] + [f"bytes={9_000 * k}-" for k in (1, 2, 3, 4)]

    def test_no_number_of_breaks_is_too_many_while_each_brings_some(self, server, tmp_path):
        file = remote(server, *[Answer(BODY, cut=5_000)] * 19, Answer(BODY))
        assert fetch(file, tmp_path).read_bytes() == BODY
        assert len(server.requests) == 20 > len(web.PAUSES)

    def test_breaks_that_bring_nothing_are_given_up_with_ever_longer_pauses(
        self, server, tmp_path, pauses
    ):
        sentence = refusal(remote(server, Answer(BODY, cut=0)), tmp_path)
        assert "give the same command again" in sentence
        assert pauses == list(web.PAUSES) == sorted(web.PAUSES)

    def test_a_later_fetch_goes_on(self, server, tmp_path):
        file = leave_part(server, tmp_path)
        server.answers[PATH] = [Answer(BODY)]
        assert fetch(file, tmp_path).read_bytes() == BODY
        assert ranges(server) == ["bytes=40000-"]
        assert server.asked(PATH)[0].headers["If-Range"] == '"first"'

    def test_silence_counts_as_broken(self, server, tmp_path, monkeypatch):
        monkeypatch.setattr(web, "TIMEOUT", 0.2)
        said: list[str] = []
        file = remote(server, Answer(BODY, cut=30_000, stall=True), Answer(BODY))
        assert fetch(file, tmp_path, say=said.append).read_bytes() == BODY
        assert "nothing came" in said[0]
        assert ranges(server) == [None, "bytes=30000-"]

    def test_nobody_there(self, server, tmp_path):
        file = remote(server, Answer(BODY))
        server.close()
        assert "refused" in refusal(file, tmp_path)

    @pytest.mark.parametrize("stop", [KeyboardInterrupt, MemoryError])
    def test_whatever_stops_it_leaves_what_can_be_gone_on_with(self, server, tmp_path, stop):
        file = remote(server, Answer(BODY, cut=30_000), Answer(BODY))

        def stop_in_the_middle(done: int) -> None:
            if done >= 30_000:
                raise stop

        with pytest.raises(stop):
            fetch(file, tmp_path, on_bytes=stop_in_the_middle)
        assert not (tmp_path / "fan.zip").exists()
        assert fetch(file, tmp_path).read_bytes() == BODY
        assert ranges(server) == [None, "bytes=30000-"]

    def test_a_killed_process_leaves_it_too(self, server, tmp_path):
        file = remote(server, Answer(BODY, cut=30_000, stall=True))
        code = (
            "import sys, pathlib; from mimimi.data.download.fetch import *;"
            f"fetch({file!r}, pathlib.Path(sys.argv[1]))"
        )
        process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
        part = tmp_path / "fan.zip.part"
        eventually(lambda: part.exists() and part.stat().st_size)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kept = part.stat().st_size
        assert kept
        server.answers[PATH] = [Answer(BODY)]
        assert fetch(file, tmp_path).read_bytes() == BODY
        assert ranges(server)[-1] == f"bytes={kept}-"


class TestChangedFile:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ({"etag": '"first"'}, {"etag": '"second"'}),
            (
                {"etag": None, "modified": DATE},
                {"etag": None, "modified": DATE.replace("23", "24")},
            ),
            ({"etag": 'W/"a"', "modified": DATE}, {"etag": 'W/"b"', "modified": "another"}),
            ({"etag": '"first"'}, {"etag": '"second"', "heeds_if_range": False}),
            ({"etag": '"first"'}, {"etag": '"second"', "ranges": False}),
        ],
        ids=["etag", "date", "weak etag", "server that ignores If-Range", "no ranges"],
    )
    def test_it_begins_anew(self, server, tmp_path, old, new):
        file = remote(server, Answer(OTHER, cut=40_000, **old), Answer(BODY, **new))
        assert fetch(file, tmp_path).read_bytes() == BODY

    def test_a_weak_etag_vouches_for_nothing(self, server, tmp_path):
        file = remote(server, Answer(BODY, etag='W/"a"', modified=DATE, cut=9), Answer(BODY))
        fetch(file, tmp_path)
        assert server.asked(PATH)[1].headers["If-Range"] == DATE

    def test_without_a_validator_the_checksum_decides(self, server, tmp_path):
        old, new = Answer(OTHER, etag=None, cut=40_000), Answer(BODY, etag=None)
        file = remote(server, old, new)
        assert "checksum" in refusal(file, tmp_path)
        assert fetch(file, tmp_path).read_bytes() == BODY
        assert ranges(server) == [None, "bytes=40000-", None]

    def test_another_file_of_that_name_is_not_gone_on_with(self, server, tmp_path):
        leave_part(server, tmp_path)
        file = remote(server, Answer(OTHER), body=OTHER)
        assert fetch(file, tmp_path).read_bytes() == OTHER
        assert ranges(server) == [None]

    @pytest.mark.parametrize("note", [None, "", "[]", "{}", "no JSON"])
    def test_bytes_of_unknown_origin_are_not_gone_on_with(self, server, tmp_path, note):
        file = leave_part(server, tmp_path)
        server.answers[PATH] = [Answer(BODY)]
        path = tmp_path / "fan.zip.part.json"
        path.unlink() if note is None else path.write_text(note)
        assert fetch(file, tmp_path).read_bytes() == BODY
        assert ranges(server) == [None]

    def test_a_part_longer_than_the_whole_is_thrown_away(self, server, tmp_path):
        file = leave_part(server, tmp_path)
        server.answers[PATH] = [Answer(BODY)]
        (tmp_path / "fan.zip.part").write_bytes(BODY + b"more")
        assert fetch(file, tmp_path).read_bytes() == BODY


class TestDisk:
    def test_a_full_disk_keeps_what_it_holds(self, server, tmp_path, monkeypatch):
        class Full(io.FileIO):
            def write(self, block):  # type: ignore[override]
                room = 40_000 - self.tell()
                if room <= 0:
                    raise OSError(errno.ENOSPC, "No space left on device")
                return super().write(block[:room])

        file = remote(server, Answer(BODY))
        monkeypatch.setattr(
            Partial, "appending", lambda part: io.BufferedWriter(Full(part.path, "ab"))
        )
        with pytest.raises(OSError, match="No space left"):
            fetch(file, tmp_path)
        monkeypatch.undo()
        assert (tmp_path / "fan.zip.part").read_bytes() == BODY[:40_000]
        assert fetch(file, tmp_path).read_bytes() == BODY
        assert ranges(server) == [None, "bytes=40000-"]

    def test_bytes_that_rot_on_the_disk_are_noticed(self, server, tmp_path):
        file = leave_part(server, tmp_path)
        server.answers[PATH] = [Answer(BODY)]
        (tmp_path / "fan.zip.part").write_bytes(bytes(40_000))
        assert "checksum" in refusal(file, tmp_path)

    def test_the_note_says_whose_bytes_they_are(self, server, tmp_path):
        file = leave_part(server, tmp_path)
        note = json.loads((tmp_path / "fan.zip.part.json").read_text())
        assert note == {"size": file.size, "checksum": file.checksum, "validator": '"first"'}

    @pytest.mark.parametrize(("body", "whole"), [(BODY, True), (OTHER, False), (BODY[:-1], False)])
    def test_is_whole(self, server, tmp_path, body, whole):
        (tmp_path / "a").write_bytes(body)
        assert download.is_whole(tmp_path / "a", remote(server)) is whole
