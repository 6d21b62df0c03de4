from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from mimimi import locate
from mimimi.errors import DetectorError

ROOT = Path(__file__).resolve().parents[1]
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def places(tmp_path, monkeypatch) -> Path:
    """An empty home, an empty working folder, one bundled detector; no way to the network."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("MIMIMI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(locate, "bundled", lambda: {"fan": tmp_path / "bundled" / "fan"})
    monkeypatch.setattr(
        locate, "_download", lambda repo, revision: Path("hub", repo, revision or "")
    )
    return tmp_path


def detector_in(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").touch()
    return folder


def test_a_folder_comes_first(places):
    detector_in(places / "work" / "fan")
    detector_in(places / "work" / "user" / "repo")
    assert locate.locate("fan") == (Path("fan"), "folder fan")
    assert locate.locate("user/repo") == (Path("user/repo"), "folder user/repo")
    assert locate.locate(places / "work" / "fan")[0] == places / "work" / "fan"


def test_then_the_bundled_ones(places):
    detector_in(places / "home" / "runs" / "fan")
    assert locate.locate("fan") == (places / "bundled" / "fan", "bundled")


def test_a_folder_of_recordings_does_not_hide_a_bundled_detector(places):
    (places / "work" / "fan" / "train").mkdir(parents=True)
    assert locate.locate("fan") == (places / "bundled" / "fan", "bundled")


def test_then_the_runs(places):
    run = detector_in(places / "home" / "runs" / "monday")
    assert locate.locate("monday") == (run, "run monday")


def test_then_the_hub(places):
    assert locate.locate("user/repo") == (Path("hub/user/repo"), "Hub user/repo")
    assert locate.locate("user/repo", "v1")[0] == Path("hub/user/repo/v1")


@pytest.mark.parametrize(
    "name", ["nobody", "fann", "a/b/c", "user/re po", "https://host/user/repo"]
)
def test_a_name_that_is_nowhere_is_refused_with_what_there_is(places, name):
    with pytest.raises(DetectorError, match=r"There is no detector .*bundled one \(fan\)\.$"):
        locate.locate(name)


def test_no_name_leaves_the_folder_of_runs(places):
    detector_in(places / "home" / "elsewhere")
    for name in ("../elsewhere", "..\\elsewhere", "runs/../elsewhere"):
        try:
            folder, _ = locate.locate(name)
        except DetectorError:
            continue
        assert folder.parts[0] == "hub"


def test_bundled_detectors_lie_in_the_clone_or_the_package():
    for name, folder in locate.bundled().items():
        assert folder.name == name
        assert (folder / "config.json").is_file()


def digest(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()


def entry(file: Path) -> dict:
    content = file.read_bytes()
    return {"type": "file", "path": file.name, "size": len(content), "oid": digest(content)}


@pytest.fixture
def hub(untouched_detector, tmp_path):
    """A Hub that has one repository, `user/repo`, and answers 404 for all else."""
    saved = tmp_path / "served"
    untouched_detector.save_pretrained(saved)
    (saved / "secret.bin").write_bytes(b"not asked for")
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            asked.append(self.path)
            path, status, headers = self.path.split("?")[0], 200, {}
            if path.startswith("/api/models/user/repo/tree/"):  # huggingface_hub 2
                body = json.dumps([entry(file) for file in saved.iterdir()]).encode()
            elif path.startswith("/api/models/user/repo"):
                files = [{"rfilename": file.name} for file in saved.iterdir()]
                body = json.dumps({"id": "user/repo", "sha": COMMIT, "siblings": files}).encode()
            elif path.startswith(f"/user/repo/resolve/{COMMIT}/"):
                body = (saved / path.rsplit("/", 1)[1]).read_bytes()
                headers |= {"X-Repo-Commit": COMMIT, "ETag": f'"{digest(body)}"'}
            else:
                body, status = b'{"error": "Repository not found"}', 404
                headers["X-Error-Code"] = "RepoNotFound"
            self.send_response(status)
            for key, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(key, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, *_) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def run(script: str, endpoint: str, home: Path) -> subprocess.CompletedProcess[str]:
    """In a process of its own: huggingface_hub reads HF_ENDPOINT when it is imported."""
    keep = {k: v for k, v in os.environ.items() if not k.upper().startswith("HF_")}
    environment = {
        **{k: v for k, v in keep.items() if not k.lower().endswith("_proxy")},
        "HF_ENDPOINT": endpoint,
        "HF_HOME": str(home / "cache"),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "MIMIMI_HOME": str(home / "mimimi"),
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_detector_is_fetched_from_the_hub(hub, tmp_path, untouched_detector):
    endpoint, asked = hub
    script = (
        "from mimimi import Detector\n"
        "detector = Detector.from_pretrained('user/repo')\n"
        "print(detector.origin, *detector.ids, detector.calibration.as_dict(), sep='|')"
    )
    done = run(script, endpoint, tmp_path)
    assert done.returncode == 0, done.stderr
    calibration = untouched_detector.calibration.as_dict()
    assert done.stdout.strip() == f"Hub user/repo|id_00|id_02|{calibration}"
    assert not any("secret.bin" in path for path in asked)


def test_a_repository_that_is_not_there_is_one_sentence(hub, tmp_path):
    script = (
        "from mimimi.locate import locate\n"
        "from mimimi.errors import DetectorError\n"
        "try:\n    locate('user/other')\n"
        "except DetectorError as error:\n    print(error)"
    )
    for endpoint in (hub[0], "http://127.0.0.1:9"):
        done = run(script, endpoint, tmp_path)
        assert done.stdout.count("\n") == 1, done.stderr
        assert "user/other could not be fetched from the Hugging Face Hub" in done.stdout
