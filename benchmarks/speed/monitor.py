"""How long the server works to open the page Monitor, with weeks of history of several machines.

    python -m benchmarks.speed.monitor [MACHINES DAYS]

The history is that of MIMIMI_HOME where there is one; else one is written and thinned by the
listener's own code, a segment every 5 s, with an alarm a day. The page is drawn by Streamlit's
AppTest, which does all that the server does. The first time is that of a server that was just
started.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from streamlit.testing.v1 import AppTest

from mimimi.service.history.history import History
from mimimi.service.history.tables import default_address
from mimimi.service.history.thinning import thin
from mimimi.service.judgement import Judgement, Report
from mimimi.service.notice import Notice

MAIN = Path(__file__).resolve().parents[2] / "app" / "pages.py"
HOP, SECONDS, DAY = 5.0, 10.0, 86_400
THRESHOLD, OFF_UNTIL = 1.5, 6 * 3600  # s of each day
RAISED, ENDED = 12 * 3600.0, 12.5 * 3600.0  # s of each day, between which the alarm is on

NORMAL = Judgement(
    at=0.0, seconds=SECONDS, new=HOP, score=1.0, threshold=THRESHOLD, p_value=0.5,
    is_unusual=False, level=-30.0, state="running", health="", unusual=0, rule="5/6", alarm="off",
)  # fmt: skip


def day(machine: str, midnight: float, until: float, seed: int) -> Iterator[Report]:
    """What was judged on a day and told of it, an hour a report."""
    scores = np.random.default_rng(seed).gamma(20.0, 0.05, DAY)
    for hour in range(24):
        report = Report()
        for second in range(3600 * hour, 3600 * (hour + 1), int(HOP)):
            at, alarmed = midnight + second, RAISED <= second < ENDED
            if at + SECONDS > until:
                break
            score = float(scores[second]) + 2.0 * alarmed
            told = replace(NORMAL, at=at, score=score, is_unusual=score > THRESHOLD)
            if second < OFF_UNTIL:
                told = replace(told, state="off")
            if alarmed:
                told = replace(told, unusual=5, alarm="on")
            report.judgements.append(told)
            if second in (RAISED, ENDED):
                text = f"{machine} sounds {'unusual' if alarmed else 'normal again'}."
                report.notices.append(Notice(machine, "alarm", alarmed, at, at, text))
        yield report


def write(machines: int, days: int) -> int:
    """A history under MIMIMI_HOME that ends now; how many rows it has left."""
    now = time.time()
    history = History()
    for n in range(machines):
        name = f"machine {n + 1}"
        for back in range(days, -1, -1):
            midnight = now - now % DAY - back * DAY
            for report in day(name, midnight, now, 100 * n + back):
                history.add(name, report)
        thin(history, name)
    with history.engine.connect() as connection:
        tables = ("judgements", "summaries")
        asked = " + ".join(f"(SELECT count(*) FROM {table})" for table in tables)
        rows = connection.exec_driver_sql(f"SELECT {asked}").scalar_one()
    history.close()
    return int(rows)


def timed(what: Callable[[], object]) -> str:
    """Time on the wall, and of it what the processor worked."""
    wall, worked = time.perf_counter(), time.process_time()
    what()
    wall, worked = time.perf_counter() - wall, time.process_time() - worked
    return f"{wall:.2f} s, {worked:.2f} s of a core"


def main(machines: int, days: int) -> None:
    """Write a history, open the page, and print how long each view took."""
    database = Path(default_address().removeprefix("sqlite:///"))
    if not database.exists():
        print(f"{write(machines, days):,} rows of {machines} machines and {days} days")
    print(f"{database.stat().st_size / 1e6:.0f} MB")
    page = AppTest.from_file(str(MAIN), default_timeout=120)
    page.run()
    page.switch_page("monitor/page.py")

    def show(span: str) -> None:
        page.segmented_control(key="span").set_value(span).run()

    for view, then in (
        ("all machines, first", lambda: page.run()),
        ("all machines, again", lambda: page.run()),
        ("one machine, 1 day", lambda: page.button(key="open_machine_machine 1").click().run()),
        ("one machine, 1 hour", lambda: show("1 hour")),
        ("one machine, 7 days", lambda: show("7 days")),
        ("one machine, 30 days", lambda: show("30 days")),
    ):
        print(f"{view}: {timed(then)}", flush=True)
        assert not page.exception


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("machines", type=int, nargs="?", default=4)
    parser.add_argument("days", type=int, nargs="?", default=30)
    asked = parser.parse_args()
    with TemporaryDirectory() as place:
        os.environ.setdefault("MIMIMI_HOME", place)
        main(asked.machines, asked.days)
