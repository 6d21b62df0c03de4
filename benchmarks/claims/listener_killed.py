"""A listener killed (SIGKILL) at random moments: is anything lost, or told twice or out of order?

    python -m benchmarks.claims.listener_killed [KILLS]

A detector that has learnt a hum judges a folder of recordings, every third ten of which are faulty,
through the command line, and tells a webhook. One listener runs undisturbed; another is killed
again and again and started anew until all is judged. Both histories and both webhooks are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import soundfile

from mimimi.config import SAMPLE_RATE
from mimimi.detector.detector import Detector

RECORDINGS, SECONDS = 240, 10.0
LONGEST_LIFE = 1.5  # s after a listener has begun to listen
Told = list[dict[str, Any]]


def hum(hertz: float, seed: int) -> np.ndarray:
    """A machine that hums in noise: float32 `(time,)`."""
    time_ = np.arange(round(SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    noise = np.random.default_rng(seed).standard_normal(len(time_))
    tones = sum(np.sin(2 * np.pi * k * hertz * time_) / k for k in (1, 2, 3))
    return np.asarray(0.1 * tones + 0.03 * noise, np.float32)


def prepare(place: Path, told: str) -> None:
    """A detector, recordings a while ago, and a configuration."""
    Detector.learn("hum", [(hum(440.0, n), SAMPLE_RATE) for n in range(20)]).save_pretrained(
        place / "hum"
    )
    (place / "drop").mkdir()
    for n in range(RECORDINGS):
        path = place / "drop" / f"{n:04}.wav"
        faulty = n // 10 % 3 == 2
        soundfile.write(path, hum(600.0 if faulty else 440.0, 1000 + n), SAMPLE_RATE)
        os.utime(path, (1.7e9 + n * SECONDS, 1.7e9 + n * SECONDS))
    (place / "mimimi.toml").write_text(
        f'[[machine]]\nname = "hum"\ndetector = "{place}/hum"\nsource = "{place}/drop"\n'
        f'cool_down = 0\n[webhook]\nurl = "{told}"\n'
    )


def start(place: Path, home: Path) -> subprocess.Popen[str]:
    """A listener that has begun to listen."""
    listener = subprocess.Popen(
        [sys.executable, "-m", "mimimi", "listen", "--config", str(place / "mimimi.toml")],
        env={**os.environ, "MIMIMI_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert listener.stderr
    listener.stderr.readline()
    threading.Thread(target=listener.stderr.read, daemon=True).start()
    return listener


def rows(home: Path) -> list[Any]:
    """The history."""
    with sqlite3.connect(home / "history" / "history.sqlite") as database:
        return database.execute(
            "SELECT at, score, threshold, unusual, alarm FROM judgements ORDER BY id"
        ).fetchall()


def judged(home: Path) -> bool:
    """Whether all recordings have been judged."""
    with sqlite3.connect(home / "history" / "history.sqlite") as database:
        count: int = database.execute("SELECT count(*) FROM recordings").fetchone()[0]
    return count == RECORDINGS


def finish(place: Path, home: Path, told: Told) -> None:
    """Let a listener judge what is left and tell all of it, then end it as systemd does."""
    listener = start(place, home)
    while not judged(home):
        time.sleep(0.2)
    count = -1
    while count != len(told):
        count = len(told)
        time.sleep(3.0)
    listener.terminate()
    listener.wait()


def main() -> None:
    """Compare, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("kills", type=int, nargs="?", default=20)
    kills: int = parser.parse_args().kills
    told: Told = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with TemporaryDirectory() as folder:
        place = Path(folder)
        prepare(place, f"http://127.0.0.1:{server.server_port}/")
        finish(place, place / "calm", told)
        calm = [(event["about"], event["on"], event["at"]) for event in told]
        told.clear()

        chance, home, amid = random.Random(0), place / "killed", 0
        for _ in range(kills):
            listener = start(place, home)
            time.sleep(chance.uniform(0.0, LONGEST_LIFE))
            listener.kill()
            listener.wait()
            amid += not judged(home)
        finish(place, home, told)
        whole, after = rows(place / "calm"), rows(home)
        numbers = [event["id"] for event in told]
        events = {event["id"]: (event["about"], event["on"], event["at"]) for event in told}
        print(f"killed {kills} times, {amid} of them before all was judged")
        print(f"segments: {len(whole)} undisturbed, {len(after)} killed, same: {whole == after}")
        print(
            f"events: {len(calm)} undisturbed, {len(events)} killed, "
            f"same: {list(events.values()) == calm}, in order: {numbers == sorted(numbers)}, "
            f"told twice: {len(numbers) - len(events)}"
        )
    server.shutdown()


if __name__ == "__main__":
    main()
