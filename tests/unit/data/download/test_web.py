from __future__ import annotations

import contextlib
import hashlib
import socket
import threading

import pytest
from fetching import BODY, OTHER, PATH, leave_part, ranges, refusal, remote
from local_server import Answer

from mimimi.data.download import web
from mimimi.data.download.fetch import RemoteFile, fetch

pytestmark = pytest.mark.usefixtures("pauses")


class TestServer:
    def test_without_ranges_it_begins_anew(self, server, tmp_path):
        short = Answer(BODY, ranges=False, cut=60_000)
        file = remote(server, short, short, Answer(BODY, ranges=False))
        assert fetch(file, tmp_path).read_bytes() == BODY
        assert server.bytes_sent == 60_000 * 2 + len(BODY)

    def test_without_ranges_and_ever_breaking_it_is_given_up(self, server, tmp_path):
        refusal(remote(server, Answer(BODY, ranges=False, cut=60_000)), tmp_path)
        assert len(server.requests) == 1 + len(web.PAUSES)

    @pytest.mark.parametrize(
        "bad", [{"starts_at": 0}, {"starts_at": 40_001}, {"total": 7}], ids=str
    )
    def test_another_part_than_was_asked_for_is_not_added(self, server, tmp_path, bad):
        file = remote(server, Answer(BODY, cut=40_000), Answer(BODY, **bad), Answer(BODY))
        assert fetch(file, tmp_path).read_bytes() == BODY
        assert ranges(server) == [None, "bytes=40000-", None]

    def test_a_range_it_does_not_have(self, server, tmp_path):
        file = leave_part(server, tmp_path)
        server.answers[PATH] = [Answer(status=416), Answer(BODY)]
        assert fetch(file, tmp_path).read_bytes() == BODY
        assert ranges(server) == ["bytes=40000-", None]

    @pytest.mark.parametrize("length", [99_999, 100_001, 50])
    def test_a_lie_about_the_length_is_refused(self, server, tmp_path, length):
        sentence = refusal(remote(server, Answer(BODY, length=length)), tmp_path)
        assert f"offers '{length}' bytes where 100000 were published" in sentence

    def test_no_length_at_all(self, server, tmp_path):
        file = remote(server, Answer(BODY, length=-1, cut=100), Answer(BODY, length=-1))
        assert fetch(file, tmp_path).read_bytes() == BODY

    def test_more_than_was_published_is_not_taken(self, server, tmp_path):
        file = remote(server, Answer(BODY + OTHER * 50, length=-1))
        seen: list[int] = []
        assert fetch(file, tmp_path, on_bytes=seen.append).read_bytes() == BODY
        assert max(seen) == len(BODY)

    @pytest.mark.parametrize("length", [None, -1])
    def test_a_page_in_its_place_does_not_cost_what_is_there(self, server, tmp_path, length):
        file = leave_part(server, tmp_path)
        page = Answer(b"<html>log in</html>", etag=None, content_type="text/html", length=length)
        page.ranges = False
        server.answers[PATH] = [page, Answer(BODY)]
        assert fetch(file, tmp_path).read_bytes() == BODY
        assert ranges(server) == ["bytes=40000-", "bytes=40000-"]

    @pytest.mark.parametrize("status", [401, 403, 404, 410])
    def test_a_refusal_is_not_asked_again(self, server, tmp_path, status):
        sentence = refusal(remote(server, Answer(status=status)), tmp_path)
        assert f"answers {status}" in sentence
        assert len(server.requests) == 1

    @pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
    def test_trouble_that_may_pass_is_asked_again(self, server, tmp_path, status):
        file = remote(server, Answer(status=status), Answer(BODY))
        assert fetch(file, tmp_path).read_bytes() == BODY

    def test_it_may_ask_for_a_pause_but_not_for_a_day(self, server, tmp_path, pauses):
        busy = [Answer(status=429, headers={"Retry-After": s}) for s in ("59", "86400", "soon")]
        fetch(remote(server, *busy, Answer(BODY)), tmp_path)
        assert pauses == [59.0, web.LONGEST_PAUSE, web.PAUSES[2]]

    @pytest.mark.parametrize(
        "answer",
        [
            b"",
            b"garbage\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000,
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
            b"HTTP/1.1 206 Partial\r\n\r\nbytes",
            b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n",
            b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n",
            b"HTTP/1.1 302 Found\r\nLocation: /fan.zip\r\n\r\n",
        ],
        ids=lambda answer: answer[:60].decode(),
    )
    def test_what_is_no_http_is_refused_like_anything_else(self, tmp_path, monkeypatch, answer):
        monkeypatch.setattr(web, "PAUSES", (0.0,))
        with socket.create_server(("127.0.0.1", 0)) as listener:

            def serve() -> None:
                with contextlib.suppress(OSError):
                    while True:
                        connection = listener.accept()[0]
                        with connection:
                            connection.recv(10_000)
                            connection.sendall(answer)

            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            url = f"http://127.0.0.1:{listener.getsockname()[1]}{PATH}"
            refusal(RemoteFile("fan.zip", url, 10, "md5:" + "0" * 32), tmp_path)
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()

    @pytest.mark.parametrize("scheme", ["file", "ftp", "data", "nonsense"])
    def test_only_the_web_is_asked(self, tmp_path, scheme):
        (tmp_path / "secret").write_bytes(BODY)
        url = f"{scheme}://{tmp_path}/secret"
        file = RemoteFile("fan.zip", url, len(BODY), f"md5:{hashlib.md5(BODY).hexdigest()}")
        assert "no web address" in refusal(file, tmp_path)

    def test_wrong_bytes_are_thrown_away(self, server, tmp_path):
        sentence = refusal(remote(server, Answer(OTHER)), tmp_path)
        assert "checksum" in sentence
        assert "again" in sentence
        assert list(tmp_path.iterdir()) == []
