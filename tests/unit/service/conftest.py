"""A machine that hums, a detector that has learnt it, and a home of one's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import soundfile
from camera import Camera
from databases import another_database
from listening import ToldServer, eventually
from mosquitto import MOSQUITTO, Broker, Subscriber

from mimimi.detector.detector import Detector
from mimimi.service import listener as listener_module
from mimimi.service import reader as reader_module
from mimimi.service.history.history import History
from mimimi.service.listener import Listener
from mimimi.service.reader import Backoff
from mimimi.service.settings import ListenerSettings
from mimimi.service.sources import folder as folder_module
from mimimi.service.telling import courier as courier_module

EPOCH = 1_700_000_000.0  # s since 1970, when test recordings end


@pytest.fixture(scope="session")
def hum_detector(hum: Callable[..., np.ndarray]) -> Detector:
    return Detector.learn("hum", [(hum(seed=seed), 16_000) for seed in range(20)])


@pytest.fixture(scope="session")
def hum_folder(hum_detector: Detector, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("learnt") / "hum"
    hum_detector.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def turning(hum: Callable[..., np.ndarray]) -> np.ndarray:
    """40 s well, 40 s faulty, 40 s well again."""
    return np.concatenate([hum(40, seed=100), hum(40, hertz=600.0, seed=101), hum(40, seed=102)])


@pytest.fixture
def drop(tmp_path: Path) -> Callable[..., Path]:
    """Drop a recording into a folder as one that ended so many seconds after `EPOCH`."""

    def write(sound: np.ndarray, ended: float, folder: str = "dropped") -> Path:
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        path = place / f"{ended:06.0f}.wav"
        soundfile.write(path, sound, 16_000)
        os.utime(path, (EPOCH + ended, EPOCH + ended))
        return path

    return write


@pytest.fixture
def camera(tmp_path) -> Iterator[Callable[..., Camera]]:
    """Streams a sound by RTSP, see `Camera`."""
    opened: list[Camera] = []

    def stream(*arguments, **more) -> Camera:
        opened.append(Camera(tmp_path, *arguments, **more))
        return opened[-1]

    yield stream
    for one in opened:
        one.kill()


@pytest.fixture
def told() -> Iterator[ToldServer]:
    server = ToldServer()
    yield server
    server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def history(request, tmp_path):
    """Of both kinds of database."""
    address = f"sqlite:///{tmp_path}/h.sqlite"
    if request.param == "postgresql":
        address = another_database(request.getfixturevalue("postgres"))
    opened = History(address)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgres():
    """The socket of a PostgreSQL of these tests' own, which nobody else sees."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs or not shutil.which("runuser"):
        pytest.skip("PostgreSQL is not installed")
    # Not below pytest's own folder, which is root's alone: as root it refuses to run.
    with TemporaryDirectory(ignore_cleanup_errors=True) as place:
        as_user = []
        if os.geteuid() == 0:
            shutil.chown(place, "postgres")
            as_user = ["runuser", "-u", "postgres", "--"]

        def run(program: str, *arguments: str) -> None:
            command = [*as_user, str(programs[-1].with_name(program)), "-D", f"{place}/data"]
            subprocess.run([*command, *arguments], check=True, stdout=subprocess.DEVNULL, cwd="/")

        run("initdb", "-U", "mimimi", "-A", "trust", "--no-sync")
        options = f"-k {place} -c listen_addresses='' -c fsync=off"
        run("pg_ctl", "-w", "-l", f"{place}/log", "-o", options, "start")
        yield place
        run("pg_ctl", "-m", "immediate", "stop")


@pytest.fixture
def broker(tmp_path):
    if not MOSQUITTO:
        pytest.skip("mosquitto is not installed")
    running = Broker(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def subscribe(broker):
    open_now = []

    def listen() -> Subscriber:
        open_now.append(Subscriber(broker.port))
        return open_now[-1]

    yield listen
    for one in open_now:
        one.close()


@pytest.fixture
def quick(monkeypatch, own_home):
    """Nothing is waited for that need not be."""
    monkeypatch.setattr(listener_module, "_LOOK_EVERY", 0.02)
    monkeypatch.setattr(folder_module, "_LOOK_EVERY", 0.02)
    for module in (reader_module, courier_module):
        monkeypatch.setattr(module, "Backoff", lambda: Backoff(0.02, 0.1))
    return own_home


@pytest.fixture
def run(quick, hum_detector):
    """Run a listener until something is true; what it said."""

    def go(settings: ListenerSettings, until, detector: Detector = hum_detector) -> list[str]:
        said: list[str] = []
        listener = Listener(settings, said.append, said.append, lambda _: detector)
        thread = threading.Thread(target=listener.run)
        thread.start()
        try:
            eventually(lambda: until(said), 300.0)
        finally:
            listener.stop()
            thread.join()
        return said

    return go


@pytest.fixture
def day(drop, turning) -> Path:
    """Twelve recordings of 10 s, of which four are faulty."""
    for n, part in enumerate(np.split(turning, 12), start=1):
        path = drop(part, 10.0 * n)
    return path.parent
